"""The tables of the Kazakhstan pack hold together: every cited key exists, every code is one of those documented."""

from __future__ import annotations

import gc
from itertools import product

import polars as pl
import pytest

from everychild.catalogue.countries import country
from everychild.findings import builders as module
from everychild.findings.builders import BUILDERS, TABLES, builders, setting_of
from everychild.findings.grid import EVIDENCE_OF_REASON, OUTCOME_OF_REASON
from everychild.vocabulary.areas import UNCLEAR
from everychild.vocabulary.observations import key_expression

CITATIONS = {
    "latest": [("key", "release"), ("first_key", "first_release"), ("previous_key", "previous_release")],
    "alternatives": [("key", "release"), ("compared_key", "compared_release"), ("main_key", "main_release")],
    "worst_off": [("group_key", "group_release"), ("best_key", "best_release"), ("reference_key", "reference_release")],
    "worst_off_by_kind": [("group_key", "group_release"), ("best_key", "best_release")],
    "region_summary": [("key", "release"), ("reference_key", "reference_release")],
    "neighbours": [("key", "release")],
    "what_changed": [("key", "release"), ("first_key", "first_release"), ("previous_key", "previous_release")],
}


@pytest.fixture(scope="module")
def published() -> pl.DataFrame:
    return country("KAZ").figures().with_columns(key_expression(), release=pl.lit("pack"))


@pytest.fixture(scope="module")
def tables(published):
    return {name: build(published) for name, build in BUILDERS.items()}


@pytest.mark.parametrize(("name", "key", "release"), [(n, k, r) for n, pairs in CITATIONS.items() for k, r in pairs])
def test_every_cited_key_is_published(published, tables, name, key, release):
    cited = tables[name].select(key=key, release=release).filter(pl.col("key") != "")
    assert cited.join(published, on=["key", "release"], how="anti").is_empty()


@pytest.mark.parametrize("name", TABLES)
def test_the_pack_has_each_table_and_no_row_twice(tables, name):
    keys = {
        "latest": ["indicator", "area"],
        "alternatives": ["indicator", "area", "source"],
        "worst_off": ["indicator"],
        "worst_off_by_kind": ["indicator", "kind"],
        "grid": ["article"],
        "region_summary": ["area", "indicator"],
        "neighbours": ["indicator", "area"],
        "what_changed": ["indicator"],
    }
    table = tables[name]
    assert table.height > 10
    assert not table.select(keys[name]).is_duplicated().any()


def test_a_table_does_not_depend_on_the_order_of_rows(published, tables):
    shuffled = published.sample(fraction=1, shuffle=True, seed=7)
    for name, build in BUILDERS.items():
        assert build(shuffled).equals(tables[name]), name


def test_no_run_crosses_the_borders_of_2022(published, tables):
    runs = tables["latest"].filter(pl.col("area") == "KZ-19", pl.col("points") > 1)
    firsts = runs.join(published.select("key", first_version="area_version"), left_on="first_key", right_on="key")
    assert firsts.height == runs.height > 0
    assert firsts["first_version"].equals(firsts["area_version"], check_names=False)


def test_the_grid_uses_the_documented_codes(tables):
    grid = tables["grid"]
    assert set(grid["reason"]) <= set(OUTCOME_OF_REASON)
    assert set(grid["evidence_reason"]) <= set(EVIDENCE_OF_REASON)
    assert grid["article"].to_list()[:3] == ["1", "2", "3"]


def test_borders_are_comparable_exactly_where_the_gazetteer_says_so():
    setting = setting_of("KAZ")
    for area in ("KAZ", "KZ-11", "KZ-19", "KZ-YUZ"):
        versions = ["", UNCLEAR, *(extent.version for extent in setting.areas[area].extents)]
        for a, b in product(versions, versions):
            ours = setting.extent(area, a)
            assert (ours is not None and ours == setting.extent(area, b)) == setting.areas.comparable(area, a, area, b)


def test_each_division_covers_the_country_once():
    frame = setting_of("KAZ").division_frame
    sizes = dict(frame.select("division", "size").unique().rows())
    assert [sizes[number] for number in sorted(sizes)] == [16, 17, 20]
    named = frame.filter(pl.col("area_version") != "")
    assert not named.select("division", "area").is_duplicated().any()


def test_the_work_of_one_frame_is_shared_and_let_go_with_it(published, monkeypatch):
    made = []
    original = module.series
    monkeypatch.setattr(module, "series", lambda rows, setting: made.append(1) or original(rows, setting))
    build = builders("KAZ")
    rows = published.clone()
    build["latest"](rows)
    build["alternatives"](rows)
    assert len(made) == 1
    del rows
    gc.collect()
    build["latest"](published)
    assert len(made) == 2


def test_an_unknown_table_is_named():
    with pytest.raises(KeyError, match="no finding is called"):
        module.Findings(pl.DataFrame(), setting_of("KAZ")).table("nothing")
