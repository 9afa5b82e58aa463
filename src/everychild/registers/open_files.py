"""Every register as open CSV files: one declaration a table, labels in three languages, no personal data."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from everychild.registers.columns import labels
from everychild.registers.personal_data import refused_columns
from everychild.registers.records import plain
from everychild.vocabulary.language import Language

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class OpenFile:
    """A table anyone may download: `laws/acts.csv`.

    `columns` name attributes of a record, joined by `__` over references (`act__code`). `rows` gives the records in a
    fixed order, so that two downloads of one state are the same bytes; use `.iterator()`.
    """

    register: str
    table: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Any]]

    def __post_init__(self) -> None:
        if refused := list(refused_columns(f"{self.register}/{self.table}.csv", self.columns)):
            raise ValueError("; ".join(finding.message("en") for finding in refused))


OPEN_FILES: Final[dict[tuple[str, str], OpenFile]] = {}


def offer(open_file: OpenFile) -> OpenFile:
    """Make a file part of the open data. Raises ValueError when it stands twice or has columns of persons."""
    name = (open_file.register, open_file.table)
    if name in OPEN_FILES:
        raise ValueError(f"two open files are called {'/'.join(name)}")
    OPEN_FILES[name] = open_file
    return open_file


def lines(open_file: OpenFile, language: Language | None = None) -> Iterator[str]:
    """The file line by line, for a streamed response. Headers are column names, or labels of a language."""
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(_header(open_file, language))
    for record in open_file.rows():
        yield writer.writerow([cell(_value(record, column)) for column in open_file.columns])


def _header(open_file: OpenFile, language: Language | None) -> list[str]:
    if language is None:
        return list(open_file.columns)
    named = labels(open_file.register)
    return [named[open_file.table, column][language] for column in open_file.columns]


def _value(record: Any, column: str) -> object:
    for step in column.split("__"):
        record = getattr(record, step) if record is not None else None
    return plain(record)


def cell(value: object) -> str:
    """A value as text; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text
