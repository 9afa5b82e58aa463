"""Years in which a country changed what it registers, so that figures before and after are not one series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import definitions_folder, read_table


@dataclass(frozen=True)
class RegistrationBreak:
    """From `year` on the figures of `indicators` follow a new definition."""

    country: str
    year: int
    indicators: tuple[str, ...]
    name: LocalText


@cache
def registration_breaks() -> tuple[RegistrationBreak, ...]:
    """All known breaks, read from `definitions/registration_breaks.csv`."""
    return tuple(_read())


def _read() -> Iterator[RegistrationBreak]:
    columns = ("country", "year", "indicators", "name_en", "name_ru", "name_kk", "unreviewed", "source")
    for place, row in read_table(definitions_folder() / "registration_breaks.csv", columns):
        try:
            yield RegistrationBreak(
                row["country"], int(row["year"]), tuple(row["indicators"].split(";")), LocalText.from_row(row)
            )
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem


def breaks_of(country: str, indicator: str) -> tuple[RegistrationBreak, ...]:
    return tuple(b for b in registration_breaks() if b.country == country and indicator in b.indicators)
