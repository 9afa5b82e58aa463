"""Kazakh, Russian and English: texts side by side, and how each language writes numbers, dates and its alphabet.

Django and the C library know little of Kazakh, so the rules stand here, small and tested: decimal comma and
no-break spaces in Kazakh and Russian; Kazakh dates in the order of GOST 7.64 prose («2026 жылғы 25 қараша»);
the 42 letters of the Kazakh Cyrillic alphabet in their own order. CLDR through Babel was weighed and rejected:
10 MB for four functions, and its Kazakh collation is not reachable without ICU.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, Literal

Language = Literal["kk", "ru", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("kk", "ru", "en")
LANGUAGE_NAMES: Final[dict[Language, str]] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
NO_BREAK_SPACE: Final = "\u00a0"
MINUS: Final = "\u2212"
EN_DASH: Final = "\u2013"


@dataclass(frozen=True)
class LocalText:
    """One text in three languages, with the languages that no native speaker has read yet."""

    en: str
    ru: str
    kk: str
    unreviewed: frozenset[Language] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        empty = [language for language in LANGUAGES if not self[language].strip()]
        if empty:
            raise ValueError(f"text {self.en or self.ru or self.kk!r} is missing in: {', '.join(empty)}")

    def __getitem__(self, language: Language) -> str:
        if language == "en":
            return self.en
        if language == "ru":
            return self.ru
        if language == "kk":
            return self.kk
        raise KeyError(language)

    def is_reviewed(self, language: Language) -> bool:
        return language not in self.unreviewed

    @classmethod
    def from_row(cls, row: dict[str, str], stem: str = "name") -> LocalText:
        """Read `<stem>_en`, `<stem>_ru`, `<stem>_kk` and `unreviewed` (languages joined by `;`) of a table row."""
        return cls(
            en=row[f"{stem}_en"],
            ru=row[f"{stem}_ru"],
            kk=row[f"{stem}_kk"],
            unreviewed=parse_languages(row.get("unreviewed", "")),
        )


@lru_cache(maxsize=64)
def parse_languages(text: str) -> frozenset[Language]:
    """`"ru;kk"` → {ru, kk}; an unknown language is a ValueError."""
    wanted = {part.strip() for part in text.split(";") if part.strip()}
    known = frozenset(language for language in LANGUAGES if language in wanted)
    if len(known) != len(wanted):
        raise ValueError(f"unknown language in {text!r}; known are {', '.join(LANGUAGES)}")
    return known


def format_number(value: float, language: Language, decimals: int | None = None) -> str:
    """Write a number as the language does: `12 345,6` in Kazakh and Russian, `12,345.6` in English.

    With `decimals=None` up to two decimals are shown and trailing zeros are dropped. Four-digit numbers are
    not grouped in Kazakh and Russian (their typographic rule), five digits and more are.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number to show")
    text = f"{abs(value):.{2 if decimals is None else decimals}f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, fraction = text.partition(".")
    grouped = _group(whole, language)
    sign = MINUS if value < 0 and text.strip("0.") else ""
    return f"{sign}{grouped}{('.' if language == 'en' else ',') + fraction if fraction else ''}"


def _group(digits: str, language: Language) -> str:
    if len(digits) < (4 if language == "en" else 5):
        return digits
    return f"{int(digits):,}" if language == "en" else f"{int(digits):,}".replace(",", NO_BREAK_SPACE)


_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "kk": ("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
           "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня",
           "июля", "августа", "сентября", "октября", "ноября", "декабря"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip


def format_date(day: date, language: Language) -> str:
    """`2026 жылғы 25 қараша`, `25 ноября 2026 года`, `25 November 2026`."""
    month = _MONTHS[language][day.month - 1]
    if language == "kk":
        return f"{day.year} жылғы {day.day} {month}"
    if language == "ru":
        return f"{day.day} {month} {day.year} года"
    return f"{day.day} {month} {day.year}"


def plural_form(count: int, language: Language) -> Literal["one", "few", "many"]:
    """Which word form a whole number asks for. Kazakh has one form after every numeral, called `many` here."""
    if language == "kk":
        return "many"
    if language == "en":
        return "one" if count == 1 else "many"
    last_two, last = count % 100, count % 10
    if last == 1 and last_two != 11:
        return "one"
    if 2 <= last <= 4 and not 12 <= last_two <= 14:
        return "few"
    return "many"


_KAZAKH_ALPHABET: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_RUSSIAN_ALPHABET: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"


def _letter_ranks(alphabet: str) -> dict[str, int]:
    return {letter: rank for rank, letter in enumerate(alphabet)}


_RANKS: Final[dict[Language, dict[str, int]]] = {
    "kk": _letter_ranks(_KAZAKH_ALPHABET),
    "ru": _letter_ranks(_RUSSIAN_ALPHABET),
    "en": {},
}


def sort_key(language: Language) -> Callable[[str], tuple[tuple[int, int], ...]]:
    """A key for `sorted` in the language's alphabet order.

    Letters foreign to the alphabet (Kazakh letters in a Russian list, Latin ones in both) come after it, by
    code point; digits and signs come before.
    """
    ranks = _RANKS[language]

    def key(text: str) -> tuple[tuple[int, int], ...]:
        return tuple(_rank(letter, ranks) for letter in text.casefold())

    return key


def _rank(letter: str, ranks: dict[str, int]) -> tuple[int, int]:
    if letter in ranks:
        return (1, ranks[letter])
    return (2, ord(letter)) if letter.isalpha() else (0, ord(letter))
