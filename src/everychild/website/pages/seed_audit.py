"""The seed audit: each claim of the office page of 2009 beside the evidence of today."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.indicators import Indicator
from everychild.catalogue.registers import SeedClaim
from everychild.vocabulary.language import Language
from everychild.website.display import Shown
from everychild.website.observatory import observatory


@dataclass(frozen=True)
class Audited:
    """A claim with its indicator and the figures that speak to it."""

    claim: SeedClaim
    indicator: Indicator | None
    value: str
    figures: list[Shown]


def seed_audit(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    release = site.pack_release
    audited = [
        Audited(
            claim,
            site.catalogue.indicators.get(claim.indicator),
            _value(claim, language),
            [site.shown(release, key, language) for key in claim.evidence_keys] if release else [],
        )
        for claim in site.country.seed_claims
    ]
    return render(
        request,
        "everychild/seed_audit.html",
        {
            "page": "seed-audit",
            "audited": audited,
            "verdicts": Counter(claim.verdict_code for claim in site.country.seed_claims).most_common(),
        },
    )


def _value(claim: SeedClaim, language: Language) -> str:
    """The number of the claim as the language writes it; a year is no number to group."""
    number = claim.seed_value
    return number.replace(".", "," if language != "en" else ".")
