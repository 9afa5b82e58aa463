"""Acts, versions, provisions; obligations; and the cells where an obligation meets a provision.

The unit of judgement is one obligation × one provision. A cell is read by two coders who do not see each other's
reading until both are in; where they differ, a third person decides and the difference stays to be seen. When the law
changes, the cell opens again for the next round and the old round stays as it was.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from everychild.methods.alignment import VERDICTS
from everychild.registers.codes import choices
from everychild.registers.dates import PartialDateField, is_before
from everychild.registers.laws.articles import CRC_ARTICLES
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.records import Record, broken
from everychild.registers.texts import LocalTextColumns

ACT_KINDS: Final = (
    "treaty_ratification", "treaty_accession", "constitution", "constitutional_law", "code", "law", "amending_law",
    "presidential_decree", "government_resolution", "ministerial_order", "action_plan", "court_ruling",
)  # fmt: skip
ACT_STATUSES: Final = ("draft", "adopted", "in_force", "repealed", "expired", "unknown")
SUCCESSION_KINDS: Final = ("repeals", "replaces", "amends")
INSTRUMENTS: Final = ("CRC", "OPAC", "OPSC", "OPIC", "CRPD")
CELL_STATES: Final = ("open", "agreed", "disputed", "adjudicated")


class Act(Sourced, Record):
    """An act or treaty of a country. `articles`: of the Convention, joined by `;`."""

    code = models.SlugField(max_length=40, unique=True)
    country = models.CharField(max_length=3, default="KAZ", db_index=True)
    title = LocalTextColumns()
    kind = models.CharField(max_length=30, choices=choices(ACT_KINDS))
    number = models.CharField(max_length=40, blank=True)
    adopted = PartialDateField()
    status = models.CharField(max_length=12, choices=choices(ACT_STATUSES))
    status_remark = models.TextField(blank=True)
    in_force_since = PartialDateField()
    ended = PartialDateField()
    articles = models.CharField(max_length=400, blank=True)
    topic = models.TextField(blank=True)
    link = models.URLField(max_length=400, blank=True)

    class Meta(Record.Meta):
        ordering = ("-adopted", "code")
        indexes = (models.Index(fields=("country", "status", "-adopted"), name="laws_act_list"),)

    def __str__(self) -> str:
        return str(self.code)

    @property
    def crc_articles(self) -> tuple[str, ...]:
        return tuple(part for part in self.articles.split(";") if part)

    def clean(self) -> None:
        super().clean()
        for article in self.crc_articles:
            if article not in CRC_ARTICLES:
                raise broken("unknown_article", "articles")
        begun = self.in_force_since or self.adopted
        if is_before(self.ended, begun):
            raise broken("act_ended_before_it_began", "ended", begun=begun)
        if self.ended and self.status == "in_force":
            raise broken("act_ended_and_in_force", "status", ended=self.ended)


class ActVersion(Sourced, Record):
    """The text of an act from a day on; `amended_by` is the act that changed it."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="versions")
    in_force_from = PartialDateField(blank=False)
    amended_by = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="versions_made")

    class Meta(Record.Meta):
        ordering = ("in_force_from",)
        constraints = (models.UniqueConstraint(fields=("act", "in_force_from"), name="laws_one_version_a_day"),)

    def __str__(self) -> str:
        return f"{self.act} {self.in_force_from}"


class Succession(Sourced, Record):
    """One act that repeals, replaces or amends another."""

    earlier = models.ForeignKey(Act, models.PROTECT, related_name="followed_by")
    later = models.ForeignKey(Act, models.PROTECT, related_name="follows")
    kind = models.CharField(max_length=10, choices=choices(SUCCESSION_KINDS))
    on = PartialDateField()

    class Meta(Record.Meta):
        constraints = (models.UniqueConstraint(fields=("earlier", "later", "kind"), name="laws_succession_once"),)

    def __str__(self) -> str:
        return f"{self.later} {self.kind} {self.earlier}"

    def clean(self) -> None:
        super().clean()
        if self.earlier_id == self.later_id:
            raise broken("act_follows_itself", "later")


class Provision(Sourced, Record):
    """A part of an act that can be held against a duty; its text as far as it was read, in the language of reading."""

    code = models.CharField(max_length=60, unique=True)
    act = models.ForeignKey(Act, models.PROTECT, related_name="provisions")
    label = LocalTextColumns()
    text = LocalTextColumns(required=False)
    in_force_from = PartialDateField()
    in_force_to = PartialDateField()

    class Meta(Record.Meta):
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.code)


class Obligation(Sourced, Record):
    """A testable duty of an article, with the criteria that were written before any law was read."""

    code = models.CharField(max_length=30, unique=True)
    instrument = models.CharField(max_length=5, choices=choices(INSTRUMENTS))
    article = models.CharField(max_length=12, db_index=True)
    order = models.PositiveIntegerField(default=0)
    duty = LocalTextColumns()
    criteria = LocalTextColumns()
    read_with = models.TextField(blank=True)

    class Meta(Record.Meta):
        ordering = ("order",)

    def __str__(self) -> str:
        return str(self.code)


class Cell(Record):
    """Where an obligation meets a provision; without a provision it asks whether the law says anything at all.

    `outcome` is what stands of the present round: what both coders said or what was decided; before that the cell
    counts as not assessed.
    """

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="cells")
    provision = models.ForeignKey(Provision, models.PROTECT, null=True, blank=True, related_name="cells")
    country = models.CharField(max_length=3, default="KAZ")
    round = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=choices(CELL_STATES), default="open")
    outcome = models.CharField(max_length=15, choices=choices(VERDICTS), default="not_assessed")
    opened_because = models.TextField(blank=True)

    class Meta(Record.Meta):
        ordering = ("obligation__order", "id")
        constraints = (
            models.UniqueConstraint(fields=("obligation", "provision"), name="laws_one_cell_a_pair"),
            models.UniqueConstraint(
                fields=("obligation", "country"), condition=models.Q(provision=None), name="laws_one_cell_of_silence"
            ),
        )

    def __str__(self) -> str:
        return f"{self.obligation} × {self.provision or '–'}"


class Reading(Record):
    """One coder's judgement of a cell in one round. Handed in once; never changed."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="readings")
    round = models.PositiveIntegerField()
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=15, choices=choices(tuple(v for v in VERDICTS if v != "not_assessed")))
    reason = models.TextField()
    quotation = models.TextField(blank=True)
    handed_in = models.DateTimeField()

    class Meta(Record.Meta):
        ordering = ("cell", "round", "handed_in")
        constraints = (models.UniqueConstraint(fields=("cell", "round", "coder"), name="laws_one_reading_a_coder"),)

    def __str__(self) -> str:
        return f"{self.cell} ({self.round})"

    @property
    def body_in_charge(self) -> Body:
        return self.body


class Adjudication(Record):
    """What a third person decided where two coders differed, and why."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="adjudications")
    round = models.PositiveIntegerField()
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=15, choices=choices(tuple(v for v in VERDICTS if v != "not_assessed")))
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta(Record.Meta):
        constraints = (models.UniqueConstraint(fields=("cell", "round"), name="laws_one_decision_a_round"),)

    def __str__(self) -> str:
        return f"{self.cell} ({self.round})"
