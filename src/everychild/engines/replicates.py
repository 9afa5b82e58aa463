"""Rows under every replicate weight of a file: the slow way that files with replicate weights ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from everychild.engines.plan import Plan
from everychild.engines.polars_engine import expression
from everychild.engines.totals import Floats, Integers

TOLERANCE: Final = 1e-5
"""What is left of a replicate weight, relative to its length, below which it adds nothing to the others: that of R's
degf."""


@dataclass(frozen=True)
class ReplicateRows:
    """Rows of a file, kept at once: files with replicate weights are surveys, not registers.

    `weights`: (rows, replicates). `codes`: level of each grouping, 0 outside every level; `levels`: how many there are.
    `columns`: (rows, columns), all columns of a plan, conditions as 0 or 1.
    """

    weights: Floats
    codes: Mapping[str, Integers]
    levels: Mapping[str, int]
    columns: Floats

    def group(self, table: Sequence[str]) -> tuple[Integers, int]:
        """(rows): the group of each row in a table, −1 outside; and the number of groups."""
        found, outside = np.zeros(len(self.weights), dtype=np.int64), np.zeros(len(self.weights), dtype=bool)
        groups = 1
        for name in table:
            found = found * self.levels[name] + np.maximum(self.codes[name] - 1, 0)
            outside |= self.codes[name] == 0
            groups *= self.levels[name]
        return np.where(outside, -1, found), groups

    def sums(self, table: Sequence[str]) -> Floats:
        """(replicates, groups, columns): sums of all columns in the groups of a table."""
        group, groups = self.group(table)
        found = np.zeros((self.weights.shape[1], groups, self.columns.shape[1]))
        for g in range(groups):
            here = group == g
            found[:, g] = self.weights[here].T @ self.columns[here]
        return found

    def ranks(self, table: Sequence[str], column: int) -> Integers:
        """(groups): rank of the replicate weights of the rows in which a condition holds."""
        group, groups = self.group(table)
        held = self.columns[:, column] > 0
        return np.array([rank(self.weights[held & (group == g)]) for g in range(groups)], dtype=np.int64)

    def rank(self, table: Sequence[str], columns: Sequence[int], groups: Sequence[int]) -> int:
        """Rank of the replicate weights of the rows in some groups in which one of the conditions holds."""
        group, _ = self.group(table)
        held = (self.columns[:, columns] > 0).any(axis=1) & np.isin(group, groups)
        return rank(self.weights[held])


def replicate_rows(frame: pl.LazyFrame, plan: Plan, weights: Sequence[str], stands_for: str = "") -> ReplicateRows:
    """Read the rows of a plan under replicate weights; see `replicate_weights`."""
    spelling = {name.lower(): name for name in frame.collect_schema().names()}
    codes = [
        expression(g.code, spelling).fill_null(0).cast(pl.Int64).alias(f"g:{g.name}") for g in plan.groupings
    ]  # fmt: skip
    columns = [
        expression(c, spelling).fill_null(False).cast(pl.Float64).alias(f"c{k}") for k, c in enumerate(plan.conditions)
    ]
    columns += [expression(v, spelling).fill_null(0).cast(pl.Float64).alias(f"v{k}") for k, v in enumerate(plan.values)]
    rows = frame.select(*replicate_weights(plan, spelling, weights, stands_for), *codes, *columns).collect()
    return ReplicateRows(
        rows.select(f"w{r}" for r in range(len(weights))).to_numpy(),
        {g.name: rows[f"g:{g.name}"].to_numpy() for g in plan.groupings},
        {g.name: g.levels for g in plan.groupings},
        rows.select(rows.columns[len(weights) + len(codes) :]).to_numpy(),
    )


def replicate_weights(
    plan: Plan, spelling: Mapping[str, str], weights: Sequence[str], stands_for: str = ""
) -> list[pl.Expr]:
    """Replicate weights as columns w0, w1, … `stands_for`: the variable (lower case) of the plan's weight in whose
    place each of them stands, as in `hhweight * HH48`; without it they are taken as they are. A missing one counts as
    zero, the mark of a PSU that is left out; where it must not be missing, checks have found it before."""
    columns = [spelling[name.lower()] for name in weights]
    found = (
        expression(plan.weight, {**spelling, stands_for: column}) if stands_for else pl.col(column)
        for column in columns
    )
    return [each.cast(pl.Float64).fill_null(0).alias(f"w{r}") for r, each in enumerate(found)]


def rank(weights: Floats) -> int:
    """Rank of replicate weights (rows, replicates), from their products with each other: of many rows by a few hundred
    replicates. A weight is of no rank when less than TOLERANCE of its length is not a sum of others'."""
    from scipy.linalg.lapack import dpstrf  # a tenth of a cold start, which estimates without replicates do not need

    products = weights.T @ weights
    held = np.diagonal(products) > 0
    if not held.any():
        return 0
    products = products[np.ix_(held, held)]
    length = np.sqrt(np.diagonal(products))
    _, _, found, _ = dpstrf(products / length[:, None] / length, tol=TOLERANCE**2)
    return int(found)
