"""The rule of every line: the most specific one in force in its year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from everychild.methods.child_budget.rules import Rule, RuleSet
from everychild.methods.errors import MethodError

Floats = NDArray[np.float64]
NOT_CLASSIFIED = -1


@dataclass(frozen=True, eq=False)
class Classification:
    """`rule` (n,) is the place of each line's rule in the rule set, -1 where none holds: that is counted, never 0."""

    rule_set: RuleSet
    rule: NDArray[np.int64]

    def rule_of(self, line: int) -> Rule | None:
        place = int(self.rule[line])
        return None if place == NOT_CLASSIFIED else self.rule_set.rules[place]

    @property
    def central(self) -> Floats:
        """Central share of each line (n,), NaN where no rule holds."""
        shares = np.array([*(rule.share.central for rule in self.rule_set.rules), np.nan])
        return shares[self.rule]


def classify(rule_set: RuleSet, codes: Sequence[Mapping[str, str]], years: Sequence[int]) -> Classification:
    """Each line has its codes by classification and a year.

    Lines of equal codes and year are looked up once: a budget repeats few codes in many lines. Raises MethodError
    where two rules hold that are equally specific (as many levels of code named): none of them is taken by its order.
    """
    schemes = sorted({condition.scheme for rule in rule_set.rules for condition in rule.conditions})
    known: dict[tuple[int, tuple[str | None, ...]], int] = {}
    found = np.empty(len(codes), dtype=np.int64)
    for line, (own, year) in enumerate(zip(codes, years, strict=True)):
        key = (year, tuple(own.get(scheme) for scheme in schemes))
        if key not in known:
            known[key] = _rule_for(rule_set, own, year)
        found[line] = known[key]
    return Classification(rule_set, found)


def _rule_for(rule_set: RuleSet, codes: Mapping[str, str], year: int) -> int:
    holding = [
        place
        for place, rule in enumerate(rule_set.rules)
        if rule.in_force(year) and all(c.holds(codes.get(c.scheme)) for c in rule.conditions)
    ]
    if not holding:
        return NOT_CLASSIFIED
    deepest = max(rule_set.rules[place].depth for place in holding)
    best = [place for place in holding if rule_set.rules[place].depth == deepest]
    if len(best) > 1:
        names = ", ".join(rule_set.rules[place].code for place in best)
        line = ", ".join(f"{scheme} {code}" for scheme, code in sorted(codes.items()))
        raise MethodError(
            "budget_rules_tie",
            f"rules {names} of {rule_set.code} hold equally for the line {line} of {year}",
            rules=names,
            line=line,
            year=str(year),
        )
    return best[0]
