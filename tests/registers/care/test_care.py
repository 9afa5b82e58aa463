"""Counts in care: nothing joined that differs, gaps shown; justice with exact intervals and small numbers hidden."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from everychild.catalogue.countries import country
from everychild.registers.audit.queries import stamp
from everychild.registers.care import actions, queries
from everychild.registers.care.models import CareCount, CareDefinition
from everychild.registers.care.rows import check_care, check_justice
from everychild.registers.loading import load_pack
from everychild.registers.open_files import OPEN_FILES, lines
from everychild.registers.refusals import NotPermitted, Refused
from everychild.vocabulary.language import LocalText
from tests.registers.made import Desk

MARK = {"source": "a register", "verified": "yes"}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def define(desk: Desk, code: str, placement: str = "residential", frame: str = "") -> CareDefinition:
    values = {"name": text(code), "placement": placement, "frame": frame, **MARK}
    return actions.add_definition(by=desk.person("publisher"), code=code, values=values)


def count(definition: str, measure: str, year: int, children: int, **more: Any) -> dict[str, Any]:
    on = f"{year}-12-31" if measure == "stock" else None
    return {
        "definition": definition,
        "measure": measure,
        "year": year,
        "on": on,
        "area": "KAZ",
        "age": None,
        "sex": None,
        "disability": None,
        "children": children,
        **more,
    }


def hand_in(desk: Desk, *rows: dict[str, Any], body: str = "ministry") -> int:
    by = desk.person("contributor", body)
    return actions.hand_in_counts(by=by, body=desk.bodies[body], rows=rows, mark=MARK)


def justice(desk: Desk, year: int, area: str = "KAZ", sex: str | None = None, **counts: int) -> None:
    rows = [{"component": c, "year": year, "area": area, "sex": sex, "children": n} for c, n in counts.items()]
    actions.hand_in_justice(by=desk.person("contributor"), body=desk.bodies["ministry"], rows=rows, mark=MARK)


def test_the_identity_its_gap_and_the_parts_of_the_fall(desk: Desk) -> None:
    define(desk, "homes")
    flows = {"entered": 1100, "to_family": 950, "ageing_out": 600, "transferred_out": 240, "died": 10}
    hand_in(
        desk,
        count("homes", "stock", 2021, 4900),
        count("homes", "stock", 2022, 4200),
        count("homes", "entered", 2021, 1500),
        *(count("homes", name, 2022, n) for name, n in flows.items()),
    )
    (line,) = queries.care_lines("KAZ")
    ((balanced, fall),) = line.balances
    assert (balanced.gap, balanced.unknown) == (0, ("transferred_in", "other_exit"))
    assert fall is not None
    assert (fall.fall, fall.to_family, fall.fewer_entries, fall.unexplained) == (700, 950, 400, 0)


def test_definitions_are_lines_of_their_own_and_no_balance_crosses_them(desk: Desk) -> None:
    define(desk, "homes")
    define(desk, "schools")
    hand_in(
        desk,
        count("homes", "stock", 2021, 4900),
        count("schools", "stock", 2022, 300),
        count("schools", "entered", 2022, 5),
    )
    found = queries.care_lines("KAZ")
    assert [(line.definition.code, [s.children for s in line.stocks]) for line in found] == [
        ("homes", [4900]),
        ("schools", [300]),
    ]
    assert [line.balances for line in found] == [(), ()]
    assert queries.compositions("KAZ") == []


def test_a_frame_is_added_up_only_where_every_part_is_told(desk: Desk) -> None:
    for code, placement in (("homes", "residential"), ("foster", "family_based"), ("orphans", "status")):
        define(desk, code, placement, "frame")
    hand_in(
        desk,
        count("homes", "stock", 2021, 4200),
        count("foster", "stock", 2021, 16800),
        count("orphans", "stock", 2021, 21100),
        count("homes", "stock", 2022, 4000),
    )
    (found,) = queries.compositions("KAZ")
    assert (found.year, found.family_share, found.ratio, found.gap) == (2021, 80, 0.25, 100)


def test_counts_belong_to_the_body_that_handed_them_in(desk: Desk) -> None:
    define(desk, "homes")
    assert hand_in(desk, count("homes", "stock", 2021, 1)) == 1
    assert hand_in(desk, count("homes", "stock", 2021, 1)) == 0
    with pytest.raises(Refused) as refused:
        hand_in(desk, count("homes", "stock", 2021, 2), body="ngo")
    assert refused.value.findings[0].rule == "count_of_another_body"
    with pytest.raises(NotPermitted):
        actions.hand_in_counts(by=desk.person("contributor", "ngo"), body=desk.bodies["ministry"], rows=[], mark=MARK)


def test_indicators_of_justice_with_their_denominator(desk: Desk) -> None:
    justice(
        desk,
        2023,
        arrested=3100,
        detained=110,
        detained_before_sentence=28,
        custodial=70,
        sentenced=640,
        diverted=910,
        died_in_detention=1,
        detained_in_year=260,
    )
    actions.set_base(
        by=desk.person("reviewer"),
        area="KAZ",
        year=2023,
        kind="responsible_age",
        from_age=14,
        children=2_450_000,
        mark=MARK,
    )
    (year,) = queries.justice("KAZ")
    assert year.base is not None
    assert (year.year, year.base.from_age) == (2023, 14)
    shown = {s.measured.indicator.number: s for s in year.indicators}
    assert shown[1].measured.value == pytest.approx(126.530612244898)
    assert shown[10].measured.value == pytest.approx(58.709677419355)
    assert not shown[3].hidden
    assert shown[6].hidden  # one death: its rate would tell the count
    assert not shown[8].known


def test_small_counts_and_those_that_would_tell_them_are_hidden_in_the_open_file(desk: Desk) -> None:
    for area, girls, boys in (("KZ-11", 3, 40), ("KZ-15", 30, 50), ("KZ-31", 60, 70)):
        justice(desk, 2023, area, "F", arrested=girls)
        justice(desk, 2023, area, "M", arrested=boys)
    justice(desk, 2023, arrested=253)
    shown = {(p.record.area, p.record.sex): p.children for p in queries.published_justice()}
    assert shown["KZ-11", "F"] is None
    assert shown["KAZ", "_T"] == 253
    assert sum(value is None for value in shown.values()) == 4
    rows = list(csv.DictReader(lines(OPEN_FILES["care", "justice"])))
    assert [row["children"] for row in rows if row["hidden"] == "yes"] == [""] * 4


def test_a_total_that_would_tell_is_hidden_and_a_place_alone_too(desk: Desk) -> None:
    define(desk, "homes")
    hand_in(desk, *(count("homes", "stock", 2021, n, area=a) for a, n in (("KZ-11", 4), ("KZ-15", 300), ("KZ-31", 50))))
    hand_in(desk, count("homes", "stock", 2021, 354))
    hand_in(desk, count("homes", "died", 2021, 3))
    shown = {(p.record.measure, p.record.area): p.children for p in queries.published_counts()}
    assert shown == {
        ("stock", "KZ-11"): None, ("stock", "KZ-15"): 300, ("stock", "KZ-31"): None, ("stock", "KAZ"): 354,
        ("died", "KAZ"): None,
    }  # fmt: skip


def test_levels_are_one_to_four_and_no_percentage(desk: Desk) -> None:
    given = {"by": desk.person("reviewer"), "number": 14, "year": 2024, "evidence": text("a code"), "mark": MARK}
    actions.set_level(level=3, **given)
    assert [(found.number, found.level) for found in queries.levels("KAZ")] == [(14, 3)]
    with pytest.raises(Refused):
        actions.set_level(level=55, **given)


def test_tables_are_refused_cell_by_cell(desk: Desk, tmp_path: Path) -> None:
    define(desk, "homes")
    path = tmp_path / "a.csv"
    path.write_text(
        "definition,measure,year,on,area,children\nhomes,stock,2021,,KAZ,5\nother,stock,2021,2021,KAZ,5\n"
        "homes,stock,2021,2020,KAZ,-1\nhomes,entered,2021,,KAZ,5\nhomes,entered,2021,,KAZ,6\n",
        "utf-8",
    )
    found = {(f.row, f.column, f.rule) for f in check_care(path, "a.csv").findings}
    assert found == {
        (2, "on", "stock_without_date"),
        (3, "definition", "field_not_a_choice"),
        (4, "children", "number_too_small"),
        (4, "on", "date_outside_year"),
        (6, "children", "count_twice"),
    }
    path.write_text("component,year,area,children\narrested,2021,KAZ,5\nlost,2021,KAZ,1\n", "utf-8")
    assert [(f.row, f.rule) for f in check_justice(path, "a.csv").findings] == [(3, "field_not_a_choice")]


def test_what_kazakhstan_counted_is_loaded_once_and_stays_apart(desk: Desk) -> None:
    load_pack(country("KAZ"))
    before = stamp()
    load_pack(country("KAZ"))
    assert stamp() == before
    by_code = {line.definition.code: line for line in queries.care_lines("KAZ")}
    assert [s.children for s in by_code["orphanages"].stocks] == [15116, 14052, 9879, 6223, 4254, 3727]
    assert [s.children for s in by_code["all_residential"].stocks] == [76308]
    years = {c.year: c for c in queries.compositions("KAZ")}
    assert sorted(years) == [2011, 2023]
    assert (years[2011].gap, years[2023].gap) == (0, 332)
    assert round(years[2023].family_share, 1) == 82.3
    assert CareCount.objects.get(disability="with").children == 18000
    assert queries.justice("KAZ") == []
