"""The store of releases: write, publish, withdraw, list, read, compare.

What happens in which order, and why a kill at any moment is harmless:
- write: files go to a hidden folder and through to the disk, the journal gets its line, and the folder is renamed in
  one step. A folder that was never renamed is not a release; the next write removes it (it holds the lock that the
  folder's writer held, so that writer is dead).
- publish, withdraw: the journal gets its line, then `published.json` is replaced in one step. Until that step the
  previous publication is in force; the line of a step that never came is shown as interrupted (see journal.py).
"""

from __future__ import annotations

import getpass
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import polars as pl

from everychild import __version__
from everychild.releases import comparison
from everychild.releases.content import canonical, content_checksum, record_checksum
from everychild.releases.journal import Event, Journal, now
from everychild.releases.manifest import (
    LEDGER,
    MANIFEST,
    OBSERVATIONS,
    SEAL,
    SET_ASIDE,
    Manifest,
    checked_bytes,
    read_manifest,
)
from everychild.releases.refusals import DamagedRelease, DamagedState, NotPublishable, ReasonMissing, UnknownRelease
from everychild.releases.storage import exclusive, replace_file, sync_folder, undisturbed, write_file
from everychild.vocabulary.findings import LEDGER_SCHEMA
from everychild.vocabulary.observations import SCHEMA

ROW_GROUP: Final = 20_000
"""Rows of a Parquet row group. One key of a million rows is found in 2.4 ms; in groups of 10,000 the footer takes
longer (3.5 ms), in groups of 50,000 the unpacking (6 ms)."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE: Final = re.compile(r"-\d{4}-\d{2}-\d{2}-")
_WRITING: Final = ".writing-"
_NEAR: Final = 3


@dataclass(frozen=True)
class Published:
    """Which release of a dataset is shown, since when (UTC, ISO 8601), and who pointed at it."""

    dataset: str
    release: str
    since: str
    by: str


@dataclass(frozen=True)
class Withdrawal:
    """When, by whom and why a release was withdrawn."""

    release: str
    at: str
    by: str
    reason: str


def person() -> str:
    """Who runs this process, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Store:
    """Releases under one folder; see docs/architecture.md for the files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "releases"
        self._lock = root / ".lock"
        self._journal = Journal(root / "journal.jsonl", self._took_effect)

    # ------------------------------------------------------------------ writing

    def write(
        self,
        observations: pl.DataFrame,
        ledger: pl.DataFrame,
        *,
        dataset: str,
        country: str,
        title: Mapping[str, str],
        producer: str,
        sources: Sequence[Mapping[str, str]],
        inputs: Sequence[Mapping[str, str]],
        by: str,
        set_aside: pl.DataFrame | None = None,
    ) -> Manifest:
        """Write a release and return its manifest; what is already stored is returned and nothing changes.

        The same is: the same dataset, figures, ledger, rows set aside and inputs. Raises ValueError for observations
        that are not of the schema (see content.canonical), a ledger of other columns, or a name no folder can have.
        """
        if not _NAME.fullmatch(dataset):
            raise ValueError(f"the dataset {dataset!r} cannot be the name of a folder; use letters, digits and hyphens")
        if list(ledger.columns) != list(LEDGER_SCHEMA):
            raise ValueError("the ledger does not have the columns of LEDGER_SCHEMA")
        figures = canonical(observations)
        content = content_checksum(figures)
        record = record_checksum(content, ledger, set_aside, inputs)
        self.folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self._lock):
            self._remove_leftovers()
            held = self._with_record(dataset, record)
            if held:
                return held
            release = self._free_name(f"{dataset}-{datetime.now(UTC):%Y-%m-%d}-{content[:10]}")
            with _whole_or_nothing(self.folder / f"{_WRITING}{release}") as fresh:
                manifest = Manifest(
                    release=release,
                    dataset=dataset,
                    country=country,
                    title=dict(title),
                    created=now(),
                    producer=producer,
                    code_version=__version__,
                    by=by,
                    sources=[dict(source) for source in sources],
                    inputs=[dict(item) for item in inputs],
                    rows=figures.height,
                    findings=dict(ledger.group_by("severity").len().sort("severity").iter_rows()),
                    content=content,
                    checksums=_write_tables(fresh, figures, ledger, set_aside),
                    record=record,
                )
                _write_manifest(fresh, manifest)
                self._journal.announce("write", release, by, "", manifest.created)
                fresh.rename(self.folder / release)
            sync_folder(self.folder)
        return manifest

    def _with_record(self, dataset: str, record: str) -> Manifest | None:
        """The whole release that already holds this; a damaged one does not count, so that it can be written again."""
        for manifest in self.releases():
            if manifest.dataset == dataset and manifest.record == record and not self._damage(manifest):
                return manifest
        return None

    def _free_name(self, release: str) -> str:
        """The name itself, or with a number when the same figures were written today with other surroundings."""
        name, number = release, 1
        while (self.folder / name).exists():
            number += 1
            name = f"{release}-{number}"
        return name

    def _remove_leftovers(self) -> None:
        for folder in self.folder.glob(f"{_WRITING}*"):
            shutil.rmtree(folder)

    # ------------------------------------------------------------------ publishing

    def publish(self, release: str, by: str, reason: str = "") -> Published:
        """Point the release's dataset at it, in one step; publishing what is published changes nothing.

        Raises UnknownRelease, DamagedRelease, or NotPublishable for a release without figures.
        """
        manifest = self.manifest(release)
        for file in manifest.checksums:
            checked_bytes(self.folder / release, manifest, file)
        if not manifest.rows:
            raise NotPublishable(release)
        with exclusive(self._lock):
            state = self._state()
            held = state.get(manifest.dataset)
            if held and held.release == release:
                return held
            entry = Published(manifest.dataset, release, now(), by)
            self._journal.announce("publish", release, by, reason, entry.since)
            self._save([*(e for e in state.values() if e.dataset != entry.dataset), entry])
        return entry

    def withdraw(self, release: str, by: str, reason: str) -> None:
        """Stop showing a release. It stays on disk at its addresses, and says that and why it was withdrawn.

        A damaged release can be withdrawn too. Raises UnknownRelease or ReasonMissing.
        """
        if not self._path(release).is_dir():
            raise UnknownRelease(release, self._near(release))
        if not reason.strip():
            raise ReasonMissing(release)
        with exclusive(self._lock):
            state = self._state()
            self._journal.announce("withdraw", release, by, reason.strip(), now())
            kept = [entry for entry in state.values() if entry.release != release]
            if len(kept) != len(state):
                self._save(kept)

    def published(self) -> list[Published]:
        """What is shown; the one published last comes last."""
        return sorted(self._state().values(), key=lambda entry: entry.since)

    def withdrawn(self) -> dict[str, Withdrawal]:
        """Withdrawals in force, by release; one that was published again is no longer withdrawn."""
        found: dict[str, Withdrawal] = {}
        for event in self.journal():
            if event["action"] == "withdraw":
                found[event["release"]] = Withdrawal(event["release"], event["at"], event["by"], event["reason"])
            elif event["action"] == "publish":
                found.pop(event["release"], None)
        return found

    def journal(self) -> list[Event]:
        """Events from the oldest on; see journal.Journal.events."""
        with undisturbed(self._lock):
            return self._journal.events()

    def _took_effect(self, event: Mapping[str, str]) -> bool:
        if event["action"] == "write":
            return self._path(event["release"]).is_dir()
        try:
            shown = {(entry.release, entry.since) for entry in self._state().values()}
        except DamagedState:  # the journal is what helps then, so it is read as it stands
            return True
        if event["action"] == "publish":
            return (event["release"], event["at"]) in shown
        return all(release != event["release"] for release, _ in shown)

    def _state(self) -> dict[str, Published]:
        path = self.root / "published.json"
        try:
            loaded = json.loads(path.read_bytes())
            entries = [Published(**entry) for entry in loaded.values()]
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError) as problem:
            raise DamagedState(path.name, str(problem)) from problem
        return {entry.dataset: entry for entry in entries}

    def _save(self, entries: Iterable[Published]) -> None:
        state = {entry.dataset: asdict(entry) for entry in entries}
        text = json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        replace_file(self.root / "published.json", text.encode())

    # ------------------------------------------------------------------ reading

    def releases(self) -> list[Manifest]:
        """Manifests of all releases on disk that can be read, the oldest first; see `damaged` for the others."""
        found = [manifest for manifest in map(self._readable, self._names()) if isinstance(manifest, Manifest)]
        return sorted(found, key=lambda manifest: (manifest.created, manifest.release))

    def damaged(self) -> list[DamagedRelease]:
        """What is wrong with each release whose manifest or any file is not what was written; reads every file."""
        read = [self._readable(name) for name in self._names()]
        found = [self._damage(m) if isinstance(m, Manifest) else m for m in read]
        return [damage for damage in found if damage]

    def find(self, text: str) -> str:
        """The one release meant by its name, its checksum part, or the beginning of either.

        Raises UnknownRelease with the nearest names when none or several are meant.
        """
        names = self._names()
        if text in names:
            return text
        meant = [name for name in names if text and (name.startswith(text) or _after_date(name).startswith(text))]
        if len(meant) != 1:
            raise UnknownRelease(text, meant[:_NEAR] or self._near(text))
        return meant[0]

    def manifest(self, release: str) -> Manifest:
        """Raises UnknownRelease (with the nearest names) or DamagedRelease."""
        if not self._path(release).is_dir():
            raise UnknownRelease(release, self._near(release))
        return read_manifest(self._path(release))

    def observations(self, release: str) -> pl.DataFrame:
        """Figures of a release: exactly the schema, in canonical order; DamagedRelease when a byte was changed."""
        return self._table(release, OBSERVATIONS).select(list(SCHEMA))

    def ledger(self, release: str) -> pl.DataFrame:
        """Findings of the load, in its order."""
        return self._table(release, LEDGER)

    def set_aside(self, release: str) -> pl.DataFrame:
        """Rows that the load could not accept, as they stood in the files; empty when there were none."""
        if SET_ASIDE not in self.manifest(release).checksums:
            return pl.DataFrame()
        return self._table(release, SET_ASIDE)

    def compare(self, first: str, second: str) -> pl.DataFrame:
        """Differences between two releases, number by number; see comparison.compare."""
        return comparison.compare(self._table(first, OBSERVATIONS), self._table(second, OBSERVATIONS))

    def keyed(self, release: str) -> pl.DataFrame:
        """Figures of a release with their `key`, in canonical order."""
        return self._table(release, OBSERVATIONS)

    def _table(self, release: str, file: str) -> pl.DataFrame:
        manifest = self.manifest(release)
        return pl.read_parquet(io.BytesIO(checked_bytes(self.folder / release, manifest, file)))

    def _path(self, release: str) -> Path:
        """The folder of a release; a name that could lead elsewhere leads to a folder that never exists."""
        return self.folder / (release if _NAME.fullmatch(release) else ".none")

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir())

    def _near(self, release: str) -> list[str]:
        names = self._names()
        begun = [name for name in names if release and name.startswith(release)]
        return [*begun, *(n for n in get_close_matches(release, names, n=_NEAR, cutoff=0.4) if n not in begun)][:_NEAR]

    def _readable(self, release: str) -> Manifest | DamagedRelease:
        try:
            return read_manifest(self.folder / release)
        except DamagedRelease as damage:
            return damage

    def _damage(self, manifest: Manifest) -> DamagedRelease | None:
        try:
            for file in manifest.checksums:
                checked_bytes(self.folder / manifest.release, manifest, file)
        except DamagedRelease as damage:
            return damage
        return None


def _after_date(release: str) -> str:
    return _DATE.split(release)[-1]


@contextmanager
def _whole_or_nothing(fresh: Path) -> Iterator[Path]:
    """The folder of a release that is being written; where writing fails (a full disk, a stop) it goes at once, and the
    next writer has none to remove."""
    fresh.mkdir()
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _write_tables(
    folder: Path, figures: pl.DataFrame, ledger: pl.DataFrame, set_aside: pl.DataFrame | None
) -> dict[str, str]:
    tables = {OBSERVATIONS: figures, LEDGER: ledger}
    if set_aside is not None and set_aside.height:
        tables[SET_ASIDE] = set_aside
    checksums = {}
    for name, table in tables.items():
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP, statistics=True)
        write_file(folder / name, buffer.getvalue(), mode=0o444)
        checksums[name] = hashlib.sha256(buffer.getbuffer()).hexdigest()
    return checksums


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    text = manifest.to_json()
    write_file(folder / MANIFEST, text, mode=0o444)
    write_file(folder / SEAL, hashlib.sha256(text).hexdigest().encode() + b"\n", mode=0o444)
    sync_folder(folder)
