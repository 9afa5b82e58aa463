"""Bodies and accounts for tests, made by the actions that everybody uses."""

from __future__ import annotations

from dataclasses import dataclass

from everychild.registers.people import actions
from everychild.registers.people.models import Account, Body
from everychild.registers.people.system import system_account
from everychild.registers.permissions import ROLES
from everychild.vocabulary.language import LocalText

PASSWORD = "seven lakes and one steppe"
PERSONS = tuple(role for role in ROLES if role != "system")


@dataclass(frozen=True)
class Desk:
    """`people[body code, role]`: somebody with that role in that body and no other."""

    system: Account
    bodies: dict[str, Body]
    people: dict[tuple[str, str], Account]

    def person(self, role: str, body: str = "ministry") -> Account:
        """Read anew, as every request does."""
        return Account.objects.get(pk=self.people[body, role].pk)


def made_body(code: str, kind: str = "ministry") -> Body:
    name = LocalText(en=f"Body {code}", ru=f"Орган {code}", kk=f"Ұйым {code}")
    return actions.add_body(by=system_account(), code=code, kind=kind, name=name)


def made_person(body: Body, role: str, email: str = "") -> Account:
    system = system_account()
    account = actions.add_account(
        by=system, email=email or f"{role}@{body.code}.example", home=body, language="kk", password=PASSWORD
    )
    actions.entrust_role(by=system, account=account, body=body, role=role)
    return Account.objects.get(pk=account.pk)


def made_desk() -> Desk:
    bodies = {"ministry": made_body("ministry"), "ngo": made_body("ngo", "ngo")}
    people = {(code, role): made_person(body, role) for code, body in bodies.items() for role in PERSONS}
    return Desk(system_account(), bodies, people)
