"""Regions beside the country, and the country among its neighbours."""

from __future__ import annotations

import polars as pl
import pytest

from everychild.findings.neighbours import neighbours
from everychild.findings.regions import region_summary
from tests.findings.made import DIVISION_2022, NEW, OLD, figure, frame, one, regions_2021, setting


def summary(*figures, area="KZ-43"):
    return one(region_summary(frame(*figures), setting()), area=area)


NATIONAL = figure("deaths", 2021, 10.0)


@pytest.mark.parametrize(
    ("value", "standing", "reason"),
    [(10.4, "near", "near"), (10.6, "worse", "beyond_threshold"), (9.2, "better", "beyond_threshold")],
)
def test_standing_without_intervals(value, standing, reason):
    row = summary(NATIONAL, *regions_2021("deaths", {"KZ-43": value}))
    assert (row["standing"], row["standing_reason"], row["same_period"]) == (standing, reason, True)


def test_standing_with_intervals():
    national = figure("deaths", 2021, 10.0, lower=9.5, upper=10.5)
    apart = summary(national, figure("deaths", 2021, 14.0, area="KZ-43", lower=11.0, upper=17.0))
    overlap = summary(national, figure("deaths", 2021, 14.0, area="KZ-43", lower=10.4, upper=17.0))
    assert (apart["standing"], overlap["standing"], overlap["standing_reason"]) == (
        "worse",
        "unclear",
        "intervals_overlap",
    )


def test_percents_near_one_hundred_stand_near_within_a_point():
    national = figure("school", 2021, 98.7)
    assert summary(national, figure("school", 2021, 99.6, area="KZ-43"))["standing"] == "near"
    assert summary(national, figure("school", 2021, 93.7, area="KZ-43"))["standing"] == "worse"


@pytest.mark.parametrize(
    ("indicator", "more", "reason"),
    [
        ("size", {}, "no_direction"),
        ("visits", {}, "count"),
        ("rare", {}, "rare_events"),
        ("deaths", {"flag": "suspect"}, "doubtful"),
        ("deaths", {"n": 10}, "few_cases"),
        ("deaths", {"period": "2022"}, "no_national_figure"),
    ],
)
def test_what_cannot_be_compared_is_unclear_and_says_why(indicator, more, reason):
    row = summary(figure(indicator, 2021, 10.0), figure(indicator, 2021, 90.0, area="KZ-43") | more)
    assert (row["standing"], row["standing_reason"], row["rank"]) == ("unclear", reason, None)


def test_a_national_figure_of_another_year_is_shown_but_not_compared_with():
    row = summary(NATIONAL, figure("deaths", 2023, 30.0, area="KZ-43"), figure("deaths", 2023, 5.0, source="AGENCY"))
    assert (row["reference_period"], row["same_period"], row["difference"]) == ("2021", False, None)


def test_a_figure_of_former_borders_says_nothing_of_the_region_of_today():
    row = summary(NATIONAL, figure("deaths", 2021, 30.0, area="KZ-19", area_version=OLD), area="KZ-19")
    assert (row["standing"], row["standing_reason"], row["current"]) == ("unclear", "other_borders", False)
    today = summary(NATIONAL, figure("deaths", 2021, 30.0, area="KZ-19", area_version=NEW), area="KZ-19")
    assert today["standing"] == "worse"


def test_ranks_count_from_the_worst_and_equals_share_theirs():
    rows = regions_2021("deaths", {"KZ-43": 20.0, "KZ-11": 20.0, "KZ-15": 19.0, "KZ-23": 1.0})
    table = region_summary(frame(NATIONAL, *rows), setting())
    ranks = {row["area"]: (row["rank"], row["ranked"]) for row in table.iter_rows(named=True)}
    assert (ranks["KZ-11"], ranks["KZ-43"], ranks["KZ-15"], ranks["KZ-23"]) == ((1, 17), (1, 17), (3, 17), (17, 17))
    up = region_summary(frame(*[{**f, "indicator": "school", "unit": "percent"} for f in rows]), setting())
    assert one(up, area="KZ-23")["rank"] == 1


def test_nobody_is_worst_where_all_are_equal():
    row = summary(NATIONAL, *regions_2021("deaths", {}))
    assert (row["rank"], row["ranked"], row["tied"]) == (None, None, None)


def test_ties_and_the_regions_of_today_without_a_rank_are_counted():
    rows = regions_2021("deaths", {"KZ-43": 20.0, "KZ-11": 20.0, "KZ-15": 19.0})
    table = region_summary(frame(NATIONAL, *rows), setting())
    assert {row["area"]: row["tied"] for row in table.to_dicts() if row["area"] in ("KZ-11", "KZ-15", "KZ-43")} == {
        "KZ-11": 2,
        "KZ-15": 1,
        "KZ-43": 2,
    }
    # Six of today's twenty: three founded in 2022 and the three they were cut out of.
    assert set(table.filter(pl.col("rank").is_not_null())["unranked"]) == {6}
    today = [figure("deaths", 2023, 10.0 + at, area=code) for at, code in enumerate(DIVISION_2022)]
    assert set(region_summary(frame(*today), setting())["unranked"]) == {0}
    without = region_summary(frame(*today[:-1]), setting())
    assert (set(without["ranked"]), set(without["unranked"])) == ({19}, {1})


def test_doubtful_regions_are_not_ranked_and_too_few_are_no_ranking():
    rows = regions_2021("deaths", {"KZ-43": 20.0, "KZ-15": 12.0})
    doubtful = [{**f, "flag": "suspect"} if f["area"] == "KZ-43" else f for f in rows]
    assert summary(NATIONAL, *doubtful)["rank"] is None
    assert summary(NATIONAL, *doubtful, area="KZ-11")["ranked"] == 16
    few = [f for f in rows if f["area"] in ("KZ-43", "KZ-11", "KZ-15")]
    assert summary(NATIONAL, *few)["rank"] is None


def agency(area, year, value, source="AGENCY"):
    return figure("deaths", year, value, area=area, source=source, quality="un_estimate")


def test_neighbours_are_compared_within_one_source_and_period():
    rows = frame(
        figure("deaths", 2022, 8.0),
        figure("deaths", 2022, 15.0, area="KGZ", source="PRESS"),
        *[agency(a, 2019, v) for a, v in (("KAZ", 10.5), ("KGZ", 18.0), ("UZB", 18.0))],
        *[agency(a, 2020, v) for a, v in (("KAZ", 10.1), ("KGZ", 17.0))],
        *[agency(a, 2021, v, "ROUND") for a, v in (("KAZ", 9.9), ("KGZ", 16.0))],
    )
    found = neighbours(rows, setting())
    assert set(found["source"]) == {"AGENCY"}
    assert set(found["period"]) == {"2019"}
    ranks = {row["area"]: row["rank"] for row in found.iter_rows(named=True)}
    assert ranks == {"KAZ": 3, "KGZ": 1, "UZB": 1}


def test_a_much_older_comparison_gives_way_to_a_newer_one_with_fewer_neighbours():
    old = [agency(a, 2014, 20.0) for a in ("KAZ", "KGZ", "UZB")]
    new = [agency(a, 2020, 10.0) for a in ("KAZ", "KGZ")]
    assert set(neighbours(frame(*old, *new), setting())["period"]) == {"2020"}


def test_no_comparison_without_the_country_or_with_different_groups():
    assert neighbours(frame(agency("KGZ", 2020, 10.0), agency("UZB", 2020, 12.0)), setting()).is_empty()
    women = agency("KGZ", 2020, 10.0) | {"sex": "F"}
    assert neighbours(frame(agency("KAZ", 2020, 9.0), women), setting()).is_empty()
    suspect = agency("KGZ", 2020, 10.0) | {"flag": "suspect"}
    assert neighbours(frame(agency("KAZ", 2020, 9.0), suspect), setting()).is_empty()
