"""Rows that lie on workers of Apache Spark: they are handed, piece by piece, to work that answers with totals.

Two kinds. A Parquet file that all workers see by the same path is read by Polars on the workers, each its own range of
rows; the rows do not even enter Java, which turns every value by itself (five times slower, measured). A Spark table,
from wherever it comes, is handed over by Java as Arrow batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import polars as pl

from everychild.engines.spark_session import collected

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    from pyspark.sql import DataFrame, SparkSession

BATCH: Final = 131_072
"""Rows of a file that a worker holds at a time."""
PIECES: Final = 4
"""Ranges of a file for each core, so that a slow one does not hold up the others."""
TOGETHER: Final = 128 * 2**20
"""Bytes of sums from all partitions, beyond which they are added on the workers before they come back."""
MESSAGE: Final = 16 * 2**20
"""Bytes of sums in one Arrow batch; the whole of a partition may be more than such a batch can hold."""
SENT_SCHEMA: Final = "kind string, at long, data binary"
"""What a partition sends back: the sums of a PSU, the counts of a bundle of PSUs, the rows it read, or a summary."""
SUMMARY: Final = "summary"

Sent = tuple[str, int, bytes]
"""Kind, place (the PSU or bundle), and numbers; numbers of one kind and place are added. A summary is Arrow IPC."""
Work = Callable[[Iterator[pl.LazyFrame]], Iterator[list[Sent]]]


class Rows(Protocol):
    """Rows that lie on workers."""

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def session(self) -> SparkSession: ...

    def empty(self, columns: Sequence[str]) -> pl.LazyFrame:
        """No row, with the types that the pieces have: what cannot be derived is found before any work starts."""

    def each(self, columns: Sequence[str], work: Work, size: int = 0) -> list[Any]:
        """Run `work` on the pieces of every partition, with these columns alone, and collect what it sends; `size`
        is about the bytes that a partition sends."""


@dataclass(frozen=True)
class TableRows:
    """The rows of any Spark DataFrame."""

    frame: DataFrame

    @property
    def columns(self) -> Sequence[str]:
        return list(self.frame.columns)

    @property
    def session(self) -> SparkSession:
        return self.frame.sparkSession

    def empty(self, columns: Sequence[str]) -> pl.LazyFrame:
        return _frame(self._chosen(columns).limit(0).toArrow(), columns)

    def each(self, columns: Sequence[str], work: Work, size: int = 0) -> list[Any]:
        def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            yield from _messages(work(_frame(batch, columns) for batch in batches if batch.num_rows))

        sent = self._chosen(columns).mapInArrow(partition, SENT_SCHEMA)
        return collected(_added_on_workers(sent) if size else sent)  # how many partitions, only running would tell

    def _chosen(self, columns: Sequence[str]) -> DataFrame:
        """Columns by their place: PySpark loses those whose names have a dot or a backtick."""
        names = self.columns
        placed = self.frame.toDF(*(f"c{at}" for at in range(len(names))))
        return placed.select(*(f"c{names.index(name)}" for name in columns))


@dataclass(frozen=True)
class FileRows:
    """The rows of a Parquet file (or a pattern of several) that every worker can open by the same path."""

    session: SparkSession
    path: Path

    @property
    def columns(self) -> Sequence[str]:
        return pl.scan_parquet(self.path).collect_schema().names()

    def empty(self, columns: Sequence[str]) -> pl.LazyFrame:
        return pl.scan_parquet(self.path).select(columns).head(0)

    def each(self, columns: Sequence[str], work: Work, size: int = 0) -> list[Any]:
        path = str(self.path.absolute())  # workers of a cluster stand in folders of their own
        chosen, ranges = list(columns), self._ranges()

        def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            own = [ranges[number] for batch in batches for number in batch.column(0).to_pylist()]
            starts = ((at, min(BATCH, end - at)) for begin, end in own for at in range(begin, end, BATCH))
            yield from _messages(work(pl.scan_parquet(path).select(chosen).slice(at, rows) for at, rows in starts))

        if not ranges:
            return []
        numbers = self.session.range(0, len(ranges), 1, len(ranges))  # one range to a partition, without a shuffle
        sent = numbers.mapInArrow(partition, SENT_SCHEMA)
        return collected(_added_on_workers(sent) if size * len(ranges) > TOGETHER else sent)

    def _ranges(self) -> list[tuple[int, int]]:
        rows = int(pl.scan_parquet(self.path).select(pl.len()).collect().item())
        parts = max(1, min(PIECES * self.session.sparkContext.defaultParallelism, -(-rows // BATCH)))
        size = -(-rows // parts)
        return [(begin, min(begin + size, rows)) for begin in range(0, rows, size)] if rows else []


def _added_on_workers(sent: DataFrame) -> DataFrame:
    """Sums of one place from many partitions as one. Unsorted rows leave some of every PSU in every partition; without
    this the driver would hold as many times all totals as there are partitions."""

    def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        whole: dict[tuple[str, int], Any] = {}
        for batch in batches:
            for row in batch.to_pylist():
                numbers = np.frombuffer(row["data"], dtype=np.float64)
                place = (row["kind"], row["at"])
                whole[place] = whole[place] + numbers if place in whole else numbers
        yield from _messages([[(kind, at, numbers.tobytes()) for (kind, at), numbers in whole.items()]])

    cores = sent.sparkSession.sparkContext.defaultParallelism
    return sent.repartition(cores, "kind", "at").mapInArrow(partition, SENT_SCHEMA)


def _messages(answers: Iterable[list[Sent]]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for rows in answers:
        if not rows:
            continue
        each = max(1, MESSAGE // max(1, *(len(data) for _, _, data in rows)))
        for start in range(0, len(rows), each):
            kinds, places, data = zip(*rows[start : start + each], strict=True)
            arrays = [pa.array(kinds, pa.string()), pa.array(places, pa.int64()), pa.array(data, pa.binary())]
            yield pa.RecordBatch.from_arrays(arrays, ["kind", "at", "data"])


def _frame(batch: pa.RecordBatch | pa.Table, columns: Sequence[str]) -> pl.LazyFrame:
    frame = pl.DataFrame(pl.from_arrow(batch))
    frame.columns = list(columns)
    return frame.lazy()
