"""The book of all recipes of one kind of survey."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from everychild.recipes.derived import Carried, DerivedNames, open_derived, read_derived
from everychild.recipes.recipe import (
    COLUMNS,
    EXPRESSIONS,
    QUOTIENTS,
    Layout,
    Part,
    Recipe,
    RecipeRow,
    is_next_part,
    read_recipe,
    recipe_row,
)
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.tables import definitions_folder, read_table


class UnknownRecipe(WrongDefinition):
    """No recipe of that code on this kind of survey."""

    def __init__(self, code: str, layout: str, near: Sequence[str]) -> None:
        told = ", ".join(near) or "–"
        super().__init__(Place(""), "estimate_indicator_unknown", code, layout=layout, near=told)


class RecipeTable(Mapping[str, Recipe]):
    """Recipes by code, in the order of their table. The expressions of one are read when it is first asked for: all of
    the shipped ones take 50 ms, a tenth of the whole command for a person who asks for a few."""

    def __init__(self, rows: Mapping[str, Sequence[RecipeRow]], names: DerivedNames) -> None:
        self.rows = rows
        self._names = names
        self._read: dict[str, Recipe] = {}

    def __getitem__(self, code: str) -> Recipe:
        if code not in self._read:
            self._read[code] = read_recipe(self.rows[code], self._names)
        return self._read[code]

    def __contains__(self, code: object) -> bool:
        return code in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class RecipeBook:
    """All recipes of one kind of survey, with the names they are built from; of two tables that hold a code, the first
    is meant. A book equals itself alone, so that what follows from it can be kept by it."""

    layout: Layout
    tables: tuple[RecipeTable, ...]
    names: DerivedNames

    @property
    def recipes(self) -> Mapping[str, Recipe]:
        return ChainMap(*self.tables)  # type: ignore[arg-type]  # is only read, and so needs no mutable maps

    @property
    def carried(self) -> Mapping[tuple[str, str], Carried]:
        return self.names.carried

    def __getitem__(self, code: str) -> Recipe:
        recipes = self.recipes
        if code not in recipes:
            raise UnknownRecipe(code, self.layout, self.like(code))
        return recipes[code]

    def holding(self, word: str) -> tuple[str, ...]:
        """Codes with that word in them."""
        return tuple(code for code in self.recipes if word and word in code)

    def like(self, word: str) -> tuple[str, ...]:
        """Codes with that word in them; else those spelled nearly so."""
        return self.holding(word) or tuple(get_close_matches(word, self.recipes, n=3, cutoff=0.7))

    def __iter__(self) -> Iterator[Recipe]:
        return iter(self.recipes.values())

    def on(self, file: str, *, of_letters: bool = False) -> Iterator[Recipe]:
        """The recipes that read a file, and the parities that compare two rates of them; or those alone in whose
        expressions a text stands, `B4 = 'X'`, as the quotation mark tells. No others are read for it."""
        held = ChainMap(*(dict(table.rows) for table in self.tables))
        for code, rows in held.items():
            rates = held[rows[0].cells["rate_of"]] if rows[0].kind == "parity" else rows
            if any(row.cells["file"] == file for row in rates):
                texts = (row.cells[column] for row in (*rows, *rates) for column in EXPRESSIONS)
                if not of_letters or any(map(self.names.speaks_of_letters, texts)):
                    yield self.recipes[code]

    def parts(self, file: str) -> Iterator[Part]:
        """What is summed over rows of a file, by any recipe."""
        return (part for recipe in self.on(file) for part in recipe.parts if part.file == file)


def recipe_book(layout: Layout, parameters: Mapping[str, str] | None = None) -> RecipeBook:
    """The shipped recipes of a kind of survey. `parameters` are expressions of the survey's own for `P_…` and `D_…`
    names (school ages, words of a reading story); WrongDefinition names the place of the first mistake in them."""
    return _shipped(layout, tuple(sorted((parameters or {}).items())))


@cache
def _shipped(layout: Layout, parameters: tuple[tuple[str, str], ...]) -> RecipeBook:
    """The reviewed tables themselves are read expression by expression as they are needed: the tests read all. A
    survey's own parameters may make any of them wrong, and so all are read with them."""
    folder = definitions_folder() / "recipes"
    table, derived = folder / f"{layout}.csv", folder / f"{layout}_derived.csv"
    if parameters:
        return load(layout, table, derived, dict(parameters))
    names = open_derived(derived, {})
    recipes, wrong = _opened(table, names)
    if wrong:
        raise wrong[0]
    return RecipeBook(layout, (recipes,), names)


def load(layout: Layout, recipes: Path, derived: Path, parameters: Mapping[str, str]) -> RecipeBook:
    """Read a table of recipes and the table of its derived names."""
    return read_recipes(layout, recipes, read_derived(derived, parameters))


def read_recipes(layout: Layout, recipes: Path, names: DerivedNames) -> RecipeBook:
    """Read a table of recipes that may use these names, with every expression in it; WrongDefinition is its first
    mistake."""
    table, wrong = table_and_mistakes(recipes, names)
    if wrong:
        raise wrong[0]
    return RecipeBook(layout, (table,), names)


def table_and_mistakes(path: Path, names: DerivedNames) -> tuple[RecipeTable, list[WrongDefinition]]:
    """A table with what is wrong in it from top to bottom, one mistake for each recipe: the author of a long table
    mends all of them at once. WrongDefinition for what cannot be read as a table."""
    table, wrong = _opened(path, names)
    known = {problem.place.row for problem in wrong}
    for code, rows in table.rows.items():
        if known.isdisjoint(row.place.row for row in rows):
            try:
                table[code]
            except WrongDefinition as problem:
                wrong.append(problem)
    return table, sorted(wrong, key=lambda problem: problem.place.row or 0)


def _opened(path: Path, names: DerivedNames) -> tuple[RecipeTable, list[WrongDefinition]]:
    """A table whose expressions are not read yet, and the rows that cannot stand where they do."""
    found: dict[str, list[RecipeRow]] = {}
    wrong: list[WrongDefinition] = []
    for place, cells in read_table(path, COLUMNS):
        try:
            row = recipe_row(place, cells)
        except WrongDefinition as problem:
            wrong.append(problem)
            row = RecipeRow(place, cells, None)
        parts = found.setdefault(row.code, [])
        if is_next_part(row, parts):
            parts.append(row)
        else:
            wrong.append(WrongDefinition(row.cell("code"), "recipe_table_twice", row.code))
    for first, *_ in found.values():
        if first.kind == "parity":
            rate = found.get(first.cells["rate_of"])
            if rate is None or rate[0].kind not in (*QUOTIENTS, None):  # of one that is wrong itself nothing is said
                wrong.append(WrongDefinition(first.cell("rate_of"), "recipe_table_no_rate", first.cells["rate_of"]))
    return RecipeTable(found, names), wrong
