"""No small count of children can be worked out from what is shown: against trying every table, and by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from everychild.methods.disclosure.feasible import reader_of_hidden
from everychild.methods.disclosure.suppression import PrimaryRule, Protection, protect
from everychild.methods.disclosure.tables import Axis, Table, table_of
from everychild.methods.errors import MethodError
from tests.methods.disclosure.slow import fewest_hidden, ranges

WORKED = [[20, 3, 12], [15, 14, 18], [9, 25, 30]]
FIVE = PrimaryRule(5)


def two_way(counts: list[list[int]]) -> Table:
    return table_of(counts, [f"r{n}" for n in range(len(counts))], [f"c{n}" for n in range(len(counts[0]))])


def hidden_names(table: Table, protection: Protection) -> list[str]:
    return [table.name(int(place)) for place in np.flatnonzero(protection.hidden)]


@pytest.mark.shared
def test_worked_table_of_the_notes(shared_folder: Path) -> None:
    with (shared_folder / "methods" / "cases" / "disclosure_weights.csv").open(encoding="utf-8", newline="") as file:
        (case,) = [row for row in csv.DictReader(file) if row["measure"] == "secondary_suppression_min_cells"]
    given_input = json.loads(case["input"])
    table = table_of(given_input["counts"], given_input["rows"], given_input["cols"])
    assert protect(table, PrimaryRule(given_input["threshold"])).hidden.sum() == int(case["expected"])


def test_the_worked_table_cell_by_cell() -> None:
    """3 is hidden with the cheapest rectangle around it; as zeros are shown, a reader knows that each is 1 or more."""
    table = table_of(WORKED, "ABC", "xyz")
    found = protect(table, FIVE)
    assert hidden_names(table, found) == ["A, y", "A, z", "B, y", "B, z"]
    assert (found.low[0, 1], found.high[0, 1]) == (1, 14)
    assert (found.low[0, 0], found.high[0, 0]) == (20, 20)
    assert fewest_hidden(table, found.primary, least=1, width=5) == 4


def test_nothing_small_hides_nothing() -> None:
    assert not protect(two_way([[20, 30], [40, 0]])).hidden.any()


def test_two_small_cells_that_would_give_each_other_away() -> None:
    """1 and 2 in one row: with their total 3 shown each were still 1 or 2, so it is hidden too, and three beside."""
    table = two_way([[1, 2, 0], [30, 40, 50], [30, 40, 50]])
    found = protect(table, FIVE)
    small = found.primary
    assert hidden_names(table, found) == ["r0, c0", "r0, c1", "r0, _T", "r1, c0", "r1, c1", "r1, _T"]
    assert ((found.high - found.low)[small] >= 5).all()


def test_a_row_alone() -> None:
    table = table_of([3, 40, 50], ["a", "b", "c"])
    assert hidden_names(table, protect(table, FIVE)) == ["a", "b"]


def test_districts_in_a_region_in_a_country() -> None:
    """The region's total is shown too: without it in view, district a with b alone would be enough on paper."""
    places = Axis.nested({"a": "R", "b": "R", "c": "S", "d": "S", "R": "KZ", "S": "KZ"})
    sexes = Axis.with_total(["F", "M"])
    inner = np.array([[3, 9], [8, 30], [20, 20], [40, 12]])
    rows = np.vstack([inner, inner[:2].sum(0), inner[2:].sum(0), inner.sum(0)])
    assert places.labels == ("a", "b", "c", "d", "R", "S", "KZ")
    table = Table((places, sexes), np.column_stack([rows, rows.sum(1)]))
    found = protect(table, FIVE)
    assert hidden_names(table, found) == ["a, F", "a, M", "b, F", "b, M"]


def test_what_was_published_before_cannot_be_hidden() -> None:
    table = table_of(WORKED, "ABC", "xyz")
    public = np.zeros((4, 4), dtype=bool)
    public[1, 1] = True
    found = protect(table, FIVE, public)
    assert not found.hidden[1, 1]
    assert found.hidden.sum() == 4
    public[0, 1] = True
    gone = protect(table, FIVE, public)
    assert not gone.hidden.any()
    assert gone.already_public.nonzero() == (np.array([0]), np.array([1]))


def test_a_cell_that_nothing_protects_is_named() -> None:
    table = table_of([3, 40], ["a", "b"])
    with pytest.raises(MethodError, match="keeps a from being worked out") as found:
        protect(table, FIVE, np.array([False, True, True]))
    assert (found.value.rule, found.value.values) == ("cell_unprotected", {"cell": "a"})


def test_totals_are_hidden_only_when_nothing_else_will_do() -> None:
    table = table_of([3, 0], ["a", "b"])
    assert hidden_names(table, protect(table, FIVE)) == ["a", "_T"]


def test_zeros_hidden_like_small_counts() -> None:
    table = two_way([[0, 20, 30], [15, 25, 35], [40, 50, 60]])
    assert not protect(table, FIVE).hidden.any()
    found = protect(table, PrimaryRule(5, zeros="hidden"))
    assert found.primary.nonzero() == (np.array([0]), np.array([0]))
    assert found.hidden.sum() == 4


def test_everybody_of_a_group_in_one_cell() -> None:
    """All 30 boys of r0 are in c0: the count is large, and yet it tells of each of them."""
    rule = PrimaryRule(5, zeros="hidden", whole_groups=True)
    table = two_way([[30, 0, 0], [20, 25, 35], [40, 50, 60]])
    assert protect(table, PrimaryRule(5, zeros="hidden")).primary.sum() == 2
    found = protect(table, rule)
    assert found.primary[0].tolist() == [True, True, True, False]
    assert (found.high - found.low)[0, 0] >= 5


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: PrimaryRule(1), "threshold_low"),
        (lambda: PrimaryRule(5, whole_groups=True), "whole_groups_zeros"),
        (lambda: table_of([[1, 2]], "a", "b"), "table_shape"),
        (lambda: table_of([-1], "a"), "table_negative"),
        (lambda: Table((Axis.with_total("ab"),), np.array([1, 2, 4])), "table_not_additive"),
        (lambda: Table((Axis.with_total("ab"),), np.array([1, 2])), "table_shape"),
    ],
)
def test_what_is_no_table(make: object, code: str) -> None:
    with pytest.raises(MethodError) as found:
        make()  # type: ignore[operator]
    assert found.value.rule == code


def test_a_total_that_does_not_add_up_is_named() -> None:
    with pytest.raises(MethodError, match="_T is 4 and its parts add up to 3"):
        Table((Axis.with_total("ab"),), np.array([1, 2, 4]))


SMALL = st.integers(2, 3).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 6), min_size=columns, max_size=columns), min_size=2, max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(SMALL, st.sampled_from(["shown", "hidden"]))
def test_ranges_against_every_table(counts: list[list[int]], zeros: str) -> None:
    """Small tables, few cells: each hidden cell's range is what trying all whole-numbered tables gives."""
    table = two_way(counts)
    rule = PrimaryRule(2, zeros="shown" if zeros == "shown" else "hidden")
    try:
        found = protect(table, rule)
    except MethodError as error:
        assert error.rule == "cell_unprotected"  # noqa: PT017 - a zero table with zeros shown has no way out
        return
    assume(found.hidden.sum() <= 5)
    most = 13
    assume(table.counts[found.hidden].max(initial=0) <= most)  # or the tables that are tried leave out the true one
    slow = ranges(table, found.hidden, rule.least, most)
    for place, (low, high) in slow.items():
        assert low == pytest.approx(found.low.flat[place])
        assert high == pytest.approx(found.high.flat[place]) or found.high.flat[place] > most
    for place in np.flatnonzero(found.primary):
        assert slow[int(place)][1] - slow[int(place)][0] >= rule.threshold


TABLES = st.tuples(st.integers(2, 6), st.integers(2, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.sampled_from([0, 1, 3, 8, 12, 40, 300]), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_every_small_cell_keeps_a_wide_range_and_nothing_is_hidden_for_nothing(counts: list[list[int]]) -> None:
    table, rule = two_way(counts), PrimaryRule(10)
    found = protect(table, rule)
    assert (found.primary == ((table.counts > 0) & (table.counts < 10))).all()
    assert (found.hidden | ~found.primary).all()
    assert not found.hidden[table.counts == 0].any()
    reader = reader_of_hidden(table, found.hidden, rule.least)
    for place in np.flatnonzero(found.hidden):
        low, high = reader.bounds(int(place))
        assert low <= table.counts.flat[place] <= high
        assert high > low
        if found.primary.flat[place]:
            assert high - low >= rule.threshold - 1e-6
    for place in np.flatnonzero(found.hidden & ~found.primary):
        fewer = found.hidden.copy()
        fewer.flat[place] = False
        reader = reader_of_hidden(table, fewer, rule.least)
        widths = [np.subtract(*reader.bounds(int(small))[::-1]) for small in np.flatnonzero(found.primary)]
        assert min(widths) < rule.threshold
