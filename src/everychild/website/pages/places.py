"""Places: every region and city, and one of them with its figures beside the country's."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.vocabulary.areas import Area, Extent
from everychild.vocabulary.language import Language, format_date, sort_key
from everychild.website.display import Shown, is_unverified
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.region_pictures import locator_map
from everychild.website.texts import say


@dataclass(frozen=True)
class Local:
    """One indicator in one region beside the national figure of the same source and period."""

    indicator: Indicator
    here: Shown
    national: Shown | None
    standing: str
    rank: int | None
    ranked: int | None
    tied: int
    unranked: int
    regions: int
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
            "borders": borders(area, language, site),
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
        national=site.shown(row["reference_release"], row["reference_key"], language) if row["reference_key"] else None,
        standing=row["standing"],
        rank=row["rank"],
        ranked=row["ranked"],
        tied=row["tied"] or 0,
        unranked=row["unranked"] or 0,
        regions=len(current_regions(site)),
        row=row,
    )


def by_domain(site: Observatory, rows: list[Local]) -> list[tuple[object, list[Local]]]:
    groups: dict[str, list[Local]] = defaultdict(list)
    for row in rows:
        groups[row.indicator.domain].append(row)
    return [(domain, groups[code]) for code, domain in site.catalogue.domains.items() if code in groups]


@dataclass(frozen=True)
class Border:
    """One extent of a region in words."""

    when: str
    what: str


def borders(area: Area, language: Language, site: Observatory) -> list[Border]:
    return [Border(_when(extent, language), border_words(extent, language, site)) for extent in area.extents]


def _when(extent: Extent, language: Language) -> str:
    since = "" if extent.valid_from == date.min else format_date(extent.valid_from, language)
    if extent.valid_to:
        return say("place.borders.between", language, since=since, until=format_date(extent.valid_to, language))
    return say("place.borders.since", language, since=since) if since else say("place.borders.ever", language)


def border_words(extent: Extent, language: Language, site: Observatory) -> str:
    """Where an extent came from and what became of it; «unchanged» when neither is known."""
    parts = [
        say(f"place.borders.{key}", language, areas=", ".join(site.areas[code].name[language] for code in codes))
        for key, codes in (("from", extent.predecessors), ("into", extent.successors))
        if codes
    ]
    return "; ".join(parts) or say("place.borders.same", language)


def not_counted(site: Observatory, code: str) -> list[Indicator]:
    """Indicators known for half of today's regions and more, but not for this place.

    Not for any region: what concerned one place alone, such as the outbreak of HIV in South Kazakhstan, is missing
    nowhere else.
    """
    regions = current_regions(site)
    known = Counter(row["indicator"] for area in regions for row in site.regions.get(area.code, []))
    here = {row["indicator"] for row in site.regions.get(code, [])}
    missing = sorted(c for c, times in known.items() if 2 * times >= len(regions) and c not in here)
    return [site.catalogue.indicators[indicator] for indicator in missing]
