"""The header of a CSV file, and rows that have more or fewer fields than it.

The reader of CSV files fills short rows up with missing values, and a file that was cut off or merged wrongly would
give numbers. It refuses long rows, without their place. Of two columns of one name it gives the second another name, so
that recipes would read the first without a word; a file with TAB between its columns it takes for one wide column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from everychild.microdata.spss import BrokenFile

QUOTED: Final = re.compile(rb'"[^"]*"')
"""A text in quotes; a quote inside it is doubled, so that it reads as two such texts side by side."""

OTHER_SEPARATORS: Final = {"\t": "TAB", "|": "|"}
"""Signs between columns that are not read, and what a message calls them."""


def separator_of(path: Path, header: str) -> str:
    """Comma or semicolon, whichever the first line has more of. BrokenFile when it has still more of another sign."""
    bare = QUOTED.sub(b"", header.encode()).decode()
    separator = ";" if bare.count(";") > bare.count(",") else ","
    for sign, name in OTHER_SEPARATORS.items():
        if bare.count(sign) > bare.count(separator):
            raise BrokenFile(path, "table_separator", 1, name)
    return separator


def refuse_repeated(path: Path, separator: str) -> None:
    """BrokenFile names the first column of the header that bears the name of one before it; columns are counted from 1.
    Columns without a name, as spreadsheets leave them at the end, are read by no recipe."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = next((cells for cells in csv.reader(lines, delimiter=separator) if cells), [])
    seen: dict[str, int] = {}
    for place, column in enumerate(header, start=1):
        first = seen.setdefault(column, place)
        if column and first != place:
            raise BrokenFile(path, "survey_columns_same", 1, column, column, first=first, second=place)


def refuse_uneven(path: Path, separator: str) -> None:
    """BrokenFile names the first row that has another number of fields than the header; rows are counted as lines, the
    header is the first. Empty lines are no rows."""
    mark = separator.encode()
    with path.open("rb") as content:
        rows = _rows(content)
        expected = next((row.count(mark) for _, row in rows), 0)
        for number, row in rows:
            if row.count(mark) != expected:
                raise BrokenFile(
                    path, "survey_row_uneven", number, row.count(mark) + 1, expected=expected + 1,
                )  # fmt: skip


def _rows(content: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """(number of its first line, row without what stands in quotes); a text in quotes may go over several lines."""
    begin, open_row = 0, b""
    for number, line in enumerate(content, start=1):
        if not open_row and b'"' not in line:
            if line.strip():
                yield number, line
            continue
        begin, open_row = (begin, open_row + line) if open_row else (number, line)
        if open_row.count(b'"') % 2 == 0:
            yield begin, QUOTED.sub(b"", open_row)
            open_row = b""
    if open_row:
        yield begin, QUOTED.sub(b"", open_row)
