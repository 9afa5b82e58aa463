"""Rates of registered deaths: exact limits, comparisons, windows that stop at a change of definition."""

from __future__ import annotations

from math import comb, exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.registration import rate_ratio, registration_rates, windows, years_for

# R 4.2.2 poisson.test(d, 15000)$conf.int * 1e5, run 2026-11-26, because the limits are exact there
R_LIMITS = {0: (0, 24.5925296941), 2: (1.61472852363, 48.1645844515), 20: (81.4434639027, 205.922519351)}
# R 4.2.2 poisson.test(c(d1, d2), c(b1, b2)): estimate and conf.int, same day
R_RATIOS = {
    (2, 15000, 40, 400000): (1.33333333333, 0.15610382587, 5.14154102567),
    (0, 9000, 5, 20000): (0, 0, 2.42506467818),
    (30, 10000, 45, 11000): (0.733333333333, 0.446071295819, 1.18989929732),
}


@pytest.mark.parametrize("deaths", R_LIMITS)
def test_limits_are_those_of_r(deaths: int) -> None:
    found = registration_rates([deaths], [15000], 1e5)
    assert (found.lower[0], found.upper[0]) == pytest.approx(R_LIMITS[deaths], rel=1e-10)
    assert found.value[0] == pytest.approx(deaths / 15000 * 1e5)


@given(st.integers(0, 60), st.integers(1000, 100_000))
def test_limits_are_the_rates_that_leave_a_fortieth_of_chance(deaths: int, births: int) -> None:
    found = registration_rates([deaths], [births], 1.0)

    def at_most(count: int, mean: float) -> float:
        return sum(exp(-mean) * mean**k / factorial(k) for k in range(count + 1))

    assert at_most(deaths, found.upper[0] * births) == pytest.approx(0.025, rel=1e-6)
    if deaths:
        assert 1 - at_most(deaths - 1, found.lower[0] * births) == pytest.approx(0.025, rel=1e-6)
    else:
        assert found.lower[0] == 0


def test_a_rate_without_deaths_has_no_standard_error_and_one_without_births_is_none() -> None:
    found = registration_rates([0, 4, 0], [500, 500, 0], 1000)
    assert np.isnan(found.standard_error).tolist() == [True, False, True]
    assert found.standard_error[1] == pytest.approx(4)
    assert np.isnan(found.value).tolist() == [False, False, True]
    assert found.one_death[0] == 2


def test_twenty_deaths_make_a_rate_reliable() -> None:
    assert registration_rates([19, 20], [1000, 1000], 1000).reliable.tolist() == [False, True]


@pytest.mark.parametrize("counts", R_RATIOS)
def test_ratios_are_those_of_r(counts: tuple[int, int, int, int]) -> None:
    found = rate_ratio(*counts)
    assert (found.ratio, found.lower, found.upper) == pytest.approx(R_RATIOS[counts], rel=1e-10)


@given(st.integers(0, 12), st.integers(100, 5000), st.integers(0, 12), st.integers(100, 5000))
def test_p_is_twice_the_smaller_binomial_tail(d: int, b: int, e: int, c: int) -> None:
    found = rate_ratio(d, b, e, c)
    if d + e == 0:
        assert np.isnan(found.p)
        return
    share, n = b / (b + c), d + e
    chance = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    assert found.p == pytest.approx(min(1.0, 2 * min(sum(chance[: d + 1]), sum(chance[d:]))), abs=1e-9)
    outside = found.lower > 1 or found.upper < 1
    assert outside == (found.p < 0.05) or abs(found.p - 0.05) < 1e-6


def test_exchanging_the_two_turns_the_ratio_round() -> None:
    one, other = rate_ratio(3, 1000, 9, 4000), rate_ratio(9, 4000, 3, 1000)
    assert one.ratio == pytest.approx(1 / other.ratio)
    assert (one.lower, one.upper) == pytest.approx((1 / other.upper, 1 / other.lower))
    assert one.p == pytest.approx(other.p)


def test_rates_without_births_are_not_compared() -> None:
    with pytest.raises(ValueError, match="births"):
        rate_ratio(1, 0, 1, 100)


@pytest.mark.parametrize(
    ("years", "length", "breaks", "expected"),
    [
        ([2018, 2019, 2020], 1, (), [(2018, 2018), (2019, 2019), (2020, 2020)]),
        ([2015, 2016, 2017, 2018, 2019], 3, (), [(2015, 2016), (2017, 2019)]),
        ([2005, 2006, 2007, 2008, 2009, 2010], 4, (2008,), [(2005, 2007), (2008, 2010)]),
        ([2008, 2009, 2010], 2, (2008,), [(2008, 2008), (2009, 2010)]),
        ([2000, 2010], 3, (), [(2000, 2001), (2008, 2010)]),
        ([], 3, (2008,), []),
    ],
)
def test_windows(years: list[int], length: int, breaks: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert list(windows(years, length, breaks)) == expected


@given(st.sets(st.integers(1990, 2025), min_size=1), st.integers(1, 6), st.sets(st.integers(1990, 2025), max_size=3))
def test_every_year_is_in_one_window_and_no_window_crosses_a_break(
    years: set[int], length: int, breaks: set[int]
) -> None:
    found = windows(years, length, sorted(breaks))
    for year in years:
        assert sum(first <= year <= last for first, last in found) == 1
    assert not any(first < b <= last for first, last in found for b in breaks)
    assert all(last - first < length for first, last in found)


def test_years_that_would_give_twenty_deaths() -> None:
    assert years_for(7, 3) == 9
    assert years_for(0, 3) is None
    with pytest.raises(ValueError, match="one year"):
        windows([2000], 0)
