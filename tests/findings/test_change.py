"""Thresholds of better and worse."""

from __future__ import annotations

import pytest

from everychild.findings.latest import latest_figures
from tests.findings.made import figure, frame, one, setting


def trend(indicator, first, last, **more):
    """Trend and reason from 2015 to 2020; a tuple is value, lower, upper."""
    rows = []
    for year, found in ((2015, first), (2020, last)):
        value, *interval = found if isinstance(found, tuple) else (found,)
        bounds = dict(zip(("lower", "upper"), interval, strict=False))
        rows.append(figure(indicator, year, value, **bounds, **more))
    row = one(latest_figures(frame(*rows), setting()))
    return row["trend"], row["trend_reason"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((20.0, 18.0, 22.0), (15.0, 13.0, 17.0), ("better", "intervals_apart")),
        ((20.0, 18.0, 22.0), (15.0, 13.0, 18.0), ("unclear", "intervals_overlap")),
        ((15.0, 13.0, 17.0), (20.0, 18.0, 22.0), ("worse", "intervals_apart")),
    ],
)
def test_intervals_decide_where_both_have_them(first, last, expected):
    assert trend("deaths", first, last) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (40.04, 39.05, ("unchanged", "within_threshold")),
        (40.04, 39.03, ("better", "beyond_threshold")),
        (0.1, 0.2, ("unchanged", "within_rounding")),
        (0.1, 0.3, ("worse", "beyond_threshold")),
        (0.0, 0.0, ("unchanged", "within_rounding")),
        (0.0, 0.5, ("worse", "beyond_threshold")),
        (31.0, 30.0, ("unchanged", "within_rounding")),
    ],
)
def test_without_intervals_the_share_and_the_rounding_decide(first, last, expected):
    assert trend("deaths", first, last) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(97.12, 98.9, "better"), (97.12, 97.5, "unchanged"), (99.9, 98.7, "worse"), (89.55, 91.3, "unchanged")],
)
def test_percents_near_one_hundred_are_judged_in_points(first, last, expected):
    assert trend("school", first, last)[0] == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (3.0, 9.0, ("unclear", "small_numbers")),
        (300.0, 500.0, ("worse", "beyond_threshold")),
        (0.0, 9.0, ("worse", "beyond_threshold")),
    ],
)
def test_small_counts_move_by_chance(first, last, expected):
    assert trend("visits", first, last) == expected


def test_rare_events_need_a_fifth_for_the_country_and_never_decide_for_a_region():
    assert trend("rare", 10.3, 8.9) == ("unclear", "rare_events")
    assert trend("rare", 10.3, 7.9) == ("better", "beyond_threshold")
    assert trend("rare", 10.3, 0.4, area="KZ-11") == ("unclear", "rare_events")


def test_a_survey_without_an_interval_is_given_its_sampling_error():
    survey = {"quality": "survey", "source": "SURVEY"}
    assert trend("school", 46.1, 48.9, **survey) == ("unclear", "within_sampling_error")
    assert trend("school", 46.1, 56.2, **survey) == ("better", "beyond_threshold")
    assert trend("school", 46.1, 48.9, n=20_000, **survey) == ("better", "beyond_threshold")
    assert trend("school", 46.1, 56.2, area="KZ-11", **survey) == ("unclear", "within_sampling_error")


def test_few_cases_decide_nothing():
    assert trend("school", 10.1, 90.2, n=24) == ("unclear", "few_cases")
    assert trend("school", 10.1, 90.2, n=25) == ("better", "beyond_threshold")
