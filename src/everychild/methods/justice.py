"""Children in conflict with the law: the quantitative indicators of UNODC and UNICEF, with exact intervals.

Counts are persons, arrests are events. The denominator is printed with every rate: children from the age of criminal
responsibility to 17 for justice, 0 to 17 only to compare. Source: UNODC/UNICEF, Manual for the Measurement of Juvenile
Justice Indicators (2006).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from everychild.methods.sampling.intervals import exact_rate, exact_share

Component = Literal[
    "arrested", "detained", "detained_before_sentence", "detained_in_year", "died_in_detention",
    "not_separated", "visited", "sentenced", "custodial", "diverted", "released", "aftercare",
]  # fmt: skip
COMPONENTS: Final[tuple[Component, ...]] = get_args(Component)
Denominator = Literal["children", "responsible_age"]
LAST_AGE: Final = 17


@dataclass(frozen=True)
class JusticeIndicator:
    """`part` per `per` of the sum of `whole`; no `whole`: of the children given."""

    number: int
    code: str
    part: Component
    whole: tuple[Component, ...]
    per: int
    core: bool


INDICATORS: Final = (
    JusticeIndicator(1, "in_conflict", "arrested", (), 100_000, False),
    JusticeIndicator(2, "in_detention", "detained", (), 100_000, True),
    JusticeIndicator(3, "before_sentence", "detained_before_sentence", (), 100_000, True),
    JusticeIndicator(6, "deaths_in_detention", "died_in_detention", ("detained_in_year",), 1_000, False),
    JusticeIndicator(7, "not_separated", "not_separated", ("detained",), 100, False),
    JusticeIndicator(8, "visited", "visited", ("detained",), 100, False),
    JusticeIndicator(9, "custodial_sentences", "custodial", ("sentenced",), 100, True),
    JusticeIndicator(10, "diversion", "diverted", ("diverted", "sentenced"), 100, True),
    JusticeIndicator(11, "aftercare", "aftercare", ("released",), 100, False),
)
"""Numbers of the manual; 4 and 5 are durations (`spells`), 12 to 15 are levels of policy and no rates."""
LEVELS: Final = {12: "inspections", 13: "complaints", 14: "specialised_system", 15: "prevention"}


@dataclass(frozen=True)
class Measured:
    """An indicator of one place and year: NaN where a part of it is not known, with its exact 95 % interval."""

    indicator: JusticeIndicator
    events: int | None
    of: int | None
    value: float
    low: float
    high: float


def measure(counts: Mapping[Component, int], children: int | None) -> list[Measured]:
    """All indicators of `counts`; `children` is the denominator of the rates (None: not known).

    Poisson intervals for rates among children, Clopper–Pearson for shares of counted persons. Raises ValueError for a
    negative count and a part that is more than its whole.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("a count of children is negative")
    return [_measured(indicator, counts, children) for indicator in INDICATORS]


def _measured(indicator: JusticeIndicator, counts: Mapping[Component, int], children: int | None) -> Measured:
    events = counts.get(indicator.part)
    wholes = [counts.get(name) for name in indicator.whole]
    of = sum(w for w in wholes if w is not None) if all(w is not None for w in wholes) else None
    of = of if indicator.whole else children
    if events is None or not of:
        return Measured(indicator, events, of, math.nan, math.nan, math.nan)
    if indicator.whole and events > of:
        raise ValueError(f"{indicator.part} {events} is more than {' + '.join(indicator.whole)} {of}")
    low, high = exact_share(events, of) if indicator.whole else exact_rate(events, of)
    per = indicator.per
    return Measured(indicator, events, of, per * events / of, per * float(low), per * float(high))


def responsible_children(by_age: Mapping[int, int], responsible_from: int) -> int:
    """Children from the age of criminal responsibility to 17, by single year of age: the denominator of the rates.

    Where a law sets one age for grave offences and another for the rest, each has a denominator. Raises ValueError
    where an age is missing (none is guessed) or the age of responsibility is not that of a child.
    """
    if not 0 <= responsible_from <= LAST_AGE:
        raise ValueError(f"{responsible_from} is no age of a child")
    ages = range(responsible_from, LAST_AGE + 1)
    missing = [age for age in ages if age not in by_age]
    if missing:
        raise ValueError(f"children aged {', '.join(map(str, missing))} are not counted")
    return sum(by_age[age] for age in ages)
