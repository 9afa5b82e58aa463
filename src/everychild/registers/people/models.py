"""Bodies, the accounts of the people who work for them, and the roles that join the two."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone

from everychild.registers.permissions import ROLES
from everychild.registers.records import Record, RecordSet
from everychild.registers.texts import LocalTextColumns
from everychild.vocabulary.language import LANGUAGES

BODY_KINDS: Final = ("ministry", "ombudsman", "bureau", "court", "local_authority", "ngo", "un_office", "committee")
ENTRUSTED: Final = ("reviewer", "publisher", "administrator")
"""Roles whose actions may reach beyond their body; reader and contributor never do."""
SYSTEM: Final = "system@everychild.invalid"
"""E-mail of the account of the program itself; `.invalid` is reserved, so no person can have it."""


class Body(Record):
    """A ministry, the Commissioner, the bureau, a civil society organisation, a UN office."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in BODY_KINDS])
    name = LocalTextColumns()
    is_active = models.BooleanField(default=True)

    class Meta(Record.Meta):
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body:
        return self


class AccountSet(RecordSet):
    """What Django's signing in asks of a user model's manager."""

    def get_by_natural_key(self, email: str) -> Account:
        return self.get(email=email.strip().lower())


class Account(AbstractBaseUser, Record):
    """A person at a desk, known by e-mail; `home` is the body that looks after the account.

    No name is kept, no time of the last visit: the audit says what was done, and more is not needed.
    """

    secret_fields = ("password", "totp_secret")
    USERNAME_FIELD = "email"
    last_login = None

    email = models.EmailField(max_length=254, unique=True)
    language = models.CharField(max_length=2, choices=[(code, code) for code in LANGUAGES], default="kk")
    home = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="accounts")
    totp_secret = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

    objects = AccountSet.as_manager()

    class Meta(Record.Meta):
        ordering = ("email",)

    def __str__(self) -> str:
        return str(self.email)

    @property
    def body_in_charge(self) -> Body | None:
        return self.home

    @property
    def is_system(self) -> bool:
        return self.email == SYSTEM

    def clean(self) -> None:
        self.email = self.email.strip().lower()
        Record.clean(self)

    def save(self, **options: Any) -> None:
        Record.save(self, **options)

    def check_password(self, raw_password: str) -> bool:
        """Django's own would store a stronger hash at once, outside any action."""
        return check_password(raw_password, self.password)

    def roles(self) -> Iterator[tuple[str, Body | None]]:
        """(role, body) of every role held today, asked once for each account object."""
        return iter(self._roles)

    @cached_property
    def _roles(self) -> list[tuple[str, Body | None]]:
        if self.is_system:
            return [("system", None)]
        held = self.memberships.filter(ended_at=None, body__is_active=True).select_related("body")
        return [(membership.role, membership.body) for membership in held]


class Membership(Record):
    """A role of an account in a body. Ended, never removed."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="memberships")
    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES if role != "system"])
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(Record.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=("account", "body", "role"), condition=models.Q(ended_at=None), name="people_role_held_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.role} {self.body}"

    @property
    def body_in_charge(self) -> Body:
        return self.body


class FailedSignIn(models.Model):
    """A failed attempt under the keyed hash of account and address; removed when its window has passed."""

    digest = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.digest


class UsedCode(models.Model):
    """The last time step whose one-time code an account has used, so that none works twice."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.step}"
