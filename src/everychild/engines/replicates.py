"""Weighted sums under every replicate weight of a file: the slow way that files with replicate weights ask for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from everychild.engines.plan import Plan
from everychild.engines.polars_engine import expression
from everychild.engines.totals import Floats


def replicate_sums(frame: pl.LazyFrame, plan: Plan, table: tuple[str, ...], weights: Sequence[str]) -> Floats:
    """(replicates, groups, columns): sums of all columns of a plan in the groups of one table.

    `weights`: names of the columns of replicate weights. Rows are read at once: files with replicate weights are
    surveys, not registers. A missing replicate weight counts as zero, the mark of a PSU that is left out.
    """
    spelling = {name.lower(): name for name in frame.collect_schema().names()}
    named = [
        pl.col(spelling[name.lower()]).cast(pl.Float64).fill_null(0).alias(f"w{r}") for r, name in enumerate(weights)
    ]
    levels = [plan.named[name] for name in table]
    codes = [
        expression(g.code, spelling).fill_null(0).cast(pl.Int64).alias(f"g{k}") for k, g in enumerate(levels)
    ]  # fmt: skip
    columns = [
        expression(c, spelling).fill_null(False).cast(pl.Float64).alias(f"c{k}") for k, c in enumerate(plan.conditions)
    ]
    columns += [expression(v, spelling).fill_null(0).cast(pl.Float64).alias(f"v{k}") for k, v in enumerate(plan.values)]
    rows = frame.select(*named, *codes, *columns).collect()
    group = np.zeros(rows.height, dtype=np.int64)
    outside = np.zeros(rows.height, dtype=bool)
    groups = 1
    for k, each in enumerate(levels):
        code = rows[f"g{k}"].to_numpy()
        group, groups = group * each.levels + np.maximum(code - 1, 0), groups * each.levels
        outside |= code == 0
    w = rows.select(f"w{r}" for r in range(len(weights))).to_numpy()
    x = rows.select(rows.columns[len(weights) + len(levels) :]).to_numpy()
    sums = np.zeros((len(weights), groups, x.shape[1]))
    for g in range(groups):
        here = (group == g) & ~outside
        sums[:, g] = w[here].T @ x[here]
    return sums
