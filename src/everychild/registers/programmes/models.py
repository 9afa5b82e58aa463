"""Country programmes, pilots and their steps, results, partners and who answers for what.

An indicator's definition stands in the catalogue (the blueprint); `IndicatorUse` is what a result makes of it, with
its own baseline, target, place and group of children.
"""

from __future__ import annotations

from typing import Final

from django.db import models

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.registers import PROGRAMME_KINDS
from everychild.registers.codes import choices, listed
from everychild.registers.dates import PartialDateField, is_before
from everychild.registers.laws.articles import CRC_ARTICLES
from everychild.registers.laws.models import Act
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.programmes.vocabulary import (
    LEVELS,
    PARTNER_KINDS,
    ROLES,
    SCOPES,
    STAGE_EVIDENCE,
    STAGES,
)
from everychild.registers.records import Record, broken
from everychild.registers.texts import LocalTextColumns
from everychild.vocabulary.areas import gazetteer


def _check_places(places: str) -> None:
    if any(place not in gazetteer().areas for place in listed(places)):
        raise broken("unknown_area", "places")


class Programme(Sourced, Record):
    """A country programme, pilot, survey, institution or portal. `programme_areas` (codes of the office), `places`
    and `articles` are joined by `;`; `parent` is the country programme it ran under, where a source says so."""

    code = models.SlugField(max_length=40, unique=True)
    country = models.CharField(max_length=3, default="KAZ", db_index=True)
    kind = models.CharField(max_length=20, choices=choices(PROGRAMME_KINDS))
    title = LocalTextColumns()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    begins = PartialDateField()
    ends = PartialDateField()
    programme_areas = models.CharField(max_length=200, blank=True)
    fields_named = models.TextField(blank=True)
    articles = models.CharField(max_length=400, blank=True)
    places = models.CharField(max_length=200, blank=True)
    partners_named = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    responsible = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="programmes")
    link = models.URLField(max_length=400, blank=True)

    class Meta(Record.Meta):
        ordering = ("-begins", "code")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.responsible

    @property
    def areas(self) -> tuple[str, ...]:
        return listed(self.programme_areas)

    def clean(self) -> None:
        super().clean()
        if is_before(self.ends, self.begins):
            raise broken("period_ends_before_it_begins", "ends")
        if any(article not in CRC_ARTICLES for article in listed(self.articles)):
            raise broken("unknown_article", "articles")
        if any(area not in catalogue().programme_areas for area in self.areas):
            choices = ", ".join(catalogue().programme_areas)
            raise broken("field_not_a_choice", "programme_areas", choices=choices)
        _check_places(self.places)


class Partner(Sourced, Record):
    """A ministry, akimat, civil society organisation, UN sister agency or donor; `body` where it has a desk here."""

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=16, choices=choices(PARTNER_KINDS))
    name = LocalTextColumns()
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Record.Meta):
        ordering = ("kind", "code")

    def __str__(self) -> str:
        return str(self.code)


class Partnership(Sourced, Record):
    """What a partner does in a programme; `answers_for` says in words what it is responsible for."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="partnerships")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="partnerships")
    role = models.CharField(max_length=12, choices=choices(ROLES), default="takes_part")
    answers_for = LocalTextColumns(required=False)

    class Meta(Record.Meta):
        ordering = ("programme", "role", "partner__code")
        constraints = (
            models.UniqueConstraint(fields=("programme", "partner", "role"), name="programmes_one_partnership"),
        )

    def __str__(self) -> str:
        return f"{self.partner} {self.role} {self.programme}"

    @property
    def body_in_charge(self) -> Body | None:
        return self.programme.responsible

    def clean(self) -> None:
        super().clean()
        if self.role == "answers_for" and self.answers_for is None:
            raise broken("empty_cell", "answers_for_en")


class Result(Sourced, Record):
    """What a programme promises to reach; outputs stand under outcomes, outcomes under an impact."""

    code = models.SlugField(max_length=60, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="results")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    level = models.CharField(max_length=8, choices=choices(LEVELS))
    title = LocalTextColumns()
    programme_area = models.CharField(max_length=40, blank=True)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="results")

    class Meta(Record.Meta):
        ordering = ("programme", "code")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.programme.responsible

    def clean(self) -> None:
        super().clean()
        if self.programme_area and self.programme_area not in catalogue().programme_areas:
            raise broken("field_not_a_choice", "programme_area", choices=", ".join(catalogue().programme_areas))
        if self.parent is not None:
            same = self.parent.programme_id == self.programme_id
            if not same or LEVELS.index(self.parent.level) >= LEVELS.index(self.level):
                raise broken("result_under_a_lower_one", "parent")


class IndicatorUse(Sourced, Record):
    """An indicator of the catalogue as one result uses it: where, for whom, from which value to which."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="uses")
    indicator = models.CharField(max_length=80)
    area = models.CharField(max_length=10)
    group = models.CharField(max_length=120, blank=True)
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    baseline_period = models.CharField(max_length=20, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=6)
    target_period = models.CharField(max_length=20)

    class Meta(Record.Meta):
        ordering = ("result", "indicator", "area", "group")
        constraints = (
            models.UniqueConstraint(
                fields=("result", "indicator", "area", "group", "target_period"), name="programmes_one_use"
            ),
        )

    def __str__(self) -> str:
        return f"{self.result} {self.indicator}"

    @property
    def body_in_charge(self) -> Body | None:
        return self.result.programme.responsible

    def clean(self) -> None:
        super().clean()
        found = catalogue().indicators.get(self.indicator)
        if found is None:
            raise broken("unknown_indicator", "indicator")
        if self.area not in gazetteer().areas:
            raise broken("unknown_area", "area")
        if (self.baseline is None) != (self.baseline_period == ""):
            raise broken("value_without_period", "baseline_period")
        if self.baseline_period and self.target_period <= self.baseline_period:
            raise broken("period_ends_before_it_begins", "target_period")
        if self.baseline is not None and _goes_back(found.direction, self.baseline, self.target):
            raise broken("target_goes_back", "target", direction=found.direction)


def _goes_back(direction: str, baseline: object, target: object) -> bool:
    """Whether a target is worse for children than the baseline it starts from."""
    if direction == "up_is_better":
        return bool(target < baseline)  # type: ignore[operator]
    return direction == "down_is_better" and bool(target > baseline)  # type: ignore[operator]


class Pilot(Sourced, Record):
    """A project tried out in one place or in the whole country; how far it came is told by its steps."""

    code = models.SlugField(max_length=60, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="pilots")
    title = LocalTextColumns()
    scope = models.CharField(max_length=8, choices=choices(SCOPES))
    places = models.CharField(max_length=200)
    result = models.ForeignKey(Result, models.PROTECT, null=True, blank=True, related_name="pilots")

    class Meta(Record.Meta):
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.programme.responsible

    def clean(self) -> None:
        super().clean()
        _check_places(self.places)
        country = self.programme.country
        if (self.scope == "national") != (listed(self.places) == (country,)):
            raise broken("scope_and_places_differ", "scope", country=country)


class Step(Sourced, Record):
    """A stage that a pilot is said to have reached, with what shows it. Without evidence of the right kind, or before
    it was read (`verified`), the stage is claimed and no more."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=10, choices=choices(STAGES))
    on = PartialDateField()
    evidence_kind = models.CharField(max_length=12, choices=choices(STAGE_EVIDENCE), default="statement")
    evidence = LocalTextColumns()
    act = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")
    link = models.URLField(max_length=400, blank=True)

    class Meta(Record.Meta):
        ordering = ("pilot", "on", "id")
        constraints = (
            models.UniqueConstraint(fields=("pilot", "stage", "evidence_kind", "on"), name="programmes_one_step"),
        )

    def __str__(self) -> str:
        return f"{self.pilot} {self.stage}"

    @property
    def body_in_charge(self) -> Body | None:
        return self.pilot.programme.responsible

    def clean(self) -> None:
        super().clean()
        if (self.evidence_kind == "act") != (self.act_id is not None):
            raise broken("evidence_incomplete", "act", kind=self.evidence_kind)


OF_PROGRAMME: Final = (
    "kind", "title", "parent", "begins", "ends", "programme_areas", "fields_named", "articles", "places",
    "partners_named", "detail", "responsible", "link",
)  # fmt: skip
