"""Reading the budget: definitions, years, totals with their range, lines with the share each definition gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q, QuerySet

from everychild.methods.child_budget.credibility import execution_rate
from everychild.registers.budget import counting
from everychild.registers.budget.models import Line, Rule, RuleSet, Tally, YearBasis
from everychild.vocabulary.language import LANGUAGES


def rule_sets(country: str) -> QuerySet[RuleSet]:
    """Definitions, the method's first, a country's own after it."""
    return RuleSet.objects.filter(country=country)


def rules_of(rule_set: RuleSet) -> QuerySet[Rule]:
    return Rule.objects.filter(rule_set=rule_set).order_by("code")


def years(country: str) -> list[int]:
    """Years that have lines, newest first, as the tallies know them: to ask all lines would take longer than a page
    may."""
    counted = Tally.objects.filter(rule_set__country=country, region="", dimension="all", stage="executed")
    return sorted(counted.order_by().values_list("year", flat=True).distinct(), reverse=True)


@dataclass(frozen=True)
class Spent:
    """A tally in one stage with what it is worth: `per_child` and `real_per_child` None where a part is not known."""

    tally: Tally
    execution: float | None
    per_child: float | None
    real_per_child: float | None
    base_year: int | None

    @property
    def year(self) -> int:
        return int(self.tally.year)


def by_year(rule_set: RuleSet, region: str = "") -> list[Spent]:
    """Child spending of every year, oldest first: executed, and planned where nothing was executed yet.

    Execution is executed against planned child spending of the same shares (SDG 16.6.1 takes the original budget). Real
    terms are prices of the last year with an index.
    """
    wanted = Tally.objects.filter(rule_set=rule_set, region=region, dimension="all", stage__in=_SHOWN)
    stages: dict[int, dict[str, Tally]] = {}
    for row in newest(wanted):
        stages.setdefault(row.year, {})[row.stage] = row
    bases, base_year = _bases(region or rule_set.country)
    return [_spent(stages[year], bases, base_year) for year in sorted(stages)]


def side_by_side(country: str, year: int, region: str = "") -> list[tuple[RuleSet, Spent]]:
    """One year under every definition, in one query."""
    wanted = Tally.objects.filter(
        rule_set__country=country, year=year, region=region, dimension="all", stage__in=_SHOWN
    ).select_related("rule_set")
    by_definition: dict[RuleSet, list[Tally]] = {}
    for row in wanted.order_by("rule_set__official", "rule_set__code"):
        by_definition.setdefault(row.rule_set, []).append(row)
    bases, base_year = _bases(region or country)
    return [
        (rule_set, _spent({row.stage: row for row in _last(rows)}, bases, base_year))
        for rule_set, rows in by_definition.items()
    ]


_SHOWN: Final = ("planned", "executed")


def _bases(area: str) -> tuple[dict[int, YearBasis], int | None]:
    bases = {basis.year: basis for basis in YearBasis.objects.filter(area=area)}
    return bases, max((year for year, basis in bases.items() if basis.deflator), default=None)


def newest(rows: QuerySet[Tally]) -> list[Tally]:
    """Only the last edition of each year: earlier ones were true when they were published."""
    return _last(list(rows))


def _last(found: list[Tally]) -> list[Tally]:
    last: dict[int, int] = {}
    for row in found:
        last[row.year] = max(row.edition, last.get(row.year, 0))
    return [row for row in found if row.edition == last[row.year]]


def _spent(stages: dict[str, Tally], bases: dict[int, YearBasis], base_year: int | None) -> Spent:
    executed, planned = stages["executed"], stages["planned"]
    shown = executed if executed.amount else planned
    basis = bases.get(shown.year)
    per_child = shown.child / basis.children if basis and basis.children else None
    real = None
    if per_child is not None and base_year and basis and basis.deflator:
        real = per_child * float(bases[base_year].deflator) / float(basis.deflator)
    rate = execution_rate(executed.child, planned.child) if planned.child and executed.amount else None
    return Spent(shown, rate, per_child, real, base_year)


def parts(rule_set: RuleSet, year: int, region: str = "") -> dict[str, list[Tally]]:
    """Tallies of a year by dimension, largest child spending first, in the stage that `by_year` shows."""
    found = newest(Tally.objects.filter(rule_set=rule_set, region=region, year=year))
    executed = any(row.stage == "executed" and row.dimension == "all" and row.amount for row in found)
    stage = "executed" if executed else "planned"
    parted: dict[str, list[Tally]] = {}
    for row in sorted(found, key=lambda row: (-row.child, row.value)):
        if row.stage == stage:
            parted.setdefault(row.dimension, []).append(row)
    return parted


def by_region(rule_set: RuleSet, year: int) -> list[Tally]:
    """One tally a place, in the order of their codes: a list, not a league table."""
    rows = Tally.objects.filter(rule_set=rule_set, year=year, dimension="all", stage="executed").exclude(region="")
    return sorted(newest(rows), key=lambda row: str(row.region))


def lines(country: str, year: int, *, region: str = "", words: str = "") -> QuerySet[Line]:
    """Lines of a year, the largest first; `words` are looked for in the titles and the code of the programme."""
    found = Line.objects.filter(country=country, year=year).order_by(F("executed").desc(nulls_last=True), "code")
    if region:
        found = found.filter(region=region)
    for word in words.split()[:8]:
        anywhere = Q(programme__startswith=word)
        for language in LANGUAGES:
            # SQLite folds Latin letters alone, so Cyrillic words are looked for as typed and with a capital, too.
            anywhere |= Q(**{f"title_{language}__icontains": word})
            anywhere |= Q(**{f"title_{language}__contains": word.capitalize()})
        found = found.filter(anywhere)
    return found


def line(code: str) -> Line | None:
    return Line.objects.filter(code=code).select_related("body").first()


@dataclass(frozen=True)
class Reading:
    """What a definition makes of a line; no `kind`: none of its rules speaks of it."""

    kind: str
    low: float
    share: float
    high: float
    evidence: int
    rule: Rule | None


def readings(rule_set: RuleSet, shown: Sequence[Line]) -> dict[str, Reading]:
    """The share of each line under a definition, by the line's code; lines no rule speaks of have none."""
    ready = counting.definition(rule_set)
    rows = [tuple(getattr(one, column) for column in counting.COLUMNS) for one in shown]
    found = ready.classify(rows)
    held: dict[str, Reading] = {}
    for place, one in enumerate(shown):
        rule = found.rule_of(place)
        if rule is not None:
            number = int(found.rule[place])
            record = ready.rules[number] if number < len(ready.rules) else None
            share = rule.share
            held[one.code] = Reading(rule.kind, share.low, share.central, share.high, share.evidence, record)
    return held
