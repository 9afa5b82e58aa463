"""Who did not answer."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.errors import MethodError
from everychild.methods.polls.answering import who_answered

MARGINS = {"sex": {"f": 490.0, "m": 510.0}, "residence": {"U": 600.0, "R": 400.0}}


def test_groups_are_held_against_the_population() -> None:
    found = who_answered({("f", "U"): 60, ("m", "U"): 40}, MARGINS)
    told = {group.group: (group.share, group.population_share, group.gap) for group in found.groups}
    assert told["f"] == pytest.approx((60, 49, 11))
    assert told["R"] == pytest.approx((0, 40, -40))
    assert [group.group for group in found.groups] == ["m", "f", "R", "U"]
    assert [group.group for group in found.silent] == ["R"]
    assert found.misplaced == pytest.approx({"sex": 11, "residence": 40})
    assert math.isnan(found.response_rate)


def test_response_rates_of_those_who_were_asked() -> None:
    found = who_answered({("f", "U"): 60, ("m", "U"): 40}, MARGINS, {("f", "U"): 100, ("m", "U"): 400, ("m", "R"): 500})
    rates = {group.group: group.response_rate for group in found.groups}
    assert found.response_rate == 10
    assert rates == pytest.approx({"f": 60, "m": 100 * 40 / 900, "U": 20, "R": 0})


def test_a_group_that_the_population_does_not_have_is_shown() -> None:
    found = who_answered({("f", "U"): 1, ("x", "U"): 1}, MARGINS)
    (other,) = [group for group in found.groups if group.group == "x"]
    assert other.population_share == 0
    assert math.isnan(other.ratio)
    assert not other.silent


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(MethodError, match="f does not have a group for each of sex, residence"):
        who_answered({("f",): 1}, MARGINS)
    with pytest.raises(MethodError, match="more people of f/U answered than were asked"):
        who_answered({("f", "U"): 2}, MARGINS, {("f", "U"): 1})
    with pytest.raises(MethodError, match="more people"):
        who_answered({("f", "U"): 2}, MARGINS, {})


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any))
def test_gaps_balance(sizes: list[int]) -> None:
    cells = [("f", "U"), ("f", "R"), ("m", "U"), ("m", "R")]
    found = who_answered(dict(zip(cells, map(float, sizes), strict=True)), MARGINS)
    for name in MARGINS:
        own = [group for group in found.groups if group.margin == name]
        assert math.fsum(group.gap for group in own) == pytest.approx(0, abs=1e-9)
        assert 0 <= found.misplaced[name] <= 100
