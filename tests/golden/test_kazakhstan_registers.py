"""Sources, acts, recommendations, programmes and claims of the country pack against what was collected."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from everychild.catalogue.countries import country

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def collected(shared_folder: Path) -> Path:
    return shared_folder / "kazakhstan"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def articles(text: str) -> tuple[str, ...]:
    """`19,28` or `1-54` as single numbers."""
    found: list[str] = []
    for part in filter(None, re.split(r"[,;]\s*", text)):
        first, _, last = part.partition("-")
        found += [str(n) for n in range(int(first), int(last) + 1)] if last else [first]
    return tuple(found)


def without_remark(text: str) -> str:
    """A number or date without the remark how it is known; `verified` says that for the whole act."""
    return re.sub(r" \([^)]*memory\)", "", text)


def test_sources_are_all_there_with_their_own_words(collected):
    expected = rows_of(collected / "sources.csv")
    found = country("KAZ").sources
    assert list(found) == [row["source_id"] for row in expected]
    for row in expected:
        source = found[row["source_id"]]
        assert (source.year, source.url, source.licence) == (row["year"], row["url"], row["licence_remark"])
        if row["source_id"] != "MEMORY":
            assert (source.organisation, source.publication) == (row["organisation"], row["publication"])


def test_acts_keep_titles_numbers_dates_and_articles(collected):
    expected = {row["id"]: row for row in rows_of(collected / "laws.csv")}
    left_out = {left.code for left in country("KAZ").left_out if left.table == "laws"}
    laws = country("KAZ").laws
    assert [law.code for law in laws] == [code for code in expected if code not in left_out]
    assert left_out == {"KZ-LAW-66", "KZ-LAW-67"}
    for law in laws:
        row = expected[law.code]
        assert (law.title.en, law.title.ru, law.status) == (row["title_en"], row["title_ru"], row["status"])
        assert row["title_kk"] in ("", law.title.kk)
        assert (law.number, law.date) == (without_remark(row["number"]), without_remark(row["date"]))
        assert law.crc_articles == articles(row["crc_articles"])
        assert (law.verified, law.topic, law.kind) == (row["verified"], row["topic"], row["type"].replace(" ", "_"))


def test_recommendations_keep_document_paragraph_and_articles(collected):
    expected = rows_of(collected / "recommendations.csv")
    found = country("KAZ").recommendations
    assert [asked.code for asked in found] == [row["id"] for row in expected]
    for asked, row in zip(found, expected, strict=True):
        assert (asked.body, asked.document, asked.year) == (row["body"], row["document"], row["year"])
        assert (asked.paragraph, asked.verified) == (row["paragraph"], row["verified"])
        assert (asked.text.en, asked.theme) == (row["paraphrase"], row["theme"])
        assert asked.kind == row["kind"].replace(" ", "_")
        assert asked.crc_articles == articles(row["crc_articles"])


def test_programmes_keep_years_places_and_verification(collected):
    expected = rows_of(collected / "programmes.csv")
    found = country("KAZ").programmes
    assert [programme.code for programme in found] == [row["id"] for row in expected]
    for programme, row in zip(found, expected, strict=True):
        assert (programme.start, programme.end, programme.verified) == (row["start"], row["end"], row["verified"])
        assert programme.areas == tuple(row["where"].split("|"))
        assert (programme.fields, programme.partners) == (row["areas"], row["partners"])


def test_every_claim_of_the_page_is_audited(collected):
    expected = rows_of(collected / "seed_claims.csv")
    found = country("KAZ").seed_claims
    assert len(found) == len(expected) == 14
    for claim, row in zip(found, expected, strict=True):
        # That the other Convention is signed was collected as the number 1, which is no value that the page states.
        assert claim.seed_value == ("" if row["indicator"] == "crpd_signed" else row["seed_value"])
