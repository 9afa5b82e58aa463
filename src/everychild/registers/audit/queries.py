"""Reading the audit: by record, by account, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from everychild.registers.audit.models import AuditEvent, TouchedRecord
from everychild.registers.audit.writing import FIRST, digest_of
from everychild.registers.people.models import SYSTEM
from everychild.registers.records import Record, kind_of


def events_of(record: Record) -> QuerySet[AuditEvent]:
    """What was done to one record, oldest first."""
    return AuditEvent.objects.filter(touched__kind=kind_of(record), touched__key=record.key).select_related("account")


def kept_by_people(model: type[Record]) -> frozenset[str]:
    """Keys of the records of a kind that a person has written to: loading a pack again leaves them as they are."""
    touched = TouchedRecord.objects.filter(kind=kind_of(model)).exclude(event__account__email=SYSTEM)
    return frozenset(touched.values_list("key", flat=True))


def stamp() -> str:
    """Changes whenever any register does: for the tags of pages that show one. One indexed read."""
    last = AuditEvent.objects.order_by("-number").values_list("digest", flat=True).first()
    return last or FIRST


@dataclass(frozen=True)
class ChainReport:
    """How many events were read, where the chain breaks and why, and its last digest.

    The chain cannot know of events cut off its end: whoever keeps `head` outside the database can.
    """

    events: int
    broken: tuple[tuple[int, str], ...]
    head: str

    @property
    def holds(self) -> bool:
        return not self.broken


def verify_chain() -> ChainReport:
    """Recompute every digest from the first event on; memory stays constant."""
    touched = _Touched()
    count, previous, broken = 0, FIRST, []
    for event in AuditEvent.objects.order_by("number").iterator(chunk_size=500):
        count += 1
        if event.number != count:
            broken.append((event.number, f"event {count} is missing"))
            count = event.number
        if event.previous != previous:
            broken.append((event.number, "does not follow the event before it"))
        if event.digest != digest_of(event):
            broken.append((event.number, "says something else than when it was written"))
        if touched.of(event.number) != {(change["kind"], change["key"]) for change in event.changes}:
            broken.append((event.number, "its index names other records"))
        previous = event.digest
    return ChainReport(count, tuple(broken), previous)


class _Touched:
    """Records by event, read once beside the events."""

    def __init__(self) -> None:
        rows = TouchedRecord.objects.order_by("event_id").values_list("event_id", "kind", "key")
        self._rows: Iterator[tuple[int, str, str]] = rows.iterator(chunk_size=2_000)
        self._next = next(self._rows, None)

    def of(self, number: int) -> set[tuple[str, str]]:
        found = set()
        while self._next and self._next[0] <= number:
            found.add(self._next[1:])
            self._next = next(self._rows, None)
        return found
