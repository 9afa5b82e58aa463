"""The worst-off group: within one source, one period, one set of borders."""

from __future__ import annotations

import pytest

from everychild.findings.left_behind import worst_off, worst_off_by_kind
from tests.findings.made import NEW, OLD, figure, frame, one, regions_2021, setting


def by_kind(*figures, **where):
    return one(worst_off_by_kind(frame(*figures), setting()), **where)


def kinds(*figures):
    return worst_off_by_kind(frame(*figures), setting())["kind"].to_list()


FIFTHS = {"Q1": 50.1, "Q2": 55.2, "Q3": 60.3, "Q4": 70.4, "Q5": 80.5}
WEALTH = [figure("school", 2020, value, wealth=fifth) for fifth, value in FIFTHS.items()]
NATIONAL = figure("school", 2020, 62.0)


def test_worst_and_best_follow_the_direction():
    row = by_kind(NATIONAL, *WEALTH)
    assert (row["kind"], row["group"], row["best_group"]) == ("wealth", "Q1", "Q5")
    assert row["gap"] == pytest.approx(30.4)
    assert row["ratio"] == pytest.approx(80.5 / 50.1)
    assert row["reference_gap"] == pytest.approx(11.9)
    assert (row["reference_key"], row["group_key"]) == ("school:KAZ:2020:OFFICE", "school:KAZ:2020:OFFICE:wealth=Q1")
    adverse = by_kind(*[{**f, "indicator": "deaths", "unit": "per_1000_live_births"} for f in WEALTH])
    assert (adverse["group"], adverse["best_group"]) == ("Q5", "Q1")
    assert adverse["ratio"] == pytest.approx(80.5 / 50.1)


def test_the_reference_is_of_the_same_source_and_period():
    row = by_kind(figure("school", 2019, 61.0), figure("school", 2020, 63.0, source="AGENCY"), *WEALTH)
    assert (row["reference_key"], row["reference_value"], row["reference_gap"]) == ("", None, None)


def test_neutral_indicators_and_counts_have_no_worst_group():
    sexes = [("F", 10.1), ("M", 30.2)]
    assert kinds(*[figure("size", 2020, v, sex=s) for s, v in sexes]) == []
    assert kinds(*[figure("visits", 2020, v, sex=s) for s, v in sexes]) == []


def test_ages_are_no_kind_and_neither_are_definitions():
    ages = [figure("deaths", 2020, v, age=a) for a, v in (("_T", 9.1), ("Y0T4", 3.1), ("Y5T9", 9.2))]
    tests = [
        figure("school", 2020, v, other=o) for o, v in (("", 50.1), ("level=primary", 20.1), ("level=upper", 80.1))
    ]
    assert kinds(*ages, *tests) == []


def test_education_of_the_mother_is_a_kind():
    rows = [figure("school", 2020, v, other=f"mother_education={g}") for g, v in (("higher", 80.2), ("primary", 40.3))]
    assert by_kind(NATIONAL, *rows)["group"] == "primary"


def test_zero_can_be_worst_and_missing_and_suppressed_are_listed():
    zero, missing, suppressed = (
        {**WEALTH[0], "value": 0.0},
        {"value": None, "status": "O"},
        {"value": None, "status": "Q"},
    )
    row = by_kind(NATIONAL, zero, *WEALTH[2:], {**WEALTH[1], **suppressed})
    assert (row["group"], row["value"], row["ratio"], row["groups"]) == ("Q1", 0.0, None, 4)
    assert (row["groups_missing"], row["groups_suppressed"]) == (["Q2"], ["Q2"])
    row = by_kind(NATIONAL, {**WEALTH[0], **missing}, *WEALTH[1:])
    assert (row["group"], row["groups_missing"], row["groups_suppressed"]) == ("Q2", ["Q1"], [])
    row = by_kind(NATIONAL, {**WEALTH[0], "value": None, "status": "M"}, *WEALTH[1:])
    assert row["groups_missing"] == []


def test_a_group_without_a_row_that_the_source_has_elsewhere_is_missing():
    row = by_kind(NATIONAL, *WEALTH[1:], {**WEALTH[0], "period": "2015"})
    assert (row["period"], row["groups_missing"]) == ("2020", ["Q1"])


def test_suspects_are_not_worst_but_listed():
    row = by_kind(NATIONAL, {**WEALTH[0], "flag": "suspect"}, *WEALTH[1:])
    assert (row["group"], row["groups"], row["suspects"]) == ("Q2", 4, ["Q1"])


def test_groups_of_few_cases_are_left_out():
    row = by_kind(NATIONAL, {**WEALTH[0], "n": 24}, {**WEALTH[1], "n": 25}, *WEALTH[2:])
    assert (row["group"], row["groups_small"]) == ("Q2", ["Q1"])


def test_a_period_whose_national_figure_is_in_doubt_is_passed_over():
    older = [{**f, "period": "2018"} for f in (NATIONAL, *WEALTH)]
    row = by_kind({**NATIONAL, "flag": "suspect"}, *WEALTH, *older)
    assert row["period"] == "2018"


def test_ties_are_all_named_and_the_first_code_stands():
    row = by_kind(NATIONAL, WEALTH[0], {**WEALTH[1], "value": 50.1}, *WEALTH[2:4], {**WEALTH[4], "value": 70.4})
    assert (row["group"], row["tied"], row["best_group"], row["tied_best"]) == ("Q1", ["Q1", "Q2"], "Q4", ["Q4", "Q5"])


def test_equal_groups_leave_nobody_behind():
    assert kinds(*[{**f, "value": 70.2} for f in WEALTH]) == []
    assert kinds(figure("school", 2020, 50.1, sex="F"), figure("school", 2020, 50.2, sex="M")) == []


@pytest.mark.parametrize(("upper", "separated"), [(55.0, True), (76.0, False)])
def test_separated_reads_the_intervals(upper, separated):
    bounds = [{"lower": 45.0, "upper": upper}, *[{"lower": 50.0, "upper": 82.0}] * 3, {"lower": 75.0, "upper": 85.0}]
    row = by_kind(NATIONAL, *[{**f, **b, "interval": "CI95"} for f, b in zip(WEALTH, bounds, strict=True)])
    assert row["separated"] is separated
    assert by_kind(NATIONAL, *WEALTH)["separated"] is None


def test_rare_events_by_region_are_kept_but_not_called_separate():
    row = by_kind(*regions_2021("rare", {"KZ-11": 30.5}))
    assert (row["group"], row["separated"], row["gap_reason"]) == ("KZ-11", None, "rare_events")


def test_regions_are_those_of_the_time_and_the_absent_are_named():
    rows = [f for f in regions_2021("deaths", {"KZ-43": 20.5}) if f["area"] not in ("KZ-55", "KZ-59")]
    row = by_kind(figure("deaths", 2021, 12.0), *rows)
    assert (row["group"], row["groups"], row["groups_missing"]) == ("KZ-43", 15, ["KZ-55", "KZ-59"])


def test_almaty_region_of_old_borders_is_not_ranked_among_the_regions_of_today():
    today = [
        {**f, "period": "2023", "area_version": NEW if f["area"] in ("KZ-19", "KZ-35", "KZ-63") else ""}
        for f in regions_2021("deaths", {"KZ-43": 20.5})
    ] + [figure("deaths", 2023, 10.0, area=code) for code in ("KZ-10", "KZ-33", "KZ-62")]
    mixed = [{**f, "area_version": OLD, "value": 99.0} if f["area"] == "KZ-19" else f for f in today]
    row = by_kind(*mixed)
    assert (row["group"], row["groups"], row["groups_unclear"]) == ("KZ-43", 19, ["KZ-19"])
    unclear = [{**f, "area_version": "unclear", "value": 99.0} if f["area"] == "KZ-19" else f for f in today]
    assert by_kind(*unclear)["groups_unclear"] == ["KZ-19"]
    assert by_kind(*today)["groups"] == 20


@pytest.mark.parametrize(("number", "enough"), [(3, False), (11, False), (12, True)])
def test_two_thirds_of_the_regions_are_needed_to_name_the_worst(number, enough):
    assert bool(kinds(*regions_2021("deaths", {"KZ-11": 20.5})[:number])) is enough


def test_an_older_preferred_source_gives_way_and_groups_of_two_sources_are_never_mixed():
    newer = [{**f, "source": "AGENCY", "period": "2026"} for f in WEALTH]
    row = by_kind(NATIONAL, *WEALTH, *newer)
    assert (row["source"], row["chosen"], row["period"]) == ("AGENCY", "newer", "2026")
    assert kinds(figure("school", 2020, 50.1, sex="F"), figure("school", 2020, 90.2, sex="M", source="AGENCY")) == []


def test_the_widest_gap_of_an_indicator_stands_for_it():
    sexes = [figure("school", 2020, 60.1, sex="F"), figure("school", 2020, 64.2, sex="M")]
    assert one(worst_off(frame(NATIONAL, *WEALTH, *sexes), setting()))["kind"] == "wealth"


def test_a_gap_that_may_be_chance_makes_nobody_the_furthest_behind():
    overlap = [{**f, "lower": 30.0, "upper": 90.0, "interval": "CI95"} for f in WEALTH]
    sexes = [figure("school", 2020, 60.1, sex="F"), figure("school", 2020, 66.2, sex="M")]
    assert by_kind(NATIONAL, *overlap)["gap_reason"] == "intervals_overlap"
    assert worst_off(frame(NATIONAL, *overlap), setting()).is_empty()
    assert one(worst_off(frame(NATIONAL, *overlap, *sexes), setting()))["kind"] == "sex"


@pytest.mark.parametrize(("girls", "reason"), [(50.1, "within_sampling_error"), (35.1, "beyond_threshold")])
def test_survey_groups_without_intervals_are_given_two_hundred_cases(girls, reason):
    survey = {"quality": "survey", "source": "SURVEY"}
    row = by_kind(figure("school", 2020, girls, sex="F", **survey), figure("school", 2020, 55.2, sex="M", **survey))
    assert (row["group"], row["gap_reason"]) == ("F", reason)


def test_the_poorest_forty_percent_do_not_stand_beside_the_fifths():
    row = by_kind(NATIONAL, *WEALTH, figure("school", 2020, 1.5, wealth="B40"))
    assert (row["group"], row["groups"]) == ("Q1", 5)
    halves = [figure("school", 2020, 40.5, wealth="B40"), figure("school", 2020, 60.5, wealth="T60")]
    assert by_kind(*halves)["group"] == "B40"
