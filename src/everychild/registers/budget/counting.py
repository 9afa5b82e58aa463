"""From lines and rules to tallies: which share each line has under a definition, and what that adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from everychild.methods.child_budget.classification import Classification, classify
from everychild.methods.child_budget.rules import RuleSet as MethodRuleSet
from everychild.methods.child_budget.shares import KINDS
from everychild.methods.child_budget.totals import Lines, Total, totals
from everychild.methods.errors import MethodError
from everychild.registers.budget.models import STAGES, Line, LineShare, Rule, RuleSet, Tally, method_rule
from everychild.registers.refusals import Refused, problem

COLUMNS: Final = (
    "code", "year", "level", "region", "programme", "cofog", "planned", "revised", "executed", "transfer", "article",
    "programme_area",
)  # fmt: skip
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Definition:
    """A set of rules ready to be held against lines; `decisions` by the code of the line stand behind the rules."""

    record: RuleSet
    rules: tuple[Rule, ...]
    method: MethodRuleSet
    decisions: dict[str, int]

    def classify(self, lines: Sequence[Row]) -> Classification:
        """Raises Refused where two rules hold equally: nobody would know which."""
        codes = [
            {"level": row[2], "region": row[3], "programme": row[4], **({"cofog": row[5]} if row[5] else {})}
            for row in lines
        ]
        plain = MethodRuleSet(self.method.code, self.method.rules[: len(self.rules)], self.method.public_goods)
        try:
            found = classify(plain, codes, [row[1] for row in lines]).rule
        except MethodError as refused:
            said = problem("budget.rule", "budget_rules_tie", value=self.record.code, **_words(refused))
            raise Refused([said]) from refused
        if self.decisions:
            for place, row in enumerate(lines):
                found[place] = self.decisions.get(row[0], found[place])
        return Classification(self.method, found)


def _words(refused: MethodError) -> dict[str, str]:
    return {name: refused.values.get(name, "") for name in ("rules", "line", "year")}


def definition(rule_set: RuleSet) -> Definition:
    """The rules and decisions of a definition, in three queries."""
    rules = tuple(Rule.objects.filter(rule_set=rule_set).order_by("code"))
    decided = list(LineShare.objects.filter(rule_set=rule_set).select_related("line").order_by("line__code"))
    method = tuple(method_rule(record) for record in (*rules, *decided))
    places = {record.line.code: len(rules) + number for number, record in enumerate(decided)}
    return Definition(rule_set, rules, MethodRuleSet(rule_set.code, method, rule_set.public_goods), places)


def read_lines(country: str, years: Iterable[int]) -> list[Row]:
    """Lines of these years as rows of COLUMNS."""
    found = Line.objects.filter(country=country, year__in=sorted(set(years)))
    return list(found.order_by("code").values_list(*COLUMNS))


def tallies(chosen: Definition, lines: Sequence[Row], editions: dict[int, int]) -> Iterator[Tally]:
    """Tallies of every year in `lines`, for the country and each region, by every dimension and stage."""
    if not lines:
        return
    classification = chosen.classify(lines)
    keys = _keys(chosen, lines, classification)
    amounts = [np.array([np.nan if row[6 + n] is None else float(row[6 + n]) for row in lines]) for n in range(3)]
    columns = Lines(*amounts, keys=keys, transfers=np.array([bool(row[9]) for row in lines]))
    for stage in STAGES:
        for place in ((), ("region",)):
            for dimension in ("all", "article", "programme_area", "level"):
                by = ("year", *place, *(() if dimension == "all" else (dimension,)))
                for total in totals(columns, classification, stage, by):
                    named = dict(zip(by, total.key, strict=True))
                    year = int(named["year"])
                    where = (year, editions[year], named.get("region", ""))
                    yield _tally(chosen.record, where, dimension, named.get(dimension, ""), stage, total)
                    if dimension == "all":
                        yield from _kinds(chosen.record, where, stage, total)


def _keys(chosen: Definition, lines: Sequence[Row], found: Classification) -> dict[str, list[str]]:
    """What totals are made by; right and area are the line's own, else those of its rule."""
    fallback = [(rule.article, rule.programme_area) for rule in chosen.rules]
    nothing = ("", "")
    of_rule = [fallback[place] if 0 <= place < len(fallback) else nothing for place in found.rule.tolist()]
    return {
        "year": [str(row[1]) for row in lines],
        "level": [row[2] for row in lines],
        "region": [row[3] for row in lines],
        "article": [row[10] or own[0] for row, own in zip(lines, of_rule, strict=True)],
        "programme_area": [row[11] or own[1] for row, own in zip(lines, of_rule, strict=True)],
    }


def _tally(
    rule_set: RuleSet, where: tuple[int, int, str], dimension: str, value: str, stage: str, total: Total
) -> Tally:
    year, edition, region = where
    weak = total.by_evidence.get(3, 0.0) + total.by_evidence.get(4, 0.0)
    return Tally(
        rule_set=rule_set, year=year, edition=edition, region=region, dimension=dimension, value=value, stage=stage,
        lines=total.lines, amount=round(total.amount), low=round(total.child.low), child=round(total.child.central),
        high=round(total.child.high), weak=round(weak), unclassified_lines=total.unclassified_lines,
        unclassified=round(total.unclassified), not_told=total.lines_without_amount, transfers=round(total.transfers),
        refunds=round(total.refunds),
    )  # fmt: skip


def _kinds(rule_set: RuleSet, where: tuple[int, int, str], stage: str, total: Total) -> Iterator[Tally]:
    """One row a kind: public goods too, whether the definition counts them or not."""
    year, edition, region = where
    for kind in KINDS:
        spent = total.by_kind[kind]
        yield Tally(
            rule_set=rule_set, year=year, edition=edition, region=region, dimension="kind", value=kind, stage=stage,
            lines=0, amount=round(total.amount), low=round(spent.low), child=round(spent.central),
            high=round(spent.high),
        )  # fmt: skip
