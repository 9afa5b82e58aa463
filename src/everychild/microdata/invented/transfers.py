"""True shares of households, their members and children with a social transfer: true of all of a household when it
received one, or when any of its pupils had support for school. Pupils of a household answer independently once its
cluster and wealth are known, so the chance that none had support is a product over the members of each pattern."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from everychild.microdata.invented.attributes import answering_education
from everychild.microdata.invented.chains import alternatives
from everychild.microdata.invented.conditions import parse, where
from everychild.microdata.invented.expectations import ClusterView, alive, everybody
from everychild.microdata.invented.frame import Floats, Whole, frame
from everychild.microdata.invented.patterns import PER_CLASS, patterns
from everychild.microdata.invented.sampling import interview_delay
from everychild.microdata.invented.truth_groups import Cells, Row, group_rows

SLOTS: Final = 5
RECENT: Final = "ST2${0}=1 & ST4U${0}=1 & ST4N${0}<=3"
"""A payment of the last three months; those of years ago have another unit."""
PUPILS: Final = "AGE>=5 & AGE<25 & STAGE>=7"
SUPPORT: Final = "ED4=1 & ED9=1 & 1 of (ED12=1, ED14=1)"
OF_A_HOUSEHOLD: Final = (2, 0)
"""The cell of education and sex in which households stand; see truth_groups."""
POOREST: Final = 2


@dataclass(frozen=True)
class _Counts:
    """Expected numbers [cluster, wealth, education, sex]: all, and those in households without any transfer."""

    all: Floats
    without: Floats

    def rows(self, indicator: str, file: str, quintiles: int = 5) -> Iterator[Row]:
        kept = np.arange(5)[:, None, None] < quintiles
        return group_rows(indicator, "proportion", file, Cells(100 * (self.all - self.without) * kept, self.all * kept))


def transfer_rows() -> Iterator[Row]:
    """Total, groups and differences of the three indicators."""
    shape = (frame().stratum.size, 5, 5, 2)
    homes, people, children = (_Counts(np.zeros(shape), np.zeros(shape)) for _ in range(3))
    delays = interview_delay()[frame().region]
    for delay in np.unique(delays):
        for rural in (0, 1):
            clusters = np.flatnonzero((delays == delay) & (frame().rural == rural))
            for region in np.unique(frame().region[clusters]):
                _add(clusters[frame().region[clusters] == region], int(delay), homes, people, children)
    yield from children.rows("social_transfers_children", "hl")
    yield from homes.rows("social_transfers_poorest_households", "hh", POOREST)
    yield from people.rows("social_transfers_population", "hh")


def _add(clusters: Whole, delay: int, homes: _Counts, people: _Counts, children: _Counts) -> None:
    """Add the clusters of one region and residence."""
    country, members = frame(), patterns().persons
    region, rural = int(country.region[clusters[0]]), int(country.rural[clusters[0]])
    rows = np.flatnonzero(members.pattern // PER_CLASS // 5 == rural)
    living = alive()[region, rows]
    wealth, pattern = members.pattern[rows] // PER_CLASS % 5, members.pattern[rows] - 5 * rural * PER_CLASS
    supported = _supported(clusters, delay, rows, wealth)
    view = ClusterView("hh", clusters, delay)
    quintile = np.repeat(np.arange(5), PER_CLASS)
    none = (view.homes * _without_transfer(view))[:, quintile] * _together(living * supported, pattern)
    # A member is there and has no support, given that nobody else of the household has any.
    beside = living * (1 - supported) / (1 - living * supported) * none[:, pattern]
    there = living * view.homes[:, wealth]
    homes.all[clusters, :, *OF_A_HOUSEHOLD] = view.homes * PER_CLASS
    homes.without[clusters, :, *OF_A_HOUSEHOLD] = _by_cell(none, quintile, 5)
    people.all[clusters, :, *OF_A_HOUSEHOLD] = _by_cell(there, wealth, 5)
    people.without[clusters, :, *OF_A_HOUSEHOLD] = _by_cell(beside, wealth, 5)
    young = everybody(delay)["AGE"][rows] < 18
    cell = _cell(rows, delay, wealth)[young]
    children.all[clusters] = _by_cell(there[:, young], cell, 50).reshape(-1, 5, 5, 2)
    children.without[clusters] = _by_cell(beside[:, young], cell, 50).reshape(-1, 5, 5, 2)


def _cell(rows: Whole, delay: int, wealth: Whole) -> Whole:
    """Cell of wealth, education and sex of members."""
    education = answering_education("hl", everybody(delay))[rows]
    cell: Whole = (wealth * 5 + education) * 2 + patterns().persons.sex[rows] - 1
    return cell


def _supported(clusters: Whole, delay: int, rows: Whole, wealth: Whole) -> Floats:
    """[cluster, member]: chance that a member who is there goes to school and had support."""
    view, found = ClusterView("hl", clusters, delay), np.zeros((clusters.size, rows.size))
    inside = where(parse(PUPILS), everybody(delay), patterns().persons.age.size)
    cell = _cell(rows, delay, wealth)
    for chain in alternatives(SUPPORT):
        for persons, chance in view.ways(chain, inside):
            by_cell = np.broadcast_to(chance, (clusters.size, 5, 5, 2)).reshape(clusters.size, 50)
            pupils = np.flatnonzero(persons[rows])
            found[:, pupils] += by_cell[:, cell[pupils]]
    return found


def _without_transfer(view: ClusterView) -> Floats:
    """[cluster, wealth]: chance that a household had none of the payments."""
    everyone = np.ones(patterns().persons.age.size, dtype=np.bool_)
    none = np.ones((view.homes.shape[0], 5))
    for slot in range(1, SLOTS + 1):
        for chain in alternatives(RECENT.format(slot)):
            ((_, chance),) = view.ways(chain, everyone)
            none *= 1 - np.broadcast_to(chance, (*none.shape, 5, 2))[:, :, *OF_A_HOUSEHOLD]
    return none


def _together(support: Floats, pattern: Whole) -> Floats:
    """[cluster, pattern]: chance that no member of a household of that pattern had support."""
    logs = np.log1p(-support)
    return np.exp(_by_cell(logs, pattern, 5 * PER_CLASS))


def _by_cell(values: Floats, cell: Whole, cells: int) -> Floats:
    """Sums of [cluster, member] over members of the same cell: [cluster, cell]."""
    place = sp.csr_array((np.ones(cell.size), (np.arange(cell.size), cell)), shape=(cell.size, cells))
    return np.asarray(values @ place, dtype=np.float64)
