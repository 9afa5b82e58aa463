"""The breakdowns that a survey has on each of its files: the standard ones of its kind and its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from everychild.catalogue.catalogue import catalogue
from everychild.microdata.expected_types import standard_breakdowns
from everychild.microdata.located import finding
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.groups import FileBreakdown, Level, own_breakdown
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import LocalText

TOTAL = "total"
CROSS = ":"
"""Between the breakdowns of a crossed table: `residence:sex_child`."""


SHORT: Final[Mapping[str, str]] = {"wealth": "wealth_quintile"}
"""What people say for a breakdown of a longer name."""


class AskedWrongly(DataRefused):
    """An indicator, a breakdown or a way of errors that does not exist; nothing is wrong with the data."""


@dataclass(frozen=True)
class Table:
    """One requested table: `()` is the total, two breakdowns a crossing."""

    breakdowns: tuple[str, ...]

    @property
    def code(self) -> str:
        return CROSS.join(self.breakdowns) or TOTAL


def requested(by: Sequence[str], files: SurveyFiles) -> tuple[Table, ...]:
    """`("residence", "region:sex_child")` or `"residence,region:sex_child"` → tables, the total first and each once.

    A survey that has a breakdown of its own by a short name means that one. AskedWrongly for a breakdown that is
    crossed with itself.
    """
    own = {each.code for each in files.description.breakdowns}
    tables = [Table(())]
    for code in codes(by):
        named = [part if part in own else SHORT.get(part, part) for part in map(str.strip, code.split(CROSS))]
        if len(set(named)) < len(named):
            twice = next(part for part in named if named.count(part) > 1)
            raise AskedWrongly([finding("", "--by", code, "estimate_breakdown_twice", near=twice)])
        tables.append(Table(() if code == TOTAL else tuple(named)))
    return tuple(dict.fromkeys(tables))


def codes(told: Sequence[str] | None) -> list[str]:
    """Codes of a sequence, or of a plain text as on the command line: `"residence"`, `"residence,region"`. A text is a
    sequence of letters, too, and nobody means those."""
    return [code.strip() for code in told.split(",") if code.strip()] if isinstance(told, str) else list(told or ())


def breakdowns_of(files: SurveyFiles, file: str) -> Mapping[str, FileBreakdown]:
    """Breakdowns by code whose variable the file has."""
    found = dict(standard_breakdowns(files.description.layout, file))
    for own in files.own_breakdowns(file):
        variable = own.variable.get(file, own.variable.get("*"))
        if variable is None or not own.levels:
            continue
        found[own.code] = own_breakdown(own.code, variable, own.levels)
    return {code: each for code, each in found.items() if not files.lacking(file, frozenset({each.variable}))}


def check_known(tables: Sequence[Table], files: SurveyFiles) -> None:
    """AskedWrongly for codes that no file of the survey could have, with near ones."""
    known = list(dict.fromkeys((*catalogue().breakdowns, *(own.code for own in files.description.breakdowns))))
    asked = dict.fromkeys(code for table in tables for code in table.breakdowns)
    unknown = [
        finding("", "--by", code, "estimate_breakdown_unknown", near=", ".join(_near(code, known)) or "–")
        for code in asked
        if code not in known
    ]
    if unknown:
        raise AskedWrongly(unknown)


def _near(code: str, known: Sequence[str]) -> list[str]:
    holding = [each for each in known if code and code in each]
    return (holding or get_close_matches(code, known, n=3, cutoff=0.6))[:5]


def breakdown_name(code: str, files: SurveyFiles) -> LocalText:
    own = next((b for b in files.description.breakdowns if b.code == code and b.name is not None), None)
    if own is not None and own.name is not None:
        return own.name
    return catalogue().breakdowns[code].name


__all__ = ["AskedWrongly", "Level", "Table", "breakdown_name", "breakdowns_of", "check_known", "requested"]
