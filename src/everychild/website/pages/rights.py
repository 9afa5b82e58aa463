"""Rights: the list, and one right with its chain of law, money, action, outcome and voice."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.registers.duties.queries import chains
from everychild.vocabulary.language import Language
from everychild.website.display import Shown, is_unverified, show
from everychild.website.observatory import Observatory, observatory
from everychild.website.pages.home import grid, grid_row, links_of


@dataclass(frozen=True)
class Outcome:
    """An indicator of this right with its latest national figure, if there is one."""

    indicator: Indicator
    shown: Shown | None
    trend: str


def rights(request: HttpRequest, language: Language) -> HttpResponse:
    return render(request, "everychild/rights.html", {"page": "rights", "clusters": grid(observatory(), language)})


def right(request: HttpRequest, language: Language, number: str) -> HttpResponse:
    site = observatory()
    article = site.catalogue.articles.get(number)
    if article is None:
        raise Http404(number)
    outcomes = outcomes_of(site, number, language, verified=request.GET.get("verified") == "1")
    state = site.grid.get(number)
    pack, chain = site.country, chains().get(number, {})
    return render(
        request,
        "everychild/right.html",
        {
            "page": "rights",
            "article": article,
            "cluster": site.catalogue.clusters[article.cluster],
            "state": grid_row(article, state, language, chain) if state else None,
            "links": links_of(chain, language),
            "known": [o for o in outcomes if o.shown],
            "unknown": [o.indicator for o in outcomes if not o.shown],
            "laws": [law for law in pack.laws if number in law.crc_articles],
            "recommendations": [r for r in pack.recommendations if number in r.crc_articles],
            "verified": request.GET.get("verified") == "1",
            "neighbours": _neighbouring_articles(site, number),
        },
    )


def outcomes_of(site: Observatory, number: str, language: Language, *, verified: bool) -> list[Outcome]:
    found = []
    for indicator in site.catalogue.indicators_of_article(number):
        row = site.latest_national(indicator.code)
        if row is not None and verified and is_unverified(row):
            row = None
        found.append(Outcome(indicator, show(row, language, site) if row else None, row["trend"] if row else ""))
    order = {"worse": 0, "unclear": 1, "unchanged": 2, "better": 3, "single": 4, "": 5}
    return sorted(found, key=lambda outcome: order.get(outcome.trend, 4))


def _neighbouring_articles(site: Observatory, number: str) -> tuple[object | None, object | None]:
    numbers = list(site.catalogue.articles)
    at = numbers.index(number)
    before = site.catalogue.articles[numbers[at - 1]] if at else None
    after = site.catalogue.articles[numbers[at + 1]] if at + 1 < len(numbers) else None
    return before, after
