"""Schooling as the household questionnaire asks it, from the stage a person has reached."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from everychild.microdata.invented.attributes import LOWER_ENTRY, SCHOOL_END, UPPER_ENTRY
from everychild.microdata.invented.conditions import Values
from everychild.microdata.invented.frame import Floats
from everychild.microdata.invented.patterns import SCHOOL_ENTRY

ENTRIES: Final = np.array([SCHOOL_ENTRY, LOWER_ENTRY, UPPER_ENTRY, SCHOOL_END])
TOP_GRADE: Final = np.array([np.nan, 4.0, 5.0, 2.0, 4.0])
ASKED_TO: Final = 25
YES, NO = 1.0, 2.0


def level_of(stage: Floats) -> Floats:
    """0 before school, 1 primary, 2 lower and 3 upper secondary, 4 beyond."""
    return np.asarray(np.searchsorted(ENTRIES, stage, side="right"), dtype=np.float64)


def grade_of(stage: Floats) -> Floats:
    """Grade within its level; none before school."""
    level = level_of(stage).astype(np.int64)
    start = np.concatenate([[np.nan], ENTRIES.astype(np.float64)])[level]
    grade: Floats = np.minimum(stage - start + 1, TOP_GRADE[level])
    return grade


def schooling(columns: dict[str, Floats]) -> dict[str, Values]:
    """ED5A to ED16B of household members; NaN where a question is not asked.

    `columns`: attributes and the drawn ED4 (ever), ED9 (this year), DONE (completed the highest grade), REPEAT and
    BEFORE (last year). Who left school in the middle of a level had reached the grade below that of the stage.
    """
    stage, reached = columns["STAGE"], columns["EDUCATION"]
    ever, now = columns["ED4"] == YES, columns["ED9"] == YES
    asked_now = ever & (columns["AGE"] < ASKED_TO)
    current = level_of(stage)
    midway = reached == current
    own = np.where(midway, grade_of(stage), TOP_GRADE[reached.astype(np.int64)])
    grade = np.where(midway & ~now & (reached < 4), np.maximum(own - 1, 1), own)
    before = np.where(columns["REPEAT"] == YES, stage, stage - 1)
    went = np.where(stage <= SCHOOL_ENTRY, columns["BEFORE"] == YES, True) & now
    return {
        "ED5A": _where(ever, reached), "ED5B": _where(ever, grade), "ED6": _where(ever, _completed(columns, now)),
        "ED10A": _where(asked_now & now, current), "ED10B": _where(asked_now & now, grade_of(stage)),
        "ED15": _where(asked_now, np.where(went, YES, NO)),
        "ED16A": _where(asked_now & went, level_of(before)), "ED16B": _where(asked_now & went, grade_of(before)),
    }  # fmt: skip


def _completed(columns: dict[str, Floats], now: NDArray[np.bool_]) -> Floats:
    """Pupils have not completed the grade they attend."""
    return np.where(now & (columns["STAGE"] < SCHOOL_END), NO, columns["DONE"])


def _where(asked: NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(asked, values, np.nan)
