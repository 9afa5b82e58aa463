"""The same totals on Apache Spark: partitions derive and sum, and only totals of PSUs come back.

Each partition runs the step of the embedded engine (Polars derives with the same expressions, the same kernel sums), so
results are equal to the last bit: the sums are exact whatever the partitions. Three passes: facts of the PSUs, largest
products (only where values are summed), totals. Rows never leave the workers.

Rows come from a Spark table, as Arrow batches, or from a Parquet file that all workers see: then each partition reads
its own range of rows with Polars, and the rows do not even enter Java, which turns every value by itself (five times
slower).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

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
from everychild.engines.totals import Accumulator, PsuTotals
from everychild.recipes.nodes import variables
from everychild.vocabulary.errors import EverychildError

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    from pyspark.sql import DataFrame, SparkSession

BATCH: Final = 65_536
"""Rows that a worker holds at a time, derived."""
PIECES: Final = 4
"""Ranges of a file for each core, so that a slow one does not hold up the others."""
SENT_SCHEMA: Final = "kind string, at long, data binary"
"""What a partition sends back: the sums of a PSU, the counts of a bundle of PSUs, the rows it read, or a summary."""
NEEDED: Final = 'pip install "everychild[spark]"; Apache Spark also needs Java 17 (Debian: openjdk-17-jre-headless)'


class NoRows(EverychildError):  # noqa: N818 - says what is the case
    """A file without a single row."""


class NoSpark(EverychildError):  # noqa: N818 - says what is the case
    """Apache Spark or Java is not installed; everything but `--engine spark` works without them."""


def spark_session(master: str = "local[*]", app: str = "everychild") -> SparkSession:
    """A session on `master`: `local[N]`, or `spark://host:port` of a cluster whose workers have everychild installed.

    A local session listens on loopback only. Raises NoSpark, with what to install.
    """
    if any(find_spec(part) is None for part in ("pyspark", "pyarrow", "pandas")):  # pandas: Spark asks for it itself
        raise NoSpark(f"Apache Spark is not installed here: {NEEDED}")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise NoSpark(f"Java is not installed here: {NEEDED}")
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH), "spark.ui.showConsoleProgress": "false",
    }  # fmt: skip
    if master.startswith("local") or "127.0.0.1" in master:
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master(master).appName(app)
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


Sent = tuple[str, int, bytes]
Work = Callable[[Iterator[pl.LazyFrame]], Iterator[list[Sent]]]


class Rows(Protocol):
    """Rows that lie on workers."""

    @property
    def columns(self) -> Sequence[str]: ...

    def each(self, columns: Sequence[str], work: Work) -> list[Any]:
        """Run `work` on the pieces of every partition, with these columns alone, and collect what it sends."""


@dataclass(frozen=True)
class TableRows:
    """The rows of any Spark DataFrame."""

    frame: DataFrame

    @property
    def columns(self) -> Sequence[str]:
        return list(self.frame.columns)

    def each(self, columns: Sequence[str], work: Work) -> list[Any]:
        def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            yield from _sent(work(_frame(batch).lazy() for batch in batches if batch.num_rows))

        chosen = self.frame.select(*(f"`{name}`" for name in columns))
        return list(chosen.mapInArrow(partition, SENT_SCHEMA).collect())


@dataclass(frozen=True)
class FileRows:
    """The rows of a Parquet file (or a pattern of several) that every worker can open by the same path."""

    session: SparkSession
    path: Path

    @property
    def columns(self) -> Sequence[str]:
        return pl.scan_parquet(self.path).collect_schema().names()

    def each(self, columns: Sequence[str], work: Work) -> list[Any]:
        path, chosen = str(self.path), list(columns)

        def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            ranges = [tuple(row.values()) for batch in batches for row in batch.to_pylist()]
            starts = ((at, min(BATCH, end - at)) for begin, end in ranges for at in range(begin, end, BATCH))
            yield from _sent(work(pl.scan_parquet(path).select(chosen).slice(at, rows) for at, rows in starts))

        ranges = self._ranges()
        if not ranges:
            return []
        pieces = self.session.createDataFrame(ranges, "begin long, end long").repartition(len(ranges), "begin")
        return list(pieces.mapInArrow(partition, SENT_SCHEMA).collect())

    def _ranges(self) -> list[tuple[int, int]]:
        rows = int(pl.scan_parquet(self.path).select(pl.len()).collect().item())
        parts = max(1, min(PIECES * self.session.sparkContext.defaultParallelism, -(-rows // BATCH)))
        size = -(-rows // parts)
        return [(begin, min(begin + size, rows)) for begin in range(0, rows, size)] if rows else []


@dataclass(frozen=True)
class SparkEngine:
    """Sums plans on a session; takes the place of the embedded engine."""

    session: SparkSession
    workspace: Path
    """A private folder that the workers see too, for rows that have to be prepared (labels, values of other files)."""

    def psu_totals(
        self, frame: pl.LazyFrame, plan: Plan, facts: DesignFacts | None = None,
        progress: Callable[[int], None] | None = None, plain: Path | None = None,
    ) -> PsuTotals:  # fmt: skip
        """Sum a plan over a file: over the Parquet file `plain`, where `frame` is nothing but its rows; otherwise the
        columns that the plan reads are written out first, and removed afterwards."""
        if plain is not None:
            return psu_totals(FileRows(self.session, plain), plan, facts, progress)
        self.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = self.workspace / f"rows-{os.getpid()}-{id(frame):x}.parquet"
        try:
            needed = _columns(plan, frame.collect_schema().names())
            frame.select(needed).sink_parquet(written, row_group_size=BATCH)
            written.chmod(0o600)
            return psu_totals(FileRows(self.session, written), plan, facts, progress)
        finally:
            written.unlink(missing_ok=True)


def psu_totals(
    rows: Rows, plan: Plan, facts: DesignFacts | None = None, progress: Callable[[int], None] | None = None
) -> PsuTotals:
    """Sum a plan over rows on workers; equal to polars_engine.psu_totals to the last bit.

    `facts` are the PSUs of the whole survey. Raises design.DesignProblem as the embedded engine does.
    """
    spelling = {name.lower(): name for name in rows.columns}
    needed = _columns(plan, rows.columns)
    about_design = _columns(Plan(plan.design, plan.weight, plan.groupings, ((),), ()), rows.columns)
    parts = _summaries(rows, about_design, lambda part: facts_by_psu(part, plan, spelling))
    own = settled_facts(merged_facts(parts, plan), plan)
    if own.unweighted:
        counts = _summaries(rows, needed, lambda part: part.select(counted_without_weight(plan, spelling)))
        refuse_unweighted(int(counts["rows"].sum()), plan)
    largest = None
    if plan.values:
        largest = _summaries(rows, needed, lambda part: largest_products(part, plan, spelling)).max()
    step = prepared(plan, own, facts, spelling, largest)
    totals = _merged(step, rows.each(needed, lambda pieces: _summed(step, pieces)))
    if progress is not None:
        progress(totals.rows)
    return totals


def _columns(plan: Plan, names: Iterable[str]) -> list[str]:
    """The columns that a plan reads, as the file spells them."""
    wanted = {name.lower() for name in (*plan.design.stratum, *plan.design.psu)} | variables(plan.weight)
    for node in (*plan.conditions, *plan.values, *(grouping.code for grouping in plan.groupings)):
        wanted |= variables(node)
    return [name for name in names if name.lower() in wanted]


def _summaries(rows: Rows, columns: Sequence[str], summary: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
    """A small summary of each piece, put under each other. Sent as Arrow IPC: Spark need not know its columns."""

    def work(pieces: Iterator[pl.LazyFrame]) -> Iterator[list[Sent]]:
        for piece in pieces:
            yield [("summary", 0, summary(piece).collect().write_ipc(None).getvalue())]

    returned = rows.each(columns, work)
    if not returned:
        raise NoRows("the file has no rows")
    return pl.concat([pl.read_ipc(bytes(row["data"])) for row in returned])


def _summed(step: Step, pieces: Iterator[pl.LazyFrame]) -> Iterator[list[Sent]]:
    sums = step.accumulator()
    for piece in pieces:
        step.add(sums, step.derived(piece).collect())
    yield packed(sums)


def packed(sums: Accumulator) -> list[Sent]:
    """Totals of a partition: a row for each PSU and each bundle that has something, and how many rows were read."""
    found = [("rows", sums.rows, b"")]
    for kind, array, size in (("sums", sums.sums, sums.psus.size), ("counts", sums.counts, sums.psus.bundles)):
        by_place = array.reshape(size, -1)
        found += [(kind, int(at), by_place[at].tobytes()) for at in np.flatnonzero(by_place.any(axis=1))]
    return found


def _merged(step: Step, returned: list[Any]) -> PsuTotals:
    whole = step.accumulator()
    for row in returned:
        kind, at = row["kind"], int(row["at"])
        if kind == "rows":
            whole.rows += at
            continue
        array, size = (whole.sums, whole.psus.size) if kind == "sums" else (whole.counts, whole.psus.bundles)
        place = array.reshape(size, -1)[at]
        place += np.frombuffer(row["data"], dtype=np.float64)
    return whole.totals(step.unit)


def _sent(batches: Iterable[list[Sent]]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for rows in batches:
        kinds, places, data = zip(*rows, strict=True)
        arrays = [pa.array(kinds, pa.string()), pa.array(places, pa.int64()), pa.array(data, pa.binary())]
        yield pa.RecordBatch.from_arrays(arrays, ["kind", "at", "data"])


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(batch))
