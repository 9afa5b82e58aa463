"""The mark that tells how a recipe was checked is no better than what the recipe rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pytest

from everychild.recipes.recipe import CONFIDENCE, LAYOUTS
from everychild.vocabulary.tables import definitions_folder, read_table

RANK: Final = {mark: at for at, mark in enumerate(CONFIDENCE)}
"""In the order in which the marks are named: from read in the producer's own syntax to written from memory."""
NAME: Final = re.compile(r"\bD_[A-Z0-9_]+\b")
CELLS: Final = ("universe", "numerator", "denominator", "weight")


def table(name: str, *columns: str) -> list[dict[str, str]]:
    return [row for _, row in read_table(definitions_folder() / "recipes" / name, columns)]


def rested_on(text: str, derived: Mapping[str, list[dict[str, str]]]) -> set[str]:
    """Names in a text, and names in their expressions. Parameters are left out: they are a country's, not a reading."""
    found: set[str] = set()
    waiting = [text]
    while waiting:
        for name in set(NAME.findall(waiting.pop().upper())) - found:
            found.add(name)
            waiting += [row["expression"] for row in derived[name]]
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_recipe_is_marked_no_better_than_the_derived_names_it_uses(layout: str) -> None:
    derived: dict[str, list[dict[str, str]]] = {}
    for row in table(f"{layout}_derived.csv", "name", "expression", "confidence"):
        derived.setdefault(row["name"].upper(), []).append(row)
    too_good = {
        f"{recipe['code']} is {recipe['confidence']}, {name} is {row['confidence']}"
        for recipe in table(f"{layout}.csv", "code", "confidence", *CELLS)
        for name in rested_on(" ".join(recipe[cell] for cell in CELLS), derived)
        for row in derived[name]
        if RANK[row["confidence"]] > RANK[recipe["confidence"]]
    }
    assert not too_good


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_derived_name_is_used(layout: str) -> None:
    """A name that no recipe needs is a slip in another one's spelling."""
    rows = table(f"{layout}_derived.csv", "name", "expression")
    derived: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        derived.setdefault(row["name"].upper(), []).append(row)
    texts = " ".join(recipe[cell] for recipe in table(f"{layout}.csv", *CELLS) for cell in CELLS)
    assert {name for name in derived if name.startswith("D_")} == rested_on(texts, derived)
