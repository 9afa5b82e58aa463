"""Areas with the dates of their extents.

An area keeps its code when its border moves: Almaty region of 2015 holds what is Jetisu since 8 June 2022. So a
figure names the area *and* the extent it was made for (`area_version`), and two figures are compared only when
both are the same. The extents, their predecessors and successors are rows of `areas.csv`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.language import Language, LocalText, sort_key
from everychild.vocabulary.periods import Period
from everychild.vocabulary.tables import definitions_folder, read_table

UNCLEAR: Final = "unclear"
_COLUMNS: Final = (
    "code", "valid_from", "valid_to", "kind", "parent", "name_en", "name_ru", "name_kk", "unreviewed",
    "former_iso_code", "office_code", "predecessors", "successors", "seat_en", "seat_ru", "seat_kk", "verified", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Extent:
    """The territory of an area from one day (inclusive) to another (exclusive; None = today)."""

    area: str
    valid_from: date
    valid_to: date | None
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]

    @property
    def version(self) -> str:
        return self.valid_from.isoformat()

    def covers(self, period: Period) -> bool:
        return self.valid_from <= period.start and (self.valid_to is None or period.end < self.valid_to)

    def touches(self, period: Period) -> bool:
        return self.valid_from <= period.end and (self.valid_to is None or period.start < self.valid_to)


@dataclass(frozen=True)
class Area:
    """A country, region, city, historical region or aggregate, with its extents in order of time."""

    code: str
    kind: str
    parent: str
    name: LocalText
    seat: LocalText | None
    former_iso_code: str
    office_code: str
    verified: str
    note: str
    extents: tuple[Extent, ...]

    def __post_init__(self) -> None:
        for earlier, later in zip(self.extents, self.extents[1:], strict=False):
            if earlier.valid_to is None or earlier.valid_to > later.valid_from:
                raise ValueError(f"extents of {self.code} overlap")

    @property
    def has_changed(self) -> bool:
        return len(self.extents) > 1

    def exists_on(self, day: date) -> bool:
        return any(e.valid_from <= day and (e.valid_to is None or day < e.valid_to) for e in self.extents)


@dataclass(frozen=True)
class Gazetteer:
    """All areas known, by code."""

    areas: Mapping[str, Area]

    def __contains__(self, code: object) -> bool:
        return code in self.areas

    def __iter__(self) -> Iterator[Area]:
        return iter(self.areas.values())

    def __getitem__(self, code: str) -> Area:
        try:
            return self.areas[code]
        except KeyError:
            raise KeyError(f"area {code!r} is not in the gazetteer") from None

    def regions(self, country: str, on: date) -> list[Area]:
        """Regions and cities of a country that existed on that day, in order of code."""
        found = [a for a in self if a.parent == country and a.exists_on(on)]
        return sorted(found, key=lambda area: area.code)

    def by_office_code(self, country: str, office_code: str) -> Area | None:
        """The area behind a statistics office's own code (`KZONT` is South Kazakhstan, not Turkistan)."""
        for area in self:
            if area.office_code == office_code and country in (area.parent, area.code):
                return area
        return None

    def version_for(self, code: str, period: Period) -> str:
        """The `area_version` of a figure of that period when the producer says nothing.

        `""` when the area has only ever had one extent; the extent's first day when the period lies wholly in it;
        otherwise `unclear` - it is never guessed which side of a change an annual figure stands on.
        """
        area = self[code]
        if not area.has_changed:
            return ""
        for extent in area.extents:
            if extent.covers(period):
                return extent.version
        return UNCLEAR

    def is_version(self, code: str, version: str) -> bool:
        """Whether that text may stand in `area_version` for that area."""
        return version in ("", UNCLEAR) or any(e.version == version for e in self[code].extents)

    def comparable(self, code: str, version: str, other_code: str, other_version: str) -> bool:
        """Whether two figures speak of the same territory; unclear is comparable with nothing, not even itself."""
        if code != other_code or UNCLEAR in (version, other_version):
            return False
        return self._full_version(code, version) == self._full_version(other_code, other_version)

    def _full_version(self, code: str, version: str) -> str:
        return version or self[code].extents[-1].version

    def sorted_by_name(self, codes: Iterable[str], language: Language) -> list[str]:
        key = sort_key(language)
        return sorted(codes, key=lambda code: key(self[code].name[language]))


@cache
def gazetteer() -> Gazetteer:
    """Areas of the world table and of every country pack."""
    folder = definitions_folder()
    paths = [folder / "areas.csv", *sorted((folder / "countries").glob("*/areas.csv"))]
    areas: dict[str, Area] = {}
    for path in paths:
        for area in _read_areas(path):
            if area.code in areas:
                raise DefinitionError(Place(path.name), f"area {area.code} stands in two tables")
            areas[area.code] = area
    return Gazetteer(areas)


def _read_areas(path: Path) -> Iterator[Area]:
    rows: dict[str, list[tuple[Place, dict[str, str]]]] = defaultdict(list)
    for place, row in read_table(path, _COLUMNS):
        rows[row["code"]].append((place, row))
    for code, found in rows.items():
        place, newest = max(found, key=lambda item: item[1]["valid_from"])
        try:
            yield _area(code, newest, [row for _, row in found])
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem


def _area(code: str, newest: dict[str, str], rows: list[dict[str, str]]) -> Area:
    return Area(
        code=code,
        kind=newest["kind"],
        parent=newest["parent"],
        name=LocalText.from_row(newest),
        seat=LocalText.from_row(newest, "seat") if newest["seat_en"] else None,
        former_iso_code=newest["former_iso_code"],
        office_code=newest["office_code"],
        verified=newest["verified"],
        note=newest["note"],
        extents=tuple(sorted((_extent(row) for row in rows), key=lambda extent: extent.valid_from)),
    )


def _extent(row: dict[str, str]) -> Extent:
    return Extent(
        area=row["code"],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        predecessors=_codes(row["predecessors"]),
        successors=_codes(row["successors"]),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)
