"""Breakdowns (background characteristics) with the survey variables that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import read_table

COLUMNS = (
    "code", "group", "name_en", "name_ru", "name_kk", "unreviewed", "applies_to_files", "mics6_variable", "mics6_codes",
    "mics5_variable", "dhs_recode", "dhs_variable", "dhs_codes", "transmonee_dimension", "confidence", "dhs_confidence",
    "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Breakdown:
    """One way to divide people, with the variables of MICS and DHS files that carry it.

    `confidence` and `dhs_confidence` say how far the variables were checked.
    """

    code: str
    group: str
    name: LocalText
    applies_to_files: str
    mics6_variable: str
    mics6_codes: str
    mics5_variable: str
    dhs_recode: str
    dhs_variable: str
    dhs_codes: str
    transmonee_dimension: str
    confidence: str
    dhs_confidence: str
    notes: str


def read_breakdowns(path: Path) -> Mapping[str, Breakdown]:
    found: dict[str, Breakdown] = {}
    plain = [c for c in COLUMNS if c != "unreviewed" and not c.startswith("name_")]
    for place, row in read_table(path, COLUMNS):
        if row["code"] in found:
            raise DefinitionError(place, f"breakdown {row['code']!r} stands twice")
        try:
            found[row["code"]] = Breakdown(name=LocalText.from_row(row), **{column: row[column] for column in plain})
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found
