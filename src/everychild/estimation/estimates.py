"""A table of estimates: what it holds, how it is put together, how groups are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.estimation.choices import Options
from everychild.estimation.named_tables import NamedTable, covariances, df_of_either, frame_of, scale_of, value_of
from everychild.estimation.presentation import Notebook
from everychild.estimation.work import NotComputed
from everychild.methods.sampling import intervals
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.groups import Level
from everychild.recipes.recipe import Recipe
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import Finding

Floats = NDArray[np.float64]
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "breakdown": pl.String, "group": pl.String, "unit": pl.String,
    "value": pl.Float64, "se": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "n": pl.Int64,
    "deff": pl.Float64, "cv": pl.Float64, "df": pl.Int64, "psus": pl.Int64, "lonely": pl.Int64,
    "status": pl.String, "confidence": pl.String, "recipe": pl.String,
}  # fmt: skip
"""`status`: A fit to print, U few cases or one PSU, Q hidden. `cv`: se/|value|. `lonely`: strata with one PSU. `df`,
`psus` and `lonely` are null in a register, where nothing was drawn."""


class NoSuchGroup(EverychildError):  # noqa: N818 - says what is the case
    """A comparison names an indicator, breakdown or group that was not estimated."""


class NotComparable(EverychildError):  # noqa: N818 - says what is the case
    """A comparison of estimates whose errors cannot be compared."""


@dataclass(frozen=True)
class Difference:
    """One group less another, in the unit of the indicator, with the covariance of the two taken into account."""

    value: float
    se: float
    lower: float
    upper: float
    df: int


@dataclass(frozen=True, repr=False)
class Estimates(Notebook):
    """Estimates with their errors. `rows` is a table of SCHEMA.

    `hidden=True` in `shown` keeps the cells that are too small to be published; it is for the eyes of the survey team.
    """

    files: SurveyFiles
    rows: pl.DataFrame
    not_computed: tuple[NotComputed, ...]
    options: Options
    _tables: Mapping[tuple[str, str], tuple[NamedTable, int]] = field(repr=False)
    findings: tuple[Finding, ...] = ()
    """What a reader has to know: breakdowns that a file could not be divided by."""

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of what was estimated; the quotient of two rates is a parity."""
        rates = (named.one.rates[k] for named, k in self._tables.values())
        return frozenset("parity" if rate.side else rate.kind for rate in rates)

    def levels(self, indicator: str, breakdown: str, group: str) -> tuple[Level, ...]:
        """The levels of a group: one for a breakdown, two for a crossing, none for the total."""
        named, _ = self._held(indicator, breakdown)
        return named.levels(named.row_of[group])

    def shown(self, *, hidden: bool = False) -> pl.DataFrame:
        """Rows as they may be published: numbers of hidden cells are null."""
        if hidden:
            return self.rows
        numbers = ("value", "se", "lower", "upper", "deff", "cv")
        kept = pl.col("status") != "Q"
        return self.rows.with_columns(pl.when(kept).then(pl.col(c)).alias(c) for c in numbers)

    def difference(self, indicator: str, breakdown: str, first: str, second: str) -> Difference:
        """`first` less `second`, two groups of one table, for example `("stunting", "residence", "rural", "urban")`.

        Variance: v_11 + v_22 − 2·v_12, by linearisation or by the replicates that the table has its errors from.
        Degrees of freedom: PSUs with members of either group less their strata; with replicates see
        replication.Replication.df. A register has no error, and no interval; nor has a difference
        with a group of which no error can be told (one without cases, a share or mean of one PSU). Raises NoSuchGroup,
        and NotComparable for quantiles.
        """
        held, k = self._held(indicator, breakdown)
        groups = held.groups
        for group in (first, second):
            if group not in groups:
                raise NoSuchGroup(f"{indicator} by {breakdown} has no group {group!r}; it has {', '.join(groups)}")
        at = [groups.index(first), groups.index(second)]
        matrix = self._covariances(held, k, at)
        value = value_of(held, k)[at]
        scale = scale_of(held.one.rates[k].recipe)
        se = float(np.sqrt(np.maximum(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1], 0.0))) * scale
        df = df_of_either(held, k, at)
        gap = float(value[0] - value[1]) * scale
        lower, upper = intervals.linear(gap, se, df)
        return Difference(gap, se, float(lower), float(upper), df)

    def covariance(self, indicator: str, breakdown: str) -> tuple[list[str], Floats]:
        """Groups of a table, and the covariance matrix of their estimates in the unit of the indicator."""
        held, k = self._held(indicator, breakdown)
        return held.groups, self._covariances(held, k) * scale_of(held.one.rates[k].recipe) ** 2

    def _held(self, indicator: str, breakdown: str) -> tuple[NamedTable, int]:
        try:
            return self._tables[indicator, breakdown]
        except KeyError:
            raise NoSuchGroup(f"{indicator} was not estimated by {breakdown}") from None

    def _covariances(self, held: NamedTable, k: int, at: Sequence[int] | None = None) -> Floats:
        recipe = held.one.rates[k].recipe
        if recipe.kind == "quantile":
            raise NotComparable(f"{recipe.code} is a quantile: differences of quantiles have no covariance here")
        return covariances(held, k, self.options, at)


def assembled(
    files: SurveyFiles, found: Sequence[NamedTable], left: Sequence[NotComputed], recipes: Sequence[Recipe],
    options: Options, findings: Sequence[Finding] = (),
) -> Estimates:  # fmt: skip
    """All tables as one frame, indicators in the order asked for, tables in theirs."""
    order = {recipe.code: k for k, recipe in enumerate(recipes)}
    tables = {
        (rate.recipe.code, named.breakdown): (named, k)
        for named in found
        for k, rate in enumerate(named.one.rates)
        if rate.side != 2
    }
    if not found:
        return Estimates(files, pl.DataFrame(schema=SCHEMA), tuple(left), options, tables, tuple(findings))
    frames, first = [], 0
    for _, of_pass in groupby(found, key=lambda named: id(named.one)):
        together = list(of_pass)
        frames.append(frame_of(together, first, order, options, register=files.description.register))
        first += len(together)
    whole = pl.concat(frames)
    if len(frames) > 1 or not whole["order"].is_sorted():
        whole = whole.sort("order", "at", "row")
    place = whole["order"]
    whole = whole.with_columns(
        pl.Series("confidence", [recipe.confidence for recipe in recipes]).gather(place),
        pl.Series("recipe", [recipe.version for recipe in recipes]).gather(place),
    )
    return Estimates(files, whole.select(list(SCHEMA)), tuple(left), options, tables, tuple(findings))
