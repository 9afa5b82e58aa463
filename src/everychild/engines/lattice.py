"""Which groups have to be summed row by row, and which are sums of whole PSUs.

A PSU lies in one region and one residence: tables by these are sums of PSU totals, and need no pass over the rows.
What is constant inside every PSU is found in the data, never assumed. Thirteen tables become six sets of cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from everychild.engines.plan import Plan


@dataclass(frozen=True)
class CellSet:
    """Groupings that are crossed row by row; `start` is the first of its `size` cells among all cells of a PSU.

    The set without groupings has one cell, to which every row belongs.
    """

    groupings: tuple[str, ...]
    levels: tuple[int, ...]
    start: int

    @property
    def size(self) -> int:
        return prod(self.levels)

    def cells(self, codes: Mapping[str, NDArray[np.int64]], rows: int, nowhere: int) -> NDArray[np.int64]:
        """The cell of each row; `nowhere` for rows outside every level."""
        cell = np.zeros(rows, dtype=np.int64)
        outside = np.zeros(rows, dtype=bool)
        for name, levels in zip(self.groupings, self.levels, strict=True):
            code = codes[name]
            cell = cell * levels + (code - 1)
            outside |= code == 0
        return np.where(outside, nowhere, cell + self.start)


@dataclass(frozen=True)
class Lattice:
    """The sets of cells of a plan, and for each table its set and the groupings that are constant inside PSUs."""

    sets: tuple[CellSet, ...]
    constant: tuple[str, ...]

    @property
    def cells(self) -> int:
        """Cells in each PSU, over all sets."""
        return sum(cell_set.size for cell_set in self.sets)

    def set_of(self, table: tuple[str, ...]) -> CellSet:
        varying = tuple(name for name in table if name not in self.constant)
        return next(cell_set for cell_set in self.sets if cell_set.groupings == varying)


def lattice(plan: Plan, constant: frozenset[str]) -> Lattice:
    """The fewest sets of cells from which all tables of a plan follow; `constant` are groupings with one group in each
    PSU."""
    constant -= plan.varying
    wanted = dict.fromkeys(tuple(name for name in table if name not in constant) for table in plan.tables)
    sets, start = [], 0
    for names in wanted:
        levels = tuple(plan.named[name].levels for name in names)
        sets.append(CellSet(names, levels, start))
        start += prod(levels)
    kept = tuple(name for name in plan.named if name in constant)
    return Lattice(tuple(sets), kept)
