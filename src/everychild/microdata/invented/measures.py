"""Weight for age of a child, which follows from height for age and weight for height and a little chance."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np

from everychild.microdata.invented.definitions import Draw, draws
from everychild.microdata.invented.frame import Floats

BY_HEIGHT: Final = 0.55
BY_THINNESS: Final = 0.8
SPREAD: Final = 0.05
LIMITS: Final = (-5.95, 4.95)
DIGITS: Final = 2


def weight_for_age(height: Floats, thinness: Floats, rng: np.random.Generator) -> Floats:
    """z-scores of weight for age from those of height for age and weight for height."""
    values = BY_HEIGHT * height + BY_THINNESS * thinness + SPREAD * rng.standard_normal(height.size)
    return np.asarray(np.round(np.clip(values, *LIMITS), DIGITS), dtype=np.float64)


@cache
def weight_for_age_draw() -> Draw:
    """The draw that these scores amount to: a sum of normal deviates, whose effects add up as they do. The rounding of
    the two scores that go in is left out, a hundredth of a standard deviation."""
    height, thinness = (next(d for d in draws("ch") if d.variable == name) for name in ("HAZ2", "WHZ2"))
    pairs = tuple(zip((height, thinness), (BY_HEIGHT, BY_THINNESS), strict=True))
    mean = sum(factor * draw.numbers[0] for draw, factor in pairs)
    spread = math.hypot(SPREAD, *(factor * draw.numbers[1] for draw, factor in pairs))
    effects = tuple(BY_HEIGHT * a + BY_THINNESS * b for a, b in zip(height.effects, thinness.effects, strict=True))
    assert height.theme == thinness.theme, "the effects of a cluster can be added only within a theme"
    return Draw("ch", "WAZ2", height.when, "normal", (mean, spread, *LIMITS, DIGITS), (), (), height.theme, effects)
