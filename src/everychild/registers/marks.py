"""What every fact carries: where it was read, when, and whether it was read at all."""

from __future__ import annotations

from django.db import models

from everychild.catalogue.registers import VERIFIED


class Sourced(models.Model):
    """Abstract: source, day of reading and mark. The marks are those of the country pack (`yes`, `partly`, `no`,
    `seed`): the fact itself was read in a source, part of it, nothing of it, or only the page of 2009 says so."""

    source = models.TextField(blank=True)
    retrieved = models.DateField(null=True, blank=True)
    verified = models.CharField(max_length=8, choices=[(mark, mark) for mark in VERIFIED], default="no")
    note = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_verified(self) -> bool:
        return self.verified == "yes"
