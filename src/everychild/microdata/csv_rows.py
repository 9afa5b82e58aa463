"""Rows of a CSV file that have more or fewer fields than its header.

The reader of CSV files fills short rows up with missing values, and a file that was cut off or merged wrongly would
give numbers. It refuses long rows, without their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from everychild.microdata.spss import BrokenFile

QUOTED: Final = re.compile(rb'"[^"]*"')
"""A text in quotes; a quote inside it is doubled, so that it reads as two such texts side by side."""


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
