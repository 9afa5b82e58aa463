"""Audit events in a chain of checksums. Neither this program nor the database lets one be changed or removed."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models

PERMANENT = "audit events are never changed or removed"


class AppendOnly(models.QuerySet):
    """Adding and reading; the triggers of the first migration refuse the rest to everybody else, too."""

    def update(self, **values: object) -> int:
        raise TypeError(PERMANENT)

    def bulk_update(self, *args: object, **options: object) -> int:
        raise TypeError(PERMANENT)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(PERMANENT)


class Permanent(models.Model):
    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError(PERMANENT)
        super().save(**{**options, "force_insert": True})

    def delete(self, **options: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(PERMANENT)


class AuditEvent(Permanent):
    """One deed. Where the request came from is not kept: what a person did at work is, where she sat is not.

    `changes_text` is the JSON text that was hashed. A JSON column would be rewritten by PostgreSQL (order, numbers) and
    the checksum with it.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.ForeignKey("people.Body", models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=80, db_index=True)
    reason = models.TextField(blank=True)
    changes_text = models.TextField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta(Permanent.Meta):
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.action}"

    @property
    def body_in_charge(self) -> Any:
        """The body for which it was done: whose administrators may turn it back."""
        return self.body

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Records with kind, key, before and after."""
        found: list[dict[str, Any]] = json.loads(self.changes_text)
        return found


class TouchedRecord(Permanent):
    """Index of events by record; all it says follows from the events."""

    event = models.ForeignKey(AuditEvent, models.PROTECT, related_name="touched")
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=120)

    class Meta(Permanent.Meta):
        indexes = (models.Index(fields=("kind", "key"), name="audit_touched_record"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
