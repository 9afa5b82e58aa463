"""A user's own table of recipes, in the form of the shipped ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from everychild.microdata.description import SurveyDescription
from everychild.microdata.located import finding
from everychild.recipes.recipe import Recipe, RecipeBook, load
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.tables import definitions_folder


def own_recipes(path: Path, description: SurveyDescription) -> dict[str, Recipe]:
    """The recipes of a table by code, with the derived names and parameters of the survey. DataRefused names the row
    and the column of a mistake."""
    derived = definitions_folder() / "recipes" / f"{description.layout}_derived.csv"
    try:
        return dict(load(description.layout, path, derived, description.parameters).recipes)
    except DefinitionError as problem:
        place = problem.place
        if place.file != path.name:
            raise
        found = finding(place.file, place.column, "", "recipe_table_wrong", place.row, problem=problem.problem)
        raise DataRefused([found]) from problem


def with_own_recipes(book: RecipeBook, path: Path, description: SurveyDescription) -> RecipeBook:
    """A book in which the user's recipes stand before those of the same code."""
    own = own_recipes(path, description)
    return replace(book, recipes=MappingProxyType({**book.recipes, **own}))
