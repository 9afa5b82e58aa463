"""SDMX age codes: `Y0T4` is 0 to 4 completed years, `M12T23` months, `D0T27` days, `Y_GE15` 15 and over.

The codes follow a grammar, so they are parsed instead of listed: a list could never name every age group that
surveys of sixty years have used, and an age group must also be measured (does it concern a child of 7?).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from everychild.vocabulary.language import EN_DASH, Language, plural_form

TOTAL: Final = "_T"
AgeUnit = Literal["Y", "M", "D"]
_GRAMMAR: Final = re.compile(
    r"(?P<unit>[YMD])(?:(?P<first>\d{1,3})(?:T(?P<last>\d{1,3}))?|_GE(?P<least>\d{1,3})|_LT(?P<below>\d{1,3}))",
    re.ASCII,
)
_UNITS_PER_YEAR: Final[dict[str, float]] = {"Y": 1, "M": 12, "D": 365.25}


@dataclass(frozen=True)
class AgeGroup:
    """An age group in completed units; `last` is inclusive and None when open-ended."""

    code: str
    unit: AgeUnit
    first: int
    last: int | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"age group {self.code!r} ends before it begins")

    @property
    def years(self) -> tuple[float, float]:
        """From and (exclusive) to, in years; `inf` when open-ended."""
        per_year = _UNITS_PER_YEAR[self.unit]
        return self.first / per_year, float("inf") if self.last is None else (self.last + 1) / per_year

    def includes(self, completed_years: int) -> bool:
        """Whether a child of that many completed years is in the group for at least part of that year."""
        start, end = self.years
        return start < completed_years + 1 and end > completed_years

    def label(self, language: Language) -> str:
        span = str(self.first) if self.last == self.first else f"{self.first}{EN_DASH}{self.last}"
        if self.last is None:
            return _OPEN[language].format(self.first, _unit_word(self.unit, self.first, language))
        return f"{span} {_unit_word(self.unit, self.last, language)}"


_OPEN: Final[dict[Language, str]] = {
    "en": "{0} {1} and over",
    "ru": "{0} {1} и старше",
    "kk": "{0} {1} және одан үлкен",
}
_WORDS: Final[dict[Language, dict[str, dict[str, str]]]] = {
    "en": {
        "Y": {"one": "year", "many": "years"},
        "M": {"one": "month", "many": "months"},
        "D": {"one": "day", "many": "days"},
    },
    "ru": {
        "Y": {"one": "год", "few": "года", "many": "лет"},
        "M": {"one": "месяц", "few": "месяца", "many": "месяцев"},
        "D": {"one": "день", "few": "дня", "many": "дней"},
    },
    "kk": {"Y": {"many": "жас"}, "M": {"many": "ай"}, "D": {"many": "күн"}},
}


def _unit_word(unit: str, count: int, language: Language) -> str:
    return _WORDS[language][unit][plural_form(count, language)]


@lru_cache(maxsize=4096)
def parse_age(code: str) -> AgeGroup:
    """Parse an SDMX age code; ValueError says what is wrong with it."""
    match = _GRAMMAR.fullmatch(code)
    if not match:
        raise ValueError(f"{code!r} is not an SDMX age code such as Y0T4, M12T23, D0T27, Y6 or Y_GE15")
    unit: AgeUnit = "Y" if match["unit"] == "Y" else "M" if match["unit"] == "M" else "D"
    if match["least"] is not None:
        return AgeGroup(code, unit, int(match["least"]), None)
    if match["below"] is not None:
        return AgeGroup(code, unit, 0, int(match["below"]) - 1)
    first = int(match["first"])
    return AgeGroup(code, unit, first, int(match["last"]) if match["last"] is not None else first)


def is_age_code(code: str) -> bool:
    """Whether `code` is the total or parses as an age group."""
    if code == TOTAL:
        return True
    try:
        parse_age(code)
    except ValueError:
        return False
    return True
