"""One deed: one permission, one transaction, one event with before and after; nothing is written otherwise."""

from __future__ import annotations

import pytest
from django.db.models import ProtectedError

from everychild.registers import actions as core
from everychild.registers.actions import action
from everychild.registers.audit.actions import restore
from everychild.registers.audit.models import AuditEvent
from everychild.registers.audit.queries import events_of, stamp
from everychild.registers.changes import WriteOutsideAction
from everychild.registers.people import actions
from everychild.registers.people.models import Account, Body, Membership
from everychild.registers.records import SECRET
from everychild.registers.refusals import NotPermitted, Refused
from everychild.vocabulary.language import LocalText
from tests.registers.made import PASSWORD, Desk, made_body

NEW_NAME = LocalText(en="Another", ru="Другой", kk="Басқа", unreviewed=frozenset({"ru", "kk"}))


def rules_of(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.column) for finding in refused.value.findings]


def test_an_action_leaves_one_event_with_before_and_after(desk: Desk) -> None:
    by, body = desk.person("administrator"), Body.objects.get(code="ministry")
    before = AuditEvent.objects.count()
    actions.amend_body(by=by, body=body, name=NEW_NAME, reason="renamed by decree")
    assert AuditEvent.objects.count() == before + 1
    event = events_of(body).last()
    assert event is not None
    assert (event.account, event.body, event.action) == (by, body, "people.amend_body")
    assert event.reason == "renamed by decree"
    [change] = event.changes
    assert (change["kind"], change["key"]) == ("people.body", str(body.pk))
    assert (change["before"]["name_en"], change["after"]["name_en"]) == ("Body ministry", "Another")
    assert change["after"]["unreviewed"] == "kk;ru"


def test_what_changes_nothing_is_no_event(desk: Desk) -> None:
    body, last, revision = Body.objects.get(code="ministry"), stamp(), desk.bodies["ministry"].revision
    actions.amend_body(by=desk.system, body=body, name=body.name)
    assert stamp() == last
    assert Body.objects.get(pk=body.pk).revision == revision


def test_records_are_not_written_outside_an_action(desk: Desk) -> None:
    body = desk.bodies["ngo"]
    for write in (body.save, body.delete, lambda: Body.objects.create(code="x", kind="ngo", name_en="X")):
        with pytest.raises(WriteOutsideAction):
            write()
    with pytest.raises(WriteOutsideAction):
        Body.objects.bulk_create([Body(code="x", kind="ngo", name_en="X")])
    for write in (lambda: Body.objects.update(kind="ngo"), Body.objects.all().delete):
        with pytest.raises(TypeError, match="one by one"):
            write()


def test_a_failing_action_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    last = stamp()
    monkeypatch.setattr(core, "write_event", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.amend_body(by=desk.system, body=desk.bodies["ngo"], name=NEW_NAME)
    assert Body.objects.get(code="ngo").name_en == "Body ngo"
    assert stamp() == last


def test_who_has_read_an_older_state_does_not_overwrite(desk: Desk) -> None:
    mine, yours = Body.objects.get(code="ngo"), Body.objects.get(code="ngo")
    actions.amend_body(by=desk.system, body=mine, name=NEW_NAME)
    with pytest.raises(Refused) as refused:
        actions.amend_body(by=desk.system, body=yours, name=LocalText(en="Third", ru="Третий", kk="Үшінші"))
    assert rules_of(refused) == [("changed_meanwhile", "")]


def test_what_does_not_hold_is_refused_by_column(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_body(by=desk.system, code="ministry", kind="kingdom", name=NEW_NAME)
    assert sorted(rules_of(refused)) == [("field_not_a_choice", "kind"), ("field_not_unique", "code")]
    assert refused.value.findings[0].message("kk") != refused.value.findings[0].message("ru")


def test_an_identification_number_in_a_text_is_refused(desk: Desk) -> None:
    name = LocalText(en="Body of 050101500103", ru="Орган", kk="Ұйым")
    with pytest.raises(Refused) as refused:
        actions.add_body(by=desk.system, code="x", kind="ngo", name=name)
    assert rules_of(refused) == [("personal_number", "name_en")]


def test_declarations_that_make_no_sense_are_errors_of_the_program() -> None:
    def walk(*, by: Account) -> None:
        """An action of another register."""

    walk.__module__ = "everychild.registers.people.actions"
    for name, on, said in (("laws.walk", "", "stands in the register"), ("people.add_body", "", "two actions"),
                           ("people.walk", "act", "has no parameter")):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            action(name, on=on)(walk)


def test_an_action_never_calls_another(desk: Desk) -> None:
    def walk(*, by: Account) -> None:
        actions.add_body(by=by, code="x", kind="ngo", name=NEW_NAME)

    walk.__module__ = "everychild.registers.people.actions"
    try:
        outer = action("people.walk")(walk)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(core, "permitted_as", lambda *_: None)
            with pytest.raises(RuntimeError, match="never calls another"):
                outer(by=desk.system)
    finally:
        del core.ACTIONS["people.walk"]


class TestSecrets:
    def test_the_audit_knows_that_a_password_changed_and_not_which(self, desk: Desk) -> None:
        reader = desk.person("reader")
        actions.set_password(by=reader, account=reader, password="quite another set of words")
        event = events_of(reader).last()
        assert event is not None
        [change] = event.changes
        assert change["before"]["password"] == SECRET
        assert change["after"]["password"].startswith(SECRET)
        assert change["before"] != change["after"]
        assert Account.objects.get(pk=reader.pk).check_password("quite another set of words")

    def test_weak_passwords_are_refused_with_a_rule(self, desk: Desk) -> None:
        reader = desk.person("reader")
        for password, rule in (("short", "password_too_short"), ("123456789012", "password_entirely_numeric"),
                               ("reader@ministry.example", "password_too_similar")):  # fmt: skip
            with pytest.raises(Refused) as refused:
                actions.set_password(by=reader, account=reader, password=password)
            assert (rule, "password") in rules_of(refused)

    def test_administrators_do_not_reach_up(self, desk: Desk) -> None:
        administrator, publisher = desk.person("administrator"), desk.person("publisher")
        with pytest.raises(NotPermitted):
            actions.set_password(by=administrator, account=publisher, password=PASSWORD + "!")
        with pytest.raises(NotPermitted):
            actions.set_active(by=administrator, account=publisher, active=False, reason="mine now")
        with pytest.raises(NotPermitted):
            actions.give_role(by=administrator, account=administrator, body=desk.bodies["ministry"], role="publisher")
        actions.set_active(by=administrator, account=desk.person("reader"), active=False, reason="has left")

    def test_nobody_closes_their_own_account(self, desk: Desk) -> None:
        by = desk.person("administrator")
        with pytest.raises(Refused) as refused:
            actions.set_active(by=by, account=by, active=False, reason="tired")
        assert rules_of(refused) == [("own_account", "")]


class TestRestoring:
    def test_puts_back_and_is_an_event_itself(self, desk: Desk) -> None:
        body = Body.objects.get(code="ministry")
        was = body.values()
        actions.amend_body(by=desk.person("administrator"), body=body, name=NEW_NAME)
        event = events_of(body).last()
        assert event is not None
        restore(by=desk.person("administrator"), event=event, reason="the decree was withdrawn")
        assert Body.objects.get(pk=body.pk).values() == was
        assert [e.action for e in events_of(body)] == ["people.add_body", "people.amend_body", "audit.restore"]

    def test_removes_what_the_event_made_unless_others_refer_to_it(self, desk: Desk) -> None:
        body = made_body("short-lived")
        restore(by=desk.system, event=events_of(body).get(), reason="made by mistake")
        assert not Body.objects.filter(code="short-lived").exists()
        with pytest.raises(ProtectedError):
            restore(by=desk.system, event=events_of(desk.bodies["ngo"]).get(), reason="made by mistake")

    def test_not_over_a_later_change_not_without_reason_not_of_a_secret_not_of_a_role(self, desk: Desk) -> None:
        body = made_body("busy")
        actions.amend_body(by=desk.system, body=body, name=NEW_NAME)
        made = events_of(body).first()
        role = AuditEvent.objects.filter(action="people.entrust_role").first()
        account = AuditEvent.objects.filter(action="people.add_account").first()
        assert made is not None
        assert role is not None
        assert account is not None
        for event, reason, rule in ((made, "x", "changed_meanwhile"), (made, " ", "reason_required"),
                                    (role, "x", "cannot_restore"), (account, "x", "cannot_restore")):  # fmt: skip
            with pytest.raises(Refused) as refused:
                restore(by=desk.system, event=event, reason=reason)
            assert rules_of(refused)[0][0] == rule

    def test_only_administrators_of_the_body_it_was_done_for(self, desk: Desk) -> None:
        actions.amend_body(by=desk.person("administrator"), body=Body.objects.get(code="ministry"), name=NEW_NAME)
        event = AuditEvent.objects.last()
        assert event is not None
        for by in (desk.person("administrator", "ngo"), desk.person("publisher")):
            with pytest.raises(NotPermitted):
                restore(by=by, event=event, reason="not mine")


def test_a_role_is_held_once_and_ended_not_removed(desk: Desk) -> None:
    reader, body = desk.person("reader"), desk.bodies["ministry"]
    with pytest.raises(Refused):
        actions.give_role(by=desk.person("administrator"), account=reader, body=body, role="reader")
    actions.end_role(by=desk.person("administrator"), membership=reader.memberships.get(), reason="changed post")
    actions.give_role(by=desk.person("administrator"), account=reader, body=body, role="reader")
    assert Membership.objects.filter(account=reader).count() == 2
