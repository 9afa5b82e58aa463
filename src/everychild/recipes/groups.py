"""Background characteristics on survey files: which variable, which codes, which level of the cube of observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final

from everychild.recipes.nodes import (
    All,
    Arithmetic,
    Between,
    Case,
    Comparison,
    Floor,
    Membership,
    Node,
    Number,
    Text,
    Variable,
    variables,
)  # fmt: skip
from everychild.vocabulary.errors import DefinitionError, Place, WrongDefinition
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

COLUMNS: Final = (
    "breakdown", "files", "variable", "low", "high", "level", "dimension", "code", "name_en", "name_ru", "name_kk",
    "unreviewed",
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One group of a breakdown. `dimension` is the column of the observation schema in which `code` stands (`sex`,
    `residence`, …, `area` for a region), or "other"."""

    level: str
    name: LocalText
    dimension: str
    code: str


@dataclass(frozen=True)
class FileBreakdown:
    """A breakdown on one file: `code` yields the number of the level, counted from 1, and 0 outside every level."""

    breakdown: str
    levels: tuple[Level, ...]
    code: Node

    @cached_property
    def variable(self) -> str:
        """The variable of the file that carries the breakdown, in lower case."""
        return min(variables(self.code))


@dataclass(frozen=True)
class _Row:
    place: Place
    breakdown: str
    files: tuple[str, ...]
    variable: str
    low: str
    high: str
    level: Level


def file_breakdowns(layout: str, file: str) -> Mapping[str, FileBreakdown]:
    """The shipped breakdowns of a kind of survey on one of its files, by code."""
    return {
        code: found
        for code, rows in groupby(
            _rows(definitions_folder() / "recipes" / f"{layout}_groups.csv"), lambda r: r.breakdown
        )
        if (found := _on_file(code, list(rows), file)) is not None
    }


def _rows(path: Path) -> list[_Row]:
    found = []
    for place, row in read_table(path, COLUMNS):
        try:
            level = Level(row["level"], LocalText.from_row(row), row["dimension"], row["code"])
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        files = tuple(part.strip() for part in row["files"].split(";"))
        found.append(_Row(place, row["breakdown"], files, row["variable"].lower(), row["low"], row["high"], level))
    return found


def _on_file(code: str, rows: Sequence[_Row], file: str) -> FileBreakdown | None:
    here = [row for row in rows if file in row.files or "*" in row.files]
    if not here:
        return None
    for row in here:
        if row.variable != here[0].variable:
            cell = replace(row.place, column="variable")
            raise WrongDefinition(cell, "groups_two_variables", row.variable.upper(), breakdown=code, part=file)
        if _is_whole(row.low) and _is_whole(row.high or row.low) and int(row.low) > int(row.high or row.low):
            raise WrongDefinition(replace(row.place, column="high"), "range_reversed", f"{row.low} – {row.high}")
    levels = list(dict.fromkeys(row.level for row in here))
    ranges = [(row.low, row.high or row.low, levels.index(row.level) + 1) for row in here]
    return FileBreakdown(code, tuple(levels), level_code(here[0].variable, ranges))


def own_breakdown(code: str, variable: str, told: Sequence[tuple[str, Level]]) -> FileBreakdown:
    """A breakdown that a survey describes itself: `told` gives codes (`"3"`, or a range such as `"5-9"`) and levels."""
    levels = tuple(dict.fromkeys(level for _, level in told))
    ranges = [(*_limits(value), levels.index(level) + 1) for value, level in told]
    return FileBreakdown(code, levels, level_code(variable.lower(), ranges))


def _limits(value: str) -> tuple[str, str]:
    low, dash, high = value.partition("-")
    return (low, high) if dash and low else (value, value)


def level_code(variable: str, ranges: Sequence[tuple[str, str, int]]) -> Node:
    """An expression for the number of the level of a variable, from (lowest, highest code, level).

    Codes that are their own level plus a constant, the common case, become one comparison instead of one a level.
    """
    node = Variable(variable)
    if not all(_is_whole(low) and _is_whole(high) for low, high, _ in ranges):
        texts = [(Membership(node, (Text(low),)), Number(level)) for low, _, level in ranges]
        return Case(tuple(texts), Number(0))
    numbers = [(int(low), int(high), level) for low, high, level in ranges]
    shifts = {low - level for low, _, level in numbers}
    if len(shifts) == 1 and all(low == high for low, high, _ in numbers) and len(numbers) > 1:
        shift = shifts.pop()
        value: Node = node if shift == 0 else Arithmetic("-", node, Number(shift))
        lows = [low for low, _, _ in numbers]
        if sorted(lows) == list(range(min(lows), max(lows) + 1)):
            # A code between two codes, such as 1.5, is none.
            among = All((Between(node, Number(min(lows)), Number(max(lows))), Comparison("=", Floor(node), node)))
            return Case(((among, value),), Number(0))
    return Case(
        tuple((Between(node, Number(low), Number(high)), Number(level)) for low, high, level in numbers), Number(0)
    )


def _is_whole(text: str) -> bool:
    return text.lstrip("-").isdigit()
