"""The file of a submission: checked before anything is kept, then kept under its checksum for its people alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.conf import settings

from everychild.catalogue.countries import site_country
from everychild.exchange.loaded import Loaded
from everychild.exchange.loading import load
from everychild.registers.refusals import problem
from everychild.registers.uploads import MAX_FINDINGS, MAX_UPLOAD
from everychild.releases.storage import write_file
from everychild.vocabulary.findings import DataRefused, Finding, findings_of

SUFFIXES: Final = (".csv", ".xlsx")


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
    found = _named(findings_of(loaded.ledger.head(MAX_FINDINGS)), path, name)
    return CheckedFile(path, name, digest, loaded.observations.height, tuple(found))


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


def kept(sha256: str, sent_name: str) -> Path:
    return Path(settings.DATA_FOLDER) / "submissions" / f"{sha256}{Path(sent_name).suffix.lower()}"


def read(sha256: str, sent_name: str) -> Loaded:
    """The figures of a kept file, read anew."""
    return load(kept(sha256, sent_name), "tidy", site_country())
