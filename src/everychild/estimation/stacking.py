"""Rows of two files under each other: children of 1 to 4 in one file, of 5 to 17 in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from everychild.engines.replicates import ReplicateRows
from everychild.engines.totals import PsuTotals
from everychild.estimation.columns import IndicatorColumns

Floats = NDArray[np.float64]


def positions(rates: int) -> tuple[IndicatorColumns, ...]:
    """Places of the columns of stacked rates: numerator, denominator and rows beyond it, rate after rate."""
    return tuple(IndicatorColumns(3 * k, 3 * k + 1, None, 3 * k + 2, 3 * k + 1) for k in range(rates))


def aligned(totals: PsuTotals, columns: Sequence[IndicatorColumns]) -> PsuTotals:
    """Totals with the columns of each rate at its `positions`."""
    counts = np.zeros((*totals.counts.shape[:2], 3 * len(columns)), dtype=np.int64)
    for k, each in enumerate(columns):
        counts[:, :, 3 * k + 1] = totals.counts[:, :, each.members]
    return replace(totals, sums=_placed(totals.sums, columns), counts=counts)


def stacked_rows(
    first: ReplicateRows, columns: Sequence[IndicatorColumns], second: ReplicateRows, others: Sequence[IndicatorColumns]
) -> ReplicateRows:
    """Rows of two files with as many replicate weights, the columns of each rate at its `positions`."""
    return ReplicateRows(
        np.concatenate([first.weights, second.weights]),
        {name: np.concatenate([codes, second.codes[name]]) for name, codes in first.codes.items()},
        first.levels,
        np.concatenate([_placed(first.columns, columns), _placed(second.columns, others)]),
    )


def _placed(sums: Floats, columns: Sequence[IndicatorColumns]) -> Floats:
    """Sums by column, the last axis, brought to the places of `positions`."""
    found = np.zeros((*sums.shape[:-1], 3 * len(columns)))
    for k, each in enumerate(columns):
        for offset, source in enumerate((each.numerator, each.denominator, each.beyond)):
            if source is not None:
                found[..., 3 * k + offset] = sums[..., source]
    return found
