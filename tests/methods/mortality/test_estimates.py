"""The fast estimator against the method written out child by child, and against what must hold for any data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.methods.mortality import (
    TOTAL,
    BirthHistories,
    Breakdown,
    Group,
    Period,
    SampleDesign,
    calendar_window,
    early_childhood_mortality,
    years_before_interview,
)
from tests.methods.mortality import slow
from tests.methods.mortality.slow import Child, Window

INTERVIEW = 1390
PERIODS = (
    years_before_interview(0, 4),
    years_before_interview(5, 9),
    years_before_interview(0, 9),
    Period("one year, a month late", -13, -1),
    calendar_window("2010-2014", 1321, 1381),
)
GROUPS = 3


def births_of(children: Sequence[Child]) -> BirthHistories:
    return BirthHistories(
        np.array([c.birth for c in children]),
        np.array([c.interview for c in children]),
        np.array([c.age_at_death is None for c in children], dtype=np.bool_),
        np.array([np.nan if c.age_at_death is None else c.age_at_death for c in children], dtype=np.float64),
        np.array([c.weight for c in children]),
        np.array([c.psu for c in children]),
    )


def breakdown_of(children: Sequence[Child]) -> Breakdown:
    return Breakdown("wealth", ("poor", "middle", "rich"), np.array([c.group for c in children]))


@st.composite
def child(draw: st.DrawFn) -> Child:
    interview = draw(st.integers(INTERVIEW, INTERVIEW + 3))
    lived = draw(st.integers(0, 200))
    age = draw(st.none() | st.integers(0, min(lived, 70)))
    weight = draw(st.sampled_from((0.25, 0.5, 1.0, 1.75, 3.0)))
    return Child(interview - lived, interview, age, weight, draw(st.integers(0, 4)), draw(st.integers(-1, 2)))


samples = st.lists(child(), min_size=1, max_size=60)
designs = st.lists(st.integers(0, 2), min_size=5, max_size=5)


@given(samples)
@settings(max_examples=150, deadline=None)
def test_sums_are_those_of_each_child(children: list[Child]) -> None:
    found = early_childhood_mortality(
        births_of(children), SampleDesign.unstratified(5), PERIODS, [breakdown_of(children)], methods=()
    )
    for g in range(GROUPS + 1):
        members = [c for c in children if g == 0 or c.group == g - 1]
        for p, period in enumerate(PERIODS):
            window = Window(period.lower, period.upper, period.before_interview)
            total = slow.total_of(slow.sums_by_psu(members, window).values())
            assert found.deaths[g, p].tolist() == total.deaths
            assert found.exposure[g, p].tolist() == total.exposure
            for rate, (start, end) in enumerate(((0, 1), (1, 12), (0, 12), (12, 60), (0, 60))):
                exposed = [slow.shares(c, window, start, end)[0] for c in members]
                assert found.children[g, p, rate] == sum(exposed)
                weighted = sum(c.weight * e for c, e in zip(members, exposed, strict=True))
                assert found.weighted_children[g, p, rate] == weighted


@given(st.lists(child(), min_size=60, max_size=150), designs)
@settings(max_examples=40, deadline=None)
def test_rates_and_errors_are_those_of_the_written_out_method(children: list[Child], strata: list[int]) -> None:
    design = SampleDesign(np.array(strata))
    found = early_childhood_mortality(
        births_of(children), design, PERIODS[:1], methods=("jk1", "jkn", "taylor"), lonely="certainty"
    )
    by_psu = slow.sums_by_psu(children, Window(-60, 0))
    total = slow.total_of(by_psu.values())
    expected = slow.rates(total)
    impossible = any(d > e for d, e in zip(total.deaths, total.exposure, strict=True))
    if not impossible:
        np.testing.assert_allclose(found.values[0, 0], expected, rtol=1e-12, atol=1e-9)
    # no error where nobody died, or where one PSU holds a segment: 0 would be a false certainty
    holders = [sum(sums.exposure[j] > 0 for sums in by_psu.values()) for j in range(8)]
    alone = [1 in holders[start:end] for start, end in ((0, 1), (0, 4), (0, 4), (4, 8), (0, 8))]
    usable = (found.values[0, 0] > 0) & ~np.array(alone)
    errors = (("jk1", slow.jk1(by_psu, 5)), ("jkn", slow.jkn(by_psu, strata)), ("taylor", slow.taylor(by_psu, strata)))
    for method, slowly in errors:
        fast = found.errors[method].standard_errors[0, 0]  # type: ignore[index]
        np.testing.assert_allclose(fast[usable], np.array(slowly)[usable], rtol=1e-6, atol=1e-6)
        assert np.isnan(fast[~usable]).all()


def many_children(count: int = 4000, psus: int = 20) -> list[Child]:
    draw = np.random.default_rng(20261126)
    # 99 stands for a child that lives
    ages = draw.choice([99, 0, 1, 4, 8, 12, 30, 50], size=count, p=[0.84, 0.05, 0.02, 0.02, 0.02, 0.02, 0.02, 0.01])
    lived = draw.integers(0, 200, count)
    return [
        Child(INTERVIEW - int(n), INTERVIEW, None if a == 99 or a > n else int(a), float(w), int(i % psus), int(g))
        for i, (n, a, w, g) in enumerate(
            zip(lived, ages, draw.uniform(0.2, 3.0, count), draw.integers(0, 3, count), strict=True)
        )
    ]


def test_ten_years_are_the_sums_of_two_five_year_periods() -> None:
    found = early_childhood_mortality(births_of(many_children()), SampleDesign.unstratified(20), PERIODS[:3])
    np.testing.assert_allclose(found.deaths[0, 2], found.deaths[0, 0] + found.deaths[0, 1], rtol=1e-14)
    np.testing.assert_allclose(found.exposure[0, 2], found.exposure[0, 0] + found.exposure[0, 1], rtol=1e-14)


def test_the_order_of_rows_changes_not_one_bit() -> None:
    children = many_children()
    shuffled = [children[i] for i in np.random.default_rng(7).permutation(len(children))]
    design = SampleDesign(np.arange(20) // 4)
    first, second = (
        early_childhood_mortality(births_of(c), design, PERIODS, [breakdown_of(c)], methods=("jk1", "jkn", "taylor"))
        for c in (children, shuffled)
    )
    assert first.values.tobytes() == second.values.tobytes()
    for method in ("jk1", "jkn", "taylor"):
        assert first.errors[method].deviations.tobytes() == second.errors[method].deviations.tobytes()


def test_doubled_weights_change_nothing() -> None:
    children = many_children()
    births = births_of(children)
    doubled = BirthHistories(
        births.birth, births.interview, births.alive, births.age_at_death, 2 * births.weight, births.psu
    )
    design = SampleDesign.unstratified(20)
    first, second = (early_childhood_mortality(b, design, PERIODS[:2]) for b in (births, doubled))
    np.testing.assert_allclose(second.values, first.values, rtol=1e-9)
    np.testing.assert_allclose(second.errors["jk1"].standard_errors, first.errors["jk1"].standard_errors, rtol=1e-9)


def test_weights_that_sum_to_a_population_lose_nothing() -> None:
    children = many_children()
    births = births_of(children)
    grown = BirthHistories(
        births.birth, births.interview, births.alive, births.age_at_death, 2.0**20 * births.weight, births.psu
    )
    design = SampleDesign.unstratified(20)
    first, second = (early_childhood_mortality(b, design, PERIODS[:2]) for b in (births, grown))
    np.testing.assert_allclose(second.values, first.values, rtol=1e-9)


def test_a_sample_stacked_twice_keeps_rates_and_divides_errors_by_root_two() -> None:
    children = many_children()
    again = [Child(c.birth, c.interview, c.age_at_death, c.weight, c.psu + 20, c.group) for c in children]
    once = early_childhood_mortality(births_of(children), SampleDesign.unstratified(20), PERIODS[:1])
    twice = early_childhood_mortality(births_of(children + again), SampleDesign.unstratified(40), PERIODS[:1])
    np.testing.assert_allclose(twice.values, once.values, rtol=1e-12)
    shrunk = once.errors["jk1"].standard_errors / twice.errors["jk1"].standard_errors
    # k / (k - 1) of the smaller sample is not that of the larger, and the jackknife is not linear
    np.testing.assert_allclose(shrunk, 2**0.5, rtol=0.04)


def test_a_class_of_everyone_is_thetotal_of() -> None:
    children = many_children()
    everyone = Breakdown("all", ("all", "nobody"), np.zeros(len(children), dtype=np.int64))
    found = early_childhood_mortality(
        births_of(children), SampleDesign.unstratified(20), PERIODS, [everyone], methods=("jk1", "taylor")
    )
    assert found.groups == (TOTAL, Group("all", "all"), Group("all", "nobody"))
    assert found.values[0].tobytes() == found.values[1].tobytes()
    for error in found.errors.values():
        assert error.deviations[0].tobytes() == error.deviations[1].tobytes()
        assert np.isnan(error.standard_errors[2]).all()
    assert np.isnan(found.values[2]).all()
    assert [f.subject for f in found.findings if f.rule == "class_without_children"] == [("all", "nobody")]


def test_clusters_of_the_group_change_the_error_by_the_number_of_psus_only() -> None:
    children = [c for c in many_children() if c.group != 2 or c.psu < 5]
    births, breakdowns = births_of(children), [breakdown_of(children)]
    design = SampleDesign.unstratified(20)
    survey, group = (
        early_childhood_mortality(births, design, PERIODS[:1], breakdowns, clusters=k) for k in ("survey", "group")
    )
    assert group.psus.tolist() == [20, 20, 20, 5]
    quotient = group.errors["jk1"].standard_errors[3, 0] / survey.errors["jk1"].standard_errors[3, 0]
    np.testing.assert_allclose(quotient, (4 / 5 / (19 / 20)) ** 0.5, rtol=1e-12)


def test_reliability_follows_the_unweighted_children() -> None:
    found = early_childhood_mortality(
        births_of(many_children(900, 5)), SampleDesign.unstratified(5), PERIODS[:2] + PERIODS[3:4], methods=()
    )
    expected = np.where(found.children < 250, 2, np.where(found.children < 500, 1, 0))
    expected[np.isnan(found.values)] = 3
    assert found.reliability.tolist() == expected.tolist()
    assert {1, 2} <= set(found.reliability.ravel().tolist())


def test_a_rate_is_missing_where_a_segment_has_no_children() -> None:
    """Born within the last year: no child has reached its first birthday."""
    ages = [0 if n % 49 == 0 else 2 if n % 49 == 7 and n % 12 > 3 else None for n in range(600)]
    children = [Child(INTERVIEW - n % 12 - 1, INTERVIEW, age, 1.0, n % 5) for n, age in enumerate(ages)]
    found = early_childhood_mortality(births_of(children), SampleDesign.unstratified(5), PERIODS[:1])
    assert np.isnan(found.values[0, 0]).tolist() == [False, False, False, True, True]
    assert np.isnan(found.errors["jk1"].standard_errors[0, 0]).tolist() == [False, False, False, True, True]
    assert [f.subject for f in found.findings] == [("total", "total", "0-4", "cmr", "u5mr")]
    assert found.findings[0].rule == "segment_without_exposure"


def test_a_probability_above_one_is_no_rate() -> None:
    """A death of the last segment counts whole against half an exposure."""
    children = [Child(INTERVIEW - 1, INTERVIEW, 0, 1.0, 0)]
    found = early_childhood_mortality(births_of(children), SampleDesign.unstratified(2), PERIODS[:1], methods=())
    assert found.exposure[0, 0, 0] == 0.5
    assert found.deaths[0, 0, 0] == 1.0
    assert np.isnan(found.values[0, 0]).all()
    assert ("probability_above_one", ("total", "total", "0-4", "nmr", "pnmr", "imr", "u5mr")) in [
        (f.rule, f.subject) for f in found.findings
    ]


def test_no_error_where_one_psu_holds_a_segment() -> None:
    """Whatever the method: linearised, the only PSU would deviate by 0."""
    ages = {5: 0, 15: 1, 30: 12, 59: 40}
    children = [Child(INTERVIEW - n % 60 - 1, INTERVIEW, ages.get(n % 60), 1.0, 0) for n in range(600)]
    children += [Child(INTERVIEW - n % 12 - 1, INTERVIEW, ages.get(n % 12), 1.0, 1) for n in range(600)]
    found = early_childhood_mortality(
        births_of(children), SampleDesign.unstratified(2), PERIODS[:1], methods=("jk1", "jkn", "taylor")
    )
    assert not np.isnan(found.values[0, 0]).any()
    for error in found.errors.values():
        assert np.isnan(error.standard_errors[0, 0]).tolist() == [False, False, False, True, True]
    assert [(f.rule, f.subject[3:]) for f in found.findings] == [("no_standard_error", ("cmr", "u5mr"))]


def test_where_nobody_died_there_is_no_error() -> None:
    children = [Child(INTERVIEW - n % 60 - 1, INTERVIEW, 0 if n % 50 == 0 else None, 1.0, n % 4) for n in range(600)]
    found = early_childhood_mortality(
        births_of(children), SampleDesign.unstratified(4), PERIODS[:1], methods=("jk1", "taylor")
    )
    assert (found.values[0, 0] == 0).tolist() == [False, True, False, True, False]
    for error in found.errors.values():
        assert np.isnan(error.standard_errors[0, 0]).tolist() == [False, True, False, True, False]
    assert [(f.rule, f.subject[3:]) for f in found.findings] == [("rate_without_deaths", ("pnmr", "cmr"))]


def test_the_place_of_an_estimate() -> None:
    children = many_children()
    found = early_childhood_mortality(
        births_of(children), SampleDesign.unstratified(20), PERIODS[:2], [breakdown_of(children)], methods=()
    )
    assert found.place(Group("wealth", "rich"), "5-9", "imr") == (3, 1, 2)
    with pytest.raises(ValueError, match="not in"):
        found.place(TOTAL, "10-14", "imr")


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        ((), "at least one period"),
        ((calendar_window("to the survey", 1300, INTERVIEW + 1),), "after the first interview"),
    ],
)
def test_periods_that_do_not_fit_are_refused(periods: tuple[Period, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        early_childhood_mortality(births_of(many_children(50)), SampleDesign.unstratified(20), periods)


def test_a_breakdown_of_other_births_is_refused() -> None:
    other = Breakdown("wealth", ("poor",), np.zeros(3, dtype=np.int64))
    with pytest.raises(ValueError, match="'wealth' has codes of shape"):
        early_childhood_mortality(births_of(many_children(50)), SampleDesign.unstratified(20), PERIODS[:1], [other])
