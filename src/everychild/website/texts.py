"""The interface's own words, three languages side by side in `definitions/interface.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

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


_LAST_WORD: Final = {1: "і", 2: "сі", 3: "і", 4: "і", 5: "і", 6: "сы", 7: "сі", 8: "і", 9: "ы"}
_LAST_TEN: Final = {1: "ы", 2: "сы", 3: "ы", 4: "ы", 5: "і", 6: "ы", 7: "і", 8: "і", 9: "ы"}
_THOUSAND: Final = 1000


class _Number(int):
    """A whole number in a sentence; `{count:part}` is «9-ы», «6-сы», «20-сы»: so many of them, as Kazakh says it."""

    def __format__(self, spec: str) -> str:
        return f"{int(self)}-{part_ending(self)}" if spec == "part" else super().__format__(spec)


def part_ending(number: int) -> str:
    """The possessive ending of a Kazakh numeral, which follows the last word that is spoken of it."""
    last, ten = number % 10, number // 10 % 10
    if last:
        return _LAST_WORD[last]
    if ten:
        return _LAST_TEN[ten]
    return "ы" if number and number % _THOUSAND == 0 else "і"  # мың, миллион; нөл, жүз


def say(key: str, language: Language, **places: object) -> str:
    """The text of that key with its `{places}` filled; KeyError when no such text exists."""
    template = interface_texts()[key][language]
    numbers = {name: _Number(place) if type(place) is int else place for name, place in places.items()}
    return template.format(**numbers) if places else template


def say_count(key: str, count: int, language: Language, **places: object) -> str:
    """The text of `<key>.one`, `.few` or `.many`, whichever the number asks for; `{count}` is the number.

    A language without the form has the same words in all three rows.
    """
    return say(f"{key}.{plural_form(count, language)}", language, count=count, **places)
