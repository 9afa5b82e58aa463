"""Estimates that have to agree with each other, whatever the numbers are. All tables are invented."""

from __future__ import annotations

from math import sqrt

import polars as pl
import pytest

from everychild.estimation.survey import Survey
from tests.spec.small_surveys import Small, group

STUNTING = "stunting_moderate_severe"


def test_the_total_is_the_mean_of_its_groups_by_their_weights(small: Small) -> None:
    """Urban children (weight 6 together) 50 %, rural ones (weight 2) 100 %: (6 · 50 + 2 · 100) / 8 = 62.5 %."""
    found = small.estimates(
        STUNTING,
        ["residence"],
        ch="""
        HH6  chweight  HAZ2
          1         3  -2.5
          1         3  -1.0
          2         1  -2.5
          2         1  -3.5
        """,
    )
    assert [group(found, name)["value"] for name in ("urban", "rural", "total")] == pytest.approx([50, 100, 62.5])


def test_groups_in_clusters_of_their_own_differ_with_the_sum_of_their_variances(small: Small) -> None:
    """Urban and rural clusters are drawn apart. Each share is 50 % with a variance of 2/1 · 2 · (1/8)² = 1/16."""
    found = small.estimates(
        STUNTING,
        ["residence"],
        ch="""
        n  stratum  cluster  HH6  HAZ2
        3        1        1    1  -2.5
        1        1        1    1  -1.0
        1        1        2    1  -2.5
        3        1        2    1  -1.0
        3        2        3    2  -2.5
        1        2        3    2  -1.0
        1        2        4    2  -2.5
        3        2        4    2  -1.0
        """,
    )
    gap = found.difference(STUNTING, "residence", "rural", "urban")
    assert gap.se == pytest.approx(100 * sqrt(1 / 16 + 1 / 16))
    assert gap.df == 2, "four clusters in two strata"


def test_the_order_of_rows_changes_nothing_not_even_the_last_digit(small: Small) -> None:
    lines = [f"{1 + k % 2} {k % 7} {0.1 + k % 5 / 3:.6f} {-3.5 + k * 7 % 50 / 10}" for k in range(60)]
    survey = small.survey(ch="\n".join(["stratum cluster chweight HAZ2", *lines]))
    wanted = survey.estimate([STUNTING]).rows
    file = small.folder / "ch.parquet"
    pl.read_parquet(file).reverse().write_parquet(file)
    found = Survey.open(small.folder / "survey.yaml", engine=small.engine).estimate([STUNTING]).rows
    assert found.equals(wanted)
    assert 0 < wanted["value"].item() < 100
