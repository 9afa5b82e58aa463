"""The budget for children: what each definition counts, how sure that is, and every line it counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from everychild.catalogue.catalogue import catalogue
from everychild.registers.budget import queries
from everychild.registers.budget.models import Line, Rule, RuleSet, Tally
from everychild.registers.budget.queries import Reading, Spent
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.language import Language, LocalText, format_number
from everychild.website.desk.table_kinds import TABLES, template_of
from everychild.website.display import with_unit
from everychild.website.observatory import observatory
from everychild.website.paging import Choice, asked, page, word
from everychild.website.rows import address
from everychild.website.texts import say

KNOWN: Final = (
    "education_spending_gdp", "education_spending_budget", "budget_execution_education", "health_spending_total",
    "budget_share_health", "budget_execution_health", "budget_share_social_protection",
    "budget_execution_social_assistance", "social_protection_children", "benefit_recipients_birth_childcare_under1",
)  # fmt: skip
"""Indicators of spending that are published elsewhere; none of them is a budget for children."""
_SCALES: Final = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class YearRow:
    """A year of the series in words; "" where a part of it is not known."""

    year: int
    child: str
    range: str
    percent: str
    per_child: str
    real_per_child: str
    execution: str
    weak: str


@dataclass(frozen=True)
class Part:
    """Child spending of one part of a year, with the length of its bar in percent of the largest."""

    name: str
    href_code: str
    child: str
    range: str
    bar: int


@dataclass(frozen=True)
class LineRow:
    """A line with the share that the chosen definition gives it; `why` is the rule's reason."""

    line: Line
    title: str
    graph: str
    place: str
    planned: str
    executed: str
    kind: str
    share: str
    evidence: str
    why: LocalText | None


@dataclass(frozen=True)
class RuleRow:
    """A rule in words."""

    rule: Rule
    kind: str
    share: str
    evidence: str


def budget(request: HttpRequest, language: Language) -> HttpResponse:
    country = settings.COUNTRY
    definitions = list(queries.rule_sets(country))
    first = definitions[0] if definitions else None
    chosen = next((d for d in definitions if d.code == asked(request, "definition")), first)
    years = queries.years(country)
    year = next((y for y in years if str(y) == asked(request, "year")), years[0] if years else 0)
    region = asked(request, "region")
    region = region if any(area.code == region for area in _places()) else ""
    shown: dict[str, Any] = {}
    if chosen and year:
        shown = _of_year(request, chosen, year, region, language)
    return render(
        request,
        "everychild/budget.html",
        {
            "page": "budget", "definitions": definitions, "chosen": chosen, "year": year, "region": region,
            "years": [Choice(str(y), str(y), y == year) for y in years],
            "regions": [Choice(a.code, a.name[language], a.code == region) for a in _places()],
            "rules": [_rule(r, language) for r in queries.rules_of(chosen)] if chosen else [],
            "query": asked(request, "q"), "known": _known(language), **shown,
        },
    )  # fmt: skip


def _of_year(request: HttpRequest, chosen: RuleSet, year: int, region: str, language: Language) -> dict[str, Any]:
    series = queries.by_year(chosen, region)
    parts = queries.parts(chosen, year, region)
    lines = page(request, queries.lines(chosen.country, year, region=region, words=asked(request, "q")))
    readings = queries.readings(chosen, lines.rows)
    one = next((spent for spent in series if spent.year == year and _counts(spent)), None)
    return {
        "series": [_year(spent, language) for spent in reversed(series)],
        "now": _year(one, language) if one else None,
        "said": _caveats(one.tally, language) if one else [],
        "base_year": one.base_year if one else None,
        "parts": [
            (word("budget_by", name, language), _parts(parts.get(name, []), name, language)) for name in _DIMENSIONS
        ],
        "places": _parts(queries.by_region(chosen, year), "region", language) if not region else [],
        "side_by_side": _side_by_side(chosen.country, year, region, language),
        "list": lines,
        "joined": say("budget.joined", language),
        "no_rule": say("budget.no_rule", language),
        "lines": [_line(line, readings.get(line.code), language) for line in lines.rows],
    }


_DIMENSIONS: Final = ("kind", "article", "programme_area", "level")


def _places() -> list[Any]:
    return [area for area in gazetteer() if area.parent == settings.COUNTRY]


def _year(spent: Spent, language: Language) -> YearRow:
    tally = spent.tally
    if not _counts(spent):
        return YearRow(spent.year, "–", "", "", "", "", "", "")
    weak = 100 * tally.weak / tally.child if tally.child else None
    return YearRow(
        spent.year, money(tally.child, language), _range(tally.low, tally.high, language),
        _percent(tally.percent, language),
        format_number(spent.per_child, language, 0) if spent.per_child is not None else "",
        format_number(spent.real_per_child, language, 0) if spent.real_per_child is not None else "",
        _percent(spent.execution, language), _percent(weak, language),
    )  # fmt: skip


def _counts(spent: Spent) -> bool:
    """Whether any rule spoke of any line: a definition without rules counts nothing, which is not 0."""
    return int(spent.tally.unclassified_lines) < int(spent.tally.lines)


def _caveats(tally: Tally, language: Language) -> list[str]:
    """What the sum does not say by itself; nothing that is nothing."""
    said = []
    if tally.unclassified_lines:
        amount = money(tally.unclassified, language)
        said.append(say("budget.unclassified", language, count=tally.unclassified_lines, amount=amount))
    if tally.not_told:
        said.append(say("budget.not_told", language, count=tally.not_told))
    if tally.transfers:
        said.append(say("budget.transfers", language, amount=money(tally.transfers, language)))
    if tally.refunds:
        said.append(say("budget.refunds", language, amount=money(tally.refunds, language)))
    return said


def _parts(rows: list[Tally], dimension: str, language: Language) -> list[Part]:
    most = max((row.child for row in rows), default=0)
    return [
        Part(
            _name(dimension, row.region if dimension == "region" else row.value, language),
            row.value if dimension == "article" and row.value in catalogue().articles else "",
            money(row.child, language), _range(row.low, row.high, language),
            max(0, round(100 * row.child / most)) if most > 0 else 0,
        )
        for row in rows
        if row.child
    ]  # fmt: skip


def _name(dimension: str, value: str, language: Language) -> str:
    if not value:
        return say("budget.no_part", language)
    if dimension == "article" and value in catalogue().articles:
        return f"{value}. {catalogue().articles[value].title[language]}"
    if dimension == "programme_area" and value in catalogue().programme_areas:
        return catalogue().programme_areas[value].name[language]
    if dimension == "region":
        return gazetteer()[value].name[language]
    return word("budget_kind" if dimension == "kind" else "budget_level", value, language)


def _side_by_side(country: str, year: int, region: str, language: Language) -> list[tuple[RuleSet, YearRow]]:
    """The same lines under every definition."""
    found = queries.side_by_side(country, year, region)
    return [(rule_set, _year(spent, language)) for rule_set, spent in found]


def _line(line: Line, reading: Reading | None, language: Language) -> LineRow:
    return LineRow(
        line, line.title[language], address("graph", language, kind="budget_line", code=line.code),
        gazetteer()[line.region].name[language],
        money(line.planned, language) if line.planned is not None else "",
        money(line.executed, language) if line.executed is not None else "",
        word("budget_kind", reading.kind, language) if reading else "",
        _share(reading.low, reading.share, reading.high, language) if reading else "",
        say(f"word.evidence_level.{reading.evidence}", language) if reading else "",
        reading.rule.reason if reading and reading.rule else None,
    )  # fmt: skip


def _rule(rule: Rule, language: Language) -> RuleRow:
    share = _share(float(rule.low), float(rule.share), float(rule.high), language)
    kind = word("budget_kind", rule.kind, language)
    return RuleRow(rule, kind, share, say(f"word.evidence_level.{rule.evidence}", language))


def _share(low: float, share: float, high: float, language: Language) -> str:
    text = _percent(100 * share, language)
    if low == high:
        return text
    return f"{text} ({format_number(100 * low, language, 0)}–{format_number(100 * high, language, 0)})"


def _known(language: Language) -> list[tuple[Any, Any]]:
    """Published figures of spending, each with its own page."""
    site = observatory()
    found = []
    for code in KNOWN:
        row = site.latest_national(code)
        indicator = site.catalogue.indicators.get(code) or site.country.indicators.get(code)
        if row is not None and indicator is not None:
            found.append((indicator, site.shown(row["release"], row["key"], language)))
    return found


def money(amount: int, language: Language) -> str:
    """In thousands, millions or billions with one decimal; the currency stands once a page."""
    for size, name in _SCALES:
        if abs(amount) >= size:
            number = format_number(amount / size, language, 1)
            return say(f"word.scale.{name}", language, number=number)
    return format_number(amount, language, 0)


def _range(low: int, high: int, language: Language) -> str:
    return f"{money(low, language)} – {money(high, language)}" if low != high else ""


def _percent(value: float | None, language: Language) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return with_unit(format_number(value, language, 1), "percent", language)


def template_file(request: HttpRequest, language: Language) -> HttpResponse:
    """The table that bodies fill in, with headers in the reader's language."""
    response = HttpResponse(template_of(TABLES["budget", "lines"], language), content_type=_XLSX)
    name = f"budget-lines-{language}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
