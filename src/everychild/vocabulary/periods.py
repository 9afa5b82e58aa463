"""Periods that sort and compare: a year, a survey range, a school year, a quarter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from everychild.vocabulary.language import EN_DASH, Language

PeriodKind = Literal["year", "range", "school_year", "quarter"]
SCHOOL_YEAR_STARTS: Final = (9, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2100
_YEAR = re.compile(r"(\d{4})", re.ASCII)
_RANGE = re.compile(r"(\d{4})/(\d{4})", re.ASCII)
_SCHOOL_YEAR = re.compile(r"(\d{4})/(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days; periods sort by their first day, then by their last."""

    start: date
    end: date
    text: str = field(compare=False)
    kind: PeriodKind = field(compare=False)

    @property
    def middle(self) -> float:
        """The middle as a decimal year (2015 → 2015.5), where a chart places the figure."""
        half = (self.end - self.start + timedelta(days=1)) / 2
        return _decimal_year(self.start) + half.days / 365.25

    @property
    def last_year(self) -> int:
        return self.end.year

    def overlaps(self, other: Period) -> bool:
        return self.start <= other.end and other.start <= self.end

    def age_in_years(self, today: date) -> int:
        """Whole years between the end of the period and today; 0 for the current one."""
        return max(0, today.year - self.end.year)

    def label(self, language: Language) -> str:
        if self.kind == "range":
            return self.text.replace("/", EN_DASH)
        if self.kind == "quarter":
            year, quarter = self.text.split("-Q")
            return {
                "en": f"Q{quarter} {year}",
                "ru": f"{quarter} кв. {year}",
                "kk": f"{year} ж. {quarter}-тоқсан",
            }[language]
        return self.text


def _decimal_year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period:
    """Parse `2015`, `2010/2011`, `2015/16` or `2015-Q1`; ValueError says what is wrong."""
    if match := _YEAR.fullmatch(text):
        year = _checked_year(match[1], text)
        return Period(date(year, 1, 1), date(year, 12, 31), text, "year")
    if match := _RANGE.fullmatch(text):
        first, last = _checked_year(match[1], text), _checked_year(match[2], text)
        if last <= first:
            raise ValueError(f"period {text!r} ends before it begins")
        return Period(date(first, 1, 1), date(last, 12, 31), text, "range")
    if match := _SCHOOL_YEAR.fullmatch(text):
        year = _checked_year(match[1], text)
        if (year + 1) % 100 != int(match[2]):
            raise ValueError(f"school year {text!r} must name two following years, as 2015/16 does")
        return Period(date(year, *SCHOOL_YEAR_STARTS), date(year + 1, 8, 31), text, "school_year")
    if match := _QUARTER.fullmatch(text):
        return _quarter(_checked_year(match[1], text), int(match[2]), text)
    raise ValueError(f"{text!r} is not a period such as 2015, 2010/2011, 2015/16 or 2015-Q1")


def _checked_year(digits: str, text: str) -> int:
    year = int(digits)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"period {text!r} lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return year


def _quarter(year: int, quarter: int, text: str) -> Period:
    first_month = 3 * quarter - 2
    next_quarter = date(year + 1, 1, 1) if quarter == 4 else date(year, first_month + 3, 1)
    return Period(date(year, first_month, 1), next_quarter - timedelta(days=1), text, "quarter")


def is_period(text: str) -> bool:
    try:
        parse_period(text)
    except ValueError:
        return False
    return True
