"""Durations against R's survival package, and against a slow redistribution of censored spells."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.errors import MethodError
from everychild.methods.spells import durations, survival

# R 4.2.2, survival 3.5-3, 26 November 2026: survfit(Surv(time, status) ~ 1, data = aml), quantile(f, c(.5, .9)).
# The data (Miller 1997, leukaemia, 23 patients) ship with the package and have ties and censored spells.
AML_TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
AML_OVER = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
AML_CURVE = [
    (5, 0.9130434782609, 0.8048547977830, 1.000000000000),
    (8, 0.8260869565217, 0.6848394680719, 0.996466605023),
    (23, 0.5465838509317, 0.3720780872492, 0.802933352802),
    (48, 0.0828157349896, 0.0148346082548, 0.462327406565),
]


def test_a_curve_of_r() -> None:
    found = survival(AML_TIME, AML_OVER)
    for time, share, lower, upper in AML_CURVE:
        place = found.times.tolist().index(time)
        told = (found.share[place], found.lower[place], found.upper[place])
        assert told == pytest.approx((share, lower, upper), abs=1e-11)


def test_quantiles_of_r() -> None:
    """The same call, print(f) for the median and its limits; R prints NA where the curve does not reach, infinite here.

    quantile(f) says 48 for the median's upper limit: it sorts the limits' curve, which rises at its end, by its height.
    """
    found = durations(AML_TIME, AML_OVER)
    assert (found.median.value, found.median.lower, found.median.upper) == (27, 18, 45)
    assert (found.p90.value, found.p90.lower, found.p90.upper) == (48, 43, math.inf)
    assert (found.spells, found.ended) == (23, 18)
    maintained = durations(AML_TIME[:11], AML_OVER[:11])
    assert (maintained.median.value, maintained.median.lower, maintained.median.upper) == (31, 18, math.inf)
    assert (maintained.p90.value, maintained.p90.lower) == (math.inf, 48)


def test_spells_under_way_when_the_period_began() -> None:
    """R 4.2.2, survival 3.5-3: survfit(Surv(from, t, e) ~ 1)."""
    lengths, over, start = [2, 4, 4, 6, 9, 11, 15, 20], [1, 1, 0, 1, 1, 0, 1, 0], [0, 1, 0, 3, 5, 2, 0, 8]
    found = survival(lengths, over, start)
    assert found.times.tolist() == [2, 4, 6, 9, 15]
    assert found.share == pytest.approx([0.75, 0.6, 0.45, 0.3375, 0.16875])
    assert found.lower[-1] == pytest.approx(0.0292351937402)
    assert found.upper[-1] == pytest.approx(0.974050753797)
    assert (found.quantile(0.5).value, found.quantile(0.5).lower) == (6, 2)


def test_a_curve_level_at_the_quantile() -> None:
    """R 4.2.2, survival 3.5-3: quantile(survfit(Surv(t, e) ~ 1), .5) is 2.5, 3 and 4 in these three."""
    assert survival([1, 2, 3, 4], [1, 1, 1, 1]).quantile(0.5).value == 2.5
    assert survival([1, 2, 3, 4], [1, 1, 0, 0]).quantile(0.5).value == 3
    assert survival([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 0]).quantile(0.5).value == 4


def test_leaving_out_open_spells_makes_stays_look_short() -> None:
    found = durations([1, 2, 3, 10, 10, 10], [True, True, True, False, False, True])
    assert found.completed_median == 2.5
    assert found.median.value == 6.5


def slow_survival(lengths: list[int], over: list[bool], time: int) -> float:
    """Efron's redistribution to the right: each censored spell hands its weight to all that were seen longer."""
    order = sorted(range(len(lengths)), key=lambda n: (lengths[n], not over[n]))
    weight = {n: 1 / len(lengths) for n in order}
    for place, n in enumerate(order):
        longer = order[place + 1 :]
        if not over[n] and longer:
            for other in longer:
                weight[other] += weight[n] / len(longer)
            weight[n] = 0
    return sum(weight[n] for n in order if lengths[n] > time or (lengths[n] == time and not over[n]))


SPELLS = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=20)


@given(SPELLS)
def test_curve_against_the_slow_way(spells: list[tuple[int, bool]]) -> None:
    lengths, over = [s[0] for s in spells], [s[1] for s in spells]
    found = survival(lengths, over)
    for time, share in zip(found.times, found.share, strict=True):
        assert share == pytest.approx(slow_survival(lengths, over, int(time)), abs=1e-12)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_without_open_spells_the_curve_counts(lengths: list[int]) -> None:
    found = survival(lengths, [True] * len(lengths))
    assert found.share == pytest.approx([np.mean(np.array(lengths) > time) for time in found.times], abs=1e-12)
    assert durations(lengths, [True] * len(lengths)).completed_median == np.median(lengths)


def test_nothing_has_ended() -> None:
    found = durations([3, 4], [False, False])
    assert math.isnan(found.completed_median)
    assert found.median.value == math.inf
    assert durations([], []).spells == 0


@pytest.mark.parametrize(
    ("given_columns", "text"),
    [
        (([1, 2], [True]), "2 lengths stand against 1 ends"),
        (([1, -2], [True, True]), "spell 2 lasts -2"),
        (([math.nan], [True]), "spell 1 lasts nan"),
        (([1, 2], [True, True], [0, 2]), "spell 2 lasts 2 and is seen from 2"),
    ],
)
def test_what_is_no_spell(given_columns: tuple[list[float], ...], text: str) -> None:
    with pytest.raises(MethodError, match=text):
        durations(*given_columns)
