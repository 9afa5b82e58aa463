"""Excel workbooks (.xlsx) as text cells: checked as a zip first, then read by calamine.

A workbook is a zip of XML. Its declared sizes can lie, so every part is unpacked once in small pieces and counted
before a parser sees it. Calamine shows an error cell (`#REF!`) as an empty one, so those are looked up in the XML.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from everychild.exchange.ledger import finding
from everychild.exchange.limits import (
    MAX_WORKBOOK,
    MAX_WORKBOOK_PARTS,
    MAX_WORKBOOK_RATIO,
    MAX_WORKBOOK_UNPACKED,
    MEBIBYTE,
    RATIO_FREE,
)
from everychild.vocabulary.findings import DataRefused

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART: Final = "EncryptedPackage".encode("utf-16-le")
_ERROR_CELL: Final = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>.*?<v>([^<]{1,40})</v>', re.S
)
_SHEET_PART: Final = re.compile(r"xl/worksheets/[^/]+\.xml")


@dataclass(frozen=True)
class Sheet:
    """The first sheet with cells: its header and its rows as text, `rows` their numbers in the sheet."""

    header: list[str]
    cells: pl.DataFrame
    rows: pl.Series
    sha256: str
    further_sheets: tuple[str, ...]
    empty_rows: int


def read_workbook(path: Path, name: str) -> Sheet:
    """Raises DataRefused for anything that is not an honest, open .xlsx with a table on a sheet."""
    if path.stat().st_size > MAX_WORKBOOK:
        raise DataRefused([finding(name, "file_too_large", value=str(path.stat().st_size), limit=str(MAX_WORKBOOK))])
    content = path.read_bytes()
    if content.startswith(_OLE):
        rule = "encrypted_workbook" if _ENCRYPTED_PART in content else "old_workbook"
        raise DataRefused([finding(name, rule)])
    errors = _check_parts(path, name)
    sheets = _sheets(path, name)
    if not sheets:
        raise DataRefused([finding(name, "empty_file")])
    (title, table), *others = sheets
    # Nearly all cells of a table are text: half a million calls less for 50,000 rows.
    texts = [[cell if type(cell) is str else _text(cell) for cell in row] for row in table]
    for (row, column), error in errors.get(title, {}).items():
        if row < len(texts) and column < len(texts[row]):
            texts[row][column] = error
    start = next(i for i, row in enumerate(texts) if any(row))
    header = [cell.strip() for cell in texts[start]]
    filled = [
        (number, row)
        for number, row in enumerate(texts[start + 1 :], start + 2)
        if any(row) and any(cell and not cell.isspace() for cell in row)
    ]
    return Sheet(
        header=header,
        cells=pl.DataFrame(
            [row for _, row in filled], schema={str(i): pl.String for i in range(len(header))}, orient="row"
        ),
        rows=pl.Series("row", [number for number, _ in filled], dtype=pl.Int64),
        sha256=hashlib.sha256(content).hexdigest(),
        further_sheets=tuple(title for title, _ in others),
        empty_rows=len(texts) - start - 1 - len(filled),
    )


def _sheets(path: Path, name: str) -> Sequence[tuple[str, Sequence[Sequence[object]]]]:
    """Sheets that have at least one cell."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        read = [(title, book.get_sheet_by_name(title).to_python(skip_empty_area=False)) for title in book.sheet_names]
    except CalamineError as problem:
        raise DataRefused([finding(name, "damaged_workbook", value=str(problem))]) from problem
    return [(title, rows) for title, rows in read if any(c != "" for row in rows for c in row)]


def _text(cell: object) -> str:
    """A typed cell as the text that a CSV export would hold."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell.total_seconds())


def _check_parts(path: Path, name: str) -> dict[str, dict[tuple[int, int], str]]:
    """Unpack every part once in pieces within the limits; returns the error cells of each sheet by title."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise DataRefused([finding(name, "encrypted_workbook")])
            declared = sum(part.file_size for part in parts)
            if len(parts) > MAX_WORKBOOK_PARTS or declared > MAX_WORKBOOK_UNPACKED:
                raise _bomb(name, declared)
            titles = _titles(archive)
            errors, unpacked = {}, 0
            for part in parts:
                size, found = _unpack(archive, part, name, MAX_WORKBOOK_UNPACKED - unpacked)
                unpacked += size
                if found:
                    errors[titles.get(part.filename, part.filename)] = found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as problem:
        raise DataRefused([finding(name, "damaged_workbook", value=str(problem))]) from problem
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise DataRefused([finding(name, "damaged_workbook", value="xl/workbook.xml")])
    return errors


def _bomb(name: str, size: int) -> DataRefused:
    return DataRefused([finding(name, "zip_bomb", value=str(size), limit=str(MAX_WORKBOOK_UNPACKED))])


def _unpack(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, allowed: int
) -> tuple[int, dict[tuple[int, int], str]]:
    """Size of one part really unpacked, and its error cells when it is a sheet."""
    size, errors, tail = 0, {}, b""
    is_sheet = bool(_SHEET_PART.fullmatch(part.filename))
    with archive.open(part) as stream:
        while piece := stream.read(MEBIBYTE):
            size += len(piece)
            if size > allowed or (size > RATIO_FREE and size > MAX_WORKBOOK_RATIO * max(part.compress_size, 1)):
                raise _bomb(name, size)
            if is_sheet and (b't="e"' in piece or tail):
                errors.update(_error_cells(tail + piece))
            tail = piece[-400:] if is_sheet else b""
    return size, errors


def _error_cells(xml: bytes) -> dict[tuple[int, int], str]:
    return {
        (int(match[2]) - 1, _column_number(match[1].decode())): match[3].decode(errors="replace")
        for match in _ERROR_CELL.finditer(xml)
    }


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _beginning(archive: zipfile.ZipFile, part: str) -> str:
    with archive.open(part) as stream:
        return stream.read(MEBIBYTE).decode(errors="replace")


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet titles by part name, as the workbook's own lists say; parts without a title keep their name."""
    try:
        book, links = _beginning(archive, "xl/workbook.xml"), _beginning(archive, "xl/_rels/workbook.xml.rels")
    except KeyError:
        return {}
    targets: dict[str, str] = {}
    for link in re.findall(r"<Relationship\b[^>]*>", links):
        found = dict(re.findall(r'(\w+)="([^"]*)"', link))
        targets[found.get("Id", "")] = "xl/" + found.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
    sheets = [dict(re.findall(r'([\w:]+)="([^"]*)"', tag)) for tag in re.findall(r"<sheet\b[^>]*>", book)]
    return {targets.get(s.get("r:id", ""), ""): s.get("name", "") for s in sheets}
