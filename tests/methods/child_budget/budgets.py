"""Small budgets for the tests, and child spending added up the slow way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from everychild.methods.child_budget.rules import Condition, Rule, RuleSet
from everychild.methods.child_budget.shares import Share
from everychild.methods.child_budget.totals import Lines


def rule(code: str, share: Share, *conditions: str) -> Rule:
    """Conditions as `cofog=09.1`."""
    parts = [condition.split("=") for condition in conditions]
    return Rule(code, share, tuple(Condition(scheme, value) for scheme, value in parts))


# Three lines of the method notes: 800 at weight 1, 300 at .62, 500 at .34.
WORKED = RuleSet(
    "worked",
    (
        rule("school", Share("direct", 1, 1, 1, 1), "cofog=09.1"),
        rule("family", Share("indirect", 2, 0.62, 0.55, 0.7), "cofog=10.4"),
        rule("hospital", Share("expanded", 4, 0.34, 0.272, 0.408), "cofog=07.3"),
    ),
)
WORKED_CODES = [{"cofog": "09.1"}, {"cofog": "10.4"}, {"cofog": "07.3"}]
WORKED_AMOUNTS = [800.0, 300.0, 500.0]


def lines(executed: Sequence[float], planned: Sequence[float] | None = None, **keys: Sequence[str]) -> Lines:
    spent = np.array(executed, dtype=float)
    budget = spent if planned is None else np.array(planned, dtype=float)
    return Lines(budget, budget, spent, keys)


@dataclass(frozen=True)
class SlowTotal:
    central: float
    low: float
    high: float
    unclassified: float


def slow_total(amounts: Sequence[float], shares: Sequence[Share | None], names: Sequence[str]) -> SlowTotal:
    """Every rule's share at its low and at its high end, all combinations: the least and the most that come out."""
    known = {name: share for name, share in zip(names, shares, strict=True) if share is not None}
    sums = []
    for ends in product((0, 1), repeat=len(known)):
        chosen = {name: (known[name].low, known[name].high)[end] for name, end in zip(known, ends, strict=True)}
        sums.append(sum(chosen[name] * money for name, money in zip(names, amounts, strict=True) if name in chosen))
    central = sum(known[name].central * money for name, money in zip(names, amounts, strict=True) if name in known)
    rest = sum(money for share, money in zip(shares, amounts, strict=True) if share is None)
    return SlowTotal(central, min(sums), max(sums), rest)
