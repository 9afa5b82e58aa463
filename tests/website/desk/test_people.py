"""Administrators look after the people of their own body, below them; everybody else finds no such page."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from everychild.registers.audit.models import AuditEvent
from everychild.registers.people import actions
from everychild.registers.people.models import ENTRUSTED, Account, Membership
from tests.registers.made import PASSWORD, PERSONS, Desk, made_person
from tests.website.desk.signed import BODIES, EVERYBODY, granted, signed_in

NEW = "eight lakes and two steppes"
ACTION_OF = {"password": "people.set_password", "close": "people.set_active", "drop": "people.drop_one_time_codes",
             "give": "people.give_role", "end": "people.end_role"}  # fmt: skip


def target_of(desk: Desk, body: str, role: str) -> Account:
    """Somebody else of that role in that body, with one-time codes."""
    made = made_person(desk.bodies[body], role, f"other-{role}@{body}.example")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    actions.set_one_time_codes(by=made, account=made, secret=secret, code=pyotp.TOTP(secret).now())
    return Account.objects.get(pk=made.pk)


def form_of(do: str, account: Account, body: str) -> dict[str, Any]:
    held = Membership.objects.get(account=account)
    more: dict[str, dict[str, Any]] = {
        "password": {"password": NEW}, "give": {"body": body, "role": "contributor"}, "end": {"membership": held.pk},
    }  # fmt: skip
    return {"do": do, "reason": "left"} | more.get(do, {})


def state_of(account: Account) -> tuple[Any, ...]:
    again = Account.objects.get(pk=account.pk)
    held = list(account.memberships.filter(ended_at=None).order_by("pk").values_list("body__code", "role"))
    return again.password, again.is_active, again.totp_secret, held


class TestWhoComesIn:
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_pages_exist_for_whom_the_table_grants_them(self, desk: Desk, body: str, role: str) -> None:
        client = signed_in(desk.person(role, body))
        administers = granted(role, "people.add_account", own=True)
        assert client.get("/desk/people").status_code == (200 if administers else 404)
        assert ('href="/desk/people"' in client.get("/desk/").content.decode()) == administers
        for of_body in BODIES:
            number = desk.person("reader", of_body).pk
            expected = 200 if administers and of_body == body else 404
            assert client.get(f"/desk/people/{number}").status_code == expected

    def test_the_account_of_the_program_is_nobodys(self, desk: Desk) -> None:
        client = signed_in(desk.person("administrator"))
        assert client.get(f"/desk/people/{desk.system.pk}").status_code == 404
        assert desk.system.email not in client.get("/desk/people").content.decode()


class TestWhatMayBeDone:
    @pytest.mark.parametrize("do", ACTION_OF)
    @pytest.mark.parametrize("to_role", PERSONS)
    @pytest.mark.parametrize("to_body", BODIES)
    @pytest.mark.parametrize("role", PERSONS)
    def test_role_by_target_by_deed(self, desk: Desk, role: str, to_body: str, to_role: str, do: str) -> None:
        target = target_of(desk, to_body, to_role)
        own = to_body == "ministry"
        before = state_of(target)
        client = signed_in(desk.person(role))
        answer = client.post(f"/desk/people/{target.pk}", form_of(do, target, "ministry"))
        seen = own and granted(role, "people.add_account", own=True)
        may = seen and granted(role, ACTION_OF[do], own=own)
        if do in ("password", "close", "drop"):
            may = may and to_role not in ENTRUSTED
        twice = do == "give" and to_role == "contributor"
        expected = 404 if not seen else 409 if may and twice else 302 if may else 403
        assert answer.status_code == expected
        assert (state_of(target) != before) == (expected == 302)
        if answer.status_code == 302:
            assert AuditEvent.objects.order_by("-number")[0].action == ACTION_OF[do]

    @pytest.mark.parametrize("to_role", PERSONS)
    def test_forms_show_what_may_be_done(self, desk: Desk, to_role: str) -> None:
        target = target_of(desk, "ministry", to_role)
        text = signed_in(desk.person("administrator")).get(f"/desk/people/{target.pk}").content.decode()
        for do in ("password", "close", "drop"):
            assert (f'name="do" value="{do}"' in text) == (to_role not in ENTRUSTED), do
        assert 'name="do" value="end"' in text

    @pytest.mark.parametrize("role", PERSONS)
    def test_which_roles_are_given(self, desk: Desk, role: str) -> None:
        """Nobody makes a reviewer, publisher or administrator here, themselves included."""
        admin, target = desk.person("administrator"), made_person(desk.bodies["ministry"], "reader", "x@x.example")
        for account in (admin, target):
            before = state_of(account)
            answer = signed_in(admin).post(
                f"/desk/people/{account.pk}", {"do": "give", "body": "ministry", "role": role}
            )
            held = (("ministry", role) in before[3]) and role not in ENTRUSTED
            assert answer.status_code == (403 if role in ENTRUSTED else 409 if held else 302)
            assert (state_of(account) != before) == (answer.status_code == 302)

    def test_no_role_is_given_in_another_body(self, desk: Desk) -> None:
        target = desk.person("reader")
        answer = signed_in(desk.person("administrator")).post(
            f"/desk/people/{target.pk}", {"do": "give", "body": "ngo", "role": "contributor"}
        )
        assert answer.status_code == 404

    def test_a_role_of_another_body_is_not_ended(self, desk: Desk) -> None:
        target = desk.person("reader")
        actions.give_role(
            by=desk.person("administrator", "ngo"), account=target, body=desk.bodies["ngo"], role="reader"
        )
        held = Membership.objects.get(account=target, body=desk.bodies["ngo"])
        client = signed_in(desk.person("administrator"))
        answer = client.post(f"/desk/people/{target.pk}", {"do": "end", "membership": held.pk, "reason": "x"})
        assert answer.status_code == 403
        assert f'name="membership" value="{held.pk}"' not in client.get(f"/desk/people/{target.pk}").content.decode()

    def test_an_account_of_another_body_keeps_its_password(self, desk: Desk) -> None:
        """Who only holds a role here is looked after elsewhere."""
        target = desk.person("reader", "ngo")
        actions.give_role(by=desk.person("administrator"), account=target, body=desk.bodies["ministry"], role="reader")
        client = signed_in(desk.person("administrator"))
        text = client.get(f"/desk/people/{target.pk}").content.decode()
        for do in ("password", "close"):
            assert f'name="do" value="{do}"' not in text
            answer = client.post(f"/desk/people/{target.pk}", {"do": do, "password": NEW, "reason": "x"})
            assert answer.status_code == 403
        assert desk.person("reader", "ngo").check_password(PASSWORD)

    @pytest.mark.parametrize("do", ["close", "drop", "end"])
    def test_a_reason_is_asked_for(self, desk: Desk, do: str) -> None:
        target = target_of(desk, "ministry", "reader")
        before = state_of(target)
        form = form_of(do, target, "ministry") | {"reason": " "}
        answer = signed_in(desk.person("administrator")).post(f"/desk/people/{target.pk}", form)
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
        assert state_of(target) == before

    def test_closed_and_opened_again(self, desk: Desk) -> None:
        target = desk.person("reader")
        client = signed_in(desk.person("administrator"))
        for do, active in (("close", False), ("open", True)):
            client.post(f"/desk/people/{target.pk}", {"do": do, "reason": "leave"})
            assert Account.objects.get(pk=target.pk).is_active is active

    def test_nobody_closes_themselves(self, desk: Desk) -> None:
        admin = desk.person("administrator")
        client = signed_in(admin)
        assert client.post(f"/desk/people/{admin.pk}", {"do": "close", "reason": "x"}).status_code == 409
        assert 'name="do" value="close"' not in client.get(f"/desk/people/{admin.pk}").content.decode()


class TestAdding:
    def added(self, desk: Desk, by: str = "administrator", **given: str) -> Any:
        form = {"body": "ministry", "email": "new@ministry.example", "language": "ru", "role": "contributor"}
        return signed_in(desk.person(by)).post("/desk/people", {**form, "password": NEW, **given})

    def test_an_account_with_its_first_role(self, desk: Desk) -> None:
        assert self.added(desk).status_code == 302
        made = Account.objects.get(email="new@ministry.example")
        assert [(role, body.code) for role, body in made.roles() if body] == [("contributor", "ministry")]
        assert made.home == desk.bodies["ministry"]
        assert made.check_password(NEW)

    @pytest.mark.parametrize("role", PERSONS)
    def test_first_roles(self, desk: Desk, role: str) -> None:
        answer = self.added(desk, role=role)
        assert answer.status_code == (403 if role in ENTRUSTED else 302)
        assert Account.objects.filter(email="new@ministry.example").exists() == (role not in ENTRUSTED)

    @pytest.mark.parametrize(
        "wrong", [{"password": "short"}, {"email": "no address"}, {"email": "reader@ngo.example"}, {"language": "xx"}]
    )
    def test_what_does_not_hold_is_said_and_what_was_typed_kept(self, desk: Desk, wrong: dict[str, str]) -> None:
        answer = self.added(desk, **wrong)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert 'role="alert"' in text
        assert f'value="{wrong.get("email", "new@ministry.example")}"' in text
        assert NEW not in text
        assert not Account.objects.filter(email="new@ministry.example").exists()

    def test_not_for_another_body(self, desk: Desk) -> None:
        assert self.added(desk, body="ngo").status_code == 404

    @pytest.mark.parametrize("role", [role for role in PERSONS if role != "administrator"])
    def test_others_add_nobody(self, desk: Desk, role: str) -> None:
        assert self.added(desk, by=role).status_code == 404


class TestBody:
    @pytest.mark.parametrize("of_body", BODIES)
    @pytest.mark.parametrize(("body", "role"), EVERYBODY)
    def test_who_renames_a_body(self, desk: Desk, body: str, role: str, of_body: str) -> None:
        form = {"name_kk": "Ж", "name_ru": "Н", "name_en": "New"}
        answer = signed_in(desk.person(role, body)).post(f"/desk/people/bodies/{of_body}", form)
        may = granted(role, "people.amend_body", own=body == of_body) and granted(role, "people.add_account", own=True)
        assert answer.status_code == (302 if may else 404)

    def test_a_name_in_every_language(self, desk: Desk) -> None:
        form = {"name_kk": "Ж", "name_ru": " ", "name_en": "New"}
        answer = signed_in(desk.person("administrator")).post("/desk/people/bodies/ministry", form)
        assert answer.status_code == 409
        assert "name_ru" in answer.content.decode()
