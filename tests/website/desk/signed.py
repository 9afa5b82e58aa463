"""Signing in at the desk for tests, and what the table of permissions grants each role."""

from __future__ import annotations

from django.test import Client

from everychild.registers.installed import REGISTERS
from everychild.registers.people.models import Account
from everychild.registers.permissions import permission_table
from tests.registers.made import PASSWORD, PERSONS

BODIES = ("ministry", "ngo")
EVERYBODY = [(body, role) for body in BODIES for role in PERSONS]


def signed_in(account: Account) -> Client:
    client = Client()
    answer = client.post("/desk/sign-in", {"email": account.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def granted(role: str, action: str, *, own: bool) -> bool:
    """Whether the reviewed table lets that role do it to what is its own body's, or another's."""
    scope = permission_table(REGISTERS).scope(role, action)  # type: ignore[arg-type]
    return scope == "any" or (scope == "own_body" and own)
