"""From a file on somebody's disk to a figure on the site, by four hands; and what stands in everybody else's way."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from everychild.registers.people.models import Account
from everychild.registers.refusals import Refused
from everychild.registers.submissions import actions, queries
from everychild.registers.submissions.models import Expectation, Submission
from everychild.registers.submissions.reminders import remind
from everychild.releases.store import Store
from tests.registers.made import PASSWORD, Desk, made_desk

GOOD = "indicator,area,period,value,source\nu5mr,KAZ,2021,9.8,KAZSTAT_SDG\nu5mr,KAZ,2022,9.1,KAZSTAT_SDG\n"
BAD = "indicator,area,period,value,source\nu5mr,KAZ,2021,nine,KAZSTAT_SDG\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def desk(db: None) -> Desk:
    return made_desk()


def signed_in(account: Account) -> Client:
    client = Client()
    answer = client.post("/desk/sign-in", {"email": account.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def sent(client: Client, content: str = GOOD, keep: bool = True, name: str = "rates.csv") -> Any:
    form = {"body": "ministry", "title_en": "Rates", "title_ru": "Показатели", "title_kk": "Көрсеткіштер"}
    form |= {"keep": "1"} if keep else {"look": "1"}
    return client.post("/desk/submissions/new", {**form, "file": SimpleUploadedFile(name, content.encode())})


def at(client: Client, number: int, step: str, reason: str = "") -> int:
    return client.post(f"/desk/submissions/{number}/{step}", {"reason": reason}).status_code


class TestDoor:
    @pytest.mark.parametrize("address", ["", "submissions/new", "submissions/1"])
    def test_nobody_comes_in_without_signing_in(self, db: None, address: str) -> None:
        answer = Client().get(f"/desk/{address}")
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/desk/sign-in"

    def test_a_wrong_password_is_told_in_the_language_of_the_door(self, desk: Desk) -> None:
        person = desk.person("contributor")
        answer = Client().post("/desk/sign-in", {"email": person.email, "password": "no", "language": "ru"})
        assert answer.status_code == 403
        assert 'lang="ru"' in answer.content.decode()
        assert 'role="alert"' in answer.content.decode()

    def test_pages_of_the_desk_are_never_kept_by_others(self, desk: Desk) -> None:
        answer = signed_in(desk.person("contributor")).get("/desk/")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "ETag" not in answer.headers

    def test_a_form_from_elsewhere_is_refused(self, desk: Desk) -> None:
        stranger = Client(enforce_csrf_checks=True)
        person = desk.person("contributor")
        assert stranger.post("/desk/sign-in", {"email": person.email, "password": PASSWORD}).status_code == 403


class TestSending:
    def test_a_file_is_looked_at_and_not_kept(self, desk: Desk, tmp_path: Path) -> None:
        answer = sent(signed_in(desk.person("contributor")), keep=False)
        assert answer.status_code == 200
        assert not Submission.objects.exists()
        assert not (tmp_path / "submissions").exists()

    def test_a_wrong_cell_is_named_and_nothing_is_kept(self, desk: Desk, tmp_path: Path) -> None:
        answer = sent(signed_in(desk.person("contributor")), BAD)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert re.search(r"<td>2</td><td>value</td><td>nine</td>", text)
        assert not Submission.objects.exists()
        assert not (tmp_path / "submissions").exists()

    @pytest.mark.parametrize("name", ["rates.exe", "rates"])
    def test_what_is_no_table_is_refused(self, desk: Desk, name: str) -> None:
        assert sent(signed_in(desk.person("contributor")), name=name).status_code == 422

    def test_nobody_sends_for_another_body(self, desk: Desk) -> None:
        assert sent(signed_in(desk.person("contributor", "ngo"))).status_code == 400
        assert not Submission.objects.exists()


class TestWay:
    def test_four_hands_from_draft_to_the_site(
        self, desk: Desk, tmp_path: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        sent(signed_in(desk.person("contributor")))
        number = Submission.objects.get().pk
        assert at(signed_in(desk.person("contributor")), number, "submit") == 302
        assert at(signed_in(desk.person("reviewer")), number, "review") == 302
        with django_capture_on_commit_callbacks(execute=True):
            assert at(signed_in(desk.person("publisher", "ngo")), number, "publish") == 302
        done = Submission.objects.get()
        published = Store(tmp_path).published()
        assert [entry.release for entry in published] == [done.release]
        assert Store(tmp_path).observations(done.release)["value"].to_list() == [9.8, 9.1]

    @pytest.mark.parametrize("step", ["review", "publish", "give_back"])
    def test_steps_out_of_order_are_refused(self, desk: Desk, step: str) -> None:
        sent(signed_in(desk.person("contributor")))
        number = Submission.objects.get().pk
        actions.submit(by=desk.person("contributor"), submission=Submission.objects.get(pk=number))
        if step in ("review", "give_back"):
            assert at(signed_in(desk.person("contributor")), number, step) == 403
        else:
            assert at(signed_in(desk.person("publisher")), number, step, "why") == 409

    def test_nobody_reviews_or_publishes_their_own(self, desk: Desk) -> None:
        from everychild.registers.people import actions as people

        person = desk.person("contributor")
        for role in ("reviewer", "publisher"):
            people.entrust_role(by=desk.system, account=person, body=desk.bodies["ministry"], role=role)
        person = Account.objects.get(pk=person.pk)
        client = signed_in(person)
        sent(client)
        number = Submission.objects.get().pk
        at(client, number, "submit")
        assert queries.steps_of(person, Submission.objects.get()) == ("give_back",)
        assert at(client, number, "review") == 409
        actions.review(by=desk.person("reviewer"), submission=Submission.objects.get())
        assert at(client, number, "publish") == 409
        assert Submission.objects.get().state == "reviewed"

    def test_an_embargo_holds_until_its_moment(self, desk: Desk) -> None:
        sent(signed_in(desk.person("contributor")))
        submission = Submission.objects.get()
        actions.submit(by=desk.person("contributor"), submission=submission)
        actions.review(by=desk.person("reviewer"), submission=submission)
        until = timezone.now() + timedelta(hours=1)
        actions.set_embargo(by=desk.person("publisher"), submission=submission, until=until)
        assert at(signed_in(desk.person("publisher")), submission.pk, "publish") == 409

    def test_what_is_returned_says_why_and_can_be_mended(self, desk: Desk) -> None:
        contributor = signed_in(desk.person("contributor"))
        sent(contributor)
        number = Submission.objects.get().pk
        at(contributor, number, "submit")
        assert at(signed_in(desk.person("reviewer")), number, "give_back") == 409, "a reason is asked for"
        assert at(signed_in(desk.person("reviewer")), number, "give_back", "2022 is provisional") == 302
        assert "2022 is provisional" in contributor.get(f"/desk/submissions/{number}").content.decode()
        assert at(contributor, number, "submit") == 302

    def test_a_draft_exists_for_its_body_alone(self, desk: Desk) -> None:
        sent(signed_in(desk.person("contributor")))
        number = Submission.objects.get().pk
        assert signed_in(desk.person("contributor", "ngo")).get(f"/desk/submissions/{number}").status_code == 404
        assert signed_in(desk.person("reviewer", "ngo")).get(f"/desk/submissions/{number}").status_code == 404


class TestDue:
    def expected(self, desk: Desk, body: str = "ministry") -> Expectation:
        return actions.expect(
            by=desk.person("publisher"), body=desk.bodies[body],
            title={"en": "Education", "ru": "Образование", "kk": "Білім"}, every_months=3, due=date(2026, 11, 30),
        )  # fmt: skip

    def test_figures_that_were_expected_make_the_next_ones_due_when_they_are_published(
        self, desk: Desk, django_capture_on_commit_callbacks: Any
    ) -> None:
        expected, contributor = self.expected(desk), signed_in(desk.person("contributor"))
        sent(contributor)
        number = Submission.objects.get().pk
        assert "Білім" in contributor.get(f"/desk/submissions/{number}").content.decode()
        where = f"/desk/submissions/{number}/expectation"
        assert contributor.post(where, {"answers": str(expected.pk)}).status_code == 302
        at(contributor, number, "submit")
        at(signed_in(desk.person("reviewer")), number, "review")
        assert Expectation.objects.get().due == date(2026, 11, 30), "nothing is met before it is published"
        with django_capture_on_commit_callbacks(execute=True):
            at(signed_in(desk.person("publisher", "ngo")), number, "publish")
        assert Expectation.objects.get().due == date(2027, 2, 28)
        assert contributor.post(where, {"answers": ""}).status_code == 409

    def test_nobody_answers_for_another_body(self, desk: Desk) -> None:
        foreign, contributor = self.expected(desk, "ngo"), signed_in(desk.person("contributor"))
        sent(contributor)
        number = Submission.objects.get().pk
        where = f"/desk/submissions/{number}/expectation"
        assert contributor.post(where, {"answers": str(foreign.pk)}).status_code == 404
        assert signed_in(desk.person("reader")).post(where, {"answers": ""}).status_code == 403
        with pytest.raises(Refused) as refused:
            actions.set_expectation(
                by=desk.person("contributor"), submission=Submission.objects.get(), expectation=foreign
            )
        assert [found.rule for found in refused.value.findings] == ["expectation_of_another_body"]

    def test_reminders_go_out_once_a_week(self, desk: Desk) -> None:
        today = date(2026, 11, 26)
        actions.expect(
            by=desk.person("publisher"), body=desk.bodies["ministry"],
            title={"en": "Education", "ru": "Образование", "kk": "Білім"}, every_months=12,
            due=today - timedelta(days=1),
        )  # fmt: skip
        assert remind(today) == 1
        assert remind(today + timedelta(days=3)) == 0
        assert remind(today + timedelta(days=7)) == 1
        assert mail.outbox[0].to == [desk.person("contributor").email]
        assert "Білім" in mail.outbox[0].subject
        assert queries.due(desk.person("contributor"), today)[0].overdue


def test_open_files_of_every_register_can_be_downloaded(desk: Desk) -> None:
    from everychild.registers.open_files import OPEN_FILES

    assert OPEN_FILES
    for register, table in OPEN_FILES:
        answer = Client().get(f"/open/{register}/{table}.csv")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(OPEN_FILES[register, table].columns[0].encode())  # type: ignore[attr-defined]
