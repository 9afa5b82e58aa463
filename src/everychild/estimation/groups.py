"""The breakdowns that a survey has on each of its files: the standard ones of its kind and its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everychild.catalogue.catalogue import catalogue
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.groups import FileBreakdown, Level, file_breakdowns, level_code
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.language import LocalText

TOTAL = "total"
CROSS = ":"
"""Between the breakdowns of a crossed table: `residence:sex_child`."""


class UnknownBreakdown(EverychildError):  # noqa: N818 - says what is the case
    """A breakdown that neither the catalogue nor the survey knows."""


@dataclass(frozen=True)
class Table:
    """One requested table: `()` is the total, two breakdowns a crossing."""

    breakdowns: tuple[str, ...]

    @property
    def code(self) -> str:
        return CROSS.join(self.breakdowns) or TOTAL


def requested(by: Sequence[str]) -> tuple[Table, ...]:
    """`("residence", "region:sex_child")` → tables, the total first and each once."""
    tables = [Table(())]
    tables += [Table(() if code == TOTAL else tuple(part.strip() for part in code.split(CROSS))) for code in by]
    return tuple(dict.fromkeys(tables))


def breakdowns_of(files: SurveyFiles, file: str) -> Mapping[str, FileBreakdown]:
    """Breakdowns by code whose variable the file has."""
    found = dict(file_breakdowns(files.description.layout, file))
    for own in files.description.breakdowns:
        variable = own.variable.get(file, own.variable.get("*"))
        if variable is None:
            continue
        levels = tuple(dict.fromkeys(level for _, level in own.levels))
        ranges = [(*_limits(value), levels.index(level) + 1) for value, level in own.levels]
        found[own.code] = FileBreakdown(own.code, levels, level_code(variable.lower(), ranges))
    return {code: each for code, each in found.items() if not files.lacking(file, frozenset({each.variable}))}


def _limits(value: str) -> tuple[str, str]:
    """`"3"` → one code; `"5-9"` → a range of codes."""
    low, dash, high = value.partition("-")
    return (low, high) if dash and low else (value, value)


def check_known(tables: Sequence[Table], files: SurveyFiles) -> None:
    """UnknownBreakdown for a code that no file of the survey could have."""
    known = set(catalogue().breakdowns) | {own.code for own in files.description.breakdowns}
    for table in tables:
        for code in table.breakdowns:
            if code not in known:
                raise UnknownBreakdown(f"there is no breakdown {code!r}; `everychild survey breakdowns` lists them")


def breakdown_name(code: str, files: SurveyFiles) -> LocalText:
    own = next((b for b in files.description.breakdowns if b.code == code and b.name is not None), None)
    if own is not None and own.name is not None:
        return own.name
    return catalogue().breakdowns[code].name


__all__ = ["Level", "Table", "UnknownBreakdown", "breakdown_name", "breakdowns_of", "check_known", "requested"]
