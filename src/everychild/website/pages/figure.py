"""One figure: value, interval, source, note, checksum, how to cite, and its history over releases."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.releases.manifest import Manifest
from everychild.vocabulary.language import Language
from everychild.website.display import figure_address, number, show
from everychild.website.observatory import observatory


def figure(request: HttpRequest, language: Language, release: str, key: str) -> HttpResponse:
    site = observatory()
    row = site.figure(release, key)
    if row is None:
        raise Http404(key)
    manifest = site.store.manifest(release)
    shown = show(row, language, site)
    history = [
        {**entry, "text": number(entry["value"], row["unit"], language) if entry["value"] is not None else None}
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
            "region_rows": site.areas[row["area"]].has_changed,
        },
    )


def _checksum(manifest: Manifest) -> str:
    return manifest.checksums["observations.parquet"]
