"""Reading the reviewed tables of `definitions/`: strict, with the place of every mistake."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from everychild.vocabulary.errors import DefinitionError, Place


def definitions_folder() -> Path:
    """The folder of reviewed tables that is shipped with the package."""
    return Path(str(files("everychild"))) / "definitions"


def read_table(path: Path, required: tuple[str, ...]) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield each row of a definitions table with its place; cells are stripped.

    Raises DefinitionError for a missing file or column, a repeated column, a row of the wrong length, a quotation mark
    that does not hold, or a byte that is not UTF-8.
    """
    name = _short_name(path)
    if not path.is_file():
        raise DefinitionError(Place(name), "this table of the definitions is missing")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = _numbered(csv.reader(lines, strict=True), name)
        _, header = next(rows, (1, []))
        _check_header(name, header, required)
        for number, cells in rows:
            place = Place(name, number)
            if len(cells) != len(header):
                raise DefinitionError(place, f"{len(cells)} cells where the header has {len(header)}")
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
        except (csv.Error, UnicodeDecodeError) as problem:
            raise DefinitionError(Place(name, number), str(problem)) from problem
        yield number, cells
        number += 1


def _check_header(name: str, header: list[str], required: tuple[str, ...]) -> None:
    missing = [column for column in required if column not in header]
    if missing:
        raise DefinitionError(Place(name, 1), f"missing column: {', '.join(missing)}")
    repeated = {column for column in header if header.count(column) > 1}
    if repeated:
        raise DefinitionError(Place(name, 1), f"column named twice: {', '.join(sorted(repeated))}")


def _short_name(path: Path) -> str:
    folder = definitions_folder()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
