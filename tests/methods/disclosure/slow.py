"""What a reader can tell of hidden cells, by trying every table that agrees with all that is shown."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from everychild.methods.disclosure.feasible import reader_of_hidden
from everychild.methods.disclosure.tables import Table

Mask = NDArray[np.bool_]


def ranges(table: Table, hidden: Mask, least: int, most: int) -> dict[int, tuple[int, int]]:
    """Least and most of every hidden cell over all whole-numbered tables with the shown cells as they are, hidden ones
    from `least` to `most`, that add up."""
    places = np.flatnonzero(hidden)
    if not len(places):
        return {}
    tried = np.array(list(product(range(least, most + 1), repeat=len(places))))
    fits = np.ones(len(tried), dtype=bool)
    for total, parts in table.relations:
        sums = [np.full(len(tried), table.counts.flat[cell]) for cell in (total, *parts)]
        for number, cell in enumerate((total, *parts)):
            if cell in places:
                sums[number] = tried[:, places.tolist().index(cell)]
        fits &= sums[0] == sum(sums[1:])
    possible = tried[fits]
    return {int(cell): (int(own.min()), int(own.max())) for cell, own in zip(places, possible.T, strict=True)}


def fewest_hidden(table: Table, primary: Mask, least: int, width: int) -> int:
    """The smallest number of hidden cells, totals shown, among all choices that keep every primary cell so wide."""
    others = [int(place) for place in np.flatnonzero(~primary & ~table.totals & (table.counts >= least))]
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            hidden = primary.copy()
            hidden.flat[list(chosen)] = True
            reader = reader_of_hidden(table, hidden, least)
            bounds = [reader.bounds(int(place)) for place in np.flatnonzero(primary)]
            if all(high - low >= width for low, high in bounds):
                return int(hidden.sum())
    raise AssertionError("no choice protects")
