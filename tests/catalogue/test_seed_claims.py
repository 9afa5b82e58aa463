"""The audit of the page of 2009: every number its evidence states is a figure of the pack."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from everychild.catalogue.countries import country
from everychild.catalogue.registers import SeedClaim
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.observations import key_expression

CLAIMS = country("KAZ").seed_claims
WITH_FIGURES = [claim for claim in CLAIMS if claim.evidence_keys]
SCALES = {1_000.0, 100_000.0}
"""Of 1,000 children, of 100,000 births: what a rate is counted in, no figure."""


@pytest.fixture(scope="module")
def values() -> dict[str, float]:
    return dict(country("KAZ").figures().with_columns(key_expression()).select("key", "value").iter_rows())


def numbers(text: str, language: str) -> list[tuple[float, int]]:
    """Numbers of a text with their decimals; `23,6` and `102 766` in Russian and Kazakh, `102,766` in English."""
    pattern = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?" if language == "en" else r"\d{1,3}(?: \d{3})+|\d+(?:,\d+)?"
    found = []
    for match in re.findall(pattern, text):
        plain = match.replace(",", "") if language == "en" else match.replace(" ", "").replace(",", ".")
        found.append((float(plain), len(plain.partition(".")[2])))
    return found


def stated(claim: SeedClaim, language: str) -> list[tuple[float, int]]:
    """Numbers that the evidence states as figures: no years, no scales of rates."""
    years = {float(key.split(":")[2]) for key in claim.evidence_keys} | {2017.0, 2020.0}
    return [(n, d) for n, d in numbers(claim.evidence[language], language) if n not in years | SCALES]  # type: ignore[index]


def is_shown_by(number: float, decimals: int, values: list[float]) -> bool:
    return any(round(value, decimals) == number for value in values)


def fall(before: float, after: float) -> float:
    return round(100 * (before - after) / before)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("claim", WITH_FIGURES, ids=lambda claim: claim.claim.en[:40])
def test_numbers_of_the_evidence_are_figures(claim, language, values):
    shown = [values[key] for key in claim.evidence_keys]
    derived = [float(len(country("KAZ").laws))] if claim.indicator == "crc_legislation_acts" else []
    if claim.seed_value == "30":
        first, middle, last = shown
        derived = [fall(first, middle), fall(first, last)]
        assert derived == [29, 48]
    years = [2025.0] if claim.indicator == "crc_legislation_acts" else []
    wrong = [n for n, d in stated(claim, language) if n not in years and not is_shown_by(n, d, shown + derived)]
    assert wrong == []


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.claim.en[:40])
def test_the_three_languages_state_the_same_numbers(claim):
    for text in (claim.claim, claim.evidence, claim.verdict):
        in_english = Counter(number for number, _ in numbers(text.en, "en"))
        for language in ("ru", "kk"):
            assert Counter(number for number, _ in numbers(text[language], language)) == in_english


def test_a_wrong_number_would_be_seen():
    assert not is_shown_by(45.4, 1, [45.3, 32.1])
    assert is_shown_by(99.0, 0, [99.0863])
    assert numbers("от 45,3 до 102 766", "ru") == [(45.3, 1), (102766.0, 0)]
    assert numbers("from 45.3 to 102,766", "en") == [(45.3, 1), (102766.0, 0)]
