"""Child spending by any key against a slow way, and several definitions side by side."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.child_budget.classification import classify
from everychild.methods.child_budget.comparison import disagreements, side_by_side
from everychild.methods.child_budget.rules import RuleSet
from everychild.methods.child_budget.shares import NOTHING, WHOLE, Share
from everychild.methods.child_budget.totals import Lines, Total, totals
from everychild.methods.errors import MethodError
from tests.methods.child_budget.budgets import WORKED, WORKED_AMOUNTS, WORKED_CODES, lines, rule, slow_total

ROAD = Share("public_good", 4, 0.34, 0.272, 0.408)


def one_total(amounts: list[float], codes: list[str], rules: RuleSet = WORKED) -> Total:
    classified = classify(rules, [{"cofog": code} for code in codes], [2024] * len(codes))
    (found,) = totals(lines(amounts), classified, "executed")
    return found


def test_worked_lines_of_the_notes() -> None:
    """Cases child_budget 001 and 002 (arithmetic of C-PEM): 1,156 of 1,600 are 72.25 percent."""
    (found,) = totals(lines(WORKED_AMOUNTS), classify(WORKED, WORKED_CODES, [2024] * 3), "executed")
    assert found.child.central == pytest.approx(1156)
    assert found.share == pytest.approx(72.25)
    assert (found.child.low, found.child.high) == pytest.approx((800 + 165 + 136, 800 + 210 + 204))
    assert {kind: part.central for kind, part in found.by_kind.items()} == pytest.approx(
        {"direct": 800, "indirect": 186, "expanded": 170, "public_good": 0, "none": 0}
    )
    assert found.by_evidence == pytest.approx({1: 800, 2: 186, 4: 170})
    assert found.weak_evidence == pytest.approx(100 * 170 / 1156)


def test_nothing_is_silently_missing() -> None:
    found = one_total([800, 300, math.nan, -20], ["09.1", "03.1", "09.1", "09.1"])
    assert (found.lines, found.unclassified_lines, found.lines_without_amount) == (4, 1, 1)
    assert (found.amount, found.unclassified, found.refunds) == (1080, 300, -20)
    assert found.share == pytest.approx(100 * 780 / 1080)
    assert found.bounds == pytest.approx((100 * 780 / 1080, 100))


def test_a_group_without_money_has_no_share() -> None:
    found = one_total([math.nan], ["09.1"])
    assert math.isnan(found.share)
    assert math.isnan(found.bounds[0])
    assert math.isnan(found.weak_evidence)


def test_transfers_between_levels_are_counted_once_and_shown() -> None:
    money = np.array([500.0, 500.0])
    budget = Lines(money, money, money, transfers=np.array([True, False]))
    (found,) = totals(budget, classify(WORKED, [{"cofog": "09.1"}] * 2, [2024] * 2), "executed")
    assert (found.amount, found.child.central, found.transfers, found.lines) == (500, 500, 500, 1)


def test_public_goods_stand_apart() -> None:
    rules = (*WORKED.rules, rule("road", ROAD, "cofog=04.5"))
    apart = one_total([800, 100], ["09.1", "04.5"], RuleSet("apart", rules))
    counted = one_total([800, 100], ["09.1", "04.5"], RuleSet("in", rules, public_goods=True))
    assert (apart.child.central, counted.child.central) == pytest.approx((800, 834))
    assert apart.by_kind["public_good"].central == counted.by_kind["public_good"].central == pytest.approx(34)


def test_a_refund_is_taken_off_its_own_rule_first() -> None:
    """100 paid and 10 given back at 27.2 to 40.8 percent are 90 at that range, not 100 at one end, 10 at the other."""
    found = one_total([100, -10], ["07.3", "07.3.1"])
    assert (found.child.low, found.child.high) == pytest.approx((90 * 0.272, 90 * 0.408))
    only_back = one_total([-10], ["07.3"])
    assert (only_back.child.low, only_back.child.high) == pytest.approx((-4.08, -2.72))


def test_by_any_key() -> None:
    budget = lines([1, 2, 4, 8], region=["B", "A", "B", "A"], year=["2023", "2023", "2024", "2024"])
    classified = classify(WORKED, [{"cofog": "09.1"}] * 4, [2024] * 4)
    by_region = totals(budget, classified, "executed", ["region"])
    assert [(found.key, found.amount) for found in by_region] == [(("A",), 10), (("B",), 5)]
    both = totals(budget, classified, "executed", ["region", "year"])
    assert [found.key for found in both] == [("A", "2023"), ("A", "2024"), ("B", "2023"), ("B", "2024")]
    with pytest.raises(MethodError, match="no key right"):
        totals(budget, classified, "executed", ["right"])


CODES = {"09.1": 0, "10.4": 1, "07.3": 2, "03.1": None}
ROWS = st.lists(
    st.tuples(st.integers(-1000, 1000), st.sampled_from(sorted(CODES)), st.sampled_from("ABC")), max_size=25
)


@given(ROWS)
def test_totals_against_the_slow_way(rows: list[tuple[int, str, str]]) -> None:
    budget = lines([row[0] for row in rows], region=[row[2] for row in rows])
    classified = classify(WORKED, [{"cofog": row[1]} for row in rows], [2024] * len(rows))
    for found in totals(budget, classified, "executed", ["region"]):
        own = [row for row in rows if row[2] == found.key[0]]
        places = [CODES[row[1]] for row in own]
        shares = [None if place is None else WORKED.rules[place].share for place in places]
        slow = slow_total([row[0] for row in own], shares, [row[1] for row in own])
        told = (found.child.central, found.child.low, found.child.high, found.unclassified)
        assert told == pytest.approx((slow.central, slow.low, slow.high, slow.unclassified), abs=1e-9)


@given(ROWS)
def test_parts_add_up_to_the_whole(rows: list[tuple[int, str, str]]) -> None:
    budget = lines([row[0] for row in rows], region=[row[2] for row in rows])
    classified = classify(WORKED, [{"cofog": row[1]} for row in rows], [2024] * len(rows))
    (whole,) = totals(budget, classified, "executed")
    parts = totals(budget, classified, "executed", ["region"])
    for name in ("lines", "amount", "unclassified_lines", "unclassified", "refunds"):
        assert sum(getattr(part, name) for part in parts) == pytest.approx(getattr(whole, name))
    assert sum(part.child.central for part in parts) == pytest.approx(whole.child.central)
    assert sum(found.central for found in whole.by_kind.values()) == pytest.approx(whole.child.central)
    assert sum(whole.by_evidence.values()) == pytest.approx(whole.child.central)


def test_two_definitions_side_by_side() -> None:
    own = RuleSet("national", (rule("education", WHOLE, "cofog=09"), rule("hospital", NOTHING, "cofog=07")))
    codes = [{"cofog": code} for code in ("09.1", "09.4", "07.3", "03.1")]
    first, second = classify(WORKED, codes, [2024] * 4), classify(own, codes, [2024] * 4)
    budget = lines([800, 50, 500, 7])
    found = side_by_side(budget, [first, second], "executed")
    assert (found["worked"][0].child.central, found["national"][0].child.central) == pytest.approx((970, 850))
    assert (found["worked"][0].unclassified, found["national"][0].unclassified) == (57, 7)
    apart = disagreements(budget, first, second, "executed")
    assert [(row.first_kind, row.second_kind, row.amount) for row in apart] == [
        ("expanded", "none", 500),
        ("not_classified", "direct", 50),
    ]
    moved = sum(row.second_child - row.first_child for row in apart)
    assert moved == pytest.approx(found["national"][0].child.central - found["worked"][0].child.central)
    with pytest.raises(MethodError, match="two rule sets are called worked"):
        side_by_side(budget, [first, first], "executed")


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(MethodError, match="differ in length"):
        lines([1, 2], region=["A"])
