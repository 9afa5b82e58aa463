"""How one country's Open SDG repository is read: tables of its pack, never code.

- `open_sdg.yaml`: dataset, source, quality, titles, words that labels of totals should not have
- `open_sdg_map.csv`: file + series (+ `where`: `COLUMN=CODE;…` in the file's own codes) → indicator and unit
- `open_sdg_columns.csv`: column of the repository → role; `open_sdg_codes.csv`: cell of a role → our code
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from everychild.catalogue.countries import country
from everychild.exchange.ledger import finding
from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.tables import read_table

ROLES: Final = (
    "period", "value", "area", "sex", "age", "residence", "wealth", "disability", "education", "composite", "series",
    "unit", "multiplier", "status", "note",
)  # fmt: skip
BREAKDOWNS: Final = ("area", "sex", "age", "residence", "wealth", "disability", "education", "composite")
"""Roles whose empty cell means the total, or the whole country."""
NOTHING: Final = "nothing"
"""Role of columns that repeat another one."""


@dataclass(frozen=True)
class Mapped:
    """One file and series with the indicator it stands for; `indicator` is "" for a file known but not taken."""

    file: str
    series: str
    where: tuple[tuple[str, str], ...]
    indicator: str
    unit: str
    breaks: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if self.indicator and not self.unit:
            raise ValueError(f"{self.file}: {self.indicator} has no unit")


@dataclass(frozen=True)
class RepositoryMapping:
    """All tables of one country. `codes` is role → file ("" = all) → cell → our code."""

    dataset: str
    source: str
    quality: str
    title: Mapping[str, str]
    words_of_children: tuple[str, ...]
    files: Mapping[str, tuple[Mapped, ...]]
    roles: Mapping[str, str]
    codes: Mapping[str, Mapping[str, Mapping[str, str]]]

    def codes_of(self, role: str, file: str) -> dict[str, str]:
        """Cells of a role in a file and what they mean."""
        tables = self.codes.get(role, {})
        return {**tables.get("", {}), **tables.get(file, {})}


@cache
def mapping(country_code: str) -> RepositoryMapping:
    """The mapping of a country; DataRefused when its pack has none."""
    folder = country(country_code).folder
    if not (folder / "open_sdg.yaml").is_file():
        raise DataRefused([finding("", "no_mapping", value=country_code)])
    about = _about(folder / "open_sdg.yaml")
    return RepositoryMapping(
        dataset=str(about["dataset"]),
        source=str(about["source"]),
        quality=str(about["quality"]),
        title={language: str(about[f"title_{language}"]) for language in LANGUAGES},
        words_of_children=tuple(str(word) for word in about.get("words_of_children", ())),
        files=_files(folder / "open_sdg_map.csv"),
        roles=_roles(folder / "open_sdg_columns.csv"),
        codes=_codes(folder / "open_sdg_codes.csv"),
    )


def _about(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    needed = ("dataset", "source", "quality", *(f"title_{language}" for language in LANGUAGES))
    missing = [key for key in needed if key not in (loaded or {})]
    if missing:
        raise DefinitionError(Place(path.name), f"missing: {', '.join(missing)}")
    return dict(loaded)


def _files(path: Path) -> dict[str, tuple[Mapped, ...]]:
    found: dict[str, list[Mapped]] = {}
    for place, row in read_table(path, ("file", "series", "where", "indicator", "unit", "breaks")):
        try:
            mapped = Mapped(
                row["file"], row["series"], _pairs(row["where"], "="), row["indicator"], row["unit"],
                _pairs(row["breaks"], ":"),
            )  # fmt: skip
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        found.setdefault(mapped.file, []).append(mapped)
    return {file: tuple(rows) for file, rows in found.items()}


def _pairs(text: str, by: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in filter(None, text.split(";")):
        left, found, right = part.partition(by)
        if not found:
            raise ValueError(f"{part!r} is not of the form left{by}right")
        pairs.append((left.strip(), right.strip()))
    return tuple(pairs)


def _roles(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, row in read_table(path, ("column", "role")):
        if row["role"] not in (*ROLES, NOTHING):
            raise DefinitionError(place, f"role {row['role']!r} is none of {', '.join(ROLES)}")
        found[row["column"].lower()] = row["role"]
    return found


def _codes(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for place, row in read_table(path, ("role", "file", "code", "target")):
        table = found.setdefault(row["role"], {}).setdefault(row["file"], {})
        if row["code"] in table:
            raise DefinitionError(place, f"code {row['code']!r} stands twice")
        table[row["code"]] = row["target"]
    return found
