"""Expected numbers of persons whose answers satisfy a chain, in the cells of the invented country."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from everychild.microdata.invented.attributes import answering_education, attributes
from everychild.microdata.invented.chains import Chain
from everychild.microdata.invented.chances import Covariates, success
from everychild.microdata.invented.conditions import Clause
from everychild.microdata.invented.definitions import Draw
from everychild.microdata.invented.frame import Floats, Whole, frame
from everychild.microdata.invented.mortality import survival
from everychild.microdata.invented.patterns import PER_CLASS, patterns
from everychild.microdata.invented.sampling import wealth
from everychild.microdata.invented.truth_paths import Gathered, Mask, Ways


@cache
def everybody(delay: int) -> dict[str, Floats]:
    """Attributes of all members of the patterns where the interviews are so many months after September."""
    return attributes(np.arange(patterns().persons.age.size), delay)


class ClusterView:
    """The clusters that are visited in one month, `delay` months after September, and the answers of one file there.

    `homes` [cluster, wealth]: expected households of one pattern. Chances are [cluster, wealth, education, sex], or of
    a shape that broadcasts to it.
    """

    def __init__(self, file: str, clusters: Whole, delay: int) -> None:
        country = frame()
        self.file, self.columns = file, everybody(delay)
        self._known: dict[tuple[Draw, Clause, bool], Floats | float] = {}
        self.region, self.rural = country.region[clusters], country.rural[clusters]
        shares = country.quintile_shares(wealth().quintiles)[clusters] * country.households[clusters, None]
        self.homes = shares / PER_CLASS
        self.covariates = Covariates(
            self.rural[:, None, None, None],
            np.arange(5)[:, None, None],
            np.arange(5)[:, None],
            np.arange(2),
            self.region[:, None, None, None],
            country.effects[clusters][:, None, None, None, :],
        )

    def ways(self, chain: Chain, inside: Mask, *, mean: bool = False) -> Iterator[tuple[Mask, Floats | float]]:
        """The persons of each way through a chain, and the chance that they answer so; for a mean, times the code of
        the last answer."""
        for path in Ways(self.file, self.columns).paths(chain, inside):
            chance: Floats | float = 1.0
            for place, (draw, clause) in enumerate(path.steps):
                valued = mean and place == len(path.steps) - 1
                chance = chance * self._chance(draw, clause, valued=valued)
            for group in path.groups:
                chance = chance * self._gathered(group)
            yield path.persons, chance

    def expected(self, chains: Sequence[Chain], inside: Mask, weight: str, *, mean: bool) -> Floats:
        """Expected number (or, for a mean, sum of codes) of persons whose answers satisfy one of the chains."""
        total: Floats = np.zeros((self.homes.shape[0], 5, 5, 2))
        for chain in chains:
            for persons, chance in self.ways(chain, inside, mean=mean):
                total += self._counts(persons, weight) * chance
        return total

    def _chance(self, draw: Draw, clause: Clause, *, valued: bool) -> Floats | float:
        key = (draw, clause, valued)
        if key not in self._known:
            self._known[key] = _chance(draw, clause, self.covariates, valued=valued)
        return self._known[key]

    def _gathered(self, group: Gathered) -> Floats | float:
        """Chance that enough of the members hold: `below[i]` is the chance that i of those seen so far do."""
        below: list[Floats | float] = [1.0, *[0.0] * (group.least - 1)]
        for member in group.members:
            chance = self._gathered(member) if isinstance(member, Gathered) else self._chance(*member, valued=False)
            for count in range(group.least - 1, 0, -1):
                below[count] = below[count] * (1 - chance) + below[count - 1] * chance
            below[0] = below[0] * (1 - chance)
        return 1 - sum(below)

    def _counts(self, persons: Mask, weight: str) -> Floats:
        """Expected persons [cluster, wealth, education, sex]; households and their members stand in one cell."""
        if weight == "households":
            counts = np.zeros((1, 2, 5, 5, 2))
            counts[..., 2, 0] = PER_CLASS
        else:
            counts = _members(persons, answering_education(self.file, self.columns))
            if weight == "members":
                counts = _in_one_cell(counts)
        region = self.region if counts.shape[0] > 1 else np.zeros_like(self.region)
        return counts[region, self.rural] * self.homes[:, :, None, None]


def _in_one_cell(counts: Floats) -> Floats:
    together = np.zeros_like(counts)
    together[..., 2, 0] = counts.sum(axis=(-2, -1))
    return together


@cache
def alive() -> Floats:
    """[region, member]: share of each member of the patterns that is alive at the interview."""
    known = patterns()
    members = known.persons
    born = np.flatnonzero(members.birth >= 0)
    kind = members.pattern[born] // PER_CLASS
    education = members.education[known.births.mother[members.birth[born]]]
    shares = np.ones((survival().shape[0], members.age.size))
    shares[:, born] = survival()[
        :, kind // 5, kind % 5, education, members.sex[born] - 1, np.minimum(members.age[born], 60)
    ]
    return shares


def _members(persons: Mask, education: Whole) -> Floats:
    """Expected members over the patterns of a class [region, residence, wealth, education, sex]."""
    members = patterns().persons
    rows = np.flatnonzero(persons)
    cell = (members.pattern[rows] // PER_CLASS * 5 + education[rows]) * 2 + members.sex[rows] - 1
    counts = [np.bincount(cell, shares[rows], minlength=100) for shares in alive()]
    return np.array(counts, dtype=np.float64).reshape(-1, 2, 5, 5, 2)


def _chance(draw: Draw, clause: Clause, covariates: Covariates, *, valued: bool) -> Floats | float:
    """Probability that a draw satisfies a clause, or with `valued` the expected code where it does."""
    if draw.kind == "normal":
        return _normal_chance(draw, clause, covariates)
    good, bad = (_share(group, clause, valued=valued) for group in (draw.success, draw.failure))
    chance = success(draw, covariates)
    return bad + chance * (good - bad)


def _share(group: tuple[tuple[float | str, float], ...], clause: Clause, *, valued: bool) -> float:
    total = sum(weight for _, weight in group)
    kept = sum(weight * (float(code) if valued else 1.0) for code, weight in group if clause.holds(code))
    return kept / total if total else 0.0


_erf = np.frompyfunc(math.erf, 1, 1)


def _normal_chance(draw: Draw, clause: Clause, covariates: Covariates) -> Floats | float:
    """Rounded values are below a limit when the deviate is half a last digit below it."""
    mean, spread, _, _, digits = draw.numbers
    half = 0.5 * 10.0**-digits
    limit = float(clause.codes[0]) + {"<": -half, "<=": half, ">": half, ">=": -half}[clause.sign]
    deviate = (limit - mean - covariates.shift(draw)) / (spread * math.sqrt(2))
    below = 0.5 * (1 + np.asarray(_erf(deviate), dtype=np.float64))
    return below if clause.sign.startswith("<") else 1 - below
