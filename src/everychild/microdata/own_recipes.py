"""A user's own table of recipes, in the form of the shipped ones."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from everychild.recipes.book import RecipeBook, RecipeTable, read_recipes
from everychild.recipes.recipe import COLUMNS
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.findings import OwnDefinitionRefused
from everychild.vocabulary.tables import read_table


def own_recipes(path: Path, shipped: RecipeBook, files: Collection[str]) -> RecipeTable:
    """The recipes of a table by code, with the derived names and parameters of the survey; `files` are the names of its
    files. OwnDefinitionRefused names the row and the column of a mistake."""
    try:
        (own,) = read_recipes(shipped.layout, path, shipped.names).tables
        if any(part.file not in files for recipe in own.values() for part in recipe.parts):
            _refuse_unknown_file(path, files)
        return own
    except WrongDefinition as problem:
        if problem.place.file != path.name:
            raise
        raise OwnDefinitionRefused(problem.place, problem.rule, problem.value, **problem.values) from problem


def _refuse_unknown_file(path: Path, files: Collection[str]) -> None:
    for place, row in read_table(path, COLUMNS):
        if row["file"] and row["file"] not in files:
            here = Place(place.file, place.row, "file")
            raise WrongDefinition(here, "recipe_table_file_unknown", row["file"], known=", ".join(files))
