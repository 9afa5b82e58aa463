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

    Raises DefinitionError for a missing file or column, a repeated column, or a row of the wrong length.
    """
    name = _short_name(path)
    if not path.is_file():
        raise DefinitionError(Place(name), "this table of the definitions is missing")
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        header = next(reader, [])
        _check_header(name, header, required)
        for number, cells in enumerate(reader, start=2):
            place = Place(name, number)
            if len(cells) != len(header):
                raise DefinitionError(place, f"{len(cells)} cells where the header has {len(header)}")
            yield place, {column: cell.strip() for column, cell in zip(header, cells, strict=True)}


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
