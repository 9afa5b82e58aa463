"""Budget lines; definitions of child spending as sets of rules; and what every definition counts, by year.

A line has no child share of its own: each definition gives it one by its rules, or by a decision on that line alone.
Amounts are whole units of the currency; an amount that was not told is null, never 0.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.db import models

from everychild.catalogue.catalogue import catalogue
from everychild.methods.child_budget.rules import Condition
from everychild.methods.child_budget.rules import Rule as MethodRule
from everychild.methods.child_budget.shares import EVIDENCE, KINDS
from everychild.methods.child_budget.shares import Share as MethodShare
from everychild.methods.errors import MethodError
from everychild.registers.codes import choices
from everychild.registers.marks import Sourced
from everychild.registers.people.models import Body
from everychild.registers.records import Record, broken
from everychild.registers.texts import LocalTextColumns
from everychild.vocabulary.areas import gazetteer

LEVELS: Final = ("central", "regional", "local")
STAGES: Final = ("planned", "revised", "executed")
DIMENSIONS: Final = ("all", "kind", "article", "programme_area", "level")
"""What tallies are made by. `all` has one row; `kind` is the kind of share, each line in one."""
COFOG: Final = re.compile(r"\d{2}(\.\d)?(\.\d)?", re.ASCII)
PROGRAMME: Final = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)


def line_code(country: str, year: int, level: str, region: str, programme: str) -> str:
    """The name of a line: everything that makes it another one."""
    return f"{country}-{year}-{level}-{region}-{programme}"


class Line(Sourced, Record):
    """What one level of government in one place plans and spends on one programme in one year.

    `programme` is the national code with points between its levels (administrator.programme.subprogramme). `transfer`:
    money handed to another level, where it stands again. `article` and `programme_area` are its right and its area.
    """

    code = models.CharField(max_length=80, unique=True)
    country = models.CharField(max_length=3, default="KAZ")
    year = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8, choices=choices(LEVELS))
    region = models.CharField(max_length=10)
    programme = models.CharField(max_length=20)
    cofog = models.CharField(max_length=6, blank=True)
    title = LocalTextColumns(required=False)
    planned = models.BigIntegerField(null=True, blank=True)
    revised = models.BigIntegerField(null=True, blank=True)
    executed = models.BigIntegerField(null=True, blank=True)
    transfer = models.BooleanField(default=False)
    article = models.CharField(max_length=12, blank=True)
    programme_area = models.CharField(max_length=20, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Record.Meta):
        ordering = ("-year", "code")
        indexes = (
            models.Index(fields=("country", "year", "-executed"), name="budget_lines_of_a_year"),
            models.Index(fields=("country", "year", "region", "-executed"), name="budget_lines_of_a_place"),
        )

    def __str__(self) -> str:
        return str(self.code)

    @property
    def body_in_charge(self) -> Body | None:
        return self.body

    @property
    def codes(self) -> dict[str, str]:
        """Its codes by classification, as rules ask for them."""
        found = {"cofog": self.cofog, "programme": self.programme, "level": self.level, "region": self.region}
        return {scheme: code for scheme, code in found.items() if code}

    def clean(self) -> None:
        super().clean()
        if self.title is None:
            raise broken("empty_cell", "title")
        if self.cofog and not COFOG.fullmatch(self.cofog):
            raise broken("not_a_cofog_code", "cofog")
        if not PROGRAMME.fullmatch(self.programme):
            raise broken("not_a_programme_code", "programme")
        if self.planned is None and self.revised is None and self.executed is None:
            raise broken("budget_line_without_amount", "planned")
        if (self.planned or 0) < 0 or (self.revised or 0) < 0:
            raise broken("budget_of_less_than_nothing", "planned" if (self.planned or 0) < 0 else "revised")
        check_right_and_area(self)
        if self.region not in {area.code for area in gazetteer()}:
            raise broken("unknown_area", "region")


def check_right_and_area(record: Line | Rule) -> None:
    if record.article and record.article not in catalogue().articles:
        raise broken("unknown_article", "article")
    if record.programme_area and record.programme_area not in catalogue().programme_areas:
        raise broken("field_not_a_choice", "programme_area", choices=", ".join(catalogue().programme_areas))


class RuleSet(Sourced, Record):
    """One definition of a budget for children: that of a method, or a country's own. `act` is the code of its act."""

    code = models.SlugField(max_length=40, unique=True)
    country = models.CharField(max_length=3, default="KAZ")
    name = LocalTextColumns()
    meaning = LocalTextColumns(required=False)
    public_goods = models.BooleanField(default=False)
    official = models.BooleanField(default=False)
    act = models.CharField(max_length=40, blank=True)

    class Meta(Record.Meta):
        ordering = ("official", "code")

    def __str__(self) -> str:
        return str(self.code)


class SharedOut(models.Model):
    """Abstract: a kind and a share between its bounds, 0 to 1. `evidence`: a register of users (1), a survey of them
    (2), children in the area (3), children in the country or nothing at all (4)."""

    kind = models.CharField(max_length=12, choices=choices(KINDS))
    evidence = models.PositiveSmallIntegerField(choices=[(level, str(level)) for level in EVIDENCE])
    low = models.DecimalField(max_digits=6, decimal_places=5)
    share = models.DecimalField(max_digits=6, decimal_places=5)
    high = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        abstract = True

    def method_share(self) -> MethodShare:
        kind = next(k for k in KINDS if k == self.kind)
        return MethodShare(kind, self.evidence, float(self.share), float(self.low), float(self.high))


class Rule(SharedOut, Sourced, Record):
    """Lines of these codes have this share; the most specific rule of a set holds. `article` and `programme_area` are
    those of its lines where a line names none."""

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="rules")
    code = models.CharField(max_length=60, unique=True)
    cofog = models.CharField(max_length=6, blank=True)
    programme = models.CharField(max_length=20, blank=True)
    level = models.CharField(max_length=8, blank=True, choices=choices(LEVELS))
    region = models.CharField(max_length=10, blank=True)
    first_year = models.PositiveSmallIntegerField(null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = LocalTextColumns()
    article = models.CharField(max_length=12, blank=True)
    programme_area = models.CharField(max_length=20, blank=True)

    class Meta(Record.Meta):
        ordering = ("rule_set", "code")

    def __str__(self) -> str:
        return str(self.code)

    @property
    def conditions(self) -> list[tuple[str, str]]:
        named = [(scheme, getattr(self, scheme)) for scheme in ("cofog", "programme", "level", "region")]
        return [(scheme, code) for scheme, code in named if code]

    def clean(self) -> None:
        super().clean()
        check_right_and_area(self)
        _check_method(self)


class LineShare(SharedOut, Sourced, Record):
    """A decision on one line under one definition, where the rule does not do it justice; it goes before the rules."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="shares")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="line_shares")
    reason = models.TextField()

    class Meta(Record.Meta):
        constraints = (models.UniqueConstraint(fields=("line", "rule_set"), name="budget_one_share_a_definition"),)

    def __str__(self) -> str:
        return f"{self.line} {self.rule_set}"

    def clean(self) -> None:
        super().clean()
        _check_method(self)


def _check_method(record: Rule | LineShare) -> None:
    """The method's own refusals, at the column they speak of."""
    try:
        method_rule(record)
    except MethodError as refused:
        raise broken(refused.rule, "share", **refused.values) from refused


def method_rule(record: Rule | LineShare) -> MethodRule:
    """Raises MethodError for a share out of order, a direct one under 1, a rule without a condition."""
    pairs = record.conditions if isinstance(record, Rule) else [("line", record.line.code)]
    code = record.code if isinstance(record, Rule) else f"line {record.line.code}"
    years: dict[str, Any] = {name: getattr(record, name, None) for name in ("first_year", "last_year")}
    conditions = tuple(Condition(scheme, value) for scheme, value in pairs)
    return MethodRule(code, record.method_share(), conditions, record.source, **years)


class YearBasis(Sourced, Record):
    """What a year's money is held against in one place: children of 0 to 17, and a price index with its base year."""

    area = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    children = models.PositiveIntegerField(null=True, blank=True)
    deflator = models.DecimalField(max_digits=12, decimal_places=5, null=True, blank=True)
    deflator_name = models.CharField(max_length=80, blank=True)

    class Meta(Record.Meta):
        ordering = ("area", "year")
        constraints = (models.UniqueConstraint(fields=("area", "year"), name="budget_one_basis_a_year"),)

    def __str__(self) -> str:
        return f"{self.area} {self.year}"

    @property
    def code(self) -> str:
        return f"{self.area}-{self.year}"


class Tally(Record):
    """What a definition counts of a year's lines: reckoned when lines or rules change, so that pages need not.

    The newest `edition` of a definition and year stands; earlier ones stay: they were published. `region` "" is the
    whole country. Amounts are whole units of the currency.
    """

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    edition = models.PositiveIntegerField()
    region = models.CharField(max_length=10, blank=True)
    dimension = models.CharField(max_length=15, choices=choices(DIMENSIONS))
    value = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=8, choices=choices(STAGES))
    lines = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    low = models.BigIntegerField()
    child = models.BigIntegerField()
    high = models.BigIntegerField()
    weak = models.BigIntegerField(default=0)
    unclassified_lines = models.PositiveIntegerField(default=0)
    unclassified = models.BigIntegerField(default=0)
    not_told = models.PositiveIntegerField(default=0)
    transfers = models.BigIntegerField(default=0)
    refunds = models.BigIntegerField(default=0)

    class Meta(Record.Meta):
        indexes = (models.Index(fields=("rule_set", "region", "dimension", "year", "edition"), name="budget_tallies"),)

    def __str__(self) -> str:
        return f"{self.rule_set} {self.year} {self.region} {self.dimension} {self.value}"

    @property
    def percent(self) -> float | None:
        return 100 * self.child / self.amount if self.amount > 0 else None
