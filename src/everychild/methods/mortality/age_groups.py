"""Five-year age groups 15-19 to 45-49 in months of life: who was how long in which of them during a window."""

from __future__ import annotations

from typing import Final

import numpy as np

from everychild.methods.mortality.births import BoolArray, FloatArray, IntArray, Period

AGE_GROUPS: Final = ("15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49")
FIRST_AGE: Final = 15 * 12
GROUP_MONTHS: Final = 60
MONTHS_A_YEAR: Final = 12.0


def window(interview: IntArray, period: Period) -> tuple[IntArray, IntArray]:
    """First and last month (CMC, both inside) of a period for each interview."""
    anchor = interview if period.before_interview else np.zeros_like(interview)
    return anchor + period.lower, anchor + period.upper - 1


def months_by_age(birth: IntArray, first: IntArray, last: IntArray) -> FloatArray:
    """(n, 7) months lived in each age group from month `first` to month `last`, both counted whole.

    A person is in age group a from the month of reaching its lower age for 60 months. DHS programs walk back from the
    last month through at most three groups; the overlap of two intervals is the same without the walk.
    """
    starts = birth[:, None] + FIRST_AGE + GROUP_MONTHS * np.arange(len(AGE_GROUPS))
    overlap = np.minimum(last[:, None], starts + GROUP_MONTHS - 1) - np.maximum(first[:, None], starts) + 1
    result: FloatArray = np.maximum(overlap, 0).astype(np.float64)
    return result


def age_group(birth: IntArray, month: IntArray) -> IntArray:
    """Index of the age group at a month; negative or 7 and above outside 15-49."""
    return (month - birth - FIRST_AGE) // GROUP_MONTHS


def by_age(group: IntArray, counted: BoolArray) -> FloatArray:
    """(n, 7) one in the column of the age group for rows where `counted` is true and the age is 15-49."""
    columns = np.arange(len(AGE_GROUPS))
    result: FloatArray = ((group[:, None] == columns) & counted[:, None]).astype(np.float64)
    return result
