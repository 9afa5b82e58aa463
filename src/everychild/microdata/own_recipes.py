"""A user's own table of recipes, in the form of the shipped ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from everychild.recipes.book import RecipeBook, RecipeTable, table_and_mistakes
from everychild.recipes.recipe import cell
from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.findings import OwnDefinitionRefused


def own_recipes(path: Path, shipped: RecipeBook, files: Collection[str]) -> RecipeTable:
    """The recipes of a table by code, with the derived names and parameters of the survey; `files` are the names of its
    files. OwnDefinitionRefused names row and column of every mistake, the first one of each recipe."""
    try:
        own, wrong = table_and_mistakes(path, shipped.names)
    except WrongDefinition as problem:
        wrong = [problem]
    else:
        placed = {problem.place.row for problem in wrong}
        wrong += [problem for problem in _of_unknown_files(own, files) if problem.place.row not in placed]
        if not wrong:
            return own
    raise _refused(path, wrong)


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


def _of_unknown_files(own: RecipeTable, files: Collection[str]) -> Iterator[WrongDefinition]:
    for rows in own.rows.values():
        for place, row in rows:
            if row["file"] and row["file"] not in files:
                yield WrongDefinition(
                    cell(place, "file"), "recipe_table_file_unknown", row["file"], known=", ".join(files)
                )
