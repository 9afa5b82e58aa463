"""The indirect method: published worked numbers, and a population whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from everychild.methods.mortality import SampleDesign, Women, indirect_under_five_mortality
from everychild.methods.mortality.births import FloatArray
from everychild.methods.mortality.indirect import MULTIPLIERS, REFERENCE_TIMES, STANDARDS, Family

FAMILIES: tuple[Family, ...] = ("north", "south", "east", "west")
INTERVIEW = 1390
PARITY = np.array([1.0, 5.0, 9.0, 12.0, 14.0, 15.0, 15.0])
"""Children of the woman of each age group: P1/P2 = 0.2, P2/P3 = 0.5556."""


def one_woman_a_group(psus: int = 4) -> tuple[Women, FloatArray]:
    ages = np.tile(180 + 60 * np.arange(7), psus)
    women = Women(INTERVIEW - ages, np.full(ages.size, INTERVIEW), np.ones(ages.size), np.repeat(np.arange(psus), 7))
    return women, np.tile(PARITY, psus)


def test_the_worked_example_of_bangladesh() -> None:
    """1974, both sexes, mothers of 25-29, South: P2/P3 0.53007, D 0.21329, k 0.99069, q(3) 0.21131, t 4.591.

    P1/P2 is not printed there, but the P1/P2 that gives k must give t. Source: Manual X, chapter III.
    """
    a, b, c = MULTIPLIERS["south"][2]
    first = (0.99069 - a - c * 0.53007) / b
    e, f, g = REFERENCE_TIMES["south"][2]
    assert e + f * first + g * 0.53007 == pytest.approx(4.591, abs=0.002)
    probability = 0.99069 * 0.21329
    assert probability == pytest.approx(0.21131, abs=1e-5)


@pytest.mark.parametrize("group", range(7))
def test_the_families_tell_nearly_the_same(group: int) -> None:
    """All were fitted to the same fertility models; a slip of a sign or a digit before the last two would stand out."""
    multipliers = [np.dot(MULTIPLIERS[f][group], (1, 0.2, 0.5)) for f in FAMILIES]
    times = [np.dot(REFERENCE_TIMES[f][group], (1, 0.2, 0.5)) for f in FAMILIES]
    assert np.ptp(multipliers) < 0.1
    assert np.ptp(times) / np.mean(times) < 0.09


def test_the_answer_on_even_numbers() -> None:
    women, born = one_woman_a_group()
    found = indirect_under_five_mortality(women, born, 0.1 * born, SampleDesign.unstratified(4), "west")
    ratios = (1, 0.2, 5 / 9)
    expected = [100 * np.dot(row, ratios) for row in MULTIPLIERS["west"]]
    np.testing.assert_allclose(found.probability, expected)
    np.testing.assert_allclose(found.parity, PARITY)
    np.testing.assert_allclose(found.proportion_dead, 0.1)
    years = [np.dot(row, ratios) for row in REFERENCE_TIMES["west"]]
    np.testing.assert_allclose(found.years_before, years)
    np.testing.assert_allclose(found.date, 1900 + 1389 / 12 - np.array(years))
    # q(5) is what mothers of 30-34 tell about; the others move along the standard
    assert found.under_five[3] == pytest.approx(found.probability[3])
    moved = 0.5 * np.log(found.under_five / (1000 - found.under_five)) - 0.5 * np.log(
        found.probability / (1000 - found.probability)
    )
    np.testing.assert_allclose(moved, STANDARDS["west"])
    np.testing.assert_allclose(found.error.standard_errors, 0.0, atol=1e-9)


def test_the_error_leaves_out_each_psu_in_turn() -> None:
    women, born = one_woman_a_group(5)
    dead = born * (0.05 + 0.02 * women.psu)
    design = SampleDesign.unstratified(5)
    whole = indirect_under_five_mortality(women, born, dead, design, "north")
    squares = np.zeros(7)
    for psu in range(5):
        left = women.psu != psu
        rest = Women(women.birth[left], women.interview[left], women.weight[left], women.psu[left])
        squares += (
            indirect_under_five_mortality(rest, born[left], dead[left], design, "north").under_five - whole.under_five
        ) ** 2
    np.testing.assert_allclose(whole.error.standard_errors[1], np.sqrt(4 / 5 * squares))


def test_no_under_five_mortality_without_a_standard() -> None:
    women, born = one_woman_a_group()
    design = SampleDesign.unstratified(4)
    without = indirect_under_five_mortality(women, born, 0.1 * born, design, "east")
    assert not np.isnan(without.probability).any()
    assert np.isnan(without.under_five).all()
    given = indirect_under_five_mortality(women, born, 0.1 * born, design, "east", standard=STANDARDS["west"])
    assert given.under_five[3] == pytest.approx(given.probability[3])


def test_groups_without_children_have_no_estimate() -> None:
    women, born = one_woman_a_group()
    born[women.birth == INTERVIEW - 480] = 0
    found = indirect_under_five_mortality(women, born, 0 * born, SampleDesign.unstratified(4), "west")
    assert np.isnan(found.probability).tolist() == [False] * 5 + [True, False]
    assert (found.probability[:5] == 0).all()


@pytest.mark.parametrize(
    ("dead", "family", "method", "message"),
    [
        (2.0, "west", "jk1", "children dead exceed children born"),
        (np.nan, "west", "jk1", "or are missing"),
        (-1.0, "west", "jk1", "or are missing"),
        (0.1, "desert", "jk1", "'desert' is none of"),
        (0.1, "west", "taylor", "jk1 or jkn"),
    ],
)
def test_what_is_refused(dead: float, family: Family, method: str, message: str) -> None:
    women, born = one_woman_a_group()
    with pytest.raises(ValueError, match=message):
        indirect_under_five_mortality(
            women,
            born,
            dead * born,
            SampleDesign.unstratified(4),
            family,
            method=method,  # type: ignore[arg-type]
        )
