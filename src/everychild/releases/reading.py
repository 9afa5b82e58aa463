"""What pages read: everything published, one indicator at a time, with the findings derived from it.

Each country has a reading copy of its own, so that figures of an invented country never stand beside real ones
(`catalogue.invented`), and in it each edition of the program has derived tables of its own: two sites, or two versions
of the program, may share a data folder, and neither touches what the other reads.

If two published releases hold one key, the copy holds the row of the release published last; the other row is still
found at its own address and in the history, as are those of releases that are published no longer. A release that was
never published is found nowhere (see public.py).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl

import everychild
from everychild.catalogue.countries import country as country_pack
from everychild.catalogue.countries import site_country
from everychild.catalogue.invented import figures_for, invented_areas
from everychild.releases.content import ORDER
from everychild.releases.manifest import OBSERVATIONS, Manifest, checked_bytes
from everychild.releases.public import PublicReleases
from everychild.releases.reading_copy import (
    FORMAT,
    INDEX,
    TABLES,
    Damaged,
    ReadingCopy,
    read_table,
    write_copy,
    write_table,
)
from everychild.releases.refusals import DamagedCopy, DamagedRelease, UnknownRelease
from everychild.releases.storage import exclusive
from everychild.releases.store import Store
from everychild.vocabulary.observations import SCHEMA

KEPT: Final = 2
"""Reading copies kept of a country: the current one, and the one before for a worker that is just using it."""
EDITIONS: Final = 4
"""Editions whose tables are kept in a reading copy; one that is still in use beyond that makes its tables again."""
RECENT: Final = 32
"""Indicators that a process keeps unpacked, about 1.5 MB each at 3,000 rows."""
HISTORY: Final = ("value", "lower", "upper", "unit", "status", "missing_reason")
COLUMNS: Final = (*SCHEMA, "key", "release")
_EMPTY: Final[dict[str, type[pl.DataType]]] = {**SCHEMA, "key": pl.String, "release": pl.String}
Builder = Callable[[pl.DataFrame], pl.DataFrame]
Answer = TypeVar("Answer")


class PublishedFigures:
    """All figures published at the time of opening that a country's site may show; columns of the schema, `key` and
    `release`.

    `public` is all that pages may ask of the releases themselves. Safe for threads and for processes forked after
    opening. A damaged copy is noticed at reading and made again.
    """

    def __init__(self, store: Store, copy: ReadingCopy, country: str, edition: str) -> None:
        self.public = PublicReleases(store)
        self._store = store
        self.country = country
        self.folder = copy.folder
        self.tables = copy.folder / edition
        self._builders: Mapping[str, Builder] = {}
        self._copy = copy
        self._recent = lru_cache(RECENT)(self._piece)
        self._checked: dict[str, tuple[int, ...]] = {}

    @classmethod
    def open(cls, store: Store, edition: str | None = None, *, country: str | None = None) -> PublishedFigures:
        """Open the reading copy of what is published now, making it first when it is missing or damaged.

        `country` and `edition` are by default those of this installation. Raises UnknownCountry.
        """
        code = country_pack(country or site_country()).code
        while True:  # at most once for each publication that happens meanwhile
            folder = store.root / "derived" / _fingerprint(store, code)
            try:
                return cls(store, _copy(store, folder, code), code, edition or _edition())
            except _Superseded:
                continue

    @property
    def fingerprint(self) -> str:
        """Names the country and the state of publication."""
        return self.folder.name

    def check(self) -> None:
        """Check every byte of the copy; it is made again when it is damaged."""
        self._whole(ReadingCopy.check)

    def all(self) -> pl.DataFrame:
        """Every published figure, read into memory."""
        return self.scan().collect()

    def scan(self) -> pl.LazyFrame:
        """Every published figure, for questions that need a few columns or rows of them."""
        return self._whole(lambda copy: copy.scan())

    def indicators_with_figures(self) -> list[str]:
        """Codes in order."""
        return list(self._copy.pieces)

    def indicator(self, code: str) -> pl.DataFrame:
        """All rows of an indicator, sorted by area, source and period; empty when it has none."""
        return self._recent(code) if code in self._copy.pieces else pl.DataFrame(schema=_EMPTY)

    def rows(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Published rows of the `release` and `key` pairs asked for, in one pass."""
        return self.scan().join(wanted.lazy(), on=["release", "key"], how="semi").collect()

    def figure(self, release: str, key: str) -> dict[str, Any] | None:
        """One figure as a row, from the published copy or, of a release published before, from its file; None when
        absent.

        Raises DamagedRelease when that file was changed.
        """
        found = self.shown_row(key)
        if found is None or found["release"] != release:
            found = None
            with suppress(UnknownRelease):
                found = next(iter(self._stored_rows([self.public.manifest(release)], key, COLUMNS[:-1]).values()))
        return found

    def history(self, key: str) -> list[dict[str, Any]]:
        """The figure of that key in every release that holds it and was ever published, the newest release first.

        Each entry: release, created, `published` (when it was last published), `state` (published, withdrawn, damaged,
        or stored: another release of its dataset replaced it), `reason` of a withdrawal, and HISTORY. Of a damaged
        release nothing is read; it stands there without a value, since it may hold the figure.
        """
        shown, withdrawn = {entry.release for entry in self.public.published()}, self.public.withdrawn()
        since = {event["release"]: event["at"] for event in self.public.journal() if event["action"] == "publish"}
        entries = []
        for manifest, row in self._rows_of_all(key):
            state = "withdrawn" if manifest.release in withdrawn else "stored"
            entries.append(
                {
                    "release": manifest.release,
                    "created": manifest.created,
                    "published": since.get(manifest.release, ""),
                    "state": "damaged" if row is None else "published" if manifest.release in shown else state,
                    "reason": withdrawn[manifest.release].reason if manifest.release in withdrawn else "",
                    **{column: row[column] if row else None for column in HISTORY},
                }
            )
        return entries

    def table(self, name: str) -> pl.DataFrame:
        """A derived table, made again when it is missing or not what was written.

        DamagedCopy when `derive` was not asked for it, or when something else has been published meanwhile.
        """
        if name in self._builders and not _is_whole(self.tables, name):
            self.derive(self._builders)
        try:
            return read_table(self.tables, name)
        except Damaged as problem:
            raise DamagedCopy(name) from problem

    def derive(self, builders: Mapping[str, Builder]) -> None:
        """Make every table that is missing or damaged in the folder of this edition, and keep the builders for one that
        is lost later."""
        self._builders = builders
        self.check()
        if all(_is_whole(self.tables, name) for name in builders):
            return
        with exclusive(self.folder.parent / ".lock"):
            rows = None
            for name in builders:
                if not _is_whole(self.tables, name):
                    rows = self.all() if rows is None else rows
                    write_table(self.tables, name, builders[name](rows))
            _remove_old_editions(self.tables)

    def _rows_of_all(self, key: str) -> list[tuple[Manifest, dict[str, Any] | None]]:
        """Releases that hold the key with its row, the newest first; None for the row of a damaged release."""
        manifests = self.public.releases()[::-1]
        shown = self.shown_row(key)
        rows: dict[str, dict[str, Any] | None] = {m.release: None for m in manifests}
        if shown and shown["release"] in rows:
            rows[shown["release"]] = shown
        damaged = []
        others = [m for m in manifests if rows[m.release] is None]
        for manifest in others:
            try:
                self._check(manifest)
            except DamagedRelease:
                damaged.append(manifest.release)
        readable = [m for m in others if m.release not in damaged]
        rows |= self._stored_rows(readable, key, HISTORY)
        return [(m, rows[m.release]) for m in manifests if rows[m.release] is not None or m.release in damaged]

    def shown_row(self, key: str) -> dict[str, Any] | None:
        """The published row that stands for a key on the pages; None when none does."""
        found = self.indicator(key.partition(":")[0]).filter(pl.col("key") == key)
        return found.row(0, named=True) if found.height else None

    def _stored_rows(
        self, manifests: list[Manifest], key: str, columns: tuple[str, ...]
    ) -> dict[str, dict[str, Any] | None]:
        """Rows of one key in the files of releases, by release; only the row groups that can hold it are read."""
        code, scans = key.partition(":")[0], []
        for manifest in manifests:
            self._check(manifest)
            rows = pl.scan_parquet(self._store.folder / manifest.release / OBSERVATIONS)
            scans.append(rows.filter((pl.col("indicator") == code) & (pl.col("key") == key)).select(columns))
        found = pl.collect_all(scans)
        return {
            manifest.release: {**rows.row(0, named=True), "release": manifest.release} if rows.height else None
            for manifest, rows in zip(manifests, found, strict=True)
        }

    def _check(self, manifest: Manifest) -> None:
        """Check a release's file once, and again when the system says that the file was touched."""
        try:
            status = (self._store.folder / manifest.release / OBSERVATIONS).stat()
            touched: tuple[int, ...] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        except FileNotFoundError:
            touched = ()
        if not touched or self._checked.get(manifest.release) != touched:
            checked_bytes(self._store.folder / manifest.release, manifest, OBSERVATIONS)
            self._checked[manifest.release] = touched

    def _piece(self, code: str) -> pl.DataFrame:
        found = self._whole(lambda copy: copy.piece(code))
        return pl.DataFrame(schema=_EMPTY) if found is None else found

    def _whole(self, question: Callable[[ReadingCopy], Answer]) -> Answer:
        """The answer of the copy, made again once when it turns out to be damaged."""
        try:
            return question(self._copy)
        except Damaged:
            try:
                self._copy = _make(self._store, self.folder, self.country)
            except _Superseded as problem:
                raise DamagedCopy(self.fingerprint) from problem
            return question(self._copy)


def derive(
    store: Store, builders: Mapping[str, Builder], edition: str | None = None, *, country: str | None = None
) -> PublishedFigures:
    """Make every derived table that is missing or damaged; each builder gets all published figures of the country.

    Also checks every byte of the reading copy, so it belongs before serving. Returns the figures of exactly the state
    that the tables belong to. `edition` names the state of what the builders know; by default it follows every program
    and definition of this installation, so that a corrected definition never leaves findings of the old one standing.
    `country` is the one that the builders are of, by default that of this installation.
    """
    while True:  # at most once for each publication that happens meanwhile
        figures = PublishedFigures.open(store, edition, country=country)
        try:
            figures.derive(builders)
        except (DamagedCopy, FileNotFoundError):
            if _fingerprint(store, figures.country) == figures.fingerprint:
                raise
            continue
        return figures


def _is_whole(folder: Path, name: str) -> bool:
    try:
        read_table(folder, name)
    except Damaged:
        return False
    return True


@cache
def _edition() -> str:
    """A checksum over names, sizes and times of all files of the package: 5 ms, against 80 ms for their contents."""
    root = Path(everychild.__file__).parent
    files = sorted(path for suffix in ("py", "csv", "yaml") for path in root.rglob(f"*.{suffix}"))
    state = [(str(path.relative_to(root)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps([everychild.__version__, state]).encode()).hexdigest()[:20]


def _fingerprint(store: Store, country: str) -> str:
    """Names the country and the state of publication: which releases of which contents, and their precedence."""
    state = [(e.release, e.since, store.manifest(e.release).checksums[OBSERVATIONS]) for e in store.published()]
    text = json.dumps([FORMAT, everychild.__version__, list(SCHEMA), invented_areas(), state])
    return f"{country}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


class _Superseded(Exception):  # noqa: N818 - caught in this module
    """Another publication happened before the copy of the one before could be made."""


def _copy(store: Store, folder: Path, country: str) -> ReadingCopy:
    try:
        return ReadingCopy(folder)
    except Damaged:
        return _make(store, folder, country)


def _make(store: Store, folder: Path, country: str) -> ReadingCopy:
    """Make the copy unless another process has made it meanwhile; the folder's name says which copy is meant."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.parent / ".lock"):
        try:
            copy = ReadingCopy(folder)
            copy.check()
        except Damaged:
            if _fingerprint(store, country) != folder.name:
                raise _Superseded from None
            write_copy(folder, _published_rows(store, country))
            copy = ReadingCopy(folder)
        _remove_old(folder)
    return copy


def _published_rows(store: Store, country: str) -> pl.DataFrame:
    """Rows of all published releases for a country's site; of one key in several, the row of the release published
    last."""
    frames = [
        figures_for(country, store.keyed(entry.release)).select(*SCHEMA, "key", pl.lit(entry.release).alias("release"))
        for entry in store.published()
    ]
    if len(frames) == 1:
        return frames[0]
    together = pl.concat([pl.DataFrame(schema=_EMPTY), *frames])
    return together.unique("key", keep="last", maintain_order=True).sort(ORDER)


def _remove_old(current: Path) -> None:
    """Of this country keep the newest copies and the current one, of others all: their sites remove what they replace.

    A folder without an index was never finished and goes too; one without a country in its name is of the time before
    countries had copies of their own, and counts as one of this country.
    """
    folders = [path for path in current.parent.iterdir() if path.is_dir() and path != current]
    country = _country_of(current)
    others = sorted((p for p in folders if _country_of(p) in ("", country)), key=_made, reverse=True)
    for folder in [*others[KEPT - 1 :], *(f for f in folders if not _made(f))]:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_old_editions(current: Path) -> None:
    others = [path for path in current.parent.iterdir() if path.is_dir() and path != current]
    for folder in sorted(others, key=lambda path: _made(path, TABLES), reverse=True)[EDITIONS - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _country_of(copy: Path) -> str:
    return copy.name.rpartition("-")[0]


def _made(folder: Path, last: str = INDEX) -> int:
    """When the file that is written last was written; 0 when it never was."""
    path = folder / last
    return path.stat().st_mtime_ns if path.is_file() else 0
