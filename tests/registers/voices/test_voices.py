"""Polls: counts of groups, weights as R's, what is missing said; comments without persons; what came of it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from everychild.registers.open_files import OPEN_FILES, lines
from everychild.registers.people.actions import entrust_role
from everychild.registers.people.models import Account
from everychild.registers.refusals import NotPermitted, Refused
from everychild.registers.voices import actions, queries
from everychild.registers.voices.models import Comment, Poll
from everychild.registers.voices.personal import personal_in
from everychild.registers.voices.rows import check_answers, check_respondents
from everychild.vocabulary.language import LANGUAGES, LocalText
from tests.registers.made import Desk

MARK = {"source": "a poll", "verified": "yes"}
# The twelve answers of the note, a hundred times over: weights, shares and the design effect stay what they are.
PEOPLE = {("15-17", "F"): 400, ("18-24", "F"): 300, ("15-17", "M"): 200, ("18-24", "M"): 300}
YES = {("15-17", "F"): 300, ("18-24", "F"): 100, ("15-17", "M"): 100, ("18-24", "M"): 100}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def rows(counts: dict[tuple[str, str], int], **more: str) -> list[dict[str, Any]]:
    return [{"age_group": age, "sex": sex, "region": "KAZ", "people": n, **more} for (age, sex), n in counts.items()]


@dataclass(frozen=True)
class Round:
    desk: Desk
    poll: Poll

    @property
    def contributor(self) -> Account:
        return self.desk.person("contributor")

    def refused(self, text: str) -> str:
        with pytest.raises(Refused) as refused:
            self.submit(text)
        assert not any(text in f.message(language) for f in refused.value.findings for language in LANGUAGES)
        assert [finding.value for finding in refused.value.findings] == [""]
        return refused.value.findings[0].rule

    def submit(self, text: str) -> Comment:
        return actions.submit_comment(
            by=self.contributor, body=self.desk.bodies["ministry"], poll=self.poll, language="ru", text=text
        )


@pytest.fixture
def poll(desk: Desk) -> Round:
    by = desk.person("contributor")
    values = {
        "title": text("Do you feel safe?"),
        "kind": "opt_in",
        "asked": 5000,
        "began": "2025-05",
        "how": text("By telephone."),
        "missed": text("Who has no telephone."),
        **MARK,
    }
    made = actions.add_poll(by=by, body=desk.bodies["ministry"], code="safe", values=values)
    actions.add_question(
        by=by,
        poll=made,
        code="q1",
        values={"text": text("Safe?"), "order": 1},
        choices=[("q1-yes", text("Yes")), ("q1-no", text("No"))],
    )
    actions.hand_in_respondents(by=by, poll=made, rows=rows(PEOPLE))
    no = {cell: PEOPLE[cell] - YES[cell] for cell in PEOPLE}
    actions.hand_in_answers(by=by, poll=made, rows=[*rows(YES, choice="q1-yes"), *rows(no, choice="q1-no")])
    return Round(desk, made)


def publish(poll: Round) -> Poll:
    return actions.publish_poll(by=poll.desk.person("publisher"), poll=Poll.objects.get(pk=poll.poll.pk))


def test_answers_are_weighted_as_r_does(poll: Round) -> None:
    margins = {"sex": {"F": 490, "M": 510}, "age_group": {"15-17": 300, "18-24": 700}}
    actions.set_margins(by=poll.contributor, poll=poll.poll, margins=margins, mark=MARK)
    weights = queries.weighting(poll.poll)
    assert weights.dimensions == ("age_group", "sex")
    # R survey 4.1-1 rake(), epsilon 1e-10: cases disclosure_weights 041 and 042
    assert weights.design_effect == pytest.approx(1.17737132694, rel=1e-5)
    (asked,) = queries.results(poll.poll, weights)
    yes = asked.results[0]
    assert (yes.people, yes.of, yes.percent) == (600, 1200, 50)
    assert yes.weighted == pytest.approx(42.90691134, rel=1e-5)
    shares = {(g.dimension, g.category): g for g in queries.who_took_part(poll.poll)}
    assert shares["age_group", "15-17"].percent == 50
    assert shares["age_group", "15-17"].population_percent == 30


def test_a_group_that_nobody_answered_from_stops_the_weighting_and_is_named(poll: Round) -> None:
    margins = {"age_group": {"10-14": 500, "15-17": 300, "18-24": 700}}
    actions.set_margins(by=poll.contributor, poll=poll.poll, margins=margins, mark=MARK)
    weights = queries.weighting(poll.poll)
    assert (weights.raked, weights.refused) == (None, "10-14")
    assert queries.results(poll.poll, weights)[0].results[0].weighted is None


def test_nobody_publishes_their_own_and_drafts_are_not_seen(poll: Round) -> None:
    assert queries.poll("safe") is None
    assert publish(poll).state == "published"
    assert [found.took_part for found in queries.polls("KAZ")] == [1200]
    with pytest.raises(Refused) as refused:
        actions.hand_in_respondents(by=poll.contributor, poll=Poll.objects.get(code="safe"), rows=[])
    assert refused.value.findings[0].rule == "poll_published_already"
    with pytest.raises(NotPermitted):
        actions.publish_poll(by=poll.contributor, poll=poll.poll)


def test_questions_stand_in_all_three_languages(poll: Round) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_question(
            by=poll.contributor,
            poll=poll.poll,
            code="q2",
            choices=[],
            values={"text_en": "Why?", "text_ru": "Почему?", "order": 2},
        )
    assert refused.value.findings[0].rule == "question_not_in_all_languages"


def test_no_group_has_more_answers_than_people(poll: Round, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        actions.hand_in_answers(by=poll.contributor, poll=poll.poll, rows=rows({("15-17", "F"): 401}, choice="q1-yes"))
    assert refused.value.findings[0].rule == "more_answers_than_people"
    path = tmp_path / "a.csv"
    path.write_text(
        "choice,age_group,sex,region,people\nq1-yes,15-17,F,KAZ,400\nq1-no,15-17,F,KAZ,1\nq9,young,X,KAZ,1\n", "utf-8"
    )
    found = {(f.row, f.column, f.rule) for f in check_answers(path, "a.csv", poll.poll).findings}
    assert found == {
        (3, "people", "more_answers_than_people"),
        (4, "choice", "field_not_a_choice"),
        (4, "age_group", "not_an_age_group"),
        (4, "sex", "field_not_a_choice"),
    }
    path.write_text("age_group,sex,region,people,Телефон\n15-17,F,KAZ,4,1\n", "utf-8")
    assert [f.rule for f in check_respondents(path, "a.csv").findings if f.rule == "contact_column"] == [
        "contact_column"
    ]


def test_open_answers_are_by_one_group_at_a_time_and_small_ones_hidden(poll: Round) -> None:
    actions.hand_in_respondents(by=poll.contributor, poll=poll.poll, rows=rows({("15-17", "O"): 4}))
    publish(poll)
    found = list(csv.DictReader(lines(OPEN_FILES["voices", "answers"])))
    assert {row["dimension"] for row in found} == {"all", "age_group", "sex", "region"}
    by_sex = {row["category"]: row for row in found if row["dimension"] == "sex" and row["choice__code"] == "q1-yes"}
    assert (by_sex["O"]["hidden"], by_sex["O"]["people"]) == ("yes", "")
    assert by_sex["M"]["hidden"] == "yes"  # one hidden group alone could be told from the total
    assert by_sex["F"]["people"] == "400"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("Позвоните мне: +7 701 123-45-67", "comment_holds_contact"),
        ("8(701)1234567 это мама", "comment_holds_contact"),
        ("пишите на someone@mail.example", "comment_holds_contact"),
        ("Меня зовут Данияр, в школе холодно", "comment_holds_name"),
        ("Менің атым Әсел, бізде су жоқ", "comment_holds_name"),
        ("My name is Dana and I am scared", "comment_holds_name"),
        ("Учитель Иванов Пётр Сергеевич кричит", "comment_holds_name"),
        ("Директор Садыкова Гульнара не слушает", "comment_holds_name"),
        ("позвони 272-45-67", "comment_holds_contact"),
        ("мой номер 050101500000", "personal_number"),
        ("В школе холодно, и нас 40 в классе. Школа имени Абая.", ""),
        ("In 2024 2025 2026 nothing changed at school 12", ""),
    ],
)
def test_comments_with_persons_in_them_are_found(said: str, rule: str) -> None:
    assert personal_in(said) == rule


def test_comments_are_decided_by_somebody_else(poll: Round) -> None:
    assert poll.refused("Позвоните мне: +7 701 123-45-67") == "comment_holds_contact"
    comment = poll.submit("В школе холодно.")
    assert list(queries.comments(poll.poll)) == []
    assert list(queries.waiting()) == [comment]
    reviewer = poll.desk.person("reviewer")
    with pytest.raises(Refused) as refused:
        actions.decide_comment(by=reviewer, comment=comment, approve=False)
    assert refused.value.findings[0].rule == "empty_cell"
    comment.refresh_from_db()
    actions.decide_comment(by=reviewer, comment=comment, approve=True)
    assert [found.text for found in queries.comments(poll.poll)] == ["В школе холодно."]
    with pytest.raises(Refused) as refused:
        actions.decide_comment(by=reviewer, comment=comment, approve=False, reason="late")
    assert refused.value.findings[0].rule == "comment_decided_already"


def test_what_changed_needs_evidence_and_an_answer_its_author(poll: Round) -> None:
    given = {"by": poll.contributor, "poll": poll.poll, "code": "lights"}
    said = {"said": text("The way home is dark"), **MARK}
    actions.record_outcome(values=said, **given)
    with pytest.raises(Refused) as refused:
        actions.record_outcome(values={"answered": text("We will look")}, **given)
    assert refused.value.findings[0].rule == "answer_of_nobody"
    with pytest.raises(Refused) as refused:
        actions.record_outcome(values={"changed": text("Lamps stand")}, **given)
    assert refused.value.findings[0].rule == "change_without_evidence"
    actions.record_outcome(values={"changed": text("Lamps stand"), "evidence": "budget line 2026-1"}, **given)
    assert [found.changed.en for found in queries.outcomes(poll.poll)] == ["Lamps stand"]


def test_four_eyes_hold_for_who_has_both_roles(poll: Round) -> None:
    account = poll.contributor
    for role in ("publisher", "reviewer"):
        entrust_role(by=poll.desk.system, account=account, body=poll.desk.bodies["ministry"], role=role)
    comment = poll.submit("В школе холодно.")
    with pytest.raises(Refused) as refused:
        actions.decide_comment(by=poll.contributor, comment=comment, approve=True)
    assert refused.value.findings[0].rule == "comment_is_ones_own"
    with pytest.raises(Refused) as refused:
        actions.publish_poll(by=poll.contributor, poll=poll.poll)
    assert refused.value.findings[0].rule == "poll_is_ones_own"
