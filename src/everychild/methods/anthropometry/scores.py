"""z-scores of children against the WHO Child Growth Standards, for whole arrays.

z = ((y/M)^L − 1) / (L·S). Beyond 3 SD, for indices with weight, arm or skinfolds, the distance from SD 3 in units of
the distance between SD 2 and SD 3:

    z = 3 + (y − SD(3)) / (SD(3) − SD(2)),   z = −3 + (y − SD(−3)) / (SD(−2) − SD(−3)),   SD(k) = M (1 + L S k)^(1/L)

Source: WHO Child Growth Standards, methods and development (2006), chapter 7; (2007) for head, arm and skinfolds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from everychild.methods.anthropometry.measurements import (
    LYING,
    STANDING,
    TWO_YEARS,
    ChildMeasurements,
    Codes,
    Floats,
    Truths,
    adjusted_length,
)
from everychild.methods.anthropometry.standards import (
    LAST_DAY,
    GrowthStandards,
    LmsTable,
    TableName,
    package_standards,
)

Whole = NDArray[np.int64]
Index = Literal["haz", "waz", "whz", "baz", "acz", "hcz", "tsz", "ssz"]
INDICES: Final[tuple[Index, ...]] = get_args(Index)
"""Length/height, weight, BMI, arm, head, triceps and subscapular skinfold for age; weight for length/height."""
TABLE_OF: Final[Mapping[Index, TableName]] = MappingProxyType(
    {"haz": "length_for_age", "waz": "weight_for_age", "baz": "bmi_for_age", "acz": "arm_for_age",
     "hcz": "head_for_age", "tsz": "triceps_for_age", "ssz": "subscapular_for_age"}
)  # fmt: skip
WITHOUT_OEDEMA: Final[tuple[Index, ...]] = ("waz", "whz", "baz")
"""Fluid weighs: with oedema these are missing."""
UNRESTRICTED: Final[tuple[Index, ...]] = ("haz", "hcz")
"""L is 1 there, and the distance between SDs is the same everywhere."""
LENGTH_IF_BELOW: Final = 87.0
"""Centimetres, where neither age nor position is known."""
BLOCK: Final = 32_768
"""Children at a time: their arrays stay in the cache; one piece of a million is twice as slow."""


@dataclass(frozen=True, eq=False)
class GrowthScores:
    """`z`: index → (n,), unrounded, NaN where it cannot be told. `length`: cm, adjusted for the position. `bmi`: kg/m².
    `disbelieved`: said to stand below 9 months; no 0.7 cm were added."""

    z: Mapping[Index, Floats]
    length: Floats
    bmi: Floats
    disbelieved: Truths


def computable(children: ChildMeasurements, standards: GrowthStandards) -> tuple[Index, ...]:
    """Indices whose measure is there and whose table is at hand."""
    measured = {"acz": children.arm, "hcz": children.head, "tsz": children.triceps, "ssz": children.subscapular}
    return tuple(
        index for index in INDICES
        if (index not in measured or measured[index] is not None) and _tables(index) <= standards.tables.keys()
    )  # fmt: skip


def _tables(index: Index) -> frozenset[TableName]:
    return frozenset(("weight_for_length", "weight_for_height") if index == "whz" else (TABLE_OF[index],))


def z_scores(
    children: ChildMeasurements, indices: Sequence[Index] | None = None, standards: GrowthStandards | None = None
) -> GrowthScores:
    """z-scores of all children. `indices`: default all that are computable; `standards`: default those of the package.

    Ages of 60 months and over have none; where the age is unknown, only weight-for-length/height has. Raises
    StandardsError when a table is not at hand, ValueError for an index whose measure is not there.
    """
    standards = standards if standards is not None else _of_package()
    wanted = computable(children, standards) if indices is None else tuple(indices)
    lookups = {index: _lookup(index, standards) for index in wanted}
    made = {index: np.empty(len(children)) for index in wanted}
    length, bmi = np.empty(len(children)), np.empty(len(children))
    disbelieved = np.empty(len(children), dtype=np.bool_)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for start in range(0, len(children), BLOCK):
            rows = slice(start, start + BLOCK)
            block = _Block.of(children.part(rows))
            length[rows], bmi[rows], disbelieved[rows] = block.length, block.bmi, block.disbelieved
            for index, lookup in lookups.items():
                made[index][rows] = block.z(index, lookup)
    return GrowthScores(MappingProxyType(made), length, bmi, disbelieved)


def rounded(z: Floats) -> Floats:
    """z as it is published and classified: two decimals."""
    return np.round(z, 2)


@cache
def _of_package() -> GrowthStandards:
    return package_standards()


@dataclass(frozen=True, eq=False)
class _Lookup:
    """Tables laid end to end, boys before girls: `starts[t, sex]` is where one begins, its first key is `first[t]`."""

    l: Floats  # noqa: E741
    m: Floats
    s: Floats
    starts: Whole
    first: Floats
    last: Floats
    straight: bool


def _lookup(index: Index, standards: GrowthStandards) -> _Lookup:
    names: tuple[TableName, ...] = ("weight_for_length", "weight_for_height") if index == "whz" else (TABLE_OF[index],)
    return _laid([standards.table(name) for name in names])


def _laid(tables: Sequence[LmsTable]) -> _Lookup:
    l, m, s = (np.concatenate([getattr(t, name).ravel() for t in tables]) for name in "lms")  # noqa: E741
    sizes = np.array([t.m.shape[1] for t in tables])
    before = np.cumsum([0, *(2 * sizes[:-1])])
    starts = np.stack([before, before + sizes], axis=1)
    first, last = (np.array([getattr(t, end) for t in tables], dtype=np.float64) for end in ("first", "last"))
    return _Lookup(l, m, s, starts, first, last, bool((l == 1).all()))


@dataclass(frozen=True, eq=False)
class _Block:
    """A few thousand children and what all indices share."""

    children: ChildMeasurements
    girl: Whole
    sexed: Truths
    days: Floats
    position: Codes
    length: Floats
    bmi: Floats
    disbelieved: Truths

    @classmethod
    def of(cls, children: ChildMeasurements) -> _Block:
        length, position, disbelieved = adjusted_length(children)
        sexed = (children.sex == 1) | (children.sex == 2)
        bmi = np.where(length > 0, children.weight / (length / 100) ** 2, np.nan)
        girl = (children.sex == 2).astype(np.int64)
        return cls(children, girl, sexed, children.days, position, length, bmi, disbelieved)

    def z(self, index: Index, lookup: _Lookup) -> Floats:
        value = self._value(index)
        usable = self.sexed & (value > 0)
        if index in WITHOUT_OEDEMA:
            usable &= ~self.children.oedema
        l, m, s, inside = self._by_size(lookup) if index == "whz" else self._by_age(lookup)  # noqa: E741
        ratio = np.where(usable & inside, value, np.nan) / m
        if lookup.straight:
            straight: Floats = (ratio - 1) / s
            return straight
        z: Floats = (np.power(ratio, l) - 1) / (l * s)
        if index not in UNRESTRICTED:
            far = np.flatnonzero(np.abs(z) > 3)
            z[far] = _restricted(value[far], z[far], l[far], m[far], s[far])
        return z

    def _value(self, index: Index) -> Floats:
        children = self.children
        found = {
            "haz": self.length, "waz": children.weight, "whz": children.weight, "baz": self.bmi, "acz": children.arm,
            "hcz": children.head, "tsz": children.triceps, "ssz": children.subscapular,
        }[index]  # fmt: skip
        if found is None:
            raise ValueError(f"{index} needs a measure that is not there")
        return found

    def _by_age(self, lookup: _Lookup) -> tuple[Floats, Floats, Floats, Truths]:
        first, last = float(lookup.first[0]), float(lookup.last[0])
        inside = (self.days >= first) & (self.days <= last)
        row = np.where(inside, self.days - first, 0).astype(np.int64) + lookup.starts[0][self.girl]
        return lookup.l[row], lookup.m[row], lookup.s[row], inside

    def _by_size(self, lookup: _Lookup) -> tuple[Floats, Floats, Floats, Truths]:
        """Between two steps of 0.1 cm, L, M and S are interpolated; lengths count in 0.0001 cm, which is exact."""
        table = self._table_of_height()
        fine = np.rint(self.length * 10_000)
        key = np.floor(fine / 1000)
        beyond = (fine - 1000 * key) / 1000
        inside = (key >= lookup.first[table]) & (fine <= 1000 * lookup.last[table]) & ~(self.days > LAST_DAY)
        row = np.where(inside, key - lookup.first[table], 0).astype(np.int64) + lookup.starts[table, self.girl]
        l, m, s = lookup.l[row], lookup.m[row], lookup.s[row]  # noqa: E741
        between = np.flatnonzero(inside & (beyond > 0))
        share, next_row = beyond[between], row[between] + 1
        for held, column in ((l, lookup.l), (m, lookup.m), (s, lookup.s)):
            held[between] += share * (column[next_row] - held[between])
        return l, m, s, inside

    def _table_of_height(self) -> Whole:
        """1 for weight-for-height, 0 for weight-for-length: by age, else by position, else by size."""
        unaged = np.isnan(self.days)
        by_size = np.where(
            self.position == LYING, False, (self.position == STANDING) | (self.length >= LENGTH_IF_BELOW)
        )
        return np.where(unaged, by_size, self.days >= TWO_YEARS).astype(np.int64)


def _restricted(value: Floats, z: Floats, l: Floats, m: Floats, s: Floats) -> Floats:  # noqa: E741
    side = np.sign(z)
    three, two = (m * (1 + l * s * k * side) ** (1 / l) for k in (3, 2))
    found: Floats = side * 3 + (value - three) / np.abs(three - two)
    return found
