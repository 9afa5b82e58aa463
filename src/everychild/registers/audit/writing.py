"""Writing the one event of an action."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import connection
from django.utils import timezone

from everychild.registers.changes import Change, canonical

if TYPE_CHECKING:
    from everychild.registers.audit.models import AuditEvent

FIRST: Final = "0" * 64
_LOCK: Final = 0x65766572  # any fixed number, the same in every process


def write_event(by: Any, body: Any, action: str, reason: str, changes: Sequence[Change]) -> AuditEvent:
    """Append an event to the chain; called inside the transaction of its action."""
    event_model, touched_model = apps.get_model("audit.AuditEvent"), apps.get_model("audit.TouchedRecord")
    _one_at_a_time()
    last = event_model.objects.order_by("-number").values("number", "digest").first()
    event: AuditEvent = event_model(
        number=last["number"] + 1 if last else 1,
        at=timezone.now(),
        account=by,
        body=body,
        action=action,
        reason=reason,
        changes_text=canonical([change.as_json() for change in changes]),
        previous=last["digest"] if last else FIRST,
    )
    event.digest = digest_of(event)
    event.save()
    touched_model.objects.bulk_create([touched_model(event=event, kind=c.kind, key=c.key) for c in changes])
    return event


def digest_of(event: AuditEvent) -> str:
    """SHA-256 over everything the event says and the digest before it."""
    said = [event.number, event.at.isoformat(), event.account_id, event.body_id, event.action, event.reason]
    return hashlib.sha256(canonical([event.previous, *said, event.changes_text]).encode()).hexdigest()


def _one_at_a_time() -> None:
    """PostgreSQL lets two transactions read the same last event; SQLite's are begun as writers and never meet."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
