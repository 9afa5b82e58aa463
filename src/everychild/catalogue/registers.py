"""Facts of a country pack that later fill the registers: acts, recommendations, programmes, claims, sources.

A record checks what it can know alone; what it needs the catalogue or the figures for (an article, a key) is checked
by `country_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.vocabulary.observations import DIMENSIONS
from everychild.vocabulary.tables import read_table

VERIFIED: Final = ("yes", "partly", "no", "seed")
"""Whether the fact itself was read in a source, only part of it, nothing of it, or only the page of 2009 says so."""
RECOMMENDATION_KINDS: Final = ("recommendation", "concern", "noted", "list_of_issues", "summary")
PROGRAMME_KINDS: Final = ("country_programme", "pilot", "survey", "institution", "data_portal")
THEMES: Final = ("spending", "benefits", "residential_care")
VERDICTS: Final = ("borne_out", "partly", "not_borne_out", "cannot_be_checked", "not_checked")


_PARTIAL_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _check_choice(name: str, text: str, choices: Collection[str]) -> None:
    if text not in choices:
        raise ValueError(f"{name} {text!r} is none of {', '.join(choices)}")


def _check_date(text: str) -> None:
    if text and not _PARTIAL_DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date such as 2011, 2011-12 or 2011-12-26")


@dataclass(frozen=True)
class Source:
    """A publication that figures come from. `rank`: 10 official, 20 survey, 30 UN, 40 press, 80 claim, 90 none."""

    code: str
    organisation: str
    publication: str
    year: str
    url: str
    licence: str
    how_seen: str
    rank: int
    short_name: LocalText


@dataclass(frozen=True)
class Law:
    """An act or treaty with the articles of the Convention it concerns; dates as far as known."""

    code: str
    title: LocalText
    kind: str
    number: str
    date: str
    status: str
    crc_articles: tuple[str, ...]
    topic: str
    verified: str
    source: str
    note: str

    def __post_init__(self) -> None:
        _check_choice("verified", self.verified, VERIFIED)
        _check_date(self.date)


@dataclass(frozen=True)
class Recommendation:
    """What a treaty body or the Universal Periodic Review asked for, in our own words."""

    code: str
    body: str
    document: str
    year: str
    kind: str
    paragraph: str
    crc_articles: tuple[str, ...]
    theme: str
    text: LocalText
    verified: str
    source: str

    def __post_init__(self) -> None:
        _check_choice("verified", self.verified, VERIFIED)
        _check_choice("kind", self.kind, RECOMMENDATION_KINDS)


@dataclass(frozen=True)
class Programme:
    """A country programme, pilot, survey, institution or data portal for children."""

    code: str
    kind: str
    title: LocalText
    start: str
    end: str
    fields: str
    areas: tuple[str, ...]
    partners: str
    detail: str
    verified: str
    source: str

    def __post_init__(self) -> None:
        _check_choice("verified", self.verified, VERIFIED)
        _check_choice("kind", self.kind, PROGRAMME_KINDS)
        _check_date(self.start)
        _check_date(self.end)


@dataclass(frozen=True)
class Fact:
    """A figure (by its key) that belongs to the budget or care register under a theme."""

    theme: str
    key: str

    def __post_init__(self) -> None:
        _check_choice("theme", self.theme, THEMES)


@dataclass(frozen=True)
class SeedClaim:
    """A claim of the office page of 2009 with the evidence of today; `evidence_keys` are keys of figures."""

    claim: LocalText
    indicator: str
    seed_value: str
    evidence: LocalText
    verdict: LocalText
    verdict_code: str
    evidence_keys: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_choice("verdict_code", self.verdict_code, VERDICTS)


@dataclass(frozen=True)
class Tile:
    """A region's place on the tile map, with a name short enough for a tile and one for a very small tile."""

    area: str
    column: int
    row: int
    short: LocalText
    abbreviation: LocalText


@dataclass(frozen=True)
class OwnGroup:
    """A code of sex, age or `other` that is the indicator's own definition, so its figures stand as totals.

    Under-five mortality is of ages 0 to 4 and maternal mortality of women: written as breakdowns they would leave the
    indicator without a total.
    """

    indicator: str
    column: str
    code: str

    def __post_init__(self) -> None:
        _check_choice("column", self.column, (*DIMENSIONS, "other"))


@dataclass(frozen=True)
class LeftOut:
    """Rows of the sources that the pack does not take over, and why. `only` says which rows of the code (`age=_T`)."""

    table: str
    code: str
    only: str
    rows: int
    reason: LocalText


@dataclass(frozen=True)
class SetAside:
    """A published figure that cannot be true: kept as published, not used."""

    indicator: str
    area: str
    period: str
    value: float
    unit: str
    source: str
    reason: LocalText


Record = TypeVar("Record")


def read_records(path: Path, columns: tuple[str, ...], make: Callable[[dict[str, str]], Record]) -> tuple[Record, ...]:
    """All rows of a table as records; DefinitionError names the row that does not hold."""
    found = []
    for place, row in read_table(path, columns):
        try:
            found.append(make(row))
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return tuple(found)


def _list(text: str, by: str = ";") -> tuple[str, ...]:
    return tuple(part for part in text.split(by) if part)


def _texts(*stems: str) -> tuple[str, ...]:
    """Columns of texts in three languages."""
    return (*(f"{stem}_{language}" for stem in stems for language in LANGUAGES), "unreviewed")


def _cells(row: dict[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    return {column: row[column] for column in columns}


def _whole(row: dict[str, str], column: str) -> int:
    if not row[column].isdecimal():
        raise ValueError(f"{column} {row[column]!r} is not a whole number")
    return int(row[column])


def read_sources(path: Path) -> Mapping[str, Source]:
    plain = ("code", "organisation", "publication", "year", "url", "licence", "how_seen")
    found = read_records(
        path,
        (*plain, "rank", *_texts("short_name")),
        lambda row: Source(
            rank=_whole(row, "rank"), short_name=LocalText.from_row(row, "short_name"), **_cells(row, plain)
        ),
    )
    return _by_code(path, found)


def _by_code(path: Path, records: tuple[Source, ...]) -> Mapping[str, Source]:
    found: dict[str, Source] = {}
    for number, record in enumerate(records, start=2):
        if record.code in found:
            raise DefinitionError(
                Place(f"countries/{path.parent.name}/{path.name}", number), f"source {record.code!r} stands twice"
            )
        found[record.code] = record
    return found


def read_laws(path: Path) -> tuple[Law, ...]:
    plain = ("code", "kind", "number", "date", "status", "topic", "verified", "source", "note")
    return read_records(
        path,
        (*plain, "crc_articles", *_texts("title")),
        lambda row: Law(
            title=LocalText.from_row(row, "title"), crc_articles=_list(row["crc_articles"]), **_cells(row, plain)
        ),
    )


def read_recommendations(path: Path) -> tuple[Recommendation, ...]:
    plain = ("code", "body", "document", "year", "kind", "paragraph", "theme", "verified", "source")
    return read_records(
        path,
        (*plain, "crc_articles", *_texts("text")),
        lambda row: Recommendation(
            text=LocalText.from_row(row, "text"), crc_articles=_list(row["crc_articles"]), **_cells(row, plain)
        ),
    )


def read_programmes(path: Path) -> tuple[Programme, ...]:
    plain = ("code", "kind", "start", "end", "fields", "partners", "detail", "verified", "source")
    return read_records(
        path,
        (*plain, "areas", *_texts("title")),
        lambda row: Programme(title=LocalText.from_row(row, "title"), areas=_list(row["areas"]), **_cells(row, plain)),
    )


def read_facts(path: Path) -> tuple[Fact, ...]:
    return read_records(path, ("theme", "key"), lambda row: Fact(row["theme"], row["key"]))


def read_seed_claims(path: Path) -> tuple[SeedClaim, ...]:
    return read_records(
        path,
        ("indicator", "seed_value", "verdict_code", "evidence_keys", *_texts("claim", "evidence", "verdict")),
        lambda row: SeedClaim(
            claim=LocalText.from_row(row, "claim"),
            indicator=row["indicator"],
            seed_value=row["seed_value"],
            evidence=LocalText.from_row(row, "evidence"),
            verdict=LocalText.from_row(row, "verdict"),
            verdict_code=row["verdict_code"],
            # Two marks, because one stands inside keys between breakdowns.
            evidence_keys=_list(row["evidence_keys"], ";;"),
        ),
    )


def read_tile_map(path: Path) -> tuple[Tile, ...]:
    return read_records(
        path,
        ("area", "column", "row", *(f"{stem}_{lang}" for stem in ("short", "abbreviation") for lang in LANGUAGES)),
        lambda row: Tile(
            area=row["area"],
            column=_whole(row, "column"),
            row=_whole(row, "row"),
            short=LocalText.from_row(row, "short"),
            abbreviation=LocalText.from_row(row, "abbreviation"),
        ),
    )


def read_own_groups(path: Path) -> tuple[OwnGroup, ...]:
    columns = ("indicator", "column", "code")
    return read_records(path, columns, lambda row: OwnGroup(**_cells(row, columns)))


def read_left_out(path: Path) -> tuple[LeftOut, ...]:
    plain = ("table", "code", "only")
    return read_records(
        path,
        (*plain, "rows", *_texts("reason")),
        lambda row: LeftOut(rows=_whole(row, "rows"), reason=LocalText.from_row(row, "reason"), **_cells(row, plain)),
    )


def read_set_aside(path: Path) -> tuple[SetAside, ...]:
    plain = ("indicator", "area", "period", "unit", "source")
    return read_records(
        path,
        (*plain, "value", *_texts("reason")),
        lambda row: SetAside(value=float(row["value"]), reason=LocalText.from_row(row, "reason"), **_cells(row, plain)),
    )
