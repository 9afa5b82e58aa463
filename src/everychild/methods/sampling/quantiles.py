"""Weighted quantiles, and Woodruff's intervals that carry the design through the share below them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value at which the cumulated weight reaches `share` of the whole (Hyndman and Fan's definition 1
    with weights; R survey's qrule "hf1"). NaN without weight."""
    kept = np.isfinite(values) & (weights > 0)
    values, weights = values[kept], weights[kept]
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-14), side="left"))
    return float(values[order][min(at, len(values) - 1)])


def share_below(values: Floats, weights: Floats, limit: float) -> float:
    """The weighted share of values that are `limit` or less."""
    kept = np.isfinite(values) & (weights > 0)
    whole = weights[kept].sum()
    return float(weights[kept & (values <= limit)].sum() / whole) if whole > 0 else float("nan")


def woodruff(
    values: Floats, weights: Floats, share: float, se_of_share_below: Callable[[float], float], t: float
) -> tuple[float, float, float, float]:
    """(quantile, lower, upper, standard error) of a weighted quantile.

    `se_of_share_below(q)` is the design-based standard error of the share of rows with a value of q or less. The
    limits of that share, p ± t·se around the share that is really below the quantile, are turned back into values
    (Woodruff 1952; R survey, interval.type "mean"); the standard error is the width divided by 2t. A limit of the share
    below 0 or above 1 belongs to no value: it is missing, and with it the standard error (so in R). The smallest or
    largest value in its place would make both too small.
    """
    middle = weighted_quantile(values, weights, share)
    half = t * se_of_share_below(middle)
    if not np.isfinite(half):
        return middle, float("nan"), float("nan"), float("nan")
    below = share_below(values, weights, middle)
    lower = weighted_quantile(values, weights, below - half) if below - half >= 0 else float("nan")
    upper = weighted_quantile(values, weights, below + half) if below + half <= 1 else float("nan")
    return middle, lower, upper, (upper - lower) / (2 * t)
