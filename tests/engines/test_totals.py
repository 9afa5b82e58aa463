"""PSU totals: exact, and the same in any order of rows, batches and threads."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.engines import polars_engine
from everychild.engines import totals as totals_module
from everychild.engines.design import DesignProblem, psu_facts
from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.engines.polars_engine import psu_totals
from everychild.engines.totals import PsuTotals, exponent, rounded
from everychild.recipes.groups import level_code
from everychild.recipes.parsing import condition, parse
from everychild.vocabulary.errors import Place

HERE = Place("test")


def survey(rows: int = 5000, seed: int = 3) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    psu = np.sort(random.integers(1, 120, rows))
    return pl.DataFrame(
        {
            "stratum": psu // 20, "psu": psu, "w": random.lognormal(0, 0.7, rows), "region": psu // 40 + 1,
            "sex": random.choice([1, 2, 9], rows, p=[0.5, 0.48, 0.02]), "wealth": random.integers(1, 6, rows),
            "x": random.integers(0, 4, rows), "y": random.integers(0, 3, rows), "z": random.normal(30, 9, rows),
        }
    )  # fmt: skip


def grouping(name: str, levels: int) -> Grouping:
    return Grouping(name, level_code(name, [(str(i), str(i), i) for i in range(1, levels + 1)]), levels)


def plan() -> Plan:
    return Plan(
        DesignColumns(("stratum",), ("psu",)),
        parse("w", HERE),
        (grouping("region", 3), grouping("sex", 2), grouping("wealth", 5)),
        ((), ("region",), ("sex",), ("wealth",), ("region", "sex"), ("wealth", "sex")),
        (parse("x > 0", HERE), parse("x > 0 AND y = 1", HERE)),
        (parse("z", HERE),),
    )


def same(one: PsuTotals, other: PsuTotals) -> None:
    assert np.array_equal(one.sums, other.sums)
    assert np.array_equal(one.counts, other.counts)


def slow_sums(rows: pl.DataFrame, unit: int) -> dict[tuple[int, int, int], tuple[float, float, int]]:
    """(psu, sex, wealth) → weighted x > 0, weighted x > 0 and y = 1, unweighted x > 0, one row after another."""
    found: dict[tuple[int, int, int], tuple[float, float, int]] = {}
    for row in rows.iter_rows(named=True):
        weight = round(row["w"] * 2**unit) / 2**unit
        first, second = row["x"] > 0, row["x"] > 0 and row["y"] == 1
        key = (row["psu"], row["sex"], row["wealth"])
        a, b, n = found.get(key, (0.0, 0.0, 0))
        found[key] = (a + weight * first, b + weight * second, n + first)
    return found


def test_sums_are_those_of_a_row_by_row_count() -> None:
    rows = survey()
    totals = psu_totals(rows.lazy(), plan())
    slow = slow_sums(rows, totals.unit)
    crossed = totals.lattice.set_of(("wealth", "sex"))
    psus = sorted(set(rows["psu"]), key=lambda p: (p // 20, p // 40 + 1, p))
    assert totals.lattice.constant == ("region",)
    for i, psu in enumerate(psus):
        for wealth in range(1, 6):
            for sex in (1, 2):
                cell = crossed.start + (wealth - 1) * 2 + sex - 1
                a, b, _ = slow.get((psu, sex, wealth), (0.0, 0.0, 0))
                assert totals.sums[i, cell, 0] == a
                assert totals.sums[i, cell, 1] == b
    assert totals.counts[:, totals.lattice.set_of(()).start, 0].sum() == (rows["x"] > 0).sum()


def test_order_of_rows_does_not_touch_a_bit() -> None:
    rows = survey()
    same(psu_totals(rows.lazy(), plan()), psu_totals(rows.sample(fraction=1, shuffle=True, seed=7).lazy(), plan()))


def test_size_of_batches_does_not_touch_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = survey()
    whole = psu_totals(rows.lazy(), plan())
    monkeypatch.setattr(polars_engine, "BATCH", 700)
    same(whole, psu_totals(rows.lazy(), plan()))


def test_parts_that_are_summed_side_by_side_do_not_touch_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = survey(20_000)
    whole = psu_totals(rows.lazy(), plan())
    monkeypatch.setattr(totals_module, "DIVIDED", 1000)
    divided: list[int | None] = []
    middle = totals_module.Accumulator._middle

    def told(sums: totals_module.Accumulator, psu: totals_module.Integers) -> int | None:
        divided.append(middle(sums, psu))
        return divided[-1]

    monkeypatch.setattr(totals_module.Accumulator, "_middle", told)
    same(whole, psu_totals(rows.lazy(), plan()))
    assert divided[0] is not None, "the rows were summed in two parts"


def test_a_file_is_read_in_stretches_without_touching_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = survey()
    whole = psu_totals(rows.lazy(), plan())
    monkeypatch.setattr(polars_engine, "BATCH", 300)
    monkeypatch.setattr(polars_engine, "STRETCH", 900)
    same(whole, psu_totals(rows.lazy(), plan()))


def test_only_the_first_conditions_are_counted() -> None:
    whole, first = (psu_totals(survey().lazy(), replace(plan(), counted=counted)) for counted in (None, 1))
    assert np.array_equal(first.counts, whole.counts[:, :, :1])
    assert np.array_equal(first.sums, whole.sums)


def test_number_of_threads_does_not_touch_a_bit(tmp_path: Path) -> None:
    survey(20_000).write_parquet(tmp_path / "rows.parquet")
    code = (
        "import sys, hashlib, polars as pl\n"
        "from tests.engines.test_totals import plan\n"
        "from everychild.engines.polars_engine import psu_totals\n"
        "t = psu_totals(pl.scan_parquet(sys.argv[1]), plan())\n"
        "print(hashlib.sha256(t.sums.tobytes() + t.counts.tobytes()).hexdigest())\n"
    )
    seen = set()
    for threads in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "rows.parquet")],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        seen.add(done.stdout)
    assert len(seen) == 1


def test_rounding_of_weights_is_smaller_than_twelve_digits() -> None:
    """Whatever the weights are of: a mean of one, shares of the whole, millionths."""
    weights = np.random.default_rng(1).lognormal(0, 1, 10_000)
    for scale in (1.0, 1e-4, 1e-12, 1e6):
        scaled = weights * scale
        assert np.abs(rounded(scaled, exponent(8000.0 * scale)) - scaled).max() <= 8000.0 * scale * 2.0**-52
    assert exponent(2.0**20) == 32
    assert rounded(np.zeros(2), exponent(0.0)).tolist() == [0.0, 0.0]


def test_a_cluster_without_rows_in_the_file_keeps_its_place() -> None:
    rows = survey()
    everyone = psu_facts(rows.lazy(), plan(), {c.lower(): c for c in rows.columns})
    children = rows.filter(pl.col("psu") != 17)
    totals = psu_totals(children.lazy(), plan(), everyone)
    assert totals.psus.size == rows["psu"].n_unique()
    assert (totals.sums.sum(axis=(1, 2)) == 0).sum() == 1


def test_a_cluster_that_the_household_file_lacks_is_refused() -> None:
    rows = survey()
    fewer = rows.filter(pl.col("psu") != 17)
    facts = psu_facts(fewer.lazy(), plan(), {c.lower(): c for c in rows.columns})
    with pytest.raises(DesignProblem, match="1 clusters of this file are not in the household file"):
        psu_totals(rows.lazy(), plan(), facts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"w": -1.0}, "have a negative weight"),
        ({"w": None}, "have no weight"),
        ({"stratum": None}, "no value in the design variable stratum"),
        ({"w": float("inf")}, "have no number in"),
    ],
)
def test_rows_that_no_design_can_hold_are_refused(change: dict[str, object], message: str) -> None:
    column, value = next(iter(change.items()))
    rows = survey().with_columns(
        pl.when(pl.int_range(pl.len()) < 2).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )
    with pytest.raises(DesignProblem, match=message) as problem:
        psu_totals(rows.lazy(), plan())
    assert "2 rows" in str(problem.value)


def test_rows_of_zero_weight_stay_out_of_n() -> None:
    rows = survey().with_columns(pl.when(pl.col("psu") < 10).then(0.0).otherwise(pl.col("w")).alias("w"))
    totals = psu_totals(rows.lazy(), plan())
    assert totals.counts[:, 0, 0].sum() == rows.filter((pl.col("w") > 0) & (pl.col("x") > 0)).height
    assert totals.psus.size == rows["psu"].n_unique()


def test_a_plan_whose_tables_name_no_grouping_is_refused() -> None:
    with pytest.raises(ValueError, match="tables name groupings that the plan lacks: age"):
        Plan(DesignColumns(), parse("w", HERE), (), (("age",),), ())


def test_a_register_without_clusters_counts_every_row() -> None:
    """Of literals alone a query engine makes one row; the exactness of sums of values hangs on their number."""
    here = Place("the test")
    plan = Plan(
        DesignColumns(),
        parse("1", here),
        (),
        ((),),
        (condition(parse("a > 2", here), here, "a > 2"),),
        (parse("a", here),),
    )
    totals = psu_totals(pl.DataFrame({"a": [1, 2, 3, 4]}).lazy(), plan)
    assert totals.rows == 4
    assert totals.sums.ravel().tolist() == [2.0, 10.0]


def test_a_file_without_rows_is_refused() -> None:
    here = Place("the test")
    plan = Plan(DesignColumns(), parse("1", here), (), ((),), (condition(parse("a > 2", here), here, "a > 2"),))
    with pytest.raises(DesignProblem, match="no rows"):
        psu_totals(pl.DataFrame({"a": [1]}).lazy().head(0), plan)
