"""Demands of human rights mechanisms, and beside each what every party says of it and what was shown.

A paragraph that holds several demands is split: the parent keeps the text of the document, its parts are followed up.
Reports of a status are handed in, never changed: the last of each body stands, the earlier ones stay to be read.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.registers import RECOMMENDATION_KINDS
from everychild.registers.codes import choices, listed
from everychild.registers.dates import PartialDateField, is_before
from everychild.registers.laws.articles import CRC_ARTICLES
from everychild.registers.laws.models import Act
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.recommendations.vocabulary import (
    EVIDENCE_KINDS,
    MECHANISMS,
    PARTIES,
    PROOFS,
    REPEAT_KINDS,
    STATUSES,
    UPR_POSITIONS,
    WORDINGS,
)
from everychild.registers.records import Record, broken
from everychild.registers.texts import LocalTextColumns

DUE_SET_BY: Final = ("rhythm", "document", "person")


class Recommendation(Sourced, Record):
    """One demand. `articles` of the Convention, `groups` of children, `sdg_targets` and `proofs` are joined by `;`.

    `proofs` are the kinds of evidence that would show it done; empty: any of PROOFS. `due` is the day of the next
    report by the mechanism's rhythm, unless the document or a person set another (`due_set_by`).
    """

    code = models.SlugField(max_length=60, unique=True)
    country = models.CharField(max_length=3, default="KAZ")
    mechanism = models.CharField(max_length=12, choices=choices(MECHANISMS))
    document = models.CharField(max_length=120, db_index=True)
    paragraph = models.CharField(max_length=40, blank=True)
    adopted = PartialDateField(blank=False)
    kind = models.CharField(max_length=16, choices=choices(RECOMMENDATION_KINDS), default="recommendation")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    text = LocalTextColumns(required=False)
    wording = models.CharField(max_length=10, choices=choices(WORDINGS), default="own_words")
    theme = models.CharField(max_length=400, blank=True)
    articles = models.CharField(max_length=400, blank=True)
    groups = models.CharField(max_length=600, blank=True)
    sdg_targets = models.CharField(max_length=400, blank=True)
    upr_position = models.CharField(max_length=10, choices=choices(UPR_POSITIONS), blank=True)
    asked_by = models.CharField(max_length=400, blank=True)
    response = LocalTextColumns(required=False)
    responsible = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="recommendations")
    due = PartialDateField()
    due_set_by = models.CharField(max_length=10, choices=choices(DUE_SET_BY), default="rhythm")
    proofs = models.CharField(max_length=60, blank=True)
    link = models.URLField(max_length=400, blank=True)

    class Meta(Record.Meta):
        ordering = ("-adopted", "code")
        indexes = (
            models.Index(fields=("country", "-adopted", "code"), name="recs_list"),
            models.Index(fields=("country", "mechanism", "-adopted"), name="recs_mechanism"),
            models.Index(fields=("country", "due", "kind"), name="recs_due"),
        )

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.responsible

    @property
    def year(self) -> str:
        return str(self.adopted[:4])

    def clean(self) -> None:
        super().clean()
        if self.text is None:
            raise broken("empty_cell", "text_en")
        if any(article not in CRC_ARTICLES for article in listed(self.articles)):
            raise broken("unknown_article", "articles")
        if any(proof not in PROOFS for proof in listed(self.proofs)):
            raise broken("field_not_a_choice", "proofs", choices=", ".join(PROOFS))
        if self.upr_position and self.mechanism != "UPR":
            raise broken("position_outside_upr", "upr_position", mechanism=self.mechanism)
        if is_before(self.due, self.adopted):
            raise broken("due_before_adopted", "due", adopted=self.adopted)
        if self.parent is not None and (self.parent.pk == self.pk or self.parent.parent_id):
            raise broken("part_of_a_part", "parent")


class Repeat(Sourced, Record):
    """A later demand for what an earlier one asked: the mechanism's own judgement that it was not done (`repeated`),
    or another body that asks for the same (`same_issue`)."""

    earlier = models.ForeignKey(Recommendation, models.PROTECT, related_name="repeated_by")
    later = models.ForeignKey(Recommendation, models.PROTECT, related_name="repeats")
    kind = models.CharField(max_length=10, choices=choices(REPEAT_KINDS))

    class Meta(Record.Meta):
        ordering = ("earlier__code", "later__code")
        constraints = (models.UniqueConstraint(fields=("earlier", "later"), name="recs_one_repeat_a_pair"),)

    def __str__(self) -> str:
        return f"{self.later} {self.kind} {self.earlier}"

    def clean(self) -> None:
        super().clean()
        if self.earlier_id == self.later_id:
            raise broken("repeats_itself", "later")
        if (
            self.kind == "repeated"
            and self.earlier.mechanism.partition("-")[0] != self.later.mechanism.partition("-")[0]
        ):
            raise broken("repeated_by_another_body", "kind")
        if is_before(self.later.adopted, self.earlier.adopted):
            raise broken("repeat_before_the_first", "later", adopted=self.earlier.adopted)


class FollowUp(Sourced, Record):
    """An action that a body takes on a recommendation; `indicator` of the catalogue and `budget_line` show it."""

    code = models.SlugField(max_length=60, unique=True)
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="actions")
    title = LocalTextColumns(required=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    begins = PartialDateField()
    due = PartialDateField()
    ended = PartialDateField()
    indicator = models.CharField(max_length=80, blank=True)
    budget_line = models.CharField(max_length=80, blank=True)

    class Meta(Record.Meta):
        ordering = ("begins", "code")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body:
        return self.body

    def clean(self) -> None:
        super().clean()
        if self.title is None:
            raise broken("empty_cell", "title_en")
        if is_before(self.due, self.begins) or is_before(self.ended, self.begins):
            raise broken("period_ends_before_it_begins", "due")
        if self.indicator and self.indicator not in catalogue().indicators:
            raise broken("unknown_indicator", "indicator")


class StatusReport(Sourced, Record):
    """What one body says of a recommendation on a day, and why. Handed in once; never changed but for `last`, which
    says that the body has said nothing later: lists filter by it, and asking each row anew takes ten times as long."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="reports")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    party = models.CharField(max_length=16, choices=choices(PARTIES))
    status = models.CharField(max_length=24, choices=choices(STATUSES))
    on = PartialDateField(blank=False)
    reason = LocalTextColumns(required=False)
    handed_in = models.DateTimeField()
    last = models.BooleanField(default=True, editable=False)

    class Meta(Record.Meta):
        ordering = ("on", "handed_in", "id")
        indexes = (
            models.Index(fields=("recommendation", "body", "on"), name="recs_report_latest"),
            models.Index(fields=("last", "status", "party", "recommendation"), name="recs_report_status"),
        )

    def __str__(self) -> str:
        return f"{self.recommendation} {self.body} {self.on}"

    @property
    def body_in_charge(self) -> Body:
        return self.body

    def clean(self) -> None:
        super().clean()
        if self.status != "no_information" and self.reason is None:
            raise broken("status_without_reason", "reason_en")
        if is_before(self.on, self.recommendation.adopted):
            raise broken("status_before_adopted", "on", adopted=self.recommendation.adopted)


class Evidence(Sourced, Record):
    """What bears out that something was done. Counts as proof once another person has checked it (`verified` = yes).

    act_in_force: `act`. money_spent: `amount` in thousand tenge, `year`, `budget_line` where the register has it.
    value_moved: `indicator` with value and period before and after.
    """

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="evidence")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=choices(EVIDENCE_KINDS))
    on = PartialDateField(blank=False)
    says = LocalTextColumns(required=False)
    act = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")
    budget_line = models.CharField(max_length=80, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True)
    year = models.PositiveIntegerField(null=True, blank=True)
    indicator = models.CharField(max_length=80, blank=True)
    value_before = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    period_before = models.CharField(max_length=20, blank=True)
    value_after = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    period_after = models.CharField(max_length=20, blank=True)
    link = models.URLField(max_length=400, blank=True)

    class Meta(Record.Meta):
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.recommendation} {self.kind} {self.on}"

    @property
    def body_in_charge(self) -> Body:
        return self.body

    def clean(self) -> None:
        super().clean()
        if self.says is None:
            raise broken("empty_cell", "says_en")
        lacking = next((name for name in _NEEDED.get(self.kind, ()) if getattr(self, name) in (None, "")), None)
        if lacking:
            raise broken("evidence_incomplete", lacking, kind=self.kind)
        if self.indicator and self.indicator not in catalogue().indicators:
            raise broken("unknown_indicator", "indicator")
        if self.kind == "money_spent" and self.amount <= 0:
            raise broken("number_too_small", "amount", least="0")
        if self.kind == "value_moved" and self.period_after <= self.period_before:
            raise broken("period_ends_before_it_begins", "period_after")


_NEEDED: Final = {
    "act_in_force": ("act",),
    "money_spent": ("amount", "year"),
    "value_moved": ("indicator", "value_before", "period_before", "value_after", "period_after"),
}
