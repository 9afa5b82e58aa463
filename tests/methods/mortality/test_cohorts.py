"""The cohort rule on births whose shares are worked out by hand, and each comparison sign at its limit."""

from __future__ import annotations

import numpy as np
import pytest

from everychild.methods.mortality.births import (
    SEGMENT_ENDS,
    SEGMENT_STARTS,
    BirthHistories,
    Period,
    SampleDesign,
    calendar_window,
    years_before_interview,
)
from everychild.methods.mortality.cohorts import cohort_shares
from everychild.methods.mortality.estimates import early_childhood_mortality

INTERVIEW = 1386
SIX_BIRTHS: tuple[tuple[int, int | None, tuple[float, ...], dict[int, float]], ...] = (
    (1380, None, (1, 1, 0.5, 0, 0, 0, 0, 0), {}),
    (1384, 1, (1, 0.5, 0, 0, 0, 0, 0, 0), {1: 1.0}),
    (1320, None, (0, 0, 0.5, 1, 1, 1, 1, 1), {}),
    (1300, 24, (0, 0, 0, 0, 0, 0.5, 0, 0), {5: 0.5}),
    (1385, None, (0.5, 0, 0, 0, 0, 0, 0, 0), {}),
    (1386, None, (0, 0, 0, 0, 0, 0, 0, 0), {}),
)
"""Month of birth, age at death, exposure by segment, deaths by segment; the five years before CMC 1386."""


@pytest.mark.parametrize(("birth", "age", "exposure", "deaths"), SIX_BIRTHS)
def test_a_birth_of_the_worked_table(
    birth: int, age: int | None, exposure: tuple[float, ...], deaths: dict[int, float]
) -> None:
    births = BirthHistories(
        np.array([birth]),
        np.array([INTERVIEW]),
        np.array([age is None]),
        np.array([np.nan if age is None else age], dtype=np.float64),
        np.array([1.0]),
        np.array([0]),
    )
    found = early_childhood_mortality(births, SampleDesign.unstratified(1), [years_before_interview(0, 4)], methods=())
    assert found.exposure[0, 0].tolist() == list(exposure)
    assert found.deaths[0, 0].tolist() == [deaths.get(j, 0.0) for j in range(8)]


SECOND_YEAR = 4
"""Segment 12-23 months, in a window of months [-60, 0) and, where a death is halved, [-120, -60)."""


@pytest.mark.parametrize(
    ("birth", "exposure", "death"),
    [
        (-85, 0.0, 0.0),  # reaches 24 months one month before the window
        (-84, 0.5, 0.5),  # reaches it as the window begins: cohort A
        (-73, 0.5, 0.5),  # reaches 12 months one month before the window
        (-72, 1.0, 1.0),  # reaches 12 months as the window begins: cohort B
        (-25, 1.0, 1.0),  # reaches 24 months in the last month
        (-24, 0.5, 1.0),  # reaches 24 months in the month of interview: cohort C
        (-13, 0.5, 1.0),  # reaches 12 months in the last month
        (-12, 0.0, 0.0),  # reaches 12 months in the month of interview
    ],
)
def test_the_signs_of_the_cohort_limits(birth: int, exposure: float, death: float) -> None:
    month = np.array([birth])
    exposures, deaths = cohort_shares(month, Period("0-4", -60, 0), SEGMENT_STARTS, SEGMENT_ENDS)
    assert (exposures[0, SECOND_YEAR], deaths[0, SECOND_YEAR]) == (exposure, death)
    earlier, halved = cohort_shares(month - 60, Period("5-9", -120, -60), SEGMENT_STARTS, SEGMENT_ENDS)
    assert earlier[0, SECOND_YEAR] == exposure
    assert halved[0, SECOND_YEAR] == min(death, exposure)


def test_a_calendar_window_halves_its_last_deaths_too() -> None:
    exposures, deaths = cohort_shares(
        np.array([1362]), calendar_window("to 1385", 1326, 1386), SEGMENT_STARTS, SEGMENT_ENDS
    )
    assert (exposures[0, SECOND_YEAR], deaths[0, SECOND_YEAR]) == (0.5, 0.5)


def test_every_month_lived_through_a_window_counts_once() -> None:
    """Adjoining windows share the crossing children half and half, so together they count each child once."""
    months = np.arange(-300, 0)
    whole = sum(
        cohort_shares(months, Period("", lower, lower + 60), SEGMENT_STARTS, SEGMENT_ENDS)[0]
        for lower in range(-360, 0, 60)
    )
    reached = months[:, None] + np.asarray(SEGMENT_ENDS) < 0
    assert isinstance(whole, np.ndarray)
    assert (whole[reached] == 1.0).all()
