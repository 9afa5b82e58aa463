"""Weights within bounds and on the margins, or a refusal that says why."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.errors import MethodError
from everychild.methods.polls.raking import CannotRake, design_effect, rake
from everychild.methods.polls.trimming import converged, rake_within

SEX, AGE = {"f": 500.0, "m": 500.0}, {"15-17": 300.0, "18-24": 700.0}
FEW_BOYS: dict[tuple[str, ...], float] = {
    ("f", "15-17"): 40, ("f", "18-24"): 30, ("m", "15-17"): 12, ("m", "18-24"): 4,
}  # fmt: skip
CELLS = list(FEW_BOYS)


def margin(people: dict[tuple[str, ...], float], weights: dict[tuple[str, ...], float], group: str) -> float:
    return math.fsum(people[cell] * weights[cell] for cell in weights if group in cell)


def test_what_lies_within_is_left_as_raked() -> None:
    people = dict.fromkeys(CELLS, 10.0)
    found = rake_within(people, [SEX, AGE])
    assert (found.times, found.cut) == (0, 0)
    assert found.weights == rake(people, [SEX, AGE]).weights


def test_a_few_who_would_speak_for_many_are_cut_and_the_margins_kept() -> None:
    raked = rake(FEW_BOYS, [SEX, AGE]).weights
    median = raked["f", "18-24"]
    assert raked["m", "18-24"] > 5.9 * median
    found = rake_within(FEW_BOYS, [SEX, AGE], low=0.05)
    weights = dict(found.weights)
    assert max(weights.values()) <= 5 * median * 1.001
    assert (found.cut, found.lowest, found.highest) == (4, pytest.approx(0.05 * median), pytest.approx(5 * median))
    assert found.times > 0
    for groups in (SEX, AGE):
        for group, target in groups.items():
            assert margin(FEW_BOYS, weights, group) == pytest.approx(target, rel=1e-5)
    assert design_effect(FEW_BOYS, weights) < design_effect(FEW_BOYS, raked)


def test_bounds_that_no_weights_keep_are_refused() -> None:
    with pytest.raises(MethodError, match=r"no weights within 0.2 to 5 times the median meet the margins"):
        rake_within(FEW_BOYS, [SEX, AGE])
    with pytest.raises(MethodError, match="do not hold it"):
        rake_within(FEW_BOYS, [SEX, AGE], low=2)
    with pytest.raises(CannotRake):
        rake_within(FEW_BOYS, [{**SEX, "other": 5.0}, AGE])


def test_margins_that_contradict_each_other_are_refused_by_name() -> None:
    """All girls are 15-17 and all boys 18-24: half of one and three tenths of the other cannot both hold."""
    raked = rake({("f", "15-17"): 5.0, ("m", "18-24"): 5.0}, [SEX, AGE])
    with pytest.raises(MethodError, match="no weights meet sex, age at once") as found:
        converged(raked, ("sex", "age"))
    assert found.value.rule == "rake_not_met"


@given(st.lists(st.integers(1, 60), min_size=4, max_size=4), st.floats(1.5, 6))
def test_either_both_hold_or_neither_is_claimed(sizes: list[int], high: float) -> None:
    people = {cell: float(size) for cell, size in zip(CELLS, sizes, strict=True)}
    try:
        found = rake_within(people, [SEX, AGE], high=high)
    except MethodError as refused:
        assert refused.rule in ("trim_not_met", "rake_not_met")  # noqa: PT017 - narrow bounds may have no weights
        return
    weights = dict(found.weights)
    assert min(weights.values()) >= found.lowest * 0.998
    assert max(weights.values()) <= found.highest * 1.002
    for group, target in {**SEX, **AGE}.items():
        assert margin(people, weights, group) == pytest.approx(target, rel=1e-5)
