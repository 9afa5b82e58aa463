"""The interface's own words, three languages side by side in `definitions/interface.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import Language, LocalText, plural_form
from everychild.vocabulary.tables import definitions_folder, read_table


@cache
def interface_texts() -> Mapping[str, LocalText]:
    found: dict[str, LocalText] = {}
    columns = ("key", "en", "ru", "kk", "unreviewed")
    for place, row in read_table(definitions_folder() / "interface.csv", columns):
        if row["key"] in found:
            raise DefinitionError(place, f"text {row['key']!r} stands twice")
        try:
            found[row["key"]] = LocalText.from_row({f"name_{k}": v for k, v in row.items()} | row)
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found


def say(key: str, language: Language, **places: object) -> str:
    """The text of that key with its `{places}` filled; KeyError when no such text exists."""
    template = interface_texts()[key][language]
    return template.format(**places) if places else template


def say_count(key: str, count: int, language: Language, **places: object) -> str:
    """The text of `<key>.one`, `.few` or `.many`, whichever the number asks for; `{count}` is the number.

    A language without the form has the same words in all three rows.
    """
    return say(f"{key}.{plural_form(count, language)}", language, count=count, **places)
