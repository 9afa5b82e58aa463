"""Weights rounded so that sums over a PSU are exact: the same to the last bit for any order of rows and any engine."""

from __future__ import annotations

from typing import Final

import numpy as np

from everychild.methods.mortality.births import FloatArray, IntArray

QUANTUM_EXPONENT: Final = -40
MANTISSA_BITS: Final = 53


def rounded_weights(weight: FloatArray, psu: IntArray, shares: tuple[float, float]) -> FloatArray:
    """Weights (n,) as multiples of a power of two: 2^-40, or the smallest with which the sums of a PSU stay exact.

    `shares`: the smallest share of a row that is summed (a power of two) and the largest. A multiple of 2^-40 moves a
    rate by less than 1e-11 of itself. The bound is taken from the largest weight and the largest PSU, not from sums,
    which would depend on the order of rows.
    """
    if weight.size == 0 or not weight.any():
        return weight
    smallest, largest = shares
    bound = float(weight.max()) * int(np.bincount(psu).max()) * largest / smallest
    exponent = max(QUANTUM_EXPONENT, int(np.ceil(np.log2(bound))) - MANTISSA_BITS)
    quantum = 2.0**exponent
    result: FloatArray = np.rint(weight / quantum) * quantum
    return result


def sums_by_psu(
    values: FloatArray, weight: FloatArray, codes: IntArray, classes: int, psu: IntArray, psu_count: int
) -> FloatArray:
    """(classes, m, k) weighted sums of `values` (n, m) by class and PSU; rows with a negative class are left out.

    Raises ValueError for a PSU outside the design, which would be counted in another class.
    """
    if psu.size and not 0 <= int(psu.min()) <= int(psu.max()) < psu_count:
        raise ValueError(f"a row has no PSU, or one that is not among the {psu_count} of the design")
    known = np.flatnonzero(codes >= 0)
    if known.size < codes.size:
        values, weight, codes, psu = values[known], weight[known], codes[known], psu[known]
    cell, cells = codes * psu_count + psu, classes * psu_count
    sums = [np.bincount(cell, weight * column, cells).reshape(classes, psu_count) for column in values.T]
    return np.stack(sums, axis=1)
