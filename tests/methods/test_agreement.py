"""κ against numbers of the literature, against another program, and against a slow derivation of its error."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.agreement import Weights, kappa, kappa_of_counts

# Husbands' and wives' answers to «sex is fun for me», four ordered categories: Hout, Duncan and Sobel 1987, as printed
# in Agresti, Categorical Data Analysis, second edition 2002, table 2.12 and section 10.5.
COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]


def slow_kappa(p: list[list[float]], weights: Weights) -> float:
    """κ by its definition, cell by cell."""
    k = len(p)

    def credit(i: int, j: int) -> float:
        if weights == "none":
            return float(i == j)
        return 1 - (abs(i - j) / (k - 1)) ** (1 if weights == "linear" else 2)

    rows = [sum(p[i]) for i in range(k)]
    columns = [sum(p[i][j] for i in range(k)) for j in range(k)]
    po = sum(credit(i, j) * p[i][j] for i in range(k) for j in range(k))
    pe = sum(credit(i, j) * rows[i] * columns[j] for i in range(k) for j in range(k))
    return (po - pe) / (1 - pe)


def slow_se(counts: list[list[int]], weights: Weights) -> float:
    """Delta method with a numeric gradient: Var = (Σ p g² - (Σ p g)²) / n for multinomial counts."""
    n, k, step = sum(map(sum, counts)), len(counts), 1e-6
    p = [[cell / n for cell in row] for row in counts]
    gradient = np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            up, down = [row[:] for row in p], [row[:] for row in p]
            up[i][j] += step
            down[i][j] -= step
            gradient[i, j] = (_normalised(up, weights) - _normalised(down, weights)) / (2 * step)
    share = np.array(p)
    return math.sqrt((float((share * gradient**2).sum()) - float((share * gradient).sum()) ** 2) / n)


def _normalised(p: list[list[float]], weights: Weights) -> float:
    total = sum(map(sum, p))
    return slow_kappa([[cell / total for cell in row] for row in p], weights)


@pytest.mark.parametrize(("counts", "expected"), [([[20, 5], [10, 15]], 0.4), ([[45, 15], [25, 15]], 0.1304)])
def test_worked_tables_of_textbooks(counts: list[list[int]], expected: float) -> None:
    assert kappa_of_counts(np.array(counts)).value == pytest.approx(expected, abs=5e-5)


def test_couples() -> None:
    """Agresti 2002, section 10.5.5 and 10.5.6: κ = 0.129, and 0.237 with linear weights."""
    assert kappa_of_counts(np.array(COUPLES)).value == pytest.approx(0.129, abs=5e-4)
    assert kappa_of_counts(np.array(COUPLES), "linear").value == pytest.approx(0.237, abs=5e-4)


@pytest.mark.shared
def test_codings_that_another_program_has_weighed(shared_folder: Path) -> None:
    """scikit-learn's cohen_kappa_score, as recorded beside each case."""
    with (shared_folder / "methods" / "cases" / "care_and_rights.csv").open(encoding="utf-8", newline="") as file:
        cases = [row for row in csv.DictReader(file) if row["measure"] == "cohen_kappa"]
    assert len(cases) == 5
    for case in cases:
        given_input = json.loads(case["input"])
        if "coder_a" in given_input:
            found = kappa(given_input["coder_a"], given_input["coder_b"], (0, 1, 2), given_input["weights"])
        else:
            named = given_input
            table = [[named["both_yes"], named["a_only"]], [named["b_only"], named["both_no"]]]
            found = kappa_of_counts(np.array(table))
        assert found.value == pytest.approx(float(case["expected"]), abs=float(case["tolerance"]))


TABLES = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(1, 30), min_size=k, max_size=k), min_size=k, max_size=k)
)


@given(TABLES, st.sampled_from(["none", "linear", "quadratic"]))
def test_value_and_error_against_the_slow_way(counts: list[list[int]], weights: Weights) -> None:
    found = kappa_of_counts(np.array(counts), weights)
    n = sum(map(sum, counts))
    assert found.value == pytest.approx(slow_kappa([[cell / n for cell in row] for row in counts], weights), abs=1e-9)
    assert found.se == pytest.approx(slow_se(counts, weights), rel=1e-4, abs=1e-7)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=60))
def test_codings_and_their_table_say_the_same(pairs: list[tuple[str, str]]) -> None:
    counts = Counter(pairs)
    table = np.array([[counts[one, other] for other in "abc"] for one in "abc"])
    for weights in ("none", "linear"):
        by_code = kappa([one for one, _ in pairs], [other for _, other in pairs], "abc", weights)
        assert repr(by_code) == repr(kappa_of_counts(table, weights))


def test_perfect_and_opposite() -> None:
    assert kappa_of_counts(np.diag([5, 7, 9])).value == 1
    assert kappa_of_counts(np.array([[0, 5], [5, 0]])).value == -1


def test_where_there_is_no_kappa() -> None:
    none, one = kappa([], [], "ab"), kappa("aaa", "aaa", "ab")
    assert (math.isnan(none.value), none.items) == (True, 0)
    assert (math.isnan(one.value), one.agreement, one.items) == (True, 1, 3)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="2 codes of one coder stand against 1"):
        kappa("ab", "a", "ab")
    with pytest.raises(ValueError, match="no category: c"):
        kappa("ac", "aa", "ab")
    with pytest.raises(ValueError, match="square"):
        kappa_of_counts(np.ones((2, 3)))
