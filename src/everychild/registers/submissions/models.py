"""A submission on its way from a draft to a release, and what a body is expected to send."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from everychild.registers.people.models import Body
from everychild.registers.records import Record
from everychild.registers.texts import LocalTextColumns

STATES: Final = ("draft", "submitted", "reviewed", "returned", "published")


class Submission(Record):
    """A table of figures in the observation schema. The file lies beside the releases under its checksum. `answers`:
    what its body was expected to send; when it is published, the next of that kind is due.

    Nobody reviews or publishes what they drew up; nobody publishes before `embargo_until`.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="submissions")
    title = LocalTextColumns()
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default="draft")
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    figures = models.PositiveIntegerField()
    warnings = models.PositiveIntegerField(default=0)
    embargo_until = models.DateTimeField(null=True, blank=True)
    returned_because = models.TextField(blank=True)
    release = models.CharField(max_length=120, blank=True)
    answers = models.ForeignKey("Expectation", models.PROTECT, null=True, blank=True, related_name="submissions")
    drawn_up_at = models.DateTimeField()
    state_since = models.DateTimeField()

    class Meta(Record.Meta):
        ordering = ("-state_since", "-id")
        indexes = (models.Index(fields=("state", "-state_since"), name="submissions_queue"),)

    def __str__(self) -> str:
        return f"{self.body.code} {self.pk}"

    @property
    def body_in_charge(self) -> Body:
        return self.body


class Expectation(Record):
    """What a body has agreed to send, how often, and when next."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="expectations")
    title = LocalTextColumns()
    every_months = models.PositiveSmallIntegerField(default=12)
    due = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering = ("due", "id")

    def __str__(self) -> str:
        return f"{self.body.code} {self.due}"

    @property
    def body_in_charge(self) -> Body:
        return self.body
