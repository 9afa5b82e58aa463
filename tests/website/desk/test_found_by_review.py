"""What stood in nobody's way until somebody tried it: late embargoes, two hands for four, names, published polls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from everychild.registers.actions import ACTIONS
from everychild.registers.people import actions as people
from everychild.registers.people.models import Account
from everychild.registers.refusals import Refused
from everychild.registers.submissions import actions, queries
from everychild.registers.submissions.files import check, kept
from everychild.registers.submissions.models import Submission
from everychild.registers.voices import actions as voices
from tests.registers.made import Desk
from tests.website.desk.registers_made import World
from tests.website.desk.signed import signed_in
from tests.website.desk.test_figures import BETTER, GOOD, draft_of


def rules(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [finding.rule for finding in refused.value.findings]


class TestFigures:
    @pytest.mark.parametrize("until", ["9999-12-31T23:59", "0001-01-01T00:00"])
    def test_an_embargo_outside_of_this_century_is_refused(self, desk: Desk, tmp_path: Path, until: str) -> None:
        one, client = draft_of(desk, tmp_path), signed_in(desk.person("contributor"))
        assert client.post(f"/desk/submissions/{one.pk}/embargo", {"until": until}).status_code == 409
        assert Submission.objects.get().embargo_until is None
        for address in ("calendar", "trail"):
            assert client.get(f"/desk/{address}").status_code == 200
        assert client.post(f"/desk/submissions/{one.pk}/embargo", {"until": "soon"}).status_code == 400

    @pytest.mark.parametrize("address", ["trail?since=0001-01-01", "trail?until=9999-12-31", "trail?person=%00"])
    def test_hostile_filters_are_no_filters(self, desk: Desk, address: str) -> None:
        assert signed_in(desk.person("reviewer")).get(f"/desk/{address}").status_code == 200

    def test_who_sends_another_file_neither_reviews_nor_publishes_it(
        self, desk: Desk, tmp_path: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        one, path = draft_of(desk, tmp_path), tmp_path / "better.csv"
        before = kept(one.sha256, one.sent_name)
        path.write_text(BETTER)
        person = people.add_account(by=desk.system, email="all@ministry.example", home=desk.bodies["ministry"],
                                    language="en", password="seven lakes and one steppe")  # fmt: skip
        for role in ("contributor", "reviewer", "publisher"):
            people.entrust_role(by=desk.system, account=person, body=desk.bodies["ministry"], role=role)
        person = Account.objects.get(pk=person.pk)
        assert before.is_file()
        with django_capture_on_commit_callbacks(execute=True):
            actions.replace_file(by=person, submission=one, file=check(path, "better.csv"))
        assert not before.is_file(), "a file that no submission has any more goes"
        actions.submit(by=person, submission=one)
        with pytest.raises(Refused) as refused:
            actions.review(by=person, submission=one)
        assert rules(refused) == ["submission_is_ones_own"]

    def test_who_reviewed_does_not_publish(self, desk: Desk, tmp_path: Path) -> None:
        one, person = draft_of(desk, tmp_path), desk.person("reviewer")
        people.entrust_role(by=desk.system, account=person, body=desk.bodies["ministry"], role="publisher")
        person = Account.objects.get(pk=person.pk)
        actions.submit(by=desk.person("contributor"), submission=one)
        actions.review(by=person, submission=one)
        assert "publish" not in queries.steps_of(person, Submission.objects.get())
        with pytest.raises(Refused) as refused:
            actions.publish(by=person, submission=one)
        assert rules(refused) == ["submission_is_ones_own"]

    @pytest.mark.parametrize(
        "column", ["Ученик", "Ф.И.О. ребёнка", "ИИН ребенка", "Имя и фамилия", "student name", "date of birth of child"]
    )
    def test_a_column_that_nobody_reads_is_not_kept(self, tmp_path: Path, column: str) -> None:
        path = tmp_path / "rates.csv"
        path.write_text(GOOD.replace("source\n", f"source,{column}\n", 1).replace("KAZSTAT_SDG\n", "KAZSTAT_SDG,x\n"))
        assert check(path, "rates.csv").refused


class TestRegisters:
    def test_a_full_name_in_a_reason_is_refused(self, world: World) -> None:
        with pytest.raises(Refused) as refused:
            world.recommended("R-NAME", theme="Серикова Айжан Маратовна, 12 лет")
        assert rules(refused) == ["personal_name"]

    def test_two_coders_are_of_two_bodies(self, world: World) -> None:
        world.hand_in("aligned")
        with pytest.raises(Refused) as refused:
            world.hand_in("aligned", role="reviewer")
        assert rules(refused) == ["read_by_the_same_body"]

    def test_a_published_poll_is_not_emptied_and_its_margins_stay(self, world: World) -> None:
        for action in ("add_question", "hand_in_respondents", "hand_in_answers"):
            assert not ACTIONS[f"voices.{action}"].restorable, "a later publication relied on it"
        poll = voices.publish_poll(by=world.by("publisher", "ngo"), poll=world.answered)
        mark = {"source": "made", "verified": "yes"}
        with pytest.raises(Refused) as refused:
            voices.set_margins(by=world.by("contributor"), poll=poll, margins={"sex": {"F": 1}}, mark=mark)
        assert rules(refused) == ["poll_published_already"]
        with pytest.raises(Refused):
            voices.amend_poll(by=world.by("contributor"), poll=poll, values={"note": "x"}, reason="x")

    @pytest.mark.parametrize(
        ("dimension", "category"), [("sex", "female"), ("region", "Almaty"), ("age_group", "young")]
    )
    def test_a_margin_is_of_a_group_that_answers_are_counted_in(
        self, world: World, dimension: str, category: str
    ) -> None:
        mark = {"source": "made", "verified": "yes"}
        with pytest.raises(Refused) as refused:
            voices.set_margins(
                by=world.by("contributor"), poll=world.poll, margins={dimension: {category: 5}}, mark=mark
            )
        assert rules(refused) == ["field_invalid"]
