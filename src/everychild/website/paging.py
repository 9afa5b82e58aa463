"""Long lists of the registers: a page of them at a time, and the address of the page before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest

from everychild.vocabulary.language import Language
from everychild.website.texts import say

ON_A_PAGE: Final = 40
_LONGEST: Final = 100
"""Characters of one filter that are looked at."""


@dataclass(frozen=True)
class Chosen:
    """One page of a list; `before` and `after` are addresses, "" at the ends."""

    rows: list[Any]
    found: int
    number: int
    pages: int
    before: str
    after: str


@dataclass(frozen=True)
class Choice:
    """One choice of a filter."""

    code: str
    word: str
    chosen: bool


def asked(request: HttpRequest, name: str) -> str:
    """What the reader filters by, without idle spaces."""
    return " ".join(request.GET.get(name, "").replace("\0", "").split())[:_LONGEST]


def one_of(request: HttpRequest, name: str, codes: tuple[str, ...]) -> str:
    """A filter of given codes; anything else is no filter."""
    value = asked(request, name)
    return value if value in codes else ""


def choices(kind: str, codes: tuple[str, ...], chosen: str, language: Language) -> list[Choice]:
    """The choices of a filter in the order of their codes, in words."""
    return [Choice(code, word(kind, code, language), code == chosen) for code in codes]


def word(kind: str, code: str, language: Language) -> str:
    """A code of a register in words: `word("status", "in_force", "en")`."""
    return say(f"word.{kind}.{code}", language)


def page(request: HttpRequest, rows: QuerySet[Any]) -> Chosen:
    """The page that the address asks for; a number beyond the last gives the last."""
    found = rows.count()
    pages = max(1, -(-found // ON_A_PAGE))
    wanted = request.GET.get("page", "1")
    number = min(max(int(wanted), 1), pages) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 8 else 1
    start = (number - 1) * ON_A_PAGE
    return Chosen(
        list(rows[start : start + ON_A_PAGE]), found, number, pages,
        _address(request, number - 1) if number > 1 else "", _address(request, number + 1) if number < pages else "",
    )  # fmt: skip


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
