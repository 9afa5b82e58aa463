"""What the pages read: the published figures of all datasets and the findings computed at publishing.

Pages get at releases through `Observatory.public` alone, where those that were never published are not there.

One Observatory per state of publication and process; a new publication or withdrawal is noticed by the change of one of
two small files, so readers never wait and never see half of it.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from everychild.catalogue.catalogue import Catalogue, catalogue
from everychild.catalogue.countries import CountryPack, Source, country
from everychild.catalogue.indicators import Indicator
from everychild.catalogue.invented import is_apart
from everychild.findings.builders import builders
from everychild.releases.manifest import Manifest
from everychild.releases.reading import derive
from everychild.releases.store import Store
from everychild.vocabulary.areas import Gazetteer, gazetteer
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import DIMENSIONS, TOTAL
from everychild.website.display import UNVERIFIED, Shown, show

Row = Mapping[str, Any]
State = tuple[Any, ...]
"""Of the data folder: when it differs, something was published or withdrawn."""
_SMALL_GAP = 2.0
_CHANCE = ("rare_events", "within_sampling_error", "within_rounding")
_SHOWN_KEPT = 60_000
"""Figures that one worker keeps in words, about 1 kB each."""
_CITATIONS = (
    ("latest", "key", "release"),
    ("latest", "first_key", "first_release"),
    ("alternatives", "key", "release"),
    ("alternatives", "compared_key", "compared_release"),
    ("alternatives", "main_key", "main_release"),
    ("worst_off", "group_key", "group_release"),
    ("worst_off", "reference_key", "reference_release"),
    ("worst_off", "best_key", "best_release"),
    ("worst_off_by_kind", "group_key", "group_release"),
    ("worst_off_by_kind", "reference_key", "reference_release"),
    ("worst_off_by_kind", "best_key", "best_release"),
    ("region_summary", "key", "release"),
    ("region_summary", "reference_key", "reference_release"),
    ("neighbours", "key", "release"),
)
"""Columns of the findings that hold the key of a figure and its release."""


class Observatory:
    """One state of publication, with its findings as rows by the keys pages ask for."""

    def __init__(self, store: Store, country_code: str, state: State = ()) -> None:
        self.country_code = country_code
        self.figures = derive(store, builders(country_code), country=country_code)
        self.public = self.figures.public
        self.stamp = _stamp(self.figures.fingerprint, state)
        self._shown: dict[tuple[str, str, str], Shown] = {}
        self._by_gap: dict[str, list[Row]] = {}

    @property
    def catalogue(self) -> Catalogue:
        return catalogue()

    @property
    def country(self) -> CountryPack:
        return country(self.country_code)

    @property
    def areas(self) -> Gazetteer:
        return gazetteer()

    @property
    def releases(self) -> list[Manifest]:
        """Releases that this site lists, the oldest first: none of an invented country beside those of real ones."""
        return [manifest for manifest in self.public.releases() if not is_apart(manifest.country, self.country_code)]

    def table(self, name: str) -> pl.DataFrame:
        return self.figures.table(name)

    def _grouped(self, name: str, *columns: str) -> dict[Any, list[Row]]:
        rows: dict[Any, list[Row]] = defaultdict(list)
        for row in self.table(name).iter_rows(named=True):
            rows[row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns)].append(row)
        return dict(rows)

    @cached_property
    def _cited(self) -> dict[tuple[str, str], Row]:
        """Every published row that a finding cites, read in one pass instead of one look-up a number."""
        cited = [
            self.table(name).select(pl.col(release).alias("release"), pl.col(key).alias("key"))
            for name, key, release in _CITATIONS
        ]
        wanted = pl.concat(cited).drop_nulls().filter(pl.col("key") != "").unique()
        rows = self.figures.rows(wanted)
        return {(row["release"], row["key"]): row for row in rows.iter_rows(named=True)}

    def figure(self, release: str, key: str) -> Row | None:
        """The row of that address, published now or before; None when there is none."""
        return self._cited.get((release, key)) or self.figures.figure(release, key)

    def shown(self, release: str, key: str, language: Language) -> Shown:
        """The figure of that address, ready for a page; the address must exist."""
        held = self._shown.get((release, key, language))
        if held is None:
            row = self.figure(release, key)
            if row is None:
                raise KeyError(f"no figure {key} in release {release}")
            held = self.shown_row(row, language)
        return held

    def shown_row(self, row: Row, language: Language) -> Shown:
        """A published row, ready for a page, put into words once."""
        address = (row["release"], row["key"], language)
        held = self._shown.get(address)
        if held is None:
            held = show(row, language, self)
            if len(self._shown) < _SHOWN_KEPT:
                self._shown[address] = held
        return held

    @cached_property
    def latest(self) -> dict[str, dict[str, Row]]:
        """Latest main figure by indicator and area."""
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.table("latest").iter_rows(named=True):
            found[row["indicator"]][row["area"]] = row
        return dict(found)

    def latest_national(self, indicator: str) -> Row | None:
        return self.latest.get(indicator, {}).get(self.country_code)

    @cached_property
    def worst_off(self) -> dict[str, Row]:
        """Worst-off group by indicator."""
        return {row["indicator"]: row for row in self.table("worst_off").iter_rows(named=True)}

    @cached_property
    def worst_off_by_kind(self) -> dict[str, list[Row]]:
        return self._grouped("worst_off_by_kind", "indicator")

    def worst_off_by_gap(self, kind: str = "") -> list[Row]:
        """Worst-off groups, of one kind of breakdown or of any, the widest relative gap first."""
        if kind not in self._by_gap:
            if kind:
                rows = [row for found in self.worst_off_by_kind.values() for row in found if row["kind"] == kind]
            else:
                rows = list(self.worst_off.values())
            rows.sort(key=lambda row: (weight_of_gap(row), -relative_gap(row), row["indicator"]))
            self._by_gap[kind] = rows
        return self._by_gap[kind]

    @cached_property
    def alternatives(self) -> dict[str, list[Row]]:
        rows = self._grouped("alternatives", "indicator", "area")
        return {indicator: found for (indicator, area), found in rows.items() if area == self.country_code}

    @cached_property
    def grid(self) -> dict[str, Row]:
        """State of the outcome column by article."""
        return {row["article"]: row for row in self.table("grid").iter_rows(named=True)}

    @cached_property
    def regions(self) -> dict[str, list[Row]]:
        """Summary rows by region."""
        return self._grouped("region_summary", "area")

    @cached_property
    def neighbours(self) -> dict[str, list[Row]]:
        return self._grouped("neighbours", "indicator")

    @cached_property
    def changes(self) -> Sequence[Row]:
        return self.table("what_changed").to_dicts()

    @cached_property
    def national_indicators(self) -> frozenset[str]:
        """Indicators with a national figure."""
        return frozenset(code for code, areas in self.latest.items() if self.country_code in areas)

    @cached_property
    def breakdown_coverage(self) -> list[tuple[str, int]]:
        """For each breakdown: how many indicators have any figure of the country by it; regions first."""
        rows = self.figures.scan().filter(pl.col("value").is_not_null())
        inside = [area.code for area in self.areas if area.parent == self.country_code]
        counts = [("region", _distinct(rows.filter(pl.col("area").is_in(inside))))]
        own = rows.filter(pl.col("area").is_in([self.country_code, *inside]))
        counts += [(d, _distinct(own.filter(pl.col(d) != TOTAL))) for d in DIMENSIONS]
        return counts

    @cached_property
    def pack_release(self) -> str:
        """The published release of the country pack, "" when it is not published."""
        dataset = self.country.dataset
        return next((entry.release for entry in self.public.published() if entry.dataset == dataset), "")

    def related(self, code: str) -> list[Indicator]:
        """Indicators near to one of that code, whichever of the two names the other."""
        indicators = self.catalogue.indicators
        named = indicators[code].related
        return [i for i in indicators.values() if i.code != code and (i.code == named or i.related == code)]

    @cached_property
    def regional_indicators(self) -> frozenset[tuple[str, str]]:
        """Area and indicator wherever a region has a checked figure of any kind, by group or whole."""
        inside = [area.code for area in self.areas if area.parent == self.country_code]
        checked = ~pl.col("quality").is_in(list(UNVERIFIED)) & pl.col("value").is_not_null()
        rows = self.figures.scan().filter(pl.col("area").is_in(inside) & checked).select("area", "indicator").unique()
        return frozenset(rows.collect().iter_rows())

    def withdrawn_reason(self, release: str) -> str | None:
        """Why a release was withdrawn; None when it was not."""
        return self._withdrawn.get(release)

    @cached_property
    def _withdrawn(self) -> dict[str, str]:
        return {release: withdrawal.reason for release, withdrawal in self.public.withdrawn().items()}

    @cached_property
    def sources_used(self) -> list[tuple[Source, int]]:
        """Sources of published figures with the number of their figures, most first."""
        counts = self.figures.scan().group_by("source").len().collect().sort("len", descending=True)
        return [(self.country.sources[c], n) for c, n in counts.iter_rows() if c in self.country.sources]


def relative_gap(row: Row) -> float:
    """The gap between the worst-off and the best-off group as a share of the larger of the two figures, 0 to 1.

    Not the ratio: against a best group of zero there is none, and such a gap is the widest of all.
    """
    largest = max(abs(row["value"]), abs(row["best_value"]))
    return abs(row["value"] - row["best_value"]) / largest if largest else 0.0


def may_be_chance(row: Row) -> bool:
    """Whether the gap rests on so few events that another year may turn it round."""
    return bool(row["gap_reason"] in _CHANCE)


def weight_of_gap(row: Row) -> int:
    """0 for gaps that speak, 1 for gaps of less than two points in a hundred, 2 for gaps that may be chance."""
    if may_be_chance(row):
        return 2
    return 1 if row["unit"].startswith("percent") and abs(row["gap"]) < _SMALL_GAP else 0


def _distinct(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.col("indicator").n_unique()).collect().item())


_lock = threading.Lock()
_current: tuple[State, Observatory] | None = None


def observatory() -> Observatory:
    """The Observatory of what is published now."""
    global _current
    folder = Path(settings.DATA_FOLDER)
    state = _state(folder)
    held = _current
    if held and held[0] == state:
        return held[1]
    with _lock:
        if _current is None or _current[0] != state:
            _current = (state, Observatory(Store(folder), settings.COUNTRY, state))
        return _current[1]


def _state(folder: Path) -> State:
    """Whose site this is, and what the two files of publication look like from outside.

    The journal belongs to it: a release that something newer has replaced is withdrawn by a line of the journal alone,
    and a reader of its figures must learn of that as soon as a reader of the list of releases.
    """
    return (str(folder), settings.COUNTRY, _looks(folder / "published.json"), _looks(folder / "journal.jsonl"))


def _looks(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_mtime_ns, found.st_ino, found.st_size


def _stamp(published: str, state: State) -> str:
    """A name of everything that pages of published and withdrawn releases are made from."""
    return hashlib.blake2b(repr((published, state)).encode(), digest_size=12).hexdigest()
