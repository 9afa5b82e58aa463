"""The same totals on Apache Spark: partitions derive and sum, and only totals of PSUs come back.

Each partition runs the step of the embedded engine (Polars derives with the same expressions, the same kernel sums), so
results are equal to the last bit: the sums are exact whatever the partitions. Three passes: facts of the PSUs, largest
products (only where values are summed), totals. Rows never leave the workers.

Deriving by Spark SQL was measured and left: the totals then differ in the last digits, and 23,000 wide rows come back
instead of 2,200 totals.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from everychild.engines.design import (
    DesignFacts,
    counted_without_weight,
    facts_by_psu,
    merged_facts,
    refuse_unweighted,
    settled_facts,
)
from everychild.engines.plan import Plan
from everychild.engines.polars_engine import Step, largest_products, prepared
from everychild.engines.spark_rows import SUMMARY, FileRows, Rows, Sent, TableRows
from everychild.engines.spark_session import NoSpark, SparkProblem, spark_session, watched
from everychild.engines.totals import Accumulator, PsuTotals
from everychild.recipes.nodes import variables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class SparkEngine:
    """Sums plans on a session; takes the place of the embedded engine."""

    session: SparkSession
    workspace: Path
    """A private folder that the workers see too, for rows that have to be prepared (labels, values of other files)."""

    def psu_totals(
        self, frame: pl.LazyFrame, plan: Plan, facts: DesignFacts | None = None,
        progress: Callable[[int], None] | None = None, plain: Callable[[], Path | None] | None = None,
    ) -> PsuTotals:  # fmt: skip
        """Sum a plan over a file: over the Parquet file that `plain` gives, where `frame` is nothing but its rows;
        otherwise the columns that the plan reads are written out first, and removed afterwards."""
        file = plain() if plain is not None else None
        if file is not None:
            return psu_totals(FileRows(self.session, file), plan, facts, progress)
        self.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = self.workspace / f"rows-{os.getpid()}-{id(frame):x}.parquet"
        try:
            needed = _columns(plan, frame.collect_schema().names())
            frame.select(needed).sink_parquet(written)
            written.chmod(0o600)
            return psu_totals(FileRows(self.session, written), plan, facts, progress)
        finally:
            written.unlink(missing_ok=True)


def psu_totals(
    rows: Rows, plan: Plan, facts: DesignFacts | None = None, progress: Callable[[int], None] | None = None
) -> PsuTotals:
    """Sum a plan over rows on workers; equal to polars_engine.psu_totals to the last bit.

    `facts` are the PSUs of the whole survey. `progress` is told of further rows as partitions end. Raises
    design.DesignProblem and polars' errors as the embedded engine does; SparkProblem for a file without rows, and when
    workers stop.
    """
    spelling = {name.lower(): name for name in rows.columns}
    needed = _columns(plan, rows.columns)
    own = _facts(rows, plan, spelling, needed)
    largest = None
    if plan.values:
        largest = _summary(rows, needed, lambda part: largest_products(part, plan, spelling), pl.DataFrame.max)
    step = prepared(plan, own, facts, spelling, largest)
    step.derived(rows.empty(needed)).collect()  # refused here as the embedded engine does, not by a worker
    sums = step.accumulator()
    size = sums.sums.nbytes + sums.counts.nbytes
    with _told(rows, own.rows, progress):
        returned = rows.each(needed, lambda pieces: _summed(step, pieces), size)
    return _merged(step, sums, returned)


@contextmanager
def _told(rows: Rows, count: int, progress: Callable[[int], None] | None) -> Iterator[None]:
    """Tells `progress` of further rows as partitions end, of `count` in all."""
    if progress is None:
        yield
        return
    done = 0

    def partly(share: float) -> None:
        nonlocal done
        further, done = int(share * count) - done, int(share * count)
        progress(further)

    with watched(rows.session, partly):
        yield
    progress(count - done)


def _facts(rows: Rows, plan: Plan, spelling: dict[str, str], needed: Sequence[str]) -> DesignFacts:
    about_design = _columns(Plan(plan.design, plan.weight, plan.groupings, ((),), ()), rows.columns)
    facts_by_psu(rows.empty(about_design), plan, spelling).collect()
    found = _summary(
        rows, about_design, lambda part: facts_by_psu(part, plan, spelling), lambda parts: merged_facts(parts, plan)
    )
    own = settled_facts(found, plan)
    if own.unweighted:
        count = lambda part: part.select(counted_without_weight(plan, spelling))  # noqa: E731
        refuse_unweighted(int(_summary(rows, needed, count, pl.DataFrame.sum)["rows"].item()), plan)
    return own


def _columns(plan: Plan, names: Iterable[str]) -> list[str]:
    """The columns that a plan reads, as the file spells them; at least one, for a table without columns has no rows."""
    wanted = {name.lower() for name in (*plan.design.stratum, *plan.design.psu)} | variables(plan.weight)
    for node in (*plan.conditions, *plan.values, *(grouping.code for grouping in plan.groupings)):
        wanted |= variables(node)
    found = [name for name in names if name.lower() in wanted]
    return found or list(names)[:1]


def _summary(
    rows: Rows, columns: Sequence[str], of_piece: Callable[[pl.LazyFrame], pl.LazyFrame],
    together: Callable[[pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:  # fmt: skip
    """A small summary of the rows: of each piece, put together in each partition, then here. Sent as Arrow IPC, so
    that Spark need not know its columns."""

    def work(pieces: Iterator[pl.LazyFrame]) -> Iterator[list[Sent]]:
        whole: pl.DataFrame | None = None
        for piece in pieces:
            found = of_piece(piece).collect()
            whole = found if whole is None else together(pl.concat([whole, found.select(whole.columns)]))
        if whole is not None:
            yield [(SUMMARY, 0, whole.write_ipc(None).getvalue())]

    returned = rows.each(columns, work)
    if not returned:
        raise SparkProblem("survey_no_rows", option="")
    first, *further = (pl.read_ipc(bytes(row["data"])) for row in returned)
    return together(pl.concat([first, *(part.select(first.columns) for part in further)]))


def _summed(step: Step, pieces: Iterator[pl.LazyFrame]) -> Iterator[list[Sent]]:
    sums = step.accumulator()
    for piece in pieces:
        step.add(sums, step.derived(piece).collect())
    yield packed(sums)


def packed(sums: Accumulator) -> list[Sent]:
    """Totals of a partition: a row for each PSU and each bundle that has something, and how many rows were read."""
    found = [("rows", 0, np.float64(sums.rows).tobytes())]
    for kind, array, size in (("sums", sums.sums, sums.psus.size), ("counts", sums.counts, sums.psus.bundles)):
        by_place = array.reshape(size, -1)
        found += [(kind, int(at), by_place[at].tobytes()) for at in np.flatnonzero(by_place.any(axis=1))]
    return found


def _merged(step: Step, whole: Accumulator, returned: list[Any]) -> PsuTotals:
    arrays = {
        "sums": whole.sums.reshape(whole.psus.size, -1),
        "counts": whole.counts.reshape(whole.psus.bundles, -1),
        "rows": np.zeros((1, 1)),
    }
    for row in returned:
        place = arrays[row["kind"]][int(row["at"])]
        place += np.frombuffer(row["data"], dtype=np.float64)
    whole.rows = int(arrays["rows"].item())
    return whole.totals(step.unit)


__all__ = ["FileRows", "NoSpark", "SparkEngine", "SparkProblem", "TableRows", "psu_totals", "spark_session"]
