"""Every role × every action × own body, another body, no body, nobody: reachable exactly where the table says so."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest

from everychild.registers import actions as core
from everychild.registers.actions import ACTIONS, may
from everychild.registers.installed import REGISTERS
from everychild.registers.people import actions
from everychild.registers.people.models import Account
from everychild.registers.permissions import (
    ROLES,
    PermissionsDoNotHold,
    PermissionTable,
    permission_table,
    read_permissions,
)
from everychild.registers.refusals import NotPermitted
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.tables import definitions_folder
from tests.registers.made import PERSONS, Desk

FOLDER = definitions_folder() / "desk" / "permissions"


def rows() -> dict[tuple[str, str], str]:
    """The tables as they stand, read without the program's own reader."""
    found = {}
    for name in REGISTERS:
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found |= {(row["role"], row["action"]): row["scope"] for row in csv.DictReader(file)}
    return found


NAMES = sorted(ACTIONS)


class Inside(Exception):  # noqa: N818 - no error
    """Somebody has passed the door."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions stop where they would begin to write."""

    def inside() -> None:
        raise Inside

    monkeypatch.setattr(core, "collecting", inside)


def reached(by: Account, name: str, subject: object) -> bool:
    """Whether the action itself lets this person in."""
    given = {ACTIONS[name].on: subject} if ACTIONS[name].on else {}
    try:
        ACTIONS[name].function(by=by, **given)
    except NotPermitted:
        return False
    except Inside:
        return True
    raise AssertionError(f"{name} has no door")


@pytest.mark.parametrize("name", NAMES)
def test_reachable_is_exactly_what_the_table_grants(desk: Desk, door: None, name: str) -> None:
    """Every role on a record of its own body, of another body and of none."""
    on = ACTIONS[name].on
    bodies = {"own": desk.bodies["ministry"], "other": desk.bodies["ngo"], "none": None}
    for role in PERSONS:
        scope, by = rows().get((role, name)), desk.person(role)
        for whose, body in bodies.items():
            granted = scope == "any" or (scope == "own_body" and whose == "own" and bool(on))
            assert reached(by, name, SimpleNamespace(body_in_charge=body)) == granted, f"{role} {whose}"


@pytest.mark.parametrize("name", NAMES)
def test_own_account(desk: Desk, name: str) -> None:
    """On one's own account whatever the table grants on any; on a colleague's not what it grants on one's own."""
    if ACTIONS[name].on != "account":
        return
    for role in PERSONS:
        scope, by = rows().get((role, name)), desk.person(role)
        colleague = desk.person("contributor" if role == "reader" else "reader")
        assert may(by, name, by) == (scope is not None)
        assert may(by, name, colleague) == (scope in ("own_body", "any"))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_closed_accounts_and_people_without_a_role_do_nothing(desk: Desk, name: str) -> None:
    subject = {ACTIONS[name].on: SimpleNamespace(body_in_charge=desk.bodies["ministry"])} if ACTIONS[name].on else {}
    closed = desk.person("administrator")
    actions.set_active(by=desk.system, account=closed, active=False, reason="has left")
    newcomer = actions.add_account(
        by=desk.system, email="new@ministry.example", home=desk.bodies["ministry"], language="ru",
        password="a password of several words",
    )  # fmt: skip
    for by in (None, SimpleNamespace(is_active=True), closed, newcomer):
        with pytest.raises(NotPermitted):
            ACTIONS[name].function(by=by, **subject)


def test_an_ended_role_and_a_closed_body_grant_nothing(desk: Desk) -> None:
    by, ministry = desk.person("administrator"), desk.bodies["ministry"]
    assert may(by, "people.add_account", ministry)
    membership = by.memberships.get()
    actions.end_role(by=desk.system, membership=membership, reason="changed post")
    assert not may(Account.objects.get(pk=by.pk), "people.add_account", ministry)


def test_readers_and_contributors_never_reach_beyond_their_body() -> None:
    """Administrators of bodies give these roles themselves, so a wide grant here would be everybody's."""
    assert [row for row, scope in rows().items() if row[0] in ("reader", "contributor") and scope == "any"] == []


def test_each_file_of_permissions_is_of_an_installed_register() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} <= set(REGISTERS)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("king,people.add_body,any", "role 'king' is none of"),
        ("reader,people.add_body,world", "scope 'world' is none of"),
        ("reader,laws.add_act,any", "is not one of the register people"),
        ("reader,people.add_body,any\nreader,people.add_body,own_body", "stands twice"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"role,action,scope\n{row}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=said):
        read_permissions([path])


def test_actions_and_table_must_know_each_other() -> None:
    table = PermissionTable({("reader", "people.fly"): "any"})
    with pytest.raises(PermissionsDoNotHold, match=r"grants 'people.fly'.*nobody may do 'people.walk'|nobody.*grants"):
        table.hold_against({"people.walk"})
    permission_table(REGISTERS).hold_against(ACTIONS)
    assert {role for role, _ in permission_table(REGISTERS).scopes} <= set(ROLES)
