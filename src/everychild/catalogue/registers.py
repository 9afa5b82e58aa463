"""Facts of a country pack that later fill the registers: acts, recommendations, programmes, claims, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import read_table

VERIFIED: Final = ("yes", "partly", "no", "seed")
"""Whether the fact itself was read in a source, only part of it, nothing of it, or only the page of 2009 says so."""
VERDICTS: Final = ("borne_out", "partly", "not_borne_out", "cannot_be_checked", "not_checked")


def _check_verified(text: str) -> None:
    if text not in VERIFIED:
        raise ValueError(f"verified {text!r} is none of {', '.join(VERIFIED)}")


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
        _check_verified(self.verified)


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
        _check_verified(self.verified)


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
        _check_verified(self.verified)


@dataclass(frozen=True)
class Fact:
    """A figure (by its key) that belongs to the budget or care register under a theme."""

    theme: str
    key: str


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
        if self.verdict_code not in VERDICTS:
            raise ValueError(f"verdict {self.verdict_code!r} is none of {', '.join(VERDICTS)}")


@dataclass(frozen=True)
class Tile:
    """A region's place on the tile map, with a name short enough for a tile."""

    area: str
    column: int
    row: int
    short: LocalText


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


def read_sources(path: Path) -> Mapping[str, Source]:
    columns = ("code", "organisation", "publication", "year", "url", "licence", "how_seen", "rank", "short_name_en")
    records = read_records(path, columns, _source)
    return {source.code: source for source in records}


def _source(row: dict[str, str]) -> Source:
    plain = {c: row[c] for c in ("code", "organisation", "publication", "year", "url", "licence", "how_seen")}
    return Source(**plain, rank=int(row["rank"]), short_name=LocalText.from_row(row, "short_name"))


def read_laws(path: Path) -> tuple[Law, ...]:
    columns = (
        "code",
        "title_en",
        "kind",
        "number",
        "date",
        "status",
        "crc_articles",
        "topic",
        "verified",
        "source",
        "note",
    )
    plain = ("code", "kind", "number", "date", "status", "topic", "verified", "source", "note")
    return read_records(
        path,
        columns,
        lambda row: Law(
            title=LocalText.from_row(row, "title"),
            crc_articles=_list(row["crc_articles"]),
            **{c: row[c] for c in plain},
        ),
    )


def read_recommendations(path: Path) -> tuple[Recommendation, ...]:
    plain = ("code", "body", "document", "year", "kind", "paragraph", "theme", "verified", "source")
    return read_records(
        path,
        (*plain, "crc_articles", "text_en"),
        lambda row: Recommendation(
            text=LocalText.from_row(row, "text"), crc_articles=_list(row["crc_articles"]), **{c: row[c] for c in plain}
        ),
    )


def read_programmes(path: Path) -> tuple[Programme, ...]:
    plain = ("code", "kind", "start", "end", "fields", "partners", "detail", "verified", "source")
    return read_records(
        path,
        (*plain, "areas", "title_en"),
        lambda row: Programme(
            title=LocalText.from_row(row, "title"), areas=_list(row["areas"]), **{c: row[c] for c in plain}
        ),
    )


def read_facts(path: Path) -> tuple[Fact, ...]:
    return read_records(path, ("theme", "key"), lambda row: Fact(row["theme"], row["key"]))


def read_seed_claims(path: Path) -> tuple[SeedClaim, ...]:
    return read_records(
        path,
        ("claim_en", "indicator", "seed_value", "evidence_en", "verdict_en", "verdict_code", "evidence_keys"),
        lambda row: SeedClaim(
            claim=LocalText.from_row(row, "claim"),
            indicator=row["indicator"],
            seed_value=row["seed_value"],
            evidence=LocalText.from_row(row, "evidence"),
            verdict=LocalText.from_row(row, "verdict"),
            verdict_code=row["verdict_code"],
            evidence_keys=_list(row["evidence_keys"], ";;"),
        ),
    )


def read_tile_map(path: Path) -> tuple[Tile, ...]:
    return read_records(
        path,
        ("area", "column", "row", "short_en", "short_ru", "short_kk"),
        lambda row: Tile(row["area"], int(row["column"]), int(row["row"]), LocalText.from_row(row, "short")),
    )
