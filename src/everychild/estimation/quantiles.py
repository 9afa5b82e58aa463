"""Quantiles by group: the one estimate that needs the rows themselves, kept to the columns it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.engines.design import DesignFacts, PsuFinder, design_keys, psu_facts, psu_table
from everychild.engines.plan import Plan
from everychild.engines.polars_engine import expression
from everychild.engines.totals import PsuTable
from everychild.estimation.tables import TableOfEstimates
from everychild.methods.sampling.intervals import quantile_t
from everychild.methods.sampling.quantiles import woodruff
from everychild.methods.sampling.taylor import LonelyPsu, covariance, linearised
from everychild.recipes.recipe import Part


def quantile_block(
    frame: pl.LazyFrame, plan: Plan, facts: DesignFacts | None, part: Part, share: float, table: TableOfEstimates,
    lonely: LonelyPsu,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """Value, se, lower and upper of a quantile in every group of a table (Woodruff's limits, see methods)."""
    spelling = {name.lower(): name for name in frame.collect_schema().names()}
    own = psu_facts(frame, plan, spelling)
    survey = own if facts is None else facts.joined(own)
    psus = psu_table(survey, ())
    codes = [
        expression(plan.named[name].code, spelling).fill_null(0).cast(pl.Int64).alias(f"g{k}")
        for k, name in enumerate(table.table)
    ]
    member = expression(part.universe, spelling) & expression(part.denominator, spelling)
    rows = frame.select(
        *design_keys(frame, plan.design), expression(plan.weight, spelling).cast(pl.Float64).alias("weight"), *codes,
        member.fill_null(False).alias("member"), expression(part.numerator, spelling).cast(pl.Float64).alias("value"),
    ).filter(pl.col("member") & pl.col("value").is_not_null()).collect()  # fmt: skip
    at = PsuFinder(psus, survey).index(rows)
    values, weights = rows["value"].to_numpy(), rows["weight"].to_numpy()
    found = np.full((4, len(table.levels)), np.nan)
    for g, levels in enumerate(table.levels):
        here = np.ones(len(values), dtype=bool)
        for k, level in enumerate(levels):
            here &= rows[f"g{k}"].to_numpy() == level

        se = _error_of_share(values[here], weights[here], at[here], psus, lonely)
        members = np.unique(at[here & (weights > 0)])
        t = float(quantile_t(len(members) - len(np.unique(psus.stratum[members]))))
        found[:, g] = woodruff(values[here], weights[here], share, se if len(members) > 1 else lambda _q: np.nan, t)
    nothing = np.full(len(table.levels), np.nan)  # the design effect of the mean is not that of a quantile
    return {"value": found[0], "lower": found[1], "upper": found[2], "se": found[3], "deff": nothing}


def _error_of_share(
    values: NDArray[np.float64], weights: NDArray[np.float64], at: NDArray[np.int64], psus: PsuTable, lonely: LonelyPsu
) -> Callable[[float], float]:
    """The standard error of the share of a group that lies at or below a limit.

    Only strata with members take part: the rule "average" counts strata, and those of other groups are none of this
    group's.
    """
    strata = np.unique(psus.stratum[at[weights > 0]])
    kept = np.isin(psus.stratum, strata)
    stratum = np.searchsorted(strata, psus.stratum[kept])
    whole = np.bincount(at, weights, minlength=psus.size)[kept, None].astype(np.float64)

    def error(limit: float) -> float:
        low = values <= limit
        below = np.bincount(at[low], weights[low], minlength=psus.size)[kept, None].astype(np.float64)
        variance = covariance(linearised(below, whole), stratum, psus.psus_of_stratum[strata], lonely)
        return float(np.sqrt(max(variance[0, 0], 0.0)))

    return error
