"""What a birth history estimate starts from: births, the sample they came from, breakdowns and periods.

Dates are century month codes (CMC): (year - 1900) * 12 + month. Local calendars (Bikram Sambat, Ethiopian) are used
as they stand: only differences of dates matter, except for calendar windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
NumberArray = NDArray[Any]

SEGMENT_STARTS: Final = (0, 1, 3, 6, 12, 24, 36, 48)
SEGMENT_ENDS: Final = (1, 3, 6, 12, 24, 36, 48, 60)
"""Age segments of the synthetic cohort, completed months at death, [start, end)."""
SEGMENTS: Final = len(SEGMENT_STARTS)
SHORTEST_PERIOD: Final = 12
"""Months. In a shorter period one twelve-month segment could cross both ends, and the cohort rule has no such case."""


@dataclass(frozen=True, eq=False)
class BirthHistories:
    """Live births, one element each; twins are separate elements.

    Shapes: all (n,). `birth`, `interview`: CMC, NaN where missing. `alive`: whether the child lives. `age_at_death`:
    completed months, imputed by the survey, NaN for the living; NaN for a dead child is a gap in the data, never a
    living child. `weight`: the woman's weight (DHS: v005 / 1e6). `psu`: 0-based index of the primary sampling unit
    in a SampleDesign, negative where missing. `survival_unknown`: births of which it is not known whether the child
    lives; `alive` says nothing about them.

    Raises ValueError when the arrays differ in length.
    """

    birth: NumberArray
    interview: NumberArray
    alive: NumberArray
    age_at_death: NumberArray
    weight: NumberArray
    psu: NumberArray
    survival_unknown: BoolArray | None = None

    def __post_init__(self) -> None:
        arrays = [self.birth, self.interview, self.alive, self.age_at_death, self.weight, self.psu]
        if self.survival_unknown is not None:
            arrays.append(self.survival_unknown)
        if any(a.shape != (self.birth.size,) for a in arrays):
            raise ValueError(f"birth histories need arrays of one length, got shapes {[a.shape for a in arrays]}")
        if self.alive.dtype != np.bool_:
            raise ValueError("whether a child is alive must be true or false for each birth, not a code")

    def __len__(self) -> int:
        return int(self.birth.size)


@dataclass(frozen=True, eq=False)
class SampleDesign:
    """The primary sampling units of a survey: `stratum` (k,) is the 0-based stratum index of each PSU.

    All PSUs of the survey belong here, also those without a birth: the number of PSUs enters every standard error.
    """

    stratum: IntArray

    def __post_init__(self) -> None:
        if self.stratum.ndim != 1 or self.stratum.size == 0:
            raise ValueError("a sample design needs one stratum index for each PSU")
        if self.stratum.dtype.kind not in "iu" or self.stratum.min() < 0:
            raise ValueError("stratum indices are whole numbers from 0; give every PSU a stratum")

    @property
    def psu_count(self) -> int:
        return int(self.stratum.size)

    @property
    def psus_in_stratum(self) -> IntArray:
        """(strata,) number of PSUs of each stratum index; 0 for an index that no PSU has."""
        return np.bincount(self.stratum)

    @property
    def lonely_psus(self) -> IntArray:
        """Indices of PSUs that are the only one of their stratum."""
        return np.flatnonzero(self.psus_in_stratum[self.stratum] == 1)

    @property
    def degrees_of_freedom(self) -> int:
        return self.psu_count - int(np.count_nonzero(self.psus_in_stratum))

    @classmethod
    def unstratified(cls, psu_count: int) -> SampleDesign:
        return cls(np.zeros(psu_count, dtype=np.int64))

    @classmethod
    def from_rows(cls, psu: NumberArray, stratum: NumberArray) -> SampleDesign:
        """The design seen in rows (women, households) that each carry a PSU index and a stratum index, both (n,).

        Raises ValueError when a PSU lies in two strata, or an index below the highest has no row.
        """
        if psu.size == 0:
            raise ValueError("no rows, so no sample design")
        first = np.full(int(psu.max()) + 1, -1, dtype=np.int64)
        first[psu] = stratum
        torn = np.unique(psu[first[psu] != stratum])
        if torn.size:
            raise ValueError(f"PSU {int(torn[0])} lies in more than one stratum ({torn.size} such PSUs)")
        if (first < 0).any():
            raise ValueError(f"PSU index {int(np.flatnonzero(first < 0)[0])} has no row or no stratum")
        return cls(first)


@dataclass(frozen=True, eq=False)
class Breakdown:
    """A division of births into classes: `codes` (n,) are 0-based indices into `classes`, negative for no class."""

    name: str
    classes: tuple[str, ...]
    codes: NumberArray

    def __post_init__(self) -> None:
        if self.codes.dtype.kind not in "iu":
            raise ValueError(f"codes of breakdown {self.name!r} must be whole numbers, -1 for no class")
        if self.codes.size and int(self.codes.max()) >= len(self.classes):
            raise ValueError(f"breakdown {self.name!r} has {len(self.classes)} classes and a code beyond them")


@dataclass(frozen=True)
class Group:
    """Whom an estimate is about: one class of a breakdown, or everyone (`TOTAL`)."""

    breakdown: str
    label: str


TOTAL: Final = Group("total", "total")


@dataclass(frozen=True)
class Period:
    """A half-open window of months [lower, upper): relative to each woman's interview month, or calendar CMCs.

    `before_interview`: lower and upper are months relative to the interview, so the five years before it are
    [-60, 0) and the month of interview lies outside. Otherwise both are CMCs, the same for everyone.

    Raises ValueError for a window shorter than 12 months or one that reaches past the interview.
    """

    label: str
    lower: int
    upper: int
    before_interview: bool = True

    def __post_init__(self) -> None:
        if self.upper - self.lower < SHORTEST_PERIOD:
            raise ValueError(f"period {self.label!r} is shorter than {SHORTEST_PERIOD} months")
        if self.before_interview and self.upper > 0:
            raise ValueError(f"period {self.label!r} ends after the month of interview")

    @property
    def ends_at_interview(self) -> bool:
        """Whether the window ends with the month before each woman's interview: its last deaths count whole."""
        return self.before_interview and self.upper == 0


def years_before_interview(first: int, last: int) -> Period:
    """The period of the report tables: `years_before_interview(0, 4)` is the last five years, [-60, 0) months."""
    if not 0 <= first <= last:
        raise ValueError(f"years {first} to {last} before the interview are no period")
    return Period(f"{first}-{last}", -12 * (last + 1), -12 * first)


def calendar_window(label: str, start: int, end: int) -> Period:
    """A window from CMC `start` up to but without CMC `end`."""
    return Period(label, start, end, before_interview=False)


def groups_of(breakdowns: Sequence[Breakdown]) -> tuple[Group, ...]:
    """Everyone first, then the classes of each breakdown in order."""
    return (TOTAL, *(Group(b.name, label) for b in breakdowns for label in b.classes))
