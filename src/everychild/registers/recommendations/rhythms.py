"""When a State reports next, by the rhythm of each mechanism: from this the due date of a recommendation follows."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import definitions_folder, read_table


@dataclass(frozen=True)
class Rhythm:
    """`months` between the adoption of a document and the report that answers it; None where there is no rhythm."""

    mechanism: str
    months: int | None
    rule: LocalText
    verified: str
    source: str


@cache
def rhythms() -> Mapping[str, Rhythm]:
    """By mechanism, from `definitions/reporting_rhythms.csv`."""
    columns = ("mechanism", "months", "name_en", "name_ru", "name_kk", "unreviewed", "verified", "source")
    found = {}
    for place, row in read_table(definitions_folder() / "reporting_rhythms.csv", columns):
        if row["months"] and not row["months"].isdecimal():
            raise DefinitionError(place, f"months {row['months']!r} is not a whole number")
        months = int(row["months"]) if row["months"] else None
        found[row["mechanism"]] = Rhythm(
            row["mechanism"], months, LocalText.from_row(row), row["verified"], row["source"]
        )
    return found


def due_by_rhythm(mechanism: str, adopted: str) -> str:
    """The due date, as far as the day of adoption is known (`2015` gives a year); "" without a rhythm.

    The day stays the same; where the month is too short for it, its last day is taken.
    """
    rhythm = rhythms().get(mechanism)
    if rhythm is None or rhythm.months is None or not adopted:
        return ""
    year, _, rest = adopted.partition("-")
    if not rest:
        # Of a year alone no month is known, so a part of a year is rounded up: never due too early.
        return str(int(year) + -(-rhythm.months // 12))
    month, _, day = rest.partition("-")
    ahead = int(year) * 12 + int(month) - 1 + rhythm.months
    year_due, month_due = ahead // 12, ahead % 12 + 1
    moved = f"{year_due}-{month_due:02d}"
    return f"{moved}-{min(int(day), monthrange(year_due, month_due)[1]):02d}" if day else moved
