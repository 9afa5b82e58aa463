"""`everychild check`: worst first, in the reader's language, readable in 100 columns; 1 when there are errors."""

from __future__ import annotations

import csv
import io
import json

import pytest

from everychild.cli import check as command
from everychild.cli.main import main
from everychild.vocabulary.findings import Finding

ERROR = Finding("indicators.csv", 12, "unit", "percents", "dangling_code", "error", {"table": "code_lists/unit.csv"})
WARNING = Finding("domains.csv", 3, "name_kk", "Здоровье " * 20 + "детей", "copied_text", "warning", {"other": "ru"})
NOTES = [
    Finding("indicators.csv", row, "name_kk", "Тонау мен шабуыл", "no_kazakh_letters", "note") for row in range(2, 10)
]
WAITING = [
    Finding("domains.csv", None, "unreviewed", "kk", "unreviewed_texts", "note", {"texts": "900"}),
    Finding("indicators.csv", None, "unreviewed", "kk", "unreviewed_texts", "note", {"texts": "11100"}),
    Finding("indicators.csv", None, "unreviewed", "ru", "unreviewed_texts", "note", {"texts": "7"}),
]


@pytest.fixture
def finds(monkeypatch):
    def these(*findings: Finding) -> None:
        monkeypatch.setattr(command, "check", lambda: list(findings))

    return these


def test_nothing_found(finds, capsys):
    finds()
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings, 0 notes\n"


def test_errors_end_with_one_and_all_else_with_nought(finds, capsys):
    finds(WARNING, *NOTES)
    assert main(["check"]) == 0
    finds(ERROR)
    assert main(["check"]) == 1
    assert main(["check", "--format", "json"]) == 1
    capsys.readouterr()


def test_groups_places_advice_and_summary(finds, capsys):
    finds(ERROR, WARNING, *NOTES, *WAITING)
    main(["check"])
    lines = capsys.readouterr().out.splitlines()
    assert [lines.index(word) for word in ("ERRORS", "WARNINGS", "NOTES")] == sorted(
        lines.index(word) for word in ("ERRORS", "WARNINGS", "NOTES")
    )
    assert "  indicators.csv:12 unit" in lines
    assert "      “percents” in “unit” does not stand in code_lists/unit.csv" in lines
    assert "    → Correct the code or add its row" in lines
    assert "  … and 3 more (--format csv prints all)" in lines
    assert lines[-2:] == ["Texts not yet read by a native speaker: kk 12,000, ru 7", "1 error, 1 warning, 11 notes"]


def test_everything_fits_a_terminal_of_100_columns(finds, capsys):
    finds(ERROR, WARNING, *NOTES, *WAITING)
    for language in ("en", "ru", "kk"):
        main(["--language", language, "check"])
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("language", "heading", "message", "summary"),
    [
        ("ru", "ОШИБКИ", "«percents» из столбца «unit» нет в code_lists/unit.csv",
         "1 ошибка, 1 предупреждение, 11 примечаний"),
        ("kk", "ҚАТЕЛЕР", "«unit» бағанындағы «percents» коды code_lists/unit.csv кестесінде жоқ",
         "1 қате, 1 ескерту, 11 ескертпе"),
    ],
)  # fmt: skip
def test_in_the_language_asked_for(finds, capsys, language, heading, message, summary):
    finds(ERROR, WARNING, *NOTES, *WAITING)
    main(["--language", language, "check"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == heading
    assert f"      {message}" in lines
    assert lines[-1] == summary


def test_csv_and_json_hold_every_finding(finds, capsys):
    finds(ERROR, WARNING, *NOTES, *WAITING)
    main(["check", "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 13
    assert (rows[0]["severity"], rows[0]["file"], rows[0]["row"]) == ("error", "indicators.csv", "12")
    assert rows[-1]["row"] == ""
    main(["--language", "kk", "check", "--format", "json"])
    records = json.loads(capsys.readouterr().out)
    assert len(records) == 13
    assert records[0]["suggestion"] == "Кодты түзетіңіз немесе жол қосыңыз"
    assert records[-1]["row"] is None


def test_the_shipped_definitions_have_no_errors(capsys):
    assert main(["check"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 errors, ")
