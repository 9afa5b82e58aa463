"""The latest figure and its run: which source, which borders, which breaks."""

from __future__ import annotations

from datetime import date

import pytest

from everychild.findings.latest import alternatives, latest_figures
from tests.findings.made import NEW, OLD, figure, frame, one, setting


def latest(*figures, **where):
    return one(latest_figures(frame(*figures), setting()), **where)


def test_the_newest_total_is_shown_with_its_run():
    row = latest(
        figure("deaths", 2010, 20.0),
        figure("deaths", 2015, 14.5),
        figure("deaths", 2020, 10.1),
        figure("deaths", 2020, 12.3, sex="M"),
    )
    assert (row["period"], row["value"], row["points"], row["trend"]) == ("2020", 10.1, 3, "better")
    assert (row["first_period"], row["previous_period"], row["last_step"]) == ("2010", "2015", "better")
    assert row["first_key"] == "deaths:KAZ:2010:OFFICE"


def test_up_is_better_and_down_is_better_read_the_same_rise_differently():
    rise = [(2010, 40.3), (2020, 60.4)]
    assert latest(*[figure("school", y, v) for y, v in rise])["trend"] == "better"
    assert latest(*[figure("deaths", y, v) for y, v in rise])["trend"] == "worse"
    neutral = latest(*[figure("size", y, v) for y, v in rise])
    assert (neutral["trend"], neutral["trend_reason"]) == ("unclear", "no_direction")


def test_a_break_is_never_bridged():
    rows = [figure("deaths", 2010, 20.3), figure("deaths", 2015, 14.4), figure("deaths", 2020, 16.2)]
    by_status = latest(rows[0], {**rows[1], "status": "B"}, rows[2])
    by_flag = latest(rows[0], {**rows[1], "flag": "corrected|break"}, rows[2])
    for row in (by_status, by_flag):
        assert (row["first_period"], row["points"], row["trend"]) == ("2015", 2, "worse")
    at_the_end = latest(*rows[:2], {**rows[2], "status": "B"})
    assert (at_the_end["points"], at_the_end["trend"]) == (1, "single")


def test_a_doubtful_figure_still_marks_a_break():
    row = latest(
        figure("deaths", 2010, 20.3),
        figure("deaths", 2015, 1.4, status="B", flag="suspect"),
        figure("deaths", 2018, 16.1),
        figure("deaths", 2020, 16.2),
    )
    assert (row["first_period"], row["points"]) == ("2018", 2)


def test_another_definition_is_not_joined():
    row = latest(figure("deaths", 2010, 20.3, status="D"), figure("deaths", 2015, 14.4), figure("deaths", 2020, 10.2))
    assert row["first_period"] == "2015"


def test_almaty_region_before_and_after_2022_never_forms_one_run():
    row = latest(
        *[figure("deaths", y, 20.1, area="KZ-19", area_version=OLD) for y in (2019, 2020, 2021)],
        figure("deaths", 2023, 10.2, area="KZ-19", area_version=NEW),
        figure("deaths", 2024, 10.1, area="KZ-19", area_version=NEW),
    )
    assert (row["first_period"], row["points"], row["current"]) == ("2023", 2, True)


def test_figures_brought_back_to_the_new_borders_do_form_one():
    row = latest(
        figure("deaths", 2021, 20.1, area="KZ-19", area_version=OLD),
        figure("deaths", 2021, 15.3, area="KZ-19", area_version=NEW),
        figure("deaths", 2023, 10.2, area="KZ-19", area_version=NEW),
    )
    assert (row["first_period"], row["first_value"], row["points"]) == ("2021", 15.3, 2)


def test_unclear_borders_compare_with_nothing():
    row = latest(*[figure("deaths", y, v, area="KZ-19", area_version="unclear") for y, v in ((2022, 9.1), (2023, 5.2))])
    assert (row["trend"], row["points"], row["current"]) == ("single", 1, False)


def test_a_gap_in_the_years_does_not_end_a_run_but_a_change_of_unit_does():
    assert latest(figure("deaths", 2000, 20.1), figure("deaths", 2020, 10.2))["points"] == 2
    other = latest(figure("deaths", 2000, 20.1, unit="ratio"), figure("deaths", 2020, 10.2))
    assert other["points"] == 1


def test_a_suspect_figure_gives_way_and_decides_no_trend():
    row = latest(
        figure("deaths", 2009, 99.9, flag="suspect"),
        figure("deaths", 2010, 20.1),
        figure("deaths", 2020, 10.2),
        figure("deaths", 2021, 90.0, flag="suspect"),
    )
    assert (row["period"], row["first_period"], row["points"], row["trend"]) == ("2020", "2010", 2, "better")
    assert row["passed_over"] == "deaths:KAZ:2021:OFFICE"


def test_a_suspect_figure_stands_when_the_sound_ones_are_much_older():
    row = latest(figure("deaths", 2010, 20.1), figure("deaths", 2021, 9.3, flag="suspect"))
    assert (row["period"], row["doubtful"], row["trend"], row["passed_over"]) == ("2021", True, "unclear", "")


def test_a_figure_given_as_a_bound_is_no_end_of_a_trend():
    row = latest(figure("school", 2020, 70.1), figure("school", 2022, 86.0, flag="lower_limit"))
    assert (row["period"], row["trend"]) == ("2020", "single")


def test_zero_is_a_figure_and_missing_and_suppressed_are_none():
    row = latest(
        figure("deaths", 2018, 3.2),
        figure("deaths", 2019, 0.0),
        figure("deaths", 2020, None, status="O"),
        figure("deaths", 2021, None, status="Q"),
    )
    assert (row["period"], row["value"], row["trend"]) == ("2019", 0.0, "better")


def test_a_forecast_is_no_outcome():
    assert latest(figure("deaths", 2020, 9.3), figure("deaths", 2030, 4.1, status="F"))["period"] == "2020"


def test_sources_are_never_spliced():
    row = latest(figure("deaths", 2010, 30.1, source="AGENCY"), figure("deaths", 2020, 10.2))
    assert (row["source"], row["points"], row["trend"]) == ("OFFICE", 1, "single")


@pytest.mark.parametrize(("year", "source", "chosen"), [(2020, "OFFICE", "preferred"), (2021, "AGENCY", "newer")])
def test_the_preferred_source_stands_up_to_five_years(year, source, chosen):
    row = latest(figure("deaths", 2015, 10.1), figure("deaths", year, 9.2, source="AGENCY", quality="un_estimate"))
    assert (row["source"], row["chosen"]) == (source, chosen)


def test_of_equal_ranks_the_newest_stands():
    row = latest(figure("deaths", 2019, 9.9, source="AGENCY"), figure("deaths", 2021, 9.1, source="ROUND"))
    assert (row["source"], row["chosen"]) == ("ROUND", "preferred")


@pytest.mark.parametrize("quality", ["seed_claim", "unverified"])
def test_an_unverified_figure_is_main_only_where_nothing_else_is(quality):
    claim = figure("deaths", 2024, 1.0, source="CLAIM", quality=quality)
    assert latest(claim, figure("deaths", 2001, 30.2, source="AGENCY", quality="un_estimate"))["source"] == "AGENCY"
    alone = latest(claim)
    assert (alone["source"], alone["quality"]) == ("CLAIM", quality)


def test_unverified_figures_of_a_source_are_no_part_of_its_run():
    row = latest(figure("deaths", 2005, 40.2, quality="unverified"), *[figure("deaths", y, 9.1) for y in (2019, 2020)])
    assert (row["first_period"], row["points"]) == ("2019", 2)


def test_a_period_that_ends_on_the_same_day_is_no_earlier_figure():
    row = latest(figure("deaths", "2010/2011", 20.1), figure("deaths", 2011, 10.2))
    assert (row["period"], row["points"]) == ("2011", 1)


def test_an_indicator_whose_groups_have_no_total_has_no_main_figure():
    rows = frame(figure("deaths", 2020, 9.1, sex="F"), figure("deaths", 2020, 11.2, sex="M"))
    assert latest_figures(rows, setting()).is_empty()


def test_the_only_group_of_a_source_is_its_whole():
    row = latest(*[figure("school", 2020, 50.1, sex="F", age="Y15T19")])
    assert (row["sex"], row["age"], row["value"]) == ("F", "Y15T19", 50.1)


@pytest.mark.parametrize("other", ["definition=orphanages", "live_birth_definition=soviet", "definition=x;level=all"])
def test_the_only_definition_of_a_source_is_not_its_whole(other):
    rows = frame(*[figure("visits", year, 3727, other=other) for year in (2020, 2023)])
    assert latest_figures(rows, setting()).is_empty()
    test = frame(figure("visits", 2020, 3727, other="assessment=PISA"))
    assert latest_figures(test, setting())["other"].to_list() == ["assessment=PISA"]


def test_the_age_that_contains_all_others_is_the_whole():
    row = latest(
        figure("school", 2020, 50.1, age="M36T47"),
        figure("school", 2020, 70.2, age="M48T59"),
        figure("school", 2020, 60.3, age="M36T59"),
    )
    assert row["value"] == 60.3


def test_years_stand_before_quarters_and_quarters_compare_with_their_own_season():
    year = latest(figure("deaths", 2021, 9.1), figure("deaths", "2022-Q4", 3.2))
    assert year["period"] == "2021"
    quarter = latest(*[figure("deaths", p, v) for p, v in (("2021-Q4", 9.1), ("2022-Q3", 1.2), ("2022-Q4", 5.3))])
    assert (quarter["first_period"], quarter["points"]) == ("2021-Q4", 2)


def test_age_counts_from_the_newest_period_of_all_figures():
    rows = frame(figure("deaths", 2015, 9.1), figure("school", 2024, 80.2), figure("size", 2031, 1.0, status="F"))
    row = one(latest_figures(rows, setting()), indicator="deaths")
    assert (row["age_years"], row["period_end"].isoformat()) == (9, "2015-12-31")


@pytest.mark.parametrize("quality", ["official", "unverified"])
def test_a_mistyped_future_year_shifts_no_age_and_is_no_latest_figure(quality):
    sound = [figure("deaths", 2015, 9.1), figure("school", 2024, 80.2)]
    mistyped = figure("school", 2030, 80.4, quality=quality)
    table = latest_figures(frame(*sound, mistyped), setting(today=date(2026, 11, 26)))
    assert one(table, indicator="deaths")["age_years"] == 9
    assert (one(table, indicator="school")["period"], one(table, indicator="school")["age_years"]) == ("2024", 0)


def test_an_unverified_year_shifts_no_age():
    table = latest_figures(
        frame(figure("deaths", 2015, 9.1), figure("school", 2024, 80.2, quality="unverified", source="CLAIM")),
        setting(today=date(2026, 11, 26)),
    )
    assert one(table, indicator="deaths")["age_years"] == 0


def test_a_school_year_that_has_begun_is_a_figure_of_this_year():
    rows = frame(figure("school", "2026/27", 80.2), figure("deaths", 2024, 9.1))
    table = latest_figures(rows, setting(today=date(2026, 11, 26)))
    assert (one(table, indicator="school")["period"], one(table, indicator="deaths")["age_years"]) == ("2026/27", 2)
    earlier = latest_figures(rows, setting(today=date(2025, 11, 26)))
    assert earlier["indicator"].to_list() == ["deaths"]


def test_no_rows_give_no_findings():
    rows = frame(figure("deaths", 2020, 9.1)).clear()
    assert latest_figures(rows, setting()).is_empty()
    assert alternatives(rows, setting()).is_empty()


def other(*figures):
    return one(alternatives(frame(*figures), setting()))


def test_sources_are_compared_at_their_newest_common_period():
    row = other(
        figure("deaths", 2015, 10.0),
        figure("deaths", 2020, 5.0),
        figure("deaths", 2015, 11.0, source="AGENCY"),
        figure("deaths", 2021, 11.0, source="AGENCY"),
    )
    assert (row["source"], row["value"], row["compared_period"]) == ("AGENCY", 11.0, "2015")
    assert (row["difference"], row["disagrees"], row["basis"]) == (1.0, False, "share")


@pytest.mark.parametrize(("value", "disagrees"), [(12.0, False), (12.1, True), (7.9, True)])
def test_without_intervals_a_fifth_apart_is_a_disagreement(value, disagrees):
    row = other(figure("deaths", 2020, 10.0), figure("deaths", 2020, value, source="AGENCY"))
    assert row["disagrees"] is disagrees


@pytest.mark.parametrize(
    ("main", "value", "disagrees"),
    [
        (96.7, 99.0, False), (98.3, 95.3, False), (94.9, 98.0, True), (96.5, 79.7, True), (98.3, 90.4, True),
        (7.2, 9.5, True), (7.2, 8.6, False), (2.0, 2.9, False), (2.0, 3.1, True), (0.0, 0.9, False),
    ],
)  # fmt: skip
def test_percents_are_compared_in_points(main, value, disagrees):
    row = other(figure("school", 2020, main), figure("school", 2020, value, source="AGENCY"))
    assert (row["disagrees"], row["basis"]) == (disagrees, "points")


def test_a_figure_of_another_definition_is_not_compared():
    for at in (0, 1):
        pair = [figure("school", 2020, 60.0), figure("school", 2020, 90.0, source="AGENCY")]
        pair[at]["status"] = "D"
        assert other(*pair)["basis"] == "no_common_period"


def test_with_intervals_each_value_must_lie_outside_the_other():
    main = figure("deaths", 2020, 10.0, lower=9.0, upper=11.0)
    apart = other(main, figure("deaths", 2020, 12.0, source="AGENCY", lower=11.5, upper=12.5))
    within = other(main, figure("deaths", 2020, 12.0, source="AGENCY", lower=9.5, upper=14.5))
    assert (apart["disagrees"], apart["basis"], within["disagrees"]) == (True, "intervals", False)


def test_different_times_groups_and_borders_are_no_disagreement():
    main = figure("deaths", 2020, 10.0)
    for differs in ({"period": "2019"}, {"sex": "F"}, {"unit": "ratio"}):
        row = other(main, {**figure("deaths", 2020, 90.0, source="AGENCY"), **differs})
        assert (row["disagrees"], row["basis"]) == (None, "no_common_period")
