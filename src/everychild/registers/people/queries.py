"""Reading accounts and bodies."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from everychild.registers.people.models import ENTRUSTED, SYSTEM, Account, Body, Membership


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


def of_body(body: Body) -> QuerySet[Account]:
    """Accounts that a body looks after and those that hold a role in it, by e-mail."""
    held = Membership.objects.filter(body=body, ended_at=None).values("account_id")
    return people().filter(Q(home=body) | Q(pk__in=held)).prefetch_related("memberships")


def within_reach(by: Account, account: Account) -> bool:
    """Whether an administrator may set its password, close it or drop its codes as far as its roles go.

    Not where somebody else holds an entrusted role, in whatever body: who could set a publisher's password would be a
    publisher. Which body looks after the account, the table of permissions asks besides.
    """
    if by.is_system or by.pk == account.pk:
        return True
    return not account.memberships.filter(ended_at=None, role__in=ENTRUSTED).exists()
