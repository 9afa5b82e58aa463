"""The audit only grows, and says so when somebody has been at it behind the program's back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from everychild.registers.audit.models import AuditEvent, TouchedRecord
from everychild.registers.audit.queries import stamp, verify_chain
from everychild.registers.audit.triggers import add_triggers, remove_triggers
from tests.registers.made import Desk, made_body


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def without_triggers() -> Iterator[None]:
    """What somebody with the rights of the database's owner can do."""
    editor = SimpleNamespace(connection=connection)
    remove_triggers(None, editor)
    yield
    add_triggers(None, editor)


def test_the_program_changes_and_removes_no_event(desk: Desk) -> None:
    event = AuditEvent.objects.get(number=1)
    event.reason = "another story"
    for write in (event.save, event.delete, AuditEvent.objects.all().delete, TouchedRecord.objects.all().delete,
                  lambda: AuditEvent.objects.update(reason=""),
                  lambda: AuditEvent.objects.bulk_update([event], ["reason"])):  # fmt: skip
        with pytest.raises(TypeError, match="never changed or removed"):
            write()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET reason = 'another story' WHERE number = 1",
        "DELETE FROM audit_auditevent WHERE number = (SELECT max(number) FROM audit_auditevent)",
        "UPDATE audit_touchedrecord SET kind = 'x'",
        "DELETE FROM audit_touchedrecord",
    ],
)
def test_the_database_changes_and_removes_no_event(desk: Desk, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"):
        run(statement)


def test_sqlite_replaces_and_postgresql_truncates_nothing(desk: Desk) -> None:
    if connection.vendor == "sqlite":
        columns = "number, at, account_id, body_id, action, reason, changes_text, previous, digest"
        statement = (
            f"INSERT OR REPLACE INTO audit_auditevent ({columns}) "
            "SELECT number, at, account_id, body_id, action, 'another story', changes_text, previous, digest "
            "FROM audit_auditevent WHERE number = 2"
        )
    else:
        statement = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_touchedrecord"
    with pytest.raises(DatabaseError, match="never changed or removed"):
        run(statement)


def test_the_chain_of_an_honest_desk_holds(desk: Desk) -> None:
    report = verify_chain()
    assert report.holds
    assert report.events == AuditEvent.objects.count() > 20
    assert report.head == stamp()


@pytest.mark.django_db
def test_an_empty_chain_holds() -> None:
    assert (verify_chain().events, verify_chain().holds) == (0, True)


@pytest.mark.parametrize(
    ("statement", "number", "said"),
    [
        ("UPDATE audit_auditevent SET reason = 'another story' WHERE number = 3", 3, "says something else"),
        ("UPDATE audit_auditevent SET changes_text = '[]' WHERE number = 5", 5, "says something else"),
        ("DELETE FROM audit_touchedrecord WHERE event_id = 6", 6, "its index"),
        ("UPDATE audit_touchedrecord SET \"key\" = 'x' WHERE event_id = 7", 7, "its index"),
    ],
)
def test_tampering_below_the_program_is_found(desk: Desk, statement: str, number: int, said: str) -> None:
    with without_triggers():
        run(statement)
    assert any(at == number and said in text for at, text in verify_chain().broken)


def test_a_removed_event_is_missed(desk: Desk) -> None:
    with without_triggers():
        run("DELETE FROM audit_touchedrecord WHERE event_id = 4")
        run("DELETE FROM audit_auditevent WHERE number = 4")
    said = [text for _, text in verify_chain().broken]
    assert said == ["event 4 is missing", "does not follow the event before it"]


def test_an_event_whose_checksum_was_mended_breaks_the_next(desk: Desk) -> None:
    """Whoever rewrites one event must rewrite all that follow; the head kept elsewhere tells even that."""
    with without_triggers():
        run("UPDATE audit_auditevent SET digest = 'f' || substr(digest, 2) WHERE number = 3")
    assert {number for number, _ in verify_chain().broken} >= {3, 4}


def test_the_stamp_changes_with_every_event(desk: Desk) -> None:
    first = stamp()
    made_body("another")
    assert stamp() != first
