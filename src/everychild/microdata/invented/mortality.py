"""Deaths of the invented country's children under five: known probabilities by segment of age."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np

from everychild.microdata.invented.chances import MEAN_EDUCATION
from everychild.microdata.invented.definitions import THEMES, regions
from everychild.microdata.invented.frame import Floats, Whole, logistic

SEGMENTS: Final = np.array([0, 1, 3, 6, 12, 24, 36, 48, 60])
"""Limits of the eight segments of age in months of the synthetic cohort life table."""
_BASE: Final = np.array([0.0155, 0.0046, 0.0042, 0.0052, 0.0048, 0.0026, 0.0018, 0.0015])
_RURAL, _WEALTH, _EDUCATION, _REGION, _MALE = 0.15, -0.16, -0.12, -0.35, 0.16


@cache
def probabilities() -> Floats:
    """[region, residence, wealth, mother's education, sex (0 male), segment]: probability of dying in a segment for a
    child who enters it. There is no cluster effect, so that survival needs no table by cluster."""
    health = np.array([region.effects[THEMES.index("health")] for region in regions()])
    shift = (
        _REGION * health[:, None, None, None, None]
        + _RURAL * np.arange(2)[:, None, None, None]
        + _WEALTH * (np.arange(5) - 2.0)[:, None, None]
        + _EDUCATION * (np.arange(5) - MEAN_EDUCATION)[:, None]
        + _MALE * np.array([1.0, 0.0])
    )
    return logistic(np.log(_BASE / (1 - _BASE)) + shift[..., None])


@cache
def survival() -> Floats:
    """[region, residence, wealth, education, sex, age 0-60]: share alive at an interview in that completed month of
    age, 60 for all later ages. Deaths are even over the months of a segment; of the deaths in the month of age of the
    interview half have happened."""
    chances = probabilities()
    entering = np.concatenate([np.ones((*chances.shape[:-1], 1)), np.cumprod(1 - chances, axis=-1)], axis=-1)
    alive = np.empty((*chances.shape[:-1], 61))
    for segment, (low, high) in enumerate(pairwise(SEGMENTS.tolist())):
        for month in range(low, high):
            dead = chances[..., segment] * (month - low + 0.5) / (high - low)
            alive[..., month] = entering[..., segment] * (1 - dead)
    alive[..., 60] = entering[..., -1]
    return alive


def ages_at_death(cells: tuple[Whole, ...], age: Whole, rng: np.random.Generator) -> Floats:
    """Completed months at death of each birth, NaN for those alive at the interview.

    `cells` are region, residence, wealth, education and sex from 0; `age` is the age in months the child has or would
    have. Agrees with `survival`: of deaths in the month of the interview, half are kept.
    """
    chances = probabilities()[cells]
    died = np.full(age.size, np.nan)
    alive = np.ones(age.size, dtype=np.bool_)
    for segment, (low, high) in enumerate(pairwise(SEGMENTS.tolist())):
        dies = alive & (rng.random(age.size) < chances[:, segment])
        rows = np.flatnonzero(dies)
        died[rows] = rng.integers(low, high, rows.size)
        alive &= ~dies
    kept = (died < age) | ((died == age) & (rng.random(age.size) < 0.5))
    return np.where(kept, died, np.nan)
