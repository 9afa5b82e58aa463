"""Execution, credibility, real terms, incidence: numbers of the notes, refusals, properties."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.child_budget.credibility import (
    composition_grade,
    composition_variance,
    execution_rate,
    outturn_grade,
)
from everychild.methods.child_budget.execution import execution
from everychild.methods.child_budget.incidence import concentration_index, incidence
from everychild.methods.child_budget.real_terms import (
    Children,
    Deflator,
    Spending,
    growth,
    growth_per_year,
    per_child,
    real_per_child,
)
from everychild.methods.errors import MethodError
from tests.methods.child_budget.budgets import lines

PRICES = Deflator("GDP deflator", 2020, {2020: 100, 2022: 123.6})


def answer(measure: str, given: dict[str, Any]) -> float | str:
    """What this package says to a case of the notes."""
    if measure == "real_per_child":
        year = int(given["year"])
        prices = Deflator("named", 2000, {2000: 100, year: given["deflator_base100"]})
        return real_per_child(Spending(given["nominal"], year, "A"), Children(given["children"], year, "A"), prices)
    if measure == "real_growth_per_year":
        return growth_per_year(given["start"], given["end"], given["years"])
    if measure == "execution_rate":
        return execution_rate(sum(given["actual"]), sum(given["original_budget"]))
    if measure == "composition_variance":
        return composition_variance(given["original_budget"], given["actual"])
    if measure == "pefa_pi2_score":
        return composition_grade(composition_variance(given["original_budget"], given["actual"]))
    if measure == "pefa_pi1_score":
        return outturn_grade(given["outturn_percent_3_years"])
    shares = incidence(list(given["spending"].values()), list(given["users_by_quintile"].values()))
    return concentration_index(shares) if measure.endswith("index") else 100 * float(shares[int(measure[-1]) - 1])


@pytest.mark.shared
def test_cases_of_the_notes(shared_folder: Path) -> None:
    """Arithmetic of the cited formulas and PEFA's grades; 001 and 002 stand in test_totals."""
    with (shared_folder / "methods" / "cases" / "child_budget.csv").open(encoding="utf-8", newline="") as file:
        cases = [row for row in csv.DictReader(file) if not row["measure"].startswith("child_")]
    assert len(cases) == 14
    for case in cases:
        found = answer(case["measure"], json.loads(case["input"]))
        wanted = case["expected"] if isinstance(found, str) else pytest.approx(float(case["expected"]), abs=1e-9)
        assert found == wanted, case["case_id"]


def test_execution_says_what_its_rate_hides() -> None:
    budget = lines([90, 230, 310, 40, math.nan, 5], [100, 200, 300, 0, 70, math.nan], region=[*"AAABBB"])
    whole, by_region = execution(budget), execution(budget, by=["region"])
    assert [found.rate for found in by_region] == pytest.approx([105, math.nan], nan_ok=True)
    assert whole[0].rate == pytest.approx(100 * 670 / 600)
    assert (whole[0].executed_without_budget, whole[0].lines_without_budget) == (40, 1)
    assert (whole[0].lines_not_told, whole[0].budget_not_executed_told, whole[0].executed_not_budget_told) == (2, 70, 5)


def test_execution_of_the_childrens_part() -> None:
    (found,) = execution(lines([50, 300, 9], [100, 300, 9]), shares=[1, 0.25, math.nan])
    assert (found.rate, found.lines_without_share) == (pytest.approx(100 * 125 / 175), 1)


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 999)), min_size=1), st.integers(2, 9))
def test_composition_does_not_change_with_the_unit(pairs: list[tuple[int, int]], scale: int) -> None:
    budget, actual = [p[0] for p in pairs], [p[1] + 1 for p in pairs]
    found = composition_variance(budget, actual)
    assert composition_variance([scale * b for b in budget], actual) == pytest.approx(found)
    assert composition_variance(budget, [scale * b for b in budget]) == pytest.approx(0, abs=1e-9)


def test_real_money_needs_a_year_of_prices() -> None:
    assert PRICES.real(1236, 2022) == pytest.approx(1000)
    assert PRICES.rebased(2022).real(1000, 2020) == pytest.approx(1236)
    with pytest.raises(MethodError, match="GDP deflator has no value for 2021"):
        PRICES.real(1, 2021)
    with pytest.raises(MethodError, match="no value for 2019"):
        PRICES.rebased(2019)
    with pytest.raises(MethodError, match="not positive"):
        Deflator("prices", 2020, {2020: 0})


def test_children_of_another_territory_do_not_divide() -> None:
    """East Kazakhstan kept its name in 2022 when Abai was cut out of it."""
    money = Spending(100, 2022, "KZ-63", "2022-06-08")
    assert per_child(money, Children(4, 2022, "KZ-63", "2022-06-08")) == 25
    for other in (Children(9, 2022, "KZ-63"), Children(9, 2021, "KZ-63", "2022-06-08"), Children(9, 2022, "KZ-10")):
        with pytest.raises(MethodError, match="is not divided by"):
            per_child(money, other)
    with pytest.raises(MethodError, match="no children"):
        per_child(money, Children(0, 2022, "KZ-63", "2022-06-08"))


def test_growth() -> None:
    assert growth(200, 150) == -25
    assert growth_per_year(100, 121, 2) == pytest.approx(10)
    for start, end, years in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(MethodError):
            growth_per_year(start, end, years)
    with pytest.raises(MethodError):
        growth(0, 1)


@given(st.lists(st.lists(st.integers(1, 99), min_size=5, max_size=5), min_size=1, max_size=4), st.data())
def test_incidence_shares_out_all_money(users: list[list[int]], data: st.DataObject) -> None:
    money = data.draw(st.lists(st.integers(1, 99), min_size=len(users), max_size=len(users)))
    assert incidence(money, users).sum() == pytest.approx(1)
    assert -1 < concentration_index(incidence(money, users)) < 1
    assert concentration_index(incidence(money, np.ones((len(money), 5)))) == pytest.approx(0)


def test_money_without_users_is_refused() -> None:
    with pytest.raises(MethodError, match=r"services \[1\] have money and no users"):
        incidence([1, 2], [[1, 1], [0, 0]])
