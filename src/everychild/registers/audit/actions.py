"""Undoing: a correction that puts records back to what they were before an event, and is an event itself."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from everychild.registers.actions import ACTIONS, action
from everychild.registers.audit.models import AuditEvent
from everychild.registers.people.models import Account
from everychild.registers.records import SECRET, Record, masked
from everychild.registers.refusals import Refused, problem


@action("audit.restore", on="event")
def restore(*, by: Account, event: AuditEvent, reason: str) -> list[Record]:
    """Put every record of the event back to its `before`; records that the event made are removed.

    Raises Refused when one of them was changed since, when the event is a bulk load or hid a secret, or when its action
    is not to be turned back; ProtectedError when others refer to a record that would go.
    """
    if not reason.strip():
        raise Refused([problem("audit.event", "reason_required", "reason")])
    if event.action not in ACTIONS or not ACTIONS[event.action].restorable:
        raise Refused([problem("audit.event", "cannot_restore", value=str(event))])
    return [_restored(change, event) for change in reversed(event.changes)]


def _restored(change: dict[str, Any], event: AuditEvent) -> Record:
    model = apps.get_model(change["kind"])
    before, after = change["before"], change["after"]
    if SECRET in str(before) + str(after) or (after or {}).get("sha256"):
        raise Refused([problem("audit.event", "cannot_restore", value=str(event))])
    record: Record = model.objects.filter(pk=change["key"]).first() or model()
    if (None if record._state.adding else masked(record)) != after:
        raise Refused([problem(change["kind"], "changed_meanwhile", value=str(record))])
    if before is None:
        record.delete()
        return record
    for field in model._meta.concrete_fields:
        if field.attname in before:
            setattr(record, field.attname, field.to_python(before[field.attname]))
    record.save()
    return record
