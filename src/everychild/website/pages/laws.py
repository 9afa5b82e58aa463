"""Laws: the searchable list with what of the duties was assessed, and one act with what it says and what followed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.methods.alignment import Alignment
from everychild.registers.laws import queries
from everychild.registers.laws.models import ACT_KINDS, ACT_STATUSES, Act, Cell, Provision
from everychild.vocabulary.language import Language, format_number
from everychild.website.paging import asked, choices, one_of, page, word
from everychild.website.texts import say


@dataclass(frozen=True)
class Row:
    """An act of the list."""

    act: Act
    kind: str
    status: str


def laws(request: HttpRequest, language: Language) -> HttpResponse:
    country = settings.COUNTRY
    status, kind = one_of(request, "status", ACT_STATUSES), one_of(request, "kind", ACT_KINDS)
    words, article = asked(request, "q"), asked(request, "article")
    chosen = page(request, queries.acts(country, status=status, kind=kind, article=article, words=words))
    return render(
        request,
        "everychild/laws.html",
        {
            "page": "laws", "list": chosen, "query": words, "article": article,
            "rows": [Row(act, word("act", act.kind, language), word("law", act.status, language))
                     for act in chosen.rows],
            "statuses": choices("law", ACT_STATUSES, status, language),
            "kinds": choices("act", ACT_KINDS, kind, language),
            "alignment": alignment_words(queries.alignment(country), language),
        },
    )  # fmt: skip


def alignment_words(found: Alignment, language: Language) -> str:
    """Assessed and aligned in one sentence, because the one without the other misleads."""
    if not found.assessed:
        return say("laws.not_assessed", language, duties=found.applicable)
    low, high = found.bounds
    return say(
        "laws.assessed", language, duties=found.applicable, assessed=_percent(found.assessed_of_applicable, language),
        aligned=_percent(found.aligned_of_assessed, language), low=_percent(low, language),
        high=_percent(high, language),
    )  # fmt: skip


def _percent(value: float, language: Language) -> str:
    return "–" if math.isnan(value) else format_number(value, language, 1)


@dataclass(frozen=True)
class Judged:
    """A provision with what was judged of it; silence of the coders is a state, too."""

    provision: Provision
    cells: list[tuple[Cell, str]]


@dataclass(frozen=True)
class Follows:
    """One act that another follows, in words."""

    what: str
    act: Act
    when: str
    verified: str


def law(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    act = queries.act(code)
    if act is None:
        raise Http404(code)
    cells: dict[int, list[tuple[Cell, str]]] = {}
    for cell in queries.cells(act.country).filter(provision__act=act):
        cells.setdefault(cell.provision_id or 0, []).append((cell, word("verdict", cell.outcome, language)))
    follows = [Follows(word("follows", s.kind, language), s.earlier, s.on, s.verified) for s in act.follows.all()]
    followed = [Follows(word("followed", s.kind, language), s.later, s.on, s.verified) for s in act.followed_by.all()]
    return render(
        request,
        "everychild/law.html",
        {
            "page": "laws", "act": act, "kind": word("act", act.kind, language),
            "status": word("law", act.status, language), "links": [*follows, *followed],
            "provisions": [Judged(provision, cells.get(provision.pk, [])) for provision in act.provisions.all()],
            "versions": list(act.versions.all()),
        },
    )  # fmt: skip
