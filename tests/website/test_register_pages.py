"""Pages of laws, recommendations and programmes, with what the country pack knows loaded into the registers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from everychild.catalogue.countries import country
from everychild.catalogue.registers import PROGRAMME_KINDS, RECOMMENDATION_KINDS
from everychild.methods.alignment import VERDICTS
from everychild.registers.duties.models import Edge
from everychild.registers.laws.models import ACT_KINDS, ACT_STATUSES, SUCCESSION_KINDS
from everychild.registers.loading import load_pack
from everychild.registers.programmes.models import Programme, Result
from everychild.registers.programmes.vocabulary import (
    LEVELS,
    PARTNER_KINDS,
    ROLES,
    SCOPES,
    STAGE_EVIDENCE,
    STAGES,
    STEP_STATES,
)
from everychild.registers.recommendations.models import Recommendation
from everychild.registers.recommendations.vocabulary import (
    CLAIMED,
    EVIDENCE_KINDS,
    MECHANISMS,
    PARTIES,
    REPEAT_KINDS,
    STATUSES,
    UPR_POSITIONS,
    WORDINGS,
)
from everychild.vocabulary.language import LANGUAGES
from everychild.website.texts import interface_texts
from tests.registers.made import made_desk
from tests.website.test_pages import Structure

PAGES = (
    "laws", "laws?q=Конвенция&kind=treaty_ratification", "laws/KZ-LAW-04", "laws/KZ-LAW-28", "laws/KZ-LAW-23",
    "recommendations", "recommendations?state=repeated&status=no_information&party=government&mechanism=CRC",
    "recommendations?state=overdue&page=2", "recommendations/KZ-REC-19", "recommendations/KZ-REC-31",
    "recommendations/KZ-REC-2003-67", "recommendations/KZ-REC-29", "programmes", "programmes/KZ-PRG-03",
    "programmes?kind=pilot&area=child_health&place=KZ-43&partner=ministry-of-health", "programmes/KZ-PRG-17",
)  # fmt: skip


@pytest.fixture(scope="module")
def _pack(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The registers of the country, loaded once for the pages that only read them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_pack(country("KAZ"))
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _loaded(_pack: None, _registers: None) -> None:
    """Before every page here."""


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_page_answers_and_is_well_made(client: Client, language: str, address: str) -> None:
    text = page(client, f"/{language}/{address}")
    found = Structure(text)
    assert f'<html lang="{language}">' in text
    assert found.headings.count("h1") == 1
    assert len(found.ids) == len(set(found.ids))
    assert found.inline == found.foreign == []
    inside = {link.split("#")[0] for link in found.links if link.startswith((f"/{language}/", "/open/"))}
    assert [link for link in sorted(inside) if client.get(link).status_code != 200] == []


@pytest.mark.parametrize("address", ["laws/NO-SUCH", "recommendations/NO-SUCH", "programmes/NO-SUCH"])
def test_what_is_not_kept_has_no_page(client: Client, address: str) -> None:
    assert client.get(f"/en/{address}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("act", ACT_KINDS), ("law", ACT_STATUSES), ("verdict", VERDICTS), ("follows", SUCCESSION_KINDS),
        ("followed", SUCCESSION_KINDS), ("mechanism", MECHANISMS), ("recommendation", RECOMMENDATION_KINDS),
        ("status", (*STATUSES, CLAIMED)), ("party", PARTIES), ("evidence", EVIDENCE_KINDS), ("position", UPR_POSITIONS),
        ("wording", WORDINGS), ("repeat", REPEAT_KINDS), ("repeated_by", REPEAT_KINDS), ("programme", PROGRAMME_KINDS),
        ("stage", STAGES), ("step_state", STEP_STATES), ("step_evidence", STAGE_EVIDENCE), ("scope", SCOPES),
        ("partner", PARTNER_KINDS), ("role", ROLES), ("level", LEVELS),
    ],
)  # fmt: skip
def test_every_code_has_a_word_and_every_word_a_code(kind: str, codes: tuple[str, ...]) -> None:
    known = {key.removeprefix(f"word.{kind}.") for key in interface_texts() if key.startswith(f"word.{kind}.")}
    assert known == set(codes)


class TestRecommendations:
    def test_parties_stand_side_by_side_with_silence_said(self, client: Client) -> None:
        text = plain(page(client, "/en/recommendations/KZ-REC-19").split('id="statuses"')[1].split("</table>")[0])
        assert "Government no information" in text
        assert "Ombudsman no information" in text
        assert "Civil society no information" in text
        assert "Committee implemented Committee on the Rights of the Child 2015" in text

    def test_the_rule_of_proof_and_what_proves_are_on_the_page(self, client: Client) -> None:
        text = plain(page(client, "/en/recommendations/KZ-REC-19"))
        assert "Without it the word reads “claimed”" in text
        assert "What would show this one done: an act in force. Such evidence was checked." in text
        assert "partly verified" in plain(page(client, "/en/recommendations/KZ-REC-31").split('id="evidence"')[1])

    def test_unread_evidence_says_that_it_proves_nothing_yet(self, client: Client) -> None:
        text = plain(page(client, "/en/recommendations/KZ-REC-31"))
        assert "not checked in full: proves nothing yet" in text
        assert "There is no such checked evidence." in text

    def test_a_repeated_demand_leads_both_ways(self, client: Client) -> None:
        text = page(client, "/ru/recommendations/KZ-REC-16")
        assert "/ru/recommendations/KZ-REC-01" in text
        assert "/ru/recommendations/KZ-REC-31" in text

    def test_a_split_paragraph_lists_its_demands_and_has_no_status(self, client: Client) -> None:
        text = page(client, "/kk/recommendations/KZ-REC-2003-67")
        assert [f"KZ-REC-{n:02d}" for n in range(2, 8)] == sorted(set(re.findall(r"KZ-REC-0[2-7]", text)))
        assert 'id="statuses"' not in text

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("q=adoption Hague", {"KZ-REC-09", "KZ-REC-19", "KZ-REC-29"}),
            ("q=усыновлении", {"KZ-REC-09", "KZ-REC-19", "KZ-REC-29"}),
            ("article=21&kind=recommendation", {"KZ-REC-09", "KZ-REC-19"}),
            ("mechanism=CRPD", {"KZ-REC-64"}),
            ("status=implemented", {"KZ-REC-09", "KZ-REC-19"}),
            ("status=implemented&party=government", set()),
            ("mechanism=nonsense&kind=summary", {"KZ-REC-60"}),
        ],
    )
    def test_are_filtered(self, client: Client, asked: str, expected: set[str]) -> None:
        listed = page(client, f"/en/recommendations?{asked}").split('<ul class="rows card">')[1].split("</ul>")[0]
        assert set(re.findall(r"recommendations/(KZ-REC-[\w-]+)", listed)) == expected

    def test_come_page_by_page_with_the_filters_kept(self, client: Client) -> None:
        text = page(client, "/en/recommendations?kind=recommendation")
        assert 'rel="next" href="?kind=recommendation&page=2"' in text
        codes = [
            set(re.findall(r"recommendations/(KZ-REC-[\w-]+)", page(client, f"/en/recommendations?page={number}")))
            for number in (1, 2)
        ]
        assert codes[0].isdisjoint(codes[1])
        assert len(codes[0] | codes[1]) == Recommendation.objects.count()
        for wrong in ("0", "-1", "999", "two", "²", "9" * 30):
            page(client, f"/en/recommendations?page={wrong}")


class TestLaws:
    def test_a_repealed_act_says_when_and_a_provision_is_quoted_with_its_mark(self, client: Client) -> None:
        assert "repealed" in plain(page(client, "/en/laws/KZ-LAW-28"))
        assert "2020-07-19" in page(client, "/en/laws/KZ-LAW-28")

    def test_assessed_share_stands_beside_the_number_of_acts(self, client: Client) -> None:
        assert "None is assessed yet" in plain(page(client, "/en/laws"))

    def test_are_found_by_words_article_and_status(self, client: Client) -> None:
        listed = page(client, "/ru/laws?q=бытового&article=19").split('<ul class="rows card">')[1].split("</ul>")[0]
        assert "KZ-LAW-39" in re.findall(r"laws/([\w-]+)", listed)


class TestProgrammes:
    def test_a_law_that_was_repealed_leaves_the_step_claimed(self, client: Client) -> None:
        text = page(client, "/en/programmes/KZ-PRG-17")
        assert re.findall(r'class="stage-(\w+)"', text) == ["no_information"] * 4 + ["claimed", "claimed"]
        assert "Nothing is known of:" in text

    def test_results_stand_beside_the_latest_published_figure(self, client: Client) -> None:
        from everychild.registers.programmes import actions

        desk = made_desk()
        programme, by = Programme.objects.get(code="KZ-PRG-06"), desk.person("reviewer")
        title = {"en": "Fewer children die", "ru": "Меньше детей умирает", "kk": "Балалар өлімі азаяды"}
        result: Result = actions.add_result(
            by=by, programme=programme, code="O-1", values={"level": "outcome", "title": title}
        )
        values = {"area": "KAZ", "target": "8", "target_period": "2030", "baseline": "10.69", "baseline_period": "2019"}
        actions.use_indicator(by=by, result=result, indicator="u5mr", values=values)
        text = page(client, "/en/programmes/KZ-PRG-06").split('id="results"')[1].split("</section>")[0]
        assert "Fewer children die" in text
        assert "10.69 (2019)" in plain(text)
        assert re.search(r'href="/en/figures/[^"]+u5mr:KAZ', text)

    def test_no_result_is_said(self, client: Client) -> None:
        assert "No result with baseline and target is known." in page(client, "/en/programmes/KZ-PRG-06")


def test_every_node_of_the_packs_graph_has_a_page(client: Client) -> None:
    """One of each kind and shape of code; codes of provisions hold a stroke."""
    ends = {
        (edge[f"{end}_kind"], edge[f"{end}_code"])
        for edge in Edge.objects.values("from_kind", "from_code", "to_kind", "to_code") for end in ("from", "to")
    }  # fmt: skip
    shapes = {(kind, re.sub(r"\w+", "x", code)): (kind, code) for kind, code in sorted(ends)}
    assert {kind for kind, _ in shapes} >= {"act", "article", "provision", "obligation", "partner", "project"}
    for kind, code in shapes.values():
        page(client, f"/kk/graph/{kind}/{code}")
