"""Reviewed tables are read strictly: every mistake has its file and row."""

from __future__ import annotations

import pytest

from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.tables import definitions_folder, read_table


def table(folder, text, encoding="utf-8"):
    path = folder / "made.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_rows_come_with_their_place_and_stripped_cells(tmp_path):
    rows = list(read_table(table(tmp_path, 'code,name\na, Абай \nb,"x, y"\n'), ("code", "name")))
    assert rows == [
        (Place("made.csv", 2), {"code": "a", "name": "Абай"}),
        (Place("made.csv", 3), {"code": "b", "name": "x, y"}),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", r"made\.csv, row 1: The first row lacks these columns: code"),
        ("name\nx\n", r"made\.csv, row 1: The first row lacks these columns: code"),
        ("code,code\n1,2\n", r"made\.csv, row 1: The column “code” stands twice"),
        ("code,name\na\n", r"made\.csv, row 2: The row has 1 cells where the header has 2"),
        ("code,name\na,b\na,b,c\n", r"made\.csv, row 3: The row has 3 cells where the header has 2"),
        ('code,name\na,b\nc,"d" e\n', r"made\.csv, row 3: The quotation marks of this row do not hold"),
        ('code,name\na,b\nc,"d\n', r"made\.csv, row 3: A quotation mark of this row is never closed"),
    ],
)
def test_a_mistake_is_named_with_its_row(tmp_path, text, problem):
    with pytest.raises(DefinitionError, match=problem):
        list(read_table(table(tmp_path, text), ("code",)))


def test_another_encoding_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match=r"made\.csv, row 1: The file is not in UTF-8: 0xc0"):
        list(read_table(table(tmp_path, "code\nАбай\n", "cp1251"), ("code",)))


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DefinitionError, match=r"none\.csv: There is no such file"):
        list(read_table(tmp_path / "none.csv", ()))


def test_shipped_tables_are_called_by_their_path_below_definitions():
    place, _ = next(read_table(definitions_folder() / "code_lists" / "sex.csv", ("code",)))
    assert str(place) == "code_lists/sex.csv, row 2"
    assert str(Place("a.csv", 3, "unit")) == "a.csv, row 3, column unit"
