"""A user's own table of recipes, in the form of the shipped ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from everychild.recipes.book import RecipeBook, RecipeTable, table_and_mistakes
from everychild.recipes.recipe import Recipe, RecipeRow
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.findings import OwnDefinitionRefused


def own_recipes(path: Path, shipped: RecipeBook, files: Collection[str]) -> RecipeTable:
    """The recipes of a table by code, with the derived names and parameters of the survey; `files` are the names of its
    files. OwnDefinitionRefused names row and column of every mistake, the first one of each recipe."""
    try:
        own, wrong = table_and_mistakes(path, shipped.names)
    except WrongDefinition as problem:
        raise _refused(path, [problem]) from problem
    if not own.rows and not wrong:
        raise OwnDefinitionRefused(Place(path.name, 1), "recipe_table_empty")
    known = {problem.place.row for problem in wrong}
    for code, rows in own.rows.items():
        if known.isdisjoint(row.place.row for row in rows):
            wrong += _unknown_files(own[code], rows, files)
    if wrong:
        raise _refused(path, wrong)
    return own


def _refused(path: Path, wrong: list[WrongDefinition]) -> WrongDefinition:
    """All mistakes of the table; one of another file, such as the description, as it is."""
    elsewhere = next((problem for problem in wrong if problem.place.file != path.name), None)
    if elsewhere is not None:
        return elsewhere
    wrong.sort(key=lambda problem: problem.place.row or 0)
    first = wrong[0]
    refused = OwnDefinitionRefused(first.place, first.rule, first.value, **first.values)
    refused.findings = tuple(problem.finding for problem in wrong)
    return refused


def _unknown_files(recipe: Recipe, rows: Sequence[RecipeRow], files: Collection[str]) -> Iterator[WrongDefinition]:
    """Of the parts that read one; what waits for the description, or has a procedure of its own, reads none."""
    for part, row in zip(recipe.parts, rows, strict=False):
        if part.file not in files:
            yield WrongDefinition(row.cell("file"), "recipe_table_file_unknown", part.file, known=", ".join(files))
