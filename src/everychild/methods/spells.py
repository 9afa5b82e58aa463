"""How long something lasts: detention before sentence, a stay in care, the time until an action.

Completed spells have a median and a 90th percentile. Spells that go on at the end of the period are censored: leaving
them out makes stays look short, so the Kaplan–Meier curve counts them as long as they were seen.
Kaplan and Meier 1958, Journal of the American Statistical Association 53:457; Greenwood 1926 for the variance;
Brookmeyer and Crowley 1982, Biometrics 38:29, for limits of a quantile, on the log scale as R's survival does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from everychild.methods.errors import MethodError

Floats = NDArray[np.float64]
LEVEL: Final = 0.95
SLACK: Final = 1e-9


@dataclass(frozen=True)
class Quantile:
    """A duration with its limits, in the unit of the spells; infinite where the curve never falls so far."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Durations:
    """`spells` in all, `ended` of them; quantiles of the completed ones alone, and of all by Kaplan–Meier."""

    spells: int
    ended: int
    completed_median: float
    completed_p90: float
    median: Quantile
    p90: Quantile


@dataclass(frozen=True, eq=False)
class Survival:
    """Share still going on after each time at which a spell ended, with its limits; `last`: the longest spell seen."""

    times: Floats
    share: Floats
    lower: Floats
    upper: Floats
    last: float

    def quantile(self, gone: float) -> Quantile:
        """Time by which this share has ended. Where the curve runs level at exactly that share, the middle of the level
        stretch (to the longest spell seen, if it falls no further), as R does."""
        return Quantile(*(self._reached(curve, 1 - gone) for curve in (self.share, self.lower, self.upper)))

    def _reached(self, curve: Floats, left: float) -> float:
        below = np.flatnonzero(curve < left - SLACK)
        at = np.flatnonzero(np.abs(curve - left) <= SLACK)
        if len(at):
            end = self.times[below[0]] if len(below) else self.last
            return float((self.times[at[0]] + end) / 2)
        return float(self.times[below[0]]) if len(below) else math.inf


def durations(lengths: ArrayLike, ended: ArrayLike, seen_from: ArrayLike | None = None) -> Durations:
    """`lengths` (n,) of the spells so far, `ended` (n,) whether they have ended.

    `seen_from` (n,): how long each had lasted when it came under observation, for spells that were under way when the
    period began; without it long spells are over-represented in a count at a date. Raises MethodError for lengths that
    are negative, differ in number or end before they are seen.
    """
    times, over, entered = _spells(lengths, ended, seen_from)
    completed = times[over]
    middle, late = np.quantile(completed, [0.5, 0.9]) if len(completed) else (math.nan, math.nan)
    curve = survival(times, over, entered)
    return Durations(len(times), len(completed), float(middle), float(late), curve.quantile(0.5), curve.quantile(0.9))


def survival(
    lengths: ArrayLike, ended: ArrayLike, seen_from: ArrayLike | None = None, level: float = LEVEL
) -> Survival:
    """S(t) = Π (1 - d/r) over ends up to t, d ends and r spells under observation; log S ± z·√Σ d/(r(r-d))."""
    times, over, entered = _spells(lengths, ended, seen_from)
    moments, ends = np.unique(times[over], return_counts=True)
    watched = np.array([((entered < moment) & (times >= moment)).sum() for moment in moments], dtype=np.float64)
    share: Floats = np.cumprod(1 - ends / watched, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = float(ndtri((1 + level) / 2)) * np.sqrt(np.cumsum(ends / (watched * (watched - ends))))
        lower, upper = share * np.exp(-half), np.minimum(share * np.exp(half), 1)
    gone, last = share <= 0, float(times.max()) if len(times) else math.nan
    return Survival(moments, share, np.where(gone, np.nan, lower), np.where(gone, np.nan, upper), last)


def _spells(
    lengths: ArrayLike, ended: ArrayLike, seen_from: ArrayLike | None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    times, over = np.asarray(lengths, dtype=np.float64), np.asarray(ended, dtype=bool)
    entered = np.full(times.shape, -np.inf) if seen_from is None else np.asarray(seen_from, dtype=np.float64)
    if not times.shape == over.shape == entered.shape:
        raise MethodError(
            "spells_columns", f"{times.size} lengths stand against {over.size} ends, {entered.size} starts"
        )
    wrong = np.flatnonzero(~(times >= 0) | ~(entered < times))
    if len(wrong):
        place = int(wrong[0])
        raise MethodError(
            "spell_length",
            f"spell {place + 1} lasts {times[place]:g} and is seen from {entered[place]:g}",
            spell=str(place + 1),
        )
    return times, over, entered
