"""Everything that can be done to budget lines and to the definitions of child spending."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Max

from everychild.registers.actions import action
from everychild.registers.audit.queries import kept_by_people
from everychild.registers.budget import counting
from everychild.registers.budget.models import Line, LineShare, Rule, RuleSet, Tally, YearBasis
from everychild.registers.budget.rows import line_values
from everychild.registers.keeping import assign, bring_up_to_date
from everychild.registers.people.models import Account, Body
from everychild.registers.refusals import Refused, problem

OF_MARK: Final = ("source", "retrieved", "verified", "note")
OF_LINE: Final = (
    "title", "cofog", "planned", "revised", "executed", "transfer", "article", "programme_area", *OF_MARK,
)  # fmt: skip
OF_RULE: Final = (
    "kind", "evidence", "low", "share", "high", "cofog", "programme", "level", "region", "first_year", "last_year",
    "reason", "article", "programme_area", *OF_MARK,
)  # fmt: skip
OF_SHARE: Final = ("kind", "evidence", "low", "share", "high", *OF_MARK)
OF_BASIS: Final = ("children", "deflator", "deflator_name", *OF_MARK)
PART: Final = 500
"""Codes asked for in one query: SQLite takes a limited number of values."""


@action("budget.hand_in_lines", on="body", restorable=False)
def hand_in_lines(
    *,
    by: Account,
    body: Body,
    rows: Sequence[Mapping[str, Any]],
    mark: Mapping[str, object],
    country: str = "KAZ",
    reason: str = "",
) -> int:
    """Take over checked rows of the template; lines that stand already get the new amounts. Returns how many changed.

    Raises Refused for a line that another body keeps.
    """
    given = {values["code"]: values for values in (line_values(row, country, mark) for row in rows)}
    standing = _standing(given)
    foreign = [line for line in standing.values() if line.body_id != body.pk]
    if foreign:
        raise Refused([problem("budget.line", "line_of_another_body", value=line.code) for line in foreign[:50]])
    new = [Line(body=body, **values) for code, values in given.items() if code not in standing]
    Line.objects.bulk_create(new)
    changed = sum(_amend(line, given[code]) for code, line in standing.items())
    if new or changed:
        _count(country, {values["year"] for values in given.values()})
    return len(new) + changed


def _standing(codes: Collection[str]) -> dict[str, Line]:
    ordered, found = sorted(codes), {}
    for start in range(0, len(ordered), PART):
        for line in Line.objects.filter(code__in=ordered[start : start + PART]):
            found[line.code] = line
    return found


def _amend(line: Line, values: Mapping[str, object]) -> bool:
    before = line.values()
    for name, value in values.items():
        setattr(line, name, value)
    if line.values() == before:
        return False
    line.save()
    return True


@action("budget.amend_line", on="line")
def amend_line(*, by: Account, line: Line, values: Mapping[str, object], reason: str) -> Line:
    assign(line, values, OF_LINE)
    line.save()
    _count(line.country, {line.year})
    return line


@action("budget.add_rule_set")
def add_rule_set(*, by: Account, code: str, values: Mapping[str, object]) -> RuleSet:
    rule_set = RuleSet(code=code)
    assign(rule_set, values, ("country", "name", "meaning", "public_goods", "official", "act", *OF_MARK))
    rule_set.save()
    return rule_set


@action("budget.set_rule")
def set_rule(*, by: Account, rule_set: RuleSet, code: str, values: Mapping[str, object], reason: str) -> Rule:
    """Add a rule or correct one; everything the definition counts is counted anew."""
    rule = Rule.objects.filter(rule_set=rule_set, code=code).first() or Rule(rule_set=rule_set, code=code)
    assign(rule, values, OF_RULE)
    rule.save()
    _count(rule_set.country, None, [rule_set])
    return rule


@action("budget.decide_share")
def decide_share(*, by: Account, line: Line, rule_set: RuleSet, values: Mapping[str, object], reason: str) -> LineShare:
    """Give one line a share of its own under one definition, with the reason that readers will see."""
    share = LineShare.objects.filter(line=line, rule_set=rule_set).first() or LineShare(line=line, rule_set=rule_set)
    assign(share, values, OF_SHARE)
    share.reason = reason
    share.save()
    _count(line.country, {line.year}, [rule_set])
    return share


@action("budget.set_basis")
def set_basis(*, by: Account, area: str, year: int, values: Mapping[str, object], reason: str = "") -> YearBasis:
    basis = YearBasis.objects.filter(area=area, year=year).first() or YearBasis(area=area, year=year)
    assign(basis, values, OF_BASIS)
    basis.save()
    return basis


@action("budget.load_pack")
def load_pack(
    *,
    by: Account,
    rule_sets: Iterable[Mapping[str, Any]],
    rules: Iterable[Mapping[str, Any]],
    bases: Iterable[Mapping[str, Any]],
) -> int:
    """Take over what a country pack says, except where a person has written since. `rule_set` of a rule is a code."""
    written = bring_up_to_date(RuleSet, rule_sets, leave=kept_by_people(RuleSet))
    by_code = {rule_set.code: rule_set for rule_set in RuleSet.objects.all()}
    given = [{**row, "rule_set": by_code[row["rule_set"]]} for row in rules]
    changed = bring_up_to_date(Rule, given, leave=kept_by_people(Rule))
    kept = kept_by_people(YearBasis)
    stored = {(basis.area, basis.year): basis for basis in YearBasis.objects.all()}
    for row in bases:
        basis = stored.get((row["area"], row["year"])) or YearBasis()
        if basis.key not in kept and _differs(basis, row):
            basis.save()
            written += 1
    if changed:
        _count("", None, list(by_code.values()))
    return written + changed


def _differs(record: YearBasis, row: Mapping[str, object]) -> bool:
    before = None if record._state.adding else record.values()
    for name, value in row.items():
        setattr(record, name, value)
    return record.values() != before


def _count(country: str, years: Collection[int] | None, rule_sets: Sequence[RuleSet] | None = None) -> None:
    """Count anew, as the next edition of these years (None: of all that have lines)."""
    chosen = rule_sets if rule_sets is not None else list(RuleSet.objects.filter(country=country))
    for rule_set in chosen:
        known = Line.objects.filter(country=rule_set.country).order_by().values_list("year", flat=True).distinct()
        wanted = sorted(known if years is None else years)
        ready = counting.definition(rule_set)
        for year in wanted:
            last = Tally.objects.filter(rule_set=rule_set, year=year).aggregate(last=Max("edition"))["last"] or 0
            lines = counting.read_lines(rule_set.country, [year])
            Tally.objects.bulk_create(counting.tallies(ready, lines, {year: last + 1}))
