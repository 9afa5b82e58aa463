"""Signing in: throttled by account and address, with a one-time code where the account asks for one.

Attempts are counted, not audited: a failed one changes no record and comes from nobody known. What is kept for fifteen
minutes is a keyed hash, which tells neither the address nor whether such an account exists.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from everychild.registers.people.models import Account, FailedSignIn, UsedCode
from everychild.registers.people.one_time_codes import step_of
from everychild.registers.people.queries import account as account_of
from everychild.registers.refusals import Refused, problem

WINDOW: Final = timedelta(minutes=15)
MOST: Final = {"pair": 5, "account": 50, "address": 50}
"""Failed attempts within the window: from one address on one account, on one account, from one address.

Few for the pair; many for the account alone, or anyone could lock a person out by failing in her name.
"""
BACKEND: Final = "everychild.registers.people.sign_in.EmailBackend"


class EmailBackend(BaseBackend):
    """Finds the account of a session; closed accounts and the system's have none."""

    def authenticate(self, request: HttpRequest | None, **given: object) -> None:
        """Only `sign_in` signs in: a second door would have no throttle."""

    def get_user(self, user_id: int) -> Account | None:
        found = Account.objects.filter(pk=user_id, is_active=True).first()
        return None if found is None or found.is_system else found


def sign_in(request: HttpRequest, email: str, password: str, code: str = "") -> Account:
    """Begin a session. Raises Refused: too many attempts; wrong e-mail, password or code (never said which);
    `code_required` once the password is right."""
    digests = _digests(email.strip().lower(), address_of(request))
    _refuse_too_many(digests)
    account = account_of(email)
    if account is None or not account.is_active or account.is_system:
        make_password(password)  # as slow as a real check, so that the time does not tell which accounts exist
        raise _failed(digests)
    if not account.check_password(password):
        raise _failed(digests)
    if account.totp_secret:
        if not code:
            raise Refused([problem("people.account", "code_required", "code")])
        if not _is_fresh(account, code):
            raise _failed(digests)
    FailedSignIn.objects.filter(digest=digests["pair"]).delete()
    login(request, account, backend=BACKEND)
    return account


def confirm(request: HttpRequest, account: Account, password: str) -> None:
    """Ask once more for the password of who is signed in: a desk left unattended must not give the account away.

    Counted like a sign-in. Raises Refused for a wrong password and for too many attempts.
    """
    digests = _digests(account.email, address_of(request))
    _refuse_too_many(digests)
    if not account.check_password(password):
        _failed(digests)
        raise Refused([problem("people.account", "wrong_own_password", "password")])


def sign_out(request: HttpRequest) -> None:
    logout(request)


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind our own proxy the last one that the proxy itself has added."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def _digests(email: str, address: str) -> dict[str, str]:
    texts = {"pair": f"{email}\n{address}", "account": email, "address": f"\n{address}"}
    secret = settings.SECRET_KEY.encode()
    return {kind: hmac.new(secret, text.encode(), hashlib.sha256).hexdigest() for kind, text in texts.items()}


def _refuse_too_many(digests: dict[str, str]) -> None:
    since = timezone.now() - WINDOW
    for kind, digest in digests.items():
        if FailedSignIn.objects.filter(digest=digest, at__gt=since).count() >= MOST[kind]:
            minutes = str(int(WINDOW.total_seconds() // 60))
            raise Refused([problem("people.account", "too_many_attempts", minutes=minutes)])


def _failed(digests: dict[str, str]) -> Refused:
    FailedSignIn.objects.filter(at__lte=timezone.now() - WINDOW).delete()
    FailedSignIn.objects.bulk_create([FailedSignIn(digest=digest) for digest in digests.values()])
    return Refused([problem("people.account", "wrong_credentials")])


def _is_fresh(account: Account, code: str) -> bool:
    step = step_of(account.totp_secret, code)
    with transaction.atomic():
        used = UsedCode.objects.select_for_update().filter(account=account).first()
        if step is None or (used and step <= used.step):
            return False
        UsedCode.objects.update_or_create(account=account, defaults={"step": step})
    return True
