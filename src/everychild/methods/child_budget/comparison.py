"""Definitions of child spending side by side: what each counts, and where the money goes that they see differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from everychild.methods.child_budget.classification import NOT_CLASSIFIED, Classification
from everychild.methods.child_budget.shares import Kind
from everychild.methods.child_budget.totals import Lines, Stage, Total, totals
from everychild.methods.errors import MethodError

UNCLASSIFIED: Final = "not_classified"


@dataclass(frozen=True)
class Disagreement:
    """Money that two rule sets treat differently: its kind in each (`not_classified` without a rule) and what each
    counts of it as spent on children."""

    first_kind: Kind | str
    second_kind: Kind | str
    lines: int
    amount: float
    first_child: float
    second_child: float


def side_by_side(
    lines: Lines, classifications: Sequence[Classification], stage: Stage, by: Sequence[str] = ()
) -> dict[str, tuple[Total, ...]]:
    """Totals of each rule set under its code. Raises MethodError for two rule sets of one code."""
    found: dict[str, tuple[Total, ...]] = {}
    for classification in classifications:
        code = classification.rule_set.code
        if code in found:
            raise MethodError("budget_rule_set_twice", f"two rule sets are called {code}", value=code)
        found[code] = totals(lines, classification, stage, by)
    return found


def disagreements(
    lines: Lines, first: Classification, second: Classification, stage: Stage
) -> tuple[Disagreement, ...]:
    """Largest amount first; lines that both treat alike (same kind and share) are not in it."""
    amounts = lines.amounts(stage)
    chosen = np.flatnonzero(lines.counted & np.isfinite(amounts))
    sums: dict[tuple[str, str], list[float]] = {}
    for line in chosen:
        one, other = _reading(first, int(line)), _reading(second, int(line))
        if one == other:
            continue
        cell = sums.setdefault((one[0], other[0]), [0, 0.0, 0.0, 0.0])
        money = float(amounts[line])
        for place, value in enumerate((1, money, one[1] * money, other[1] * money)):
            cell[place] += value
    rows = [Disagreement(kinds[0], kinds[1], int(cell[0]), cell[1], cell[2], cell[3]) for kinds, cell in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-abs(row.amount), row.first_kind, row.second_kind)))


def _reading(classification: Classification, line: int) -> tuple[str, float]:
    """Kind and the share that the rule set counts."""
    place = int(classification.rule[line])
    if place == NOT_CLASSIFIED:
        return UNCLASSIFIED, 0.0
    rule = classification.rule_set.rules[place]
    counts = rule.kind != "public_good" or classification.rule_set.public_goods
    return rule.kind, rule.share.central if counts else 0.0
