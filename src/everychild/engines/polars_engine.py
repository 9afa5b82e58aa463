"""The embedded engine: Polars reads and derives, batch by batch; nothing but totals is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.engines.design import DesignFacts, DesignProblem, PsuFinder, design_keys, psu_facts, psu_table
from everychild.engines.lattice import Lattice, lattice
from everychild.engines.plan import Plan
from everychild.engines.totals import Accumulator, Floats, Integers, PsuTable, PsuTotals, exponent, rounded
from everychild.recipes.nodes import All, Node, both
from everychild.recipes.sql import to_sql

BATCH: Final = 131_072
"""Rows derived at a time: large enough for Polars' threads, small enough for the memory of a small machine."""

STRETCH: Final = 8 * BATCH
"""Rows that are read as one: Polars derives ahead of the sums, and the whole of a register would fill the memory."""


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
    if not own.rows:
        raise DesignProblem("the file has no rows")
    largest = largest_products(frame, plan, spelling).collect() if plan.values else None
    step = prepared(plan, own, facts, spelling, largest)
    sums = step.accumulator()
    for batch in _batches(step.derived(frame), own.rows):
        step.add(sums, batch)
        if progress is not None:
            progress(batch.height)
    return sums.totals(step.unit)


class PolarsEngine:
    """The embedded engine as a thing that can be exchanged for another."""

    def psu_totals(
        self, frame: pl.LazyFrame, plan: Plan, facts: DesignFacts | None = None,
        progress: Callable[[int], None] | None = None, plain: Callable[[], Path | None] | None = None,
    ) -> PsuTotals:  # fmt: skip
        """`plain` is for engines that read files themselves; here `frame` is enough."""
        return psu_totals(frame, plan, facts, progress)


@dataclass(frozen=True)
class Step:
    """The one pass over rows, wherever it runs: how a piece of a file is derived, and how it is added to totals."""

    psus: PsuTable
    grid: Lattice
    unit: int
    value_units: tuple[int, ...]
    finder: PsuFinder
    columns: _Columns

    def accumulator(self) -> Accumulator:
        plan = self.columns.plan
        return Accumulator(self.psus, self.grid, plan.columns, len(plan.conditions), plan.counts)

    def derived(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Design, weight, groups, conditions and values of rows."""
        return rows.select(*design_keys(rows, self.columns.plan.design), *self.columns.expressions)

    def add(self, sums: Accumulator, batch: pl.DataFrame) -> None:
        """Add a piece that `derived` made."""
        weight = rounded(batch["weight"].to_numpy(), self.unit)
        sums.add(
            self.finder.index(batch), weight, self.columns.codes(batch), self.columns.conditions(batch),
            self.columns.values(batch, weight, self.value_units),
        )  # fmt: skip


def prepared(
    plan: Plan, own: DesignFacts, survey: DesignFacts | None, spelling: Mapping[str, str], largest: pl.DataFrame | None
) -> Step:
    """The step for a file with these facts; `largest` are the products of `largest_products`, None without values."""
    facts = own if survey is None else survey.joined(own)
    grid = lattice(plan, facts.constant)
    psus = psu_table(facts, grid.constant)
    units = () if largest is None else tuple(_finest((value or 0.0) * own.rows) for value in largest.row(0))
    varying = [name for cell_set in grid.sets for name in cell_set.groupings]
    return Step(
        psus, grid, exponent(facts.heaviest), units, PsuFinder(psus, facts),
        _Columns(plan, tuple(dict.fromkeys(varying)), spelling),
    )  # fmt: skip


def largest_products(frame: pl.LazyFrame, plan: Plan, spelling: Mapping[str, str]) -> pl.LazyFrame:
    """One row: for each value the largest product with its weight. With the number of rows it bounds the sums, and both
    are the same in any order of rows: from it follows the power of two on which the weighted sums are exact."""
    weight = expression(plan.weight, spelling)
    return frame.select(
        (expression(node, spelling) * weight).abs().max().cast(pl.Float64).alias(f"v{k}")
        for k, node in enumerate(plan.values)
    )


def _batches(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Rows in pieces; the next ones are read and derived while one is summed.

    `slice` from piece to piece was half as fast: it decodes a row group again for each piece, and carries values anew.
    Polars calls collect_batches unstable: if it goes, that slower way is the one to come back to.
    """
    if rows <= BATCH:
        yield frame.collect()
    else:
        for start in range(0, rows, STRETCH):
            yield from frame.slice(start, STRETCH).collect_batches(chunk_size=BATCH, maintain_order=True)


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
        wanted += [each.cast(pl.UInt8).alias(f"c{k}") for k, each in enumerate(self._conditions())]
        for k, node in enumerate(self.plan.values):
            wanted.append(expression(node, self.spelling).fill_null(0).cast(pl.Float64).alias(f"v{k}"))
        return wanted

    def _conditions(self) -> Iterator[pl.Expr]:
        """What is numerator is mostly "of the denominator, and …": a part that stands alone as well is read once."""
        known: dict[int, pl.Expr] = {}
        for node in self.plan.conditions:
            first = known.get(id(node.parts[0])) if isinstance(node, All) else None
            if isinstance(node, All) and first is not None:
                found = first & expression(both(*node.parts[1:]), self.spelling)
            else:
                found = expression(node, self.spelling)
            known[id(node)] = found
            yield found

    def codes(self, batch: pl.DataFrame) -> Mapping[str, Integers]:
        return {name: batch[f"group:{name}"].to_numpy().astype(np.int64) for name in self.varying}

    def conditions(self, batch: pl.DataFrame) -> NDArray[np.uint8]:
        """(rows, conditions) of 0 and 1; unknown is not met. Filled in here and not where they are derived, because
        most columns of most files have nothing to fill."""
        found = batch.select(f"c{k}" for k in range(len(self.plan.conditions)))
        if not found.width:
            return np.zeros((batch.height, 0), dtype=np.uint8)
        unknown = [column.name for column in found if column.null_count()]
        return (found.with_columns(pl.col(unknown).fill_null(0)) if unknown else found).to_numpy()

    def values(self, batch: pl.DataFrame, weight: Floats, units: Sequence[int]) -> Floats | None:
        """(rows, values): weight × value, on the grid that makes their sums exact."""
        if not units:
            return None
        products = [rounded(batch[f"v{k}"].to_numpy() * weight, unit) for k, unit in enumerate(units)]
        return np.stack(products, axis=1)


def _finest(bound: float) -> int:
    return 52 - int(np.ceil(np.log2(bound))) if bound > 0 else 40
