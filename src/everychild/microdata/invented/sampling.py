"""The sample: clusters with replacement inside strata, households inside clusters, design weights, non-response."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from everychild.microdata.invented.definitions import regions
from everychild.microdata.invented.frame import WITHIN, Floats, Wealth, Whole, cut_wealth, frame
from everychild.microdata.invented.patterns import PER_CLASS, pattern_class, patterns

TAKE: Final = 25
"""Households asked for in a cluster when the number of clusters is not given."""
FIELDWORK_YEAR: Final = 2024
FIRST_MONTH: Final = 9
"""Fieldwork is from September to November; school years begin in September."""


@dataclass(frozen=True)
class Sample:
    """One entry a sampled household. `psu` counts draws of clusters from 0 (a cluster drawn twice is two of them),
    `number` households inside it; `stratum` as in the frame. `quintile`, `decile` and `local` are from 0."""

    psu: Whole
    number: Whole
    cluster: Whole
    stratum: Whole
    weight: Floats
    score: Floats
    quintile: Whole
    decile: Whole
    local: Whole
    pattern: Whole
    day: Whole

    @property
    def rural(self) -> Whole:
        return self.stratum % 2

    @property
    def region(self) -> Whole:
        return self.stratum // 2

    @property
    def delay(self) -> Whole:
        """Months of the interview after September."""
        return interview_delay()[self.region]


@cache
def interview_delay() -> Whole:
    """Months after September in which each region is visited: teams move on from region to region."""
    count = len(regions())
    months: Whole = np.arange(count) * 3 // count
    return months


@cache
def wealth() -> Wealth:
    """Limits of the wealth quintiles of the country, from the mean sizes of its household patterns."""
    sizes = np.diff(patterns().person_start).reshape(10, PER_CLASS).mean(axis=1)
    return cut_wealth(sizes.reshape(2, 5))


def draw_sample(households: int, clusters: int | None, rng: np.random.Generator) -> Sample:
    """Draw `households` households. Raises ValueError if they cannot be spread over two clusters a stratum."""
    country = frame()
    strata = int(country.stratum.max()) + 1
    number = clusters if clusters is not None else max(2 * strata, round(households / TAKE))
    if number < 2 * strata or households < number:
        raise ValueError(f"a survey needs at least {2 * strata} clusters and a household in each of them")
    per_stratum = _allocated(np.bincount(country.stratum, country.households).astype(np.float64), number)
    chosen = [_drawn(stratum, count, rng) for stratum, count in enumerate(per_stratum)]
    cluster = np.concatenate([c for c, _ in chosen])
    chance = np.concatenate([p for _, p in chosen])
    take = np.full(number, households // number)
    take[rng.permutation(number)[: households % number]] += 1
    psu = np.repeat(np.arange(number), take)
    first = np.cumsum(take) - take
    base = country.households[cluster] / (per_stratum[country.stratum[cluster]] * chance * take)
    return _household_level(psu, np.arange(households) - first[psu], cluster[psu], base[psu], rng)


def _allocated(sizes: Floats, number: int) -> Whole:
    """Clusters of each stratum: two for certain, the rest by the square root of the size, which favours the small."""
    share = np.sqrt(sizes) / np.sqrt(sizes).sum() * (number - 2 * sizes.size)
    counts: Whole = 2 + np.floor(share).astype(np.int64)
    rest = number - int(counts.sum())
    counts[np.argsort(-(share % 1), kind="stable")[:rest]] += 1
    return counts


def _drawn(stratum: int, count: int, rng: np.random.Generator) -> tuple[Whole, Floats]:
    """Clusters drawn with replacement, proportional to listed households, and their chance at one draw: then the
    variance between clusters of a stratum is estimated without bias (systematic draws only come close to that)."""
    country = frame()
    places = np.flatnonzero(country.stratum == stratum)
    chance = country.listed[places] / country.listed[places].sum()
    drawn = rng.choice(places.size, size=int(count), p=chance)
    return places[drawn], chance[drawn]


def _household_level(psu: Whole, number: Whole, cluster: Whole, weight: Floats, rng: np.random.Generator) -> Sample:
    country, cuts = frame(), wealth()
    uniform = np.clip(rng.random(psu.size), 1e-12, 1 - 1e-12)
    score = country.wealth[cluster] + WITHIN * np.log(uniform / (1 - uniform))
    rural = country.rural[cluster]
    quintile = np.searchsorted(cuts.quintiles, score)
    local = np.where(rural == 1, *(np.searchsorted(cuts.by_residence[i], score) for i in (1, 0)))
    pattern = pattern_class(rural, quintile) * PER_CLASS + rng.integers(0, PER_CLASS, psu.size)
    day = np.minimum(27, 2 + rng.integers(0, 24, int(psu.max()) + 1)[psu] + rng.integers(0, 4, psu.size))
    return Sample(
        psu, number, cluster, country.stratum[cluster], weight, score, quintile, np.searchsorted(cuts.deciles, score),
        local, pattern, day,
    )  # fmt: skip


def response_weights(weight: Floats, completed: np.typing.NDArray[np.bool_], stratum: Whole) -> Floats:
    """Weights of completed interviews, raised by the inverse of the stratum's weighted response rate; 0 for others."""
    asked = np.bincount(stratum, weight)
    answered = np.bincount(stratum, np.where(completed, weight, 0.0), minlength=asked.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(answered > 0, asked / answered, 0.0)
    return np.where(completed, weight * factor[stratum], 0.0)
