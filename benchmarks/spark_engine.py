"""Apache Spark beside the embedded engine, on the rows of the survey benchmark."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.results import Result
from benchmarks.survey_engine import timed
from benchmarks.survey_rows import BY, description, recipes, write_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROWS = 1_600_000
ROUNDS = 3


def measure() -> Iterator[Result]:
    from everychild.engines.spark_engine import NoSpark, spark_session

    try:
        session = spark_session("local[2]")
    except NoSpark as problem:
        yield Result("PSU totals on Apache Spark", "not measured", "", str(problem))
        return
    try:
        yield _beside_embedded(session)
    finally:
        session.stop()


def _beside_embedded(session: SparkSession) -> Result:
    from everychild.engines.polars_engine import psu_totals as embedded
    from everychild.engines.spark_engine import FileRows, psu_totals
    from everychild.estimation.groups import requested
    from everychild.estimation.survey import Survey
    from everychild.estimation.work import computable, passes

    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as name:
        file = Path(name) / "rows.parquet"
        write_rows(file, ROWS)
        survey = Survey.open(description(file.parent, file.name))
        rates, _ = computable(survey.files, recipes())
        plan = passes(survey.files, rates, requested(BY, survey.files))[0].plan
        rows = FileRows(session, file)
        same = np.array_equal(psu_totals(rows, plan).sums, embedded(pl.scan_parquet(file), plan).sums)
        pairs = [
            (timed(lambda: psu_totals(rows, plan)), timed(lambda: embedded(pl.scan_parquet(file), plan)))
            for _ in range(ROUNDS)
        ]
    spark, ours = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    return Result(
        f"PSU totals on Apache Spark, local[2], {ROWS:,} rows",
        f"{ROWS / spark:,.0f} rows/s ({spark:.1f} s); embedded {ROWS / ours:,.0f} rows/s ({ours:.1f} s); "
        f"{'equal to the last bit' if same else 'NOT EQUAL'}",
        "equal to the last bit",
        f"60 indicators × 13 breakdowns, session started and warm, in turn, median of {ROUNDS}",
    )
