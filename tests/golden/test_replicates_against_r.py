"""Degrees of freedom and quantiles with replicates are those of R's survey package (r_survey/README.md)."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from everychild.engines.replicates import ReplicateRows, replicate_rows
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.quantiles import Source, quantile_block
from everychild.estimation.replication import Replicates, Replication, replicated
from everychild.estimation.tables import TableOfEstimates, tables
from everychild.methods.sampling.replication import Centre
from everychild.recipes.parsing import parse
from everychild.recipes.recipe import Part
from tests.golden.test_engine_against_r import CLOSE, FOLDER, HERE, NAMES, case, group_name, rows
from tests.golden.test_totals_against_r import further

INDICATORS = {"common": "proportion:common", "limited": "proportion:limited", "score": "mean:score"}


@cache
def given(count: int) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """The cases with the first replicate weights of engine_replicates.csv, the weight in them."""
    factors = pl.read_csv(FOLDER / "engine_replicates.csv")
    names = tuple(c for c in factors.columns if c.startswith("r"))[:count]
    joined = rows().join(factors, on=["stratum", "psu"], how="left", maintain_order="left")
    return joined.with_columns(pl.col(c) * pl.col("weight") for c in names).lazy(), names


def of(kind: str, count: int, centre: Centre = "estimate") -> tuple[Replication, ReplicateRows | None]:
    if kind != "given":
        return Replication(kind, centre=centre), None
    frame, names = given(count)
    return Replication("replicates", 1 / 24, centre), replicate_rows(frame, case()[0], names)


def with_errors(
    table: TableOfEstimates, kind: str, count: int
) -> tuple[TableOfEstimates, tuple[IndicatorColumns, ...]]:
    plan, columns, totals = case()
    replication, weights = of(kind, count)
    return replicated(table, Replicates(replication, totals, plan, table.table, weights), columns), columns


@pytest.mark.parametrize(
    ("kind", "count", "name"), [("jk1", 0, "jk1"), ("given", 24, "given"), ("given", 20, "given 20")]
)
def test_degrees_of_freedom_are_the_rank_of_the_replicates_less_one(kind: str, count: int, name: str) -> None:
    """In the whole (19 of 20 given replicates, 69 of 70 PSUs with members) and in every subset, also in one PSU."""
    plan, columns, totals = case()
    compared = 0
    for table in tables(totals, plan, columns):
        domain = "_".join(table.table) or "total"
        found, _ = with_errors(table, kind, count)
        for row in range(len(table.levels)):
            for short, long in INDICATORS.items():
                told = further().get((f"degf:{short}", "df", domain, group_name(table, row), name))
                if told is not None:
                    assert found.df[row, NAMES.index(long)] == told, (short, domain, group_name(table, row))
                    compared += 1
    assert compared == 3 * (1 + 2 + 5 + 4)


def test_degrees_of_freedom_of_jkn_are_psus_less_strata() -> None:
    """As R's where every PSU has members: its rank counts a stratum with an empty PSU as if it had no mean to lose.
    Here it says one more than Taylor for the whole sample (one PSU has weight 0), and up to four for groups."""
    plan, columns, totals = case()
    for table in tables(totals, plan, columns):
        found, _ = with_errors(table, "jkn", 0)
        assert np.array_equal(found.df, table.psus - table.strata)
    r, taylor = (further()["degf", "df", "all rows", "all rows", name] for name in ("jkn", "taylor"))
    assert (r, taylor) == (63, 62)


@pytest.mark.parametrize("centre", ["estimate", "replicates"])
@pytest.mark.parametrize("kind", ["jk1", "jkn", "given"])
def test_quantiles_have_the_limits_of_r_by_replication(kind: str, centre: Centre) -> None:
    plan, columns, totals = case()
    replication, _ = of(kind, 24, centre)
    frame, names = given(24)
    weights = names if kind == "given" else ()
    compared = 0
    for name in ("score", "months"):
        part = Part("f", parse("1 = 1", HERE), parse(name, HERE), parse(f"{name} IS NOT NULL", HERE), plan.weight)
        for table in tables(totals, plan, columns):
            domain = "_".join(table.table) or "total"
            for share in (0.25, 0.5, 0.75):
                block = quantile_block([Source(frame, plan, part, None, weights)], share, table, "adjust", replication)
                for row in range(len(table.levels)):
                    key = (domain, group_name(table, row), f"{kind} around the {centre}")
                    for suffix, ours in (("", "value"), ("_low", "lower"), ("_high", "upper"), ("_se", "se")):
                        told = further().get((f"quantile:{name}", f"q{share:g}{suffix}", *key))
                        if told is not None:
                            assert block[ours][row] == pytest.approx(told, **CLOSE), (name, share, suffix, key)
                            compared += 1
    assert compared == 2 * 3 * 8 * 4
