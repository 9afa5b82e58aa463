"""Tables that people send: XLSX or CSV, checked cell by cell before anything is stored.

sent = read_upload(path, "budget-2026.xlsx", "budget", "lines", LINES, progress=show)
if sent.refused: show sent.findings in the reader's language
else: an action takes sent.rows
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.exchange.delimited import open_delimited
from everychild.exchange.ledger import shown
from everychild.exchange.limits import MEBIBYTE
from everychild.exchange.workbooks import read_workbook
from everychild.registers.columns import CellRefused, Column, labels
from everychild.registers.personal_data import refused_cells, refused_columns
from everychild.vocabulary.findings import SEVERITIES, DataRefused, Finding, rules
from everychild.vocabulary.language import LANGUAGES

MAX_UPLOAD: Final = 20 * MEBIBYTE
MAX_UNPACKED: Final = 300 * MEBIBYTE
MAX_ROWS: Final = 200_000
MAX_FINDINGS: Final = 1_000
"""Findings of one file that are listed; a wrong column would give one for every row."""
_WORKBOOK_STARTS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Upload:
    """What was read: rows as values by column name with `row`, their number in the file; findings worst first.

    `refused` when there is an error: then no row may be stored, because half a table is worse than none.
    """

    rows: list[dict[str, Any]]
    findings: tuple[Finding, ...]
    sha256: str

    @property
    def refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class _Cells:
    header: list[str]
    cells: pl.DataFrame
    rows: pl.Series
    sha256: str


def read_upload(
    path: Path, name: str, register: str, table: str, columns: Sequence[Column], *, progress: Progress | None = None
) -> Upload:
    """Read and check a table; `name` is what the sender called the file, headers are column names or labels.

    `progress(done, of)` is called after each column, in cells. Never raises for bad data: what stops the reading is
    a finding like any other.
    """
    tell = progress or (lambda done, of: None)
    try:
        sent = _read(path, name, register, table, columns)
    except DataRefused as refused:
        return Upload([], tuple(refused.findings), "")
    positions, findings = _find_columns(sent.header, name, register, table, columns)
    findings += refused_columns(name, sent.header)
    if any(finding.severity == "error" for finding in findings):
        return Upload([], tuple(findings), sent.sha256)
    numeric = {sent.header[positions[c.name]] for c in columns if c.name in positions and c.kind in ("whole", "number")}
    findings += refused_cells(name, sent.cells, sent.rows, sent.header, numeric)
    of = sent.cells.height * len(columns)
    values: dict[str, list[Any]] = {"row": sent.rows.to_list()}
    for number, column in enumerate(columns, 1):
        position = positions.get(column.name)
        if position is None:
            values[column.name] = [None] * sent.cells.height
        else:
            values[column.name], broken = _parse(column, sent, position, name)
            findings += broken
        tell(number * sent.cells.height, of)
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return Upload(rows, tuple(_listed(findings, name)), sent.sha256)


def _read(path: Path, name: str, register: str, table: str, columns: Sequence[Column]) -> _Cells:
    """The cells as text. Raises DataRefused for what is too large, no table, or of another kind."""
    _refuse_large(path, name)
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(_WORKBOOK_STARTS):
        sheet = read_workbook(path, name)
        found = _Cells(sheet.header, sheet.cells, sheet.rows, sheet.sha256)
    else:
        file = open_delimited(path, name, _spellings(register, table, columns), MAX_UPLOAD)
        blocks = list(file.blocks())
        broken = [b for block in blocks for b in block.broken]
        if broken:
            raise DataRefused([_finding(name, b.rule, "", shown(b.text), b.row, cells=str(b.cells),
                                        columns=str(len(file.header))) for b in broken[:MAX_FINDINGS]])  # fmt: skip
        empty = pl.DataFrame(schema={str(i): pl.String for i in range(len(file.header))})
        cells = pl.concat([block.cells for block in blocks]) if blocks else empty
        rows = pl.concat([block.rows for block in blocks]) if blocks else pl.Series("row", [], dtype=pl.Int64)
        found = _Cells(file.header, cells, rows, file.sha256)
    if found.cells.height > MAX_ROWS:
        raise DataRefused([_finding(name, "too_many_rows", value=str(found.cells.height), most=str(MAX_ROWS))])
    if found.cells.is_empty():
        raise DataRefused([_finding(name, "no_rows")])
    return found


def _refuse_large(path: Path, name: str) -> None:
    size = path.stat().st_size
    if size > MAX_UPLOAD:
        raise DataRefused([_finding(name, "file_too_large", value=str(size), limit=str(MAX_UPLOAD))])
    if zipfile.is_zipfile(path):
        # Declared sizes are enough here: a part larger than it declares fails its checksum in read_workbook.
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise DataRefused([_finding(name, "zip_bomb", value=str(unpacked), limit=str(MAX_UNPACKED))])


def _spellings(register: str, table: str, columns: Sequence[Column]) -> dict[str, str]:
    """Column names and labels of all three languages, lower case, to the column's name."""
    found = {column.name.casefold(): column.name for column in columns}
    for column in columns:
        if text := labels(register).get((table, column.name)):
            found.update({text[language].casefold(): column.name for language in LANGUAGES})
    return found


def _find_columns(
    header: Sequence[str], name: str, register: str, table: str, columns: Sequence[Column]
) -> tuple[dict[str, int], list[Finding]]:
    """Position of each column by its name; unknown, repeated and missing ones are findings."""
    spellings, positions, findings = _spellings(register, table, columns), {}, []
    for position, heading in enumerate(header):
        column = spellings.get(heading.strip().casefold())
        if column is None:
            if heading.strip():
                findings.append(_finding(name, "upload_unknown_column", heading, shown(heading), 1))
        elif column in positions:
            findings.append(_finding(name, "upload_column_twice", heading, shown(heading), 1))
        else:
            positions[column] = position
    missing = [column.name for column in columns if column.required and column.name not in positions]
    findings += [_finding(name, "upload_missing_column", column, column, 1) for column in missing]
    return positions, findings


def _parse(column: Column, sent: _Cells, position: int, name: str) -> tuple[list[Any], list[Finding]]:
    """Values of one column; each different text is parsed once, which makes 50,000 codes as cheap as fifty.

    A text that may be anything has nothing that could be refused.
    """
    cells = sent.cells[str(position)].fill_null("")
    if column.kind == "text" and not column.required and column.check is None:
        return [text.strip() or None for text in cells], []
    parsed: dict[str, Any] = {}
    refused: dict[str, CellRefused] = {}
    for text in cells.unique().to_list():
        try:
            parsed[text] = column.parse(text)
        except CellRefused as problem:
            parsed[text], refused[text] = None, problem
    texts = cells.to_list()
    findings = []
    if refused:
        for row, text in zip(sent.rows, texts, strict=True):
            if text in refused and len(findings) <= MAX_FINDINGS:
                broken = refused[text]
                findings.append(_finding(name, broken.rule, sent.header[position], shown(text), row, **broken.more))
    return [parsed[text] for text in texts], findings


def _listed(findings: list[Finding], name: str) -> list[Finding]:
    """Worst first, then by row; the rest of a very long list in one sentence."""
    ordered = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.row or 0))
    if len(ordered) <= MAX_FINDINGS:
        return ordered
    return [*ordered[:MAX_FINDINGS], _finding(name, "more_findings", value=str(len(ordered) - MAX_FINDINGS))]


def _finding(file: str, rule: str, column: str = "", value: str = "", row: int | None = None, **more: str) -> Finding:
    return Finding(file, row, column, value, rule, rules()[rule].severity, more)
