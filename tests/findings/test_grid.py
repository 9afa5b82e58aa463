"""The rights grid and what changed."""

from __future__ import annotations

import pytest

from everychild.findings.changes import what_changed
from everychild.findings.grid import rights_grid
from everychild.findings.latest import latest_figures
from everychild.findings.setting import is_substantive
from tests.findings.made import figure, frame, one, setting


def grid(*figures, article="24"):
    made = setting()
    return one(rights_grid(latest_figures(frame(*figures), made), made), article=article)


FALL = [figure("deaths", 2015, 20.3), figure("deaths", 2022, 10.4)]
RISE = [figure("school", 2015, 60.3), figure("school", 2022, 80.4)]
DROP = [figure("school", 2015, 80.3), figure("school", 2022, 60.4)]
FLAT = [figure("school", 2015, 80.3), figure("school", 2022, 80.3)]
CALM = [figure("rare", 2015, 10.3), figure("rare", 2022, 10.3)]


@pytest.mark.parametrize(
    ("figures", "outcome", "reason"),
    [
        (FALL + RISE, "better", "more_better"),
        (FALL + DROP, "mixed", "both_ways"),
        (FALL + FLAT, "better", "more_better"),
        (FALL + FLAT + CALM, "unchanged", "mostly_unchanged"),
        (DROP + CALM, "worse", "more_worse"),
        (FLAT + CALM, "unchanged", "mostly_unchanged"),
        (FALL, "no_trend", "one_trend_only"),
        (FALL[1:] + RISE[1:], "no_trend", "no_recent_trend"),
    ],
)
def test_outcome_follows_the_trends(figures, outcome, reason):
    row = grid(*figures)
    assert (row["outcome"], row["reason"]) == (outcome, reason)


def test_articles_without_indicators_or_figures_have_no_information():
    assert grid(*FALL, article="41")["reason"] == "no_indicators"
    row = grid(*FALL, article="28")
    assert (row["outcome"], row["reason"], row["evidence"]) == ("no_information", "no_figures", "none")


def test_money_is_not_what_children_get():
    row = grid(*RISE, figure("money", 2015, 3.1), figure("money", 2022, 5.2), article="28")
    assert (row["indicators"], row["money"], row["with_figures"], row["better"]) == (1, 1, 1, 1)


def test_an_old_trend_says_nothing_of_today():
    row = grid(*FALL, *RISE, figure("size", 2031, 1.0))
    assert (row["outcome"], row["outdated"], row["evidence"]) == ("no_trend", 2, "weak")


def test_evidence():
    def evidence(*figures):
        return grid(*figures)["evidence"]

    assert evidence(*FALL, *RISE, *CALM) == "strong"
    assert evidence(*FALL, *RISE) == "some"
    modelled = [{**f, "quality": "un_estimate", "source": "AGENCY"} for f in FALL + RISE + CALM]
    assert evidence(*modelled) == "weak"
    assert evidence(*modelled[:4], *CALM) == "strong"
    claims = [{**f, "quality": "unverified", "source": "CLAIM"} for f in FALL + RISE + CALM]
    row = grid(*claims)
    assert (row["evidence"], row["outcome"], row["untrusted"]) == ("weak", "no_trend", 3)


def test_the_grid_has_the_counts_behind_its_sentence():
    row = grid(*FALL, *DROP, *CALM)
    assert (row["indicators"], row["with_figures"], row["better"], row["worse"], row["unchanged"]) == (3, 3, 1, 1, 1)
    assert (row["newest_period"], row["recent_measured"]) == ("2022", 3)


def test_regions_do_not_speak_for_the_country():
    assert grid(*[{**f, "area": "KZ-11"} for f in FALL + RISE])["with_figures"] == 0


@pytest.mark.parametrize(("number", "substantive"), [("1", True), ("42", True), ("43", False), ("OPSC", True)])
def test_articles_of_the_grid(number, substantive):
    assert is_substantive(number) is substantive


def changed(*figures):
    made = setting()
    return what_changed(latest_figures(frame(*figures), made), made)


def test_the_largest_change_comes_first_and_a_halving_weighs_as_much_as_a_doubling():
    halved = [figure("deaths", 2015, 20.3), figure("deaths", 2022, 10.1)]
    grown = [figure("school", 2015, 30.3), figure("school", 2022, 45.1)]
    table = changed(*grown, *halved)
    assert table["indicator"].to_list() == ["deaths", "school"]
    row = one(table, indicator="deaths")
    assert (row["trend"], row["position"], row["first_period"]) == ("better", 1, "2015")
    assert row["relative_change"] == pytest.approx(-10.2 / 20.3)


def test_old_unverified_doubtful_and_regional_trends_did_not_change_anything():
    assert changed(*FALL, figure("size", 2031, 1.0)).is_empty()
    assert changed(*[{**f, "quality": "unverified"} for f in FALL]).is_empty()
    assert changed(*[{**f, "area": "KZ-11"} for f in FALL]).is_empty()
    assert changed(*[{**f, "flag": "suspect"} for f in FALL]).is_empty()
    assert changed(*FLAT).is_empty()


def test_a_run_from_zero_has_no_relative_change_and_comes_last():
    zero = [figure("rare", 2015, 0.0), figure("rare", 2022, 9.1)]
    worse = [figure("deaths", 2015, 10.2), figure("deaths", 2022, 11.4)]
    table = changed(*zero, *worse)
    assert table["indicator"].to_list() == ["deaths", "rare"]
    assert one(table, indicator="rare")["relative_change"] is None
