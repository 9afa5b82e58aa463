"""True values of the invented country, as sums over clusters, wealth quintiles and patterns.

A true value is E(numerator) / E(denominator) over the whole frame: what an endlessly large survey without non-response
would find. A chain of answers (`CA1=1 & _ors=1`) has the product of its probabilities, because answers are drawn
independently once cluster, wealth, education and sex of a person are given.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from everychild.microdata.invented.attributes import answering_education, attributes
from everychild.microdata.invented.chances import Covariates, success
from everychild.microdata.invented.conditions import Clause, where
from everychild.microdata.invented.definitions import Draw, TrueIndicator, draws, true_indicators
from everychild.microdata.invented.frame import Floats, Whole, frame
from everychild.microdata.invented.mortality import survival
from everychild.microdata.invented.patterns import PER_CLASS, patterns
from everychild.microdata.invented.rates import rate_rows
from everychild.microdata.invented.sampling import interview_delay, wealth
from everychild.microdata.invented.truth_groups import Cells, group_rows, parity_rows

Mask = np.typing.NDArray[np.bool_]
SCHEMA: Final = {
    "indicator": pl.String, "breakdown": pl.String, "group": pl.String, "kind": pl.String, "value": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class _Path:
    """Persons for whom a chain of answers goes through these draws, with the codes that count in each."""

    persons: Mask
    steps: tuple[tuple[Draw, Clause], ...]


@cache
def truth() -> pl.DataFrame:
    """All true values: indicator, breakdown, group, kind, value (percent, per 1,000 for rates, or the mean itself).

    Differences stand with the group `1-5` (poorest minus richest) or `2-1` (rural minus urban, girls minus boys).
    """
    rows: list[tuple[str, str, str, str, float]] = []
    parts: dict[str, list[TrueIndicator]] = {}
    for indicator in true_indicators():
        parts.setdefault(indicator.indicator, []).append(indicator)
    for name, of_it in parts.items():
        try:
            cells = [_cells(part) for part in of_it]
        except ValueError as problem:
            raise ValueError(f"indicators.csv, {name}: {problem}") from problem
        numerator, denominator = (np.add.reduce([cell[i] for cell in cells]) for i in (0, 1))
        scale = 1.0 if of_it[0].kind == "mean" else 100.0
        rows.extend(group_rows(name, of_it[0].kind, of_it[0].file, Cells(scale * numerator, denominator)))
    rows.extend(parity_rows(rows))
    rows.extend(rate_rows())
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _cells(indicator: TrueIndicator) -> tuple[Floats, Floats]:
    """Expected numerator and denominator [cluster, wealth, education, sex]."""
    country = frame()
    delays = interview_delay()[country.region]
    shape = (country.stratum.size, 5, 5, 2)
    numerator, denominator = np.zeros(shape), np.zeros(shape)
    for delay in np.unique(delays):
        chosen = np.flatnonzero(delays == delay)
        columns = attributes(np.arange(patterns().persons.age.size), int(delay))
        inside = where(indicator.universe, columns, patterns().persons.age.size)
        view = _View(indicator, chosen, columns)
        denominator[chosen] = view.expected(indicator.given, inside, mean=False)
        for alternative in indicator.success:
            chain = (*indicator.given, *alternative)
            numerator[chosen] += view.expected(chain, inside, mean=indicator.kind == "mean")
    return numerator, denominator


class _View:
    """Expected counts for the clusters that are visited in one month."""

    def __init__(self, indicator: TrueIndicator, clusters: Whole, columns: dict[str, Floats]) -> None:
        country = frame()
        self.indicator, self.columns = indicator, columns
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

    def expected(self, chain: tuple[Clause, ...], inside: Mask, *, mean: bool) -> Floats:
        """Expected number (or, for a mean, sum of codes) of persons whose answers satisfy the chain."""
        total: Floats = np.zeros((self.homes.shape[0], 5, 5, 2))
        for path in _paths(self.indicator.file, chain, inside, self.columns):
            counts = self._counts(path.persons)
            chance: Floats | float = 1.0
            for place, (draw, clause) in enumerate(path.steps):
                valued = mean and place == len(path.steps) - 1
                chance = chance * _chance(draw, clause, self.covariates, valued=valued)
            total += counts * chance
        return total

    def _counts(self, persons: Mask) -> Floats:
        """Expected persons [cluster, wealth, education, sex]; households and their members stand in one cell."""
        if self.indicator.weight == "households":
            counts = np.zeros((1, 2, 5, 5, 2))
            counts[..., 2, 0] = PER_CLASS
        else:
            counts = _members(persons, answering_education(self.indicator.file, self.columns))
            if self.indicator.weight == "members":
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


def _paths(file: str, chain: tuple[Clause, ...], inside: Mask, columns: dict[str, Floats]) -> list[_Path]:
    """All ways through the draws by which persons can satisfy the chain."""
    paths = [_Path(inside, ())]
    for clause in chain:
        if clause.name in columns:
            kept = where((clause,), columns, inside.size)
            paths = [_Path(path.persons & kept, path.steps) for path in paths]
        else:
            paths = [longer for path in paths for longer in _longer(file, clause, path, columns)]
    return paths


def _longer(file: str, clause: Clause, path: _Path, columns: dict[str, Floats]) -> Iterator[_Path]:
    """One further answer. A draw whose condition speaks of earlier answers must be decided by the codes in the path.
    Two clauses on one variable narrow its codes: the step is replaced, not multiplied."""
    earlier = [i for i, (draw, _) in enumerate(path.steps) if draw.variable == clause.name]
    if earlier:
        place = earlier[0]
        draw, known = path.steps[place]
        codes = tuple(c for c in _codes(draw) if known.holds(c) and clause.holds(c))
        narrowed = (draw, Clause(clause.name, "=", codes))
        yield _Path(path.persons, (*path.steps[:place], *path.steps[place + 1 :], narrowed))
        return
    open_ = path.persons
    found = False
    for draw in draws(file):
        if draw.variable != clause.name:
            continue
        found = True
        own = tuple(c for c in draw.when if c.name in columns)
        reached = open_ & where(own, columns, open_.size)
        if not reached.any() or not all(_decided(c, path) for c in draw.when if c.name not in columns):
            continue
        open_ = open_ & ~reached
        yield _Path(reached, (*path.steps, (draw, clause)))
    if not found:
        raise ValueError(f"no draw of {file} gives {clause.name}")


def _decided(condition: Clause, path: _Path) -> bool:
    """Whether a condition on an earlier answer holds for all codes of the path, or for none."""
    for draw, clause in path.steps:
        if draw.variable == condition.name:
            answers = {condition.holds(code) for code in _codes(draw) if clause.holds(code)}
            if len(answers) == 1:
                return answers.pop()
    raise ValueError(f"the chain does not say whether {condition.name} {condition.sign} {condition.codes}")


def _codes(draw: Draw) -> tuple[float | str, ...]:
    return tuple(code for code, weight in (*draw.success, *draw.failure) if weight)


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
