"""The store of releases: write, publish, withdraw, list, read, compare.

Order of writing, and why a kill at any moment is harmless:
- write: files go to a hidden folder, are synced, and the folder is renamed; a folder that was never renamed is not a
  release and is removed by the next write.
- publish and withdraw: the journal's line comes first, then `published.json` is replaced. A kill between the two leaves
  the old publication in force and a journal that says what was meant; repeating the command completes it.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild import __version__
from everychild.releases import comparison
from everychild.releases.manifest import (
    LEDGER,
    MANIFEST,
    OBSERVATIONS,
    SEAL,
    SET_ASIDE,
    Manifest,
    UnknownRelease,
    check_file,
    file_checksum,
    read_manifest,
)
from everychild.releases.storage import append_line, exclusive, replace_file, sync_file, sync_folder
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import LEDGER_SCHEMA
from everychild.vocabulary.observations import SCHEMA, key_expression

ROW_GROUP: Final = 50_000


class NotPublishable(EverychildError):  # noqa: N818
    """The release cannot be published, and why."""


@dataclass(frozen=True)
class Published:
    """Which release of a dataset is shown, since when, and who pointed at it."""

    dataset: str
    release: str
    since: str
    by: str


def person() -> str:
    """Who runs this process, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Store:
    """Releases under one folder; see docs/architecture.md for the files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "releases"

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
        """Write a release and return its manifest; the same figures from the same inputs are the same release.

        `observations` must be of the schema with keys that do not repeat; `ledger` of LEDGER_SCHEMA.
        """
        figures = canonical(observations)
        content = content_checksum(figures, ledger, inputs)
        self.folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self.root / ".lock"):
            self._remove_leftovers()
            same = self._with_content(dataset, content)
            if same:
                return same
            release = f"{dataset}-{datetime.now(UTC):%Y-%m-%d}-{content[:10]}"
            fresh = self.folder / f".writing-{release}"
            fresh.mkdir()
            checksums = _write_tables(fresh, figures, ledger, set_aside)
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
                checksums=checksums,
            )
            self._seal(fresh, manifest)
            self._record("write", release, by, "")
            fresh.rename(self.folder / release)
            sync_folder(self.folder)
        return manifest

    def _seal(self, folder: Path, manifest: Manifest) -> None:
        text = manifest.to_json()
        (folder / MANIFEST).write_bytes(text)
        (folder / SEAL).write_text(hashlib.sha256(text).hexdigest() + "\n", encoding="ascii")
        for path in folder.iterdir():
            path.chmod(0o444)
            sync_file(path)
        sync_folder(folder)

    def _with_content(self, dataset: str, content: str) -> Manifest | None:
        for manifest in self.releases():
            if manifest.dataset == dataset and manifest.content == content:
                return manifest
        return None

    def _remove_leftovers(self) -> None:
        """Folders of writers that were killed; safe because the lock is ours."""
        for folder in self.folder.glob(".writing-*"):
            shutil.rmtree(folder)

    # ------------------------------------------------------------------ publishing

    def publish(self, release: str, by: str, reason: str = "") -> Published:
        """Point the release's dataset at it, in one step; publishing what is published changes nothing."""
        manifest = self.manifest(release)
        for file in manifest.checksums:
            check_file(self.folder / release, manifest, file)
        if not manifest.rows:
            raise NotPublishable(f"release {release} holds no figures and cannot be published")
        with exclusive(self.root / ".lock"):
            state = self._state()
            entry = Published(manifest.dataset, release, now(), by)
            held = state.get(manifest.dataset)
            if held and held["release"] == release:
                return Published(**held)
            self._record("publish", release, by, reason)
            state[manifest.dataset] = asdict(entry)
            self._save(state)
        return entry

    def withdraw(self, release: str, by: str, reason: str) -> None:
        """Stop showing a release. It stays on disk at its addresses, and says why it was withdrawn."""
        manifest = self.manifest(release)
        if not reason.strip():
            raise NotPublishable("a withdrawal needs a reason that readers can understand")
        with exclusive(self.root / ".lock"):
            state = self._state()
            self._record("withdraw", release, by, reason)
            if state.get(manifest.dataset, {}).get("release") == release:
                del state[manifest.dataset]
                self._save(state)

    def published(self) -> list[Published]:
        """What is shown, by dataset; the one published last comes last."""
        entries = [Published(**entry) for entry in self._state().values()]
        return sorted(entries, key=lambda entry: entry.since)

    def _state(self) -> dict[str, dict[str, str]]:
        try:
            loaded: dict[str, dict[str, str]] = json.loads((self.root / "published.json").read_bytes())
        except FileNotFoundError:
            return {}
        return loaded

    def _save(self, state: Mapping[str, Mapping[str, str]]) -> None:
        text = json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        replace_file(self.root / "published.json", text.encode())

    def _record(self, action: str, release: str, by: str, reason: str) -> None:
        event = {"at": now(), "action": action, "release": release, "by": by, "reason": reason}
        append_line(self.root / "journal.jsonl", json.dumps(event, ensure_ascii=False).encode())

    def journal(self) -> list[dict[str, str]]:
        """Events from the oldest on; a line torn by a kill is reported as action `torn`, not hidden."""
        path = self.root / "journal.jsonl"
        lines = path.read_bytes().splitlines() if path.is_file() else []
        return [_event(line) for line in lines if line.strip()]

    # ------------------------------------------------------------------ reading

    def releases(self) -> list[Manifest]:
        """Manifests of all releases on disk, the oldest first."""
        if not self.folder.is_dir():
            return []
        folders = [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        return sorted((read_manifest(folder) for folder in folders), key=lambda m: (m.created, m.release))

    def manifest(self, release: str) -> Manifest:
        folder = self.folder / release
        if release.startswith(".") or os.sep in release or not folder.is_dir():
            names = [p.name for p in self.folder.glob("[!.]*")] if self.folder.is_dir() else []
            near = get_close_matches(release, names, n=2, cutoff=0.3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnknownRelease(f"there is no release {release!r}{hint}")
        return read_manifest(folder)

    def observations(self, release: str) -> pl.DataFrame:
        """Figures of a release in canonical order, refused when the file was changed."""
        return self._table(release, OBSERVATIONS).select(list(SCHEMA))

    def ledger(self, release: str) -> pl.DataFrame:
        return self._table(release, LEDGER)

    def set_aside(self, release: str) -> pl.DataFrame:
        """Rows that the load could not accept, as they stood in the files; empty when there were none."""
        if SET_ASIDE not in self.manifest(release).checksums:
            return pl.DataFrame()
        return self._table(release, SET_ASIDE)

    def _table(self, release: str, file: str) -> pl.DataFrame:
        manifest = self.manifest(release)
        return pl.read_parquet(check_file(self.folder / release, manifest, file))

    def compare(self, first: str, second: str) -> pl.DataFrame:
        """Differences between two releases, number by number; see comparison.compare."""
        return comparison.compare(self.observations(first), self.observations(second))


def canonical(observations: pl.DataFrame) -> pl.DataFrame:
    """Schema columns with the key, sorted by indicator, area, source, period and key: the order pages read in."""
    if dict(observations.schema) != {name: kind() for name, kind in SCHEMA.items()}:
        raise ValueError("observations are not of the schema; bring them through observations.conform")
    numbers = pl.any_horizontal([pl.col(c).is_nan().fill_null(False) for c in ("value", "lower", "upper", "se")])
    if observations.select(numbers.any()).item():
        raise ValueError("a figure is NaN; a figure that is not known is null with a status")
    keyed = observations.with_columns(key_expression())
    if keyed["key"].n_unique() != keyed.height:
        twice = keyed.filter(pl.col("key").is_duplicated())["key"][0]
        raise ValueError(f"two figures share the key {twice}")
    return keyed.sort("indicator", "area", "source", "period", "key")


def content_checksum(figures: pl.DataFrame, ledger: pl.DataFrame, inputs: Sequence[Mapping[str, str]]) -> str:
    """SHA-256 of what a release says, whatever Parquet's encoding of it: figures in canonical order and the ledger,
    both as CSV, and the inputs. Independent of versions of the libraries, so a release can be checked in ten years.
    """
    digest = hashlib.sha256()
    for start in range(0, figures.height, ROW_GROUP):
        digest.update(figures.slice(start, ROW_GROUP).write_csv(include_header=False).encode())
    digest.update(ledger.sort(list(LEDGER_SCHEMA)).write_csv().encode())
    digest.update(json.dumps([dict(item) for item in inputs], sort_keys=True).encode())
    return digest.hexdigest()


def _write_tables(
    folder: Path, figures: pl.DataFrame, ledger: pl.DataFrame, set_aside: pl.DataFrame | None
) -> dict[str, str]:
    tables = {OBSERVATIONS: figures, LEDGER: ledger}
    if set_aside is not None and set_aside.height:
        tables[SET_ASIDE] = set_aside
    for name, table in tables.items():
        table.write_parquet(folder / name, compression="zstd", row_group_size=ROW_GROUP, statistics=True)
    return {name: file_checksum(folder / name) for name in tables}


def _event(line: bytes) -> dict[str, str]:
    try:
        loaded: dict[str, Any] = json.loads(line)
    except ValueError:
        return {"at": "", "action": "torn", "release": "", "by": "", "reason": line[:80].decode(errors="replace")}
    return {key: str(value) for key, value in loaded.items()}
