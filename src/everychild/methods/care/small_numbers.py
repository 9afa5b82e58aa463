"""Small counts of children are hidden, and enough beside them that totals do not give them away.

Cells of 1 to threshold − 1 are hidden first; then in every row and column with a hidden cell a second one, the choice
of the least loss; then each hidden cell is bounded by what the totals still say, and more is hidden until every
such interval is as wide as the threshold. A shown 0 says that there is nobody and is kept. Source: Hundepool et al.,
Statistical Disclosure Control (2012), chapter 4; the full optimum (τ-Argus) was rejected: tables of regions by age
are small, and a greedy choice that is checked afterwards is as safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np

THRESHOLD: Final = 10
"""For children in rare situations: a place, an age and a detention together may be a name."""
Table = tuple[tuple[int, ...], ...]
Mask = tuple[tuple[bool, ...], ...]


def is_small(count: int, threshold: int = THRESHOLD) -> bool:
    return 0 < count < threshold


def protect(counts: Sequence[Sequence[int]], threshold: int = THRESHOLD) -> Mask:
    """Which cells of a table with published totals are hidden. Raises ValueError for rows of unequal length."""
    table = tuple(tuple(row) for row in counts)
    if len({len(row) for row in table}) > 1:
        raise ValueError("rows of unequal length are no table")
    return _protect(table, threshold)


@lru_cache(maxsize=512)
def _protect(table: Table, threshold: int) -> Mask:
    cells = np.array(table, dtype=np.int64)
    hidden = (cells > 0) & (cells < threshold)
    if not hidden.any():
        return tuple(tuple(bool(cell) for cell in row) for row in hidden)
    _pair_up(cells, hidden)
    while (exposed := _exposed(cells, hidden, threshold)) is not None and not hidden.all():
        _hide_cheapest_near(cells, hidden, exposed)
        _pair_up(cells, hidden)
    return tuple(tuple(bool(cell) for cell in row) for row in hidden)


def _pair_up(cells: np.ndarray, hidden: np.ndarray) -> None:
    """Second cells until no row or column has a single hidden one; rectangles first, which close both at once."""
    while True:
        lonely = [(r, c) for r, c in zip(*np.nonzero(hidden), strict=True)
                  if _alone(hidden[r], cells.shape[1]) or _alone(hidden[:, c], cells.shape[0])]  # fmt: skip
        if not lonely:
            return
        row, column = lonely[0]
        choices = [
            (int(_new(cells, hidden, corners).sum()), corners)
            for r, c in product(range(cells.shape[0]), range(cells.shape[1]))
            if (corners := _corners(row, column, r, c, cells.shape)) is not None
        ]
        for corner in min(choices)[1] if choices else [(r, c) for r, c in np.ndindex(cells.shape)]:
            hidden[corner] = True


def _alone(line: np.ndarray, length: int) -> bool:
    return length > 1 and int(line.sum()) == 1


def _corners(row: int, column: int, r: int, c: int, shape: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """The rectangle of two cells; in a table of one row or column just the second cell."""
    if (r == row and shape[0] > 1) or (c == column and shape[1] > 1) or (r, c) == (row, column):
        return None
    return sorted({(row, column), (row, c), (r, column), (r, c)})


def _new(cells: np.ndarray, hidden: np.ndarray, corners: list[tuple[int, int]]) -> np.ndarray:
    """What hiding these would cost: their children, and one more a cell so that zeros are not free."""
    return np.array([cells[corner] + 1 for corner in corners if not hidden[corner]], dtype=np.int64)


def _exposed(cells: np.ndarray, hidden: np.ndarray, threshold: int) -> tuple[int, int] | None:
    """A small cell that the totals still tell to less than the threshold."""
    for row, column in zip(*np.nonzero(hidden), strict=True):
        if is_small(int(cells[row, column]), threshold):
            low, high = interval(cells, hidden, (int(row), int(column)))
            if high - low < threshold - 1e-6:
                return int(row), int(column)
    return None


def interval(cells: np.ndarray, hidden: np.ndarray, cell: tuple[int, int]) -> tuple[float, float]:
    """What a reader of all shown cells and totals can tell of a hidden one: the least and the most it may be."""
    from scipy.optimize import linprog  # a third of a second to import, and only tables with small cells need it

    places = list(zip(*np.nonzero(hidden), strict=True))
    lines, sums = [], []
    for axis in range(cells.ndim):
        if cells.shape[1 - axis] == 1:
            continue  # the total of one cell is the cell: it stands hidden with it
        for position in range(cells.shape[axis]):
            lines.append([1.0 if place[axis] == position else 0.0 for place in places])
            inside = np.take(hidden, position, axis)
            sums.append(float(np.take(cells, position, axis)[inside].sum()))
    aim = np.array([1.0 if place == cell else 0.0 for place in places])
    found = [linprog(sign * aim, A_eq=lines, b_eq=sums, bounds=(0, None)) for sign in (1, -1)]
    low, high = (one.fun if one.success else None for one in found)
    return low or 0.0, float(cells.sum()) if high is None else -high


def _hide_cheapest_near(cells: np.ndarray, hidden: np.ndarray, exposed: tuple[int, int]) -> None:
    row, column = exposed
    near = [(r, c) for r, c in np.ndindex(cells.shape) if not hidden[r, c] and (r == row or c == column)]
    rest = near or [(r, c) for r, c in np.ndindex(cells.shape) if not hidden[r, c]]
    hidden[min(rest, key=lambda place: (cells[place], place))] = True
