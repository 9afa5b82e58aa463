"""Signing in: one door, which closes after a few wrong keys and opens again by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from everychild.registers.people import actions, sign_in
from everychild.registers.people.models import SYSTEM, Account, FailedSignIn, UsedCode
from everychild.registers.people.one_time_codes import SECONDS, address, new_secret, step_of
from everychild.registers.refusals import Refused
from tests.registers.made import PASSWORD, Desk

EMAIL = "reader@ministry.example"
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" of RFC 6238, appendix B, in base 32


def visit(remote: str = "203.0.113.5", **headers: str) -> HttpRequest:
    request = RequestFactory(REMOTE_ADDR=remote, headers=headers).post("/")
    request.session = SessionStore()
    return request


def attempt(password: str = PASSWORD, email: str = EMAIL, code: str = "", remote: str = "203.0.113.5") -> str:
    """The rule that refused, or "" when somebody is signed in."""
    try:
        sign_in.sign_in(visit(remote), email, password, code)
    except Refused as refused:
        return refused.findings[0].rule
    return ""


def test_a_session_of_the_account_begins_and_ends(desk: Desk) -> None:
    request = visit()
    account = sign_in.sign_in(request, f" {EMAIL.upper()} ", PASSWORD)
    assert request.session[SESSION_KEY] == str(account.pk)
    assert get_user(request) == account
    sign_in.sign_out(request)
    assert get_user(request).is_anonymous


def test_a_new_password_ends_the_sessions_of_the_old_one(desk: Desk) -> None:
    request = visit()
    account = sign_in.sign_in(request, EMAIL, PASSWORD)
    actions.set_password(by=account, account=account, password="eight lakes and one steppe")
    assert get_user(request).is_anonymous


def test_a_closed_account_has_no_session(desk: Desk) -> None:
    request = visit()
    account = sign_in.sign_in(request, EMAIL, PASSWORD)
    actions.set_active(by=desk.system, account=account, active=False, reason="has left")
    assert get_user(request).is_anonymous
    assert attempt() == "wrong_credentials"


def test_who_does_not_exist_is_not_told_apart(desk: Desk) -> None:
    assert {attempt("wrong"), attempt(email="nobody@ministry.example"), attempt(email=SYSTEM)} == {"wrong_credentials"}


def test_five_failures_close_the_door_for_that_address_alone(desk: Desk) -> None:
    assert [attempt("wrong") for _ in range(6)] == ["wrong_credentials"] * 5 + ["too_many_attempts"]
    assert attempt() == "too_many_attempts"
    assert attempt(remote="198.51.100.7") == ""
    assert attempt(email="publisher@ministry.example") == ""


def test_the_door_opens_again_after_the_window(desk: Desk) -> None:
    for _ in range(5):
        attempt("wrong")
    FailedSignIn.objects.update(at=timezone.now() - sign_in.WINDOW - timedelta(seconds=1))
    assert attempt() == ""
    attempt("wrong")
    assert FailedSignIn.objects.count() == 3  # the old ones are gone


def test_success_forgets_the_failures_of_that_pair(desk: Desk) -> None:
    for _ in range(4):
        attempt("wrong")
    assert attempt() == ""
    assert [attempt("wrong") for _ in range(5)] == ["wrong_credentials"] * 5


def test_one_address_cannot_try_everybody(desk: Desk) -> None:
    tried = [attempt("wrong", email=f"person{number}@x.example") for number in range(sign_in.MOST["address"] + 1)]
    assert tried[-2:] == ["wrong_credentials", "too_many_attempts"]


def test_neither_address_nor_account_is_kept(desk: Desk) -> None:
    attempt("wrong")
    kept = " ".join(FailedSignIn.objects.values_list("digest", flat=True))
    assert "203.0.113.5" not in kept
    assert EMAIL not in kept


def test_the_forwarded_address_counts_only_behind_our_own_proxy(settings: Any) -> None:
    request = visit("10.0.0.1", **{"X-Forwarded-For": "1.2.3.4, 198.51.100.7"})
    settings.BEHIND_PROXY = False
    assert sign_in.address_of(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert sign_in.address_of(request) == "198.51.100.7"


class TestOneTimeCodes:
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
         (20000000000, "353130")],
    )  # fmt: skip
    def test_codes_of_the_standard(self, seconds: int, code: str) -> None:
        """RFC 6238, appendix B, SHA-1: the last six of the eight digits printed there."""
        assert step_of(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // SECONDS

    def test_a_clock_may_be_off_by_one_step(self) -> None:
        now = datetime.fromtimestamp(1111111111, UTC)
        off = [step_of(RFC_SECRET, "050471", now + timedelta(seconds=SECONDS * n)) is not None for n in range(-2, 3)]
        assert off == [False, True, True, True, False]

    def test_asked_for_once_set_and_good_for_one_use(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        reader, steps = desk.person("reader"), {"111111": 7, "222222": 8}
        monkeypatch.setattr(sign_in, "step_of", lambda secret, code: steps.get(code))
        monkeypatch.setattr(actions, "step_of", lambda secret, code: steps.get(code))
        with pytest.raises(Refused):
            actions.set_one_time_codes(by=reader, account=reader, secret=new_secret(), code="999999")
        actions.set_one_time_codes(by=reader, account=reader, secret=new_secret(), code="111111")
        assert attempt() == "code_required"
        assert attempt(code="999999") == "wrong_credentials"
        assert attempt(code="222222") == ""
        assert attempt(code="222222") == "wrong_credentials"
        assert attempt(code="111111") == "wrong_credentials"
        assert UsedCode.objects.get().step == 8
        actions.drop_one_time_codes(by=desk.system, account=Account.objects.get(email=EMAIL), reason="lost the phone")
        assert attempt() == ""

    def test_the_address_for_the_phone(self) -> None:
        assert f"reader%40ministry.example?secret={RFC_SECRET}" in address(RFC_SECRET, EMAIL, "everychild")
