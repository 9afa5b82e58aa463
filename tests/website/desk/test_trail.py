"""Who reads what of the trail, in whose words; the chain; turning an event back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from everychild.registers.actions import ACTIONS
from everychild.registers.audit import queries
from everychild.registers.audit.actions import restore
from everychild.registers.audit.models import AuditEvent
from everychild.registers.audit.queries import Asked
from everychild.registers.installed import REGISTERS
from everychild.registers.people import actions as people
from everychild.registers.people.models import Account, Membership
from everychild.registers.records import Record, kind_of
from everychild.registers.submissions import actions as submissions
from everychild.registers.submissions.files import check
from everychild.registers.submissions.models import Submission
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.website.desk import told
from everychild.website.texts import interface_texts
from tests.registers.made import Desk, made_person
from tests.website.desk.signed import BODIES, EVERYBODY, granted, signed_in

GOOD = "indicator,area,period,value,source\nu5mr,KAZ,2021,9.8,KAZSTAT_SDG\n"


def draft_of(desk: Desk, body: str, tmp_path: Any) -> Submission:
    path = tmp_path / f"{body}.csv"
    path.write_text(GOOD)
    title = {"en": "Rates", "ru": "Показатели", "kk": "Көрсеткіштер"}
    given = {"body": desk.bodies[body], "title": title, "file": check(path, "rates.csv")}
    return submissions.draw_up(by=desk.person("contributor", body), **given)


def other_of(body: str) -> str:
    return next(other for other in BODIES if other != body)


def event_of(action: str) -> AuditEvent:
    return AuditEvent.objects.filter(action=action).order_by("-number")[0]


@pytest.fixture
def deeds(desk: Desk, tmp_path: Any) -> dict[str, AuditEvent]:
    """One event of each sort there is: by body, of the registers, of drafts, of people, by the command line."""
    found: dict[str, AuditEvent] = {}
    for body in BODIES:
        sent = draft_of(desk, body, tmp_path)
        submissions.submit(by=desk.person("contributor", body), submission=sent)
        found[f"{body} submitted"] = event_of("submissions.submit")
        submissions.review(by=desk.person("reviewer", other_of(body)), submission=sent)
        found[f"{body} figures reviewed by the other body"] = event_of("submissions.review")
        draft_of(desk, body, tmp_path)
        found[f"{body} draft"] = event_of("submissions.draw_up")
        made_person(desk.bodies[body], "reader", f"new@{body}.example")
        found[f"{body} entrusted by the command line"] = event_of("people.entrust_role")
        newcomer = Account.objects.get(email=f"new@{body}.example")
        people.set_active(by=desk.person("administrator", body), account=newcomer, active=False, reason="left")
        found[f"{body} person"] = event_of("people.set_active")
    expectation = submissions.expect(
        by=desk.person("publisher"), body=desk.bodies["ministry"],
        title={"en": "x", "ru": "x", "kk": "x"}, every_months=12, due=date(2027, 1, 1),
    )  # fmt: skip
    submissions.note_reminder(by=desk.system, expectation=expectation, on=date(2027, 1, 1))
    found["register by the command line"] = event_of("submissions.note_reminder")
    people.amend_body(by=desk.person("administrator"), body=desk.bodies["ministry"], name=LocalText("A", "A", "A"))
    restore(by=desk.person("administrator"), event=event_of("people.amend_body"), reason="slip")
    found["ministry person put back"] = event_of("audit.restore")
    return found


def may_read(body: str, role: str, sort: str) -> bool:
    """The rule in other words than the query: by the sort of the event, not by its columns."""
    of_body, _, what = sort.partition(" ")
    own = of_body == body
    if what.startswith(("person", "entrusted")):
        return own and role == "administrator"
    if what == "draft":
        return own
    if what.startswith("figures reviewed"):
        return True  # by one of the two bodies, to the figures of the other
    return own or role in ("reviewer", "publisher")


class TestWhoReadsWhat:
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_each_role_reads_exactly_what_the_rule_says(
        self, desk: Desk, deeds: dict[str, AuditEvent], body: str, role: str
    ) -> None:
        person = desk.person(role, body)
        client = signed_in(person)
        seen = set(queries.seen_by(person).values_list("number", flat=True))
        for sort, event in deeds.items():
            assert (event.number in seen) == may_read(body, role, sort), sort
            answer = client.get(f"/desk/trail/{event.number}")
            assert answer.status_code == (200 if may_read(body, role, sort) else 404), sort
            change = event.changes[0]
            answer = client.get(f"/desk/trail/of/{change['kind']}/{change['key']}")
            assert (f'href="/desk/trail/{event.number}"' in answer.content.decode()) == may_read(body, role, sort), sort

    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_list_and_download_hold_nothing_more(
        self, desk: Desk, deeds: dict[str, AuditEvent], body: str, role: str
    ) -> None:
        person = desk.person(role, body)
        client = signed_in(person)
        seen = set(queries.seen_by(person).values_list("number", flat=True))
        rows = csv.DictReader(io.StringIO(read(client.get("/desk/trail.csv"))))
        assert {int(row["number"]) for row in rows} == seen
        shown = client.get("/desk/trail").content.decode()
        assert all((f"/desk/trail/{e.number}" in shown) == (e.number in seen) for e in deeds.values())

    def test_a_draft_is_read_once_it_is_submitted(self, desk: Desk, deeds: dict[str, AuditEvent]) -> None:
        event = deeds["ngo draft"]
        sent = Submission.objects.get(pk=event.changes[0]["key"])
        submissions.submit(by=desk.person("contributor", "ngo"), submission=sent)
        assert queries.seen_by(desk.person("reviewer")).filter(number=event.number).exists()

    def test_who_has_no_role_reads_nothing(self, desk: Desk, deeds: dict[str, AuditEvent]) -> None:
        person = desk.person("publisher")
        for membership in Membership.objects.filter(account=person):
            people.end_role(by=desk.system, membership=membership, reason="left")
        assert not queries.seen_by(desk.person("publisher")).exists()


def read(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


class TestFilters:
    def test_each_filter_narrows_to_what_it_names(self, desk: Desk, deeds: dict[str, AuditEvent]) -> None:
        person = desk.person("administrator")
        every = list(queries.found(person, Asked()))
        event = deeds["ministry draft"]
        change = event.changes[0]
        kinds: dict[str, Callable[[AuditEvent], bool]] = {
            "register": lambda e: e.action.startswith("people."),
            "action": lambda e: e.action == event.action,
            "person": lambda e: "contributor" in e.account.email,
            "record": lambda e: any((c["kind"], c["key"]) == (change["kind"], change["key"]) for c in e.changes),
        }
        asked = {
            "register": Asked(register="people"), "action": Asked(action=event.action),
            "person": Asked(person="contributor"), "record": Asked(kind=change["kind"], key=change["key"]),
        }  # fmt: skip
        for name, keeps in kinds.items():
            found = [e.number for e in queries.found(person, asked[name])]
            assert found == [e.number for e in every if keeps(e)], name
            assert 0 < len(found) < len(every), name

    def test_days_are_included(self, desk: Desk, deeds: dict[str, AuditEvent]) -> None:
        person, today = desk.person("contributor"), timezone.localdate()
        count = queries.found(person, Asked()).count()
        assert queries.found(person, Asked(since=today, until=today)).count() == count > 0
        assert not queries.found(person, Asked(until=today - timedelta(days=1))).exists()
        assert not queries.found(person, Asked(since=today + timedelta(days=1))).exists()

    @pytest.mark.parametrize("query", ["since=2026-13-45", "register=secrets", "page=x", "kind=no.such", "until=x"])
    def test_nonsense_in_the_address_is_no_error(self, desk: Desk, query: str) -> None:
        assert signed_in(desk.person("contributor")).get(f"/desk/trail?{query}").status_code == 200

    def test_newest_first(self, desk: Desk, deeds: dict[str, AuditEvent]) -> None:
        numbers = [e.number for e in queries.found(desk.person("publisher"), Asked())]
        assert numbers == sorted(numbers, reverse=True)


class TestWords:
    def test_every_action_and_kind_of_record_has_words(self, db: None) -> None:
        kinds = [kind_of(m) for m in apps.get_models() if issubclass(m, Record)]
        keys = [f"desk.action.{name}" for name in ACTIONS] + [f"desk.kind.{kind}" for kind in kinds]
        keys += [f"desk.register.{name}" for name in REGISTERS]
        assert [key for key in keys if key not in interface_texts()] == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_column_of_every_record_has_a_label(self, db: None, language: Any) -> None:
        columns = [
            (kind_of(m), field.attname)
            for m in apps.get_models() if issubclass(m, Record)
            for field in m._meta.concrete_fields if field.name not in told.UNSAID
        ]  # fmt: skip
        assert [c for c in columns if told.column_word(*c, language) == c[1]] == []

    def test_an_event_says_who_for_whom_why_and_each_column(self, desk: Desk, tmp_path: Any) -> None:
        sent = draft_of(desk, "ministry", tmp_path)
        submissions.submit(by=desk.person("contributor"), submission=sent)
        submissions.give_back(by=desk.person("reviewer", "ngo"), submission=sent, reason="2021 is <wrong>")
        number = event_of("submissions.give_back").number
        person = desk.person("contributor")
        people.set_language(by=person, account=person, language="en")
        text = signed_in(desk.person("contributor")).get(f"/desk/trail/{number}").content.decode()
        for said in ("Figures returned", "reviewer@ngo.example", "Body ngo", "2021 is &lt;wrong&gt;",
                     "<td>submitted</td><td>returned</td>", "Returned because"):  # fmt: skip
            assert said in text, said

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_a_column_refers_to_is_named_in_the_language(self, desk: Desk, tmp_path: Any, language: Any) -> None:
        sent = draft_of(desk, "ministry", tmp_path)
        (one,) = told.tell([event_of("submissions.draw_up")], language, 3)
        after = {cell.column: cell.after for cell in one.changes[0].cells}
        assert after[told.column_word("submissions.submission", "body_id", language)] == sent.body.name[language]
        assert after[told.column_word("submissions.submission", "drawn_up_by_id", language)] == sent.drawn_up_by.email

    def test_codes_of_closed_lists_are_said_in_words(self, desk: Desk) -> None:
        person = desk.person("reader")
        people.set_language(by=person, account=person, language="ru")
        made = [event_of("people.set_language"), event_of("people.entrust_role")]
        said = {c.column: (c.before, c.after) for one in told.tell(made, "en", 3) for c in one.changes[0].cells}
        assert said["Language"] == ("Қазақша", "Русский")
        assert said["Role"] == (told.NOTHING, "administrator")

    def test_no_secret_is_told(self, desk: Desk) -> None:
        person = desk.person("reader")
        people.set_password(by=desk.person("administrator"), account=person, password="another long password")
        client = signed_in(desk.person("administrator"))
        number = event_of("people.set_password").number
        stored = Account.objects.get(pk=person.pk).password
        for address in (f"/desk/trail/{number}", "/desk/trail"):
            text = client.get(address).content.decode()
            assert stored not in text
            assert stored.replace("$", "") not in text
        assert "(құпия)" in client.get(f"/desk/trail/{number}").content.decode()
        assert stored not in read(client.get("/desk/trail.csv"))


class TestChain:
    def test_the_chain_is_computed_when_asked_for(self, desk: Desk) -> None:
        client = signed_in(desk.person("reader"))
        head = queries.verify_chain().head
        assert f"Бүтін: {AuditEvent.objects.count()} оқиға" in client.get("/desk/trail?chain=1").content.decode()
        assert head in client.get("/desk/trail").content.decode()

    def test_a_break_is_told(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        report = queries.ChainReport(3, ((2, "says something else"),), "0" * 64)
        monkeypatch.setattr(queries, "verify_chain", lambda: report)
        text = signed_in(desk.person("reader")).get("/desk/trail?chain=1").content.decode()
        assert "Бұзылған, орны: 1, алғашқысы – 2 оқиғасы" in text


class TestTurningBack:
    def pledged(self, desk: Desk, body: str) -> AuditEvent:
        name = LocalText("Renamed", "Переименован", "Өзгертілген")
        people.amend_body(by=desk.person("administrator", body), body=desk.bodies[body], name=name)
        return event_of("people.amend_body")

    @pytest.mark.parametrize("of_body", BODIES)
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_who_may_turn_back(self, desk: Desk, body: str, role: str, of_body: str) -> None:
        event = self.pledged(desk, of_body)
        client = signed_in(desk.person(role, body))
        answer = client.post(f"/desk/trail/{event.number}/back", {"reason": "slip"})
        reads = queries.seen_by(desk.person(role, body)).filter(number=event.number).exists()
        may = granted(role, "audit.restore", own=body == of_body)
        assert answer.status_code == (302 if may and reads else 403 if reads else 404)
        again = type(desk.bodies[of_body]).objects.get(code=of_body)
        assert (again.name_en == f"Body {of_body}") == (may and reads)

    def test_it_asks_for_a_reason_and_keeps_the_page(self, desk: Desk) -> None:
        event = self.pledged(desk, "ministry")
        answer = signed_in(desk.person("administrator")).post(f"/desk/trail/{event.number}/back", {"reason": " "})
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
        assert 'name="reason"' in answer.content.decode()

    def test_what_was_changed_since_is_not_turned_back(self, desk: Desk) -> None:
        event = self.pledged(desk, "ministry")
        body = type(desk.bodies["ministry"]).objects.get(code="ministry")
        people.amend_body(by=desk.person("administrator"), body=body, name=LocalText("C", "C", "C"))
        answer = signed_in(desk.person("administrator")).post(f"/desk/trail/{event.number}/back", {"reason": "slip"})
        assert answer.status_code == 409

    def test_no_button_where_it_cannot_be_turned_back(self, desk: Desk) -> None:
        admin = desk.person("administrator")
        people.set_password(by=admin, account=desk.person("reader"), password="another long password")
        number = event_of("people.set_password").number
        assert 'name="reason"' not in signed_in(admin).get(f"/desk/trail/{number}").content.decode()
        assert signed_in(admin).post(f"/desk/trail/{number}/back", {"reason": "x"}).status_code == 409

    def test_a_record_that_was_taken_further_stays(self, desk: Desk, tmp_path: Any) -> None:
        sent = draft_of(desk, "ministry", tmp_path)
        submissions.submit(by=desk.person("contributor"), submission=sent)
        number = event_of("submissions.draw_up").number
        answer = signed_in(desk.person("administrator")).post(f"/desk/trail/{number}/back", {"reason": "x"})
        assert answer.status_code == 409
        assert Submission.objects.filter(pk=sent.pk).exists()


def test_a_load_of_many_rows_is_told_by_number_and_checksum(desk: Desk) -> None:
    change = {"kind": "laws.act", "key": "1…9", "before": None,
              "after": {"rows": 9, "first": "1", "last": "9", "sha256": "ab" * 32}}  # fmt: skip
    event = AuditEvent(number=1, action="laws.load_pack", account=desk.system, at=event_of("people.add_body").at)
    event.changes_text = json.dumps([change])
    (one,) = told.tell([event], "en", 3)
    assert (one.changes[0].deed, one.changes[0].cells) == ("many", ())
