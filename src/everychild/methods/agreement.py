"""Agreement of two coders: Cohen's kappa, plain and weighted, with its large-sample interval.

p_ij is the share of items that coder A put into category i and coder B into j, w_ij the credit for it (1 on the
diagonal). p_o = Σ w_ij p_ij, p_e = Σ w_ij p_i· p_·j, κ = (p_o - p_e) / (1 - p_e).

Cohen 1960, Educational and Psychological Measurement 20:37; Cohen 1968, Psychological Bulletin 70:213; variance of
Fleiss, Cohen and Everitt 1969, Psychological Bulletin 72:323, formula 13.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Kappa:
    """κ with standard error and interval over `items`; `agreement` is the share of items coded alike.

    NaN where κ does not exist: no items, or both coders used one and the same category for all.
    """

    value: float
    se: float
    lower: float
    upper: float
    agreement: float
    items: int


def kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    categories: Sequence[Hashable],
    weights: Weights = "none",
    level: float = LEVEL,
) -> Kappa:
    """κ of two codings of the same items. `categories` gives the order that weights count in.

    Raises ValueError for codings of different length or a code that is no category.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} codes of one coder stand against {len(second)} of the other")
    place = {category: index for index, category in enumerate(categories)}
    unknown = {*first, *second} - place.keys()
    if unknown:
        raise ValueError(f"no category: {', '.join(sorted(map(str, unknown)))}")
    counts = np.zeros((len(place), len(place)))
    np.add.at(counts, ([place[code] for code in first], [place[code] for code in second]), 1)
    return kappa_of_counts(counts, weights, level)


def kappa_of_counts(counts: Floats, weights: Weights = "none", level: float = LEVEL) -> Kappa:
    """κ of a square table of counts, rows of one coder and columns of the other. Raises ValueError otherwise."""
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a table of agreement is square, not {counts.shape}")
    n = counts.sum()
    if n == 0:
        return Kappa(math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    p, w = counts / n, _weights(counts.shape[0], weights)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    po, pe = float((w * p).sum()), float(rows @ w @ columns)
    alike = float(np.trace(p))
    if math.isclose(pe, 1):
        return Kappa(math.nan, math.nan, math.nan, math.nan, alike, int(n))
    value = (po - pe) / (1 - pe)
    se = math.sqrt(max(_variance(p, w, po, pe) / n, 0))
    half = float(ndtri((1 + level) / 2)) * se
    return Kappa(value, se, max(value - half, -1.0), min(value + half, 1.0), alike, int(n))


def _weights(size: int, weights: Weights) -> Floats:
    """Credit by distance: 1 - d/(k-1), or 1 - (d/(k-1))², or none but for the same category."""
    if weights == "none" or size == 1:
        return np.eye(size)
    place = np.arange(size, dtype=np.float64)
    distance = np.abs(place[:, None] - place[None, :]) / (size - 1)
    return 1 - distance if weights == "linear" else 1 - distance**2


def _variance(p: Floats, w: Floats, po: float, pe: float) -> float:
    """n times the variance of κ."""
    by_row, by_column = w @ p.sum(axis=0), w.T @ p.sum(axis=1)
    inner = w * (1 - pe) - (by_row[:, None] + by_column[None, :]) * (1 - po)
    return float(((p * inner**2).sum() - (po * pe - 2 * pe + po) ** 2) / (1 - pe) ** 4)
