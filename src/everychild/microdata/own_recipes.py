"""A user's own table of recipes, in the form of the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from everychild.microdata.located import finding
from everychild.recipes.recipe import Recipe, RecipeBook, read_recipes
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import DataRefused


def own_recipes(path: Path, shipped: RecipeBook) -> Mapping[str, Recipe]:
    """The recipes of a table by code, with the derived names and parameters of the survey. DataRefused names the row
    and the column of a mistake."""
    try:
        return read_recipes(shipped.layout, path, shipped.names).recipes
    except DefinitionError as problem:
        place = problem.place
        if place.file != path.name:
            raise
        found = finding(place.file, place.column, "", "recipe_table_wrong", place.row, problem=problem.problem)
        raise DataRefused([found]) from problem
