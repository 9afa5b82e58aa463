"""Children in care and in conflict with the law: series that do not touch, gaps, and counts fit to be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.methods.care.stocks import Balance, Fall
from everychild.registers.care import queries
from everychild.registers.care.models import CareCount, CareDefinition, JusticeLevel
from everychild.registers.care.queries import Composition, JusticeYear, Shown
from everychild.vocabulary.language import Language, format_number
from everychild.website.display import with_unit
from everychild.website.paging import word
from everychild.website.texts import say


@dataclass(frozen=True)
class StockRow:
    """A stock of one definition and its change since the one before, in words."""

    count: CareCount
    children: str
    change: str


@dataclass(frozen=True)
class FlowRow:
    """Those who came or left in a year."""

    count: CareCount
    name: str
    children: str


@dataclass(frozen=True)
class BalanceRow:
    """The identity of a year: what was expected, what was counted, the gap, the parts of the fall."""

    until: str
    expected: str
    counted: str
    gap: str
    holds: bool
    unknown: str
    parts: list[tuple[str, str]]


@dataclass(frozen=True)
class DefinitionCard:
    """One definition with everything that was counted under it."""

    definition: CareDefinition
    placement: str
    stocks: list[StockRow]
    flows: list[FlowRow]
    balances: list[BalanceRow]


@dataclass(frozen=True)
class FrameRow:
    """A year in which the parts of a frame were all told."""

    year: int
    residential: str
    family_based: str
    share: str
    status: str
    gap: str


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator of child justice in words; `state` tells shown from hidden and unknown."""

    number: int
    name: str
    core: bool
    state: str
    value: str
    interval: str
    counts: str


def care(request: HttpRequest, language: Language) -> HttpResponse:
    country = settings.COUNTRY
    cards = [_card(line, language) for line in queries.care_lines(country)]
    return render(
        request,
        "everychild/care.html",
        {
            "page": "care",
            "cards": cards,
            "frames": [_frame(found, language) for found in queries.compositions(country)],
            "justice": [_justice(year, language) for year in queries.justice(country)],
            "levels": [_level(level, language) for level in queries.levels(country)],
        },
    )


def _card(line: queries.Line, language: Language) -> DefinitionCard:
    flows = [
        FlowRow(count, word("care_flow", name, language), _whole(count.children, language))
        for _, by_name in sorted(line.flows.items(), reverse=True)
        for name, count in by_name.items()
    ]
    balances = [_balance(balance, fall, language) for balance, fall in line.balances]
    placement = word("placement", line.definition.placement, language)
    return DefinitionCard(line.definition, placement, _stocks(line.stocks, language), flows, balances)


def _stocks(stocks: tuple[CareCount, ...], language: Language) -> list[StockRow]:
    found = []
    for place, count in enumerate(stocks):
        before = stocks[place - 1] if place else None
        change = _signed(count.children - before.children, language) if before else ""
        found.append(StockRow(count, _whole(count.children, language), change))
    return found[::-1]


def _balance(balance: Balance, fall: Fall | None, language: Language) -> BalanceRow:
    unknown = ", ".join(word("care_flow", name, language) for name in balance.unknown)
    names = ("to_family", "ageing_out", "died", "transferred", "other_exit", "fewer_entries", "unexplained")
    parts = [(word("fall", name, language), _signed(getattr(fall, name), language)) for name in names] if fall else []
    if fall:
        parts.insert(-1, (word("fall", "entries_as_before", language), _signed(-fall.entries_as_before, language)))
    return BalanceRow(
        balance.end.on, _whole(balance.expected, language), _whole(balance.end.children, language),
        _signed(balance.gap, language), balance.holds, unknown, parts,
    )  # fmt: skip


def _frame(found: Composition, language: Language) -> FrameRow:
    return FrameRow(
        found.year, _whole(found.residential, language), _whole(found.family_based, language),
        with_unit(format_number(found.family_share, language, 1), "percent", language),
        _whole(found.status, language) if found.status is not None else "",
        _signed(found.gap, language) if found.gap is not None else "",
    )  # fmt: skip


def _justice(year: JusticeYear, language: Language) -> tuple[int, str, list[IndicatorRow]]:
    """The year, its denominator in words, its indicators."""
    base = say("care.no_base", language)
    if year.base is not None:
        ages = f"{year.base.from_age}–17"
        base = say("care.base", language, ages=ages, children=_whole(year.base.children, language))
    return year.year, base, [_indicator(shown, language) for shown in year.indicators]


def _indicator(shown: Shown, language: Language) -> IndicatorRow:
    measured = shown.measured
    indicator = measured.indicator
    name = word("justice", indicator.code, language)
    if not shown.known or math.isnan(measured.value) or shown.hidden:
        state = "hidden" if shown.hidden else "unknown"
        return IndicatorRow(indicator.number, name, indicator.core, state, word("care_state", state, language), "", "")
    value = say(f"word.per.{indicator.per}", language, number=format_number(measured.value, language, 1))
    interval = f"{format_number(measured.low, language, 1)}–{format_number(measured.high, language, 1)}"
    counts = say("care.events", language, events=_whole(measured.events or 0, language),
                 of=_whole(measured.of or 0, language))  # fmt: skip
    return IndicatorRow(indicator.number, name, indicator.core, "shown", value, interval, counts)


def _level(level: JusticeLevel, language: Language) -> tuple[JusticeLevel, str]:
    return level, word("justice_level", str(level.number), language)


def _whole(value: int, language: Language) -> str:
    return format_number(value, language, 0)


def _signed(value: int, language: Language) -> str:
    text = format_number(value, language, 0)
    return f"+{text}" if value > 0 else text
