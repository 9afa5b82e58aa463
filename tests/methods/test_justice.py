"""Numbers of the method notes (cases care_and_rights 008-013); exact intervals against R as named there."""

from __future__ import annotations

import math

import pytest

from everychild.methods.justice import Component, measure, responsible_children

COUNTS: dict[Component, int] = {
    "arrested": 3100, "detained": 110, "detained_before_sentence": 28, "custodial": 70, "sentenced": 640,
    "diverted": 910, "died_in_detention": 1, "detained_in_year": 260,
}  # fmt: skip


def test_indicators() -> None:
    found = {m.indicator.number: m for m in measure(COUNTS, 2_450_000)}
    assert found[1].value == pytest.approx(126.530612244898)
    assert found[2].value == pytest.approx(4.489795918367)
    assert found[3].value == pytest.approx(1.142857142857)
    assert found[6].value == pytest.approx(3.846153846154)
    assert found[9].value == pytest.approx(10.9375)
    assert found[10].value == pytest.approx(58.709677419355)
    assert found[10].of == 1550
    assert math.isnan(found[8].value)


def test_intervals_are_exact() -> None:
    # R 4.3 epitools 0.5-10.1 pois.exact(5): 1.6234856631, 11.6683219701 (case disclosure_weights 013 and 014)
    rate = measure({"arrested": 5}, 100_000)[0]
    assert (rate.low, rate.high) == pytest.approx((1.6234856631, 11.6683219701))
    # R binom.test(12, 40): 0.165627204393, 0.465316285254 (cases 035 and 036)
    share = {m.indicator.number: m for m in measure({"custodial": 12, "sentenced": 40}, None)}[9]
    assert (share.low, share.high) == pytest.approx((16.5627204393, 46.5316285254))


def test_impossible_counts_are_refused_and_unknown_ones_are_no_zero() -> None:
    with pytest.raises(ValueError, match="more than"):
        measure({"custodial": 5, "sentenced": 4}, None)
    with pytest.raises(ValueError, match="negative"):
        measure({"arrested": -1}, 5)
    assert all(math.isnan(m.value) for m in measure({}, 2_000_000))
    assert math.isnan(measure({"arrested": 4}, None)[0].value)


def test_children_who_can_be_held_responsible() -> None:
    """From 16, and from 14 for grave offences, as in Kazakhstan: two denominators."""
    by_age = {age: 100 + age for age in range(10, 18)}
    assert responsible_children(by_age, 16) == 116 + 117
    assert responsible_children(by_age, 14) == 114 + 115 + 116 + 117
    with pytest.raises(ValueError, match="aged 8, 9 are not counted"):
        responsible_children(by_age, 8)
    with pytest.raises(ValueError, match="18 is no age of a child"):
        responsible_children(by_age, 18)
