"""The vectorised findings against the slow ones, on figures no one would think of."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.findings.latest import latest_figures
from everychild.findings.left_behind import worst_off_by_kind
from tests.findings.made import NEW, OLD, figure, frame, setting
from tests.findings.slow import slow_latest, slow_worst

SOURCES = {
    "OFFICE": "official",
    "SURVEY": "survey",
    "AGENCY": "un_estimate",
    "ROUND": "un_estimate",
    "CLAIM": "unverified",
}
PLACES = [("KAZ", ""), ("KZ-11", ""), ("KZ-19", OLD), ("KZ-19", NEW), ("KZ-19", "unclear")]
PERIODS = ["2005", "2010", "2010/2011", "2011", "2015", "2015/16", "2016", "2017", "2021", "2022", "2022-Q3", "2022-Q4"]
JUDGED = ("key", "source", "chosen", "passed_over", "first_key", "previous_key", "points")


@st.composite
def figures(draw: st.DrawFn) -> dict[str, Any]:
    source = draw(st.sampled_from(sorted(SOURCES)))
    area, version = draw(st.sampled_from(PLACES))
    status = draw(st.sampled_from(["A"] * 8 + ["B", "D", "U", "F", "O", "Q"]))
    value = None if status in "OQ" else draw(st.integers(0, 60)) / 2
    return figure(
        "deaths",
        draw(st.sampled_from(PERIODS)),
        value,
        area=area,
        area_version=version,
        source=source,
        quality=SOURCES[source],
        status=status,
        flag=draw(st.sampled_from([""] * 8 + ["suspect", "break", "corrected", "break|suspect", "upper_limit"])),
        unit=draw(st.sampled_from(["per_1000_live_births"] * 5 + ["ratio"])),
        sex=draw(st.sampled_from(["_T"] * 4 + ["F", "M"])),
        age=draw(st.sampled_from(["_T", "Y0T4", "Y0T4", "Y0", "Y1T4"])),
        residence=draw(st.sampled_from(["_T"] * 5 + ["U"])),
    )


def distinct(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return frame(*rows).unique("key", keep="first", maintain_order=True)


@settings(max_examples=100, deadline=None)
@given(st.lists(figures(), min_size=1, max_size=40))
def test_latest_is_what_the_slow_reading_says(rows: list[dict[str, Any]]) -> None:
    published, made = distinct(rows), setting()
    expected = slow_latest(published, made)
    table = latest_figures(published, made)
    found = {(row["indicator"], row["area"]): {c: row[c] for c in JUDGED} for row in table.iter_rows(named=True)}
    assert found == expected


@st.composite
def group_figures(draw: st.DrawFn) -> dict[str, Any]:
    source = draw(st.sampled_from(["OFFICE", "SURVEY", "AGENCY", "CLAIM"]))
    indicator = draw(st.sampled_from(["deaths", "school", "size", "visits"]))
    status = draw(st.sampled_from(["A"] * 10 + ["U", "O", "Q"]))
    return figure(
        indicator,
        draw(st.sampled_from([2010, 2016, 2021])),
        None if status in "OQ" else draw(st.integers(0, 12)) * 5.5,
        source=source,
        quality=SOURCES[source],
        status=status,
        flag=draw(st.sampled_from([""] * 9 + ["suspect"])),
        n=draw(st.sampled_from([None, None, 24, 25])),
        wealth=draw(st.sampled_from(["_T", "Q1", "Q2", "Q3", "Q4", "Q5"])),
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(group_figures(), min_size=1, max_size=60))
def test_the_worst_group_is_what_the_slow_reading_says(rows: list[dict[str, Any]]) -> None:
    published, made = distinct(rows), setting()
    expected = slow_worst(published, made, "wealth")
    found = {row["indicator"]: row for row in worst_off_by_kind(published, made).iter_rows(named=True)}
    for indicator, said in expected.items():
        if said.pop("difference") == 0:
            assert indicator not in found
        else:
            assert {column: found[indicator][column] for column in said} == said
    assert set(found) <= set(expected)
