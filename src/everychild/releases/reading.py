"""The reading copy: everything published in one memory-mapped Arrow file, with the findings derived from it.

Pages ask for one indicator out of a million rows; a Parquet file must be decompressed for that, an uncompressed Arrow
file sorted by indicator is only mapped and sliced, and all workers share its pages. The copy lives under
`derived/<fingerprint>/`, can be deleted at any time, and is made again when what is published changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild import __version__
from everychild.releases.manifest import OBSERVATIONS, check_file
from everychild.releases.storage import exclusive, sync_folder
from everychild.releases.store import Store
from everychild.vocabulary.observations import SCHEMA

FIGURES: Final = "figures.arrow"
OFFSETS: Final = "offsets.json"
KEPT: Final = 2
Builder = Callable[[pl.DataFrame], pl.DataFrame]


class PublishedFigures:
    """All published figures; columns of the schema, `key` and `release`."""

    def __init__(self, store: Store, folder: Path, fingerprint: str) -> None:
        self.store = store
        self.folder = folder
        self.fingerprint = fingerprint

    @classmethod
    def open(cls, store: Store) -> PublishedFigures:
        """Open the reading copy of what is published now, making it first when it is not there."""
        fingerprint = _fingerprint(store)
        folder = store.root / "derived" / fingerprint
        if not (folder / OFFSETS).is_file():
            _make(store, folder)
        return cls(store, folder, fingerprint)

    @cached_property
    def _offsets(self) -> dict[str, tuple[int, int]]:
        return {code: (start, rows) for code, (start, rows) in json.loads((self.folder / OFFSETS).read_bytes()).items()}

    @cached_property
    def _figures(self) -> pl.DataFrame:
        return pl.read_ipc(self.folder / FIGURES)

    def all(self) -> pl.DataFrame:
        """Every published figure, mapped and not copied."""
        return self._figures

    def scan(self) -> pl.LazyFrame:
        return self._figures.lazy()

    def indicators_with_figures(self) -> list[str]:
        return list(self._offsets)

    def indicator(self, code: str) -> pl.DataFrame:
        """All rows of an indicator, sorted by area, source and period; empty when it has none."""
        start, rows = self._offsets.get(code, (0, 0))
        return self._figures.slice(start, rows)

    def rows(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Published rows of the `release` and `key` pairs asked for, in one pass."""
        return self._figures.join(wanted, on=["release", "key"], how="semi")

    def figure(self, release: str, key: str) -> dict[str, Any] | None:
        """One figure as a row, from the published copy or, for other releases, from its file; None when absent."""
        found = self.indicator(key.partition(":")[0]).filter((pl.col("key") == key) & (pl.col("release") == release))
        if not found.height:
            found = _from_release(self.store, release, key)
        return found.row(0, named=True) if found.height else None

    def history(self, key: str) -> list[dict[str, Any]]:
        """The figure of that key in every release on disk, the newest first, with the state of the release."""
        published = {entry.release for entry in self.store.published()}
        withdrawn = {e["release"] for e in self.store.journal() if e["action"] == "withdraw"} - published
        found = []
        for manifest in reversed(self.store.releases()):
            row = self.figure(manifest.release, key)
            if row:
                state = "published" if manifest.release in published else "stored"
                found.append(
                    {
                        "release": manifest.release,
                        "created": manifest.created,
                        "state": "withdrawn" if manifest.release in withdrawn else state,
                        **{c: row[c] for c in ("value", "lower", "upper", "unit", "status", "missing_reason")},
                    }
                )
        return found

    def table(self, name: str) -> pl.DataFrame:
        """A derived table that `derive` has written."""
        return pl.read_ipc(self.folder / f"{name}.arrow")


def derive(store: Store, builders: Mapping[str, Builder]) -> None:
    """Make every derived table that is missing; each builder gets all published figures."""
    figures = PublishedFigures.open(store)
    missing = {name: build for name, build in builders.items() if not (figures.folder / f"{name}.arrow").is_file()}
    if not missing:
        return
    with exclusive(store.root / "derived" / ".lock"):
        rows = figures.all()
        for name, build in missing.items():
            if not (figures.folder / f"{name}.arrow").is_file():
                _write(build(rows), figures.folder / f"{name}.arrow")


def _fingerprint(store: Store) -> str:
    state = [(e.release, e.since, store.manifest(e.release).checksums[OBSERVATIONS]) for e in store.published()]
    text = json.dumps([__version__, list(SCHEMA), state])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _make(store: Store, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.parent / ".lock"):
        if (folder / OFFSETS).is_file():
            return
        fresh = folder.with_name(f".making-{folder.name}-{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        figures = _published_rows(store)
        _write(figures, fresh / FIGURES)
        (fresh / OFFSETS).write_text(json.dumps(_find_offsets(figures)), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
        sync_folder(folder.parent)
        _remove_old(folder)


def _published_rows(store: Store) -> pl.DataFrame:
    """Rows of all published releases; of one key in several, the row of the release published last."""
    frames = []
    for entry in store.published():
        path = check_file(store.folder / entry.release, store.manifest(entry.release), OBSERVATIONS)
        frames.append(pl.read_parquet(path).with_columns(pl.lit(entry.release).alias("release")))
    if not frames:
        return pl.DataFrame(schema={**SCHEMA, "key": pl.String, "release": pl.String})
    if len(frames) == 1:
        return frames[0]
    return (
        pl.concat(frames)
        .unique("key", keep="last", maintain_order=True)
        .sort("indicator", "area", "source", "period", "key")
    )


def _find_offsets(figures: pl.DataFrame) -> dict[str, tuple[int, int]]:
    runs = figures.with_row_index().group_by("indicator", maintain_order=True).agg(pl.col("index").min(), pl.len())
    return {code: (start, rows) for code, start, rows in runs.iter_rows()}


def _write(table: pl.DataFrame, path: Path) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    table.rechunk().write_ipc(fresh, compression="uncompressed")
    fresh.replace(path)


def _remove_old(current: Path) -> None:
    """Keep the newest copies: a worker may still be reading the one before."""
    folders = [p for p in current.parent.iterdir() if p.is_dir()]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in folders[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _from_release(store: Store, release: str, key: str) -> pl.DataFrame:
    """Look a key up in a release's own file, reading only the row groups that can hold it."""
    folder = store.folder / release
    if release.startswith(".") or not (folder / OBSERVATIONS).is_file():
        return pl.DataFrame()
    wanted = (pl.col("indicator") == key.partition(":")[0]) & (pl.col("key") == key)
    found = pl.scan_parquet(folder / OBSERVATIONS).filter(wanted).collect()
    return found.with_columns(pl.lit(release).alias("release"))
