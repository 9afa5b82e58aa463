"""On Spark the totals are those of the embedded engine, to the last bit, and nothing but totals comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from everychild.engines.design import DesignProblem
from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.engines.polars_engine import psu_totals as embedded
from everychild.engines.totals import PsuTotals
from everychild.recipes.groups import level_code
from everychild.recipes.parsing import condition, parse
from everychild.vocabulary.errors import Place

HERE = Place("the test")
ROWS, PSUS = 9000, 60


def rows(seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    psu = rng.integers(1, PSUS + 1, ROWS)
    frame = pl.DataFrame(
        {
            "stratum": (psu - 1) // 20 + 1, "psu": psu, "W": rng.lognormal(0, 0.7, ROWS),
            "sex": rng.integers(1, 3, ROWS), "region": (psu - 1) // 10 + 1, "wealth": rng.integers(1, 6, ROWS),
            "a": rng.integers(0, 5, ROWS), "b": rng.normal(3, 1, ROWS), "text": rng.choice(["x", "y"], ROWS),
        }
    )  # fmt: skip
    hide = pl.Series(rng.random(ROWS) < 0.1)
    return frame.with_columns(
        pl.when(hide).then(None).otherwise(pl.col("a")).alias("a"),
        pl.when(hide).then(None).otherwise(pl.col("b")).alias("b"),
    )


def plan() -> Plan:
    groupings = tuple(
        Grouping(name, level_code(name, [(str(i), str(i), i) for i in range(1, levels + 1)]), levels)
        for name, levels in (("sex", 2), ("region", 6), ("wealth", 5))
    )
    return Plan(
        DesignColumns(("stratum",), ("psu",)), parse("w", HERE), groupings,
        ((), ("sex",), ("region",), ("wealth",), ("region", "sex"), ("wealth", "sex")),
        (condition(parse("a > 2", HERE), HERE), condition(parse("a IS NOT NULL AND text = 'x'", HERE), HERE)),
        (parse("CASE WHEN b IS NOT NULL THEN b * b ELSE 0 END", HERE),),
    )  # fmt: skip


def assert_equal_to_the_bit(found: PsuTotals, wanted: PsuTotals) -> None:
    assert found.rows == wanted.rows
    assert found.unit == wanted.unit
    assert found.lattice == wanted.lattice
    assert np.array_equal(found.psus.keys, wanted.psus.keys)
    assert np.array_equal(found.sums, wanted.sums)
    assert np.array_equal(found.counts, wanted.counts)


@pytest.mark.spark
class TestTotals:
    def test_a_parquet_file_that_workers_read_themselves(self, spark: Any, tmp_path: Path) -> None:
        from everychild.engines.spark_engine import FileRows, psu_totals

        rows().write_parquet(tmp_path / "rows.parquet")
        found = psu_totals(FileRows(spark, tmp_path / "rows.parquet"), plan())
        assert_equal_to_the_bit(found, embedded(rows().lazy(), plan()))

    @pytest.mark.parametrize("partitions", [1, 5])
    def test_a_table_in_any_partitions(self, spark: Any, tmp_path: Path, partitions: int) -> None:
        from everychild.engines.spark_engine import TableRows, psu_totals

        rows().sample(fraction=1, shuffle=True, seed=partitions).write_parquet(tmp_path / "rows.parquet")
        table = spark.read.parquet(str(tmp_path / "rows.parquet")).repartition(partitions)
        assert_equal_to_the_bit(psu_totals(TableRows(table), plan()), embedded(rows().lazy(), plan()))

    def test_only_totals_leave_the_workers(self, spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What comes back from the pass: at most a row for each PSU and bundle of each partition, of a fixed size."""
        from everychild.engines import spark_engine

        rows().write_parquet(tmp_path / "rows.parquet")
        returned: list[list[Any]] = []
        each = spark_engine.FileRows.each

        def kept(self: Any, columns: Any, work: Any) -> Any:
            returned.append(each(self, columns, work))
            return returned[-1]

        monkeypatch.setattr(spark_engine.FileRows, "each", kept)
        totals = spark_engine.psu_totals(spark_engine.FileRows(spark, tmp_path / "rows.parquet"), plan())
        pass_ = returned[-1]
        assert {row["kind"] for row in pass_} == {"rows", "sums", "counts"}
        parts = sum(row["kind"] == "rows" for row in pass_)
        assert len(pass_) <= parts * (1 + totals.psus.size + totals.psus.bundles)
        sizes = {"sums": totals.sums[0].nbytes, "counts": totals.counts[0, :, :2].size * 8, "rows": 0}
        assert all(len(row["data"]) == sizes[row["kind"]] for row in pass_)

    def test_rows_that_count_and_have_no_weight_are_refused(self, spark: Any, tmp_path: Path) -> None:
        from everychild.engines.spark_engine import FileRows, psu_totals

        broken = rows().with_columns(pl.when(pl.col("psu") == 7).then(None).otherwise(pl.col("W")).alias("W"))
        broken.write_parquet(tmp_path / "rows.parquet")
        with pytest.raises(DesignProblem, match="no weight"):
            embedded(broken.lazy(), plan())
        with pytest.raises(DesignProblem, match="no weight"):
            psu_totals(FileRows(spark, tmp_path / "rows.parquet"), plan())

    def test_a_file_without_rows_says_so(self, spark: Any, tmp_path: Path) -> None:
        from everychild.engines.spark_engine import FileRows, NoRows, psu_totals

        rows().head(0).write_parquet(tmp_path / "rows.parquet")
        with pytest.raises(NoRows, match="no rows"):
            psu_totals(FileRows(spark, tmp_path / "rows.parquet"), plan())


@pytest.mark.spark
def test_a_whole_survey_has_the_same_estimates(spark: Any, tmp_path: Path) -> None:
    """Values carried from other files, stacked files, parities: all through Survey, to the twelfth digit."""
    from everychild.engines.spark_engine import SparkEngine
    from everychild.estimation.survey import Survey
    from everychild.microdata.invented import simulate, write_invented

    write_invented(simulate(1200, seed=4), tmp_path / "learn")
    indicators = ["birth_registration", "violent_discipline", "gpi_primary", "life_satisfaction_women_15_24",
                  "social_transfers_population"]  # fmt: skip
    by = ["residence", "region", "wealth_quintile"]
    engine = SparkEngine(spark, tmp_path / "private")
    found = Survey.open(tmp_path / "learn" / "survey.yaml", engine=engine).estimate(indicators, by)
    wanted = Survey.open(tmp_path / "learn" / "survey.yaml").estimate(indicators, by)
    assert found.rows.select("indicator", "breakdown", "group", "n").equals(
        wanted.rows.select("indicator", "breakdown", "group", "n")
    )
    for column in ("value", "se", "lower", "upper", "deff"):
        ours, theirs = found.rows[column], wanted.rows[column]
        assert ours.is_null().equals(theirs.is_null())
        assert ours.drop_nulls().to_list() == pytest.approx(theirs.drop_nulls().to_list(), rel=1e-12, abs=1e-12)
    assert list((tmp_path / "private").iterdir()) == [], "prepared rows are removed"


class TestWithoutSpark:
    def test_the_command_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        from everychild.cli.main import main
        from everychild.engines import spark_engine
        from everychild.microdata.invented import simulate, write_invented

        write_invented(simulate(1200, seed=4), tmp_path / "learn")
        monkeypatch.setattr(spark_engine, "find_spec", lambda _name: None)
        call = ["estimate", str(tmp_path / "learn" / "survey.yaml"), "--indicators", "birth_registration"]
        assert main([*call, "--engine", "spark"]) != 0
        said = capsys.readouterr().err
        assert "everychild[spark]" in said
        assert "Java 17" in said
        assert main(call) == 0
