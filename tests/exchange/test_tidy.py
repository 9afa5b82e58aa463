"""Tidy tables: separators, encodings, broken records, odd cells; no row is ever lost."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from everychild.exchange.loading import Loaded, load
from everychild.vocabulary.findings import DataRefused, findings_of

HEADER = "indicator,area,period,value,source"


def _load(tmp_path: Path, content: str | bytes, name: str = "figures.csv") -> Loaded:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path, "tidy", "KAZ")


def _refused(tmp_path: Path, content: str | bytes, name: str = "figures.csv") -> list[str]:
    with pytest.raises(DataRefused) as refused:
        _load(tmp_path, content, name)
    return [f.rule for f in refused.value.findings]


def _rules(loaded: Loaded) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for f in findings_of(loaded.ledger):
        found.setdefault(f.row, []).append(f.rule)
    return found


def _row(value: str, period: str = "2015", area: str = "KAZ", separator: str = ",") -> str:
    return separator.join(("u5mr", area, period, value, "KAZSTAT_SDG"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_separators_boms_and_line_ends(tmp_path: Path, separator: str, bom: str, end: str, last: bool) -> None:
    lines = [HEADER.replace(",", separator), _row("12.5", separator=separator), _row("13", "2016", separator=separator)]
    loaded = _load(tmp_path, bom + end.join(lines) + (end if last else ""))
    assert loaded.observations.select("value", "row").rows() == [(12.5, 2), (13.0, 3)]


def test_what_the_file_leaves_out_is_filled(tmp_path: Path) -> None:
    loaded = _load(tmp_path, "Indicator,AREA,period,value\nu5mr,KZ-19,2015,12.5\nu5mr,KZ-19,2022,9\n")
    columns = ("area_version", "unit", "source", "quality", "sex", "status", "file", "row")
    assert loaded.observations.select(columns).rows() == [
        ("1932-03-10", "per_1000_live_births", "UNSTATED", "unverified", "_T", "A", "figures.csv", 2),
        ("unclear", "per_1000_live_births", "UNSTATED", "unverified", "_T", "A", "figures.csv", 3),
    ]
    assert _rules(loaded) == {None: ["source_unstated"]}


def test_quality_follows_the_source(tmp_path: Path) -> None:
    assert _load(tmp_path, f"{HEADER}\n{_row('12.5')}\n").observations["quality"].to_list() == ["official"]


def test_a_comma_decimal_file_is_set_aside_with_the_meaning(tmp_path: Path) -> None:
    loaded = _load(
        tmp_path, f"{HEADER.replace(',', ';')}\n{_row('12,5', separator=';')}\n{_row('13', '2016', separator=';')}\n"
    )
    assert loaded.observations["value"].to_list() == [13.0]
    (finding,) = findings_of(loaded.ledger)
    assert (finding.row, finding.column, finding.value, finding.rule) == (2, "value", "12,5", "decimal_comma")
    assert finding.message("en") == "“12,5” is written with a comma; 12.5 was probably meant"
    assert "12.5" in finding.message("ru")
    assert "12.5" in finding.message("kk")
    assert loaded.set_aside.rows() == [
        ("figures.csv", 2, "decimal_comma", "u5mr", "KAZ", "2015", "12,5", "KAZSTAT_SDG")
    ]


def test_broken_records_are_set_aside_whole_and_the_others_load(tmp_path: Path) -> None:
    content = "\n".join([
        HEADER, _row("1", "2010"), "u5mr,KAZ,2011", _row("2", "2012") + ",too,many", 'u5mr,KAZ,"2013,3,KAZSTAT_SDG',
        _row("4", "2014"), 'u5mr,KAZ,"20"15,5,KAZSTAT_SDG', "u5mr,KAZ,2016,6\0,KAZSTAT_SDG", "", _row("7", "2017"),
        "u5mr,KAZ,20",
    ])  # fmt: skip
    loaded = _load(tmp_path, content)
    assert loaded.observations["value"].to_list() == [1.0, 4.0, 7.0]
    expected = {3: ["wrong_cell_count"], 4: ["wrong_cell_count"], 5: ["unclosed_quote"], 7: ["bad_quotes"],
                8: ["nul_byte"], 11: ["cut_row"], None: ["empty_rows"]}  # fmt: skip
    assert _rules(loaded) == expected
    assert loaded.set_aside["row"].to_list() == [3, 4, 5, 7, 8, 11]
    assert loaded.set_aside["indicator"][0] == "u5mr,KAZ,2011"


def test_quoted_cells(tmp_path: Path) -> None:
    rows = [
        '"u5mr","KAZ","2015","12.5","KAZSTAT_SDG","said ""so"", they say"',
        'u5mr,KAZ,2016,13,KAZSTAT_SDG,"two\nlines"',
    ]
    loaded = _load(tmp_path, f"{HEADER},note\n" + "\n".join(rows) + "\n")
    assert loaded.observations.select("value", "note", "row").rows() == [
        (12.5, 'said "so", they say', 2),
        (13.0, "two\nlines", 3),
    ]


def test_equal_repeats_are_set_aside_and_other_values_kept_as_conflicts(tmp_path: Path) -> None:
    values = ("12.5", "12.5", "13", "14", "15", "13")
    loaded = _load(tmp_path, f"{HEADER}\n" + "\n".join(_row(v) for v in values) + "\n")
    assert loaded.observations.sort("row").select("row", "value", "other", "flag").rows() == [
        (2, 12.5, "", ""),
        (4, 13.0, "conflict=2", "duplicate_conflict"),
        (5, 14.0, "conflict=3", "duplicate_conflict"),
    ]
    assert loaded.set_aside["row"].to_list() == [3, 6, 7]


def test_letters_in_periods(tmp_path: Path) -> None:
    loaded = _load(tmp_path, f"{HEADER}\n{_row('1')}\n{_row('2', '2O16')}\n{_row('3', 'long ago')}\n")
    assert _rules(loaded) == {3: ["letter_in_number"], 4: ["bad_period"]}


def test_missing_with_a_status_is_a_figure_without_value(tmp_path: Path) -> None:
    content = "indicator,area,period,value,status,source\nu5mr,KAZ,2015,,Q,KAZSTAT_SDG\nu5mr,KAZ,2016,,A,KAZSTAT_SDG\n"
    loaded = _load(tmp_path, content)
    assert loaded.observations.select("value", "missing_reason").rows() == [(None, "suppressed")]
    assert _rules(loaded) == {3: ["value_without_status"]}


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    loaded = _load(tmp_path, f"{HEADER},remark,,row,key\n{_row('1')},x,,5,k\n{_row('2', '2016')},x,stray,6,k\n")
    assert sorted(_rules(loaded)[1]) == ["column_of_place", "empty_header", "unknown_column"]
    assert _rules(loaded)[3] == ["cells_without_header"]
    assert loaded.observations["row"].to_list() == [2]


def test_a_release_comes_back_as_it_was(tmp_path: Path) -> None:
    first = _load(tmp_path, f"{HEADER}\n{_row('12.5')}\n{_row('13', '2016', 'KZ-11')}\n")
    second = _load(tmp_path, first.observations.write_csv(), "again.csv")
    assert second.observations.drop("file", "row").equals(first.observations.drop("file", "row"))


# ---------------------------------------------------------------------- refused whole


def test_files_that_are_refused(tmp_path: Path) -> None:
    assert _refused(tmp_path, b"") == ["empty_file"]
    assert _refused(tmp_path, "\n\n") == ["empty_file"]
    assert _refused(tmp_path, "one,two\n1,2\n") == ["unknown_header"]
    assert _refused(tmp_path, "indicator,area,value\nu5mr,KAZ,1\n") == ["missing_column"]
    assert _refused(tmp_path, f"{HEADER},value\n") == ["repeated_column"]
    assert _refused(tmp_path, f"{HEADER}\n") == ["no_figures"]
    assert _refused(tmp_path, f"{HEADER}\n{_row('12,5')}x\n")[0] == "no_figures"
    assert _refused(tmp_path, f"{HEADER}\n{_row('1')}\n".encode("utf-16")) == ["utf16"]
    assert _refused(tmp_path, f"{HEADER}\n{_row('1')}\n".encode("utf-16-le")) == ["utf16"]
    assert _refused(tmp_path, b"PK\x03\x04 no text") == ["workbook_not_text"]


def test_windows_1251_is_recognised(tmp_path: Path) -> None:
    content = f"{HEADER},note\n{_row('1')},Оңтүстік облысы\n".replace("ң", "н").replace("ү", "у").replace("і", "и")
    with pytest.raises(DataRefused) as refused:
        _load(tmp_path, content.encode("cp1251"))
    (finding,) = refused.value.findings
    assert (finding.rule, finding.row) == ("windows_1251", 2)
    assert "Онтустик" in finding.message("en")
    assert _refused(tmp_path, f"{HEADER}\n".encode() + b"u5mr,KAZ,2015,\xff\xfe\x80,x\n") == ["wrong_encoding"]


def test_folders_and_absent_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.csv", tmp_path / "absent.xlsx"):
        with pytest.raises(DataRefused) as refused:
            load(path, "tidy", "KAZ")
        assert [f.rule for f in refused.value.findings] == ["file_unreadable"]


# ---------------------------------------------------------------------- workbooks


def _workbook(rows: list[list[object]], start: int = 0) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("Деректер")
    for number, row in enumerate(rows, start):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("="):
                sheet.write_formula(number, column, cell, None, "#REF!")
            else:
                sheet.write(number, column, cell)
    book.add_worksheet("Екінші").write(0, 0, "x")
    book.close()
    return content.getvalue()


def test_workbooks(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        HEADER.split(","),
        ["u5mr", "KAZ", 2015, 12.5, "KAZSTAT_SDG"],
        ["u5mr", "KAZ", "2016", 13, "KAZSTAT_SDG"],
        ["u5mr", "KAZ", 2017, "=#REF!", "KAZSTAT_SDG"],
        ["u5mr", "KAZ", 2018, "14,5", "KAZSTAT_SDG"],
    ]
    loaded = _load(tmp_path, _workbook(rows, start=3), "figures.xlsx")
    assert loaded.observations.select("period", "value", "row").rows() == [("2015", 12.5, 5), ("2016", 13.0, 6)]
    assert _rules(loaded) == {7: ["spreadsheet_error"], 8: ["decimal_comma"], None: ["further_sheets"]}


# ---------------------------------------------------------------------- nothing is lost


CELLS = st.one_of(
    st.sampled_from(["12.5", "12,5", "", "KAZ", "u5mr", "2015", "–", "1e3", '"', ",", "\n", "#REF!", "O"]),
    st.text(max_size=12),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=12))
@example([("u5mr", "KAZ", "2015", "\ud7ff"), ("u5mr", "KAZ", "2015", "9" * 400)])
def test_rows_in_are_rows_loaded_and_set_aside_whatever_the_cells(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    """Cells are written by a CSV writer, so every record is sound and every value may be anything."""
    clean = [[cell.replace("\r", " ").replace("\n", " ").replace("\0", " ") for cell in row] for row in rows]
    filled = [row for row in clean if any(cell.strip(' \t,"') for cell in row)]
    good = ["u5mr", "KAZ", "1999", "1"]
    frame = pl.DataFrame([good, *filled], schema=["indicator", "area", "period", "value"], orient="row")
    loaded = _load(tmp_path, frame.write_csv(quote_style="always"))
    assert loaded.rows_read == 1 + len(filled) == loaded.observations.height + loaded.set_aside.height
    kept = {(r["row"], r["value"]) for r in loaded.observations.iter_rows(named=True)}
    assert all(float([good, *filled][row - 2][3]) == value for row, value in kept if value is not None)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_text_behind_a_good_row_is_read(tmp_path: Path, text: str) -> None:
    loaded = _load(tmp_path, f"{HEADER}\n{_row('1', '1999')}\n{text}\n".replace("\r", ""))
    assert loaded.rows_read == loaded.observations.height + loaded.set_aside.height
    assert (2, 1.0) in loaded.observations.select("row", "value").rows()
