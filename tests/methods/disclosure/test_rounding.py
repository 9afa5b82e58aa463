"""Rounded counts, what they still tell, and rates that give counts away."""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.methods.disclosure.rounding import (
    counts_of_rate,
    limits,
    reader_of_rounded,
    rounded,
    rounded_at_random,
)
from everychild.methods.disclosure.tables import table_of
from everychild.methods.errors import MethodError


@pytest.mark.shared
def test_cases_of_the_notes(shared_folder: Path) -> None:
    with (shared_folder / "methods" / "cases" / "disclosure_weights.csv").open(encoding="utf-8", newline="") as file:
        cases = [row for row in csv.DictReader(file) if row["measure"] == "round_to_base_5"]
    assert len(cases) == 4
    for case in cases:
        assert rounded(json.loads(case["input"])["count"]) == int(case["expected"])


@given(st.integers(0, 500), st.integers(2, 12))
def test_limits_are_the_counts_that_round_there(count: int, base: int) -> None:
    value = int(rounded(count, base))
    low, high = limits(value, base)
    same = [other for other in range(count + 2 * base) if rounded(other, base) == value]
    assert (int(low), int(high)) == (same[0], same[-1])
    assert low <= count <= high
    assert value % base == 0


def test_random_rounding_is_right_on_average() -> None:
    """20,000 draws of 7 to base 5: 5 or 10, mean 7 ± 5 standard errors (√(.4·.6)·5/√20000 = 0.017)."""
    found = rounded_at_random(np.full(20_000, 7), 5, np.random.default_rng(20260101))
    assert set(found.tolist()) == {5, 10}
    assert found.mean() == pytest.approx(7, abs=5 * 0.0174)
    assert rounded_at_random([0, 5, 10], 5, np.random.default_rng(1)).tolist() == [0, 5, 10]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_what_rounded_parts_and_total_tell_together(counts: list[int]) -> None:
    """Against trying all counts: bounds of a cell from its own rounding and from the total's."""
    table = table_of(counts, [str(n) for n in range(len(counts))])
    reader = reader_of_rounded(table)
    possible = [
        tried
        for tried in product(range(15), repeat=len(counts))
        if (rounded([*tried, sum(tried)]) == rounded(table.counts)).all()
    ]
    for place in range(len(counts)):
        own = [tried[place] for tried in possible]
        assert reader.bounds(place) == pytest.approx((min(own), max(own)))


def test_rounding_can_be_undone_by_a_total() -> None:
    """7 + 7 = 14 → 5, 5, 15: only 13 or 14 fit, so neither part is under 6 although each rounding says 3 to 7."""
    low, high = reader_of_rounded(table_of([7, 7], "ab")).bounds(0)
    assert (low, high) == pytest.approx((6, 7))


@given(st.integers(1, 4000), st.integers(0, 3), st.sampled_from([100.0, 1000.0, 100_000.0]), st.data())
def test_counts_of_a_rate_are_those_that_print_so(
    denominator: int, decimals: int, per: float, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, denominator))
    printed = round(per * count / denominator, decimals)
    found = counts_of_rate(printed, decimals, per, denominator)
    assert count in found
    slow = [d for d in range(denominator + 1) if abs(per * d / denominator - printed) <= 0.5 * 10.0**-decimals + 1e-6]
    assert list(found) == slow


def test_a_rate_with_its_denominator_gives_the_count_away() -> None:
    assert list(counts_of_rate(3.85, 2, 1000, 260)) == [1]
    assert len(counts_of_rate(4.5, 1, 100_000, 2_450_000)) > 1
    with pytest.raises(MethodError):
        counts_of_rate(1, 1, 100, 0)


def test_what_is_not_rounded() -> None:
    for counts, base in (([-1], 5), ([1], 1)):
        with pytest.raises(MethodError):
            rounded(counts, base)
