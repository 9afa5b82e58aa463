"""The interface's own words, three languages side by side.

They stand in `definitions/interface.csv` and, for the desk, in `definitions/desk/words/`; those that name the country
in the `interface.csv` of its pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from everychild.catalogue.countries import country
from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.language import Language, LocalText, plural_form
from everychild.vocabulary.tables import definitions_folder, read_table

BANNER: Final = "site.banner"
"""A warning that only some countries have, at the top of every page."""


@cache
def interface_texts() -> Mapping[str, LocalText]:
    """All texts; those that name a country are replaced by the ones of the country this site is for."""
    found: dict[str, LocalText] = {}
    home = definitions_folder()
    for path in (home / "interface.csv", *sorted((home / "desk" / "words").glob("*.csv"))):
        words = _read(path)
        if twice := sorted(found.keys() & words.keys()):
            raise DefinitionError(Place(path.name), f"text {twice[0]!r} stands in another table, too")
        found |= words
    own = country(settings.COUNTRY).folder / "interface.csv"
    return found | (_read(own, frozenset((*found, BANNER))) if own.is_file() else {})


def _read(path: Path, known: frozenset[str] | None = None) -> dict[str, LocalText]:
    found: dict[str, LocalText] = {}
    columns = ("key", "en", "ru", "kk", "unreviewed")
    for place, row in read_table(path, columns):
        if row["key"] in found:
            raise DefinitionError(place, f"text {row['key']!r} stands twice")
        if known is not None and row["key"] not in known:
            raise DefinitionError(place, f"no page says {row['key']!r}")
        try:
            found[row["key"]] = LocalText.from_row({f"name_{k}": v for k, v in row.items()} | row)
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found


_OWN_WORDS: Final = "own."
"""Keys of words that stand in data in English: what the project itself says of sources and releases."""


@cache
def _own_words() -> Mapping[str, LocalText]:
    return {text.en: text for key, text in interface_texts().items() if key.startswith(_OWN_WORDS)}


def own_words(text: str, language: Language) -> str:
    """A text of the data in that language where the project itself wrote it; words of others as they are."""
    found = _own_words().get(text)
    return found[language] if found else text


def banner(language: Language) -> str:
    """What every page of this country warns of first; mostly nothing."""
    text = interface_texts().get(BANNER)
    return text[language] if text else ""


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
