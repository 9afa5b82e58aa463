"""How long children stay, and whether fewer in care are fewer children or a lower rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from everychild.methods.errors import MethodError
from everychild.methods.sampling.intervals import exact_rate

PER: Final = 100_000
STEADY_WITHIN: Final = 0.1
"""Change of the stock, relative to its mean, up to which it is taken to stand still."""


@dataclass(frozen=True)
class Rate:
    """Children per 100,000 with the exact Poisson interval of the count (Garwood 1936).

    All children are counted, so there is no sampling error; the interval says how far chance alone moves such a count.
    """

    value: float
    lower: float
    upper: float


def rate(children: float, population: float) -> Rate:
    """NaN without a population."""
    if not population > 0:
        return Rate(math.nan, math.nan, math.nan)
    low, high = exact_rate(children, population)
    return Rate(PER * children / population, PER * float(low), PER * float(high))


@dataclass(frozen=True)
class Stay:
    """Expected stay in years: mean stock over entries a year, and over exits a year. NaN without either.

    In a steady state both are the mean stay (stock = entries × stay). Elsewhere they lie apart and neither is it.
    """

    by_entries: float
    by_exits: float
    steady: bool


def expected_stay(start: float, end: float, entries: float, exits: float, years: float = 1.0) -> Stay:
    """`exits` of every kind, deaths included. Raises MethodError for a period that is none."""
    if not years > 0:
        raise MethodError("care_years", f"a period of {years:g} years is none", value=f"{years:g}")
    mean = (start + end) / 2

    def stay(flow: float) -> float:
        return mean * years / flow if flow > 0 else math.nan

    return Stay(stay(entries), stay(exits), mean > 0 and abs(end - start) <= STEADY_WITHIN * mean)


@dataclass(frozen=True)
class Change:
    """Change of a stock in children = part of the population + part of the rate, to the last child."""

    total: float
    by_population: float
    by_rate: float


def change(start: float, start_population: float, end: float, end_population: float) -> Change:
    """Each part at the mean of the other: Δ(P·r) = r̄·ΔP + P̄·Δr (Kitagawa 1955, Journal of the American Statistical
    Association 50:1168). Raises MethodError without a population."""
    if not (start_population > 0 and end_population > 0):
        raise MethodError("care_population", "a change is divided between population and rate where both are known")
    before, after = start / start_population, end / end_population
    grown = end_population - start_population
    by_population = (before + after) / 2 * grown
    return Change(end - start, by_population, (start_population + end_population) / 2 * (after - before))
