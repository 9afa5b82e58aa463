"""Was the money spent as promised: the PEFA measures of outturn and composition.

PEFA 2016, Framework for assessing public financial management, PI-1 and PI-2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from everychild.methods.child_budget.shares import percent
from everychild.methods.errors import MethodError

Grade = Literal["A", "B", "C", "D"]
OUTTURN_BANDS: Final[tuple[tuple[Grade, float, float], ...]] = (("A", 95, 105), ("B", 90, 110), ("C", 85, 115))
COMPOSITION_BANDS: Final[tuple[tuple[Grade, float], ...]] = (("A", 5), ("B", 10), ("C", 15))


def execution_rate(executed: float, budget: float) -> float:
    """Percent; NaN without a budget, which is neither 0 nor 100 percent."""
    return percent(executed, budget)


def composition_variance(budget: ArrayLike, actual: ArrayLike) -> float:
    """PI-2.1, percent: Σ|actual - adjusted| / Σ adjusted, where adjusted is the budget scaled to the actual total.

    Raises MethodError for lengths that differ or totals that are not positive.
    """
    planned, spent = np.asarray(budget, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    if planned.shape != spent.shape:
        raise MethodError("budget_columns", f"{planned.size} budgets stand against {spent.size} outturns")
    if not (planned.sum() > 0 and spent.sum() > 0):
        raise MethodError("budget_total", "a composition needs a positive total of budget and of outturn")
    adjusted = planned * (spent.sum() / planned.sum())
    return float(100 * np.abs(spent - adjusted).sum() / adjusted.sum())


def composition_grade(variance: float) -> Grade:
    """Of one year's composition variance: under 5 A, under 10 B, under 15 C."""
    return next((grade for grade, limit in COMPOSITION_BANDS if variance < limit), "D")


def outturn_grade(percents: Sequence[float]) -> Grade:
    """PI-1: the best band that holds at least two of three years. Raises MethodError for another number of years."""
    if len(percents) != 3:
        raise MethodError("budget_three_years", f"the grade is given on three years, not {len(percents)}")
    for grade, low, high in OUTTURN_BANDS:
        if sum(low <= year <= high for year in percents) >= 2:
            return grade
    return "D"
