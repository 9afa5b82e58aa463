"""Births of the women of the household patterns, month by month since their union began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everychild.microdata.invented.frame import Floats, Whole

FIRST_MONTH: Final = 6
"""A first birth comes at the earliest this many months after the union began (some were on the way)."""
REST: Final = 11
"""Months between two births, at the least."""
MOST: Final = 12
TWINS: Final = 0.012
BOYS: Final = 0.512
_AGES: Final = np.array([15, 20, 25, 30, 35, 40, 45, 50]) * 12.0
_BY_AGE: Final = np.array([1.0, 1.25, 1.05, 0.75, 0.4, 0.12, 0.02, 0.0])
"""Relative chance of a birth at these ages, in a straight line between them."""
_BY_ORDER: Final = np.array([2.1, 1.25, 0.8, 0.6, 0.5])
_BASE: Final = 0.031


@dataclass(frozen=True)
class Mothers:
    """Women who may have births: ages and union in months, education 0-4, the months of union that ended it."""

    age: Whole
    union: Whole
    ended: Whole
    education: Whole
    rural: Whole
    wealth: Whole


def births(mothers: Mothers, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """(place of the mother, her age in months at the birth) of every birth, twins as two; in the order of birth."""
    size = mothers.age.size
    level = _BASE * np.exp(
        0.14 * mothers.rural - 0.06 * (mothers.wealth - 2) - 0.1 * (mothers.education - 2.5) + rng.normal(0, 0.2, size)
    )
    last, order = np.full(size, -100), np.zeros(size, dtype=np.int64)
    who: list[Whole] = []
    when: list[Whole] = []
    for month in range(int(mothers.union.min()) + FIRST_MONTH, int(mothers.age.max()) + 1):
        open_ = (
            (month >= mothers.union + FIRST_MONTH) & (month <= mothers.age) & (month - last >= REST) & (order < MOST)
        )
        factor = np.interp(month, _AGES, _BY_AGE) * _BY_ORDER[np.minimum(order, 4)]
        chance = level * factor * np.where(month > mothers.ended, 0.12, 1.0)
        new = np.flatnonzero(open_ & (rng.random(size) < chance))
        last[new], order[new] = month, order[new] + 1
        twins = new[rng.random(new.size) < TWINS]
        both = np.concatenate([new, twins])
        who.append(both)
        when.append(np.full(both.size, month))
    return np.concatenate(who), np.concatenate(when)


def at_home(age: Whole, sex: Whole, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Whether a living child of that age (months) still lives with the mother: sons stay longer."""
    years = np.array([0, 14, 18, 22, 27, 32, 40]) * 12.0
    sons = np.interp(age, years, [0.985, 0.97, 0.85, 0.55, 0.3, 0.12, 0.05])
    daughters = np.interp(age, years, [0.985, 0.97, 0.85, 0.42, 0.12, 0.05, 0.03])
    chance: Floats = np.where(sex == 1, sons, daughters)
    return rng.random(age.size) < chance
