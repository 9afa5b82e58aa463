"""Everything that can be done to bodies, accounts and roles."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from everychild.registers.actions import action
from everychild.registers.people import queries
from everychild.registers.people.models import ENTRUSTED, Account, Body, Membership
from everychild.registers.people.one_time_codes import step_of
from everychild.registers.refusals import NotPermitted, Refused, problem
from everychild.vocabulary.language import LocalText


@action("people.add_body")
def add_body(*, by: Account, code: str, kind: str, name: LocalText) -> Body:
    body = Body(code=code, kind=kind)
    body.name = name
    body.save()
    return body


@action("people.amend_body", on="body")
def amend_body(*, by: Account, body: Body, name: LocalText, reason: str = "") -> Body:
    body.name = name
    body.save()
    return body


@action("people.add_account", on="home", restorable=False)
def add_account(*, by: Account, email: str, home: Body, language: str, password: str) -> Account:
    """Raises Refused for a weak password or an e-mail that has an account already."""
    account = Account(email=email.strip().lower(), home=home, language=language)
    account.password = _hashed(password, account)
    account.save()
    return account


@action("people.set_password", on="account", restorable=False)
def set_password(*, by: Account, account: Account, password: str) -> Account:
    """Sign-in sessions of the account end, because they carry a hash of the old password."""
    _refuse_reaching_up(by, account)
    account.password = _hashed(password, account)
    account.save()
    return account


@action("people.set_language", on="account")
def set_language(*, by: Account, account: Account, language: str) -> Account:
    account.language = language
    account.save()
    return account


@action("people.set_one_time_codes", on="account", restorable=False)
def set_one_time_codes(*, by: Account, account: Account, secret: str, code: str) -> Account:
    """Ask for one-time codes from now on; `code` proves that the secret has reached the person's device."""
    if step_of(secret, code) is None:
        raise Refused([problem("people.account", "wrong_code", "code")])
    account.totp_secret = secret
    account.save()
    return account


@action("people.drop_one_time_codes", on="account", restorable=False)
def drop_one_time_codes(*, by: Account, account: Account, reason: str) -> Account:
    _refuse_reaching_up(by, account)
    account.totp_secret = ""
    account.save()
    return account


@action("people.set_active", on="account", restorable=False)
def set_active(*, by: Account, account: Account, active: bool, reason: str) -> Account:
    """Close an account or open it again. Raises Refused for one's own: the last administrator could lock all out."""
    if account.pk == by.pk:
        raise Refused([problem("people.account", "own_account", value=str(account))])
    _refuse_reaching_up(by, account)
    account.is_active = active
    account.save()
    return account


@action("people.give_role", on="body", restorable=False)
def give_role(*, by: Account, account: Account, body: Body, role: str) -> Membership:
    """Make someone reader or contributor of a body. Raises NotPermitted for the roles that are entrusted."""
    if role in ENTRUSTED:
        raise NotPermitted([problem("people", "not_permitted", value="people.entrust_role")])
    return _role(account, body, role)


@action("people.entrust_role", restorable=False)
def entrust_role(*, by: Account, account: Account, body: Body, role: str) -> Membership:
    """Make someone reviewer, publisher or administrator. Such a role may reach the records of other bodies, so no
    body's own administrator gives it: whoever runs the installation does."""
    return _role(account, body, role)


@action("people.end_role", on="membership", restorable=False)
def end_role(*, by: Account, membership: Membership, reason: str) -> Membership:
    membership.ended_at = timezone.now()
    membership.save()
    return membership


def _role(account: Account, body: Body, role: str) -> Membership:
    membership = Membership(account=account, body=body, role=role)
    membership.save()
    return membership


def _refuse_reaching_up(by: Account, account: Account) -> None:
    if not queries.within_reach(by, account):
        raise NotPermitted([problem("people", "not_permitted", value=str(account))])


def _hashed(password: str, account: Account) -> str:
    try:
        validate_password(password, account)
    except ValidationError as refused:
        broken = [str(error.code) for error in refused.error_list]
        raise Refused([problem("people.account", rule, "password") for rule in broken]) from refused
    return make_password(password)
