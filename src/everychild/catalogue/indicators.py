"""Indicators: what is measured, in which unit, which direction is better, for which rights and which children."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import read_table

Direction = Literal["up_is_better", "down_is_better", "neutral"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("up_is_better", "down_is_better", "neutral")
OLDEST_CHILD: Final = 17
COLUMNS: Final = (
    "code", "name_en", "name_ru", "name_kk", "plain_en", "plain_ru", "plain_kk", "unreviewed", "unit", "direction",
    "domain", "subdomain", "programme_area", "crc_articles", "crpd_articles", "sdg_code", "mics_code",
    "mics_code_status", "source_types", "survey_file", "transmonee_code", "child_ages", "related", "notes",
)  # fmt: skip
CODE: Final = re.compile(r"[a-z][a-z0-9_]*")
SOURCE_TYPES: Final = ("survey", "civil_registration", "administrative", "model")
SURVEY_FILES: Final = ("hh", "hl", "wm", "mn", "bh", "ch", "fs")
"""Files of a MICS data set: households, members, women, men, births, children under 5, children 5 to 17."""


@dataclass(frozen=True)
class Indicator:
    """One indicator. `country` is "" for the shared catalogue, else the country whose own indicator it is.

    `child_ages` are the first and last completed year of the children it speaks about; None means all, 0 to 17.
    `related` is the catalogue's indicator that a country's own one is near to but must not be joined with.
    """

    code: str
    name: LocalText
    plain: LocalText | None
    unit: str
    direction: Direction
    domain: str
    subdomain: str
    programme_area: str
    crc_articles: tuple[str, ...]
    crpd_articles: tuple[str, ...]
    sdg_code: str
    mics_code: str
    mics_code_status: str
    source_types: tuple[str, ...]
    survey_file: str
    transmonee_code: str
    child_ages: tuple[int, int] | None
    related: str
    notes: str
    country: str = ""
    numerator: LocalText | None = None
    denominator: LocalText | None = None

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise ValueError(f"code {self.code!r} must be lower-case words joined by _")
        if self.direction not in DIRECTIONS:
            raise ValueError(f"direction {self.direction!r} is none of {', '.join(DIRECTIONS)}")
        if self.child_ages and not 0 <= self.child_ages[0] <= self.child_ages[1] <= OLDEST_CHILD:
            raise ValueError(f"child_ages {self.child_ages} must lie within 0 to {OLDEST_CHILD}")


Definitions = Mapping[str, tuple[LocalText | None, LocalText | None]]


def read_indicators(path: Path, definitions: Definitions, country: str = "") -> Iterator[Indicator]:
    """The rows of an indicators table, in order; DefinitionError names file and row of the first mistake."""
    seen: set[str] = set()
    for place, row in read_table(path, COLUMNS):
        if row["code"] in seen:
            raise DefinitionError(place, f"indicator {row['code']!r} stands twice")
        seen.add(row["code"])
        try:
            yield _indicator(row, definitions, country)
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem


def read_definitions(path: Path) -> Definitions:
    """Numerators and denominators in three languages by code of indicator; absent where no word is known."""
    found: dict[str, tuple[LocalText | None, LocalText | None]] = {}
    columns = (
        "code",
        *(f"{s}_{lang}" for s in ("numerator", "denominator") for lang in ("en", "ru", "kk")),
        "unreviewed",
    )
    for place, row in read_table(path, columns):
        try:
            found[row["code"]] = (_optional(row, "numerator"), _optional(row, "denominator"))
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found


def _optional(row: dict[str, str], stem: str) -> LocalText | None:
    return LocalText.from_row(row, stem) if any(row[f"{stem}_{lang}"] for lang in ("en", "ru", "kk")) else None


def _indicator(row: dict[str, str], definitions: Definitions, country: str) -> Indicator:
    numerator, denominator = definitions.get(row["code"], (None, None))
    direction = next((d for d in DIRECTIONS if d == row["direction"]), None)
    if direction is None:
        raise ValueError(f"direction {row['direction']!r} is none of {', '.join(DIRECTIONS)}")
    return Indicator(
        code=row["code"],
        name=LocalText.from_row(row),
        plain=_optional(row, "plain"),
        unit=row["unit"],
        direction=direction,
        domain=row["domain"],
        subdomain=row["subdomain"],
        programme_area=row["programme_area"],
        crc_articles=_parts(row["crc_articles"]),
        crpd_articles=_parts(row["crpd_articles"]),
        sdg_code=row["sdg_code"],
        mics_code=row["mics_code"],
        mics_code_status=row["mics_code_status"],
        source_types=_parts(row["source_types"]),
        survey_file=row["survey_file"],
        transmonee_code=row["transmonee_code"],
        child_ages=_ages(row["child_ages"]),
        related=row["related"],
        notes=row["notes"],
        country=country,
        numerator=numerator,
        denominator=denominator,
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _ages(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if not match:
        raise ValueError(f"child_ages {text!r} must be two years such as 0-4")
    return int(match[1]), int(match[2])
