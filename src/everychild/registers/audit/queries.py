"""Reading the audit: by record, by account, who may read what, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from everychild.registers.audit.models import AuditEvent, TouchedRecord
from everychild.registers.audit.writing import FIRST, digest_of
from everychild.registers.laws.models import Reading
from everychild.registers.people.models import SYSTEM, Account, Membership
from everychild.registers.records import Record, kind_of
from everychild.registers.submissions.models import Submission

READ_ALL: Final = ("reviewer", "publisher")
"""Roles in any body that read what was done to the registers on behalf of every body."""


def events_of(record: Record) -> QuerySet[AuditEvent]:
    """What was done to one record, oldest first."""
    return AuditEvent.objects.filter(touched__kind=kind_of(record), touched__key=record.key).select_related("account")


def seen_by(account: Account) -> QuerySet[AuditEvent]:
    """The events a person may read: the one place that says so, for lists, histories, downloads and single events.

    Every role reads what was done on behalf of its own body and to its figures. Reviewers and publishers read what was
    done to the registers on behalf of any body or of none, but the drafts of other bodies, which do not exist for them
    yet. What was done to people is read by administrators alone, each of their own body; that includes what the command
    line did to the accounts, roles and the record of their body. Nobody reads another coder's reading of an assessment
    while the second is out.
    """
    roles = list(account.roles())
    own = {body.pk for _, body in roles if body is not None}
    governed = {body.pk for role, body in roles if role == "administrator" and body is not None}
    of_people = Q(action__startswith="people.") | _touching(kind__startswith="people.")
    if any(role in READ_ALL for role, _ in roles):
        of_registers = ~_touching(kind=kind_of(Submission), key__in=_keys(_drafts_elsewhere(own)))
    else:
        figures = _keys(Submission.objects.filter(body_id__in=own))
        of_registers = Q(body_id__in=own) | _touching(kind=kind_of(Submission), key__in=figures)
    read = ~of_people & of_registers & ~_touching(kind=kind_of(Reading), key__in=_keys(_unseen_readings(account)))
    if governed:
        read |= of_people & (Q(body_id__in=governed) | (Q(body=None) & _touching_people_of(governed)))
    return AuditEvent.objects.filter(read).select_related("account", "body")


def _touching(**record: object) -> Q:
    return Q(Exists(TouchedRecord.objects.filter(event=OuterRef("pk"), **record)))


def _drafts_elsewhere(own: set[int]) -> QuerySet[Submission]:
    return Submission.objects.filter(state="draft").exclude(body_id__in=own)


def _unseen_readings(account: Account) -> QuerySet[Reading]:
    """Readings of open rounds by others: who is to read the same cell must not see them."""
    return Reading.objects.filter(cell__state="open", round=F("cell__round")).exclude(coder=account)


def _touching_people_of(bodies: set[int]) -> Q:
    accounts = _keys(Account.objects.filter(home_id__in=bodies))
    roles = _keys(Membership.objects.filter(body_id__in=bodies))
    return (
        _touching(kind="people.account", key__in=accounts)
        | _touching(kind="people.membership", key__in=roles)
        | _touching(kind="people.body", key__in=[str(body) for body in bodies])
    )


def _keys(records: QuerySet[Any]) -> QuerySet[Any]:
    return records.order_by().values_list(Cast("pk", CharField()), flat=True)


@dataclass(frozen=True)
class Asked:
    """What a reader of the trail looks for; empty is everything. `person` is a part of an e-mail, days are included."""

    register: str = ""
    action: str = ""
    person: str = ""
    kind: str = ""
    key: str = ""
    since: date | None = None
    until: date | None = None


def found(account: Account, asked: Asked) -> QuerySet[AuditEvent]:
    """The events that a person may read and asks for, newest first."""
    events = seen_by(account)
    if asked.register:
        events = events.filter(action__startswith=f"{asked.register}.")
    if asked.action:
        events = events.filter(action=asked.action)
    if asked.person:
        events = events.filter(account__email__icontains=asked.person)
    if asked.kind:
        record = {"kind": asked.kind} | ({"key": asked.key} if asked.key else {})
        events = events.filter(_touching(**record))
    if asked.since:
        events = events.filter(at__gte=_midnight(asked.since))
    if asked.until:
        events = events.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    return events.order_by("-number")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def kept_by_people(model: type[Record]) -> frozenset[str]:
    """Keys of the records of a kind that a person has written to: loading a pack again leaves them as they are."""
    touched = TouchedRecord.objects.filter(kind=kind_of(model)).exclude(event__account__email=SYSTEM)
    return frozenset(touched.values_list("key", flat=True))


def last_number() -> int:
    """The number of the newest event; 0 before the first."""
    last = AuditEvent.objects.order_by("-number").values_list("number", flat=True).first()
    return int(last or 0)


def event_since(number: int, account: Account, action: str) -> AuditEvent | None:
    """The last event of that action by that account after the one of that number; None when it changed nothing."""
    found = AuditEvent.objects.filter(number__gt=number, account=account, action=action)
    return found.order_by("-number").first()


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
