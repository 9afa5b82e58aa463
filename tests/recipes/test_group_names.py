"""A group has one name: survey tables and the site's pages call the same code by the same words."""

from __future__ import annotations

import pytest

from everychild.recipes.recipe import LAYOUTS
from everychild.vocabulary.ages import parse_age
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.vocabulary.tables import definitions_folder, read_table

WITH_THEIR_SUBJECT = ("caretaker_difficulty", "head_sex")
"""A page says whose difficulty or sex it is in a heading; a row of a survey table says it itself."""


def word_of_the_vocabulary(dimension: str, code: str, language: Language) -> str:
    return parse_age(code).label(language) if dimension == "age" else code_list(dimension).label(code, language)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_are_called_as_the_vocabulary_calls_them(layout: str, language: Language) -> None:
    table = definitions_folder() / "recipes" / f"{layout}_groups.csv"
    compared = {
        (row["breakdown"], row[f"name_{language}"]): word_of_the_vocabulary(row["dimension"], row["code"], language)
        for _, row in read_table(table, ("breakdown", "dimension", "code", f"name_{language}"))
        if row["code"].partition("=")[0] not in WITH_THEIR_SUBJECT
    }
    assert len(compared) > 40
    differing = {
        found: wanted for (_, found), wanted in compared.items()
        if found != wanted[:1].upper() + wanted[1:]
    }  # fmt: skip
    assert differing == {}
