"""Fertility against exposure and births counted month by month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.methods.mortality import Breakdown, Period, SampleDesign, Women, calendar_window, fertility
from everychild.methods.mortality.births import IntArray

INTERVIEW = 1390
THREE_YEARS = Period("0-2", -36, 0)


def women_of(ages: list[int], weights: list[float], psus: list[int]) -> Women:
    """Women by age in months at the interview."""
    count = len(ages)
    return Women(
        INTERVIEW - np.array(ages), np.full(count, INTERVIEW), np.array(weights), np.array(psus, dtype=np.int64)
    )


def month_by_month(birth: int, lower: int, upper: int) -> list[int]:
    """Months of [lower, upper) spent in each age group."""
    months = [0] * 7
    for month in range(lower, upper):
        group = (month - birth) // 60 - 3
        if 0 <= group < 7:
            months[group] += 1
    return months


woman = st.tuples(
    st.integers(15 * 12, 50 * 12 - 1),
    st.sampled_from((0.5, 1.0, 2.25)),
    st.integers(0, 2),
    st.lists(st.integers(0, 300), max_size=4),
)


@given(st.lists(woman, min_size=1, max_size=30), st.sampled_from((THREE_YEARS, Period("", -90, -6))))
@settings(max_examples=80, deadline=None)
def test_births_and_years_are_those_of_each_month(
    people: list[tuple[int, float, int, list[int]]], period: Period
) -> None:
    ages, weights, psus, months_ago = (list(column) for column in zip(*people, strict=True))
    mother = np.array([i for i, births in enumerate(months_ago) for _ in births], dtype=np.int64)
    child: IntArray = INTERVIEW - np.array([n for births in months_ago for n in births], dtype=np.int64)
    found = fertility(women_of(ages, weights, psus), child, mother, SampleDesign.unstratified(3), period)
    births, years, plain = np.zeros(7), np.zeros(7), np.zeros(7)
    for age, weight, own in zip(ages, weights, months_ago, strict=True):
        lived = np.array(month_by_month(INTERVIEW - age, INTERVIEW + period.lower, INTERVIEW + period.upper))
        years += weight * lived / 12
        plain += lived / 12
        for n in own:
            group = (age - n) // 60 - 3
            if INTERVIEW + period.lower <= INTERVIEW - n < INTERVIEW + period.upper and 0 <= group < 7:
                births[group] += weight
    np.testing.assert_allclose(found.births[0], births, rtol=1e-12)
    np.testing.assert_allclose(found.weighted_years[0], years, rtol=1e-12)
    np.testing.assert_allclose(found.years[0], plain, rtol=1e-12)


def sample() -> tuple[Women, IntArray, IntArray]:
    draw = np.random.default_rng(11)
    count = 3000
    women = women_of(
        draw.integers(180, 600, count).tolist(), draw.uniform(0.3, 2, count).tolist(), (np.arange(count) % 12).tolist()
    )
    mother = draw.integers(0, count, 2500)
    return women, INTERVIEW - draw.integers(0, 60, 2500), mother


def test_total_adolescent_and_general_fertility() -> None:
    women, child, mother = sample()
    found = fertility(women, child, mother, SampleDesign.unstratified(12), THREE_YEARS)
    specific = 1000 * found.births[0] / found.weighted_years[0]
    np.testing.assert_allclose(found.values[0, :7], specific)
    assert found.values[0, 7] == pytest.approx(5 * specific.sum() / 1000)
    assert found.values[0, 8] == pytest.approx(1000 * found.births[0].sum() / found.weighted_years[0, :6].sum())


def test_linearised_and_jackknife_errors_agree_on_many_psus() -> None:
    women, child, mother = sample()
    spread = Women(women.birth, women.interview, women.weight, np.arange(3000) % 300)
    design = SampleDesign(np.arange(300) // 10)
    found = fertility(spread, child, mother, design, THREE_YEARS, methods=("jkn", "taylor"))
    np.testing.assert_allclose(found.errors["jkn"].standard_errors, found.errors["taylor"].standard_errors, rtol=0.02)


def test_classes_of_women_add_up() -> None:
    women, child, mother = sample()
    education = Breakdown("education", ("none", "some"), np.arange(3000) % 2)
    found = fertility(women, child, mother, SampleDesign.unstratified(12), THREE_YEARS, [education])
    np.testing.assert_allclose(found.births[0], found.births[1:].sum(axis=0))
    np.testing.assert_allclose(found.weighted_years[0], found.weighted_years[1:].sum(axis=0))
    assert [g.label for g in found.groups] == ["total", "none", "some"]


def test_all_women_factors_raise_the_exposure_only() -> None:
    women, child, mother = sample()
    married = Women(women.birth, women.interview, women.weight, women.psu, np.full(3000, 1.25))
    design = SampleDesign.unstratified(12)
    all_women, ever_married = (fertility(w, child, mother, design, THREE_YEARS) for w in (women, married))
    np.testing.assert_allclose(ever_married.values * 1.25, all_women.values)


def test_a_calendar_window_is_the_same_for_everyone() -> None:
    women, child, mother = sample()
    window = calendar_window("", INTERVIEW - 36, INTERVIEW)
    design = SampleDesign.unstratified(12)
    first, second = (fertility(women, child, mother, design, p).values for p in (window, THREE_YEARS))
    assert first.tobytes() == second.tobytes()


def test_women_of_weight_nought_are_not_counted() -> None:
    women = women_of([240, 240], [1.0, 0.0], [0, 1])
    none = np.zeros(0, dtype=np.int64)
    found = fertility(women, none, none, SampleDesign.unstratified(2), THREE_YEARS)
    assert found.years[0].sum() == found.weighted_years[0].sum() == 3.0


@pytest.mark.parametrize(
    ("child", "mother", "message"),
    [(1380, 1, "not among the women"), (1380, -1, "not among the women"), (1391, 0, "1 births are dated after")],
)
def test_births_that_fit_no_woman_are_refused(child: int, mother: int, message: str) -> None:
    women = women_of([240], [1.0], [0])
    with pytest.raises(ValueError, match=message):
        fertility(women, np.array([child]), np.array([mother]), SampleDesign.unstratified(1), THREE_YEARS)


def test_women_without_a_date_or_of_an_unknown_psu_are_refused() -> None:
    with pytest.raises(ValueError, match="interview of women is missing or negative in 1 rows"):
        Women(np.ones(1), np.array([np.nan]), np.ones(1), np.zeros(1, dtype=np.int64))
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(ValueError, match="not among the 2 of the design"):
        fertility(women_of([240], [1.0], [2]), none, none, SampleDesign.unstratified(2), THREE_YEARS)
