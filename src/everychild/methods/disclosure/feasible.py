"""What a reader can work out about a cell: the least and the most it can be, given all that is published.

Two linear programs a cell over the table's sums. Counts are whole numbers, which a reader may use as well: in tables of
two axes (nested ones along one of them too) the bounds are whole already; in tables of more axes the true range can be
narrower than the one found here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from everychild.methods.disclosure.tables import Table

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
UNBOUNDED: Final = 3
"""Status of scipy's linprog."""


@dataclass(frozen=True, eq=False)
class Reader:
    """Somebody who knows the table's sums and that each cell (flat) lies between `low` and `high`."""

    table: Table
    low: Floats
    high: Floats

    def bounds(self, cell: int) -> tuple[float, float]:
        """The least and the most of a cell (flat place); infinite where nothing bounds it."""
        return self.extreme(cell, "least")[0], self.extreme(cell, "most")[0]

    def extreme(self, cell: int, end: Literal["least", "most"]) -> tuple[float, Floats | None]:
        """The bound and all cells (flat) of a table that reaches it; None where the bound is infinite.

        Only cells that are open are unknowns; the others go to the right-hand side.
        """
        from scipy.optimize import linprog  # a third of a second to import, which few commands need

        open_cells = np.flatnonzero(self.low < self.high)
        sign, aim = (1.0 if end == "least" else -1.0), (open_cells == cell).astype(np.float64)
        found = np.where(self.low < self.high, 0.0, self.low)
        if not aim.any():
            return float(self.low[cell]), found
        rows = np.flatnonzero(self.table.equations[:, open_cells].any(axis=1))
        solved = linprog(
            sign * aim,
            A_eq=self.table.equations[np.ix_(rows, open_cells)],
            b_eq=-(self.table.equations[rows] @ found),
            bounds=list(zip(self.low[open_cells].tolist(), self.high[open_cells].tolist(), strict=True)),
            method="highs",
        )
        if solved.status == UNBOUNDED:
            return -sign * np.inf, None
        if not solved.success:
            raise ArithmeticError(f"bounds of {self.table.name(cell)}: {solved.message}")
        found[open_cells] = solved.x
        return float(found[cell]), found


def reader_of_hidden(table: Table, hidden: Mask, least: int) -> Reader:
    """A reader of all cells but the hidden ones, who knows of those that they are `least` or more (1 where zeros are
    always shown: a hidden cell is then no zero)."""
    counts = table.counts.ravel().astype(np.float64)
    closed = ~hidden.ravel()
    return Reader(table, np.where(closed, counts, least), np.where(closed, counts, np.inf))
