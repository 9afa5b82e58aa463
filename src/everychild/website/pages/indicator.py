"""One indicator: trend, groups, map, neighbours, sources side by side, definition, downloads."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.website.display import Shown, is_unverified, show
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.pictures import pictures_of
from everychild.website.texts import say


def indicator(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    site = observatory()
    found = site.catalogue.indicators.get(code)
    if found is None:
        raise Http404(code)
    verified = request.GET.get("verified") == "1"
    main = site.latest_national(code)
    if main is not None and verified and is_unverified(main):
        main = None
    beside = [row for row in site.alternatives.get(code, []) if not (verified and is_unverified(row))]
    return render(
        request,
        "everychild/indicator.html",
        {
            "page": "indicators",
            "indicator": found,
            "domain": site.catalogue.domains[found.domain],
            "articles": [site.catalogue.articles[n] for n in found.crc_articles],
            "programme": site.catalogue.programme_areas.get(found.programme_area),
            "related": site.catalogue.indicators.get(found.related),
            "unit": code_list("unit").label(found.unit, language),
            "main": show(main, language, site) if main else None,
            "trend": main["trend"] if main else "",
            "first": first_of_run(main, language, site) if main else None,
            "chosen": say(f"indicator.chosen.{main['chosen']}", language) if main and beside else "",
            "figure_total": site.figures.indicator(code).height,
            "pictures": pictures_of(site, code, language, verified=verified),
            "side_by_side": [show(main, language, site), *(show(row, language, site) for row in beside)]
            if main and beside
            else [],
            "agreement": agreement(beside),
            "verified": verified,
        },
    )


def agreement(beside: list[Row]) -> str:
    """Whether other sources agree with the main one where the findings could compare them."""
    judged = {row["disagrees"] for row in beside if row["disagrees"] is not None}
    return "disagree" if True in judged else "agree" if judged else "apart"


def first_of_run(row: Row, language: Language, site: Observatory) -> Shown | None:
    """The first figure of the comparable run, unless the run is a single figure."""
    if not row["first_key"] or row["first_key"] == row["key"]:
        return None
    return site.shown(row["first_release"], row["first_key"], language)
