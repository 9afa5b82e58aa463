"""Early childhood mortality written out child by child and PSU by PSU, as the method reads: it judges the fast one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

SEGMENT_LIMITS = (0, 1, 3, 6, 12, 24, 36, 48, 60)


@dataclass(frozen=True)
class Child:
    birth: int
    interview: int
    age_at_death: int | None
    weight: float
    psu: int
    group: int = 0


@dataclass(frozen=True)
class Window:
    lower: int
    upper: int
    before_interview: bool = True

    def of(self, child: Child) -> tuple[int, int]:
        anchor = child.interview if self.before_interview else 0
        return anchor + self.lower, anchor + self.upper


def shares(child: Child, window: Window, start: int, end: int) -> tuple[float, float]:
    """Exposure and death of a child in the age range [start, end)."""
    first, last = window.of(child)
    lo, hi = child.birth + start, child.birth + end
    if child.age_at_death is not None and child.age_at_death < start:
        return 0.0, 0.0
    if lo < first <= hi:
        exposure = death = 0.5
    elif first <= lo and hi < last:
        exposure = death = 1.0
    elif first <= lo < last <= hi:
        exposure = 0.5
        death = 1.0 if window.before_interview and last == child.interview else 0.5
    else:
        return 0.0, 0.0
    dies = child.age_at_death is not None and child.age_at_death < end
    return exposure, death if dies else 0.0


@dataclass
class Sums:
    deaths: list[float] = field(default_factory=lambda: [0.0] * 8)
    exposure: list[float] = field(default_factory=lambda: [0.0] * 8)

    def plus(self, other: Sums, factor: float = 1.0) -> Sums:
        return Sums(
            [a + factor * b for a, b in zip(self.deaths, other.deaths, strict=True)],
            [a + factor * b for a, b in zip(self.exposure, other.exposure, strict=True)],
        )


def sums_by_psu(children: Iterable[Child], window: Window) -> dict[int, Sums]:
    result: dict[int, Sums] = defaultdict(Sums)
    for child in children:
        for j in range(8):
            exposure, death = shares(child, window, SEGMENT_LIMITS[j], SEGMENT_LIMITS[j + 1])
            result[child.psu].deaths[j] += child.weight * death
            result[child.psu].exposure[j] += child.weight * exposure
    return result


def rates(sums: Sums) -> list[float]:
    q = [d / e if e > 1e-9 else math.nan for d, e in zip(sums.deaths, sums.exposure, strict=True)]
    neonatal = q[0]
    infant = 1 - (1 - q[0]) * (1 - q[1]) * (1 - q[2]) * (1 - q[3])
    child = 1 - (1 - q[4]) * (1 - q[5]) * (1 - q[6]) * (1 - q[7])
    under_five = 1 - (1 - infant) * (1 - child)
    return [1000 * r for r in (neonatal, infant - neonatal, infant, child, under_five)]


def jk1(by_psu: dict[int, Sums], count: int) -> list[float]:
    """SE^2 = 1 / (k (k - 1)) * sum (k r - (k - 1) r(i) - r)^2."""
    total = total_of(by_psu.values())
    r = rates(total)
    squares = [0.0] * 5
    for i in range(count):
        without = rates(total.plus(by_psu.get(i, Sums()), -1.0))
        for s in range(5):
            squares[s] += (count * r[s] - (count - 1) * without[s] - r[s]) ** 2
    return [math.sqrt(x / (count * (count - 1))) for x in squares]


def jkn(by_psu: dict[int, Sums], strata: list[int]) -> list[float]:
    """Strata with one PSU count as certain."""
    r = rates(total_of(by_psu.values()))
    squares = [0.0] * 5
    for i, stratum in enumerate(strata):
        n = strata.count(stratum)
        if n == 1:
            continue
        replicate = Sums()
        for j, other in enumerate(strata):
            if j != i:
                replicate = replicate.plus(by_psu.get(j, Sums()), n / (n - 1) if other == stratum else 1.0)
        for s, value in enumerate(rates(replicate)):
            squares[s] += (n - 1) / n * (value - r[s]) ** 2
    return [math.sqrt(x) for x in squares]


def taylor(by_psu: dict[int, Sums], strata: list[int], statistic: Callable[[Sums], list[float]] = rates) -> list[float]:
    """Derivatives by the sixteen totals taken as difference quotients; strata with one PSU count as certain."""
    total = total_of(by_psu.values())
    step = 1e-6
    influence = []
    for i in range(len(strata)):
        own = by_psu.get(i, Sums())
        up, down = statistic(total.plus(own, step)), statistic(total.plus(own, -step))
        influence.append([(a - b) / (2 * step) for a, b in zip(up, down, strict=True)])
    variance = [0.0] * 5
    for stratum in set(strata):
        members = [i for i, h in enumerate(strata) if h == stratum]
        n = len(members)
        for s in range(5):
            mean = sum(influence[i][s] for i in members) / n
            if n > 1:
                variance[s] += n / (n - 1) * sum((influence[i][s] - mean) ** 2 for i in members)
    return [math.sqrt(x) for x in variance]


def total_of(parts: Iterable[Sums]) -> Sums:
    total = Sums()
    for part in parts:
        total = total.plus(part)
    return total
