"""Counts of children in care by definition, and of children in conflict with the law by the manual's components.

A count always belongs to one definition; nothing here can put two of them into one line (`methods.care.stocks`).
"""

from __future__ import annotations

from typing import Final

from django.db import models

from everychild.methods.care.stocks import ENTRIES, EXITS, PLACEMENTS, Definition
from everychild.methods.justice import COMPONENTS, LEVELS
from everychild.registers.codes import choices
from everychild.registers.dates import PartialDateField
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.records import Record, broken
from everychild.registers.texts import LocalTextColumns
from everychild.vocabulary.areas import gazetteer

MEASURES: Final = ("stock", *ENTRIES, *EXITS)
SEXES: Final = ("_T", "F", "M")
DISABILITY: Final = ("_T", "with", "without")
AGES: Final = ("_T", "Y0T2", "Y0T3", "Y0T6", "Y3T6", "Y7T17", "Y7T13", "Y14T15", "Y16T17", "Y14T17", "Y15T17")
DENOMINATORS: Final = ("responsible_age", "children")


def check_area(record: models.Model, name: str = "area") -> None:
    if getattr(record, name) not in {area.code for area in gazetteer()}:
        raise broken("unknown_area", name)


class CareDefinition(Sourced, Record):
    """What a count counts. Definitions of one `frame` share its children out between them, each child once: only they
    may be added up at one date. A definition outside every frame stands alone."""

    code = models.SlugField(max_length=60, unique=True)
    country = models.CharField(max_length=3, default="KAZ")
    name = LocalTextColumns()
    meaning = LocalTextColumns(required=False)
    placement = models.CharField(max_length=12, choices=choices(PLACEMENTS))
    frame = models.CharField(max_length=60, blank=True)

    class Meta(Record.Meta):
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.code)

    def typed(self) -> Definition:
        return Definition(self.code, next(p for p in PLACEMENTS if p == self.placement))


class CareCount(Sourced, Record):
    """Children there at a date (`stock`, `on` as far as it is known), or who came or left in a year (the other
    measures). `_T`: all. `rounded`: the source gives no exact number, so a gap may be rounding."""

    code = models.CharField(max_length=120, unique=True)
    definition = models.ForeignKey(CareDefinition, models.PROTECT, related_name="counts")
    measure = models.CharField(max_length=16, choices=choices(MEASURES))
    year = models.PositiveSmallIntegerField()
    on = PartialDateField()
    area = models.CharField(max_length=10, default="KAZ")
    age = models.CharField(max_length=8, choices=choices(AGES), default="_T")
    sex = models.CharField(max_length=2, choices=choices(SEXES), default="_T")
    disability = models.CharField(max_length=8, choices=choices(DISABILITY), default="_T")
    children = models.PositiveIntegerField()
    rounded = models.BooleanField(default=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Record.Meta):
        ordering = ("definition", "measure", "year", "code")
        indexes = (models.Index(fields=("area", "definition", "measure", "year"), name="care_counts"),)

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.body

    @property
    def whole(self) -> bool:
        """Whether it speaks of all children of the definition."""
        return (self.age, self.sex, self.disability) == ("_T", "_T", "_T")

    def clean(self) -> None:
        super().clean()
        check_area(self)
        if self.measure == "stock" and not self.on:
            raise broken("stock_without_date", "on")
        if self.on and not self.on.startswith(str(self.year)):
            raise broken("date_outside_year", "on", year=str(self.year))


def count_code(definition: str, measure: str, on: str, *groups: str) -> str:
    return ":".join((definition, measure, on, *groups))


class JusticeCount(Sourced, Record):
    """One component of the indicators in one place and year."""

    code = models.CharField(max_length=80, unique=True)
    component = models.CharField(max_length=24, choices=choices(COMPONENTS))
    year = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=10, default="KAZ")
    sex = models.CharField(max_length=2, choices=choices(SEXES), default="_T")
    children = models.PositiveIntegerField()
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Record.Meta):
        ordering = ("year", "area", "component", "sex")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.body

    def clean(self) -> None:
        super().clean()
        check_area(self)


class JusticeBase(Sourced, Record):
    """Children a rate is held against: those from the age of criminal responsibility to 17, or all of 0 to 17."""

    area = models.CharField(max_length=10, default="KAZ")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=choices(DENOMINATORS))
    from_age = models.PositiveSmallIntegerField()
    children = models.PositiveIntegerField()

    class Meta(Record.Meta):
        ordering = ("area", "year", "kind")
        constraints = (models.UniqueConstraint(fields=("area", "year", "kind"), name="care_one_base_a_year"),)

    def __str__(self) -> str:
        return f"{self.area} {self.year} {self.kind}"


class JusticeLevel(Sourced, Record):
    """A policy indicator of the manual (12 to 15) at its level 1 to 4, with the evidence for it. No percentage."""

    country = models.CharField(max_length=3, default="KAZ")
    number = models.PositiveSmallIntegerField(choices=[(number, name) for number, name in LEVELS.items()])
    year = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(choices=[(level, str(level)) for level in (1, 2, 3, 4)])
    evidence = LocalTextColumns()

    class Meta(Record.Meta):
        ordering = ("number", "year")
        constraints = (models.UniqueConstraint(fields=("country", "number", "year"), name="care_one_level_a_year"),)

    def __str__(self) -> str:
        return f"{self.country} {self.number} {self.year}"
