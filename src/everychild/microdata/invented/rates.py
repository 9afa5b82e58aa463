"""True rates: child mortality by segment of age, and fertility of the patterns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from everychild.microdata.invented.frame import Floats, Whole, frame
from everychild.microdata.invented.mortality import SEGMENTS, probabilities
from everychild.microdata.invented.patterns import PER_CLASS, patterns
from everychild.microdata.invented.sampling import wealth

Row = tuple[str, str, str, str, float]
PERIOD: Final = 60
"""Months before the interview to which mortality rates belong."""
FERTILITY_PERIOD: Final = 36
_AXES: Final = {"region": 0, "residence": 1, "wealth_quintile": 2, "education_woman": 3, "sex_child": 4}


def rate_rows() -> Iterator[Row]:
    """Mortality per 1,000 births and fertility (total per woman, of adolescents per 1,000)."""
    weights = _entering()
    for breakdown, axis in (("total", None), *_AXES.items()):
        others = tuple(i for i in range(5) if i != axis)
        entered = weights.sum(axis=others)
        died = (weights * probabilities()).sum(axis=others)
        with np.errstate(invalid="ignore"):
            chances = np.atleast_2d(died / entered)
        for place, chance in enumerate(chances):
            if not np.isnan(chance).any():
                yield from _mortality(breakdown, str(place + (breakdown != "education_woman")), chance)
    yield from _fertility()


def _mortality(breakdown: str, group: str, chance: Floats) -> Iterator[Row]:
    infant, child = (1 - np.prod(1 - part) for part in (chance[:4], chance[4:]))
    values = {
        "nmr": chance[0], "imr": infant, "pnmr": infant - chance[0], "cmr": child,
        "u5mr": 1 - (1 - infant) * (1 - child),
    }  # fmt: skip
    for indicator, value in values.items():
        yield indicator, breakdown, group, "rate", 1000 * float(value)


def _homes() -> Floats:
    """Expected households of one pattern [region, residence, wealth]."""
    country = frame()
    shares = country.quintile_shares(wealth().quintiles) * country.households[:, None]
    homes = np.zeros((int(country.region.max()) + 1, 2, 5))
    np.add.at(homes, (country.region, country.rural), shares)
    return homes / PER_CLASS


def _entering() -> Floats:
    """Children exposed in each segment [region, residence, wealth, education, sex, segment]: births whose segment falls
    into the five years, half where it crosses a limit, times the chance to reach it."""
    known = patterns()
    births = known.births
    months = births.months
    kind = births.pattern // PER_CLASS
    cell = (kind * 5 + known.persons.education[births.mother]) * 2 + births.sex - 1
    counts = np.zeros((2, 5, 5, 2, 8))
    for segment, (low, high) in enumerate(pairwise(SEGMENTS.tolist())):
        exposure = _exposure(months, low, high)
        counts[..., segment] = np.bincount(cell, exposure, minlength=100).reshape(2, 5, 5, 2)
    reached = np.cumprod(1 - probabilities(), axis=-1) / (1 - probabilities())
    return _homes()[..., None, None, None] * counts * reached


def _exposure(months: Whole, low: int, high: int) -> Floats:
    enters, leaves = low - months, high - months
    before = (enters < -PERIOD) & (leaves >= -PERIOD)
    inside = (enters >= -PERIOD) & (leaves < 0)
    after = (enters >= -PERIOD) & (enters < 0) & (leaves >= 0)
    return inside + 0.5 * (before | after)


def _fertility() -> Iterator[Row]:
    """Births and woman-years of the 36 months before the interview by age of the woman, all from century months."""
    known = patterns()
    members, births = known.persons, known.births
    homes = _homes()
    recent = (births.months >= 1) & (births.months <= FERTILITY_PERIOD)
    at_birth = (members.months[births.mother] - births.months) // 60 - 3
    born = _by_age(births.pattern[recent], at_birth[recent])
    woman = np.flatnonzero((members.sex == 2) & (members.age >= 180) & (members.age < 600))
    lived = np.zeros((2, 5, 7))
    for month in range(1, FERTILITY_PERIOD + 1):
        lived += _by_age(members.pattern[woman], (members.months[woman] - month) // 60 - 3) / 12
    for breakdown, axes in (("total", "rhw"), ("residence", "rw"), ("region", "hw"), ("wealth_quintile", "rh")):
        left = "rhw".translate({ord(letter): None for letter in axes})
        totals = [np.atleast_2d(np.einsum(f"rhw,hwa->{left}a", homes, counts)) for counts in (born, lived)]
        for place, rates in enumerate(totals[0] / totals[1]):
            yield "adolescent_birth_rate", breakdown, str(place + 1), "rate", 1000 * float(rates[0])
            yield "total_fertility_rate", breakdown, str(place + 1), "rate", 5 * float(rates.sum())


def _by_age(pattern: Whole, group: Whole) -> Floats:
    """Counts [residence, wealth, age group 15-19 … 45-49] over the patterns of a class."""
    inside = (group >= 0) & (group < 7)
    cell = pattern[inside] // PER_CLASS * 7 + group[inside]
    return np.bincount(cell, minlength=70).reshape(2, 5, 7).astype(np.float64)
