"""Files that were looked at and may be kept: each in a private folder for a short time, with how far its check is.

Several worker processes answer for one site and share nothing but files and the database, so everything a later request
has to know stands in files below the data folder. A file in which something is wrong is removed at once: it may hold
what nobody may keep.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from everychild.registers.uploads import MAX_UPLOAD
from everychild.vocabulary.findings import SEVERITIES, Finding

Stage = Literal["checking", "checked", "keeping", "kept", "failed"]
FOR_SECONDS: Final = 2 * 3600
"""How long a file waits to be kept."""
SILENT_CHECKING, SILENT_KEEPING = 60, 900
"""Seconds without a word after which a check, or the writing of a table, is taken for broken off."""
SHOWN: Final = 200
"""Findings that are kept for the page."""
TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_STATE: Final = "state.json"
_TAKEN: Final = "taken"


@dataclass(frozen=True)
class Look:
    """One file on its way. `given` is what was chosen beside it; `done` of `of` cells are checked."""

    token: str
    account: int
    register: str
    table: str
    given: Mapping[str, str]
    name: str
    sha256: str = ""
    stage: Stage = "checking"
    done: int = 0
    of: int = 0
    rows: int = 0
    errors: int = 0
    warnings: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    written: int = 0
    event: int = 0
    findings: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    at: float = field(default_factory=time.time)

    @property
    def busy(self) -> bool:
        return self.stage in ("checking", "keeping")

    @property
    def silent(self) -> bool:
        """Whether the process that worked on it has died."""
        limit = SILENT_CHECKING if self.stage == "checking" else SILENT_KEEPING
        return self.busy and time.time() - self.at > limit

    @property
    def folder(self) -> Path:
        return _home() / self.token

    @property
    def path(self) -> Path:
        return self.folder / "sent"

    def with_findings(self, findings: Iterable[Finding]) -> Look:
        found = tuple(sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), one.row or 0)))
        severities = [finding.severity for finding in found]
        return replace(self, findings=found[:SHOWN], errors=severities.count("error"),
                       warnings=severities.count("warning"))  # fmt: skip


def _home() -> Path:
    return Path(settings.DATA_FOLDER) / "looked-at"


def receive(sent: UploadedFile[Any], account: int, register: str, table: str, given: Mapping[str, str]) -> Look:
    """Put a sent file into a folder of its own; of one too large a byte more than may be, so that the check sees it."""
    sweep()
    look = Look(secrets.token_hex(16), account, register, table, given, Path(str(sent.name)).name[:120] or "file")
    look.folder.mkdir(mode=0o700, parents=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(look.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in sent.chunks(1 << 20):
            piece = chunk[: MAX_UPLOAD + 1 - size]
            out.write(piece)
            digest.update(piece)
            size += len(piece)
    return write(replace(look, sha256=digest.hexdigest()))


def read(token: str) -> Look | None:
    """The state of a file; None when there is none or its time is over."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        stored = json.loads((_home() / token / _STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    for name in ("findings", "refused"):
        stored[name] = tuple(Finding(**finding) for finding in stored[name])
    look = Look(**stored)
    return None if not look.busy and time.time() - look.at > FOR_SECONDS else look


def write(look: Look) -> Look:
    """Put the state beside the file in one step, so that a reader never sees a part of it."""
    told = replace(look, at=time.time())
    fresh = look.folder / f".{_STATE}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(asdict(told), out, ensure_ascii=False)
    fresh.replace(look.folder / _STATE)
    return told


def take(look: Look) -> bool:
    """Claim a checked file for keeping; only the first of several requests gets it."""
    try:
        os.close(os.open(look.folder / _TAKEN, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def give_back(look: Look) -> None:
    """What was refused may be tried again."""
    (look.folder / _TAKEN).unlink(missing_ok=True)


def is_whole(look: Look) -> bool:
    """Whether the file is still the one that was looked at."""
    try:
        return hashlib.sha256(look.path.read_bytes()).hexdigest() == look.sha256
    except FileNotFoundError:
        return False


def forget_file(look: Look) -> None:
    look.path.unlink(missing_ok=True)


def sweep() -> None:
    """Remove what nobody has asked for in time, with everything in it."""
    if not _home().is_dir():
        return
    oldest = time.time() - FOR_SECONDS
    for folder in _home().iterdir():
        state = folder / _STATE
        try:
            last = (state if state.is_file() else folder).stat().st_mtime
        except FileNotFoundError:  # another worker was quicker
            continue
        if last < oldest:
            shutil.rmtree(folder, ignore_errors=True)
