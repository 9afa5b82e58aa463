"""What part of a budget line goes to children, between which bounds, and how well that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

from everychild.methods.errors import MethodError
from everychild.methods.sampling.intervals import exact_share

Kind = Literal["direct", "indirect", "expanded", "public_good", "none"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""Direct: children are the sole or declared beneficiaries. Indirect: adults receive it because of children. Expanded: a
wider group with many children. Public good: everybody's, reported apart. None: a rule says that no child gains, which
is not the same as a line that no rule speaks of."""

EVIDENCE: Final = (1, 2, 3, 4)
"""Best first: a register of users; a survey of them; children in the area served; children in the country, or a
definition without evidence."""
WEAK: Final = (3, 4)
LAST_LEVEL: Final = EVIDENCE[-1]
MARGIN: Final = 0.2
"""A share of the last level is varied by ±20 percent of itself where nobody gave its range."""


@dataclass(frozen=True)
class Share:
    """0 ≤ low ≤ central ≤ high ≤ 1. Raises MethodError otherwise, and for a direct share that is not 1: what goes to
    children in part is expanded."""

    kind: Kind
    evidence: int
    central: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.evidence not in EVIDENCE:
            told = f"{self.kind} at level {self.evidence}"
            raise MethodError("budget_share_kind", f"{told} is no kind of share with its evidence", value=told)
        if not 0 <= self.low <= self.central <= self.high <= 1:
            told = f"{self.low:g} ≤ {self.central:g} ≤ {self.high:g}"
            raise MethodError(
                "budget_share_order", f"a share needs 0 ≤ low ≤ central ≤ high ≤ 1, not {told}", value=told
            )
        fixed = {"direct": 1.0, "none": 0.0}.get(self.kind)
        if fixed is not None and (self.low, self.high) != (fixed, fixed):
            told = f"{self.central:g}"
            raise MethodError(
                "budget_share_fixed",
                f"the share of kind {self.kind} is {fixed:g}, not {told}",
                kind=self.kind,
                value=told,
            )


WHOLE: Final = Share("direct", 1, 1.0, 1.0, 1.0)
NOTHING: Final = Share("none", 1, 0.0, 0.0, 0.0)


def of_users(kind: Kind, children: float, users: float) -> Share:
    """Children among the registered users (level 1): counted, hence without a range. Raises MethodError for more
    children than users, or none."""
    share = _share(children, users)
    return Share(kind, 1, share, share, share)


def of_sample(kind: Kind, children: int, users: int) -> Share:
    """Children among users in a simple random sample (level 2), with the exact 95 percent interval of Clopper and
    Pearson. A survey with a design has an interval of its own: give that to `Share`."""
    share = _share(children, users)
    low, high = exact_share(children, users)
    return Share(kind, 2, share, float(low), float(high))


def of_population(kind: Kind, children: float, population: float, evidence: Literal[3, 4]) -> Share:
    """Children in the population of the area served (3) or of the country (4). The count has no range; that children
    use a service as often as others is a guess: level 4 is varied by ±20 percent."""
    share = _share(children, population)
    margin = MARGIN if evidence == LAST_LEVEL else 0.0
    return Share(kind, evidence, share, share * (1 - margin), min(share * (1 + margin), 1.0))


def _share(children: float, users: float) -> float:
    if not 0 <= children <= users or not users > 0:
        told = f"{children:g} of {users:g}"
        raise MethodError("budget_share_of_users", f"{told} users cannot be children", value=told)
    return children / users


def percent(part: float, whole: float) -> float:
    """NaN unless the whole is positive: a share of nothing is not 0."""
    return 100 * part / whole if whole > 0 else math.nan
