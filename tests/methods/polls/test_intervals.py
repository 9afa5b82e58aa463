"""Errors of weighted shares against R's survey package and against a bootstrap of the whole procedure."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.polls.intervals import raked_share, share_with_effective_answers, wilson
from everychild.methods.polls.raking import CannotRake, rake, weighted_share

Cell = tuple[str, ...]
PEOPLE: dict[Cell, float] = {("f", "15-17"): 4, ("f", "18-24"): 3, ("m", "15-17"): 2, ("m", "18-24"): 3}
YES: dict[Cell, float] = {("f", "15-17"): 3, ("f", "18-24"): 1, ("m", "15-17"): 1, ("m", "18-24"): 1}
SEX, AGE = {"f": 490.0, "m": 510.0}, {"15-17": 300.0, "18-24": 700.0}

# Schools of R survey's apisrs by type and whether they met the school-wide target; `MET` those that met the comparable
# improvement target; margins of the population apipop.
SCHOOLS: dict[Cell, float] = {
    ("E", "No"): 15, ("H", "No"): 13, ("M", "No"): 9, ("E", "Yes"): 127, ("H", "Yes"): 12, ("M", "Yes"): 24,
}  # fmt: skip
MET: dict[Cell, float] = {("E", "No"): 1, ("H", "No"): 1, ("E", "Yes"): 107, ("H", "Yes"): 10, ("M", "Yes"): 14}
TYPES, TARGET = {"E": 4421.0, "H": 755.0, "M": 1018.0}, {"No": 1072.0, "Yes": 5122.0}


def test_error_after_raking_is_that_of_r() -> None:
    """R 4.2.2, survey 4.1-1, 26 November 2026: SE(svymean(~y, rake(svydesign(ids = ~1, weights = ~1, …), …,
    control = list(maxit = 500, epsilon = 1e-12)))); the twelve answers are those of the notes."""
    found, error = raked_share(YES, PEOPLE, PEOPLE, rake(PEOPLE, [SEX, AGE]).weights)
    assert found.value == pytest.approx(0.4290691134, rel=1e-5)
    assert error == pytest.approx(0.155126125069, rel=1e-5)


def test_error_of_two_hundred_schools_is_that_of_r() -> None:
    """The same call on apisrs with weights of 1, margins ~stype and ~sch.wide, of comp.imp == "Yes"."""
    found, error = raked_share(MET, SCHOOLS, SCHOOLS, rake(SCHOOLS, [TYPES, TARGET]).weights)
    assert found.value == pytest.approx(0.673829646931, rel=1e-6)
    assert error == pytest.approx(0.0259821342224, rel=1e-6)
    assert found.lower < found.value < found.upper


def test_questions_that_some_left_open() -> None:
    """R 4.2.2, survey 4.1-1: svyratio(~y, ~a, raked) with a = 1 for those who answered; two of twelve did not."""
    said = {**PEOPLE, ("f", "15-17"): 3.0, ("m", "18-24"): 2.0}
    found, error = raked_share(YES, said, PEOPLE, rake(PEOPLE, [SEX, AGE]).weights)
    assert (found.value, error) == pytest.approx((0.521168322024, 0.176644528405), rel=1e-5)
    assert found.answers == 10


def test_error_against_a_bootstrap_of_the_whole_procedure() -> None:
    """Draw 200 schools with replacement, rake anew, 600 times: standard error within 10 percent (its own is 3)."""
    chance = np.random.default_rng(20260101)
    kinds = [(cell, True) for cell in MET] + [(cell, False) for cell in SCHOOLS]
    sizes = [MET[cell] if yes else SCHOOLS[cell] - MET.get(cell, 0) for cell, yes in kinds]
    shares = []
    for drawn in chance.multinomial(200, np.array(sizes) / 200, size=600):
        people: Counter[Cell] = Counter()
        yes_of: dict[Cell, float] = {}
        for (cell, yes), number in zip(kinds, drawn.tolist(), strict=True):
            people[cell] += number
            if yes:
                yes_of[cell] = number
        shares.append(weighted_share(yes_of, people, rake(people, [TYPES, TARGET]).weights))
    _, error = raked_share(MET, SCHOOLS, SCHOOLS, rake(SCHOOLS, [TYPES, TARGET]).weights)
    assert np.std(shares) == pytest.approx(error, rel=0.1)


def test_wilson() -> None:
    """R 4.2.2, prop.test(12, 40, correct = FALSE)$conf.int, as in the reference cases 033 and 034 of the notes."""
    assert wilson(12 / 40, 40) == pytest.approx((0.180748452297, 0.454300188181), abs=1e-9)
    assert wilson(0, 40)[0] == 0
    assert wilson(1, 40)[1] == 1
    assert all(math.isnan(limit) for limit in wilson(0.5, 0))


def test_effective_answers_make_the_interval() -> None:
    found = share_with_effective_answers(YES, PEOPLE, rake(PEOPLE, [SEX, AGE]).weights)
    assert found.effective == pytest.approx(10.19219656999, rel=1e-5)
    assert (found.lower, found.upper) == wilson(found.value, found.effective)


def test_nobody_answered_the_question() -> None:
    found, error = raked_share({}, {}, PEOPLE, rake(PEOPLE, [SEX, AGE]).weights)
    assert math.isnan(found.value)
    assert math.isnan(error)
    assert math.isnan(share_with_effective_answers({}, {}, {}).value)


COUNTS = st.tuples(st.integers(1, 40), st.integers(0, 40)).map(lambda pair: (max(pair), min(pair)))


@given(st.lists(COUNTS, min_size=4, max_size=4))
def test_equal_weights_give_the_plain_share_and_error(counts: list[tuple[int, int]]) -> None:
    """One margin of one group: V = p(1-p)/(n-1)."""
    people = {("all", str(n)): float(size) for n, (size, _) in enumerate(counts)}
    yes = {("all", str(n)): float(some) for n, (_, some) in enumerate(counts)}
    one = {("all",): sum(people.values())}
    p, n = sum(yes.values()) / one["all",], one["all",]
    found, error = raked_share({("all",): sum(yes.values())}, one, one, {("all",): 1.0})
    assert found.value == pytest.approx(p)
    assert error == pytest.approx(math.sqrt(p * (1 - p) / (n - 1)))
    kish = share_with_effective_answers(yes, people, dict.fromkeys(people, 2.0))
    assert (kish.value, kish.effective) == pytest.approx((p, n))


@given(st.lists(COUNTS, min_size=4, max_size=4))
def test_error_against_person_by_person(counts: list[tuple[int, int]]) -> None:
    """Slow way: one row a person, least squares on the margins' groups, sum of squares."""
    cells = list(PEOPLE)
    people = {cell: float(size) for cell, (size, _) in zip(cells, counts, strict=True)}
    yes = {cell: float(some) for cell, (_, some) in zip(cells, counts, strict=True)}
    try:
        weights = rake(people, [SEX, AGE]).weights
    except CannotRake:
        pytest.fail("every cell has people")
    found, error = raked_share(yes, people, people, weights)
    rows = [(cell, n < yes[cell]) for cell in cells for n in range(int(people[cell]))]
    w = np.array([weights[cell] for cell, _ in rows])
    z = (np.array([float(chose) for _, chose in rows]) - found.value) / w.sum()
    x = np.array([[cell[0] == "f", cell[0] == "m", cell[1] == "15-17"] for cell, _ in rows], dtype=float)
    slope = np.linalg.pinv(x) @ z
    assert error**2 == pytest.approx(len(rows) * np.var(w * (z - x @ slope), ddof=1), rel=1e-6, abs=1e-14)
