"""One's own account: language, password, one-time codes; nobody else's."""

from __future__ import annotations

import re

import pyotp
import pytest
from django.test import Client

from everychild.registers.people import actions
from everychild.registers.people.models import Account
from everychild.registers.people.sign_in import MOST
from tests.registers.made import PASSWORD, PERSONS, Desk
from tests.website.desk.signed import signed_in

NEW = "eight lakes and two steppes"
ADDRESSES = ("account", "account/codes")


def own(desk: Desk, role: str = "contributor") -> Account:
    return desk.person(role)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_comes_in_without_signing_in(db: None, address: str) -> None:
    assert Client().get(f"/desk/{address}").headers["Location"] == "/desk/sign-in"
    assert Client().post(f"/desk/{address}", {"do": "language", "language": "en"}).status_code == 302


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", PERSONS)
def test_every_role_has_its_own_account(desk: Desk, role: str, address: str) -> None:
    answer = signed_in(own(desk, role)).get(f"/desk/{address}")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_form_from_elsewhere_is_refused(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(own(desk))
    assert client.post("/desk/account", {"do": "language", "language": "en"}).status_code == 403
    assert own(desk).language == "kk"


class TestLanguage:
    @pytest.mark.parametrize("role", PERSONS)
    def test_every_role_sets_its_own(self, desk: Desk, role: str) -> None:
        client = signed_in(own(desk, role))
        assert client.post("/desk/account", {"do": "language", "language": "ru"}).status_code == 302
        assert own(desk, role).language == "ru"
        assert '<html lang="ru">' in client.get("/desk/account").content.decode()

    def test_a_language_the_desk_does_not_speak_is_refused(self, desk: Desk) -> None:
        answer = signed_in(own(desk)).post("/desk/account", {"do": "language", "language": "xx"})
        assert answer.status_code == 409
        assert '<html lang="kk">' in answer.content.decode()
        assert own(desk).language == "kk"


class TestPassword:
    @pytest.mark.parametrize("role", PERSONS)
    def test_the_session_goes_on_and_others_end(self, desk: Desk, role: str) -> None:
        here, elsewhere = signed_in(own(desk, role)), signed_in(own(desk, role))
        given = {"do": "password", "now": PASSWORD, "new": NEW}
        assert here.post("/desk/account", given).status_code == 302
        assert here.get("/desk/account").status_code == 200
        assert elsewhere.get("/desk/account").headers["Location"] == "/desk/sign-in"
        assert own(desk, role).check_password(NEW)

    @pytest.mark.parametrize(("now", "new"), [("wrong", NEW), (PASSWORD, "short"), (PASSWORD, "123456789012345")])
    def test_a_wrong_or_weak_one_is_refused_and_said(self, desk: Desk, now: str, new: str) -> None:
        answer = signed_in(own(desk)).post("/desk/account", {"do": "password", "now": now, "new": new})
        assert answer.status_code == 409
        text = answer.content.decode()
        assert 'role="alert"' in text
        assert NEW not in text
        assert own(desk).check_password(PASSWORD)

    def test_guessing_it_is_throttled_as_at_the_door(self, desk: Desk) -> None:
        client = signed_in(own(desk))
        given = {"do": "password", "now": "wrong", "new": NEW}
        for _ in range(MOST["pair"]):
            client.post("/desk/account", given)
        answer = client.post("/desk/account", given | {"now": PASSWORD})
        assert answer.status_code == 409
        assert own(desk).check_password(PASSWORD)


class TestCodes:
    def secret(self, client: Client) -> str:
        text = client.get("/desk/account/codes").content.decode()
        found = re.search(r'<p class="secret"><code>([A-Z2-7 ]+)</code>', text)
        assert found
        secret = found[1].replace(" ", "")
        assert f'href="otpauth://totp/everychild:contributor%40ministry.example?secret={secret}' in text
        return secret

    def test_switched_on_with_a_code_of_the_device_and_off_with_the_password(self, desk: Desk) -> None:
        client = signed_in(own(desk))
        secret = self.secret(client)
        given = {"code": pyotp.TOTP(secret).now(), "now": PASSWORD}
        assert client.post("/desk/account/codes", given).status_code == 302
        assert own(desk).totp_secret == secret
        door = Client().post("/desk/sign-in", {"email": own(desk).email, "password": PASSWORD})
        assert door.status_code == 403, "a code is asked for from now on"
        assert secret not in client.get("/desk/account").content.decode()
        assert client.post("/desk/account", {"do": "drop", "now": "wrong"}).status_code == 409
        assert own(desk).totp_secret == secret
        assert client.post("/desk/account", {"do": "drop", "now": PASSWORD}).status_code == 302
        assert own(desk).totp_secret == ""

    @pytest.mark.parametrize("wrong", ["code", "now"])
    def test_a_wrong_code_or_password_changes_nothing_and_keeps_the_secret(self, desk: Desk, wrong: str) -> None:
        client = signed_in(own(desk))
        secret = self.secret(client)
        given = {"code": pyotp.TOTP(secret).now(), "now": PASSWORD} | {wrong: "000000 no"}
        answer = client.post("/desk/account/codes", given)
        assert answer.status_code == 409
        assert secret[:4] in answer.content.decode()
        assert own(desk).totp_secret == ""

    def test_a_secret_from_outside_is_not_taken(self, desk: Desk) -> None:
        foreign = pyotp.random_base32()
        client = signed_in(own(desk))
        self.secret(client)
        given = {"code": pyotp.TOTP(foreign).now(), "now": PASSWORD, "secret": foreign}
        assert client.post("/desk/account/codes", given).status_code == 409
        assert own(desk).totp_secret == ""


@pytest.mark.parametrize("do", ["", "close", "give"])
def test_nothing_else_can_be_done_here(desk: Desk, do: str) -> None:
    assert signed_in(own(desk)).post("/desk/account", {"do": do}).status_code == 404


def test_roles_that_have_ended_are_not_listed(desk: Desk) -> None:
    person = own(desk, "reader")
    actions.give_role(
        by=desk.person("administrator", "ngo"), account=person, body=desk.bodies["ngo"], role="contributor"
    )
    text = signed_in(person).get("/desk/account").content.decode()
    assert "дерек беруші: Ұйым ngo" in text
    held = person.memberships.get(body__code="ngo")
    actions.end_role(by=desk.person("administrator", "ngo"), membership=held, reason="over")
    assert "Ұйым ngo" not in signed_in(own(desk, "reader")).get("/desk/account").content.decode()
