"""Reading the reviewed tables of `definitions/`: strict, with the place of every mistake."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from everychild.vocabulary.errors import Place, WrongDefinition


def definitions_folder() -> Path:
    """The folder of reviewed tables that is shipped with the package."""
    return Path(str(files("everychild"))) / "definitions"


def read_table(path: Path, required: tuple[str, ...]) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield each row of a definitions table with its place; cells are stripped.

    Raises WrongDefinition for a missing file or column, a repeated column, a row of the wrong length, a quotation mark
    that does not hold, or a byte that is not UTF-8. The mark that spreadsheets put before UTF-8 is passed over.
    """
    name = _short_name(path)
    if not path.is_file():
        raise WrongDefinition(Place(name), "survey_file_not_found")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = _numbered(csv.reader(lines, strict=True), name)
        _, header = next(rows, (1, []))
        _check_header(name, header, required)
        for number, cells in rows:
            if not cells:  # an empty line, as editors leave one at the end
                continue
            place = Place(name, number)
            if len(cells) != len(header):
                raise WrongDefinition(place, "wrong_cell_count", cells=len(cells), expected=len(header))
            yield place, {column: cell.strip() for column, cell in zip(header, cells, strict=True)}


def _numbered(reader: Iterator[list[str]], name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, header = 1; what is no CSV or no UTF-8 is named with the row that follows the last
    good one."""
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError as problem:
            byte = f"{problem.object[problem.start]:#04x}"
            raise WrongDefinition(Place(name, number), "wrong_encoding", byte) from problem
        except csv.Error as problem:
            raise _torn(Place(name, number), str(problem)) from problem
        yield number, cells
        number += 1


def _torn(place: Place, told: str) -> WrongDefinition:
    """What the reader of CSV says of a row, in words of our own."""
    if told.startswith("unexpected end"):
        return WrongDefinition(place, "unclosed_quote")
    if told.startswith("field larger"):
        return WrongDefinition(place, "line_too_long", limit=csv.field_size_limit())
    return WrongDefinition(place, "table_quotes")


def _check_header(name: str, header: list[str], required: tuple[str, ...]) -> None:
    place = Place(name, 1)
    missing = [column for column in required if column not in header]
    if missing and len(header) == 1 and (separator := next((s for s in ";\t|" if s in header[0]), "")):
        raise WrongDefinition(place, "table_separator", "TAB" if separator == "\t" else separator)
    if missing:
        raise WrongDefinition(place, "table_columns_missing", ", ".join(missing))
    repeated = {column for column in header if header.count(column) > 1}
    if repeated:
        raise WrongDefinition(place, "repeated_column", ", ".join(sorted(repeated)))


def _short_name(path: Path) -> str:
    folder = definitions_folder()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
