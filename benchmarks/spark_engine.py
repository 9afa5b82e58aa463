"""Apache Spark beside the embedded engine, on the rows of the survey benchmark."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks.results import Result
from benchmarks.survey_engine import timed
from benchmarks.survey_rows import BY, description, recipes, write_rows

ROWS = 1_600_000


def measure() -> Iterator[Result]:
    from everychild.engines.polars_engine import psu_totals as embedded
    from everychild.engines.spark_engine import FileRows, NoSpark, psu_totals, spark_session
    from everychild.estimation.groups import requested
    from everychild.estimation.survey import Survey
    from everychild.estimation.work import computable, passes

    try:
        session = spark_session("local[2]")
    except NoSpark as problem:
        yield Result("PSU totals on Apache Spark", "not measured", "", str(problem))
        return
    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as name:
        file = Path(name) / "rows.parquet"
        write_rows(file, ROWS)
        survey = Survey.open(description(file.parent, file.name))
        rates, _ = computable(survey.files, recipes())
        plan = passes(survey.files, rates, requested(BY))[0].plan
        rows = FileRows(session, file)
        psu_totals(rows, plan)
        pairs = [
            (timed(lambda: psu_totals(rows, plan)), timed(lambda: embedded(pl.scan_parquet(file), plan)))
            for _ in range(3)
        ]
        spark, ours = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
        yield Result(
            f"PSU totals on Apache Spark, local[2], {ROWS:,} rows", f"{spark:.1f} s; embedded {ours:.1f} s", "",
            "60 indicators × 13 breakdowns, session started, in turn, median of 3",
        )  # fmt: skip
    session.stop()
