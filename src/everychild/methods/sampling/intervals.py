"""Confidence intervals, each for whole arrays; formulas and sources stand with each.

Only scipy.special is imported: scipy.stats would take a third of the time of a whole cold run.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv, stdtrit

Floats = NDArray[np.float64]
Method = Literal["logit", "linear", "log", "two_se"]
METHODS: Final[tuple[Method, ...]] = ("logit", "linear", "log", "two_se")
LEVEL: Final = 0.95


def quantile_t(df: ArrayLike, level: float = LEVEL) -> Floats:
    """Two-sided quantile of Student's t; NaN without a degree of freedom."""
    known, place = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)  # tables repeat few values
    found = np.where(known > 0, stdtrit(np.maximum(known, 1e-9), (1 + level) / 2), np.nan)
    return found[place].reshape(np.shape(df))


def linear(value: ArrayLike, se: ArrayLike, df: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """value ± t·se."""
    value, se = _floats(value, se)
    half = quantile_t(df, level) * se
    return value - half, value + half


def two_se(value: ArrayLike, se: ArrayLike) -> tuple[Floats, Floats]:
    """value ± 2·se, the convention of the sampling-error tables of DHS and MICS reports."""
    value, se = _floats(value, se)
    return value - 2 * se, value + 2 * se


def logit(share: ArrayLike, se: ArrayLike, df: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Interval of a share (0 to 1), symmetric on the logit scale: logit(p) ± t·se/(p(1 − p)).

    NaN at 0 and 1, where the logit has no value; see `korn_graubard`. Source: Korn and Graubard 1999, 2.5; R survey
    svyciprop(method = "logit").
    """
    share, se = _floats(share, se)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        middle = np.log(share / (1 - share))
        half = quantile_t(df, level) * se / (share * (1 - share))
        lower, upper = 1 / (1 + np.exp(-(middle - half))), 1 / (1 + np.exp(-(middle + half)))
    inside = (share > 0) & (share < 1)
    return np.where(inside, lower, np.nan), np.where(inside, upper, np.nan)


def log(value: ArrayLike, se: ArrayLike, df: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Interval of a positive value, symmetric on the log scale: value · exp(± t·se/value); NaN at 0."""
    value, se = _floats(value, se)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        factor = np.exp(quantile_t(df, level) * se / value)
        lower, upper = value / factor, value * factor
    return np.where(value > 0, lower, np.nan), np.where(value > 0, upper, np.nan)


def korn_graubard(
    share: ArrayLike, n: ArrayLike, variance: ArrayLike, df: ArrayLike, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Clopper–Pearson with an effective sample size; stays inside 0 to 1 and exists at both ends.

    n* = p(1 − p)/V · (t(n − 1)/t(df))², never more than n. At 0 and 1 no variance can be told (pass NaN): n* is then n
    less the loss of degrees of freedom. Source: Korn and Graubard 1998, Survey Methodology 24(2); R survey
    svyciprop(method = "beta"), which lets n* exceed n.
    """
    share, n, variance = _floats(share, n, variance)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = quantile_t(n - 1, level) / quantile_t(df, level)
        plain = np.where(variance > 0, share * (1 - share) / variance, n)
        effective = np.minimum(plain * ratio**2, n)
    return _clopper_pearson(share * effective, effective, level)


def exact_share(events: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Clopper–Pearson interval of events among n, as a share."""
    events, n = _floats(events, n)
    return _clopper_pearson(events, n, level)


def exact_rate(events: ArrayLike, exposure: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Exact Poisson interval of events per exposure: quantiles of gamma(events) and gamma(events + 1).

    Source: Garwood 1936."""
    events, exposure = _floats(events, exposure)
    tail = (1 - level) / 2
    lower = np.where(events > 0, gammaincinv(np.maximum(events, 1e-300), tail), 0.0)
    upper = gammaincinv(events + 1, 1 - tail)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(exposure > 0, lower / exposure, np.nan), np.where(exposure > 0, upper / exposure, np.nan)


def _clopper_pearson(events: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    ok = np.isfinite(events) & np.isfinite(n) & (n > 0)
    events, n = np.where(ok, events, 0.0), np.where(ok, n, 1.0)
    none, every = events <= 0, events >= n
    lower = np.where(none, 0.0, betaincinv(np.where(none, 1.0, events), np.where(none, 1.0, n - events + 1), tail))
    rest = np.where(every, 1.0, n - events)
    upper = np.where(every, 1.0, betaincinv(np.where(every, 1.0, events + 1), rest, 1 - tail))
    return np.where(ok, lower, np.nan), np.where(ok, upper, np.nan)


def _floats(*arrays: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(array, dtype=np.float64) for array in arrays)
