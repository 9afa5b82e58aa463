"""The frame of the invented country: clusters with their sizes, wealth and effects, drawn once and for all.

The country is a list of clusters. Inside a cluster households are an endless supply with known probabilities, so the
true value of an indicator is a sum over clusters and not a count of persons: a survey of any size has the same truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everychild.microdata.invented.definitions import THEMES, regions

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

COUNTRY: Final = 20240229
"""Seed of the country itself; a survey's own seed never reaches it."""
WITHIN: Final = 0.55
"""Scale of the logistic spread of wealth inside a cluster."""
HOUSEHOLDS: Final = 130
"""Households of a mean cluster."""


@dataclass(frozen=True)
class Frame:
    """Clusters, one entry each; strata are numbered from 0 as 2 x region + (0 urban, 1 rural).

    `listed` are the households the sampler knew (measure of size), `households` those that live there. `wealth` is the
    centre of the cluster's wealth scores, `effects` [clusters x themes] are standard normal.
    """

    stratum: Whole
    listed: Floats
    households: Floats
    wealth: Floats
    effects: Floats

    @property
    def region(self) -> Whole:
        """Region of each cluster from 0."""
        return self.stratum // 2

    @property
    def rural(self) -> Whole:
        return self.stratum % 2

    def quintile_shares(self, quintiles: Floats) -> Floats:
        """Probability of each wealth quintile for a household of each cluster [clusters x 5]."""
        below = logistic((quintiles - self.wealth[:, None]) / WITHIN)
        return np.diff(below, axis=1, prepend=0.0, append=1.0)


def logistic(x: Floats) -> Floats:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))


@cache
def frame() -> Frame:
    """The one frame of the invented country."""
    rng = np.random.default_rng(COUNTRY)
    counts = np.array(
        [
            max(20, round(size / HOUSEHOLDS))
            for region in regions()
            for size in (region.households * region.urban, region.households * (1 - region.urban))
        ]
    )
    stratum = np.repeat(np.arange(counts.size), counts)
    households = np.clip(HOUSEHOLDS * np.exp(rng.normal(0, 0.3, stratum.size)), 60, 300).round()
    listed = np.maximum(40, (households * np.exp(rng.normal(0, 0.12, stratum.size))).round())
    centre = np.array([region.wealth for region in regions()])[stratum // 2] + np.where(stratum % 2, -0.55, 0.45)
    wealth = centre + rng.normal(0, 0.5, stratum.size)
    effects = rng.normal(0, 1, (stratum.size, len(THEMES)))
    return Frame(stratum, listed, households, wealth, effects)


@dataclass(frozen=True)
class Wealth:
    """Scores that cut the household population into equal parts: the whole country in five and ten, each residence in
    five (`by_residence[0]` urban, `[1]` rural). They belong to the country, not to a sample."""

    quintiles: Floats
    deciles: Floats
    by_residence: tuple[Floats, Floats]


def cut_wealth(sizes: Floats) -> Wealth:
    """`sizes` [residence x quintile] are mean numbers of household members.

    Quintiles are quintiles of persons and the size of a household depends on its quintile, so the limits are their own
    premise: found by repeating from equal limits, on a grid of scores (a limit need not be exact, only fixed).
    """
    country, grid = frame(), np.linspace(-8, 8, 641)
    below = np.zeros((2, grid.size))
    for rural in (0, 1):
        chosen = country.rural == rural
        shares = logistic((grid[:, None] - country.wealth[chosen]) / WITHIN)
        below[rural] = shares @ country.households[chosen]
    cuts = np.linspace(-1, 1, 4)
    for _ in range(30):
        cuts = _cut(_persons(grid, below, sizes, cuts).sum(axis=0), grid, 5)
    persons = _persons(grid, below, sizes, cuts)
    return Wealth(
        cuts,
        _cut(persons.sum(axis=0), grid, 10),
        (_cut(persons[0], grid, 5), _cut(persons[1], grid, 5)),
    )


def _persons(grid: Floats, below: Floats, sizes: Floats, cuts: Floats) -> Floats:
    """Persons with a score below each point of the grid, by residence: steps of households times their size."""
    quintile = np.searchsorted(cuts, (grid[1:] + grid[:-1]) / 2)
    steps = np.diff(below, axis=1) * sizes[:, quintile]
    return np.concatenate([np.zeros((2, 1)), np.cumsum(steps, axis=1)], axis=1)


def _cut(persons: Floats, grid: Floats, parts: int) -> Floats:
    limits: Floats = np.interp(persons[-1] * np.arange(1, parts) / parts, persons, grid)
    return limits
