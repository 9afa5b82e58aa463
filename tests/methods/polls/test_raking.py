"""Reference: R survey 4.1-1 rake(epsilon = 1e-10) and postStratify, cases disclosure_weights 037-044."""

from __future__ import annotations

import math

import pytest

from everychild.methods.polls.raking import (
    CannotRake,
    design_effect,
    effective_answers,
    post_stratify,
    rake,
    trimmed,
    weighted_share,
)

PEOPLE = {("f", "15-17"): 4, ("f", "18-24"): 3, ("m", "15-17"): 2, ("m", "18-24"): 3}
YES = {("f", "15-17"): 3, ("f", "18-24"): 1, ("m", "15-17"): 1, ("m", "18-24"): 1}
SEX, AGE = {"f": 490.0, "m": 510.0}, {"15-17": 300.0, "18-24": 700.0}


def test_weights_are_those_of_r() -> None:
    raked = rake(PEOPLE, [SEX, AGE])
    assert raked.converged
    assert raked.weights == pytest.approx(
        {("f", "15-17"): 45.7357800624, ("f", "18-24"): 102.3522932502, ("m", "15-17"): 58.5284398752,
         ("m", "18-24"): 130.9810400832}, rel=1e-5,
    )  # fmt: skip
    assert weighted_share(YES, PEOPLE, raked.weights) == pytest.approx(0.4290691134, rel=1e-5)
    assert design_effect(PEOPLE, raked.weights) == pytest.approx(1.17737132694, rel=1e-5)
    assert effective_answers(PEOPLE, raked.weights) == pytest.approx(10.19219656999, rel=1e-5)


def test_post_stratification_is_that_of_r() -> None:
    population = {("f", "15-17"): 145.0, ("f", "18-24"): 345.0, ("m", "15-17"): 155.0, ("m", "18-24"): 355.0}
    weights = post_stratify(PEOPLE, population)
    assert weighted_share(YES, PEOPLE, weights) == pytest.approx(0.4195833333)
    with pytest.raises(CannotRake, match="nobody answered from x/15-17"):
        post_stratify(PEOPLE, {**population, ("x", "15-17"): 1.0})


def test_a_group_without_answers_and_margins_that_differ_are_refused() -> None:
    with pytest.raises(CannotRake) as missing:
        rake(PEOPLE, [{**SEX, "other": 10.0}, AGE])
    assert (missing.value.dimension, missing.value.category) == (0, "other")
    with pytest.raises(CannotRake, match="totals of the margins differ"):
        rake(PEOPLE, [SEX, {"15-17": 30.0, "18-24": 70.0}])
    with pytest.raises(CannotRake, match="nobody answered"):
        rake({}, [SEX])


def test_rounding_of_totals_is_scaled_away() -> None:
    raked = rake(PEOPLE, [SEX, {"15-17": 300.4, "18-24": 700.9}])
    assert raked.converged
    assert math.fsum(PEOPLE[cell] * weight for cell, weight in raked.weights.items()) == pytest.approx(1000)


def test_margins_that_contradict_the_cells_do_not_converge_and_say_so() -> None:
    raked = rake({("f", "a"): 5, ("m", "b"): 5}, [{"f": 1.0, "m": 9.0}, {"a": 5.0, "b": 5.0}])
    assert not raked.converged


def test_trimming_is_around_the_median_person() -> None:
    people = {("a",): 10.0, ("b",): 1.0}
    assert trimmed(people, {("a",): 2.0, ("b",): 50.0}) == {("a",): 2.0, ("b",): 10.0}
    assert math.isnan(weighted_share({}, {}, {("a",): 1.0}))
