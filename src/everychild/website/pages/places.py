"""Places: every region and city, and one of them with its figures beside the country's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.vocabulary.areas import Area
from everychild.vocabulary.language import Language, sort_key
from everychild.website.display import Shown, is_unverified
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.pictures import locator_map


@dataclass(frozen=True)
class Local:
    """One indicator in one region beside the national figure of the same source and period."""

    indicator: Indicator
    here: Shown
    national: Shown | None
    standing: str
    rank: int | None
    ranked: int | None
    row: Row


def places(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    key = sort_key(language)
    regions = sorted(current_regions(site), key=lambda area: key(area.name[language]))
    former = [a for a in site.areas if a.parent == site.country_code and not a.exists_on(date.today())]
    return render(
        request,
        "everychild/places.html",
        {
            "page": "places",
            "regions": [(area, len(site.regions.get(area.code, []))) for area in regions],
            "former": former,
            "map": locator_map(site, language),
        },
    )


def place(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    site = observatory()
    if code not in site.areas or site.areas[code].parent != site.country_code:
        raise Http404(code)
    area = site.areas[code]
    verified = request.GET.get("verified") == "1"
    rows = [row for row in local_rows(site, code, language) if not (verified and is_unverified(row.here.row))]
    return render(
        request,
        "everychild/place.html",
        {
            "page": "places",
            "area": area,
            "former": not area.exists_on(date.today()),
            "domains": by_domain(site, rows),
            "rows": rows,
            "behind": [row for row in rows if row.standing == "worse"],
            "ahead": [row for row in rows if row.standing == "better"],
            "not_counted": not_counted(site, code),
            "verified": verified,
            "map": locator_map(site, language, chosen=code),
        },
    )


def current_regions(site: Observatory) -> list[Area]:
    return site.areas.regions(site.country_code, on=date.today())


def local_rows(site: Observatory, code: str, language: Language) -> list[Local]:
    return [local(row, language, site) for row in site.regions.get(code, [])]


def local(row: Row, language: Language, site: Observatory) -> Local:
    return Local(
        indicator=site.catalogue.indicators[row["indicator"]],
        here=site.shown(row["release"], row["key"], language),
        national=site.shown(row["release"], row["reference_key"], language) if row["reference_key"] else None,
        standing=row["standing"],
        rank=row["rank"],
        ranked=row["ranked"],
        row=row,
    )


def by_domain(site: Observatory, rows: list[Local]) -> list[tuple[object, list[Local]]]:
    groups: dict[str, list[Local]] = defaultdict(list)
    for row in rows:
        groups[row.indicator.domain].append(row)
    return [(domain, groups[code]) for code, domain in site.catalogue.domains.items() if code in groups]


def not_counted(site: Observatory, code: str) -> list[Indicator]:
    """Indicators known for some region or the country but not for this place."""
    here = {row["indicator"] for row in site.regions.get(code, [])}
    elsewhere = {row["indicator"] for rows in site.regions.values() for row in rows}
    return [site.catalogue.indicators[indicator] for indicator in sorted(elsewhere - here)]
