"""From PSU totals to tables: every indicator of one file, every table, in a few array operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from everychild.engines.lattice import CellSet
from everychild.engines.plan import Plan
from everychild.engines.totals import PsuTotals
from everychild.estimation.columns import IndicatorColumns
from everychild.methods.sampling.taylor import LonelyPsu, Moments, domain_estimates, moments, summed_by

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class TableOfEstimates:
    """Estimates of all indicators in the groups of one table; arrays are (groups, indicators).

    Groups run through the levels of `table` in order, the last grouping fastest; the total has one group. `n` is
    unweighted, rows of zero weight left out. `simple` is the variance of a simple random sample of the same n, `deff`
    the quotient of the two; both are NaN where they have no meaning. `df`: degrees of freedom.
    """

    table: tuple[str, ...]
    levels: Integers
    value: Floats
    variance: Floats
    weight: Floats
    n: Integers
    psus: Integers
    strata: Integers
    lonely: Integers
    simple: Floats
    deff: Floats
    df: Integers


def tables(
    totals: PsuTotals, plan: Plan, indicators: Sequence[IndicatorColumns], lonely: LonelyPsu = "adjust"
) -> list[TableOfEstimates]:
    """All tables of a plan."""
    work = _Work(totals, plan, indicators, lonely)
    return [work.table(table) for table in plan.tables]


class _Work:
    def __init__(
        self, totals: PsuTotals, plan: Plan, indicators: Sequence[IndicatorColumns], lonely: LonelyPsu
    ) -> None:
        self.totals, self.plan, self.lonely = totals, plan, lonely
        self.indicators = indicators
        self.numerator = np.array([i.numerator for i in indicators], dtype=np.int64)
        self.denominator = np.array([i.denominator for i in indicators], dtype=np.int64)
        self.members = np.array([i.members for i in indicators], dtype=np.int64)
        bundle = totals.psus.bundle
        first = np.flatnonzero(np.r_[True, bundle[1:] != bundle[:-1]]) if len(bundle) else np.zeros(0, dtype=np.int64)
        self.first = first
        # (cells, columns), at one go: sums of columns that lie apart take three times as long.
        self.whole = totals.sums.sum(axis=0)
        constant = frozenset(totals.lattice.constant)
        # Sets of cells of which a table takes only some PSUs.
        self.divided = {totals.lattice.set_of(table) for table in plan.tables if constant & set(table)}
        self.moments: dict[CellSet, Moments] = {}

    def table(self, table: tuple[str, ...]) -> TableOfEstimates:
        constant = tuple(name for name in table if name in self.totals.lattice.constant)
        cell_set = self.totals.lattice.set_of(table)
        group, groups = self._groups(constant)
        cells = slice(cell_set.start, cell_set.start + cell_set.size)
        if cell_set not in self.moments:
            sums = self.totals.sums[:, cells]
            numerator, denominator = sums[:, :, _steps(self.numerator)], sums[:, :, _steps(self.denominator)]
            same = np.array_equal(self.members, self.denominator)
            members = denominator if same else sums[:, :, _steps(self.members)]
            whole = self.whole[cells]
            with np.errstate(invalid="ignore", divide="ignore"):
                centre = whole[:, self.numerator] / whole[:, self.denominator]
            self.moments[cell_set] = moments(
                numerator, denominator, members, self.totals.psus.bundle, centre, divided=cell_set in self.divided
            )
        held = self.moments[cell_set]
        stratum = self.totals.psus.stratum[self.first]
        found = domain_estimates(held, stratum, group, groups, self.totals.psus.psus_of_stratum, self.lonely)
        counts = summed_by(group, groups + 1)(self.totals.counts[:, cells][:, :, _steps(self.members)])
        order = self._order(table, constant, cell_set)

        def laid(array: NDArray[Any]) -> NDArray[Any]:
            return array.reshape(groups * cell_set.size, -1)[order]

        n = laid(counts[1:])
        value, variance = laid(found.value), laid(found.variance)
        psus, strata = laid(found.psus), laid(found.strata)
        simple = self._simple(value, n, laid(found.weight), group, groups, cells, order)
        levels = np.stack(
            np.unravel_index(np.arange(len(order)), [self.plan.named[name].levels for name in table] or [1]), axis=1
        )
        return TableOfEstimates(
            table, levels[:, : len(table)] + 1, value, variance, laid(found.weight), n, psus, strata,
            laid(found.lonely), simple, variance / simple, psus - strata,
        )  # fmt: skip

    def _groups(self, constant: tuple[str, ...]) -> tuple[Integers, int]:
        """The group of each bundle by what is constant inside PSUs: 0 outside every level, else from 1."""
        group = np.ones(len(self.first), dtype=np.int64)
        outside = np.zeros(len(self.first), dtype=bool)
        for name in constant:
            code = self.totals.psus.codes[name][self.first]
            group = (group - 1) * self.plan.named[name].levels + np.maximum(code, 1)
            outside |= code == 0
        return np.where(outside, 0, group), prod(self.plan.named[name].levels for name in constant)

    def _order(self, table: tuple[str, ...], constant: tuple[str, ...], cell_set: CellSet) -> Integers:
        """Where each group of the table, in the order of its own groupings, stands among constant × varying groups."""
        names = (*constant, *cell_set.groupings)
        shape = [self.plan.named[name].levels for name in names]
        place = np.arange(prod(shape)).reshape(shape or [1])
        if not names:
            return place.ravel()
        return place.transpose([names.index(name) for name in table]).ravel()

    def _simple(
        self, value: Floats, n: Integers, weight: Floats, group: Integers, groups: int, cells: slice, order: Integers
    ) -> Floats:
        """The variance of a simple random sample of the same n, drawn with replacement: the sample variance of the
        values, p(1 − p)·n/(n − 1) for a share, over n (Kish 1965; R svymean(deff = "replace"))."""
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = value * (1 - value)
            for k, each in enumerate(self.indicators):
                if each.square is not None:
                    sums = self._summed(each.square, group, groups, cells)[order]
                    spread[:, k] = sums / weight[:, k] - value[:, k] ** 2
                elif each.denominator != each.members:
                    spread[:, k] = np.nan  # a ratio of two values is no share
                elif each.beyond is not None:
                    spread[self._summed(each.beyond, group, groups, cells)[order] > 0, k] = np.nan
            simple = spread / (n - 1)
        return np.where((spread > 0) & (n > 1), simple, np.nan)

    def _summed(self, column: int, group: Integers, groups: int, cells: slice) -> Floats:
        by_group = summed_by(group[self.totals.psus.bundle], groups + 1)
        return by_group(self.totals.sums[:, cells, column])[1:].ravel()


def _steps(places: Integers) -> Integers | slice:
    """Places that follow each other at equal steps as a slice, which takes no copy."""
    step = int(places[1] - places[0]) if len(places) > 1 else 1
    if step > 0 and np.all(np.diff(places) == step):
        return slice(int(places[0]), int(places[-1]) + 1, step)
    return places
