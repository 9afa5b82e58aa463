"""Programmes: the searchable list with how far pilots came, and one with results, steps, partners and who answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.registers import PROGRAMME_KINDS
from everychild.registers.codes import listed
from everychild.registers.programmes import queries
from everychild.registers.programmes.models import IndicatorUse, Partnership, Programme, Result, Step
from everychild.registers.programmes.queries import Way
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.language import Language, format_number
from everychild.website.display import show
from everychild.website.observatory import Observatory, observatory
from everychild.website.paging import Choice, asked, choices, one_of, page, word
from everychild.website.texts import say


@dataclass(frozen=True)
class StageWords:
    """One stage of a pilot's way in words."""

    word: str
    state: str
    state_word: str
    steps: tuple[tuple[Step, str], ...]


@dataclass(frozen=True)
class PilotRow:
    """A pilot with its way."""

    way: Way
    scope: str
    stages: list[StageWords]
    skipped: str


@dataclass(frozen=True)
class Row:
    """A programme of the list."""

    programme: Programme
    kind: str
    areas: list[Any]
    pilots: list[PilotRow]


def programmes(request: HttpRequest, language: Language) -> HttpResponse:
    kind, words = one_of(request, "kind", PROGRAMME_KINDS), asked(request, "q")
    area, place = one_of(request, "area", tuple(catalogue().programme_areas)), asked(request, "place")
    partner = asked(request, "partner")
    found = queries.programmes(settings.COUNTRY, kind=kind, area=area, place=place, partner=partner, words=words)
    chosen = page(request, found)
    pilots = queries.pilots_of(chosen.rows)
    return render(
        request,
        "everychild/programmes.html",
        {
            "page": "programmes", "list": chosen, "query": words,
            "rows": [row(one, pilots.get(one.pk, []), language) for one in chosen.rows],
            "kinds": choices("programme", PROGRAMME_KINDS, kind, language),
            "areas": [Choice(code, named.name[language], code == area)
                      for code, named in catalogue().programme_areas.items()],
            "places": [Choice(a.code, a.name[language], a.code == place) for a in _places()],
            "partners": [Choice(p.code, p.name[language], p.code == partner) for p in queries.partners()],
        },
    )  # fmt: skip


def _places() -> list[Any]:
    country = settings.COUNTRY
    return [area for area in gazetteer() if country in (area.code, area.parent)]


def row(programme: Programme, ways: Iterable[Way], language: Language) -> Row:
    areas = [catalogue().programme_areas[code] for code in programme.areas]
    return Row(programme, word("programme", programme.kind, language), areas, [pilot_row(w, language) for w in ways])


def pilot_row(way: Way, language: Language) -> PilotRow:
    stages = [
        StageWords(
            word("stage", stage.stage, language), stage.state, word("step_state", stage.state, language),
            tuple((step, word("step_evidence", step.evidence_kind, language)) for step in stage.steps),
        )
        for stage in way.stages
    ]  # fmt: skip
    skipped = ", ".join(word("stage", stage, language) for stage in way.skipped)
    return PilotRow(way, word("scope", way.pilot.scope, language), stages, skipped)


@dataclass(frozen=True)
class UseRow:
    """An indicator as a result uses it, beside its latest published figure."""

    use: IndicatorUse
    name: Any
    place: Any
    baseline: str
    target: str
    latest: Any


@dataclass(frozen=True)
class ResultRow:
    """A result with its indicators."""

    result: Result
    level: str
    uses: list[UseRow]


def programme(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    one = queries.programme(code)
    if one is None:
        raise Http404(code)
    ways = queries.ways(list(one.pilots.all()))
    areas = gazetteer().areas
    return render(
        request,
        "everychild/programme.html",
        {
            "page": "programmes", "one": one, "kind": word("programme", one.kind, language),
            "areas": [catalogue().programme_areas[code] for code in one.areas],
            "places": [areas[place] for place in listed(one.places)],
            "articles": [catalogue().articles[a] for a in listed(one.articles) if a in catalogue().articles],
            "pilots": [pilot_row(ways[pilot.pk], language) for pilot in one.pilots.all()],
            "results": [result_row(result, language) for result in one.results.all()],
            "partners": partner_words(one.partnerships.all(), language),
        },
    )  # fmt: skip


def partner_words(partnerships: Iterable[Partnership], language: Language) -> list[tuple[str, str, Partnership]]:
    """(kind of partner, role, the partnership), who answers for something first."""
    found = [(word("partner", p.partner.kind, language), word("role", p.role, language), p) for p in partnerships]
    return sorted(found, key=lambda row: (row[2].role != "answers_for", row[2].partner.kind, row[2].partner.code))


def result_row(result: Result, language: Language) -> ResultRow:
    site = observatory()
    uses = [use_row(use, site, language) for use in result.uses.all()]
    return ResultRow(result, word("level", result.level, language), uses)


def use_row(use: IndicatorUse, site: Observatory, language: Language) -> UseRow:
    figure = site.latest.get(use.indicator, {}).get(use.area)
    baseline = say("programme.no_baseline", language)
    if use.baseline is not None:
        baseline = f"{format_number(float(use.baseline), language)} ({use.baseline_period})"
    return UseRow(
        use, catalogue().indicators[use.indicator].name, gazetteer()[use.area].name, baseline,
        f"{format_number(float(use.target), language)} ({use.target_period})",
        show(figure, language, site) if figure and not use.group else None,
    )  # fmt: skip
