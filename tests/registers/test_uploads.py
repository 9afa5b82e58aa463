"""Tables that people send: every cell has its place, its rule and its words; what is dangerous is not opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from everychild.registers import uploads
from everychild.registers.columns import CellRefused, Column, Kind, labels
from everychild.registers.uploads import Upload, read_upload
from everychild.vocabulary.language import LANGUAGES, LocalText

COLUMNS = (
    Column("year", "whole", required=True, least=1990, most=2100),
    Column("region", "code", required=True, codes=("KZ-61", "KZ-10")),
    Column("amount", "number", least=0),
    Column("decided", "date"),
    Column("final", "yes_no"),
    Column("remark"),
)
LABELS = {("lines", "year"): LocalText(en="Year", ru="Год", kk="Жыл"),
          ("lines", "region"): LocalText(en="Region", ru="Регион", kk="Өңір")}  # fmt: skip


@pytest.fixture(autouse=True)
def _labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "labels", lambda register: LABELS)


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for position, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, position, cell, day)
            else:
                sheet.write(number, position, cell)
    book.close()
    return path


def csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def sent(path: Path) -> Upload:
    return read_upload(path, "lines.xlsx", "budget", "lines", COLUMNS)


def found(upload: Upload) -> list[tuple[int | None, str, str, str]]:
    return [(f.row, f.column, f.value, f.rule) for f in upload.findings]


def test_a_workbook_with_labels_of_any_language(tmp_path: Path) -> None:
    rows = [["Жыл", "регион", "amount", "decided", "final", "remark"],
            [2025, "KZ-61", 12.5, date(2025, 1, 31), "иә", "first"],
            [2026, "KZ-10", None, None, "нет", None]]  # fmt: skip
    upload = sent(workbook(tmp_path / "a.xlsx", rows))
    assert upload.findings == ()
    assert upload.rows == [
        {"row": 2, "year": 2025, "region": "KZ-61", "amount": Decimal("12.5"), "decided": date(2025, 1, 31),
         "final": True, "remark": "first"},
        {"row": 3, "year": 2026, "region": "KZ-10", "amount": None, "decided": None, "final": False, "remark": None},
    ]  # fmt: skip


def test_a_text_file_and_a_workbook_say_the_same(tmp_path: Path) -> None:
    text = csv(tmp_path / "a.csv", "year;region;amount\n2025;KZ-61;1 234,5\n2026;KZ-10;7\n")
    book = workbook(tmp_path / "a.xlsx", [["year", "region", "amount"], [2025, "KZ-61", 1234.5], [2026, "KZ-10", 7]])
    assert sent(text).rows == sent(book).rows


def test_every_bad_cell_has_its_place_and_its_words(tmp_path: Path) -> None:
    text = "year,region,amount,decided,final,remark\n" + "\n".join((
        "1980,KZ-61,,,,", "2025,KZ-99,,,,", ",KZ-61,,,,", "2025,KZ-61,-1,,,", "2025,KZ-61,x,,,", "2025.5,KZ-61,,,,",
        "2025,KZ-61,,31.02.2025,,", "2025,KZ-61,,,maybe,", "2025,KZ-61,,,,050101500000",
        "2025,KZ-61,,,,Ахметов Асан Болатович",
    ))  # fmt: skip
    upload = sent(csv(tmp_path / "a.csv", text))
    assert upload.refused
    assert found(upload) == [
        (2, "year", "1980", "number_too_small"),
        (3, "region", "KZ-99", "field_not_a_choice"),
        (4, "year", "", "empty_cell"),
        (5, "amount", "-1", "number_too_small"),
        (6, "amount", "x", "not_a_number"),
        (7, "year", "2025.5", "not_a_whole_number"),
        (8, "decided", "31.02.2025", "not_a_date"),
        (9, "final", "maybe", "not_yes_or_no"),
        (10, "remark", "", "personal_number"),
        (11, "remark", "", "personal_name"),
    ]
    for finding in upload.findings:
        for language in LANGUAGES:
            assert "…" not in finding.message(language) + finding.suggestion(language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year,region,color\n2025,KZ-61,red\n", [(1, "color", "color", "upload_unknown_column")]),
        ("year,region,Жыл\n2025,KZ-61,2025\n", [(1, "Жыл", "Жыл", "upload_column_twice")]),
        ("year,amount\n2025,1\n", [(1, "region", "region", "upload_missing_column")]),
        ("year,region\n", [(None, "", "", "no_rows")]),
        ("year,region\n2025,KZ-61,9\n", [(2, "", "2025,KZ-61,9", "cut_row")]),
        ("", [(None, "", "", "empty_file")]),
    ],
)
def test_tables_of_another_shape(tmp_path: Path, text: str, expected: list[tuple[object, ...]]) -> None:
    upload = sent(csv(tmp_path / "a.csv", text))
    assert found(upload) == expected
    assert upload.refused
    assert upload.rows == []


def test_a_list_of_children_is_refused_by_its_columns(tmp_path: Path) -> None:
    upload = sent(csv(tmp_path / "a.csv", "year,region,ИИН,ФИО\n2025,KZ-61,1,2\n"))
    assert {"personal_number_column", "personal_name_column"} <= {f.rule for f in upload.findings}


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv(tmp_path / "a.csv", "year,region\n2025,KZ-61\n2025,KZ-61\n")
    monkeypatch.setattr(uploads, "MAX_ROWS", 1)
    assert found(sent(path)) == [(None, "", "2", "too_many_rows")]
    monkeypatch.setattr(uploads, "MAX_UPLOAD", 10)
    assert found(sent(path)) == [(None, "", str(path.stat().st_size), "file_too_large")]


def test_a_workbook_that_unpacks_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(uploads.MAX_UNPACKED // 2**20 + 1):
            part.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    assert [f.rule for f in sent(path).findings] == ["zip_bomb"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"), (b"PK\x03\x04broken", "damaged_workbook"),
     ("год,регион\n".encode("cp1251") * 9, "windows_1251"), (b"%PDF-1.7 x", "unknown_header")],
)  # fmt: skip
def test_files_of_another_kind(tmp_path: Path, content: bytes, rule: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert [f.rule for f in sent(path).findings] == [rule]


def test_a_zip_without_a_workbook(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "no sheet here")
    path = tmp_path / "a.xlsx"
    path.write_bytes(buffer.getvalue())
    assert [f.rule for f in sent(path).findings] == ["damaged_workbook"]


def test_a_column_of_nonsense_is_cut_short(tmp_path: Path) -> None:
    text = "year,region\n" + "x,KZ-61\n" * (uploads.MAX_FINDINGS + 500)
    findings = sent(csv(tmp_path / "a.csv", text)).findings
    assert len(findings) == uploads.MAX_FINDINGS + 1
    assert findings[-1].rule == "more_findings"


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = csv(tmp_path / "a.csv", "year,region\n2025,KZ-61\n2026,KZ-61\n")
    read_upload(path, "a.csv", "budget", "lines", COLUMNS, progress=lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (12, 12)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 234,5", "1234.5"), ("1\u00a0234", "1234"), ("−3", "-3"), ("-3.50", "-3.50"), ("1E+3", "1E+3"), ("0", "0")],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert Column("n", "number").parse(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,234.5", "1.234.5", "12 тг", "NaN", "inf", "١٢", "--1", "1e", "0x10"])
def test_numbers_that_may_mean_two_things_are_none(text: str) -> None:
    with pytest.raises(CellRefused) as refused:
        Column("n", "number").parse(text)
    assert refused.value.rule == "not_a_number"


@pytest.mark.parametrize("kind", ["number", "whole"])
@pytest.mark.parametrize("text", ["1e31", "-1e999999", "9e999999999"])
def test_numbers_beyond_all_counting_are_refused_and_break_nothing(kind: Kind, text: str) -> None:
    with pytest.raises(CellRefused) as refused:
        Column("n", kind).parse(text)
    assert refused.value.rule == "number_too_large"


def test_every_table_of_labels_can_be_read() -> None:
    from everychild.vocabulary.tables import definitions_folder

    for path in (definitions_folder() / "desk" / "columns").glob("*.csv"):
        assert labels(path.stem)
