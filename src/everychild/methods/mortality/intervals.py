"""Confidence intervals of rates, and differences and ratios of two rates with the covariance of shared PSUs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np

from everychild.methods.mortality.births import FloatArray
from everychild.methods.mortality.rates import PER_THOUSAND
from everychild.methods.mortality.variance import SamplingError

Scale = Literal["two_standard_errors", "linear", "logit", "complementary_log_log"]
"""`two_standard_errors`: r -+ 2 SE, as the appendix tables of DHS and MICS reports. The others use the normal
quantile of the level: on the rate itself, on logit(r), or on log(-log(1 - r)), where small rates are less skewed and
the interval cannot leave 0 to 1,000."""


def interval(
    rate: FloatArray, standard_error: FloatArray, scale: Scale = "two_standard_errors", level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits of rates per 1,000, same shape as `rate`.

    On a transformed scale g the limits are g^-1(g(r) -+ z g'(r) SE); they are NaN at r = 0 and r = 1,000, where g is
    infinite. Limits on the linear scales are not cut off at 0, as in the published tables.
    Raises ValueError for an unknown scale or a level outside 0 to 1.
    """
    if scale not in get_args(Scale):
        raise ValueError(f"scale {scale!r} is none of {', '.join(get_args(Scale))}")
    if not 0 < level < 1:
        raise ValueError(f"level {level} lies outside 0 to 1")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    if scale in ("two_standard_errors", "linear"):
        reach = (2.0 if scale == "two_standard_errors" else z) * standard_error
        return rate - reach, rate + reach
    q = np.asarray(rate, dtype=np.float64) / PER_THOUSAND
    q = np.where((q > 0) & (q < 1), q, np.nan)
    error = standard_error / PER_THOUSAND
    with np.errstate(over="ignore"):  # limits so far out that they are 0 or 1,000
        if scale == "logit":
            centre, reach = np.log(q / (1 - q)), z * error / (q * (1 - q))
            lower, upper = (PER_THOUSAND / (1 + np.exp(-x)) for x in (centre - reach, centre + reach))
            return lower, upper
        hazard = -np.log1p(-q)
        centre, reach = np.log(hazard), z * error / ((1 - q) * hazard)
        lower, upper = (-PER_THOUSAND * np.expm1(-np.exp(x)) for x in (centre - reach, centre + reach))
    return lower, upper


@dataclass(frozen=True)
class Comparison:
    """A difference or ratio of two rates: value, standard error (of the logarithm for a ratio), limits."""

    value: float
    standard_error: float
    lower: float
    upper: float


def difference(
    values: FloatArray, error: SamplingError, first: tuple[int, ...], second: tuple[int, ...], level: float = 0.95
) -> Comparison:
    """values[first] - values[second] with a normal interval; their covariance is that of the PSUs they share."""
    value = float(values[first] - values[second])
    combined = error.deviations[first] - error.deviations[second]
    standard_error = float(np.sqrt(combined @ combined))
    reach = NormalDist().inv_cdf(0.5 + level / 2) * standard_error
    return Comparison(value, standard_error, value - reach, value + reach)


def ratio(
    values: FloatArray, error: SamplingError, first: tuple[int, ...], second: tuple[int, ...], level: float = 0.95
) -> Comparison:
    """values[first] / values[second] with an interval on the logarithm (delta method); NaN when either is 0."""
    a, b = float(values[first]), float(values[second])
    if not (a > 0 and b > 0):
        return Comparison(np.nan, np.nan, np.nan, np.nan)
    combined = error.deviations[first] / a - error.deviations[second] / b
    standard_error = float(np.sqrt(combined @ combined))
    reach = np.exp(NormalDist().inv_cdf(0.5 + level / 2) * standard_error)
    return Comparison(a / b, standard_error, a / b / reach, a / b * reach)
