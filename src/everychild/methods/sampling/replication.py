"""Variances by replication: the jackknife over PSUs, and replicate weights that come with a file.

A replicate is the statistic θ_r without one PSU, or under another weight. From the deviations
d_r = √(scale · scales_r) · (θ_r − θ) of each domain follow variances, V = Σ_r d_r², and covariances of two domains.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from everychild.methods.sampling.taylor import quotient

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Centre = Literal["estimate", "replicates"]
"""Deviations of the replicates are taken from the estimate of the whole sample, or from their own mean (the default of
R's survey package)."""


def left_out_n(part: Floats, stratum: Integers, psus_of_stratum: Integers) -> Floats:
    """(PSUs, domains): totals without each PSU in turn, the others of its stratum counted n_h/(n_h − 1) times (JKn).

    `part`: totals of the same shape, with a row of zeros for every PSU without members."""
    size = psus_of_stratum.astype(np.float64)
    factor = (size / np.maximum(size - 1, 1))[stratum][:, None]
    whole = np.zeros((len(size), part.shape[1]))
    np.add.at(whole, stratum, part)
    others = whole[stratum] - part
    found: Floats = part.sum(axis=0) - whole[stratum] + factor * others
    return found


def left_out_1(part: Floats) -> Floats:
    """(PSUs, domains): totals without each PSU in turn, strata ignored (JK1)."""
    found: Floats = part.sum(axis=0) - part
    return found


def scales_n(stratum: Integers, psus_of_stratum: Integers) -> Floats:
    """(PSUs): (n_h − 1)/n_h. A stratum with one PSU has no replicate. Source: Wolter 2007, 4.5."""
    size = psus_of_stratum.astype(np.float64)
    found: Floats = ((size - 1) / size)[stratum]
    return found


def scales_1(psus: int) -> Floats:
    """(PSUs): (k − 1)/k, as DHS and MICS publish for mortality."""
    return np.full(psus, (psus - 1) / psus)


def deviations(value: Floats, replicates: Floats, scales: Floats, centre: Centre = "estimate") -> Floats:
    """(replicates used, domains). `replicates` (replicates, domains), `value` (domains), `scales` (replicates): those
    of scale zero are left out. With `centre="replicates"` θ is the mean of the rest (R survey, mse = FALSE)."""
    used = scales > 0
    middle = value if centre == "estimate" else replicates[used].mean(axis=0)
    found: Floats = np.sqrt(scales[used])[:, None] * (replicates[used] - middle)
    return found


def jackknife_n(
    numerator: Floats, denominator: Floats, stratum: Integers, psus_of_stratum: Integers, centre: Centre = "estimate"
) -> Floats:
    """(domains): variance of ratios by the jackknife within strata: V = Σ_h (n_h − 1)/n_h Σ_i (R_(hi) − R)²."""
    parts = (left_out_n(part, stratum, psus_of_stratum) for part in (numerator, denominator))
    return _variance(numerator, denominator, quotient(*parts), scales_n(stratum, psus_of_stratum), centre)


def jackknife_1(numerator: Floats, denominator: Floats, centre: Centre = "estimate") -> Floats:
    """(domains): variance of ratios by the jackknife without strata: V = (k − 1)/k Σ (R_(i) − R)² over all k PSUs."""
    parts = (left_out_1(part) for part in (numerator, denominator))
    return _variance(numerator, denominator, quotient(*parts), scales_1(len(numerator)), centre)


def replicate_variance(
    value: Floats, replicates: Floats, scale: float, scales: Floats, centre: Centre = "estimate"
) -> Floats:
    """V = scale · Σ_r scales_r (θ_r − θ)²; `replicates` (replicates, domains), `value` (domains)."""
    away = deviations(value, replicates, scale * scales, centre)
    found: Floats = np.einsum("rd,rd->d", away, away)
    return found


def _variance(numerator: Floats, denominator: Floats, replicates: Floats, scales: Floats, centre: Centre) -> Floats:
    value = quotient(numerator.sum(axis=0), denominator.sum(axis=0))
    return replicate_variance(value, replicates, 1.0, scales, centre)
