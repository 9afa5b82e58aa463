"""Child spending of many lines, by any key, with its range and with what no rule covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from everychild.methods.child_budget.classification import NOT_CLASSIFIED, Classification
from everychild.methods.child_budget.rules import Rule
from everychild.methods.child_budget.shares import KINDS, WEAK, Kind, percent
from everychild.methods.errors import MethodError

Floats = NDArray[np.float64]
Stage = Literal["planned", "revised", "executed"]
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Lines:
    """Budget lines as columns of length n, amounts in one unit of one currency; NaN is "not told", never 0.

    `keys` are what totals are made by (year, region, right …). `transfers` marks money that one level of government
    hands to another, which appears again where it is spent: it is left out of totals and its sum is shown.
    """

    planned: Floats
    revised: Floats
    executed: Floats
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    transfers: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.planned), len(self.revised), len(self.executed), *map(len, self.keys.values())}
        if self.transfers is not None:
            lengths.add(len(self.transfers))
        if len(lengths) != 1:
            raise MethodError("budget_columns", f"columns of a budget differ in length: {sorted(lengths)}")

    def amounts(self, stage: Stage) -> Floats:
        found: Floats = {"planned": self.planned, "revised": self.revised, "executed": self.executed}[stage]
        return found

    @property
    def counted(self) -> NDArray[np.bool_]:
        return np.ones(len(self.planned), dtype=bool) if self.transfers is None else ~self.transfers


@dataclass(frozen=True)
class Range:
    """Money: with the low, the central and the high share of every rule."""

    low: float
    central: float
    high: float


@dataclass(frozen=True)
class Total:
    """Child spending of one group of lines.

    `amount` is all that is told, `child` what the definition counts, `by_kind` each kind (public goods too, even where
    not counted), `by_evidence` the counted central sum by level 1 to 4. Never silent: lines and money without a rule,
    lines without an amount, transfers left out, refunds (negative amounts, inside `amount`).
    """

    key: Key
    lines: int
    amount: float
    child: Range
    by_kind: Mapping[Kind, Range]
    by_evidence: Mapping[int, float]
    unclassified_lines: int
    unclassified: float
    lines_without_amount: int
    transfers: float
    refunds: float

    @property
    def share(self) -> float:
        """Child spending in percent of all that is told; NaN without money."""
        return percent(self.child.central, self.amount)

    @property
    def bounds(self) -> tuple[float, float]:
        """Percent, with low shares and nothing of what is not classified, and with high shares and all of it."""
        low, high = self.child.low + min(self.unclassified, 0), self.child.high + max(self.unclassified, 0)
        return percent(low, self.amount), percent(high, self.amount)

    @property
    def weak_evidence(self) -> float:
        """Percent of child spending that rests on population shares (levels 3 and 4); NaN without child spending."""
        return percent(sum(self.by_evidence.get(level, 0.0) for level in WEAK), self.child.central)


def totals(lines: Lines, classification: Classification, stage: Stage, by: Sequence[str] = ()) -> tuple[Total, ...]:
    """One total per combination of the keys `by`, in order of the key; one total of all without keys.

    Raises MethodError for a key the lines do not have.
    """
    keys, group = groups(lines, by)
    amounts = lines.amounts(stage)
    told = np.isfinite(amounts)
    size = len(keys)

    def add(chosen: NDArray[np.bool_], values: Floats | None = None) -> Floats:
        weights = None if values is None else values[chosen]
        return np.bincount(group[chosen], weights=weights, minlength=size).astype(np.float64)

    counted = lines.counted & told
    without_rule = counted & (classification.rule == NOT_CLASSIFIED)
    with_rule = counted & ~without_rule
    rules = classification.rule_set.rules
    cells = group[with_rule] * len(rules) + classification.rule[with_rule]
    net = np.bincount(cells, weights=amounts[with_rule], minlength=size * len(rules)).reshape(size, len(rules))
    columns = (
        add(lines.counted),
        add(counted, amounts),
        add(without_rule),
        add(without_rule, amounts),
        add(lines.counted & ~told),
        add(~lines.counted & told, amounts),
        add(counted & (amounts < 0), amounts),
    )
    return tuple(
        _total(key, [float(column[place]) for column in columns], net[place], classification)
        for place, key in enumerate(keys)
    )


def groups(lines: Lines, by: Sequence[str]) -> tuple[list[Key], NDArray[np.int64]]:
    """Keys in order, and the place of each line's key among them."""
    missing = [name for name in by if name not in lines.keys]
    if missing:
        raise MethodError("budget_key_unknown", f"lines have no key {', '.join(missing)}", value=", ".join(missing))
    if not by:
        return [()], np.zeros(len(lines.planned), dtype=np.int64)
    own = list(zip(*(lines.keys[name] for name in by), strict=True))
    keys = sorted(set(own))
    place = {key: number for number, key in enumerate(keys)}
    return keys, np.fromiter((place[key] for key in own), dtype=np.int64, count=len(own))


def _total(key: Key, sums: Sequence[float], net: Floats, classification: Classification) -> Total:
    """A refund is taken off its own rule's money first: the same unknown share applies to both."""
    lines, amount, rest_lines, rest, untold, transfers, refunds = sums
    rules = classification.rule_set.rules
    counting = classification.rule_set.public_goods
    pairs = list(zip(rules, net.tolist(), strict=True))
    counted = [(rule, money) for rule, money in pairs if counting or rule.kind != "public_good"]
    evidence: dict[int, float] = {}
    for rule, money in counted:
        evidence[rule.share.evidence] = evidence.get(rule.share.evidence, 0.0) + rule.share.central * money
    return Total(
        key,
        int(lines),
        amount,
        _range(counted),
        {kind: _range([pair for pair in pairs if pair[0].kind == kind]) for kind in KINDS},
        dict(sorted(evidence.items())),
        int(rest_lines),
        rest,
        int(untold),
        transfers,
        refunds,
    )


def _range(pairs: Sequence[tuple[Rule, float]]) -> Range:
    ends = [(rule.share.low * money, rule.share.high * money) for rule, money in pairs]
    return Range(
        sum(min(end) for end in ends),
        sum(rule.share.central * money for rule, money in pairs),
        sum(max(end) for end in ends),
    )
