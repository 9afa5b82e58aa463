"""Which cells of a table are hidden: small ones first, then others, until no small one can be worked out.

Primary: the rule of the source. Complementary: cell by cell, the cheapest set of further cells along which a small cell
could be `threshold` higher without any shown figure changing (a linear program whose unknowns are the changes;
Hundepool et al. 2012, 4.4; the way of the network and hypercube heuristics). At the end every complementary cell that
is not needed is shown again, dearest first. It is not the optimum of an integer program, which needs a solver of its
own, but it is checked: each small cell's range, as a reader can work it out, is at least `threshold` wide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from everychild.methods.disclosure.feasible import Mask, Reader, reader_of_hidden
from everychild.methods.disclosure.tables import Table
from everychild.methods.errors import MethodError

Floats = NDArray[np.float64]
THRESHOLD: Final = 10
"""For children in rare situations: place, age and an offence together may be a name."""
CLOSE: Final = 1e-6
DEARER_TOTAL: Final = 1000.0
"""A total is read more than its parts and is hidden only when nothing else will do."""


@dataclass(frozen=True)
class PrimaryRule:
    """Counts of 1 to threshold - 1 are hidden.

    `zeros`: shown (default), never hidden even as complement, so that a reader knows of each hidden cell that somebody
    is there; or hidden like small counts, where it tells something that nobody is. `whole_groups` hides a cell that is
    all of its total: everybody of that group is then known to be in it; this needs hidden zeros, which would tell the
    same. Raises MethodError for a threshold under 2 and for whole groups with zeros shown.
    """

    threshold: int = THRESHOLD
    zeros: Literal["shown", "hidden"] = "shown"
    whole_groups: bool = False

    def __post_init__(self) -> None:
        if self.threshold < 2:
            raise MethodError(
                "threshold_low", f"a threshold of {self.threshold} hides nothing", value=str(self.threshold)
            )
        if self.whole_groups and self.zeros == "shown":
            raise MethodError("whole_groups_zeros", "a whole group is not hidden while the zeros beside it are shown")

    @property
    def least(self) -> int:
        """What a reader knows a hidden cell to be at least."""
        return 1 if self.zeros == "shown" else 0

    def small(self, table: Table) -> Mask:
        """Cells the rule hides, of the table's shape."""
        counts = table.counts
        found = (counts >= self.least) & (counts < self.threshold)
        if self.whole_groups:
            for total, parts in table.relations:
                for part in parts if len(parts) > 1 else ():
                    if counts.flat[part] == counts.flat[total] > 0:
                        found.flat[part] = True
        return found


@dataclass(frozen=True, eq=False)
class Protection:
    """Masks of the table's shape: `hidden` = `primary` and complementary cells, which are marked alike when published;
    `already_public`: small cells that were published before and cannot be hidden any more. `low` and `high`: what a
    reader can work out (the count itself where it is shown)."""

    hidden: Mask
    primary: Mask
    already_public: Mask
    low: Floats
    high: Floats


def protect(table: Table, rule: PrimaryRule | None = None, public: Mask | None = None) -> Protection:
    """Hide what has to be hidden. `public` marks cells that are known from elsewhere (an earlier release, another
    table, an impossible cell): they are not hidden, for that would hide nothing.

    Raises MethodError naming a small cell that no hiding protects.
    """
    rule = rule or PrimaryRule()
    known = np.zeros(table.counts.shape, dtype=bool) if public is None else np.asarray(public, dtype=bool)
    small = rule.small(table)
    search = _Search(table, rule, known, small & ~known)
    for cell in search.small_cells:
        while not search.safe([cell]):
            search.hide_beside(cell)
    search.show_again()
    low = table.counts.astype(np.float64)
    high = low.copy()
    reader = reader_of_hidden(table, search.hidden, rule.least)
    for place in np.flatnonzero(search.hidden).tolist():
        low.flat[place], high.flat[place] = reader.bounds(place)
    return Protection(search.hidden, search.primary, small & known, low, high)


class _Search:
    """The cells hidden so far. `witnesses` are tables that add up: one that agrees with all shown cells proves what a
    reader cannot rule out, without a linear program; most questions are answered so."""

    def __init__(self, table: Table, rule: PrimaryRule, known: Mask, primary: Mask) -> None:
        self.table, self.rule, self.known, self.primary = table, rule, known, primary
        self.hidden = primary.copy()
        self.counts: Floats = table.counts.ravel().astype(np.float64)
        self.witnesses = [self.counts]

    @property
    def small_cells(self) -> list[int]:
        """The largest first: the companions of a large one often protect the others as well."""
        cells = np.flatnonzero(self.primary)
        return [int(cell) for cell in cells[np.argsort(-self.counts[cells], kind="stable")]]

    def safe(self, cells: Iterable[int]) -> bool:
        """Whether the range of each is as wide as the threshold."""
        least, most = self._witnessed()
        reader = reader_of_hidden(self.table, self.hidden, self.rule.least)
        return all(self._wide(reader, cell, float(least[cell]), float(most[cell])) for cell in cells)

    def _wide(self, reader: Reader, cell: int, least: float, most: float) -> bool:
        """Between what witnesses prove already; what is new becomes a witness."""
        wanted = self.rule.threshold - CLOSE
        if most - least < wanted:
            most = self._extreme(reader, cell, "most")
        if most - least < wanted:
            least = self._extreme(reader, cell, "least")
        return most - least >= wanted

    def _extreme(self, reader: Reader, cell: int, end: Literal["least", "most"]) -> float:
        bound, witness = reader.extreme(cell, end)
        if witness is not None:
            self.witnesses.append(witness)
        return bound

    def _witnessed(self) -> tuple[Floats, Floats]:
        points = np.array(self.witnesses)
        shown = ~self.hidden.ravel()
        points = points[(np.abs(points - self.counts)[:, shown] < CLOSE).all(axis=1)]
        return points.min(axis=0), points.max(axis=0)

    def hide_beside(self, cell: int) -> None:
        """Hide the cells with which `cell` may be `threshold` higher: min Σ cost·(up + down) with all sums kept and no
        cell under its least. Raises MethodError when there are none."""
        from scipy.optimize import linprog  # see feasible.Reader

        free = ~self.known & ((self.table.counts > 0) | (self.rule.zeros == "hidden") | self.hidden)
        moving = np.flatnonzero(free)
        sums = self.table.equations[:, moving]
        up_least = np.where(moving == cell, float(self.rule.threshold), 0.0)
        room = np.where(moving == cell, 0.0, np.maximum(self.counts[moving] - self.rule.least, 0))
        bounds = [*((low, np.inf) for low in up_least.tolist()), *((0.0, most) for most in room.tolist())]
        cost = np.tile(self._cost(self.hidden)[moving], 2)
        equations = np.hstack([sums, -sums])
        found = linprog(cost, A_eq=equations, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs")
        change = np.zeros(len(moving)) if found.x is None else found.x[: len(moving)] - found.x[len(moving) :]
        changed = moving[np.abs(change) > CLOSE]
        if self.hidden.flat[changed].all():
            raise _unprotected(self.table, cell)
        self.hidden.flat[changed] = True
        witness = self.counts.copy()
        witness[moving] += change
        self.witnesses.append(witness)

    def show_again(self) -> None:
        """Show every complementary cell, dearest first, without which all small cells stay safe."""
        cost = self._cost(np.zeros_like(self.hidden))
        extra = np.flatnonzero(self.hidden & ~self.primary)
        for cell in extra[np.argsort(-cost[extra], kind="stable")].tolist():
            self.hidden.flat[cell] = False
            if not self.safe(self._nearest_first(cell)):
                self.hidden.flat[cell] = True

    def _nearest_first(self, cell: int) -> list[int]:
        """Small cells that share a sum with this one come first: they are the likeliest to need it."""
        sharing = self.table.equations[self.table.equations[:, cell] != 0].any(axis=0)
        return sorted(self.small_cells, key=lambda small: not sharing[small])

    def _cost(self, hidden: Mask) -> Floats:
        """1 + log(1 + count): fewer cells first, then smaller ones; totals far dearer; a hidden cell almost nothing."""
        cost = (1 + np.log1p(self.counts)) * np.where(self.table.totals.ravel(), DEARER_TOTAL, 1.0)
        found: Floats = np.where(hidden.ravel(), CLOSE, cost)
        return found


def _unprotected(table: Table, cell: int) -> MethodError:
    name = table.name(cell)
    return MethodError(
        "cell_unprotected", f"nothing that could be hidden keeps {name} from being worked out", cell=name
    )
