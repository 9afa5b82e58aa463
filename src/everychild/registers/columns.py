"""Columns of the registers' tables, declared once: for templates that come in and for open files that go out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final, Literal

from everychild.registers.codes import some_of
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import Language, LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

Kind = Literal["text", "whole", "number", "date", "yes_no", "code"]
_SPACES: Final = dict.fromkeys(map(ord, " \u00a0\u202f\u2009"))
_NUMBER: Final = re.compile(r"[-\u2212]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_LARGEST_POWER: Final = 30
"""Of ten; 1e999999 is a number to Python, and no sum with it can be counted."""
_YES: Final = frozenset({"yes", "true", "1", "да", "иә"})
_NO: Final = frozenset({"no", "false", "0", "нет", "жоқ"})


class CellRefused(ValueError):  # noqa: N818
    """A cell breaks the rule of its column; `args` are the rule and values for its sentence."""

    def __init__(self, rule: str, **more: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.more = more


@dataclass(frozen=True)
class Column:
    """One column: its name in files, what its cells hold, and its label in three languages.

    `codes` of a `code` column are all that it accepts. `check` sees the value last and raises CellRefused. `least` and
    `most` bound numbers, both included.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    codes: Collection[str] = ()
    least: float | None = None
    most: float | None = None
    check: Callable[[object], None] | None = None

    def parse(self, cell: str) -> object:
        """The value of a cell: str, int, Decimal, date, bool, or None when it is empty. Raises CellRefused."""
        text = cell.strip()
        if not text:
            if self.required:
                raise CellRefused("empty_cell")
            return None
        value = _PARSERS[self.kind](text)
        if self.kind == "code" and value not in self.codes:
            raise CellRefused("field_not_a_choice", choices=some_of(self.codes))
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            self._check_bounds(value)
        if self.check:
            self.check(value)
        return value

    def _check_bounds(self, value: int | Decimal) -> None:
        if self.least is not None and value < self.least:
            raise CellRefused("number_too_small", least=f"{self.least:g}")
        if self.most is not None and value > self.most:
            raise CellRefused("number_too_large", most=f"{self.most:g}")


def _number(text: str) -> Decimal:
    """`1 234,5`, `1234.5`, `−3`; a comma and a point together are refused, because 1,234.5 may mean two things."""
    compact = text if text.isascii() and " " not in text else text.translate(_SPACES)
    if not _NUMBER.fullmatch(compact):
        raise CellRefused("not_a_number")
    try:
        number = Decimal(compact.replace(",", ".").replace("\u2212", "-"))
    except InvalidOperation as problem:
        raise CellRefused("not_a_number") from problem
    if number.adjusted() > _LARGEST_POWER:
        raise CellRefused("number_too_large", most=f"1e{_LARGEST_POWER}")
    return number


def _whole(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value() or abs(number) > 10**15:
        raise CellRefused("not_a_whole_number")
    return int(number)


def _date(text: str) -> date:
    """`2026-03-31`, `31.03.2026`, or the date and midnight that a workbook gives."""
    try:
        if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text.removesuffix("T00:00:00"))
    except ValueError as problem:
        raise CellRefused("not_a_date") from problem


def _yes_no(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise CellRefused("not_yes_or_no")


_PARSERS: Final[Mapping[Kind, Callable[[str], object]]] = {
    "text": str, "code": str, "number": _number, "whole": _whole, "date": _date, "yes_no": _yes_no,
}  # fmt: skip


@cache
def labels(register: str) -> Mapping[tuple[str, str], LocalText]:
    """Labels by (table, column), from `definitions/desk/columns/<register>.csv`; the row of a table's own name has no
    column."""
    found: dict[tuple[str, str], LocalText] = {}
    columns = ("table", "column", "name_en", "name_ru", "name_kk", "unreviewed")
    for place, row in read_table(definitions_folder() / "desk" / "columns" / f"{register}.csv", columns):
        if (row["table"], row["column"]) in found:
            raise DefinitionError(place, f"{row['table']} {row['column']} stands twice")
        try:
            found[row["table"], row["column"]] = LocalText.from_row(row)
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found


def label(register: str, table: str, column: str, language: Language) -> str:
    """Raises KeyError when the table of labels has no such row."""
    return labels(register)[table, column][language]
