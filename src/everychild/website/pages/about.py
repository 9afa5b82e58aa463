"""About: what this is, how to read it, where figures come from, what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.vocabulary.areas import Area
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language, format_date
from everychild.website.display import STALE_AFTER
from everychild.website.observatory import Observatory, observatory
from everychild.website.pages.places import border_words
from everychild.website.texts import interface_texts, say

SHOWN_LISTS = ("sex", "residence", "wealth", "education", "disability", "ethnicity", "unit", "status", "quality",
               "missing_reason", "flag", "interval")  # fmt: skip


def about(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    indicators = site.catalogue.indicators.values()
    return render(
        request,
        "everychild/about.html",
        {
            "page": "about",
            "lists": [(name, list(code_list(name))) for name in SHOWN_LISTS],
            "sources": sorted(site.country.sources.values(), key=lambda source: (source.rank, source.code)),
            "stale_after": STALE_AFTER,
            "unread_names": sum(1 for i in indicators if not i.name.is_reviewed(language)),
            "unread_texts": sum(1 for text in interface_texts().values() if not text.is_reviewed(language)),
            "extents": extents(site, language),
        },
    )


@dataclass(frozen=True)
class ExtentRow:
    """One extent of a region that changed, in words."""

    area: Area
    since: str
    until: str
    before: str


def extents(site: Observatory, language: Language) -> list[ExtentRow]:
    """Extents of all regions that were cut, joined, founded or dissolved."""
    return [
        ExtentRow(
            area=area,
            since=say("about.borders.unknown", language)
            if extent.valid_from == date.min
            else format_date(extent.valid_from, language),
            until=format_date(extent.valid_to, language) if extent.valid_to else say("about.borders.today", language),
            before=border_words(extent, language, site),
        )
        for area in site.areas
        if area.parent == site.country_code
        for extent in area.extents
        if extent.predecessors or extent.successors
    ]
