"""The embedded engine: Polars reads and derives, batch by batch; nothing but totals is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.engines.design import DesignFacts, PsuFinder, design_keys, psu_facts, psu_table
from everychild.engines.lattice import lattice
from everychild.engines.plan import Plan
from everychild.engines.totals import Accumulator, Floats, Integers, PsuTotals, exponent, rounded
from everychild.recipes.nodes import Node
from everychild.recipes.sql import to_sql

BATCH: Final = 262_144
"""Rows derived at a time: large enough for Polars' threads, small enough for the memory of a small machine."""


def expression(node: Node, spelling: Mapping[str, str]) -> pl.Expr:
    """A node as a Polars expression; `spelling` gives the file's own case of names."""
    return pl.sql_expr(to_sql(node, spelling))


def psu_totals(
    frame: pl.LazyFrame, plan: Plan, facts: DesignFacts | None = None, progress: Callable[[int], None] | None = None
) -> PsuTotals:
    """Sum a plan over a file.

    `facts` are the PSUs of the whole survey (see design.psu_facts); by default those that the file itself has. Rows
    may come in any order. Raises design.DesignProblem for missing or negative weights and missing design variables.
    """
    spelling = {name.lower(): name for name in frame.collect_schema().names()}
    own = psu_facts(frame, plan, spelling)
    survey = own if facts is None else facts.joined(own)
    grid = lattice(plan, survey.constant)
    psus = psu_table(survey, grid.constant)
    unit = exponent(survey.heaviest)
    finder = PsuFinder(psus, survey)
    sums = Accumulator(psus, grid, plan.columns, len(plan.conditions))
    varying = [name for cell_set in grid.sets for name in cell_set.groupings]
    columns = _Columns(plan, tuple(dict.fromkeys(varying)), spelling)
    units = columns.value_units(frame)
    keys = design_keys(frame, plan.design)
    for batch in _batches(frame.select(*keys, *columns.expressions), own.rows):
        weight = rounded(batch["weight"].to_numpy(), unit)
        sums.add(
            finder.index(batch), weight, columns.codes(batch), columns.conditions(batch),
            columns.values(batch, weight, units),
        )  # fmt: skip
        if progress is not None:
            progress(batch.height)
    return sums.totals(unit)


def _batches(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Rows in pieces; the next one is read and derived while this one is summed."""
    if rows <= BATCH:
        yield frame.collect()
        return
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(frame.slice(0, BATCH).collect)
        for start in range(BATCH, rows + BATCH, BATCH):
            batch = coming.result()
            coming = reader.submit(frame.slice(start, BATCH).collect)
            yield batch


@dataclass(frozen=True)
class _Columns:
    """The columns that a batch needs, and how they become arrays."""

    plan: Plan
    varying: tuple[str, ...]
    spelling: Mapping[str, str]

    @property
    def expressions(self) -> list[pl.Expr]:
        wanted = [expression(self.plan.weight, self.spelling).cast(pl.Float64).fill_null(0.0).alias("weight")]
        for name in self.varying:
            code = expression(self.plan.named[name].code, self.spelling)
            wanted.append(code.fill_null(0).cast(pl.UInt16).alias(f"group:{name}"))
        for k, node in enumerate(self.plan.conditions):
            wanted.append(expression(node, self.spelling).fill_null(False).cast(pl.UInt8).alias(f"c{k}"))
        for k, node in enumerate(self.plan.values):
            wanted.append(expression(node, self.spelling).fill_null(0).cast(pl.Float64).alias(f"v{k}"))
        return wanted

    def codes(self, batch: pl.DataFrame) -> Mapping[str, Integers]:
        return {name: batch[f"group:{name}"].to_numpy().astype(np.int64) for name in self.varying}

    def conditions(self, batch: pl.DataFrame) -> NDArray[np.uint8]:
        names = [f"c{k}" for k in range(len(self.plan.conditions))]
        if not names:
            return np.zeros((batch.height, 0), dtype=np.uint8)
        return batch.select(names).to_numpy()

    def values(self, batch: pl.DataFrame, weight: Floats, units: list[int]) -> Floats | None:
        """(rows, values): weight × value, on the grid that makes their sums exact."""
        if not units:
            return None
        products = [rounded(batch[f"v{k}"].to_numpy() * weight, unit) for k, unit in enumerate(units)]
        return np.stack(products, axis=1)

    def value_units(self, frame: pl.LazyFrame) -> list[int]:
        """For each value the power of two on which its weighted sums are exact: from its largest product and the
        number of rows, both of which are the same in any order."""
        if not self.plan.values:
            return []
        weight = expression(self.plan.weight, self.spelling)
        largest = frame.select(
            [
                (expression(node, self.spelling) * weight).abs().max().cast(pl.Float64).alias(f"v{k}")
                for k, node in enumerate(self.plan.values)
            ]
            + [pl.len().alias("rows")]
        ).collect()
        rows = largest["rows"][0]
        return [_finest((largest[f"v{k}"][0] or 0.0) * rows) for k in range(len(self.plan.values))]


def _finest(bound: float) -> int:
    return 52 - int(np.ceil(np.log2(bound))) if bound > 0 else 40
