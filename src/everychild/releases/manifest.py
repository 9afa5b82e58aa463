"""The manifest of a release: what it holds, from where, made by what, with the checksums that protect it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from everychild.vocabulary.errors import EverychildError

OBSERVATIONS: Final = "observations.parquet"
LEDGER: Final = "ledger.parquet"
SET_ASIDE: Final = "set_aside.parquet"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
"""Checksum of the manifest itself, so that a changed manifest cannot vouch for changed figures unnoticed."""


class DamagedRelease(EverychildError):  # noqa: N818 - says what is the case
    """A file of a release is not the file that was written."""

    def __init__(self, release: str, file: str, expected: str, found: str) -> None:
        super().__init__(
            f"release {release} is damaged: {file} should have the checksum {expected[:16]}… but has {found[:16]}…; "
            f"restore the folder from a copy or write the release again"
        )
        self.release, self.file, self.expected, self.found = release, file, expected, found


class UnknownRelease(EverychildError):  # noqa: N818
    """No release of that name is stored."""


@dataclass(frozen=True)
class Manifest:
    """`content` is the checksum of the figures themselves; `checksums` are those of the files beside the manifest."""

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

    def to_json(self) -> bytes:
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        fields: dict[str, Any] = json.loads(text)
        return cls(**fields)


def file_checksum(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release folder, refused when its seal does not hold."""
    if not (folder / MANIFEST).is_file():
        raise UnknownRelease(f"there is no release {folder.name}")
    content = (folder / MANIFEST).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    expected = _seal(folder)
    if found != expected:
        raise DamagedRelease(folder.name, MANIFEST, expected, found)
    return Manifest.from_json(content)


def _seal(folder: Path) -> str:
    try:
        return (folder / SEAL).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return "missing"


def check_file(folder: Path, manifest: Manifest, file: str) -> Path:
    """The path of a file of the release once its checksum holds."""
    path, expected = folder / file, manifest.checksums[file]
    found = file_checksum(path) if path.is_file() else "missing"
    if found != expected:
        raise DamagedRelease(manifest.release, file, expected, found)
    return path
