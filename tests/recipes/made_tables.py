"""Small tables of recipes, derived names and breakdowns, with as little in them as a test needs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from everychild.recipes import derived, recipe
from everychild.recipes.book import RecipeBook, load

RECIPE = {
    "code": "measured", "part": "1", "kind": "proportion", "file": "ch", "universe": "UF17 = 1", "numerator": "A = 1",
    "denominator": "1", "weight": "chweight", "confidence": "unverified",
}  # fmt: skip
DERIVED = {"name": "D_OLD", "file": "ch", "type": "boolean", "expression": "CAGE > 23", "confidence": "unverified"}
Row = Mapping[str, str]


def write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, restval="")
        table.writeheader()
        table.writerows(rows)
    return path


def book(
    folder: Path, recipes: Sequence[Row] = (RECIPE,), names: Sequence[Row] = (),
    parameters: Mapping[str, str] | None = None,
) -> RecipeBook:  # fmt: skip
    """A book read from tables `recipes.csv` and `derived.csv` of these rows; the first row stands in line 2."""
    return load(
        "mics6", write(folder / "recipes.csv", recipe.COLUMNS, recipes),
        write(folder / "derived.csv", derived.COLUMNS, names), parameters or {},
    )  # fmt: skip
