"""Pages of the budget, of care and of voices: what is not known is said, what is small is not shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from everychild.catalogue.countries import country
from everychild.registers.budget import actions as budget
from everychild.registers.care import actions as care
from everychild.registers.loading import load_pack
from everychild.registers.voices import actions as voices
from everychild.registers.voices.models import Poll
from everychild.vocabulary.language import LANGUAGES, LocalText
from tests.registers.made import Desk, made_desk

MARK = {"source": "a budget", "verified": "yes"}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


@pytest.fixture
def desk(settings: object) -> Desk:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    load_pack(country("KAZ"))
    return made_desk()


def read(client: Client, page: str, language: str = "en") -> str:
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    return answer.content.decode()


def hand_in_lines(desk: Desk) -> None:
    rows = [
        {"year": 2024, "level": "central", "region": "KAZ", "programme": programme, "cofog": cofog, "title_kk": None,
         "title_ru": None, "title_en": f"Line {cofog}", "unit": "million", "planned": Decimal(planned), "revised": None,
         "executed": Decimal(executed), "transfer": None, "article": None, "programme_area": None}
        for programme, cofog, planned, executed in (("225.001", "09.1", 1000, 800), ("239.001", "07.3", 500, 500),
                                                    ("213.001", "01.1", 300, 300))
    ]  # fmt: skip
    by = desk.person("contributor")
    budget.hand_in_lines(by=by, body=desk.bodies["ministry"], rows=rows, mark=MARK)


def test_without_lines_the_budget_is_no_zero_and_the_country_s_own_definition_says_it_was_not_read(
    client: Client, desk: Desk
) -> None:
    page = read(client, "budget")
    assert "That is a finding, not a zero" in page
    assert "/en/figures/" in page
    own = read(client, "budget?definition=kaz-child-budget")
    assert "The rules of this definition have not been read" in own
    assert "not verified" in own


@pytest.mark.parametrize(("language", "number"), [("en", "970.5 m"), ("ru", "970,5 млн"), ("kk", "970,5 млн")])
def test_child_spending_with_its_range_and_what_no_rule_speaks_of(
    client: Client, desk: Desk, language: str, number: str
) -> None:
    hand_in_lines(desk)
    page = read(client, "budget", language)
    assert number in page.replace("\xa0", " ")
    if language == "en":
        # 800 + 500 × 0.341, the second ± 20 %; 970.5 of 1,600, of 1,170.5 planned, over 6,841,527 children
        for words in ("936.4 m – 1.0 bn", "60.7% of all lines", "142 for each child",
                      "Lines without a rule: 1 (300.0 m)", "82.9% of what was planned"):  # fmt: skip
            assert words in page, words
        assert "direct: for children alone: 100.0%" in page


def test_lines_are_found_by_words_and_hostile_queries_change_nothing(client: Client, desk: Desk) -> None:
    hand_in_lines(desk)
    assert "Line 09.1" not in read(client, "budget?q=07.3")
    assert "Line 07.3" in read(client, "budget?q=07.3")
    for query in ("q=<script>alert(1)</script>", "year=²&region='--", "definition=../x&page=-1"):
        assert "<script>alert" not in read(client, f"budget?{query}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_is_a_workbook(client: Client, desk: Desk, language: str) -> None:
    answer = client.get(f"/{language}/budget/lines.xlsx")
    assert answer.content.startswith(b"PK")
    assert f"budget-lines-{language}.xlsx" in answer["Content-Disposition"]


def test_care_shows_definitions_apart_and_the_gap(client: Client, desk: Desk) -> None:
    page = read(client, "care")
    assert "82.3%" in page
    assert "+332" in page
    assert "Orphanages for children without parental care" in page
    assert "no information is a finding" in page


def test_justice_with_its_denominator_and_small_numbers_hidden(client: Client, desk: Desk) -> None:
    counts = {"arrested": 3100, "detained": 110, "died_in_detention": 1, "detained_in_year": 260}
    rows = [{"component": c, "year": 2023, "area": "KAZ", "sex": None, "children": n} for c, n in counts.items()]
    care.hand_in_justice(by=desk.person("contributor"), body=desk.bodies["ministry"], rows=rows, mark=MARK)
    base = {"area": "KAZ", "year": 2023, "kind": "responsible_age", "from_age": 14, "children": 2_450_000}
    care.set_base(by=desk.person("reviewer"), mark=MARK, **base)
    page = read(client, "care")
    assert "126.5 per 100,000" in page
    assert "2,450,000 children aged 14–17" in page
    assert "too few to show" in page
    assert "3.8 per 1,000" not in page


def made_poll(desk: Desk) -> Poll:
    by = desk.person("contributor")
    values = {"title": text("Do you feel safe?"), "kind": "opt_in", "asked": 240, "began": "2025-05",
              "how": text("By telephone."), "missed": text("Who has no telephone."), **MARK}  # fmt: skip
    poll = voices.add_poll(by=by, body=desk.bodies["ministry"], code="safe", values=values)
    voices.add_question(by=by, poll=poll, code="q1", values={"text": text("Safe?"), "order": 1},
                        choices=[("yes", text("Yes")), ("no", text("No"))])  # fmt: skip
    people = {"F": 70, "M": 50}
    group = {"age_group": "15-17", "region": "KAZ"}
    voices.hand_in_respondents(by=by, poll=poll, rows=[{**group, "sex": s, "people": n} for s, n in people.items()])
    yes = {"F": 35, "M": 10}
    answers = [{**group, "sex": s, "choice": "yes", "people": yes[s]} for s in yes]
    answers += [{**group, "sex": s, "choice": "no", "people": people[s] - yes[s]} for s in yes]
    voices.hand_in_answers(by=by, poll=poll, rows=answers)
    voices.set_margins(by=by, poll=poll, margins={"sex": {"F": 490, "M": 510}}, mark=MARK)
    voices.record_outcome(by=by, poll=poll, code="lamps", values={"said": text("The way home is dark"), **MARK})
    return poll


def test_a_poll_says_who_is_missing_before_what_was_answered(client: Client, desk: Desk) -> None:
    assert "That none is known here is a finding, too." in read(client, "voices")
    poll = made_poll(desk)
    assert client.get("/en/voices/safe").status_code == 404
    comment = voices.submit_comment(by=desk.person("contributor"), body=desk.bodies["ministry"], poll=poll,
                                    language="ru", text="В школе темно.")  # fmt: skip
    voices.publish_poll(by=desk.person("publisher"), poll=poll)
    page = read(client, "voices/safe")
    # Half of 490 girls and a fifth of 510 boys of 1,000: 34.7 %; as counted 45 of 120.
    for words in ("34.7%", "as counted 37.5%", "240 were asked: 50.0% answered", "Opt-in, not representative",
                  "Who has no telephone.", "Nobody has answered yet."):  # fmt: skip
        assert words in page, words
    assert "В школе темно." not in page
    voices.decide_comment(by=desk.person("reviewer"), comment=comment, approve=True)
    assert "В школе темно." in read(client, "voices/safe", "kk")
    assert "safe" in read(client, "voices")


def test_a_definition_without_rules_counts_nothing_which_is_not_zero(client: Client, desk: Desk) -> None:
    hand_in_lines(desk)
    page = read(client, "budget?definition=kaz-child-budget")
    assert "This definition counts nothing of that year and place." in page
    assert "0.0%" not in page.split('id="known"')[0].replace("100.0%", "")


@pytest.mark.parametrize("page", ["budget", "care", "voices"])
def test_a_country_without_any_record_says_so(client: Client, settings: object, page: str) -> None:
    settings.COUNTRY = "XEX"  # type: ignore[attr-defined]
    assert 'class="notice"' in read(client, page)
