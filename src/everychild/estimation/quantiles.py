"""Quantiles by group: the one estimate that needs the rows themselves, kept to the columns it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.engines.design import DesignFacts, PsuFinder, design_keys, psu_facts, psu_table
from everychild.engines.plan import Plan
from everychild.engines.polars_engine import expression
from everychild.engines.replicates import rank, replicate_weights
from everychild.engines.totals import PsuTable
from everychild.estimation.replication import Replication
from everychild.estimation.tables import TableOfEstimates
from everychild.methods.sampling.intervals import quantile_t
from everychild.methods.sampling.quantiles import woodruff
from everychild.methods.sampling.taylor import LonelyPsu, covariance, linearised, quotient
from everychild.recipes.recipe import Part

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """Rows of one file, and which of them a quantile is of. `facts`: the PSUs of the whole survey; None for the file's
    own. `weights`: its replicate weights, each in the place of the variable `stands_for`, where they are asked for."""

    frame: pl.LazyFrame
    plan: Plan
    part: Part
    facts: DesignFacts | None = None
    weights: tuple[str, ...] = ()
    stands_for: str = ""


@dataclass(frozen=True)
class _Rows:
    """Of the members with a value: value, weight, place among the PSUs, level of each grouping of a table, replicate
    weights (rows, replicates)."""

    values: Floats
    weights: Floats
    at: Integers
    codes: Integers
    replicates: Floats

    def of(self, levels: Integers) -> _Rows:
        here = (self.codes == levels).all(axis=1)
        return _Rows(self.values[here], self.weights[here], self.at[here], self.codes[here], self.replicates[here])


def quantile_block(
    sources: Sequence[Source], share: float, table: TableOfEstimates, lonely: LonelyPsu,
    replication: Replication | None = None,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """Value, se, lower, upper and df of a quantile in every group of a table (Woodruff's limits, see methods), from the
    rows of all sources together. The error of the share below it is by linearisation, or by replication."""
    psus, rows = _read(sources, table)
    found, df = np.full((4, len(table.levels)), np.nan), np.zeros(len(table.levels), dtype=np.int64)
    for g, levels in enumerate(table.levels):
        group = rows.of(levels)
        members = np.unique(group.at[group.weights > 0])
        lost = len(np.unique(psus.stratum[members]))
        told = len(members) > 1
        df[g] = len(members) - lost
        if replication is None:
            error = _linearised_error(group, psus, lonely)
        else:
            ranked = rank(group.replicates) if replication.given else 0
            df[g] = replication.df(np.array(len(members)), np.array(lost), np.array(ranked))
            told = df[g] > 0 if replication.given else told
            error = _replicated_error(group, psus, replication)
        t = float(quantile_t(df[g]))
        found[:, g] = woodruff(group.values, group.weights, share, error if told else lambda _q: np.nan, t)
    nothing = np.full(len(table.levels), np.nan)  # the design effect of the mean is not that of a quantile
    return {"value": found[0], "lower": found[1], "upper": found[2], "se": found[3], "deff": nothing, "df": df}


def _read(sources: Sequence[Source], table: TableOfEstimates) -> tuple[PsuTable, _Rows]:
    """The PSUs, and the rows of all sources."""
    read = [_rows_of(source, table) for source in sources]
    parts = [rows for _, rows in read]
    return read[0][0], _Rows(
        np.concatenate([rows.values for rows in parts]), np.concatenate([rows.weights for rows in parts]),
        np.concatenate([rows.at for rows in parts]), np.concatenate([rows.codes for rows in parts]),
        np.concatenate([rows.replicates for rows in parts]),
    )  # fmt: skip


def _rows_of(source: Source, table: TableOfEstimates) -> tuple[PsuTable, _Rows]:
    frame, plan, part = source.frame, source.plan, source.part
    spelling = {name.lower(): name for name in frame.collect_schema().names()}
    own = psu_facts(frame, plan, spelling)
    survey = own if source.facts is None else source.facts.joined(own)
    psus = psu_table(survey, ())
    codes = [
        expression(plan.named[name].code, spelling).fill_null(0).cast(pl.Int64).alias(f"g{k}")
        for k, name in enumerate(table.table)
    ]
    member = expression(part.universe, spelling) & expression(part.denominator, spelling)
    rows = frame.select(
        *design_keys(frame, plan.design), expression(plan.weight, spelling).cast(pl.Float64).alias("weight"), *codes,
        member.fill_null(False).alias("member"), expression(part.numerator, spelling).cast(pl.Float64).alias("value"),
        *replicate_weights(plan, spelling, source.weights, source.stands_for),
    ).filter(pl.col("member") & pl.col("value").is_not_null()).collect()  # fmt: skip
    levels, weights = (
        [rows[f"{letter}{k}"].to_numpy() for k in range(count)]
        for letter, count in (("g", len(codes)), ("w", len(source.weights)))
    )
    return psus, _Rows(
        rows["value"].to_numpy(), rows["weight"].to_numpy(), PsuFinder(psus, survey).index(rows),
        np.stack(levels, axis=1) if levels else np.zeros((rows.height, 0), dtype=np.int64),
        np.stack(weights, axis=1) if weights else np.zeros((rows.height, 0)),
    )  # fmt: skip


def _linearised_error(group: _Rows, psus: PsuTable, lonely: LonelyPsu) -> Callable[[float], float]:
    """The standard error of the share of a group that lies at or below a limit.

    Only strata with members take part: the rule "average" counts strata, and those of other groups are none of this
    group's.
    """
    strata = np.unique(psus.stratum[group.at[group.weights > 0]])
    kept = np.isin(psus.stratum, strata)
    stratum = np.searchsorted(strata, psus.stratum[kept])

    def error(limit: float) -> float:
        below, whole = (part[kept] for part in _by_psu(group, psus, limit))
        variance = covariance(linearised(below, whole), stratum, psus.psus_of_stratum[strata], lonely)
        return float(np.sqrt(max(variance[0, 0], 0.0)))

    return error


def _replicated_error(group: _Rows, psus: PsuTable, replication: Replication) -> Callable[[float], float]:
    """The same from the replicates of the share."""

    def error(limit: float) -> float:
        if replication.given:
            whole = group.replicates.sum(axis=0)[:, None]
            below = group.replicates[group.values <= limit].sum(axis=0)[:, None]
        else:
            below, whole = (replication.left_out(part, psus) for part in _by_psu(group, psus, limit))
        low = group.weights[group.values <= limit].sum() / group.weights.sum()
        away = replication.deviations(np.array([low]), quotient(below, whole), psus)
        return float(np.sqrt((away**2).sum()))

    return error


def _by_psu(group: _Rows, psus: PsuTable, limit: float) -> tuple[Floats, Floats]:
    """(PSUs, 1): the weight of a group at or below a limit, and its whole weight."""
    low = group.values <= limit
    below = np.bincount(group.at[low], group.weights[low], minlength=psus.size)
    whole = np.bincount(group.at, group.weights, minlength=psus.size)
    return below[:, None].astype(np.float64), whole[:, None].astype(np.float64)
