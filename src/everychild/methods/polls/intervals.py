"""How far a weighted share of a poll may lie off by chance alone, if those who answered were a random sample.

They are not: they came by themselves. Every interval here is model-based, must be called so, and says nothing of those
who would never answer (AAPOR task force on non-probability sampling, 2013).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from everychild.methods.polls.raking import Cell, design_effect, weighted_share
from everychild.methods.sampling.intervals import logit

Floats = NDArray[np.float64]
LEVEL: Final = 0.95


@dataclass(frozen=True)
class WeightedShare:
    """Share 0 to 1 with its limits; `answers` as counted and `effective` after the unequal weights. NaN without any."""

    value: float
    lower: float
    upper: float
    answers: float
    effective: float


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson 1927: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n); exists at 0 and 1 too. NaN without answers."""
    if not n > 0:
        return math.nan, math.nan
    z = float(ndtri((1 + level) / 2))
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max((middle - half) / (1 + z * z / n), 0.0), min((middle + half) / (1 + z * z / n), 1.0)


def share_with_effective_answers(
    chosen: Mapping[Cell, float], answered: Mapping[Cell, float], weights: Mapping[Cell, float], level: float = LEVEL
) -> WeightedShare:
    """Wilson's interval with n/deff answers (Kish 1965).

    Weights that are unrelated to the answers cost just that; where the margins explain answers the interval is too
    wide: `raked_share` gives what is gained.
    """
    value, people = _share(chosen, answered, weights)
    if not people:
        return WeightedShare(math.nan, math.nan, math.nan, 0, 0)
    n = math.fsum(people.values())
    effective = n / design_effect(people, {cell: weights[cell] for cell in people})
    return WeightedShare(value, *wilson(value, effective, level), n, effective)


def raked_share(
    chosen: Mapping[Cell, float],
    answered: Mapping[Cell, float],
    people: Mapping[Cell, float],
    weights: Mapping[Cell, float],
    level: float = LEVEL,
) -> tuple[WeightedShare, float]:
    """(share with logit limits, standard error) from the residuals that the margins leave.

    `people` took part, `answered` of them answered this question. With z = (y - p)/N for those who answered and 0 for
    the others, e the residuals of z in a regression on the margins' groups, in which people count alike as they did
    before raking: V = n/(n-1) · Σ (w e - mean)² (Deville and Särndal 1992, Journal of the American Statistical
    Association 87:376). R survey, svymean on a raked design, does the same. Limits are NaN at 0 and 1, and so is the
    error of one person.
    """
    value, by_cell = _share(chosen, answered, weights)
    if not by_cell:
        return WeightedShare(math.nan, math.nan, math.nan, 0, 0), math.nan
    n, answers = math.fsum(people.values()), math.fsum(by_cell.values())
    error = math.sqrt(n / (n - 1) * _residual_squares(value, chosen, answered, people, weights)) if n > 1 else math.nan
    low, high = (float(limit) for limit in logit(value, error, n - 1, level))
    effective = value * (1 - value) / error**2 if error > 0 else math.nan
    return WeightedShare(value, low, high, answers, effective), error


def _share(
    chosen: Mapping[Cell, float], answered: Mapping[Cell, float], weights: Mapping[Cell, float]
) -> tuple[float, dict[Cell, float]]:
    """The share and who answered, by cell with a weight."""
    people = {cell: answered[cell] for cell in weights if answered.get(cell, 0) > 0}
    return weighted_share(chosen, answered, weights), people


def _residual_squares(
    value: float,
    chosen: Mapping[Cell, float],
    answered: Mapping[Cell, float],
    people: Mapping[Cell, float],
    weights: Mapping[Cell, float],
) -> float:
    """Σ (w e - mean)² over persons: in a cell, those who chose, who answered otherwise and who did not are alike."""
    cells = [cell for cell in weights if people.get(cell, 0) > 0]

    def column(counts: Mapping[Cell, float]) -> Floats:
        return np.array([counts.get(cell, 0.0) for cell in cells])

    yes, said, all_of_them, w = column(chosen), column(answered), column(people), column(weights)
    size = float((w * said).sum())
    mean = (yes - value * said) / size / all_of_them
    root = np.sqrt(all_of_them)
    groups = _groups(cells)
    fitted = groups @ np.linalg.lstsq(root[:, None] * groups, root * mean, rcond=None)[0]
    numbers = np.concatenate([yes, said - yes, all_of_them - said])
    residuals = np.concatenate([w * (z - fitted) for z in ((1 - value) / size, -value / size, 0.0)])
    middle = (numbers * residuals).sum() / numbers.sum()
    return float((numbers * (residuals - middle) ** 2).sum())


def _groups(cells: Sequence[Cell]) -> Floats:
    """One column a group of each margin: 1 where the cell lies in it."""
    columns = [
        [float(cell[margin] == group) for cell in cells]
        for margin in range(len(cells[0]))
        for group in sorted({cell[margin] for cell in cells})
    ]
    return np.array(columns).T
