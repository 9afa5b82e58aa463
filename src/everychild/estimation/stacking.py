"""Rows of two files under each other: children of 1 to 4 in one file, of 5 to 17 in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from everychild.engines.totals import PsuTotals
from everychild.estimation.columns import IndicatorColumns


def aligned(totals: PsuTotals, columns: Sequence[IndicatorColumns]) -> PsuTotals:
    """Totals with three columns for each rate: numerator, denominator, rows of the numerator beyond the denominator."""
    sums = np.zeros((*totals.sums.shape[:2], 3 * len(columns)))
    counts = np.zeros((*totals.counts.shape[:2], 3 * len(columns)), dtype=np.int64)
    for k, each in enumerate(columns):
        for offset, source in enumerate((each.numerator, each.denominator, each.beyond)):
            if source is not None:
                sums[:, :, 3 * k + offset] = totals.sums[:, :, source]
        counts[:, :, 3 * k + 1] = totals.counts[:, :, each.members]
    return replace(totals, sums=sums, counts=counts)
