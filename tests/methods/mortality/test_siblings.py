"""Adult and pregnancy-related mortality against sibling lives counted month by month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.methods.mortality import (
    Period,
    SampleDesign,
    Siblings,
    Women,
    adult_mortality,
    fertility,
    pregnancy_related_mortality,
)

INTERVIEW = 1390
SEVEN_YEARS = Period("0-6", -84, 0)
PSUS = 6


def respondents(count: int = 60) -> Women:
    """Women of all ages 15-49 in turn."""
    ages = 180 + (np.arange(count) * 37) % 420
    return Women(
        INTERVIEW - ages, np.full(count, INTERVIEW), 0.5 + np.arange(count) % 3, np.arange(count, dtype=np.int64) % PSUS
    )


Life = tuple[int, int, int | None, bool]
"""Respondent, months before the interview of birth and of death, female."""


@st.composite
def life(draw: st.DrawFn) -> Life:
    birth = draw(st.integers(0, 800))
    death = draw(st.none() | st.integers(0, birth))
    return draw(st.integers(0, 59)), birth, death, draw(st.booleans())


def siblings_of(lives: list[Life], pregnancy_related: bool = False) -> Siblings:
    return Siblings(
        np.array([r for r, *_ in lives]),
        np.array([int(f) for *_, f in lives]),
        np.array([int(d is None) for _, _, d, _ in lives]),
        np.array([INTERVIEW - b for _, b, _, _ in lives], dtype=np.float64),
        np.array([np.nan if d is None else INTERVIEW - d for _, _, d, _ in lives], dtype=np.float64),
        np.full(len(lives), int(pregnancy_related)),
    )


@given(st.lists(life(), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_deaths_and_years_are_those_of_each_month(lives: list[Life]) -> None:
    women = respondents()
    found = adult_mortality(siblings_of(lives), women, SampleDesign.unstratified(PSUS), SEVEN_YEARS)
    deaths, months = np.zeros((2, 7)), np.zeros((2, 7))
    for who, birth, death, female in lives:
        sex, weight = int(not female), float(women.weight[who])
        for ago in range(84, 0, -1):
            group = (birth - ago) // 60 - 3
            if ago <= birth and (death is None or ago >= death) and 0 <= group < 7:
                months[sex, group] += weight
                if ago == death:
                    deaths[sex, group] += weight
    np.testing.assert_allclose(found.deaths, deaths, rtol=1e-12)
    np.testing.assert_allclose(found.weighted_years, months / 12, rtol=1e-12)


def many(count: int = 4000) -> list[Life]:
    draw = np.random.default_rng(5)
    born = draw.integers(200, 640, count)
    died = [int(draw.integers(0, b)) if draw.random() < 0.2 else None for b in born]
    who, sex = draw.integers(0, 60, count), draw.random(count) < 0.5
    return [(int(r), int(b), d, bool(f)) for r, b, d, f in zip(who, born, died, sex, strict=True)]


def test_the_standardised_rate_weights_ages_like_the_respondents() -> None:
    women = respondents()
    found = adult_mortality(siblings_of(many()), women, SampleDesign.unstratified(PSUS), SEVEN_YEARS)
    age = (INTERVIEW - women.birth) // 60 - 3
    standard = np.array([women.weight[age == a].sum() for a in range(7)]) / women.weight.sum()
    np.testing.assert_allclose(found.values[:, :7], 1000 * found.deaths / found.weighted_years)
    np.testing.assert_allclose(found.values[:, 7], found.values[:, :7] @ standard)


def test_jackknife_and_linearised_errors_agree_on_many_psus() -> None:
    women = respondents()
    found = adult_mortality(
        siblings_of(many()),
        Women(women.birth, women.interview, women.weight, np.arange(60)),
        SampleDesign.unstratified(60),
        SEVEN_YEARS,
        methods=("jk1", "jkn", "taylor"),
    )
    jk1, jkn, taylor = (found.errors[m].standard_errors for m in ("jk1", "jkn", "taylor"))
    np.testing.assert_allclose(jkn, jk1, rtol=1e-9)
    np.testing.assert_allclose(taylor, jk1, rtol=0.06)


def test_siblings_of_whom_too_little_is_known_are_left_out_aloud() -> None:
    lives = many(10)
    siblings = siblings_of(lives)
    siblings.female[0] = -1
    siblings.alive[1] = -1
    siblings.birth[2] = np.nan
    siblings.alive[3], siblings.death[3] = 0, np.nan
    siblings.alive[4], siblings.death[4] = 0, siblings.birth[4] - 1
    siblings.alive[5], siblings.death[5] = 0, INTERVIEW + 1
    design = SampleDesign.unstratified(PSUS)
    found = adult_mortality(siblings, respondents(), design, SEVEN_YEARS)
    assert [(f.rule, f.rows.tolist()) for f in found.findings] == [
        ("sibling_sex_missing", [0]),
        ("sibling_survival_missing", [1]),
        ("sibling_birth_missing", [2]),
        ("sibling_death_date_missing", [3]),
        ("sibling_death_before_birth", [4]),
        ("sibling_death_after_interview", [5]),
    ]
    rest = adult_mortality(siblings_of(lives[6:]), respondents(), design, SEVEN_YEARS)
    assert found.years.tobytes() == rest.years.tobytes()


def test_a_death_in_the_month_of_interview_lies_outside() -> None:
    found = adult_mortality(
        siblings_of([(0, 300, 0, True)]), respondents(), SampleDesign.unstratified(PSUS), SEVEN_YEARS
    )
    assert found.deaths.sum() == 0.0
    assert found.years.sum() == 7.0


def test_a_sibling_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="not among the women"):
        adult_mortality(siblings_of([(60, 300, 0, True)]), respondents(), SampleDesign.unstratified(PSUS), SEVEN_YEARS)


def test_pregnancy_related_mortality_is_that_of_sisters_over_fertility() -> None:
    """With every sister's death pregnancy-related its rate is the female rate; fertility is that of the same window."""
    women, design = respondents(), SampleDesign.unstratified(PSUS)
    draw = np.random.default_rng(3)
    mother = draw.integers(0, 60, 300)
    child = INTERVIEW - draw.integers(0, 84, 300)
    siblings = siblings_of(many(), pregnancy_related=True)
    found = pregnancy_related_mortality(siblings, women, child, mother, design, SEVEN_YEARS)
    adult = adult_mortality(siblings, women, design, SEVEN_YEARS)
    np.testing.assert_allclose(found.by_age, adult.values[0, :7])
    np.testing.assert_allclose(found.values[0], adult.values[0, 7])
    np.testing.assert_allclose(found.error.deviations[0], adult.errors["jk1"].deviations[0, 7], atol=1e-12)
    specific = fertility(women, child, mother, design, SEVEN_YEARS).values[0, :7]
    age = (INTERVIEW - women.birth) // 60 - 3
    standard = np.array([women.weight[age == a].sum() for a in range(7)]) / women.weight.sum()
    assert found.values[1] == pytest.approx(specific @ standard)
    assert found.values[2] == pytest.approx(100_000 * found.values[0] / found.values[1])


def test_deaths_at_other_times_are_not_pregnancy_related() -> None:
    none = np.zeros(0, dtype=np.int64)
    found = pregnancy_related_mortality(
        siblings_of(many()), respondents(), none, none, SampleDesign.unstratified(PSUS), SEVEN_YEARS
    )
    assert found.deaths.sum() == 0.0
    assert np.isnan(found.values[2])
