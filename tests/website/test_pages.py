"""Every kind of page in every language: it answers, speaks its language, and leads from every number to its figure."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from everychild.catalogue.countries import country
from everychild.registers.loading import load_pack
from everychild.vocabulary.language import LANGUAGES
from tests.website.pages_list import PAGES


class Structure(HTMLParser):
    """Collects what the rules below look at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.inline: list[str] = []
        self.links: list[str] = []
        self.foreign: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            if name in ("src", "href") and tag in ("script", "link", "img") and (value or "").startswith("http"):
                self.foreign.append(value or "")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        if tag == "style":
            self.inline.append("style element")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_answers_and_is_well_made(client: Client, release: str, language: str, page: str) -> None:
    response = client.get(f"/{language}/{page.format(release=release)}")
    assert response.status_code == 200
    text = response.content.decode()
    found = Structure(text)
    assert f'<html lang="{language}">' in text
    assert found.headings.count("h1") == 1
    assert len(found.ids) == len(set(found.ids))
    assert found.inline == []
    assert found.foreign == []


@pytest.mark.parametrize(
    "page", ["", "places/KZ-61", "left-behind", "my?region=KZ-43&age=15", "rights/24", "indicators/u5mr"]
)
def test_every_number_leads_to_its_source_row(client: Client, release: str, page: str) -> None:
    text = client.get(f"/en/{page}").content.decode()
    figures = {unescape(link) for link in re.findall(r'href="(/en/figures/[^"]+)"', text)}
    assert figures
    for address in sorted(figures)[:40]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert release in answer.content.decode()


def test_figure_page_says_where_the_number_comes_from(client: Client, release: str) -> None:
    text = client.get(f"/en/figures/{release}/u5mr:KAZ:2019:KAZSTAT_SDG").content.decode()
    for part in (
        "10.7",
        '<data value="10.69">10.69</data>',
        "Bureau of National Statistics of Kazakhstan",
        "indicator_3-2-1.csv",
        release,
    ):
        assert part in text


def test_unknown_addresses_are_404_in_the_readers_language(client: Client, release: str) -> None:
    missing = (
        "indicators/nothing",
        "rights/99",
        "places/KGZ",
        "data/releases/none",
        f"figures/{release}/u5mr:KAZ:1066:X",
    )
    for page in missing:
        assert client.get(f"/ru/{page}").status_code == 404, page
    assert "Такой страницы нет" in client.get("/ru/indicators/nothing").content.decode()


def test_address_without_language_leads_to_the_readers_own(client: Client, release: str) -> None:
    answer = client.get("/rights/24?verified=1", headers={"Accept-Language": "de, ru;q=0.8, en;q=0.5"})
    assert (answer.status_code, answer["Location"]) == (302, "/ru/rights/24?verified=1")
    assert client.get("/")["Location"] == "/kk/"
    assert client.get("/en")["Location"] == "/en/"
    assert client.get("/en/no/such/page").status_code == 404
    assert client.get("/no-such-page").status_code == 404


def test_unverified_figures_are_marked_and_can_be_left_out(client: Client) -> None:
    shown = client.get("/en/indicators/crc_legislation_acts").content.decode()
    assert "mark-seed_claim" in shown
    hidden = client.get("/en/indicators/crc_legislation_acts?verified=1").content.decode()
    assert "mark-seed_claim" not in hidden


def test_stale_figures_show_their_age(client: Client) -> None:
    assert "mark-stale" in client.get("/en/indicators/stunting_moderate_severe").content.decode()


def test_links_without_a_record_say_that_there_is_no_information(client: Client) -> None:
    text = client.get("/en/").content.decode()
    assert text.count('<span class="quiet-words">no information</span>') == 4 * text.count('class="outcome"')


def test_links_with_records_say_how_well_they_are_borne_out(client: Client) -> None:
    load_pack(country("KAZ"))
    text = client.get("/en/").content.decode()
    rights = text.count('class="outcome"')
    assert rights / 2 < text.count('href="/en/graph/article/') < 4 * rights
    assert "some evidence: Acts and provisions that speak of it:" in text


def test_numbers_are_written_as_the_language_does(client: Client, release: str) -> None:
    page = f"figures/{release}/u5mr:KAZ:2019:KAZSTAT_SDG"
    assert "10,7" in client.get(f"/kk/{page}").content.decode()
    assert "10,7" in client.get(f"/ru/{page}").content.decode()
    assert "10.7" in client.get(f"/en/{page}").content.decode()


def test_hostile_queries_change_nothing(client: Client) -> None:
    for query in (
        "q=<script>alert(1)</script>",
        "q=" + "x" * 5000,
        "region='--&age=99",
        "kind=../../etc",
        "page=-1&age=²",
    ):
        for page in ("indicators", "my", "left-behind"):
            answer = client.get(f"/en/{page}?{query}")
            assert answer.status_code == 200
            assert "<script>alert" not in answer.content.decode()


def test_data_page_reads_a_journal_with_torn_and_interrupted_lines(
    client: Client, data_folder: Path, release: str
) -> None:
    journal = data_folder / "journal.jsonl"
    kept = journal.read_bytes()
    try:
        meant = {"at": "2026-01-01T00:00:00+00:00", "action": "publish", "release": release, "by": "", "reason": ""}
        journal.write_bytes(kept + b'{"at": "2026-0\n' + json.dumps(meant).encode() + b"\n")
        text = client.get("/en/data?x=1").content.decode()
        assert "damaged line of the log" in text
        assert "cut short" in text
    finally:
        journal.write_bytes(kept)
