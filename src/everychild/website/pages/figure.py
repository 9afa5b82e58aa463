"""One figure: value, interval, source, note, checksum, how to cite, and its history over releases."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.releases.manifest import Manifest
from everychild.releases.refusals import DamagedRelease
from everychild.vocabulary.areas import UNCLEAR
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language, format_date
from everychild.website.display import Shown, figure_address, number, show
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.texts import say


def figure(request: HttpRequest, language: Language, release: str, key: str) -> HttpResponse:
    site = observatory()
    try:
        row = site.figure(release, key)
    except DamagedRelease:
        return render(request, "everychild/damaged.html", {"page": "data", "release": release}, status=503)
    if row is None:
        raise Http404(key)
    manifest = site.store.manifest(release)
    shown = show(row, language, site)
    history = [
        {
            **entry,
            "text": number(entry["value"], row["unit"], language) if entry["value"] is not None else "",
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
            "withdrawn": site.withdrawn_reason(release),
            "unrounded": repr(row["value"]) if row["value"] is not None else "",
            "quality": code_list("quality").label(row["quality"], language),
            "borders": _borders(row["area_version"], language),
            "current": any(entry.release == release for entry in site.store.published()),
            "citation": _citation(shown, row, address, site, language),
        },
    )


def _borders(version: str, language: Language) -> str:
    if not version:
        return ""
    if version == UNCLEAR:
        return say("mark.area_unclear.title", language)
    return say("figure.borders.since", language, since=format_date(date.fromisoformat(version), language))


def _citation(shown: Shown, row: Row, address: str, site: Observatory, language: Language) -> str:
    """Organisation (year). Publication. Indicator, area, period: value. everychild, release. Address."""
    source = site.country.sources.get(row["source"])
    name = site.catalogue.indicators[row["indicator"]].name[language]
    what = ", ".join(part for part in (name, shown.area, shown.period, shown.groups) if part)
    origin = f"{source.organisation} ({source.year}). {source.publication}. " if source else ""
    return f"{origin}{what}: {shown.with_unit}. everychild, {row['release']}. {address}"


def _checksum(manifest: Manifest) -> str:
    return manifest.checksums["observations.parquet"]
