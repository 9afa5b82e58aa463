"""PSU totals: one sparse × dense product a batch, exact to the last bit in any order of rows, batches and threads.

A matrix "cells × rows" holds the weight of each row in the cells it belongs to; times the 0/1 matrix "rows × columns"
it gives the weighted sums of all columns in all cells at once. Weights are rounded to a multiple of a power of two so
small that nothing changes in twelve digits and so large that every sum is a whole number of it below 2^53: then the
sums are exact, and no order of adding can alter them. GROUPING SETS in a query engine were measured: four times
slower (docs/methods/survey-engine.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import ceil, log2
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from everychild.engines.lattice import Lattice

ROWS: Final = 2048
"""Rows of one product: the 0/1 matrix and the cells it touches stay in the cache."""
DIVIDED: Final = 32_768
"""Rows of a batch from which a second thread is worth its start."""
PADDING: Final = 72
"""Bytes between the columns of a piece of conditions beyond its rows; see _apart."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class PsuTable:
    """The PSUs of a file or survey, sorted by stratum and by what is constant inside PSUs.

    `stratum`: index of the stratum of each PSU. `codes`: level of each constant grouping (0 = outside). `bundle`:
    PSUs of one stratum and the same constant codes have one number, ascending along the table.
    """

    keys: Integers
    stratum: Integers
    codes: Mapping[str, Integers]
    bundle: Integers

    @property
    def size(self) -> int:
        return len(self.stratum)

    @property
    def strata(self) -> int:
        return int(self.stratum.max()) + 1 if self.size else 0

    @property
    def bundles(self) -> int:
        return int(self.bundle.max()) + 1 if self.size else 0

    @property
    def psus_of_stratum(self) -> Integers:
        return np.bincount(self.stratum, minlength=self.strata)

    def tells_as(self, other: PsuTable) -> bool:
        """Whether another table has the same PSUs in the same order, with the same codes."""
        return np.array_equal(self.keys, other.keys) and all(
            np.array_equal(codes, other.codes[name]) for name, codes in self.codes.items()
        )


def _places(among: Integers, keys: Integers) -> Integers:
    """Where each key stands among others, all of which are different."""
    order = np.argsort(among)
    return order[np.searchsorted(among, keys, sorter=order)]


def _of_both(first: PsuTable, second: PsuTable) -> PsuTable:
    """The PSUs of a survey as two files tell of them. A PSU of which one file has no row (a cluster without children
    under five) has no codes there and stands elsewhere; it takes those of the other file."""
    if first.tells_as(second):
        return first
    at = _places(second.keys, first.keys)
    codes = {name: np.maximum(known, second.codes[name][at]) for name, known in first.codes.items()}
    order = np.lexsort((*reversed(codes.values()), first.stratum))
    stratum, codes = first.stratum[order], {name: known[order] for name, known in codes.items()}
    changed = np.zeros(len(order), dtype=bool)
    for key in (stratum, *codes.values()):
        changed[1:] |= key[1:] != key[:-1]
    return PsuTable(first.keys[order], stratum, codes, np.cumsum(changed))


@dataclass(frozen=True)
class PsuTotals:
    """Weighted sums of every column in every PSU and cell, and unweighted counts by bundle of PSUs.

    `sums`: (PSUs, cells, columns). `counts`: (bundles, cells, counted conditions), rows of positive weight in which a
    condition holds. `rows`: rows read. `unit`: the weights are multiples of 2 to the power of minus this.
    """

    psus: PsuTable
    lattice: Lattice
    sums: Floats
    counts: Integers
    rows: int
    unit: int

    def __add__(self, other: PsuTotals) -> PsuTotals:
        """Totals of two files of one survey, rows put under each other."""
        if self.lattice != other.lattice or not np.array_equal(np.sort(self.psus.keys), np.sort(other.psus.keys)):
            raise ValueError("only totals over the same PSUs and groups can be added")
        psus = _of_both(self.psus, other.psus)
        (sums, counts), (more, further) = self._among(psus), other._among(psus)
        rows, unit = self.rows + other.rows, min(self.unit, other.unit)
        return PsuTotals(psus, self.lattice, sums + more, counts + further, rows, unit)

    def _among(self, psus: PsuTable) -> tuple[Floats, Integers]:
        """Sums and counts in the order of another table of the same PSUs, in which more codes may be known."""
        if self.psus.tells_as(psus):
            return self.sums, self.counts
        at = _places(self.psus.keys, psus.keys)
        alike = np.all([self.psus.codes[name][at] == codes for name, codes in psus.codes.items()], axis=0)
        home = np.zeros(self.psus.bundles, dtype=np.int64)
        for chosen in (~alike, alike):  # a bundle goes where those of its PSUs lie whose codes it has
            home[self.psus.bundle[at[chosen]]] = psus.bundle[chosen]
        counts = np.zeros((psus.bundles, *self.counts.shape[1:]), dtype=self.counts.dtype)
        np.add.at(counts, home, self.counts)
        return self.sums[at], counts


def exponent(heaviest: float) -> int:
    """Power of two of which all numbers become multiples, when the largest sum of them is `heaviest`: the finest that
    leaves every sum exact. Weights that average one are rounded below 2^-40; a fixed 2^-40 would take digits from
    weights that add up to one, and all of them from still smaller ones."""
    return 52 - ceil(log2(heaviest)) if heaviest > 0 else 0


def rounded(numbers: Floats, unit: int) -> Floats:
    """Numbers as multiples of 2^-unit; halves go to the even neighbour."""
    return np.ldexp(np.rint(np.ldexp(numbers, unit)), -unit)


class Accumulator:
    """Adds batches of rows into PSU totals."""

    def __init__(self, psus: PsuTable, lattice: Lattice, columns: int, conditions: int, counted: int) -> None:
        self.psus, self.lattice, self.conditions, self.counted = psus, lattice, conditions, counted
        self.sums = np.zeros((psus.size * lattice.cells, columns))
        self.counts = np.zeros((psus.bundles * lattice.cells, counted))
        self.rows = 0

    def add(
        self, psu: Integers, weight: Floats, codes: Mapping[str, Integers], conditions: NDArray[np.uint8],
        values: Floats | None = None,
    ) -> None:  # fmt: skip
        """One batch: `psu` (rows) index of each row's PSU; `weight` (rows), already rounded; `codes` level of each
        varying grouping; `conditions` (rows, conditions) of 0 and 1; `values` (rows, values) already weighted and
        rounded."""
        cells = self._cells(psu, codes)
        if np.any(psu[1:] < psu[:-1]):  # rows of a PSU together: each product then touches few PSUs
            order = np.argsort(psu, kind="stable")
            psu, weight, cells, conditions = psu[order], weight[order], cells[order], conditions[order]
            values = None if values is None else values[order]
        products = partial(self._products, psu, weight, cells, conditions, values)
        middle = self._middle(psu)
        if middle is None:
            products(0, len(psu))
        else:
            with ThreadPoolExecutor(1) as other:
                done = other.submit(products, middle, len(psu))
                products(0, middle)
                done.result()
        self.rows += len(psu)

    def _middle(self, psu: Integers) -> int | None:
        """A row at which a large batch falls into two parts without a common bundle, which can be summed side by side:
        they write to different places. None where there is no such row, or little to sum."""
        if len(psu) < DIVIDED:
            return None
        bundle = self.psus.bundle[psu]
        edges = np.flatnonzero(bundle[1:] != bundle[:-1]) + 1
        if not len(edges):
            return None
        nearest = int(edges[np.argmin(np.abs(edges - len(psu) // 2))])
        return nearest if min(nearest, len(psu) - nearest) >= ROWS else None

    def _products(
        self, psu: Integers, weight: Floats, cells: Integers, conditions: NDArray[np.uint8], values: Floats | None,
        begin: int, end: int,
    ) -> None:  # fmt: skip
        for start in range(begin, end, ROWS):
            part = slice(start, min(start + ROWS, end))
            self._product(
                psu[part], weight[part], cells[part], conditions[part], None if values is None else values[part]
            )

    def _cells(self, psu: Integers, codes: Mapping[str, Integers]) -> Integers:
        """(rows, sets): the cell of each row in each set, within its PSU; -1 outside every level."""
        sets = [cell_set.cells(codes, len(psu), -1) for cell_set in self.lattice.sets]
        return np.stack(sets, axis=1, dtype=np.int32 if self.lattice.cells < 2**31 else np.int64, casting="same_kind")

    def _product(
        self, psu: Integers, weight: Floats, cells: Integers, conditions: NDArray[np.uint8], values: Floats | None
    ) -> None:
        first, last = int(psu[0]), int(psu[-1])
        width, held = self.lattice.cells, self.conditions
        columns = _apart(conditions)
        dense = columns.astype(np.float64, order="C")
        touched = self.sums[first * width : (last + 1) * width]
        place = self._place(cells, psu - first, len(touched))
        # Added through views: `array[part] += …` would also write the part back onto itself.
        weighted = touched[:, :held]
        weighted += _matrix(place, weight, len(touched)) @ dense
        if values is not None:
            summed = touched[:, held:]
            summed += _matrix(place, np.ones(len(psu)), len(touched)) @ np.ascontiguousarray(values)
        bundle = self.psus.bundle[psu]
        lowest, highest = int(bundle[0]), int(bundle[-1])
        counted = self.counts[lowest * width : (highest + 1) * width]
        place = self._place(cells, bundle - lowest, len(counted))
        # Single precision holds every count below 2^24, far more than the rows of a product, and takes half the time.
        ones = (weight > 0).astype(np.float32)
        counted += _matrix(place, ones, len(counted)) @ columns[:, : self.counted].astype(np.float32, order="C")

    def _place(self, cells: Integers, group: Integers, outside: int) -> NDArray[np.signedinteger]:
        """Row numbers of the sparse matrix; what is outside every level goes to one further row, cut off later. In 32
        bits where they are enough, for scipy would otherwise look whether they are."""
        kind = np.dtype(np.int32 if outside < 2**31 else np.int64)
        place = (group * self.lattice.cells).astype(kind)[:, None] + cells.astype(kind, copy=False)
        return np.where(cells < 0, kind.type(outside), place)

    def totals(self, unit: int) -> PsuTotals:
        cells = self.lattice.cells
        return PsuTotals(
            self.psus,
            self.lattice,
            self.sums.reshape(self.psus.size, cells, -1),
            np.rint(self.counts).astype(np.int64).reshape(self.psus.bundles, cells, -1),
            self.rows,
            unit,
        )


def _apart(conditions: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same conditions, columns an odd number of cache lines apart, to be laid out row after row.

    As they come, the columns of a batch stand a power of two apart and push each other out of the cache: turning them
    was seven times slower.
    """
    rows, columns = conditions.shape
    apart = np.empty((columns, rows + PADDING), dtype=np.uint8)
    apart[:, :rows] = conditions.T
    return apart[:, :rows].T


def _matrix(place: NDArray[np.signedinteger], weight: NDArray[np.floating], cells: int) -> _Cut:
    """Sparse (cells, rows): the weight of each row in each cell it belongs to."""
    rows, each = place.shape
    data = np.repeat(weight, each)
    pointers = np.arange(0, each * rows + 1, each, dtype=place.dtype)
    return _Cut(sp.csc_matrix((data, place.ravel(), pointers), shape=(cells + 1, rows)), cells)


@dataclass(frozen=True)
class _Cut:
    """A sparse matrix whose last row, for what is outside every level, is left out of every product."""

    matrix: sp.csc_matrix
    cells: int

    def __matmul__(self, dense: NDArray[np.floating]) -> NDArray[np.floating]:
        product: NDArray[np.floating] = self.matrix @ dense
        return product[: self.cells]
