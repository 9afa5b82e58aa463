"""Variances by replication: the jackknife over PSUs, and replicate weights that come with a file."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Centre = Literal["estimate", "replicates"]
"""Deviations of the replicates are taken from the estimate of the whole sample, or from their own mean (the default of
R's survey package)."""


def jackknife_n(
    numerator: Floats, denominator: Floats, stratum: Integers, psus_of_stratum: Integers, centre: Centre = "estimate"
) -> Floats:
    """(domains): variance of ratios by the stratified delete-one-PSU jackknife (JKn).

    `numerator`, `denominator`: (PSUs, domains), with a row of zeros for every PSU without members. Without PSU i of
    stratum h the others of h count n_h/(n_h − 1) times: V = Σ_h (n_h − 1)/n_h Σ_i (R_(hi) − R)². A stratum with one PSU
    has no replicate. Source: Wolter 2007, 4.5.
    """
    size = psus_of_stratum.astype(np.float64)
    factor = (size / np.maximum(size - 1, 1))[stratum][:, None]

    def left_out(part: Floats) -> Floats:
        whole = np.zeros((len(size), part.shape[1]))
        np.add.at(whole, stratum, part)
        others = whole[stratum] - part
        found: Floats = part.sum(axis=0) - whole[stratum] + factor * others
        return found

    replicates = _divide(left_out(numerator), left_out(denominator))
    scales = ((size - 1) / size)[stratum]
    return replicate_variance(_divide(numerator.sum(axis=0), denominator.sum(axis=0)), replicates, 1.0, scales, centre)


def jackknife_1(numerator: Floats, denominator: Floats, centre: Centre = "estimate") -> Floats:
    """(domains): variance of ratios by the delete-one-PSU jackknife without strata (JK1), as DHS and MICS publish for
    mortality: V = (k − 1)/k Σ (R_(i) − R)² over all k PSUs."""
    count = len(numerator)
    replicates = _divide(numerator.sum(axis=0) - numerator, denominator.sum(axis=0) - denominator)
    value = _divide(numerator.sum(axis=0), denominator.sum(axis=0))
    return replicate_variance(value, replicates, (count - 1) / count, np.ones(count), centre)


def replicate_variance(
    value: Floats, replicates: Floats, scale: float, scales: Floats, centre: Centre = "estimate"
) -> Floats:
    """V = scale · Σ_r scales_r (θ_r − θ)²; `replicates` (replicates, domains), `value` (domains).

    With `centre="replicates"` θ is the mean of the replicates whose scale is positive (R survey, mse = FALSE).
    """
    used = scales > 0
    middle = value if centre == "estimate" else replicates[used].mean(axis=0)
    away = replicates[used] - middle
    found: Floats = scale * np.einsum("r,rd->d", scales[used], away * away)
    return found


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)
