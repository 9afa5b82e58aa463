"""One figure: value, interval, source, note, checksum, how to cite, and its history over releases."""

from __future__ import annotations

from datetime import date

import polars as pl
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.invented import invented_areas
from everychild.releases.manifest import Manifest
from everychild.releases.reading import HISTORY
from everychild.releases.refusals import DamagedRelease
from everychild.vocabulary.areas import UNCLEAR
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language, format_date
from everychild.vocabulary.observations import DIMENSIONS, is_future
from everychild.vocabulary.periods import parse_period
from everychild.website.display import Shown, computed_words, figure_address, is_unverified, show, written
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.texts import own_words, say


def figure(request: HttpRequest, language: Language, release: str, key: str) -> HttpResponse:
    site = observatory()
    try:
        row = site.figure(release, key)
    except DamagedRelease:
        return render(request, "everychild/damaged.html", {"page": "data", "release": release}, status=503)
    if row is None:
        raise Http404(key)
    manifest = site.public.manifest(release)
    shown = show(row, language, site)
    history = [
        {
            **entry,
            "text": _told(entry, key, language, site),
            "href": figure_address(entry["release"], key, language),
        }
        for entry in site.figures.history(key)
    ]
    address = (settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}") + figure_address(release, key)
    return render(
        request,
        "everychild/figure.html",
        {
            "page": "data",
            "shown": shown,
            "row": row,
            "indicator": site.catalogue.indicators[row["indicator"]],
            "source": site.country.sources.get(row["source"]),
            "manifest": manifest,
            "checksum": _checksum(manifest),
            "address": address,
            "history": history,
            "other_value": other_value(row, language, site),
            "newer": newer(row, language, site),
            "withdrawn": site.withdrawn_reason(release),
            "unmarked": row["area"] in invented_areas() and "invented" not in row["flag"].split("|"),
            "computed": computed_words(row, language),
            "quality": code_list("quality").label(row["quality"], language),
            "borders": _borders(row["area_version"], language),
            "current": any(entry.release == release for entry in site.public.published()),
            "citation": _citation(shown, row, address, site, language),
        },
    )


def _told(entry: Row, key: str, language: Language, site: Observatory) -> str:
    """What a release says of the figure, with the word for a number that is not told; "" of a damaged one."""
    if entry["state"] == "damaged":
        return ""
    # Which word it is takes the flags and cases, which the history does not hold.
    found = entry if entry["value"] is not None else site.figure(entry["release"], key)
    return "" if found is None else written(found, language)


def other_value(row: Row, language: Language, site: Observatory) -> Shown | None:
    """What pages show for the key of this figure, where it differs: a release published later holds it too.

    That release may be of another dataset (a corrected file under a new name), and this one still counts as published.
    """
    shown = site.figures.shown_row(row["key"])
    if shown is None or shown["release"] == row["release"] or all(shown[c] == row[c] for c in HISTORY):
        return None
    return site.shown_row(shown, language)


def newer(row: Row, language: Language, site: Observatory) -> Shown | None:
    """The newest published figure of the same children that ends after this one; of the same source if it has one."""
    same = [pl.col(c) == row[c] for c in ("area", *DIMENSIONS, "other")]
    end = parse_period(row["period"]).end
    later = [
        found
        for found in site.figures.indicator(row["indicator"]).filter(pl.col("value").is_not_null(), *same).to_dicts()
        if parse_period(found["period"]).end > end and not is_unverified(found) and not is_forecast(found)
    ]
    if not later:
        return None
    best = max(later, key=lambda found: (found["source"] == row["source"], parse_period(found["period"]).end))
    return site.shown_row(best, language)


def is_forecast(row: Row) -> bool:
    """Said to be one, or of a year that has not come."""
    return row["status"] == "F" or is_future(row["period"], date.today())


def _borders(version: str, language: Language) -> str:
    if not version:
        return ""
    if version == UNCLEAR:
        return say("mark.area_unclear.title", language)
    return say("figure.borders.since", language, since=format_date(date.fromisoformat(version), language))


def _citation(shown: Shown, row: Row, address: str, site: Observatory, language: Language) -> str:
    """Organisation (year). Publication. Indicator, area, period: value [warnings]. everychild, release. Address.

    A citation is copied away from its page, so it takes the warnings with it; only the age is seen from the period.
    """
    source = site.country.sources.get(row["source"])
    name = site.catalogue.indicators[row["indicator"]].name[language]
    what = ", ".join(part for part in (name, shown.area, shown.period, shown.groups) if part)
    origin = f"{source.organisation} ({source.year}). {own_words(source.publication, language)}. " if source else ""
    warnings = [mark.label for mark in shown.marks if mark.code != "stale"]
    reason = site.withdrawn_reason(row["release"])
    if reason is not None:
        warnings.insert(0, say("figure.cite.withdrawn", language, reason=reason))
    bracket = "".join(f" [{warning}]" for warning in warnings)
    return f"{origin}{what}: {shown.with_unit}{bracket}. everychild, {row['release']}. {address}"


def _checksum(manifest: Manifest) -> str:
    return manifest.checksums["observations.parquet"]
