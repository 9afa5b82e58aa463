"""A table of estimates: what it holds, how it is put together, how groups are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.catalogue.catalogue import catalogue
from everychild.engines.totals import PsuTotals
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.domains import domain_totals
from everychild.estimation.presentation import Notebook
from everychild.estimation.tables import TableOfEstimates
from everychild.estimation.work import NotComputed, Pass
from everychild.methods.sampling import intervals
from everychild.methods.sampling.taylor import LonelyPsu, covariance, linearised
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.groups import Level
from everychild.vocabulary.errors import EverychildError

if TYPE_CHECKING:
    from everychild.estimation.survey import Options

Floats = NDArray[np.float64]
FEW: Final = 50
HIDDEN: Final = 25
"""Cells with fewer unweighted cases are hidden; those with fewer than FEW stand in parentheses (MICS reports)."""
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "breakdown": pl.String, "group": pl.String, "unit": pl.String,
    "value": pl.Float64, "se": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "n": pl.Int64,
    "deff": pl.Float64, "cv": pl.Float64, "df": pl.Int64, "psus": pl.Int64, "lonely": pl.Int64,
    "status": pl.String, "confidence": pl.String, "recipe": pl.String,
}  # fmt: skip
"""`status`: A fit to print, U few cases or one PSU, Q hidden. `cv`: se/value. `lonely`: strata with one PSU."""


Block = dict[str, NDArray[Any]]
"""Numbers of one rate, each an array over the groups of a table."""


class NoSuchGroup(EverychildError):  # noqa: N818 - says what is the case
    """A comparison names an indicator, breakdown or group that was not estimated."""


@dataclass(frozen=True)
class NamedTable:
    """One table of one pass, with the totals it came from."""

    one: Pass
    totals: PsuTotals
    columns: tuple[IndicatorColumns, ...]
    table: TableOfEstimates
    quantiles: Mapping[int, Block] = field(default_factory=dict)
    """Value, se, lower and upper of the rates that are quantiles, by their place among the rates."""

    @property
    def breakdown(self) -> str:
        return ":".join(self.table.table) or "total"

    def levels(self, row: int) -> tuple[Level, ...]:
        pairs = zip(self.table.table, self.table.levels[row], strict=True)
        return tuple(self.one.levels[code][int(level) - 1] for code, level in pairs)

    def groups(self) -> list[str]:
        return [":".join(level.level for level in self.levels(r)) or "total" for r in range(len(self.table.levels))]


@dataclass(frozen=True)
class Difference:
    """One group less another, in the unit of the indicator, with the covariance of the two taken into account."""

    value: float
    se: float
    lower: float
    upper: float
    df: int


@dataclass(frozen=True)
class Estimates(Notebook):
    """Estimates with their errors. `rows` is a table of SCHEMA; `levels` finds the levels of a (breakdown, group).

    `hidden=True` in `shown` keeps the cells that are too small to be published; it is for the eyes of the survey team.
    """

    files: SurveyFiles
    rows: pl.DataFrame
    not_computed: tuple[NotComputed, ...]
    options: Options
    levels: Mapping[tuple[str, str, str], tuple[Level, ...]] = field(repr=False)
    _tables: Mapping[tuple[str, str], tuple[NamedTable, int]] = field(repr=False)

    def shown(self, *, hidden: bool = False) -> pl.DataFrame:
        """Rows as they may be published: numbers of hidden cells are null."""
        if hidden:
            return self.rows
        numbers = ("value", "se", "lower", "upper", "deff", "cv")
        kept = pl.col("status") != "Q"
        return self.rows.with_columns(pl.when(kept).then(pl.col(c)).alias(c) for c in numbers)

    def difference(self, indicator: str, breakdown: str, first: str, second: str) -> Difference:
        """`first` less `second`, two groups of one table, for example `("stunting", "residence", "rural", "urban")`.

        Variance: v_11 + v_22 − 2·v_12 from the linearised PSU totals. Raises NoSuchGroup.
        """
        held, k = self._held(indicator, breakdown)
        groups = held.groups()
        for group in (first, second):
            if group not in groups:
                raise NoSuchGroup(f"{indicator} by {breakdown} has no group {group!r}; it has {', '.join(groups)}")
        at = [groups.index(first), groups.index(second)]
        value, matrix = self._value_and_covariance(held, k, at)
        scale = _scale(indicator)
        se = float(np.sqrt(max(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1], 0.0))) * scale
        df = int(held.table.psus[at, k].sum() - held.table.strata[at, k].max())
        gap = float(value[0] - value[1]) * scale
        lower, upper = intervals.linear(gap, se, df)
        return Difference(gap, se, float(lower), float(upper), df)

    def covariance(self, indicator: str, breakdown: str) -> tuple[list[str], Floats]:
        """Groups of a table, and the covariance matrix of their estimates in the unit of the indicator."""
        held, k = self._held(indicator, breakdown)
        _, matrix = self._value_and_covariance(held, k, None)
        return held.groups(), matrix * _scale(indicator) ** 2

    def _held(self, indicator: str, breakdown: str) -> tuple[NamedTable, int]:
        try:
            return self._tables[indicator, breakdown]
        except KeyError:
            raise NoSuchGroup(f"{indicator} was not estimated by {breakdown}") from None

    def _value_and_covariance(self, held: NamedTable, k: int, at: Sequence[int] | None) -> tuple[Floats, Floats]:
        numerator, denominator = (
            domain_totals(held.totals, held.one.plan, held.table.table, column)
            for column in (held.columns[k].numerator, held.columns[k].denominator)
        )
        if at is not None:
            numerator, denominator = numerator[:, at], denominator[:, at]
        z = linearised(numerator, denominator)
        psus = held.totals.psus
        value = numerator.sum(axis=0) / denominator.sum(axis=0)
        return value, covariance(z, psus.stratum, psus.psus_of_stratum, self.options.lonely)


def assembled(
    files: SurveyFiles, found: Sequence[NamedTable], left: Sequence[NotComputed], order: Mapping[str, int],
    options: Options,
) -> Estimates:  # fmt: skip
    """All tables as one frame, indicators in the order asked for, tables in theirs."""
    frames: list[pl.DataFrame] = []
    levels: dict[tuple[str, str, str], tuple[Level, ...]] = {}
    held: dict[tuple[str, str], tuple[NamedTable, int]] = {}
    for at, named in enumerate(found):
        groups = named.groups()
        for k, rate in enumerate(named.one.rates):
            if rate.side == 2:
                continue
            block = _block(named, k, options) if not rate.side else _parity(named, k, options)
            frames.append(_frame(rate.recipe.code, named, groups, block, order[rate.recipe.code], at))
            if not rate.side:
                held[rate.recipe.code, named.breakdown] = (named, k)
            for row, group in enumerate(groups):
                levels[rate.recipe.code, named.breakdown, group] = named.levels(row)
    whole = pl.concat(frames).sort("order", "at", "row") if frames else pl.DataFrame(schema={**SCHEMA})
    confidence = {recipe.code: (recipe.confidence, recipe.version) for recipe in files.book}
    told = [confidence.get(code, ("unverified", "")) for code in whole["indicator"]]
    whole = whole.with_columns(
        pl.Series("confidence", [c for c, _ in told], dtype=pl.String),
        pl.Series("recipe", [v for _, v in told], dtype=pl.String),
    )
    return Estimates(files, whole.select(list(SCHEMA)), tuple(left), options, levels, held)


def _block(named: NamedTable, k: int, options: Options) -> Block:
    """Numbers of one rate in all groups of a table, in the unit of computation (shares from 0 to 1)."""
    table = named.table
    value, se, n = table.value[:, k], np.sqrt(table.variance[:, k]), table.n[:, k]
    df = table.psus[:, k] - table.strata[:, k]
    kind = named.one.rates[k].kind
    if k in named.quantiles:
        own = named.quantiles[k]
        value, se, lower, upper = own["value"], own["se"], own["lower"], own["upper"]
    elif named.one.plan.design.psu:
        lower, upper = _interval(value, se, n, df, kind, options)
    else:
        lower, upper = _exact(value, n, kind)
    return {
        "value": value, "se": se, "lower": lower, "upper": upper, "n": n, "deff": table.deff[:, k], "df": df,
        "psus": table.psus[:, k], "lonely": table.lonely[:, k],
    }  # fmt: skip


def _exact(value: Floats, n: NDArray[np.int64], kind: str) -> tuple[Floats, Floats]:
    """Of a register, where every case is counted: the exact binomial interval of a share, which says how much chance a
    small number of cases leaves, and none for other kinds."""
    if kind != "proportion":
        return np.full(len(n), np.nan), np.full(len(n), np.nan)
    return intervals.exact_share(value * n, n)


def _interval(
    value: Floats, se: Floats, n: NDArray[np.int64], df: NDArray[np.int64], kind: str, options: Options
) -> tuple[Floats, Floats]:
    method = options.interval or {"proportion": "logit", "mean": "linear"}.get(kind, "log")
    if method == "two_se":
        return intervals.two_se(value, se)
    if method == "linear":
        return intervals.linear(value, se, df)
    if method == "log":
        return intervals.log(value, se, df)
    lower, upper = intervals.logit(value, se, df)
    edge = ((value <= 0) | (value >= 1)) & (df > 0)
    if edge.any():
        low, high = intervals.korn_graubard(np.clip(value[edge], 0, 1), n[edge], np.nan, df[edge])
        lower[edge], upper[edge] = low, high
    return lower, upper


def _parity(named: NamedTable, k: int, options: Options) -> Block:
    """The quotient of two rates, linearised: z = z1/R2 − R1·z2/R2²."""
    first, second = named.columns[k], named.columns[k + 1]
    sides = [
        [domain_totals(named.totals, named.one.plan, named.table.table, c) for c in (s.numerator, s.denominator)]
        for s in (first, second)
    ]
    rates = [numerator.sum(axis=0) / _positive(denominator.sum(axis=0)) for numerator, denominator in sides]
    one, two = rates
    with np.errstate(invalid="ignore", divide="ignore"):
        value = one / _positive(two)
        z = linearised(*sides[0]) / two - one * linearised(*sides[1]) / two**2
    z = np.where(np.isfinite(value), np.nan_to_num(z), 0.0)
    psus = named.totals.psus
    lonely: LonelyPsu = options.lonely
    variance = np.diag(covariance(z, psus.stratum, psus.psus_of_stratum, lonely))
    with_members = np.maximum(*(named.table.psus[:, k + i] for i in (0, 1)))
    df = with_members - np.maximum(*(named.table.strata[:, k + i] for i in (0, 1)))
    se = np.where((with_members > 1) & np.isfinite(value), np.sqrt(np.maximum(variance, 0)), np.nan)
    n = np.minimum(named.table.n[:, k], named.table.n[:, k + 1])
    lower, upper = _interval(value, se, n, df, "parity", options)
    return {
        "value": value, "se": se, "lower": lower, "upper": upper, "n": n, "deff": np.full(len(n), np.nan), "df": df,
        "psus": with_members, "lonely": named.table.lonely[:, k],
    }  # fmt: skip


def _positive(numbers: Floats) -> Floats:
    return np.where(numbers > 0, numbers, np.nan)


def _scale(indicator: str) -> float:
    known = catalogue().indicators.get(indicator)
    return 100.0 if known is None or known.unit.startswith("percent") else 1.0


def _unit(indicator: str) -> str:
    known = catalogue().indicators.get(indicator)
    return known.unit if known is not None else "percent"


def _frame(code: str, named: NamedTable, groups: list[str], block: Block, order: int, at: int) -> pl.DataFrame:
    scale = _scale(code)
    numbers: dict[str, object] = {
        name: pl.Series(np.where(np.isfinite(array), array * scale, np.nan)).fill_nan(None)
        for name, array in block.items()
        if name in ("value", "se", "lower", "upper")
    }
    frame = pl.DataFrame(
        {
            "indicator": [code] * len(groups), "breakdown": named.breakdown, "group": groups, "unit": _unit(code),
            **numbers, "n": block["n"], "deff": pl.Series(block["deff"]).fill_nan(None), "df": block["df"],
            "psus": block["psus"], "lonely": block["lonely"], "order": order, "at": at, "row": range(len(groups)),
        }
    )  # fmt: skip
    counted = not named.one.plan.design.psu
    few = (pl.col("n") < FEW) | (pl.col("se").is_null() & pl.lit(not counted))
    status = pl.when(pl.col("n") < HIDDEN).then(pl.lit("Q")).when(few).then(pl.lit("U")).otherwise(pl.lit("A"))
    cv = pl.when(pl.col("value") != 0).then(pl.col("se") / pl.col("value"))
    return frame.with_columns(status.alias("status"), cv.alias("cv"))
