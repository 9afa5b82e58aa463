"""Recommendations: the list with all parties side by side, and one with its history, evidence and repeats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.registers import RECOMMENDATION_KINDS
from everychild.registers.audit.queries import stamp
from everychild.registers.codes import listed
from everychild.registers.recommendations import queries
from everychild.registers.recommendations.measures import Measures, Share, measures
from everychild.registers.recommendations.models import Evidence, Recommendation, StatusReport
from everychild.registers.recommendations.proof import bears_out, proofs_wanted, reads
from everychild.registers.recommendations.queries import SideBySide
from everychild.registers.recommendations.rhythms import rhythms
from everychild.registers.recommendations.vocabulary import MECHANISMS, PARTIES, STATUSES
from everychild.vocabulary.language import Language, LocalText, format_number
from everychild.website.paging import asked, choices, one_of, page, word
from everychild.website.texts import say


@dataclass(frozen=True)
class Chip:
    """What one body says, in words; `body` is "" where a party has said nothing."""

    party: str
    body: LocalText | None
    status: str
    code: str
    on: str


@dataclass(frozen=True)
class Row:
    """A recommendation of the list."""

    recommendation: Recommendation
    mechanism: str
    kind: str
    chips: list[Chip]
    borne_out: bool


def recommendations(request: HttpRequest, language: Language) -> HttpResponse:
    today, country = date.today(), settings.COUNTRY
    mechanism, kind = one_of(request, "mechanism", MECHANISMS), one_of(request, "kind", RECOMMENDATION_KINDS)
    status, party = one_of(request, "status", STATUSES), one_of(request, "party", PARTIES)
    state, words, article = (
        one_of(request, "state", ("repeated", "overdue")),
        asked(request, "q"),
        asked(request, "article"),
    )
    found = queries.recommendations(
        country, mechanism=mechanism, kind=kind, status=status, party=party, article=article, words=words,
        repeated=state == "repeated", overdue_on=today if state == "overdue" else None,
    )  # fmt: skip
    chosen = page(request, found)
    return render(
        request,
        "everychild/recommendations.html",
        {
            "page": "recommendations", "list": chosen, "query": words, "article": article,
            "rows": rows(chosen.rows, language),
            "measures": measure_words(_measures(country, today, stamp()), language),
            "mechanisms": choices("mechanism", MECHANISMS, mechanism, language),
            "kinds": choices("recommendation", RECOMMENDATION_KINDS, kind, language),
            "statuses": choices("status", STATUSES, status, language),
            "parties": choices("party", PARTIES, party, language),
            "states": choices("state", ("repeated", "overdue"), state, language),
        },
    )  # fmt: skip


@lru_cache(maxsize=4)
def _measures(country: str, today: date, state: str) -> Measures:
    """Counted once for each state of the registers: every page of the list shows them."""
    return measures(country, today)


def rows(found: list[Recommendation], language: Language) -> list[Row]:
    beside = queries.side_by_side(found)
    return [
        Row(
            one, word("mechanism", one.mechanism, language), word("recommendation", one.kind, language),
            chips(beside[one.pk], language) if one.kind == "recommendation" else [], bool(beside[one.pk].proof),
        )
        for one in found
    ]  # fmt: skip


def chips(beside: SideBySide, language: Language) -> list[Chip]:
    """One chip a body that has spoken, and one for each party that has not."""
    found = []
    for voice in beside.voices:
        party = word("party", voice.party, language)
        for said in voice.said:
            status = word("status", said.reads, language)
            found.append(Chip(party, said.body.name, status, said.reads, said.report.on))
        if not voice.said:
            found.append(Chip(party, None, word("status", "no_information", language), "no_information", ""))
    return found


def measure_words(found: Measures, language: Language) -> list[tuple[str, str, str]]:
    """(what, how much, of how many) of each measure."""
    return [
        (say("measure.fresh", language), *_share(found.fresh, language)),
        (say("measure.reported", language), *_share(found.reported, language)),
        (say("measure.repeated", language), *_share(found.repeated, language)),
        (say("measure.with_action", language), *_share(found.with_action, language)),
        (say("measure.age", language), *_years(found.age, language)),
        (say("measure.time_to_action", language), *_years(found.time_to_action, language)),
    ]


def _share(share: Share, language: Language) -> tuple[str, str]:
    if share.percent is None:
        return say("word.status.no_information", language), ""
    return f"{format_number(share.percent, language, 0)}%", say(
        "measure.of", language, part=share.part, whole=share.whole
    )


def _years(years: float | None, language: Language) -> tuple[str, str]:
    if years is None:
        return say("word.status.no_information", language), ""
    return format_number(years, language, 1), say("measure.years", language)


@dataclass(frozen=True)
class Shown:
    """A piece of evidence in words; `proves` under the rule of this recommendation."""

    evidence: Evidence
    kind: str
    proves: bool
    why: str


@dataclass(frozen=True)
class Past:
    """One report of the history, as it reads today."""

    report: StatusReport
    party: str
    status: str
    code: str


def recommendation(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    one = queries.recommendation(code)
    if one is None:
        raise Http404(code)
    beside = queries.side_by_side([one])[one.pk]
    evidence = list(queries.evidence_of(one))
    wanted, rhythm = proofs_wanted(one), rhythms().get(one.mechanism)
    return render(
        request,
        "everychild/recommendation.html",
        {
            "page": "recommendations", "one": one, "mechanism": word("mechanism", one.mechanism, language),
            "kind": word("recommendation", one.kind, language), "chips": chips(beside, language),
            "followed": one.kind == "recommendation" and not one.parts.all(),
            "proven": bool(beside.proof), "wanted": [word("evidence", proof, language) for proof in wanted],
            "evidence": [shown(item, wanted, language) for item in evidence],
            "history": history(queries.reports_of(one), bool(beside.proof), language),
            "articles": [catalogue().articles[a] for a in listed(one.articles) if a in catalogue().articles],
            "groups": listed(one.groups), "rhythm": rhythm.rule if rhythm and one.due_set_by == "rhythm" else None,
            "position": word("position", one.upr_position, language) if one.upr_position else "",
            "wording": word("wording", one.wording, language),
            "earlier": [(word("repeat", r.kind, language), r.earlier, r.verified) for r in one.repeats.all()],
            "later": [(word("repeated_by", r.kind, language), r.later, r.verified) for r in one.repeated_by.all()],
        },
    )  # fmt: skip


def shown(item: Evidence, wanted: Iterable[str], language: Language) -> Shown:
    """Why a piece of evidence proves or does not: the first thing it lacks."""
    if item.kind not in wanted:
        why = "other_kind"
    elif item.verified != "yes":
        why = "unchecked"
    elif bears_out(item):
        why = "proves"
    else:
        why = "not_today"
    return Shown(item, word("evidence", item.kind, language), why == "proves", word("proof", why, language))


def history(reports: Iterable[StatusReport], proven: bool, language: Language) -> list[Past]:
    found = []
    for report in reports:
        code = reads(report.status, proven)
        found.append(Past(report, word("party", report.party, language), word("status", code, language), code))
    return found
