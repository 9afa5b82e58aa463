"""Tables with names: which rates, which groups, what interval; and all of them put together as one frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.catalogue.catalogue import catalogue
from everychild.engines.totals import PsuTotals
from everychild.estimation.choices import Options
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.domains import domain_totals
from everychild.estimation.replication import Replicates
from everychild.estimation.tables import TableOfEstimates
from everychild.estimation.work import Pass, Rate
from everychild.methods.sampling import intervals
from everychild.methods.sampling.taylor import covariance, linearised, quotient, total_variance
from everychild.recipes.groups import Level
from everychild.recipes.nodes import TRUE
from everychild.recipes.recipe import Recipe

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Block = dict[str, NDArray[Any]]
"""Numbers of one or more rates, each an array whose first axis is the groups of a table."""
FEW: Final = 50
HIDDEN: Final = 25
"""Cells with fewer unweighted cases are hidden; those with fewer than FEW stand in parentheses (MICS reports)."""
NUMBERS: Final = ("value", "se", "lower", "upper")
NO_QUOTIENT: Final = ("quantile", "total")
OF_STRATA: Final = ("taylor", "jkn")
"""Errors for which a stratum with one PSU is a case of its own."""
OF_DESIGN: Final = ("df", "psus", "lonely")
"""What a register has none of."""


@dataclass(frozen=True)
class NamedTable:
    """One table of one pass, with the totals it came from."""

    one: Pass
    totals: PsuTotals
    columns: tuple[IndicatorColumns, ...]
    table: TableOfEstimates
    quantiles: Mapping[int, Block] = field(default_factory=dict)
    """Value, se, lower and upper of the rates that are quantiles, by their place among the rates."""
    replicates: Replicates | None = None
    """None for linearised errors."""

    @cached_property
    def breakdown(self) -> str:
        return ":".join(self.table.table) or "total"

    def levels(self, row: int) -> tuple[Level, ...]:
        pairs = zip(self.table.table, self.table.levels[row], strict=True)
        return tuple(self.one.levels[code][int(level) - 1] for code, level in pairs)

    @cached_property
    def groups(self) -> list[str]:
        """Names of the groups in the order of the table."""
        return [":".join(level.level for level in self.levels(r)) or "total" for r in range(len(self.table.levels))]

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        return {group: row for row, group in enumerate(self.groups)}


def frame_of(
    tables: Sequence[NamedTable], first: int, order: Mapping[str, int], options: Options, *, register: bool
) -> pl.DataFrame:
    """All rates of the tables of one pass as rows, rate after rate; columns of estimates.SCHEMA but the recipe's own.
    `first` is the place of the first table among all tables, `order` that of each indicator. `register`: every case
    was counted.

    All tables at once: a frame of its own for each took four times as long."""
    one = tables[0].one
    shown = [k for k, rate in enumerate(one.rates) if rate.side != 2]
    recipes = [one.rates[k].recipe for k in shown]
    scale = np.array([scale_of(recipe) for recipe in recipes])
    groups = [len(named.groups) for named in tables]
    rate, at = np.arange(len(shown)), np.repeat(np.arange(len(tables)), groups)
    whole = sum(groups)
    columns: dict[str, Any] = {
        "indicator": pl.Series([recipe.code for recipe in recipes]).gather(np.repeat(rate, whole)),
        "unit": pl.Series([unit_of(recipe) for recipe in recipes]).gather(np.repeat(rate, whole)),
        "group": pl.Series([group for named in tables for group in named.groups] * len(shown)),
        "breakdown": pl.Series([named.breakdown for named in tables]).gather(np.tile(at, len(shown))),
        "order": np.repeat([order[recipe.code] for recipe in recipes], whole),
        "at": np.tile(at + first, len(shown)),
        "row": np.tile(np.concatenate([np.arange(count) for count in groups]), len(shown)),
    }
    for name, array in _blocks(tables, shown, options, register=register).items():
        columns[name] = (array * scale if name in NUMBERS else array).T.ravel()
    frame = pl.DataFrame(columns)
    if not one.plan.design.psu:  # the one cluster that all rows are summed in is none of the data
        unknown = OF_DESIGN if register else ("psus",)
        frame = frame.with_columns(pl.lit(None, pl.Int64).alias(name) for name in unknown)
    return _with_status(frame, register=register)


def _with_status(frame: pl.DataFrame, *, register: bool) -> pl.DataFrame:
    """What is no number becomes null; whether a row may be shown; its coefficient of variation."""
    known = [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in (*NUMBERS, "deff")]
    without_error = pl.lit(False) if register else pl.col("se").is_null()
    cv = pl.when(pl.col("value") != 0).then(pl.col("se") / pl.col("value").abs())
    return frame.with_columns(known).with_columns(status_of(without_error).alias("status"), cv.alias("cv"))


def status_of(without_error: pl.Expr) -> pl.Expr:
    """Status of a row by its unweighted cases `n`: hidden, of low reliability (few cases, or no error), or sound."""
    few = (pl.col("n") < FEW) | without_error
    return pl.when(pl.col("n") < HIDDEN).then(pl.lit("Q")).when(few).then(pl.lit("U")).otherwise(pl.lit("A"))


def _blocks(tables: Sequence[NamedTable], shown: Sequence[int], options: Options, *, register: bool) -> Block:
    """(groups of all tables, rates) of every number, shares from 0 to 1."""

    def stacked(of: Callable[[TableOfEstimates], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([of(named.table)[:, shown] for named in tables])

    one = tables[0].one
    value, se, n = stacked(lambda t: t.value), np.sqrt(stacked(lambda t: t.variance)), stacked(lambda t: t.n)
    psus = stacked(lambda t: t.psus)
    df = stacked(lambda t: t.df)
    lower, upper = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    if register:
        for i, k in enumerate(shown):
            lower[:, i], upper[:, i] = _exact(one.rates[k], value[:, i], stacked(lambda t: t.weight)[:, i])
    else:
        for kind in dict.fromkeys(one.rates[k].kind for k in shown if one.rates[k].kind not in NO_QUOTIENT):
            here = [i for i, k in enumerate(shown) if one.rates[k].kind == kind]
            low, high = interval(value[:, here], se[:, here], n[:, here], df[:, here], kind, options)
            lower[:, here], upper[:, here] = low, high
    block: Block = {
        "value": value, "se": se, "lower": lower, "upper": upper, "n": n, "deff": stacked(lambda t: t.deff), "df": df,
        "psus": psus, "lonely": stacked(lambda t: t.lonely) if options.errors in OF_STRATA else np.zeros_like(psus),
    }  # fmt: skip
    of_its_own = [(i, k) for i, k in enumerate(shown) if one.rates[k].side or one.rates[k].kind in NO_QUOTIENT]
    begin = 0
    for named in tables:
        end = begin + len(named.groups)
        for i, k in of_its_own:
            for name, array in _numbers_of_its_own(named, k, options, register=register).items():
                block[name][begin:end, i] = array
        begin = end
    return block


def _numbers_of_its_own(named: NamedTable, k: int, options: Options, *, register: bool) -> Block:
    """The numbers of what is no quotient of two sums: a parity, a quantile, a total."""
    if named.one.rates[k].side:
        return _parity(named, k, options)
    if named.one.rates[k].kind == "quantile":
        return named.quantiles[k]
    return _total(named, k, options, register=register)


def _exact(rate: Rate, value: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Of a register, where every case is counted, how much chance small numbers leave: the exact binomial interval of a
    share, the exact Poisson interval of a ratio of two numbers of cases, none for other kinds. `whole` (groups): the
    denominators. The numerator of a ratio that has no denominator but its universe is a part of it, and so a share."""
    counts = all(part.numerator.kind == "truth" for part in rate.parts)
    if rate.kind == "proportion" or (rate.kind == "ratio" and counts and rate.parts[0].denominator == TRUE):
        return intervals.exact_share(np.rint(value * whole), whole)
    if rate.kind == "ratio" and counts:
        return intervals.exact_rate(np.rint(value * whole), whole)
    return np.full(value.shape, np.nan), np.full(value.shape, np.nan)


def interval(
    value: Floats, se: Floats, n: Integers, df: Integers, kind: str, options: Options
) -> tuple[Floats, Floats]:
    """Lower and upper limits by the method that the options ask for, where it suits the kind, or that of the kind."""
    method = options.method(kind)
    if method == "two_se":
        return intervals.two_se(value, se)
    if method == "linear":
        return intervals.linear(value, se, df)
    if method == "log":
        lower, upper = intervals.log(value, se, df)
        below = value < 0  # a ratio of values, of which one may be negative, has no logarithm
        if below.any():
            lower[below], upper[below] = intervals.linear(value[below], se[below], df[below])
        return lower, upper
    lower, upper = intervals.logit(value, se, df)
    edge = ((value <= 0) | (value >= 1)) & (df > 0)
    if edge.any():
        lower[edge], upper[edge] = intervals.korn_graubard(value[edge], n[edge], np.nan, df[edge])
    return lower, upper


def value_of(named: NamedTable, k: int) -> Floats:
    """(groups): a rate, the quotient of two rates, or a total."""
    one = named.table.value[:, k]
    if named.one.rates[k].kind == "total":
        whole = domain_totals(named.totals, named.one.plan, named.table.table, named.columns[k].numerator)
        return np.where(np.isfinite(one), whole.sum(axis=0), np.nan)
    if not named.one.rates[k].side:
        return one
    two = named.table.value[:, k + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(two > 0, one / two, np.nan)


def members_of(named: NamedTable, k: int) -> Floats:
    """(PSUs, groups): totals of the condition whose rows are n; zero in a PSU without."""
    sides = (k, k + 1) if named.one.rates[k].side else (k,)
    found: Floats = np.sum(
        [domain_totals(named.totals, named.one.plan, named.table.table, named.columns[i].members) for i in sides],
        axis=0,
    )
    return found


def df_of_either(named: NamedTable, k: int, at: Sequence[int]) -> int:
    """Degrees of freedom of groups compared: a PSU with members of several of them is one PSU."""
    members: NDArray[np.bool_] = np.any(members_of(named, k)[:, at] > 0, axis=1)
    return _df(named, k, at, members)


def _df(named: NamedTable, k: int, at: Sequence[int], members: NDArray[np.bool_]) -> int:
    psus, strata = int(members.sum()), len(np.unique(named.totals.psus.stratum[members]))
    if named.replicates is None:
        return psus - strata
    sides = (k, k + 1) if named.one.rates[k].side else (k,)
    return named.replicates.df_of_either(psus, strata, [named.columns[i].members for i in sides], at)


def covariances(named: NamedTable, k: int, options: Options, at: Sequence[int] | None = None) -> Floats:
    """(groups, groups): of a rate, of the quotient of two or of a total, by the errors that were asked for; of all
    groups of a table, or of those `at` some places. NaN for a group that has no value or no error of its own, and for
    one that a replicate has no value of."""
    chosen = slice(None) if at is None else list(at)
    value = value_of(named, k)[chosen]
    if named.replicates is None and not named.one.plan.design.psu:
        return np.zeros((len(value), len(value)))  # a register has no sampling error
    told = has_error(named, k)[chosen]
    if named.replicates is None:
        z, psus = np.nan_to_num(_linear_form(named, k)[:, chosen]), named.totals.psus
        held: NDArray[np.bool_] = np.any(members_of(named, k)[:, chosen] > 0, axis=1)
        found = covariance(z, psus.stratum, psus.psus_of_stratum, options.lonely, held)
    else:
        away = _deviations(named, k)[:, chosen]
        found = away.T @ away
    return np.where(told[:, None] & told, found, np.nan)


def has_error(named: NamedTable, k: int) -> NDArray[np.bool_]:
    """(groups): whether an error can be told. Of a rate whose cases are in one PSU it cannot, nor of the quotient of
    two of which one is so; of a total it can, because that no other PSU has cases is chance as well."""
    table, sides = named.table, (k, k + 1) if named.one.rates[k].side else (k,)
    valued = np.isfinite(value_of(named, k))
    if named.one.rates[k].kind == "total":
        return valued
    withheld = named.replicates is not None and named.replicates.rows is not None
    each = [table.df[:, side] > 0 if withheld else table.psus[:, side] > 1 for side in sides]
    found: NDArray[np.bool_] = np.all([valued, *each], axis=0)
    return found


def _deviations(named: NamedTable, k: int) -> Floats:
    """(replicates, groups) of a rate, of the quotient of two or of a total."""
    replicates = named.replicates
    assert replicates is not None
    total = named.one.rates[k].kind == "total"
    rates = replicates.summed(named.columns[k]) if total else replicates.rates(named.columns[k])
    if named.one.rates[k].side:
        rates = quotient(rates, replicates.rates(named.columns[k + 1]))
    return replicates.deviations(value_of(named, k), rates)


def _linear_form(named: NamedTable, k: int) -> Floats:
    """(PSUs, groups): linearised totals of a rate; of a quotient of two, for which z = z1/R2 − R1·z2/R2²; of a total,
    which are its parts."""
    plan, table = named.one.plan, named.table
    if named.one.rates[k].kind == "total":
        return domain_totals(named.totals, plan, table.table, named.columns[k].numerator)
    sides = [
        linearised(*(domain_totals(named.totals, plan, table.table, c) for c in (s.numerator, s.denominator)))
        for s in (named.columns[k : k + 2] if named.one.rates[k].side else named.columns[k : k + 1])
    ]
    if len(sides) == 1:
        return sides[0]
    one, two = table.value[:, k], table.value[:, k + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sides[0] / two - one * sides[1] / two**2


def _parity(named: NamedTable, k: int, options: Options) -> Block:
    """The quotient of two rates. Its clusters and degrees of freedom are those of the members of either."""
    table, value, psus = named.table, value_of(named, k), named.totals.psus
    held = members_of(named, k) > 0
    if named.replicates is None:
        z = np.nan_to_num(_linear_form(named, k))
        variance = total_variance(z, held, psus.stratum, psus.psus_of_stratum, options.lonely)
    else:
        variance = (_deviations(named, k) ** 2).sum(axis=0)
    df = np.array([_df(named, k, [g], held[:, g]) for g in range(len(value))], dtype=np.int64)
    se = np.where(has_error(named, k), np.sqrt(np.maximum(variance, 0)), np.nan)
    n = np.minimum(table.n[:, k], table.n[:, k + 1])
    lower, upper = interval(value, se, n, df, "parity", options)
    return {
        "value": value, "se": se, "lower": lower, "upper": upper, "n": n, "deff": np.full(len(n), np.nan), "df": df,
        "psus": held.sum(axis=0),
    }  # fmt: skip


def _total(named: NamedTable, k: int, options: Options, *, register: bool) -> Block:
    """A weighted total: of the cases that meet a condition, or of a value. In a register a number of cases has the
    exact Poisson interval of a count."""
    value, table = value_of(named, k), named.table
    nothing = np.full(len(value), np.nan)
    block = {"value": value, "deff": nothing, "se": nothing, "lower": nothing, "upper": nothing}
    if register:
        if all(part.numerator.kind == "truth" for part in named.one.rates[k].parts):
            block["lower"], block["upper"] = intervals.exact_rate(value, np.ones(len(value)))
        return block
    if named.replicates is None:
        psus, z = named.totals.psus, _linear_form(named, k)
        variance = total_variance(z, members_of(named, k) > 0, psus.stratum, psus.psus_of_stratum, options.lonely)
    else:
        variance = (_deviations(named, k) ** 2).sum(axis=0)
    block["se"] = np.where(np.isfinite(value), np.sqrt(variance), np.nan)
    df = table.df[:, k]
    block["lower"], block["upper"] = interval(value, block["se"], table.n[:, k], df, "total", options)
    return block


OWN_UNIT: Final[Mapping[str, str]] = {"proportion": "percent", "ratio": "percent", "parity": "ratio", "total": "count"}
"""Of a user's own recipe that the catalogue does not know, by kind; means and quantiles are scores."""


def scale_of(recipe: Recipe) -> float:
    """100 for indicators in percent."""
    return 100.0 if unit_of(recipe).startswith("percent") else 1.0


def unit_of(recipe: Recipe) -> str:
    """The unit of the catalogue; that of the kind for a user's own code, and for a total of what is a percentage."""
    known = catalogue().indicators.get(recipe.code)
    if recipe.kind == "total" and known is not None and known.unit.startswith("percent"):
        known = None
    return known.unit if known is not None else OWN_UNIT.get(recipe.kind, "score")
