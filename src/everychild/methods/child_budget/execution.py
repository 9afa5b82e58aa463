"""Execution of many lines by any key, with what a rate hides. SDG indicator 16.6.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everychild.methods.child_budget.credibility import execution_rate
from everychild.methods.child_budget.totals import Key, Lines, Stage, groups

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Execution:
    """Executed in percent of a stage of the budget, over lines where both are told; NaN where that budget is 0.

    Beside it, what the rate hides: money spent on lines whose budget was 0, lines (with what is told of them) that lack
    one of the two, and lines without a share where shares were given.
    """

    key: Key
    rate: float
    budget: float
    executed: float
    lines: int
    executed_without_budget: float
    lines_without_budget: int
    lines_not_told: int
    budget_not_executed_told: float
    executed_not_budget_told: float
    lines_without_share: int


def execution(
    lines: Lines, against: Stage = "planned", by: Sequence[str] = (), shares: ArrayLike | None = None
) -> tuple[Execution, ...]:
    """One rate per combination of keys. `against` planned is SDG 16.6.1; against revised, cuts during the year hide.

    `shares` (n,) weights each line, such as by its child share (NaN: counted as without one), to hold child spending
    against the whole. Transfers are left out.
    """
    keys, group = groups(lines, by)
    weights = np.ones(len(group)) if shares is None else np.asarray(shares, dtype=np.float64)
    budget, spent = lines.amounts(against) * weights, lines.executed * weights
    known = lines.counted & np.isfinite(weights)
    both = known & np.isfinite(budget) & np.isfinite(spent)
    zero = both & (budget == 0) & (spent != 0)
    untold = known & ~both

    def add(chosen: NDArray[np.bool_], values: Floats | None = None) -> list[float]:
        part = None if values is None else np.nan_to_num(values[chosen], nan=0.0)
        found: list[float] = np.bincount(group[chosen], weights=part, minlength=len(keys)).tolist()
        return found

    columns = zip(
        keys,
        add(both, budget),
        add(both, spent),
        add(both),
        add(zero, spent),
        add(zero),
        add(untold),
        add(untold, budget),
        add(untold, spent),
        add(lines.counted & ~known),
        strict=True,
    )
    return tuple(
        Execution(key, execution_rate(e, b), b, e, int(n), z, int(nz), int(nu), ub, ue, int(ns))
        for key, b, e, n, z, nz, nu, ub, ue, ns in columns
    )
