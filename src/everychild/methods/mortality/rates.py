"""The five rates of early childhood mortality from deaths and exposure by age segment."""

from __future__ import annotations

import numpy as np

from everychild.methods.mortality.births import SEGMENTS, FloatArray

PER_THOUSAND = 1000.0


def rates_of(deaths: FloatArray, exposure: FloatArray) -> FloatArray:
    """Rates per 1,000 in the order of RATES, (..., 5, n), from sums (..., 8, n).

    With q_j = deaths / exposure of segment j: nmr = q_1, imr = 1 - prod(1 - q_1..4), pnmr = imr - nmr (a difference,
    not a product), cmr = 1 - prod(1 - q_5..8), u5mr = 1 - (1 - imr)(1 - cmr).

    A rate is NaN when one of its segments has no exposure: the DHS program takes such a segment as free of risk,
    which understates the rate without a word.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        survival = 1.0 - np.where(exposure > 0, deaths / exposure, np.nan)
    first_year = survival[..., 0, :] * survival[..., 1, :] * survival[..., 2, :] * survival[..., 3, :]
    later = survival[..., 4, :] * survival[..., 5, :] * survival[..., 6, :] * survival[..., 7, :]
    result = np.empty((*deaths.shape[:-2], 5, deaths.shape[-1]))
    result[..., 0, :] = 1.0 - survival[..., 0, :]
    result[..., 1, :] = survival[..., 0, :] - first_year
    result[..., 2, :] = 1.0 - first_year
    result[..., 3, :] = 1.0 - later
    result[..., 4, :] = 1.0 - first_year * later
    result *= PER_THOUSAND
    return result


def gradient(probability: FloatArray) -> FloatArray:
    """Derivatives of the rates (per 1,000) by the segment probabilities: (..., 5, 8) from (..., 8).

    The derivative of a rate 1 - prod(1 - q) by q_j is the product over its other segments; taken without division,
    so that q_j = 1 does no harm.
    """
    survival = 1.0 - probability
    result = np.zeros((*probability.shape[:-1], 5, SEGMENTS))
    result[..., 0, 0] = 1.0
    for rate, segments in ((2, range(4)), (3, range(4, 8)), (4, range(8))):
        for j in segments:
            others = [i for i in segments if i != j]
            result[..., rate, j] = survival[..., others].prod(axis=-1)
    result[..., 1, :] = result[..., 2, :] - result[..., 0, :]
    return result * PER_THOUSAND
