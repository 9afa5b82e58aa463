"""One table of edges between nodes of any register."""

from __future__ import annotations

from typing import Final

from django.db import models

from everychild.registers.codes import choices
from everychild.registers.duties.relations import NODE_KINDS, STRENGTHS, relations
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.records import Record, broken

ORIGINS: Final = ("record", "pack", "person")
"""Where an edge comes from: a column of a record (an act's articles), the country pack, somebody at a desk."""


class Edge(Sourced, Record):
    """`from` relation `to`, with its evidence. Nodes are named by kind and code: `act:KZ-LAW-60`, `article:19`."""

    from_kind = models.CharField(max_length=16, choices=choices(NODE_KINDS))
    from_code = models.CharField(max_length=80)
    relation = models.CharField(max_length=24)
    to_kind = models.CharField(max_length=16, choices=choices(NODE_KINDS))
    to_code = models.CharField(max_length=80)
    origin = models.CharField(max_length=8, choices=choices(ORIGINS), default="person")
    strength = models.CharField(max_length=8, choices=choices(STRENGTHS), default="weak")
    evidence = models.TextField(blank=True)
    on = models.CharField(max_length=10, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Record.Meta):
        ordering = ("from_kind", "from_code", "relation", "to_kind", "to_code")
        constraints = (
            models.UniqueConstraint(
                fields=("from_kind", "from_code", "to_kind", "to_code", "relation"), name="duties_one_edge"
            ),
        )
        indexes = (models.Index(fields=("to_kind", "to_code"), name="duties_edge_back"),)

    def __str__(self) -> str:
        return f"{self.from_kind}:{self.from_code} {self.relation} {self.to_kind}:{self.to_code}"

    @property
    def body_in_charge(self) -> Body | None:
        return self.body

    def clean(self) -> None:
        super().clean()
        relation = relations().get(self.relation)
        if relation is None or not relation.joins(self.from_kind, self.to_kind):
            raise broken("edge_relation_does_not_join", "relation", first=self.from_kind, second=self.to_kind)
        if (self.from_kind, self.from_code) == (self.to_kind, self.to_code):
            raise broken("edge_to_itself", "to_code")
