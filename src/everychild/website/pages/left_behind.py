"""Left behind: the worst-off group of every indicator, and the groups nobody counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.vocabulary.language import Language
from everychild.website.display import (
    Shown,
    dimension_name,
    group_label,
    has_former_borders,
    is_unverified,
    number,
    with_unit,
)
from everychild.website.observatory import Observatory, Row, may_be_chance, observatory, relative_gap
from everychild.website.texts import say


@dataclass(frozen=True)
class Behind:
    """The worst-off group of one indicator beside the national figure and the best-off group."""

    indicator: Indicator
    kind: str
    group: str
    worst: Shown
    reference: Shown | None
    best: Shown
    best_name: str
    gap: str
    ratio: float | None
    bar: int
    chance: bool
    row: Row


def left_behind(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    verified = request.GET.get("verified") == "1"
    rows = behind_rows(site, language, request.GET.get("kind", ""), verified=verified)
    of_regions = [row for row in rows if row.kind == "region"]
    today = [row for row in of_regions if is_of_today(row, site)]
    regions = Counter(row.row["group"] for row in today)
    return render(
        request,
        "everychild/left_behind.html",
        {
            "page": "left-behind",
            "rows": rows,
            "kinds": [(kind, kind_name(kind, language)) for kind in kinds(site)],
            "kind": request.GET.get("kind", ""),
            "verified": verified,
            "regions": [(site.areas[code], times) for code, times in regions.most_common(8)],
            "region_total": len(today),
            "region_former": len(of_regions) - len(today),
            "coverage": [(kind_name(kind, language), number) for kind, number in site.breakdown_coverage],
            "indicator_total": len(site.national_indicators),
        },
    )


def is_of_today(row: Behind, site: Observatory) -> bool:
    """Whether the worst-off region exists and has still the borders of its figure: a tally by name mixes no two."""
    return site.areas[row.row["group"]].exists_on(date.today()) and not has_former_borders(row.worst.row)


def kinds(site: Observatory) -> list[str]:
    """Kinds of breakdown that have a worst-off group, the most frequent first."""
    found = Counter(row["kind"] for rows in site.worst_off_by_kind.values() for row in rows)
    return [kind for kind, _ in found.most_common()]


def behind_rows(
    site: Observatory, language: Language, kind: str = "", *, verified: bool = False, limit: int | None = None
) -> list[Behind]:
    """Widest relative gap first; `verified` leaves unverified figures out, `limit` ends the list early."""
    rows = site.worst_off_by_gap(kind)
    kept = (row for row in rows if not (verified and is_unverified(row)))
    return [behind(row, language, site) for row in islice(kept, limit)]


def behind(row: Row, language: Language, site: Observatory) -> Behind:
    worst = site.shown(row["group_release"], row["group_key"], language)
    return Behind(
        indicator=site.catalogue.indicators[row["indicator"]],
        kind=row["kind"],
        group=group_name(row["kind"], row["group"], language, site),
        worst=worst,
        reference=site.shown(row["reference_release"], row["reference_key"], language)
        if row["reference_key"]
        else None,
        best=site.shown(row["best_release"], row["best_key"], language),
        best_name=group_name(row["kind"], row["best_group"], language, site),
        gap=with_unit(number(abs(row["gap"]), worst.row["unit"], language), worst.row["unit"], language),
        ratio=row["ratio"],
        bar=round(100 * relative_gap(row)),
        chance=may_be_chance(row),
        row=row,
    )


def kind_name(kind: str, language: Language) -> str:
    return say("dimension.region", language) if kind == "region" else dimension_name(kind, language)


def group_name(kind: str, group: str, language: Language, site: Observatory) -> str:
    return site.areas[group].name[language] if kind == "region" else group_label(kind, group, language)
