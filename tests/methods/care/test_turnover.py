"""Rates with intervals, expected stays, and falls divided between fewer children and a lower rate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.care.turnover import change, expected_stay, rate
from everychild.methods.errors import MethodError


def test_a_rate_with_its_interval() -> None:
    """R 4.2.2: poisson.test(5)$conf.int is 1.6234856631 to 11.6683219701, as in the reference cases 013 and 014."""
    found = rate(5, 200_000)
    assert (found.value, found.lower, found.upper) == pytest.approx((2.5, 1.6234856631 / 2, 11.6683219701 / 2))
    assert math.isnan(rate(5, 0).value)


def test_a_steady_stock_turns_over_in_its_mean_stay() -> None:
    """Slow way: 1,000 enter a year for 30 years, staying 1 to 5 years in equal numbers: 3 years on average."""
    stays = np.tile([1, 2, 3, 4, 5], 200)
    there = sum(int((stays > age).sum()) for age in range(30))
    found = expected_stay(there, there, 1000, 1000)
    assert (found.by_entries, found.by_exits, found.steady) == (3, 3, True)


def test_a_stock_that_falls_has_no_one_stay() -> None:
    found = expected_stay(4900, 4200, 1100, 1800)
    assert (found.by_entries, found.by_exits) == pytest.approx((4550 / 1100, 4550 / 1800))
    assert not found.steady
    assert expected_stay(100, 100, 100, 100, years=2).by_entries == 2
    assert math.isnan(expected_stay(100, 100, 0, 5).by_entries)
    with pytest.raises(MethodError):
        expected_stay(1, 1, 1, 1, years=0)


POPULATION = st.integers(1_000, 5_000_000)


@given(st.integers(0, 9000), POPULATION, st.integers(0, 9000), POPULATION)
def test_a_change_is_divided_to_the_last_child(start: int, before: int, end: int, after: int) -> None:
    found = change(start, before, end, after)
    assert found.by_population + found.by_rate == pytest.approx(found.total, abs=1e-6)
    back = change(end, after, start, before)
    assert back.by_rate == pytest.approx(-found.by_rate, abs=1e-6)


def test_equal_rates_change_by_population_alone() -> None:
    found = change(100, 10_000, 90, 9_000)
    assert (found.by_population, found.by_rate) == pytest.approx((-10, 0))
    with pytest.raises(MethodError):
        change(1, 0, 1, 1)
