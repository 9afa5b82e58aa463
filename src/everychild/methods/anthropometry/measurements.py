"""What was measured on children: age, sex, weight, length or height and how it was taken, oedema, circumferences."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everychild.methods.anthropometry.standards import LAST_DAY

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Truths = NDArray[np.bool_]
MONTHS: Final = 60
"""The standards are for children below this age."""
DAYS_IN_MONTH: Final = 30.4375
"""365.25 / 12, as in all of WHO's programs."""
BOY, GIRL = 1, 2
LYING, STANDING, UNKNOWN = 0, 1, -1
TWO_YEARS: Final = 731
"""From this day on the standard is height, measured standing; before it, length, measured lying."""
BELIEVED_STANDING: Final = 9 * DAYS_IN_MONTH
"""Days below which nobody believes that a child was measured standing."""
TURNED: Final = 0.7
"""Centimetres by which a child is longer lying than standing."""
DECIMALS: Final = 4
"""Of an adjusted length: 103.1 − 0.7 is 102.39999999999999 in binary, which would be looked up one row too low."""


@dataclass(frozen=True, eq=False)
class ChildMeasurements:
    """One child a row; every array has shape (n,).

    `sex`: 1 boys, 2 girls, anything else unknown. `age_days`: days since birth, NaN unknown; halves are rounded up.
    `weight` in kg, `length`, `head` and `arm` (mid-upper arm circumference) in cm, skinfolds in mm; NaN missing, and
    what is zero or below counts as missing. `position`: 0 lying, 1 standing, -1 unknown. `oedema`: of both feet.
    Raises ValueError for arrays of different lengths.
    """

    sex: Codes
    age_days: Floats
    weight: Floats
    length: Floats
    position: Codes
    oedema: Truths
    head: Floats | None = None
    arm: Floats | None = None
    triceps: Floats | None = None
    subscapular: Floats | None = None

    def __post_init__(self) -> None:
        sizes = {f.name: values.shape for f in fields(self) if (values := getattr(self, f.name)) is not None}
        if len(set(sizes.values())) > 1 or len(self.sex.shape) != 1:
            raise ValueError(f"one value for each child is needed in every array; shapes are {sizes}")

    @classmethod
    def of(
        cls, sex: ArrayLike, age_days: ArrayLike, weight: ArrayLike, length: ArrayLike,
        position: ArrayLike | None = None, oedema: ArrayLike | None = None, *, head: ArrayLike | None = None,
        arm: ArrayLike | None = None, triceps: ArrayLike | None = None, subscapular: ArrayLike | None = None,
    ) -> ChildMeasurements:  # fmt: skip
        """The same from any sequences; without positions they are unknown, without oedema there is none."""
        n = np.asarray(sex).size

        def known(values: ArrayLike | None) -> Floats | None:
            return None if values is None else np.asarray(values, dtype=np.float64)

        return cls(
            np.asarray(sex).astype(np.int8),
            np.asarray(age_days, dtype=np.float64),
            np.asarray(weight, dtype=np.float64),
            np.asarray(length, dtype=np.float64),
            np.full(n, UNKNOWN, np.int8) if position is None else np.asarray(position).astype(np.int8),
            np.zeros(n, np.bool_) if oedema is None else np.asarray(oedema).astype(np.bool_),
            known(head), known(arm), known(triceps), known(subscapular),
        )  # fmt: skip

    def __len__(self) -> int:
        return self.sex.size

    @property
    def days(self) -> Floats:
        """Age in whole days; negative ages are unknown."""
        with np.errstate(invalid="ignore"):
            whole = np.floor(self.age_days + 0.5)
            return np.where(whole >= 0, whole, np.nan)

    def part(self, rows: slice) -> ChildMeasurements:
        """The children of a slice of rows, as views."""
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{name: values[rows] for name, values in held.items() if values is not None})


def days_from_months(months: ArrayLike) -> Floats:
    """Age in days where only months are known: floor(months × 30.4375 + 0.5), as WHO's programs do.

    60 months and more never become 1826 days, which would be below 60 months again.
    """
    months = np.asarray(months, dtype=np.float64)
    days = np.floor(months * DAYS_IN_MONTH + 0.5)
    return np.where(months >= MONTHS, np.maximum(days, LAST_DAY + 1), days)


def adjusted_length(children: ChildMeasurements) -> tuple[Floats, Codes, Truths]:
    """Length below 731 days and height from then on, the position believed, and whose position is not believed.

    A child measured the other way than its age asks for gets ± 0.7 cm; where position or age is unknown nothing is
    changed. Source: WHO 2006, section on the transition from length to height.
    """
    days, position = children.days, children.position
    with np.errstate(invalid="ignore"):
        young, old = days < TWO_YEARS, days >= TWO_YEARS
        disbelieved = (position == STANDING) & (days < BELIEVED_STANDING)
    believed = np.where(disbelieved, UNKNOWN, position).astype(np.int8)
    change = TURNED * ((young & (believed == STANDING)).astype(np.float64) - (old & (believed == LYING)))
    length = np.where(change == 0, children.length, np.round(children.length + change, DECIMALS))
    return length, believed, disbelieved
