"""One indicator: trend, groups, map, neighbours, sources side by side, definition, downloads."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.findings.latest import DISAGREEMENT_POINTS, DISAGREEMENT_SHARE
from everychild.findings.series import names_definition
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import DIMENSIONS, TOTAL
from everychild.vocabulary.periods import parse_period
from everychild.website.crossings import crossings_of
from everychild.website.display import Shown, computed_words, is_unverified
from everychild.website.drawing import Drawing
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.pictures import pictures_of
from everychild.website.texts import say

LIMITS = {"points": f"{DISAGREEMENT_POINTS:g}", "share": f"{100 * DISAGREEMENT_SHARE:g}"}
"""What the words of a comparison name as its bound."""


@dataclass(frozen=True)
class Compared:
    """Two sources at the newest period that both speak of, and in words how far they are apart."""

    main: Shown
    other: Shown
    words: str


def indicator(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    site = observatory()
    found = site.catalogue.indicators.get(code)
    if found is None:
        raise Http404(code)
    verified = request.GET.get("verified") == "1"
    rows = site.figures.indicator(code)
    main = site.latest_national(code)
    if main is not None and verified and is_unverified(main):
        main = None
    shown = site.shown(main["release"], main["key"], language) if main else None
    drawing = Drawing(site, code, language, verified)
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
            "related": site.related(code),
            "related_with_figures": [i for i in site.related(code) if site.latest_national(i.code)],
            "unit": code_list("unit").label(found.unit, language),
            "main": shown,
            "computed": computed_words(shown.row, language) if shown else "",
            "trend": main["trend"] if main else "",
            "first": first_of_run(main, language, site) if main else None,
            "chosen": chosen(main, language) if main and beside else "",
            "figure_total": rows.height,
            "pictures": pictures_of(site, code, language, verified=verified),
            "crossings": crossings_of(drawing, drawing.rows()),
            "side_by_side": [site.shown(row["release"], row["key"], language) for row in (main, *beside)]
            if main and beside
            else [],
            "narrow": narrow(rows, language, site, verified=verified),
            "agreement": agreement(beside),
            "compared": compared(beside, language, site) if main else [],
            "verified": verified,
        },
    )


def chosen(main: Row, language: Language) -> str:
    """Why this source stands first. Only a count or a survey stands near to the count; a model does not."""
    if main["chosen"] == "newer":
        return say("indicator.chosen.newer", language)
    if main["quality"] == "un_estimate":
        return say("indicator.chosen.estimate", language)
    return say("indicator.chosen.preferred", language) if main["quality"] in ("official", "survey") else ""


def narrow(rows: pl.DataFrame, language: Language, site: Observatory, *, verified: bool) -> list[Shown]:
    """National figures that are the indicator's by one definition only, the newest first: no main series holds them."""
    whole = [pl.col(d) == TOTAL for d in DIMENSIONS]
    found = rows.filter(pl.col("area") == site.country_code, pl.col("value").is_not_null(), *whole)
    kept = [
        r for r in found.iter_rows(named=True) if names_definition(r["other"]) and not (verified and is_unverified(r))
    ]
    kept.sort(key=lambda row: parse_period(row["period"]), reverse=True)
    return [site.shown_row(row, language) for row in kept]


def agreement(beside: list[Row]) -> str:
    """Whether other sources agree with the main one where the findings could compare them."""
    judged = {row["disagrees"] for row in beside if row["disagrees"] is not None}
    return "disagree" if True in judged else "agree" if judged else "apart"


def compared(beside: list[Row], language: Language, site: Observatory) -> list[Compared]:
    """Each source that could be compared with the main one, in order of the list of sources."""
    return [
        Compared(
            site.shown(row["main_release"], row["main_key"], language),
            site.shown(row["compared_release"], row["compared_key"], language),
            say(f"compared.{difference(row)}", language, limit=LIMITS.get(row["basis"], "")),
        )
        for row in beside
        if row["disagrees"] is not None
    ]


def difference(row: Row) -> str:
    """The last part of the interface key that says how far a source is from the main one."""
    if row["disagrees"]:
        return "disagree"
    return "same" if row["difference"] == 0 else str(row["basis"])


def first_of_run(row: Row, language: Language, site: Observatory) -> Shown | None:
    """The first figure of the comparable run, unless the run is a single figure."""
    if not row["first_key"] or row["first_key"] == row["key"]:
        return None
    return site.shown(row["first_release"], row["first_key"], language)
