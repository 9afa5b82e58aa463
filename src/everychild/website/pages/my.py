"""My region, my age: the same facts for one child's place and age, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.vocabulary.language import Language, sort_key
from everychild.website.display import Shown, is_unverified, show
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.pages.places import current_regions

AGES = range(18)


@dataclass(frozen=True)
class Answer:
    """A plain question with the answer for the place, or for the country where the place has none."""

    indicator: Indicator
    here: Shown | None
    national: Shown | None
    standing: str
    article: object | None
    by_group: bool
    """Whether the place has figures of its groups, though none of all its children."""


def my(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    key = sort_key(language)
    regions = sorted(current_regions(site), key=lambda area: key(area.name[language]))
    codes = {area.code for area in regions}
    region = request.GET.get("region", "") if request.GET.get("region") in codes else ""
    age = _age(request.GET.get("age", ""))
    answers = answers_for(site, region, age, language) if region and age is not None else []
    return render(
        request,
        "everychild/my.html",
        {
            "page": "my",
            "regions": regions,
            "ages": AGES,
            "region": site.areas[region] if region else None,
            "age": age,
            "answers": answers,
            "local": sum(1 for answer in answers if answer.here),
            "asked": bool(region) and age is not None,
            "helpline": site.country.helpline,
        },
    )


def _age(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) in AGES else None


def answers_for(site: Observatory, region: str, age: int, language: Language) -> list[Answer]:
    """Questions that concern this age: those with a figure of the region first, then those of the country alone."""
    local = {row["indicator"]: row for row in site.regions.get(region, [])}
    found = [
        answer(indicator, local.get(indicator.code), region, language, site)
        for indicator in site.catalogue.indicators.values()
        if indicator.plain and concerns(indicator, age)
    ]
    known = [a for a in found if a.here or a.national]
    order = {"worse": 0, "near": 1, "better": 2}
    return sorted(known, key=lambda a: (a.here is None, order.get(a.standing, 3)))


def concerns(indicator: Indicator, age: int) -> bool:
    ages = indicator.child_ages
    return ages is None or ages[0] <= age <= ages[1]


def answer(indicator: Indicator, row: Row | None, region: str, language: Language, site: Observatory) -> Answer:
    national = site.latest_national(indicator.code)
    if national is not None and is_unverified(national):
        national = None
    here = site.shown(row["release"], row["key"], language) if row and not is_unverified(row) else None
    if here and row and row["reference_key"]:
        country = site.shown(row["reference_release"], row["reference_key"], language)
    else:
        country = show(national, language, site) if national else None
    # The first article of an indicator is the one that fits it best; the others follow in no order of weight.
    number = indicator.crc_articles[0] if indicator.crc_articles else ""
    return Answer(
        indicator,
        here,
        country,
        row["standing"] if row and here else "",
        site.catalogue.articles.get(number),
        by_group=here is None and (region, indicator.code) in site.regional_indicators,
    )
