"""Rates from civil registration: counts of deaths and of births, with exact intervals, pooled years and comparisons.

Every death is counted, so there is no sampling error. But the count itself varies by chance: had the same risk held for
the same births again, another number would have died. That variation is Poisson, and for few deaths it is wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv

from everychild.methods.sampling.intervals import exact_rate

Floats = NDArray[np.float64]
LEVEL: Final = 0.95
RELIABLE_FROM: Final = 20
"""Deaths from which a rate is taken as reliable: its relative standard error 1/sqrt(d) is then under 23 percent, the
bound of the United States National Center for Health Statistics for vital rates."""


@dataclass(frozen=True)
class Count:
    """Deaths of one kind and births of one area, year and sex, as registered; `births` None where not told."""

    indicator: str
    area: str
    year: int
    sex: str
    deaths: int
    births: int | None
    row: int = 0


@dataclass(frozen=True, eq=False)
class RegistrationRates:
    """Arrays (n,) per `base`: rate d/b, its standard error sqrt(d)/b (NaN without deaths, where it would be a false 0),
    exact limits, what one more death would add, and whether there are deaths enough."""

    value: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    one_death: Floats
    reliable: NDArray[np.bool_]


def registration_rates(deaths: ArrayLike, births: ArrayLike, base: float, level: float = LEVEL) -> RegistrationRates:
    """Rates with the exact Poisson interval of Garwood (1936); NaN where there are no births."""
    d, b = np.asarray(deaths, dtype=np.float64), np.asarray(births, dtype=np.float64)
    lower, upper = exact_rate(d, b, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        one = np.where(b > 0, base / b, np.nan)
        error = np.where(d > 0, np.sqrt(d) * one, np.nan)
    return RegistrationRates(d * one, error, base * lower, base * upper, one, d >= RELIABLE_FROM)


@dataclass(frozen=True)
class RateRatio:
    """One rate over another with an exact interval, and the two-sided exact p of their being equal."""

    ratio: float
    lower: float
    upper: float
    p: float


def rate_ratio(deaths: float, births: float, other_deaths: float, other_births: float) -> RateRatio:
    """Compare two rates: given their sum n, the deaths of the first are binomial with p = r b1 / (r b1 + b2).

    The limits of p are those of Clopper and Pearson, and r = p / (1 - p) * b2 / b1; the p-value doubles the smaller
    tail. Without deaths in both there is nothing to compare and all is NaN. Source: Przyborowski and Wilenski 1940; the
    limits are those of R's poisson.test.
    Raises ValueError without births.
    """
    if not (births > 0 and other_births > 0):
        raise ValueError("rates are compared that have births")
    n = deaths + other_deaths
    if n == 0:
        return RateRatio(np.nan, np.nan, np.nan, np.nan)
    tail, scale = (1 - LEVEL) / 2, other_births / births
    low = float(betaincinv(deaths, other_deaths + 1, tail)) if deaths else 0.0
    high = float(betaincinv(deaths + 1, other_deaths, 1 - tail)) if other_deaths else 1.0
    share = births / (births + other_births)
    at_least = float(betainc(deaths, other_deaths + 1, share)) if deaths else 1.0
    at_most = 1 - float(betainc(deaths + 1, other_deaths, share)) if other_deaths else 1.0
    return RateRatio(
        deaths / other_deaths * scale if other_deaths else np.inf,
        low / (1 - low) * scale if low < 1 else np.inf,
        high / (1 - high) * scale if high < 1 else np.inf,
        min(1.0, 2 * min(at_least, at_most)),
    )


def windows(years: Iterable[int], length: int, breaks: Sequence[int] = ()) -> tuple[tuple[int, int], ...]:
    """(first, last) years to pool: windows of `length` years, counted back from the last year of each era.

    Eras begin with the years of `breaks`, when a definition changed; no window lies on both sides of one. The first
    window of an era may be shorter. Raises ValueError for a length under one.
    """
    if length < 1:
        raise ValueError("at least one year makes a rate")
    known = sorted(set(years))
    found: list[tuple[int, int]] = []
    limits = [b for b in sorted(set(breaks)) if known and known[0] < b <= known[-1]]
    eras = zip([known[0], *limits], [*(b - 1 for b in limits), known[-1]], strict=True) if known else ()
    for start, end in eras:
        last = end
        while last >= start:
            first = max(start, last - length + 1)
            if any(first <= year <= last for year in known):
                found.append((first, last))
            last = first - 1
    return tuple(sorted(found))


def years_for(deaths: float, years: int, wanted: int = RELIABLE_FROM) -> int | None:
    """Years that would have to be pooled for so many deaths, if deaths go on as in these years; None without deaths."""
    return ceil(wanted * years / deaths) if deaths > 0 else None
