"""Areas with the dates of their extents: figures of different borders are never compared."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.vocabulary import areas as module
from everychild.vocabulary.areas import UNCLEAR, Area, Extent, gazetteer
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.periods import parse_period

OLD, NEW = "1932-03-10", "2022-06-08"
NEW_REGIONS_DAY = date(2022, 6, 8)
TURKISTAN_DAY = date(2018, 6, 19)
YESTERDAY = timedelta(days=1)


def kinds(day: date) -> tuple[int, int]:
    found = gazetteer().regions("KAZ", day)
    return sum(area.kind == "region" for area in found), sum(area.kind == "city" for area in found)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2015, 11, 1), (14, 2)),
        (TURKISTAN_DAY - YESTERDAY, (14, 2)),
        (TURKISTAN_DAY, (14, 3)),
        (NEW_REGIONS_DAY - YESTERDAY, (14, 3)),
        (NEW_REGIONS_DAY, (17, 3)),
        (date(2026, 11, 25), (17, 3)),
    ],
)
def test_regions_and_cities_on_a_day(day, expected):
    assert kinds(day) == expected


def test_which_regions_came_and_went():
    before, between, today = (
        {area.code for area in gazetteer().regions("KAZ", day)}
        for day in (date(2015, 1, 1), date(2020, 1, 1), date(2026, 1, 1))
    )
    assert before - between == {"KZ-YUZ"}
    assert between - before == {"KZ-61", "KZ-79"}
    assert today - between == {"KZ-10", "KZ-33", "KZ-62"}
    assert between - today == set()


class TestAlmatyRegion:
    """Almaty region of 2015 holds what is Jetisu since 8 June 2022."""

    def test_2015_and_2023_are_never_compared(self):
        places = gazetteer()
        then = places.version_for("KZ-19", parse_period("2015"))
        now = places.version_for("KZ-19", parse_period("2023"))
        assert (then, now) == (OLD, NEW)
        assert not places.comparable("KZ-19", then, "KZ-19", now)

    def test_within_one_extent_they_are(self):
        places = gazetteer()
        versions = {places.version_for("KZ-19", parse_period(text)) for text in ("2005", "2015", "2010/2011", "2021")}
        assert versions == {OLD}
        assert places.comparable("KZ-19", OLD, "KZ-19", OLD)

    def test_the_year_of_the_change_is_unclear_and_compared_with_nothing(self):
        places = gazetteer()
        assert places.version_for("KZ-19", parse_period("2022")) == UNCLEAR
        assert places.version_for("KZ-19", parse_period("2021/22")) == UNCLEAR
        assert places.version_for("KZ-19", parse_period("2022-Q2")) == UNCLEAR
        for version in (OLD, NEW, UNCLEAR, ""):
            assert not places.comparable("KZ-19", UNCLEAR, "KZ-19", version)
            assert not places.comparable("KZ-19", version, "KZ-19", UNCLEAR)

    def test_quarters_around_the_change_are_clear(self):
        places = gazetteer()
        assert places.version_for("KZ-19", parse_period("2022-Q1")) == OLD
        assert places.version_for("KZ-19", parse_period("2022-Q3")) == NEW

    def test_unstated_means_the_borders_of_today(self):
        assert gazetteer().comparable("KZ-19", "", "KZ-19", NEW)
        assert not gazetteer().comparable("KZ-19", "", "KZ-19", OLD)

    def test_only_its_own_days_are_versions(self):
        places = gazetteer()
        assert all(places.is_version("KZ-19", version) for version in ("", UNCLEAR, OLD, NEW))
        assert not places.is_version("KZ-19", "2018-06-19")


def test_a_region_that_never_changed_needs_no_version():
    places = gazetteer()
    assert places.version_for("KZ-43", parse_period("2022")) == ""
    assert places.comparable("KZ-43", "", "KZ-43", "")
    assert not places.comparable("KZ-43", "", "KZ-47", "")


def test_codes_of_the_statistics_office():
    """KZONT and KZYUZ both say South Kazakhstan, but KZYUZ is the label of Turkistan region."""
    places = gazetteer()
    south, turkistan = places.by_office_code("KAZ", "KZONT"), places.by_office_code("KAZ", "KZYUZ")
    assert (south.code, turkistan.code) == ("KZ-YUZ", "KZ-61")
    assert places.by_office_code("KAZ", "KZ").code == "KAZ"
    assert places.by_office_code("KAZ", "KZXXX") is None
    assert places.by_office_code("KGZ", "KZONT") is None


def test_every_office_code_leads_to_one_area():
    codes = [area.office_code for area in gazetteer() if area.office_code]
    assert len(codes) == len(set(codes)) == 22


def test_south_kazakhstan_became_turkistan_and_shymkent():
    places = gazetteer()
    [south] = places["KZ-YUZ"].extents
    assert south.successors == ("KZ-61", "KZ-79")
    assert {places[code].extents[0].predecessors for code in south.successors} == {("KZ-YUZ",)}
    assert {places[code].extents[0].valid_from for code in south.successors} == {south.valid_to}


@pytest.mark.parametrize(("old", "new"), [("KZ-19", "KZ-33"), ("KZ-35", "KZ-62"), ("KZ-63", "KZ-10")])
def test_three_regions_were_divided(old, new):
    first, second = gazetteer()[old].extents
    assert first.valid_to == second.valid_from == NEW_REGIONS_DAY
    assert first.successors == (old, new)
    assert gazetteer()[new].extents[0].predecessors == (old,)


def test_an_unknown_area_is_named():
    assert "KZ-99" not in gazetteer()
    with pytest.raises(KeyError, match="KZ-99"):
        gazetteer()["KZ-99"]


def test_names_stand_in_the_order_of_the_reader():
    codes = ["KZ-62", "KZ-35", "KZ-11", "KZ-10", "KZ-19", "KZ-47"]
    assert gazetteer().sorted_by_name(codes, "kk") == ["KZ-10", "KZ-11", "KZ-19", "KZ-35", "KZ-47", "KZ-62"]
    assert gazetteer().sorted_by_name(["KZ-27", "KZ-59", "KZ-11"], "en") == ["KZ-11", "KZ-59", "KZ-27"]


def area(*extents: tuple[date, date | None]) -> Area:
    made = tuple(Extent("X", start, end, (), ()) for start, end in extents)
    return Area("X", "region", "", LocalText("X", "X", "X"), None, "", "", "yes", "", made)


def test_extents_may_not_overlap():
    with pytest.raises(ValueError, match="extents of X overlap"):
        area((date(2000, 1, 1), date(2010, 1, 2)), (date(2010, 1, 1), None))
    with pytest.raises(ValueError, match="extents of X overlap"):
        area((date(2000, 1, 1), None), (date(2010, 1, 1), None))


def test_the_last_day_belongs_to_the_next_extent():
    made = area((date(2000, 1, 1), date(2010, 1, 1)), (date(2010, 1, 1), None))
    first, second = made.extents
    assert not first.covers(parse_period("2010"))
    assert second.covers(parse_period("2010"))
    assert first.covers(parse_period("2009"))
    assert not first.touches(parse_period("2010"))
    assert made.exists_on(date(2009, 12, 31))
    assert not made.exists_on(date(1999, 12, 31))


def test_a_wrong_day_is_named_with_its_row(tmp_path):
    header = ",".join(module._COLUMNS)
    table = tmp_path / "areas.csv"
    table.write_text(f"{header}\nX,2022-6-8,,region,,X,X,X,,,,,,,,,yes,\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"areas\.csv, row 2: .*2022-6-8"):
        list(module._read_areas(table))


@given(st.sampled_from([area.code for area in gazetteer()]), st.integers(1990, 2030))
def test_a_version_inferred_is_always_one_that_may_stand(code, year):
    places = gazetteer()
    version = places.version_for(code, parse_period(str(year)))
    assert places.is_version(code, version)
    assert places.comparable(code, version, code, version) == (version != UNCLEAR)
