"""Budget lines: cells checked before anything is kept; every definition has its own share; counted as by hand."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from everychild.catalogue.countries import country
from everychild.exchange.workbooks import read_workbook
from everychild.registers.audit.queries import stamp
from everychild.registers.budget import actions, queries
from everychild.registers.budget.models import Line, LineShare, Rule, RuleSet, Tally
from everychild.registers.budget.rows import check, columns
from everychild.registers.loading import load_pack
from everychild.registers.refusals import NotPermitted, Refused
from everychild.registers.templates import workbook
from everychild.vocabulary.language import LANGUAGES, Language, LocalText
from tests.registers.made import Desk

MARK = {"source": "a budget", "verified": "yes"}
HEADER = (
    "year", "level", "region", "programme", "cofog", "title_en", "unit", "planned", "revised", "executed", "transfer",
)  # fmt: skip
GOOD = ("2022", "central", "KAZ", "225.001", "09.1", "Schools", "one", "800", "", "800", "")


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def written(tmp_path: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Path:
    path = tmp_path / "lines.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def line(programme: str, cofog: str, executed: int | None, **more: Any) -> dict[str, Any]:
    given = {"year": 2022, "level": "central", "region": "KAZ", "title_kk": None, "title_ru": None,
             "title_en": programme, "unit": "one", "planned": Decimal(executed or 0), "revised": None, "transfer": None,
             "article": None, "programme_area": None}  # fmt: skip
    amount = None if executed is None else Decimal(executed)
    return {**given, "programme": programme, "cofog": cofog, "executed": amount, **more}


def made_definition(desk: Desk, code: str = "method", **more: object) -> RuleSet:
    publisher = desk.person("publisher")
    rule_set = actions.add_rule_set(by=publisher, code=code, values={"name": text(code), **MARK, **more})
    shares = {"09.1": ("direct", 1, "1", "1", "1"), "10.4": ("indirect", 2, "0.62", "0.62", "0.62"),
              "07.3": ("expanded", 4, "0.272", "0.34", "0.408")}  # fmt: skip
    for cofog, (kind, evidence, low, share, high) in shares.items():
        values = {"kind": kind, "evidence": evidence, "low": Decimal(low), "share": Decimal(share),
                  "high": Decimal(high), "cofog": cofog, "reason": text("why"), "article": "28", **MARK}  # fmt: skip
        actions.set_rule(by=publisher, rule_set=rule_set, code=f"{code}-{cofog}", values=values, reason="first")
    return rule_set


def hand_in(desk: Desk, *rows: dict[str, Any], body: str = "ministry") -> int:
    return actions.hand_in_lines(
        by=desk.person("contributor", body), body=desk.bodies[body], rows=rows, mark=MARK, reason="the year's outturn"
    )


THREE = (line("225.001", "09.1", 800), line("213.001", "10.4", 300), line("239.001", "07.3", 500))


def test_child_spending_is_amounts_times_shares(desk: Desk) -> None:
    rule_set = made_definition(desk)
    hand_in(desk, *THREE)
    (year,) = queries.by_year(rule_set)
    tally = year.tally
    assert (tally.amount, tally.child, tally.low, tally.high) == (1600, 1156, 1122, 1190)
    assert tally.percent == 72.25
    assert tally.weak == 170
    parts = queries.parts(rule_set, 2022)
    assert {row.value: row.child for row in parts["kind"] if row.child} == {
        "direct": 800,
        "indirect": 186,
        "expanded": 170,
    }
    assert [(row.value, row.child) for row in parts["article"]] == [("28", 1156)]


def test_real_terms_and_execution(desk: Desk) -> None:
    rule_set = made_definition(desk)
    reviewer = desk.person("reviewer")
    for year, children, deflator in ((2020, 6_200_000, "100"), (2022, 6_600_000, "123.6")):
        values = {"children": children, "deflator": Decimal(deflator), "deflator_name": "GDP", **MARK}
        actions.set_basis(by=reviewer, area="KAZ", year=year, values=values)
    million = 1_000_000
    hand_in(
        desk,
        line("225.001", "09.1", 1156 * million, year=2020, planned=Decimal(1445 * million)),
        line("225.001", "09.1", 1490 * million, year=2022, planned=Decimal(1490 * million)),
    )
    first, second = queries.by_year(rule_set)
    assert first.execution == 80
    assert first.per_child == pytest.approx(186.451612903226)
    # In prices of 2022: the note's 182.65 is in prices of 2020.
    assert second.real_per_child == pytest.approx(182.651760321663 * 1.236)
    assert first.real_per_child == pytest.approx(186.451612903226 * 1.236)


def test_each_definition_gives_its_own_share_and_none_is_said(desk: Desk) -> None:
    made_definition(desk)
    own = actions.add_rule_set(
        by=desk.person("publisher"), code="own", values={"name": text("own"), "official": True, **MARK}
    )
    hand_in(desk, *THREE)
    (year,) = queries.by_year(own)
    assert (year.tally.child, year.tally.unclassified_lines, year.tally.unclassified) == (0, 3, 1600)
    school = Line.objects.get(programme="225.001")
    values = {"kind": "expanded", "evidence": 1, "low": Decimal("0.5"), "share": Decimal("0.5"), "high": Decimal("0.5")}
    actions.decide_share(by=desk.person("publisher"), line=school, rule_set=own, values=values, reason="half is adults")
    assert queries.by_year(own)[0].tally.child == 400
    assert queries.by_year(RuleSet.objects.get(code="method"))[0].tally.child == 1156
    reading = queries.readings(own, [school])[school.code]
    assert (reading.kind, reading.share, reading.rule) == ("expanded", 0.5, None)


def test_transfers_unknown_amounts_and_refunds_are_not_hidden(desk: Desk) -> None:
    rule_set = made_definition(desk)
    hand_in(desk, *THREE, line("225.009", "09.1", 50, transfer=True), line("225.010", "09.1", None, planned=Decimal(9)),
            line("225.011", "09.1", -8, planned=None))  # fmt: skip
    tally = queries.by_year(rule_set)[0].tally
    assert (tally.amount, tally.child) == (1592, 1148)
    assert (tally.transfers, tally.not_told, tally.refunds) == (50, 1, -8)


def test_handing_in_again_changes_amounts_and_the_earlier_edition_stays(desk: Desk) -> None:
    rule_set = made_definition(desk)
    assert hand_in(desk, *THREE) == 3
    before = stamp()
    assert hand_in(desk, *THREE) == 0
    assert stamp() == before
    assert hand_in(desk, line("225.001", "09.1", 900)) == 1
    assert queries.by_year(rule_set)[0].tally.child == 1256
    old = Tally.objects.get(rule_set=rule_set, edition=1, dimension="all", region="", stage="executed")
    assert old.child == 1156


def test_a_line_of_another_body_is_not_touched(desk: Desk) -> None:
    hand_in(desk, *THREE)
    with pytest.raises(Refused) as refused:
        hand_in(desk, THREE[0], body="ngo")
    assert [finding.rule for finding in refused.value.findings] == ["line_of_another_body"]
    with pytest.raises(NotPermitted):
        actions.amend_line(by=desk.person("contributor", "ngo"), line=Line.objects.first(), values={}, reason="x")


def test_two_rules_that_hold_equally_are_refused(desk: Desk) -> None:
    rule_set = made_definition(desk)
    hand_in(desk, *THREE)
    values = {"kind": "direct", "evidence": 1, "low": Decimal(1), "share": Decimal(1), "high": Decimal(1),
              "programme": "225.001", "reason": text("why")}  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.set_rule(by=desk.person("publisher"), rule_set=rule_set, code="tie", values=values, reason="x")
    assert refused.value.findings[0].rule == "budget_rules_tie"
    assert not Rule.objects.filter(code="tie").exists()
    bad = {**values, "share": Decimal("0.5"), "low": Decimal("0.5")}
    with pytest.raises(Refused) as refused:
        actions.set_rule(by=desk.person("publisher"), rule_set=rule_set, code="bad", values=bad, reason="x")
    assert refused.value.findings[0].rule == "budget_share_fixed"


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        ({"year": "soon"}, "year", "not_a_number"),
        ({"level": "village"}, "level", "field_not_a_choice"),
        ({"region": "KZ-99"}, "region", "field_not_a_choice"),
        ({"cofog": "9.1"}, "cofog", "not_a_cofog_code"),
        ({"programme": "abc"}, "programme", "not_a_programme_code"),
        ({"planned": "-1"}, "planned", "number_too_small"),
        ({"executed": "1,234.5"}, "executed", "not_a_number"),
        ({"unit": ""}, "unit", "empty_cell"),
        ({"title_en": ""}, "title_ru", "budget_line_without_title"),
        ({"planned": "", "executed": ""}, "planned", "budget_line_without_amount"),
    ],
)
def test_each_defect_is_named_with_its_cell(tmp_path: Path, row: dict[str, str], column: str, rule: str) -> None:
    bad = tuple(row.get(name, cell) for name, cell in zip(HEADER, GOOD, strict=True))
    sent = check(written(tmp_path, GOOD, (*bad[:3], "225.002", *bad[4:]) if "programme" not in row else bad), "a.csv")
    assert sent.refused
    assert [(f.column, f.row, f.rule) for f in sent.findings] == [(column, 3, rule)]
    assert all(sent.findings[0].message(language) for language in LANGUAGES)


def test_a_line_given_twice_and_columns_of_persons_are_refused(tmp_path: Path) -> None:
    assert [(f.rule, f.row) for f in check(written(tmp_path, GOOD, GOOD), "a.csv").findings] == [
        ("budget_line_twice", 3)
    ]
    path = written(tmp_path, (*GOOD, "x"), header=(*HEADER, "ФИО ребенка"))
    assert "personal_name_column" in [f.rule for f in check(path, "a.csv").findings]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_comes_back_filled(desk: Desk, tmp_path: Path, language: Language) -> None:
    empty, full = tmp_path / "template.xlsx", tmp_path / "filled.xlsx"
    empty.write_bytes(workbook("budget", "lines", columns(), language))
    header = read_workbook(empty, "template.xlsx").header
    names = [column.name for column in columns()]
    filled = dict(zip(HEADER, GOOD, strict=True)) | {"unit": "thousand"}
    assert len(header) == len(names) == 15
    with xlsxwriter.Workbook(full) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        sheet.write_row(1, 0, [filled.get(name, "") for name in names])
    told: list[tuple[int, int]] = []
    sent = check(full, "filled.xlsx", lambda done, of: told.append((done, of)))
    assert (sent.findings, told[-1]) == ((), (15, 15))
    assert hand_in(desk, *sent.rows) == 1
    assert Line.objects.get().executed == 800_000


def test_the_pack_is_loaded_once_and_peoples_work_stays(desk: Desk) -> None:
    load_pack(country("KAZ"))
    method, own = RuleSet.objects.get(code="c-pem"), RuleSet.objects.get(code="kaz-child-budget")
    assert queries.rules_of(method).count() == 12
    assert (own.official, own.verified, queries.rules_of(own).count()) == (True, "no", 0)
    before = stamp()
    load_pack(country("KAZ"))
    assert stamp() == before
    rule = Rule.objects.get(code="c-pem-07")
    values = {"low": Decimal("0.3"), "share": Decimal("0.4"), "high": Decimal("0.5"), "evidence": 2}
    actions.set_rule(by=desk.person("publisher"), rule_set=method, code=rule.code, values=values, reason="a survey")
    load_pack(country("KAZ"))
    assert Rule.objects.get(code="c-pem-07").share == Decimal("0.40000")
    assert not LineShare.objects.exists()
