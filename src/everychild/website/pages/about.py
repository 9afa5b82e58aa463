"""About: what this is, how to read it, where figures come from, what is not known."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.website.display import STALE_AFTER
from everychild.website.observatory import observatory
from everychild.website.texts import interface_texts

SHOWN_LISTS = ("sex", "residence", "wealth", "education", "disability", "ethnicity", "unit", "status", "quality",
               "missing_reason", "flag", "interval")  # fmt: skip


def about(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    indicators = site.catalogue.indicators.values()
    changed = [a for a in site.areas if a.parent == site.country_code and (a.has_changed or not _unchanged(a))]
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
            "changed_areas": changed,
            "today": date.today(),
        },
    )


def _unchanged(area: object) -> bool:
    extent = area.extents[-1]  # type: ignore[attr-defined]
    return not extent.predecessors and not extent.successors
