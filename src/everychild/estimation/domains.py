"""The PSU totals of single domains, for what needs more than the moments: differences, quotients, replicates."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from everychild.engines.plan import Plan
from everychild.engines.totals import PsuTotals

Floats = NDArray[np.float64]


def domain_totals(totals: PsuTotals, plan: Plan, table: tuple[str, ...], column: int) -> Floats:
    """(PSUs, groups): the sums of one column in every group of a table, groups in the order of the table."""
    cell_set = totals.lattice.set_of(table)
    cells = totals.sums[:, cell_set.start : cell_set.start + cell_set.size, column]
    constant = tuple(name for name in table if name in totals.lattice.constant)
    shape = [plan.named[name].levels for name in constant]
    place = np.zeros(totals.psus.size, dtype=np.int64)
    outside = np.zeros(totals.psus.size, dtype=bool)
    for name, levels in zip(constant, shape, strict=True):
        code = totals.psus.codes[name]
        place = place * levels + np.maximum(code - 1, 0)
        outside |= code == 0
    spread = np.zeros((totals.psus.size, prod(shape), cell_set.size))
    spread[np.arange(totals.psus.size), place] = np.where(outside[:, None], 0.0, cells)
    names = (*constant, *cell_set.groupings)
    if not names:
        return spread.reshape(totals.psus.size, 1)
    sizes = [plan.named[name].levels for name in names]
    axes = [0, *(1 + names.index(name) for name in table)]
    return spread.reshape(totals.psus.size, *sizes).transpose(axes).reshape(totals.psus.size, -1)
