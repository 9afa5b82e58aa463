"""Open files: the same bytes for the same state, labels in three languages, never a column of persons."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from types import SimpleNamespace

import pytest

from everychild.registers.columns import labels
from everychild.registers.open_files import OPEN_FILES, OpenFile, cell, lines, offer
from everychild.vocabulary.language import LANGUAGES
from tests.registers.made import Desk


@pytest.mark.parametrize("name", sorted(OPEN_FILES), ids="/".join)
def test_every_column_of_every_file_has_a_label(name: tuple[str, str]) -> None:
    open_file = OPEN_FILES[name]
    named = labels(open_file.register)
    assert (open_file.table, "") in named
    for column in open_file.columns:
        assert (open_file.table, column) in named


@pytest.mark.parametrize("name", sorted(OPEN_FILES), ids="/".join)
def test_every_file_is_a_table(desk: Desk, name: tuple[str, str]) -> None:
    for language in (None, *LANGUAGES):
        rows = list(csv.reader(io.StringIO("".join(lines(OPEN_FILES[name], language)))))
        assert {len(row) for row in rows} == {len(OPEN_FILES[name].columns)}
    assert list(lines(OPEN_FILES[name])) == list(lines(OPEN_FILES[name]))


def test_values_over_references_and_empty_ones() -> None:
    rows = [
        SimpleNamespace(amount=Decimal("0.10"), act=SimpleNamespace(code="A")),
        SimpleNamespace(amount=None, act=None),
    ]
    made = OpenFile("laws", "made", ("amount", "act__code"), lambda: rows)
    assert list(lines(made)) == ["amount,act__code\n", "0.10,A\n", ",\n"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-3.5", "-3.5"),
        ("-x", "'-x"),
        (True, "yes"),
        (-3, "-3"),
        (None, ""),
        ("a", "a"),
    ],
)
def test_a_text_is_never_a_formula(value: object, text: str) -> None:
    assert cell(value) == text


def test_columns_of_persons_are_refused() -> None:
    with pytest.raises(ValueError, match="names of persons"):
        OpenFile("laws", "children", ("surname",), list)


def test_a_name_is_given_once() -> None:
    made = OpenFile("laws", "made", ("code",), list)
    offer(made)
    try:
        with pytest.raises(ValueError, match="two open files"):
            offer(made)
    finally:
        del OPEN_FILES["laws", "made"]
