"""Data: what is published, from where, with which defects, and how releases differ."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.invented import is_apart, is_invented
from everychild.releases.manifest import Manifest
from everychild.releases.public import PublicReleases
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import SEVERITIES, Finding, findings_of
from everychild.vocabulary.language import Language
from everychild.website.display import figure_address, number
from everychild.website.downloads import XLSX_ROWS
from everychild.website.observatory import Observatory, observatory

JOURNAL_LINES = 30
LEDGER_PAGE = 100
COMPARE_ROWS = 500


def data(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    published = {entry.release for entry in site.public.published()}
    apart = {manifest.release for manifest in site.public.releases()} - {m.release for m in site.releases}
    journal = [event for event in site.public.journal()[::-1] if event["release"] not in apart]
    manifests = sorted(site.releases, key=lambda manifest: manifest.created, reverse=True)
    return render(
        request,
        "everychild/data.html",
        {
            "page": "data",
            "releases": [_listed(m, m.release in published, site, language) for m in manifests],
            "journal": journal[:JOURNAL_LINES],
            "sources": site.sources_used,
        },
    )


def _listed(manifest: Manifest, published: bool, site: Observatory, language: Language) -> dict[str, object]:
    return {
        "manifest": manifest,
        "title": manifest.title.get(language, manifest.dataset),
        "published": published,
        "withdrawn": site.withdrawn_reason(manifest.release),
        "findings": [(s, manifest.findings[s]) for s in SEVERITIES if manifest.findings.get(s)],
        "xlsx": manifest.rows <= XLSX_ROWS,
    }


def release(request: HttpRequest, language: Language, release: str) -> HttpResponse:
    site = observatory()
    manifest = _manifest(site.public, release)
    ledger = site.public.ledger(release)
    severity, rule = request.GET.get("severity", ""), request.GET.get("rule", "")
    by_severity, by_rule = Counter(ledger["severity"].to_list()), Counter(ledger["rule"].to_list())
    if severity:
        ledger = ledger.filter(ledger["severity"] == severity)
    if rule:
        ledger = ledger.filter(ledger["rule"] == rule)
    page = _page_number(request.GET.get("page", ""), ledger.height)
    entries = findings_of(ledger.slice((page - 1) * LEDGER_PAGE, LEDGER_PAGE))
    return render(
        request,
        "everychild/release.html",
        {
            "page": "data",
            "manifest": manifest,
            "title": manifest.title.get(language, manifest.dataset),
            "published": any(entry.release == release for entry in site.public.published()),
            "withdrawn": site.withdrawn_reason(release),
            "entries": [_entry(finding, language) for finding in entries],
            "severities": [(s, by_severity[s]) for s in SEVERITIES if by_severity[s]],
            "by_rule": by_rule.most_common(),
            "severity": severity,
            "rule": rule,
            "ledger_rows": ledger.height,
            "ledger_page": page,
            "pages": range(1, -(-ledger.height // LEDGER_PAGE) + 1),
            "xlsx": manifest.rows <= XLSX_ROWS,
            "others": [
                m for m in site.public.releases() if m.release != release and not is_apart(m.country, manifest.country)
            ],
            "invented": is_invented(manifest.country),
        },
    )


def compare(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    first, second = request.GET.get("a", ""), request.GET.get("b", "")
    context: dict[str, Any] = {
        "page": "data",
        "a": first,
        "b": second,
        "releases": [(m, site.withdrawn_reason(m.release) is not None) for m in site.releases],
        "withdrawn": [(r, why) for r in (first, second) if (why := site.withdrawn_reason(r)) is not None],
    }
    if first and second:
        _manifest(site.public, first)
        _manifest(site.public, second)
        table = site.public.compare(first, second)
        context |= {
            "changes": [
                _change(row, first, second, language) for row in table.head(COMPARE_ROWS).iter_rows(named=True)
            ],
            "counts": Counter(table["change"].to_list()),
            "compared": True,
            "cut": table.height > COMPARE_ROWS,
        }
    return render(request, "everychild/compare.html", context)


def _change(row: dict[str, Any], first: str, second: str, language: Language) -> dict[str, Any]:
    """A difference with its two numbers as links to their figures."""
    shown = dict(row)
    for side, release in (("a", first), ("b", second)):
        value, unit = row[f"value_{side}"], row[f"unit_{side}"]
        shown[f"text_{side}"] = row[f"status_{side}"] if value is None else number(value, unit, language)
        shown[f"href_{side}"] = figure_address(release, row["key"], language) if unit else ""
    return shown


def _entry(finding: Finding, language: Language) -> dict[str, object]:
    return {
        "finding": finding,
        "message": finding.message(language),
        "suggestion": finding.suggestion(language),
    }


def _manifest(public: PublicReleases, release: str) -> Manifest:
    try:
        return public.manifest(release)
    except EverychildError as problem:
        raise Http404(release) from problem


def _page_number(text: str, rows: int) -> int:
    last = max(1, -(-rows // LEDGER_PAGE))
    return min(max(int(text), 1), last) if text.isascii() and text.isdigit() else 1
