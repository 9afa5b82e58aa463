"""On Spark the totals are those of the embedded engine, to the last bit, and nothing but totals comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from everychild.engines import spark_rows, spark_session
from everychild.engines.design import DesignProblem, psu_facts
from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.engines.polars_engine import psu_totals as embedded
from everychild.engines.spark_engine import FileRows, SparkEngine, SparkProblem, TableRows, psu_totals
from everychild.engines.totals import PsuTotals
from everychild.recipes.parsing import condition, parse
from everychild.vocabulary.errors import Place
from tests.engines.spark.conftest import only_local
from tests.engines.spark.made_plans import SECRET, plan, rows

HERE = Place("the test")
pytestmark = pytest.mark.spark


def assert_equal_to_the_bit(found: PsuTotals, wanted: PsuTotals) -> None:
    assert found.rows == wanted.rows
    assert found.unit == wanted.unit
    assert found.lattice == wanted.lattice
    assert np.array_equal(found.psus.keys, wanted.psus.keys)
    assert np.array_equal(found.sums, wanted.sums)
    assert np.array_equal(found.counts, wanted.counts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows().write_parquet(tmp_path / "rows.parquet", row_group_size=1000)
    return tmp_path / "rows.parquet"


@pytest.fixture
def many_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file is cut as a large one is: four ranges to a core."""
    monkeypatch.setattr(spark_rows, "BATCH", 1000)


@pytest.mark.usefixtures("many_ranges")
class TestFiles:
    @only_local
    @pytest.mark.parametrize("seed", range(12))
    def test_any_plan(self, spark: Any, file: Path, seed: int) -> None:
        shuffled = rows().sample(fraction=1, shuffle=True, seed=seed)
        assert_equal_to_the_bit(psu_totals(FileRows(spark, file), plan(seed)), embedded(shuffled.lazy(), plan(seed)))

    def test_workers_read_by_a_relative_path(self, spark: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(file.parent)
        found = psu_totals(FileRows(spark, Path(file.name)), plan(4))
        assert_equal_to_the_bit(found, embedded(rows().lazy(), plan(4)))

    @only_local
    def test_sums_of_very_many_partitions_are_added_on_the_workers(
        self, spark: Any, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        returned = _kept(monkeypatch)
        apart = psu_totals(FileRows(spark, file), plan(1))
        monkeypatch.setattr(spark_rows, "TOGETHER", 0)
        added = psu_totals(FileRows(spark, file), plan(1))
        assert_equal_to_the_bit(added, apart)
        few, many = sorted(len(pass_) for pass_ in returned if pass_[0]["kind"] != "summary")
        assert few == 1 + apart.psus.size + apart.psus.bundles, "one row for each place"
        assert many > few

    @only_local
    def test_progress_tells_of_every_row_once(self, spark: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(spark_session, "LOOK", 0.001)
        told: list[int] = []
        psu_totals(FileRows(spark, file), plan(4), progress=told.append)
        assert sum(told) == rows().height
        assert min(told) >= 0

    @only_local
    def test_clusters_of_the_survey_that_the_file_lacks(self, spark: Any, tmp_path: Path) -> None:
        part = rows().filter(pl.col("psu") % 3 != 0)
        part.write_parquet(tmp_path / "part.parquet")
        chosen = plan(12)
        assert chosen.design == DesignColumns(("stratum",), ("psu",))
        facts = psu_facts(rows().lazy(), chosen, {name.lower(): name for name in rows().columns})
        found = psu_totals(FileRows(spark, tmp_path / "part.parquet"), chosen, facts)
        assert found.psus.size == 60
        assert_equal_to_the_bit(found, embedded(part.lazy(), chosen, facts))

    def test_only_totals_leave_the_workers(self, spark: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Everything that comes back, in all passes: at most a row for each PSU and bundle of each partition, of the
        size of its cells; and nowhere what one person said."""
        returned, chosen = _kept(monkeypatch), plan(4)
        secret = f"text = '{SECRET}'"
        asked = condition(parse(secret, HERE), HERE, secret)
        chosen = Plan(chosen.design, chosen.weight, chosen.groupings, chosen.tables, (asked, *chosen.conditions),
                      chosen.values)  # fmt: skip
        totals = psu_totals(FileRows(spark, file), chosen)
        *summaries, pass_ = returned
        assert len(summaries) == 2, "the design, and the largest products"
        for found in summaries:
            assert all(pl.read_ipc(bytes(row["data"])).height <= totals.psus.size for row in found)
        parts = sum(row["kind"] == "rows" for row in pass_)
        assert 1 < parts <= 9
        assert len(pass_) <= parts * (1 + totals.psus.size + totals.psus.bundles)
        sizes = {"sums": totals.sums[0].nbytes, "counts": totals.counts[0].size * 8, "rows": 8}
        assert all(len(row["data"]) == sizes[row["kind"]] for row in pass_)
        assert totals.counts[:, 0, 0].sum() == 1, "the one row is counted"
        assert not any(SECRET.encode() in row["data"] for found in returned for row in found)


@only_local
class TestTables:
    @pytest.mark.parametrize("partitions", [1, 3, 7])
    def test_any_partitions(self, spark: Any, file: Path, partitions: int) -> None:
        """Three plans, one of them with clusters in a column whose name has a dot, a backtick and a space."""
        table = spark.read.parquet(str(file)).repartition(partitions)
        assert_equal_to_the_bit(psu_totals(TableRows(table), plan(partitions)),
                                embedded(rows().lazy(), plan(partitions)))  # fmt: skip


@only_local
class TestRefusals:
    """What the embedded engine refuses is refused in the same way, not by a trace of Java."""

    def refused(self, spark: Any, file: Path, plan: Plan, kind: type[Exception], match: str) -> None:
        with pytest.raises(kind, match=match):
            embedded(pl.scan_parquet(file), plan)
        with pytest.raises(kind, match=match):
            psu_totals(FileRows(spark, file), plan)

    def test_rows_that_count_and_have_no_weight(self, spark: Any, tmp_path: Path) -> None:
        broken = rows().with_columns(pl.when(pl.col("psu") == 7).then(None).otherwise(pl.col("W")).alias("W"))
        broken.write_parquet(tmp_path / "broken.parquet")
        self.refused(spark, tmp_path / "broken.parquet", plan(4), DesignProblem, "rows are counted but have no weight")

    def test_a_design_variable_that_is_not_there(self, spark: Any, file: Path) -> None:
        absent = Plan(DesignColumns(("stratum",), ("hh1",)), plan(4).weight, (), ((),), plan(4).conditions)
        self.refused(spark, file, absent, DesignProblem, "hh1 is not in the file")

    def test_an_expression_that_does_not_fit_the_types(self, spark: Any, file: Path) -> None:
        wrong = Plan(plan(4).design, plan(4).weight, (), ((),), (condition(parse("text > 2", HERE), HERE, "text > 2"),))
        self.refused(spark, file, wrong, pl.exceptions.ComputeError, "cannot compare string with numeric")

    def test_a_value_that_only_the_rows_show(self, spark: Any, file: Path) -> None:
        beyond = Grouping("beyond", parse("CASE WHEN a = 3 THEN 70000 ELSE 1 END", HERE), 1)
        wrong = Plan(plan(4).design, plan(4).weight, (beyond,), ((), ("beyond",)), plan(4).conditions)
        self.refused(spark, file, wrong, pl.exceptions.PolarsError, "conversion from .* failed")

    def test_a_file_without_rows(self, spark: Any, tmp_path: Path) -> None:
        rows().head(0).write_parquet(tmp_path / "rows.parquet")
        with pytest.raises(SparkProblem, match="no rows"):
            psu_totals(FileRows(spark, tmp_path / "rows.parquet"), plan(4))

    def test_workers_that_cannot_see_the_file(self, spark: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        found = FileRows(spark, file)
        ranges = found._ranges()
        monkeypatch.setattr(FileRows, "_ranges", lambda _self: ranges)
        file.unlink()
        with pytest.raises(SparkProblem, match="Apache Spark stopped: FileNotFoundError") as refused:
            found.each(["a"], lambda pieces: ([("rows", 0, bytes(8))] for piece in pieces if piece.collect().height))
        assert "everychild" in refused.value.findings[0].suggestion("en")


def test_a_whole_survey_has_the_same_estimates(spark: Any, tmp_path: Path) -> None:
    """Values carried from other files, stacked files, parities: all through Survey, to the twelfth digit."""
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


def _kept(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """Everything that comes back from workers, pass by pass."""
    returned: list[list[Any]] = []
    collected = spark_rows.collected

    def kept(frame: Any) -> list[Any]:
        returned.append(collected(frame))
        return returned[-1]

    monkeypatch.setattr(spark_rows, "collected", kept)
    return returned
