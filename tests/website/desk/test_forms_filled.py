"""Forms of the registers filled in: what is refused and how, what the actions get, what changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from everychild.registers.laws.models import Act, Reading
from everychild.registers.programmes.models import Step
from everychild.registers.recommendations.models import Recommendation, StatusReport
from everychild.registers.voices.models import Margin, Question
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk.forms.kinds import KINDS
from tests.website.desk.registers_cases import CASES, address, events, prepare, say, typed_into
from tests.website.desk.registers_made import World, filled
from tests.website.desk.signed import signed_in

NUMBER = "010203500078"
"""An invented individual identification number with a right check digit."""


class TestRefusals:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_was_typed_stays_beside_what_is_wrong(self, world: World, language: str) -> None:
        client, before = signed_in(say(world, world.by("reviewer"), language)), events()
        where = address(world, "laws.add_act")
        page = client.get(where).content.decode()
        typed = typed_into(page, "laws.add_act", kind="", adopted="2009-13", title_en="An <odd> title", articles=["19"])
        answer = client.post(where, typed)
        said = answer.content.decode()
        assert answer.status_code == 422
        assert "An &lt;odd&gt; title" in said
        assert filled(said)["articles"] == ["19"]
        assert filled(said)["adopted"] == ["2009-13"]
        assert 'aria-invalid="true" aria-describedby="field-kind-problem"' in said
        assert 'role="alert"' in said
        assert events() == before + 0

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_register_s_own_refusal_stands_beside_its_field(self, world: World, language: str) -> None:
        client = signed_in(say(world, world.by("reviewer"), language))
        where = address(world, "laws.add_act")
        page = client.get(where).content.decode()
        answer = client.post(where, typed_into(page, "laws.add_act", adopted="2009-13"))
        assert answer.status_code == 409
        assert 'id="field-adopted-problem"' in answer.content.decode()
        assert not Act.objects.filter(code="NEW").exists()

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("action", "field"),
        [("laws.add_act", "topic"), ("laws.add_act", "title_kk"), ("laws.amend_act", "reason_given"),
         ("recommendations.split", "parts-1-text_ru"), ("voices.submit_comment", "text"),
         ("voices.add_question", "choices-0-label_en"), ("laws.add_act", "code")],
    )  # fmt: skip
    def test_the_number_of_a_person_is_refused_in_a_sentence(
        self, world: World, action: str, field: str, language: str
    ) -> None:
        role = "contributor" if action.startswith("voices") else "reviewer"
        subject, client = prepare(world, action), signed_in(say(world, world.by(role), language))
        assert subject is not None or not CASES[action][0]
        where, before = address(world, action), events()
        page = client.get(where).content.decode()
        answer = client.post(where, typed_into(page, action, **{field: f"Child {NUMBER}."}))
        assert answer.status_code == 422
        assert f'id="field-{field}-problem"' in answer.content.decode()
        sentence = {"kk": "жеке сәйкестендіру нөмірі", "ru": "индивидуальный идентификационный номер",
                    "en": "individual identification number"}[language]  # fmt: skip
        assert sentence in answer.content.decode()
        assert events() == before

    def test_a_wrong_code_is_answered_with_what_it_may_have_meant(self, world: World) -> None:
        client = signed_in(say(world, world.by("reviewer"), "en"))
        where = address(world, "laws.record_succession")
        page = client.get(where).content.decode()
        typed = typed_into(page, "laws.record_succession", earlier="law act-2")
        answer = client.post(where, typed)
        assert answer.status_code == 422
        assert "<li>ACT-2 · Law ACT-2</li>" in answer.content.decode()
        chosen = client.post(where, {**typed, "earlier": "ACT-2 · Law ACT-2"})
        assert chosen.status_code == 302

    def test_a_result_of_another_programme_cannot_be_named(self, world: World) -> None:
        from everychild.registers.programmes import actions as programmes

        other = programmes.add(by=world.by("reviewer"), code="P-2", values={"kind": "survey", "title": {
            "kk": "a", "ru": "b", "en": "c"}})  # fmt: skip
        assert world.result
        client = signed_in(world.by("reviewer"))
        where = f"/desk/registers/do/programmes.add_result/{other.pk}"
        page = client.get(where).content.decode()
        answer = client.post(where, typed_into(page, "programmes.add_result", parent="O-1"))
        assert answer.status_code == 422

    def test_an_amendment_of_nothing_is_no_amendment(self, world: World) -> None:
        client = signed_in(world.by("reviewer"))
        where, before = address(world, "laws.amend_act"), events()
        page = client.get(where).content.decode()
        assert client.post(where, filled(page, reason_given="A whim.")).status_code == 422
        assert events() == before

    def test_what_is_there_already_is_not_added_over(self, world: World) -> None:
        client = signed_in(world.by("reviewer"))
        where = address(world, "budget.set_basis")
        page = client.get(where).content.decode()
        typed = typed_into(page, "budget.set_basis")
        assert client.post(where, typed).status_code == 302
        assert client.post(where, {**typed, "children": "1"}).status_code == 422
        one = KINDS["budget.yearbasis"].model.objects.get()
        assert one.children == 6_000_000
        page = client.get(f"{where}?of={one.pk}").content.decode()
        answer = client.post(f"{where}?of={one.pk}", filled(page, children="7000000", reason_given="Counted anew."))
        assert answer.status_code == 302
        assert KINDS["budget.yearbasis"].model.objects.get().children == 7_000_000

    def test_one_more_part_asks_for_one_more(self, world: World) -> None:
        assert world.recommendation
        client, before = signed_in(world.by("reviewer")), events()
        where = address(world, "recommendations.split")
        page = client.get(where).content.decode()
        more = client.post(where, {**typed_into(page, "recommendations.split"), "more": "parts"})
        assert more.status_code == 200
        assert 'name="parts-2-text_en"' in more.content.decode()
        assert filled(more.content.decode())["parts-1-text_en"] == ["Two"]
        assert events() == before
        assert client.post(where, filled(more.content.decode(), reason_given="So.")).status_code == 302
        assert [part.text_en for part in Recommendation.objects.exclude(parent=None).order_by("code")] == ["One", "Two"]


class TestArguments:
    """What the forms hand to the actions."""

    def done(self, world: World, action: str, role: str, **typed: Any) -> None:
        prepare(world, action)
        client, where = signed_in(world.by(role)), address(world, action)
        answer = client.post(where, typed_into(client.get(where).content.decode(), action, **typed))
        assert answer.status_code == 302, answer.content.decode()

    def test_a_date_that_follows_from_the_rhythm_stays_so(self, world: World) -> None:
        assert world.recommendation.due_set_by == "rhythm"
        self.done(world, "recommendations.amend", "reviewer")
        assert (world.recommendation.due_set_by, world.recommendation.paragraph) == ("rhythm", "30")

    def test_texts_codes_dates_and_references(self, world: World) -> None:
        self.done(world, "laws.add_act", "reviewer", adopted="04.12.2009", articles=["19", "37"], unreviewed=["kk"],
                  topic="Two\r\nlines")  # fmt: skip
        made = Act.objects.get(code="NEW")
        assert (made.adopted, made.articles, made.unreviewed, made.topic) == ("2009-12-04", "19;37", "kk", "Two\nlines")
        assert (made.title_kk, made.title_ru, made.title_en) == ("Words kk", "Words ru", "Words")

    def test_a_status_with_its_reason_in_three_languages(self, world: World) -> None:
        self.done(world, "recommendations.report_status", "contributor", source="A letter")
        report = StatusReport.objects.get()
        assert (report.reason_kk, report.reason_ru, report.reason_en, report.source) == (
            "Words kk", "Words ru", "Words", "A letter")  # fmt: skip
        assert report.body.code == "ministry"

    def test_questions_and_margins_of_parts(self, world: World) -> None:
        self.done(world, "voices.add_question", "contributor")
        choices = Question.objects.get().choices.values_list("code", "label_kk")
        assert list(choices) == [("n1-yes", "Yes kk"), ("n1-no", "No kk")]
        self.done(world, "voices.set_margins", "contributor")
        assert list(Margin.objects.values_list("category", "population")) == [("F", 5), ("M", 6)]

    def test_provisions_of_an_amendment(self, world: World) -> None:
        world.hand_in("aligned")
        self.done(world, "laws.add_version", "reviewer", provisions=[])
        assert world.cell.round == 1
        self.done(world, "laws.add_version", "reviewer", provisions=["ACT-1:1"], in_force_from="2025")
        assert world.cell.round == 2
        self.done(world, "laws.hand_in_reading", "contributor")
        self.done(world, "laws.add_version", "reviewer", in_force_from="2026")
        assert world.cell.round == 3

    def test_a_reading_stands_for_the_person_and_her_body(self, world: World) -> None:
        self.done(world, "laws.hand_in_reading", "contributor")
        reading = Reading.objects.get()
        assert (reading.coder, reading.body.code, reading.reason) == (world.by("contributor"), "ministry", "So.")

    def test_a_check_marks_the_step(self, world: World) -> None:
        self.done(world, "programmes.check_step", "publisher")
        assert Step.objects.get().verified == "yes"


class TestMeanwhile:
    def opened(self, world: World) -> tuple[Client, str, Callable[..., Any]]:
        client, where = signed_in(say(world, world.by("reviewer"), "en")), address(world, "laws.amend_act")
        page = client.get(where).content.decode()
        return client, where, lambda **typed: client.post(where, filled(page, reason_given="Read again.", **typed))

    def other(self, world: World, **values: object) -> None:
        from everychild.registers.laws.actions import amend_act

        amend_act(by=world.by("reviewer", "ngo"), act=world.act, values=values, reason="meanwhile")

    def test_what_changed_is_shown_and_the_form_may_be_sent_again(self, world: World) -> None:
        client, where, send = self.opened(world)
        self.other(world, topic="Theirs", number="61")
        answer = send(number="60")
        said = answer.content.decode()
        assert answer.status_code == 409
        assert "<td>–</td><td>Theirs</td>" in said
        kept = filled(said)
        assert kept["topic"] == ["Theirs"], "what she left alone follows the other"
        assert kept["number"] == ["60"], "what she typed stays"
        assert "Now in the register: 61" in said
        assert world.act.number == "61"
        assert client.post(where, kept).status_code == 302
        assert (world.act.number, world.act.topic) == ("60", "Theirs")

    def test_without_its_revision_nothing_is_written(self, world: World) -> None:
        client, where, _ = self.opened(world)
        before = events()
        assert client.post(where, {"number": "60", "reason_given": "So."}).status_code == 409
        assert events() == before

    def test_who_else_changed_it_is_not_told(self, world: World) -> None:
        _, _, send = self.opened(world)
        self.other(world, topic="Theirs")
        assert "@ngo.example" not in send(number="60").content.decode()
