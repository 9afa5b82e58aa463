"""A user's own table of recipes, in the form of the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from everychild.recipes.recipe import Recipe, RecipeBook, read_recipes
from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.findings import OwnDefinitionRefused


def own_recipes(path: Path, shipped: RecipeBook) -> Mapping[str, Recipe]:
    """The recipes of a table by code, with the derived names and parameters of the survey. OwnDefinitionRefused names
    the row and the column of a mistake."""
    try:
        return read_recipes(shipped.layout, path, shipped.names).recipes
    except WrongDefinition as problem:
        if problem.place.file != path.name:
            raise
        raise OwnDefinitionRefused(problem.place, problem.rule, problem.value, **problem.values) from problem
