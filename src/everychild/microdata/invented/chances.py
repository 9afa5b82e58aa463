"""The linear predictor behind every drawn answer; surveys and true values call the same functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from everychild.microdata.invented.definitions import THEMES, Draw, regions
from everychild.microdata.invented.frame import Floats, Whole, logistic

MEAN_EDUCATION: Final = 2.5


@dataclass(frozen=True)
class Covariates:
    """What an answer may depend on; arrays of one shape or shapes that broadcast. `wealth` is the quintile from 0,
    `education` 0-4, `effects` [..., themes] the effects of the cluster."""

    rural: Whole
    wealth: Whole
    education: Whole
    female: Whole
    region: Whole
    effects: Floats

    @cached_property
    def _regional(self) -> Floats:
        """[..., themes]"""
        return np.array([region.effects for region in regions()])[self.region]

    @cached_property
    def _centred(self) -> tuple[Floats, Floats, Floats, Floats]:
        return (
            self.rural.astype(np.float64), self.wealth.astype(np.float64) - 2.0,
            self.education.astype(np.float64) - MEAN_EDUCATION, self.female.astype(np.float64),
        )  # fmt: skip

    @cached_property
    def _by_theme(self) -> tuple[tuple[Floats, Floats], ...]:
        places = range(len(THEMES))
        return tuple(
            (np.ascontiguousarray(self._regional[..., i]), np.ascontiguousarray(self.effects[..., i])) for i in places
        )

    def shift(self, draw: Draw) -> Floats | float:
        """Sum of the effects of a draw, on the logit or, for normal deviates, on the measure itself."""
        total: Floats | float = 0.0
        for effect, values in zip(draw.effects, (*self._centred, *self._by_theme[draw.theme]), strict=True):
            if effect:
                total = total + effect * values
        return total

    def at(self, rows: Whole) -> Covariates:
        """The same for some rows."""
        return Covariates(
            self.rural[rows], self.wealth[rows], self.education[rows], self.female[rows], self.region[rows],
            self.effects[rows],
        )  # fmt: skip


def success(draw: Draw, covariates: Covariates) -> Floats | float:
    """Probability of a success code."""
    if not draw.failure or not draw.success:
        return 1.0 if draw.success else 0.0
    shift = covariates.shift(draw)
    if isinstance(shift, float):
        return draw.chance
    return logistic(shift + math.log(draw.chance / (1 - draw.chance)))
