"""Reading accounts and bodies."""

from __future__ import annotations

from django.db.models import QuerySet

from everychild.registers.people.models import SYSTEM, Account, Body, Membership


def account(email: str) -> Account | None:
    """The account of that e-mail, active or not."""
    return Account.objects.filter(email=email.strip().lower()).first()


def people() -> QuerySet[Account]:
    """All accounts of persons, by e-mail."""
    return Account.objects.exclude(email=SYSTEM).select_related("home")


def bodies() -> QuerySet[Body]:
    return Body.objects.order_by("code")


def body(code: str) -> Body | None:
    return Body.objects.filter(code=code).first()


def roles_held(of: Account) -> QuerySet[Membership]:
    return Membership.objects.filter(account=of, ended_at=None).select_related("body").order_by("body__code", "role")
