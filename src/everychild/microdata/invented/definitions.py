"""The tables of `definitions/invented/`: variables, their codes, and how answers are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from everychild.microdata.invented.conditions import Clause, Code, code_of, parse
from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.tables import definitions_folder, read_table

FILES: Final = ("hh", "hl", "wm", "mn", "ch", "bh", "fs")
THEMES: Final = ("health", "nutrition", "learning", "protection", "services", "views")
EFFECTS: Final = ("rural", "wealth", "education", "female", "region", "cluster")
INVENTED: Final = "INVENTED DATA - no real country or person"


@dataclass(frozen=True)
class Words:
    """What the file says about a variable: label, labels of codes, codes declared user-missing."""

    label: str
    value_labels: Mapping[Code, str]
    missing: tuple[Code, ...]


@dataclass(frozen=True)
class Region:
    """`households` in the country, `urban` share, `wealth` and `effects` (by theme) in standard deviations."""

    code: int
    label: str
    households: int
    urban: float
    wealth: float
    effects: tuple[float, ...]


@dataclass(frozen=True)
class Draw:
    """How the answers of one variable are drawn where `when` holds.

    `codes`: success codes with probability expit(logit(p) + effects), p = weight of success / weight of all; inside
    success and inside failure the codes keep their proportions. `normal`: a normal deviate with that mean (plus the
    effects) and standard deviation, cut to limits and rounded. `whole`: whole numbers, evenly.
    """

    file: str
    variable: str
    when: tuple[Clause, ...]
    kind: str
    numbers: tuple[float, ...]
    success: tuple[tuple[Code, float], ...]
    failure: tuple[tuple[Code, float], ...]
    theme: int
    effects: tuple[float, ...]

    @property
    def chance(self) -> float:
        """Probability of success where all effects are zero."""
        good, bad = (sum(weight for _, weight in group) for group in (self.success, self.failure))
        return good / (good + bad)


def _rows(table: str, columns: tuple[str, ...]) -> Iterator[tuple[Place, dict[str, str]]]:
    return read_table(definitions_folder() / "invented" / table, columns)


@cache
def regions() -> tuple[Region, ...]:
    """Regions of the invented country, in the order of their codes."""
    return tuple(
        Region(
            int(row["code"]),
            row["label"],
            int(row["households"]),
            float(row["urban"]),
            float(row["wealth"]),
            tuple(float(row[theme]) for theme in THEMES),
        )
        for _, row in _rows("regions.csv", ("code", "label", "households", "urban", "wealth", *THEMES))
    )


@cache
def words() -> Mapping[str, Mapping[str, Words]]:
    """File → variable → words, in the order in which the file holds its variables."""
    sets = _value_labels()
    found: dict[str, dict[str, Words]] = {file: {} for file in FILES}
    for place, row in _rows("variables.csv", ("file", "variable", "label", "value_labels")):
        name = row["value_labels"]
        if name and name not in sets:
            raise DefinitionError(place, f"no set of codes is called {name!r}")
        labels, missing = sets.get(name, ({}, ()))
        for file in row["file"].split():
            for variable, label in _labelled(place, row):
                if variable in found[file]:
                    raise DefinitionError(place, f"{variable} stands twice in {file}")
                found[file][variable] = Words(label, MappingProxyType(labels), missing)
    return MappingProxyType({file: MappingProxyType(variables) for file, variables in found.items()})


def _labelled(place: Place, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """`MN6[AB]` with the label `Measured: blood|urine` → (MN6A, Measured: blood), (MN6B, Measured: urine)."""
    names = [name for name, _ in expand(row["variable"])]
    stem, _, endings = row["label"].rpartition(": ") if "|" in row["label"] else ("", "", "")
    labels = [f"{stem}: {ending}" for ending in endings.split("|")] if endings else [row["label"]]
    if len(names) != len(labels):
        raise DefinitionError(place, f"{len(names)} variables have {len(labels)} labels")
    yield from zip(names, labels, strict=True)


def _value_labels() -> dict[str, tuple[dict[Code, str], tuple[Code, ...]]]:
    labels: dict[str, dict[Code, str]] = {"region": {float(region.code): region.label for region in regions()}}
    missing: dict[str, list[Code]] = {}
    for _, row in _rows("value_labels.csv", ("set", "code", "label", "missing")):
        code = code_of(row["code"])
        labels.setdefault(row["set"], {})[code] = row["label"]
        if row["missing"] == "1":
            missing.setdefault(row["set"], []).append(code)
    return {name: (codes, tuple(missing.get(name, ()))) for name, codes in labels.items()}


@cache
def draws(file: str) -> tuple[Draw, ...]:
    """The draws of one file in the order in which they are made."""
    columns = ("file", "variables", "when", "draw", "success", "failure", "theme", *EFFECTS)
    found: list[Draw] = []
    for place, row in _rows("draws.csv", columns):
        if file in row["file"].split():
            try:
                found.extend(_draws(file, row))
            except (ValueError, KeyError) as problem:
                raise DefinitionError(place, str(problem)) from problem
    return tuple(found)


def _draws(file: str, row: Mapping[str, str]) -> Iterator[Draw]:
    kind, *numbers = row["draw"].split()
    for variable, suffix in expand(row["variables"]):
        yield Draw(
            file,
            variable,
            parse(row["when"]),
            kind,
            tuple(float(number) for number in numbers),
            _weighted(row["success"], suffix),
            _weighted(row["failure"], suffix),
            THEMES.index(row["theme"]) if row["theme"] else 0,
            tuple(float(row[effect] or 0) for effect in EFFECTS),
        )


def expand(text: str) -> Iterator[tuple[str, str]]:
    """`MN3[AB]` → (MN3A, A), (MN3B, B); a name without brackets gives itself and its last letter."""
    for name in text.split():
        found = re.fullmatch(r"([\w$]+)\[([\w ]+)\]([\w$]*)", name)
        if found is None:
            yield name, name[-1]
        else:
            stem, letters, tail = found.groups()
            for letter in letters:
                yield f"{stem}{letter}{tail}", letter


def _weighted(text: str, suffix: str) -> tuple[tuple[Code, float], ...]:
    """`1:30 2:70` → ((1.0, 30.0), (2.0, 70.0)); `*` is the variable's own letter, an empty code the empty answer."""
    pairs = (part.rpartition(":") for part in text.split())
    return tuple((suffix if code == "*" else code_of(code), float(weight)) for code, _, weight in pairs)
