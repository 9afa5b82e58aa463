"""Rules that say which part of a budget line goes to children, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass

from everychild.methods.child_budget.shares import LAST_LEVEL, Kind, Share
from everychild.methods.errors import MethodError


@dataclass(frozen=True)
class Condition:
    """A code of one classification; it holds for that code and for all below it (09.1 holds for 09.1.2, not 09.10)."""

    scheme: str
    code: str

    def holds(self, code: str | None) -> bool:
        return code is not None and (code == self.code or code.startswith(f"{self.code}."))

    @property
    def depth(self) -> int:
        return self.code.count(".") + 1


@dataclass(frozen=True)
class Rule:
    """Lines that fulfil every condition have this share, in these years (both inclusive; None: open).

    A classification may be a function (`cofog`), a national programme code, a region: whatever codes the lines carry.
    `basis` says in words where the share comes from. Raises MethodError for a rule without a condition.
    """

    code: str
    share: Share
    conditions: tuple[Condition, ...]
    basis: str = ""
    first_year: int | None = None
    last_year: int | None = None

    def __post_init__(self) -> None:
        if not self.conditions:
            raise MethodError("budget_rule_empty", f"rule {self.code} has no condition and would take every line")

    @property
    def kind(self) -> Kind:
        return self.share.kind

    @property
    def depth(self) -> int:
        return sum(condition.depth for condition in self.conditions)

    def in_force(self, year: int) -> bool:
        return (self.first_year is None or self.first_year <= year) and (
            self.last_year is None or year <= self.last_year
        )


@dataclass(frozen=True)
class RuleSet:
    """One definition of child spending. Several stand side by side: a method's, a country's own.

    `public_goods` says whether the definition counts them in; they are shown apart in any case. Raises MethodError
    when two rules have one code.
    """

    code: str
    rules: tuple[Rule, ...]
    public_goods: bool = False

    def __post_init__(self) -> None:
        codes = [rule.code for rule in self.rules]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            names = ", ".join(twice)
            raise MethodError("budget_rule_twice", f"rule set {self.code} has {names} more than once", value=names)


def above_population(rule_set: RuleSet, population_share: float) -> tuple[Rule, ...]:
    """Rules on the last level of evidence that yet give children more than their share in the population."""
    return tuple(
        rule
        for rule in rule_set.rules
        if rule.share.evidence == LAST_LEVEL and rule.share.central > population_share and rule.kind != "direct"
    )
