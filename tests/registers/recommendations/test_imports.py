"""Files of recommendations: the export of the UN's Index and the tidy table, wrong cells said by name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

from everychild.registers.open_files import OPEN_FILES, lines
from everychild.registers.recommendations import actions
from everychild.registers.recommendations.imports import (
    TIDY,
    entries,
    index_day,
    mechanism_of,
    read_index_export,
    read_tidy,
)
from everychild.registers.recommendations.models import Recommendation
from everychild.vocabulary.language import LANGUAGES
from tests.registers.made import Desk

# The header of the Index's workbooks, misspellings included, as two public programs that read them had it in 2026;
# no export itself was at hand.
HEADER = (
    "Text", "Countries Concerned", "Reccomending Body", "Document Symbol", "Themes", "Affected Persons", "Sdgs",
    "Document Publication Date", "UPR Reccomending States", "UPR Position", "Type", "OHCHR Annotation Id",
    "UPR Session", "Regions Concerned", "Recommending Regions", "Date of publication on UHRI",
)  # fmt: skip
ROW = {
    "Text": "Corporal punishment 29.The Committee urges the State party to ban it.",
    "Countries Concerned": "- Kazakhstan", "Reccomending Body": "- CRC", "Document Symbol": "CRC/C/X/CO/4",
    "Themes": "- Violence\n- Children; their rights",
    "Affected Persons": "- Children\n- Adolescents", "Sdgs": "- 16.2 - End abuse\n- 16.3 - Rule of law",
    "Document Publication Date": "42307", "Type": "- Recommendations", "OHCHR Annotation Id": "b4288060-0000-478d",
    "Date of publication on UHRI": "46125.4996282407",
}  # fmt: skip


def workbook(path: Path, *rows: dict[str, str], header: tuple[str, ...] = HEADER) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, 1):
            for position, name in enumerate(header):
                if row.get(name):
                    sheet.write(number, position, row[name])
    return path


def table(path: Path, *rows: dict[str, str], header: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


class TestIndexExport:
    def test_a_workbook_is_taken_over_once(self, tmp_path: Path, desk: Desk) -> None:
        upr = {**ROW, "Reccomending Body": "- UPR", "UPR Position": "- Supported",
               "UPR Reccomending States": "- Peru\n- Chad", "OHCHR Annotation Id": "c1",
               "Text": "139.98 Ban it (Peru);"}  # fmt: skip
        path = workbook(tmp_path / "export.xlsx", ROW, upr)
        found = read_index_export(path, "export.xlsx", "KAZ", "Kazakhstan")
        assert [f.rule for f in found.findings] == []
        assert actions.take_over(by=desk.person("publisher"), rows=found.rows, reason="export of today") == (2, 0)
        one = Recommendation.objects.get(code="UHRI-b4288060-0000-478d")
        assert (one.mechanism, one.adopted, one.paragraph, one.due) == ("CRC", "2015-10-30", "29", "2020-10-30")
        assert (one.theme, one.groups) == ("Violence;Children, their rights", "Children;Adolescents")
        assert (one.sdg_targets, one.wording) == ("16.2;16.3", "exact")
        other = Recommendation.objects.get(code="UHRI-c1")
        assert (other.mechanism, other.upr_position, other.asked_by) == ("UPR", "supported", "Peru;Chad")
        assert other.paragraph == "139.98"
        again = read_index_export(path, "export.xlsx", "KAZ", "Kazakhstan")
        assert actions.take_over(by=desk.person("publisher"), rows=again.rows, reason="once more") == (0, 0)

    def test_a_csv_with_words_spelled_right_is_read_too(self, tmp_path: Path) -> None:
        spelled = tuple(name.replace("Reccomending", "Recommending") for name in HEADER)
        row = {name.replace("Reccomending", "Recommending"): cell for name, cell in ROW.items()}
        found = read_index_export(table(tmp_path / "e.csv", row, header=spelled), "e.csv", "KAZ", "Kazakhstan")
        assert len(found.rows) == 1

    def test_rows_of_other_countries_are_left_out_and_said(self, tmp_path: Path) -> None:
        other = {**ROW, "Countries Concerned": "- Iraq", "OHCHR Annotation Id": "x"}
        both = {**ROW, "Countries Concerned": "- Iraq\n- Kazakhstan", "OHCHR Annotation Id": "y"}
        path = workbook(tmp_path / "e.xlsx", ROW, other, both)
        found = read_index_export(path, "e.xlsx", "KAZ", "Kazakhstan")
        assert (len(found.rows), found.left_out, found.refused) == (2, 1, False)
        assert [f.rule for f in found.findings] == ["index_other_countries"]

    @pytest.mark.parametrize(
        ("column", "cell", "rule"),
        [
            ("Reccomending Body", "- Parliament", "field_not_a_choice"),
            ("Document Publication Date", "last year", "not_a_date"),
            ("Type", "- Praise", "field_not_a_choice"),
            ("UPR Position", "- Perhaps", "field_not_a_choice"),
            ("OHCHR Annotation Id", "", "empty_cell"),
            ("Text", "", "empty_cell"),
        ],
    )
    def test_a_wrong_cell_is_named_in_three_languages(self, tmp_path: Path, column: str, cell: str, rule: str) -> None:
        path = workbook(tmp_path / "e.xlsx", {**ROW, "OHCHR Annotation Id": "first"}, {**ROW, column: cell})
        found = read_index_export(path, "e.xlsx", "KAZ", "Kazakhstan")
        [finding] = found.findings
        assert (finding.rule, finding.column, finding.row, found.rows) == (rule, column, 3, [])
        assert len({finding.message(language) for language in LANGUAGES}) == 3

    def test_an_annotation_that_stands_twice_is_refused(self, tmp_path: Path) -> None:
        found = read_index_export(workbook(tmp_path / "e.xlsx", ROW, ROW), "e.xlsx", "KAZ", "Kazakhstan")
        assert [(f.rule, f.row) for f in found.findings] == [("field_not_unique", 3)]

    def test_a_file_of_something_else_is_refused_by_its_columns(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "e.xlsx", {"Name of school": "a"}, header=("Name of school", "Text"))
        rules = {f.rule for f in read_index_export(path, "e.xlsx", "KAZ", "Kazakhstan").findings}
        assert rules == {"upload_unknown_column", "upload_missing_column"}

    @pytest.mark.parametrize(("cell", "mechanism"), [
        ("- CRC-OP-AC", "CRC-OPAC"), ("- CRC-OP-SC", "CRC-OPSC"), ("- SR Education", "SP"),
        ("- WG on arbitrary detention\n- Special Procedures", "SP"), ("- upr", "UPR"), ("CRPD", "CRPD"),
    ])  # fmt: skip
    def test_mechanisms_as_the_index_writes_them(self, cell: str, mechanism: str) -> None:
        assert mechanism_of(cell) == mechanism

    @pytest.mark.parametrize("cell", ["42307", "42307.5", "2015-10-30", "2015-10-30T00:00:00", "30.10.2015"])
    def test_one_day_in_all_its_spellings(self, cell: str) -> None:
        assert index_day(cell) == "2015-10-30"

    def test_cells_of_several_lines(self) -> None:
        assert entries("- Children\n-  Women & girls \n\n") == ["Children", "Women & girls"]
        assert entries(None) == []


GIVEN = {"code": "X-1", "mechanism": "CRC", "document": "CRC/C/X", "adopted": "2015", "kind": "recommendation",
         "text_ru": "Запретить", "articles": "19; 37"}  # fmt: skip
NAMES = tuple(column.name for column in TIDY)


class TestTidy:
    def test_is_taken_over_and_what_differs_is_written(self, tmp_path: Path, desk: Desk) -> None:
        by = desk.person("publisher")
        path = table(tmp_path / "t.csv", GIVEN, {**GIVEN, "code": "X-2", "due": "2017"}, header=NAMES)
        assert actions.take_over(by=by, rows=read_tidy(path, "t.csv", "KAZ").rows, reason="first") == (2, 0)
        one, other = Recommendation.objects.order_by("code")
        assert (one.articles, one.due, one.due_set_by, one.text["en"]) == ("19;37", "2020", "rhythm", "Запретить")
        assert (other.due, other.due_set_by) == ("2017", "document")
        changed = table(tmp_path / "u.csv", {**GIVEN, "theme": "a ban"}, {**GIVEN, "code": "X-2", "due": "2017"},
                        header=NAMES)  # fmt: skip
        assert actions.take_over(by=by, rows=read_tidy(changed, "u.csv", "KAZ").rows, reason="again") == (0, 1)

    def test_russian_headers_are_read(self, tmp_path: Path) -> None:
        header = ("Код", "Механизм", "Документ", "Дата принятия", "Вид", "Текст на русском")
        row = dict(zip(header, ("X-1", "CRC", "CRC/C/X", "2015", "recommendation", "Запретить"), strict=True))
        assert [r["code"] for r in read_tidy(table(tmp_path / "t.csv", row, header=header), "t.csv", "KAZ").rows] == [
            "X-1"
        ]

    @pytest.mark.parametrize(
        ("more", "column", "rule"),
        [
            ({"articles": "19;99"}, "articles", "unknown_article"),
            ({"adopted": "2015-02-30"}, "adopted", "bad_date"),
            ({"mechanism": "CRX"}, "mechanism", "field_not_a_choice"),
            ({"proofs": "promise"}, "proofs", "field_not_a_choice"),
            ({"text_ru": ""}, "text_en", "empty_cell"),
            ({"code": "no spaces"}, "code", "field_invalid"),
            ({"kind": ""}, "kind", "empty_cell"),
        ],
    )
    def test_a_wrong_cell_refuses_the_file(self, tmp_path: Path, more: dict[str, str], column: str, rule: str) -> None:
        path = table(tmp_path / "t.csv", {**GIVEN, "code": "X-0"}, {**GIVEN, **more}, header=NAMES)
        found = read_tidy(path, "t.csv", "KAZ")
        assert [(f.rule, f.column, f.row) for f in found.findings] == [(rule, column, 3)]
        assert found.rows == []

    def test_the_open_file_has_the_same_columns(self) -> None:
        offered = set(OPEN_FILES["recommendations", "recommendations"].columns)
        assert set(NAMES) <= offered
        assert next(iter(lines(OPEN_FILES["recommendations", "recommendations"], "kk"))).startswith("Код,")

    def test_a_contributor_does_not_take_over_files(self, desk: Desk) -> None:
        from everychild.registers.refusals import NotPermitted

        with pytest.raises(NotPermitted):
            actions.take_over(by=desk.person("contributor"), rows=[], reason="x")
