"""Polls and consultations: questions, answers as counts of groups (never persons), comments, and what they led to."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from everychild.registers.codes import choices
from everychild.registers.dates import PartialDateField, is_before
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.records import Record, broken
from everychild.registers.texts import LocalTextColumns
from everychild.registers.voices.personal import personal_in
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.language import LANGUAGES

KINDS: Final = ("opt_in", "probability", "consultation")
"""Volunteers; a sample drawn by chance; a meeting or open call whose answers nobody weights."""
POLL_STATES: Final = ("draft", "published")
COMMENT_STATES: Final = ("submitted", "approved", "declined")
SEXES: Final = ("F", "M", "O", "U")
"""Girls, boys, another answer, not said."""
DIMENSIONS: Final = ("age_group", "sex", "region")
AGE_GROUP: Final = re.compile(r"\d{1,2}-\d{1,2}", re.ASCII)


class Poll(Sourced, Record):
    """One round of questions. `asked`: how many were invited; `how`: in which way; `missed`: who did not answer and
    why that matters."""

    code = models.SlugField(max_length=40, unique=True)
    country = models.CharField(max_length=3, default="KAZ")
    title = LocalTextColumns()
    kind = models.CharField(max_length=12, choices=choices(KINDS))
    body = models.ForeignKey(Body, models.PROTECT, related_name="polls")
    asked = models.PositiveIntegerField(null=True, blank=True)
    began = PartialDateField(blank=False)
    ended = PartialDateField()
    how = LocalTextColumns()
    missed = LocalTextColumns()
    state = models.CharField(max_length=10, choices=choices(POLL_STATES), default="draft")
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Record.Meta):
        ordering = ("-began", "code")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body:
        return self.body

    def clean(self) -> None:
        super().clean()
        if is_before(self.ended, self.began):
            raise broken("period_ends_before_it_begins", "ended")


class Question(Record):
    """`several`: more than one answer may be chosen, so that shares do not add up to 100."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="questions")
    code = models.SlugField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    text = LocalTextColumns()
    several = models.BooleanField(default=False)

    class Meta(Record.Meta):
        ordering = ("poll", "order", "code")

    def __str__(self) -> str:
        return str(self.code)

    def clean(self) -> None:
        super().clean()
        if any(not getattr(self, f"text_{language}").strip() for language in LANGUAGES):
            raise broken("question_not_in_all_languages", "text_kk")


class Choice(Record):
    """One answer that could be chosen."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="choices")
    code = models.SlugField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    label = LocalTextColumns()

    class Meta(Record.Meta):
        ordering = ("question", "order", "code")

    def __str__(self) -> str:
        return str(self.code)


class Group(models.Model):
    """Abstract: a number of people of one age group, sex and region."""

    age_group = models.CharField(max_length=5)
    sex = models.CharField(max_length=1, choices=choices(SEXES))
    region = models.CharField(max_length=10)
    people = models.PositiveIntegerField()

    class Meta:
        abstract = True

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.age_group, self.sex, self.region


class Respondents(Group, Record):
    """How many of a group took part."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="respondents")

    class Meta(Record.Meta):
        constraints = (
            models.UniqueConstraint(fields=("poll", "age_group", "sex", "region"), name="voices_one_group_a_poll"),
        )

    def __str__(self) -> str:
        return f"{self.poll} {'/'.join(self.cell)}"

    def clean(self) -> None:
        super().clean()
        if not AGE_GROUP.fullmatch(self.age_group):
            raise broken("not_an_age_group", "age_group")
        if self.region not in {area.code for area in gazetteer()}:
            raise broken("unknown_area", "region")


class Answers(Group, Record):
    """How many of a group chose an answer."""

    choice = models.ForeignKey(Choice, models.PROTECT, related_name="answers")

    class Meta(Record.Meta):
        constraints = (
            models.UniqueConstraint(fields=("choice", "age_group", "sex", "region"), name="voices_one_count_a_group"),
        )

    def __str__(self) -> str:
        return f"{self.choice} {'/'.join(self.cell)}"


class Margin(Sourced, Record):
    """How many people of a group live in the population the poll speaks for."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="margins")
    dimension = models.CharField(max_length=10, choices=choices(DIMENSIONS))
    category = models.CharField(max_length=10)
    population = models.PositiveIntegerField()

    class Meta(Record.Meta):
        ordering = ("poll", "dimension", "category")
        constraints = (
            models.UniqueConstraint(fields=("poll", "dimension", "category"), name="voices_one_margin_a_category"),
        )

    def __str__(self) -> str:
        return f"{self.poll} {self.dimension} {self.category}"

    def clean(self) -> None:
        """Categories are the codes in which answers are counted."""
        super().clean()
        known = {
            "sex": self.category in SEXES,
            "region": self.category in {area.code for area in gazetteer()},
            "age_group": bool(AGE_GROUP.fullmatch(self.category)),
        }
        if not known.get(self.dimension, True):
            raise broken("field_invalid", "category")


class Comment(Record):
    """Words of a child or young person, in the language they were said in. Shown once approved; never with a name.

    `age_group` is all that is kept of who said it.
    """

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="comments")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=choices(LANGUAGES))
    text = models.TextField(max_length=2_000)
    age_group = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=10, choices=choices(COMMENT_STATES), default="submitted")
    reason = models.TextField(blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta(Record.Meta):
        ordering = ("-submitted_at", "pk")

    def __str__(self) -> str:
        return f"{self.poll} {self.pk}"

    @property
    def body_in_charge(self) -> Body:
        return self.body

    def clean(self) -> None:
        """Names, numbers and ways to reach a person are refused here, too, for whatever writes without the action."""
        rule = personal_in(self.text)
        if rule:
            raise ValidationError({"text": ValidationError("", code=rule)})
        super().clean()


class Outcome(Sourced, Record):
    """You said – they answered – what changed. `evidence` names a record of another register or an address."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="outcomes")
    code = models.SlugField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    said = LocalTextColumns()
    answered = LocalTextColumns(required=False)
    answered_by = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = PartialDateField()
    changed = LocalTextColumns(required=False)
    changed_on = PartialDateField()
    evidence = models.TextField(blank=True)

    class Meta(Record.Meta):
        ordering = ("poll", "order", "code")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body:
        return self.poll.body

    def clean(self) -> None:
        super().clean()
        if self.answered is not None and self.answered_by is None:
            raise broken("answer_of_nobody", "answered_by")
        if self.changed is not None and not self.evidence.strip():
            raise broken("change_without_evidence", "evidence")
