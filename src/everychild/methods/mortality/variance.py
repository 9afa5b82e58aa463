"""Sampling errors of statistics that are made from sums over PSUs: jackknife JK1 and JKn, Taylor linearisation.

Each method gives, for each PSU, the deviation it causes in each statistic, scaled so that the covariance matrix is
deviations @ deviations.T. Differences between groups, periods or rates thus keep the covariance of shared PSUs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from everychild.methods.mortality.births import FloatArray, IntArray, SampleDesign

Method = Literal["jk1", "jkn", "taylor"]
LonelyPsu = Literal["fail", "adjust", "average", "certainty"]
Statistic = Callable[[FloatArray, FloatArray], FloatArray]
"""Sums (..., m, n) of numerators and of denominators -> statistics (..., s, n)."""


class LonelyPsuError(ValueError):
    """A stratum has one PSU, and the caller did not say what to do about it."""


@dataclass(frozen=True, eq=False)
class SamplingError:
    """Deviations (..., k) of statistics (...), one for each PSU, in the units of the statistic.

    A statistic without a variance (a replicate leaves it undefined) has NaN deviations.
    """

    method: Method
    deviations: FloatArray
    degrees_of_freedom: int

    @property
    def standard_errors(self) -> FloatArray:
        result: FloatArray = np.sqrt(np.einsum("...k,...k->...", self.deviations, self.deviations))
        return result

    @property
    def covariance(self) -> FloatArray:
        """(s, s) over all statistics, flattened in C order."""
        flat = self.deviations.reshape(-1, self.deviations.shape[-1])
        result: FloatArray = flat @ flat.T
        return result

    def standard_error_of(self, coefficients: FloatArray) -> float:
        """Standard error of a linear combination; `coefficients` has the shape of the statistics, mostly zeros."""
        used = coefficients != 0
        combined = coefficients[used] @ self.deviations[used]
        return float(np.sqrt(combined @ combined))


def jackknife(
    numerator: FloatArray, denominator: FloatArray, statistic: Statistic, design: SampleDesign | None = None,
    lonely: LonelyPsu = "fail", psus: IntArray | None = None,
) -> FloatArray:  # fmt: skip
    """Deviations (..., s, k) of a statistic of sums (..., m, k) over PSUs when each PSU is left out in turn.

    Without a design, JK1 as published by DHS: SE^2 = (k - 1) / k * sum (r(i) - r)^2, strata ignored; `psus` (...)
    replaces k by another number of PSUs for each set of sums. With a design, JKn: the other PSUs of stratum h are
    scaled by n_h / (n_h - 1), and SE^2 = sum_h (n_h - 1) / n_h * sum_i (r(hi) - r)^2. A stratum with one PSU:
    "adjust" leaves it out as one of the H strata, with (H - 1) / H; "certainty" takes it as free of error; "average"
    multiplies the variance by PSUs / PSUs not alone; as the R package survey (Lumley) does.

    Raises LonelyPsuError when a stratum has one PSU and `lonely` is "fail", or "average" when no stratum has two.
    """
    count = numerator.shape[-1]
    whole = numerator.sum(axis=-1, keepdims=True), denominator.sum(axis=-1, keepdims=True)
    estimate = statistic(*whole)
    if design is None:
        k = np.asarray(count if psus is None else psus, dtype=np.float64)[..., None, None]
        scale = np.sqrt(np.maximum(k - 1, 0) / np.maximum(k, 1))
        return (statistic(whole[0] - numerator, whole[1] - denominator) - estimate) * scale
    n = design.psus_in_stratum[design.stratum].astype(np.float64)
    alone = n == 1
    if lonely != "adjust":
        _check_lonely(design, lonely)
    factor = n / np.maximum(n - 1, 1)
    replicates = []
    for total, sums in zip(whole, (numerator, denominator), strict=True):
        stratum = _stratum_sums(sums, design)[..., design.stratum]
        # in this order the replicate is exactly 0 when the PSU left out was the only one with anything
        replicates.append((total - stratum) + (stratum - sums) * factor)
    strata = np.count_nonzero(design.psus_in_stratum)
    scale = np.where(alone, (strata - 1) / strata if lonely == "adjust" else 0.0, (n - 1) / n)
    if lonely == "average":
        scale = scale * (count / (count - np.count_nonzero(alone)))
    return (statistic(replicates[0], replicates[1]) - estimate) * np.sqrt(scale)


def linearised(influence: FloatArray, design: SampleDesign, lonely: LonelyPsu = "fail") -> FloatArray:
    """Deviations (..., k) of linearised statistics: `influence` (..., k) is each PSU's part, 0 where it has none.

    SE^2 = sum_h n_h / (n_h - 1) * sum_i (u_hi - mean_h u)^2. A stratum with one PSU: "adjust" centres it on the mean
    of all PSUs (0), "average" gives it the mean variance of the other strata, "certainty" none, "fail" raises
    LonelyPsuError. PSUs without the group stay in the design with u = 0.
    """
    n = design.psus_in_stratum[design.stratum].astype(np.float64)
    centred = influence - _stratum_sums(influence, design)[..., design.stratum] / n
    deviations: FloatArray = centred * np.sqrt(n / np.maximum(n - 1, 1))
    alone = design.lonely_psus
    if lonely == "adjust":
        deviations[..., alone] = influence[..., alone] - influence.mean(axis=-1, keepdims=True)
        return deviations
    _check_lonely(design, lonely)
    deviations[..., alone] = 0.0
    if lonely == "average":
        strata = np.count_nonzero(design.psus_in_stratum)
        deviations *= np.sqrt(strata / (strata - alone.size))
    return deviations


def sampling_error(
    method: Method, numerator: FloatArray, denominator: FloatArray, statistic: Statistic,
    influence: Callable[[FloatArray, FloatArray], FloatArray], design: SampleDesign, lonely: LonelyPsu,
) -> SamplingError:  # fmt: skip
    """The error of a statistic of sums over PSUs; `influence` gives each PSU's part when it is linearised."""
    if method == "jk1":
        return SamplingError(method, jackknife(numerator, denominator, statistic), design.psu_count - 1)
    if method == "jkn":
        deviations = jackknife(numerator, denominator, statistic, design, lonely)
    else:
        deviations = linearised(influence(numerator, denominator), design, lonely)
    return SamplingError(method, deviations, design.degrees_of_freedom)


def _stratum_sums(values: FloatArray, design: SampleDesign) -> FloatArray:
    """(..., strata) sums over the PSUs of each stratum."""
    order = np.argsort(design.stratum, kind="stable")
    counts = design.psus_in_stratum
    seen = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[seen]
    result = np.zeros((*values.shape[:-1], counts.size))
    result[..., seen] = np.add.reduceat(values[..., order], starts, axis=-1)
    return result


def _check_lonely(design: SampleDesign, lonely: LonelyPsu) -> None:
    alone = design.lonely_psus
    if alone.size and lonely == "fail":
        raise LonelyPsuError(f"{alone.size} strata have one PSU each, the first is stratum {design.stratum[alone[0]]}")
    if lonely == "average" and alone.size == design.psu_count:
        raise LonelyPsuError("every stratum has one PSU, so there is no average variance to give them")
