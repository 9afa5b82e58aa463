"""The manifest of a release: what it holds, from where, made by what, with the checksums that protect it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from everychild.releases.refusals import DamagedRelease, UnknownRelease

OBSERVATIONS: Final = "observations.parquet"
LEDGER: Final = "ledger.parquet"
SET_ASIDE: Final = "set_aside.parquet"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
"""Checksum of the manifest itself, so that a changed manifest cannot vouch for changed figures unnoticed."""


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    `content` is the checksum of the figures (see content.py), the same wherever the same figures stand. `record` also
    covers the ledger, the rows set aside and the inputs: two writes with one `record` are one release. `checksums` are
    SHA-256 of the files beside the manifest. `created` is UTC in ISO 8601.
    """

    release: str
    dataset: str
    country: str
    title: Mapping[str, str]
    created: str
    producer: str
    code_version: str
    by: str
    sources: Sequence[Mapping[str, str]]
    inputs: Sequence[Mapping[str, str]]
    rows: int
    findings: Mapping[str, int]
    content: str
    checksums: Mapping[str, str]
    record: str = ""

    def __post_init__(self) -> None:
        absent = [file for file in (OBSERVATIONS, LEDGER) if file not in self.checksums]
        if absent:
            raise ValueError(f"the manifest of {self.release} has no checksum of {', '.join(absent)}")
        if self.rows < 0:
            raise ValueError(f"the manifest of {self.release} counts {self.rows} figures")

    def to_json(self) -> bytes:
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        fields: dict[str, Any] = json.loads(text)
        return cls(**fields)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release folder; UnknownRelease when there is none, DamagedRelease when its seal is broken."""
    if not folder.is_dir():
        raise UnknownRelease(folder.name)
    seal = _bytes(folder / SEAL)
    if seal is None:
        raise DamagedRelease(folder.name, SEAL, "", None)
    expected = seal.decode("ascii", errors="replace").strip()
    content = _whole(folder, MANIFEST, expected)
    try:
        return Manifest.from_json(content)
    except (TypeError, ValueError) as problem:
        raise DamagedRelease(folder.name, MANIFEST, expected, expected) from problem


def checked_bytes(folder: Path, manifest: Manifest, file: str) -> bytes:
    """The content of a file of the release once its checksum holds: read once, so what was checked is what is used."""
    return _whole(folder, file, manifest.checksums[file])


def _whole(folder: Path, file: str, expected: str) -> bytes:
    content = _bytes(folder / file)
    found = None if content is None else hashlib.sha256(content).hexdigest()
    if content is None or found != expected:
        raise DamagedRelease(folder.name, file, expected, found)
    return content


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
