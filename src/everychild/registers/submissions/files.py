"""The file of a submission: checked before anything is kept, then kept under its checksum for its people alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl
from django.conf import settings

from everychild.catalogue.countries import site_country
from everychild.exchange import tidy
from everychild.exchange.delimited import open_delimited
from everychild.exchange.loaded import Loaded
from everychild.exchange.loading import load
from everychild.exchange.workbooks import read_workbook
from everychild.registers.personal_data import refused_cells, refused_columns
from everychild.registers.refusals import problem
from everychild.registers.uploads import MAX_FINDINGS, MAX_UPLOAD
from everychild.releases.storage import write_file
from everychild.vocabulary.findings import DataRefused, Finding, findings_of
from everychild.vocabulary.observations import NUMBERS, SCHEMA

_FREE: Final = ("note", "other")
"""Columns of figures that take any text."""
SUFFIXES: Final = (".csv", ".xlsx")
CODES_SHEET: Final = tidy.CODES_SHEET
"""What the sheet of codes is called in a template that is to be sent back."""


@dataclass(frozen=True)
class CheckedFile:
    """What a file holds. `findings`: errors first; with an error nothing of it may be kept."""

    path: Path
    sent_name: str
    sha256: str
    figures: int
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings) or not self.figures

    @property
    def warnings(self) -> int:
        return sum(finding.severity == "warning" for finding in self.findings)


def check(path: Path, sent_name: str) -> CheckedFile:
    """Read a tidy table as `everychild load --as tidy` does; every defect is a finding with its cell."""
    name = Path(sent_name).name[:120]
    if path.stat().st_size > MAX_UPLOAD:
        return CheckedFile(path, name, "", 0, (problem(name, "submission_too_large", value=str(MAX_UPLOAD // 2**20)),))
    if Path(name).suffix.lower() not in SUFFIXES:
        return CheckedFile(path, name, "", 0, (problem(name, "submission_not_a_table", value=name),))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        loaded = load(path, "tidy", site_country())
    except DataRefused as refused:
        return CheckedFile(path, name, digest, 0, tuple(_named(refused.findings, path, name)))
    found = [_as_said_here(f) for f in _named(findings_of(loaded.ledger.head(MAX_FINDINGS)), path, name)]
    persons = list(_persons(path, name, loaded, found))[:MAX_FINDINGS]
    return CheckedFile(path, name, digest, loaded.observations.height, (*persons, *found))


def _as_said_here(found: Finding) -> Finding:
    """The file is kept as it was sent, so what nobody has read must not come along with it."""
    return replace(found, severity="error") if found.rule in UNREAD else found


UNREAD: Final = ("further_sheets", "unknown_column", "cells_without_header")


def _persons(path: Path, name: str, loaded: Loaded, found: Sequence[Finding]) -> Iterator[Finding]:
    """Columns and cells that seem to hold persons. The file is read once more only when it has columns of its own.

    Rows that were set aside need no look: with them the file is refused.
    """
    foreign = [one.value for one in found if one.rule in ("unknown_column", "cells_without_header")]
    if foreign:
        header, cells, rows = _as_it_stands(path, name)
        yield from refused_columns(name, header)
    else:
        frame = loaded.observations.select("row", *_FREE)
        header, cells, rows = list(_FREE), frame.select(_FREE).rename(dict(zip(_FREE, "01", strict=True))), frame["row"]
    yield from refused_cells(name, cells, rows, header, NUMBERS)


def _as_it_stands(path: Path, name: str) -> tuple[list[str], pl.DataFrame, pl.Series]:
    """Header, cells as text and their rows."""
    if path.suffix.lower() == ".xlsx":
        sheet = read_workbook(path, name)
        return sheet.header, sheet.cells, sheet.rows
    file = open_delimited(path, name, frozenset(SCHEMA), MAX_UPLOAD)
    blocks = list(file.blocks())
    return file.header, pl.concat([b.cells for b in blocks]), pl.concat([b.rows for b in blocks])


def _named(findings: Iterable[Finding], path: Path, name: str) -> Iterator[Finding]:
    """Findings speak of the name that was sent, not of where the file lies meanwhile."""
    return (replace(found, file=name) if found.file == path.name else found for found in findings)


def keep(file: CheckedFile) -> Path:
    """Copy a checked file to its place; the same content is kept once."""
    place = kept(file.sha256, file.sent_name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not place.is_file():
        write_file(place, file.path.read_bytes(), 0o600)
    return place


def discard(sha256: str, sent_name: str) -> None:
    """Remove a file that no submission has any more."""
    kept(sha256, sent_name).unlink(missing_ok=True)


def kept(sha256: str, sent_name: str) -> Path:
    return Path(settings.DATA_FOLDER) / "submissions" / f"{sha256}{Path(sent_name).suffix.lower()}"


def read(sha256: str, sent_name: str) -> Loaded:
    """The figures of a kept file, read anew."""
    return load(kept(sha256, sent_name), "tidy", site_country())
