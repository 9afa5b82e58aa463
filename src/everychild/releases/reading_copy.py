"""The files of the reading copy: all published figures, laid out for pages that ask for one indicator of many.

    derived/<country>-<fingerprint>/
      figures.parquet       every figure, for questions over all of them
      indicators.pieces     one small Parquet file an indicator, end to end
      index.json            where each piece lies, and checksums; written last, so a folder without it is not a copy
      <edition>/            what one state of the program and its definitions derived from the figures:
        tables.json         names and checksums of the tables, written after them
        <table>.arrow

A page reads the one piece it needs from the system's page cache, which all workers share, and keeps nothing of the
rest. One memory-mapped Arrow file was the first plan; the engine no longer maps files (since polars 2.0 it copies
460 MB into every worker for a million figures, 0.5 s a start), and a slice of a large Parquet file takes 3 to 6 ms for
its footer alone. A piece of 3,000 rows is read in 1.3 ms.

Everything here can be made again, so damage is not an error to report: each read is checked (CRC-32; against failing
disks and half-written files, not against malice) and raises Damaged, on which the caller makes the copy again.
"""

from __future__ import annotations

import io
import json
import os
import weakref
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.releases.storage import replace_file

FIGURES: Final = "figures.parquet"
PIECES: Final = "indicators.pieces"
INDEX: Final = "index.json"
TABLES: Final = "tables.json"
FORMAT: Final = 3
"""Raised when the layout changes, so that no program reads the copy of another."""
_ROW_GROUP: Final = 50_000
_SEAL_LENGTH: Final = 9


class Damaged(Exception):  # noqa: N818 - caught inside this package; the copy is made again
    """A file of the copy is missing, shorter, or not what was written."""


@dataclass(frozen=True)
class Piece:
    """Where the rows of an indicator lie in the file of pieces: bytes from `offset`, and their CRC-32."""

    offset: int
    length: int
    checksum: int


class ReadingCopy:
    """An open reading copy; several threads may read from it at once."""

    def __init__(self, folder: Path) -> None:
        """Raises Damaged when there is no whole copy in the folder."""
        self.folder = folder
        index = _sealed(folder / INDEX)
        self._figures = Piece(**index["figures"])
        self.pieces: Mapping[str, Piece] = {code: Piece(*place) for code, place in index["pieces"].items()}
        self._check_size(FIGURES, self._figures.length)
        self._check_size(PIECES, sum(piece.length for piece in self.pieces.values()))
        # Held open: a copy that is removed while a page is being made stays readable to the end of that page.
        self._descriptor = os.open(folder / PIECES, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        self._is_checked = False

    def piece(self, code: str) -> pl.DataFrame | None:
        """The rows of an indicator; None when it has none."""
        place = self.pieces.get(code)
        if place is None:
            return None
        content = os.pread(self._descriptor, place.length, place.offset)
        _check(content, place, PIECES)
        return pl.read_parquet(content)

    def scan(self) -> pl.LazyFrame:
        """All figures, checked once by this process."""
        if not self._is_checked:
            _check(_bytes(self.folder / FIGURES), self._figures, FIGURES)
            self._is_checked = True
        return pl.scan_parquet(self.folder / FIGURES)

    def check(self) -> None:
        """Check every byte of the figures."""
        self.scan()
        content = memoryview(_bytes(self.folder / PIECES))
        for place in self.pieces.values():
            _check(content[place.offset : place.offset + place.length], place, PIECES)

    def _check_size(self, file: str, size: int) -> None:
        try:
            found = (self.folder / file).stat().st_size
        except FileNotFoundError as problem:
            raise Damaged(file) from problem
        if found != size:
            raise Damaged(file)


def write_copy(folder: Path, figures: pl.DataFrame) -> None:
    """Lay figures out, sorted by indicator, in a folder; the lock of its parent must be held.

    Over a damaged copy it replaces file by file, and readers that opened the old files are not disturbed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = _parquet(figures, _ROW_GROUP)
    replace_file(folder / FIGURES, whole)
    pieces, places = _cut(figures)
    replace_file(folder / PIECES, pieces)
    index = {
        "figures": asdict(_place(0, whole)),
        "pieces": {code: (place.offset, place.length, place.checksum) for code, place in places.items()},
    }
    _seal(folder / INDEX, index)


def _cut(figures: pl.DataFrame) -> tuple[bytes, dict[str, Piece]]:
    pieces, places, start = io.BytesIO(), {}, 0
    runs = figures["indicator"].rle().struct.unnest() if figures.height else pl.DataFrame(schema=["len", "value"])
    for rows, code in runs.iter_rows():
        content = _parquet(figures.slice(start, rows), rows)
        places[code] = _place(pieces.tell(), content)
        pieces.write(content)
        start += rows
    return pieces.getvalue(), places


def _place(offset: int, content: bytes) -> Piece:
    return Piece(offset, len(content), zlib.crc32(content))


def _parquet(table: pl.DataFrame, row_group: int) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="lz4", row_group_size=row_group)
    return buffer.getvalue()


# ---------------------------------------------------------------------- derived tables


def derived_tables(folder: Path) -> dict[str, int]:
    """CRC-32 of the derived tables that have been written, by name; none when their list is damaged."""
    try:
        return _sealed(folder / TABLES)
    except Damaged:
        return {}


def read_table(folder: Path, name: str) -> pl.DataFrame:
    """Raises Damaged when the table was never written or is not what was written."""
    checksum = derived_tables(folder).get(name)
    content = _bytes(folder / f"{name}.arrow")
    if checksum is None or zlib.crc32(content) != checksum:
        raise Damaged(name)
    return pl.read_ipc(content)


def write_table(folder: Path, name: str, table: pl.DataFrame) -> None:
    """Write a derived table and its entry into the folder of an edition; the lock must be held."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    table.write_ipc(buffer, compression="uncompressed")
    replace_file(folder / f"{name}.arrow", buffer.getvalue())
    entries = {**derived_tables(folder), name: zlib.crc32(buffer.getbuffer())}
    _seal(folder / TABLES, dict(sorted(entries.items())))


# ---------------------------------------------------------------------- sealed JSON


def _seal(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False).encode()
    replace_file(path, b"%08x\n" % zlib.crc32(text) + text)


def _sealed(path: Path) -> dict[str, Any]:
    content = _bytes(path)
    text = content[_SEAL_LENGTH:]
    if content[:_SEAL_LENGTH] != b"%08x\n" % zlib.crc32(text):
        raise Damaged(path.name)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise Damaged(path.name) from problem


def _check(content: bytes | memoryview, place: Piece, file: str) -> None:
    if len(content) != place.length or zlib.crc32(content) != place.checksum:
        raise Damaged(file)
