"""All indicators: searchable, by domain, those with figures first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.vocabulary.language import Language, sort_key
from everychild.website.display import Shown, is_unverified, show
from everychild.website.observatory import Observatory, observatory


@dataclass(frozen=True)
class Listed:
    """An indicator of the list with its latest national figure, if there is one."""

    indicator: Indicator
    shown: Shown | None
    trend: str


def indicators(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    query = " ".join(request.GET.get("q", "").split())[:100]
    every, verified = request.GET.get("all") == "1", request.GET.get("verified") == "1"
    listed = [item for item in listing(site, language, verified=verified) if matches(item.indicator, query)]
    shown = [item for item in listed if item.shown or every or query]
    return render(
        request,
        "everychild/indicators.html",
        {
            "page": "indicators",
            "domains": by_domain(site, shown, language),
            "found": len(shown),
            "total": len(site.catalogue.indicators),
            "with_figures": sum(1 for item in listed if item.shown),
            "query": query,
            "every": every,
            "verified": verified,
        },
    )


def listing(site: Observatory, language: Language, *, verified: bool) -> list[Listed]:
    found = []
    for indicator in site.catalogue.indicators.values():
        row = site.latest_national(indicator.code)
        if row is not None and verified and is_unverified(row):
            row = None
        found.append(Listed(indicator, show(row, language, site) if row else None, row["trend"] if row else ""))
    return found


def matches(indicator: Indicator, query: str) -> bool:
    """Whether every word of the query stands in a name (any language), the code or an official number."""
    name = indicator.name
    text = " ".join((name.en, name.ru, name.kk, indicator.code, indicator.sdg_code, indicator.mics_code)).casefold()
    return all(word in text for word in query.casefold().split())


def by_domain(site: Observatory, listed: list[Listed], language: Language) -> list[tuple[object, list[Listed]]]:
    groups: dict[str, list[Listed]] = defaultdict(list)
    for item in listed:
        groups[item.indicator.domain].append(item)
    key = sort_key(language)
    return [
        (domain, sorted(groups[code], key=lambda item: (item.shown is None, key(item.indicator.name[language]))))
        for code, domain in site.catalogue.domains.items()
        if code in groups
    ]
