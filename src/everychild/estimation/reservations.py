"""Reservations that a reader of estimates has to know: a recipe of one's own under an official code, and figures whose
error the replicates do not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from everychild.microdata.located import finding
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.recipe import Recipe
from everychild.vocabulary.findings import Finding

SHOWN: Final = 5
"""Examples that are named."""


def own_under_official_codes(files: SurveyFiles, recipes: Sequence[Recipe]) -> Iterator[Finding]:
    """The recipes of a user's own table that stand in the place of shipped ones: the name of the indicator stays, and
    what it means need not."""
    own = set(files.own_codes) & files.shipped_codes
    for code in dict.fromkeys(recipe.code for recipe in recipes):
        if code in own and files.own_recipes is not None:
            yield finding(files.own_recipes.name, "code", code, "estimate_own_recipe_replaces")


def without_value_in_a_replicate(rows: pl.DataFrame) -> Iterator[Finding]:
    """Figures that have a value, degrees of freedom and no error by replication, because one of the replicates has no
    value of them: it gives weight to none of their cases, or to none of the base of a quotient. R leaves such
    replicates out, which makes the error smaller."""
    found = rows.filter(pl.col("value").is_not_null() & pl.col("se").is_null() & (pl.col("df") > 0))
    if found.height:
        named = [
            f"{row['indicator']}, {row['breakdown']}: {row['group']}" for row in found.head(SHOWN).iter_rows(named=True)
        ]
        more = " …" if found.height > SHOWN else ""
        yield finding("", "", "; ".join(named) + more, "estimate_replicate_without_cases", count=found.height)
