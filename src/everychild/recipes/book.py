"""The book of all recipes of one kind of survey."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from everychild.recipes.derived import QUOTE, Carried, DerivedNames, names_in, open_derived, read_derived
from everychild.recipes.recipe import (
    COLUMNS,
    EXPRESSIONS,
    QUOTIENTS,
    Layout,
    Part,
    Recipe,
    cell,
    read_recipe,
    refuse_row,
)
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.tables import definitions_folder, read_table

Rows = list[tuple[Place, Mapping[str, str]]]


class UnknownRecipe(WrongDefinition):
    """No recipe of that code on this kind of survey."""

    def __init__(self, code: str, layout: str, near: Sequence[str]) -> None:
        told = ", ".join(near) or "–"
        super().__init__(Place(""), "estimate_indicator_unknown", code, layout=layout, near=told)


class RecipeTable(Mapping[str, Recipe]):
    """Recipes by code, in the order of their table. The expressions of one are read when it is first asked for: all of
    the shipped ones take 50 ms, a tenth of the whole command for a person who asks for a few."""

    def __init__(self, rows: Mapping[str, Rows], names: DerivedNames) -> None:
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

    def on(self, file: str) -> Iterator[str]:
        """Codes of the recipes that read a file, and of the parities that compare two rates of them."""
        return (code for code in self.rows if any(row["file"] == file for row in self._read_from(code)))

    def of_letters(self, file: str) -> Iterator[str]:
        """Those of them in whose expressions a text stands, `B4 = 'X'`: told by the quotation mark, without reading."""
        named = self._names.of_letters
        for code in self.on(file):
            rows = (*self._read_from(code), self.rows[code][0][1])
            texts = [row[column] for row in rows for column in EXPRESSIONS]
            if any(QUOTE in text or not named.isdisjoint(names_in(text)) for text in texts):
                yield code

    def _read_from(self, code: str) -> Iterator[Mapping[str, str]]:
        """The rows that say what a recipe reads: its own, or those of the rate that a parity compares."""
        _, first = self.rows[code][0]
        return (row for _, row in self.rows[first["rate_of"] if first["kind"] == "parity" else code])


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
        expressions a text stands. No others are read for it."""
        passed: set[str] = set()
        for table in self.tables:
            codes = table.of_letters(file) if of_letters else table.on(file)
            yield from (table[code] for code in codes if code not in passed)
            passed.update(table)

    def parts(self, file: str) -> Iterator[Part]:
        """What is summed over rows of a file, by any recipe."""
        return (part for recipe in self.on(file) for part in recipe.parts if part.file == file)


def recipe_book(layout: Layout, parameters: Mapping[str, str] | None = None) -> RecipeBook:
    """The shipped recipes of a kind of survey. `parameters` are expressions of the survey's own for `P_…` and `D_…`
    names (school ages, words of a reading story); WrongDefinition names the place of the first mistake in them."""
    return _shipped(layout, tuple(sorted((parameters or {}).items())))


@cache
def _shipped(layout: Layout, parameters: tuple[tuple[str, str], ...]) -> RecipeBook:
    """The reviewed tables themselves are read expression by expression as they are needed: the tests read all."""
    folder = definitions_folder() / "recipes"
    names = (read_derived if parameters else open_derived)(folder / f"{layout}_derived.csv", dict(parameters))
    return RecipeBook(layout, (_shipped_table(folder / f"{layout}.csv", names),), names)


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
    placed = [problem.place.row for problem in wrong]
    for code in table:
        if not any(place.row in placed for place, _ in table.rows[code]):
            try:
                table[code]
            except WrongDefinition as problem:
                wrong.append(problem)
    return table, sorted(wrong, key=lambda problem: problem.place.row or 0)


def _shipped_table(path: Path, names: DerivedNames) -> RecipeTable:
    table, wrong = _opened(path, names)
    if wrong:
        raise wrong[0]
    return table


def _opened(path: Path, names: DerivedNames) -> tuple[RecipeTable, list[WrongDefinition]]:
    """A table whose expressions are not read yet, and the rows that cannot stand where they do."""
    found: dict[str, Rows] = {}
    wrong: list[WrongDefinition] = []
    for place, row in read_table(path, COLUMNS):
        parts = found.setdefault(row["code"], [])
        if parts and (parts[0][1]["kind"] != row["kind"] or row["part"] != str(len(parts) + 1)):
            wrong.append(WrongDefinition(cell(place, "code"), "recipe_table_twice", row["code"]))
            continue
        parts.append((place, row))
        try:
            refuse_row(place, row)
        except WrongDefinition as problem:
            wrong.append(problem)
    for (place, first), *_ in found.values():
        if first["kind"] == "parity":
            rate = found.get(first["rate_of"])
            if rate is None or rate[0][1]["kind"] not in QUOTIENTS:
                wrong.append(WrongDefinition(cell(place, "rate_of"), "recipe_table_no_rate", first["rate_of"]))
    return RecipeTable(found, names), wrong
