"""Rounding instead of hiding, and what rates give away."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everychild.methods.disclosure.feasible import Reader
from everychild.methods.disclosure.tables import Table
from everychild.methods.errors import MethodError

Counts = NDArray[np.int64]
BASE: Final = 5


def rounded(counts: ArrayLike, base: int = BASE) -> Counts:
    """To the nearest multiple of the base; half of an even base goes up. Totals are rounded apart from their parts and
    need not add up to them: say so beside the table. Raises MethodError for a base under 2 or a negative count."""
    values = _counts(counts, base)
    return (values + base // 2) // base * base


def rounded_at_random(counts: ArrayLike, base: int, chance: np.random.Generator) -> Counts:
    """Up with a probability of remainder/base, else down: right on average. A cell must be drawn once and kept, or its
    mean over several releases gives it away. Raises MethodError as `rounded`."""
    values = _counts(counts, base)
    up = chance.random(values.shape) * base < values % base
    return (values // base + up) * base


def limits(rounded_count: ArrayLike, base: int = BASE) -> tuple[Counts, Counts]:
    """Counts that `rounded` turns into these."""
    values = _counts(rounded_count, base)
    return np.maximum(values - base // 2, 0), values + (base - 1) // 2


def reader_of_rounded(table: Table, base: int = BASE) -> Reader:
    """A reader of the rounded table: sums over rounded cells can narrow a cell further than its own rounding."""
    low, high = limits(rounded(table.counts, base), base)
    return Reader(table, low.ravel().astype(np.float64), high.ravel().astype(np.float64))


def counts_of_rate(rate: float, decimals: int, per: float, denominator: int) -> range:
    """Counts that a rate printed with so many decimals can come from, given its denominator: one only gives it away.

    Exact for rates of up to about 12 digits. Raises MethodError without a denominator."""
    if denominator <= 0:
        raise MethodError("rate_denominator", "a rate needs a denominator", value=str(denominator))
    half, slack = 0.5 * 10.0**-decimals, 1e-9
    low = math.ceil((rate - half) / per * denominator - slack)
    high = math.floor((rate + half) / per * denominator + slack)
    return range(max(low, 0), min(high, denominator) + 1)


def _counts(counts: ArrayLike, base: int) -> Counts:
    values = np.asarray(counts, dtype=np.int64)
    if base < 2 or (values < 0).any():
        raise MethodError("rounding_base", f"counts of 0 or more are rounded to a base of 2 or more, not {base}")
    return values
