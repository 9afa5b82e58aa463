"""Numbers of the method notes (cases care_and_rights 001-007, disclosure_weights 045: arithmetic), and the refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.methods.care.small_numbers import interval, is_small, protect
from everychild.methods.care.stocks import (
    Definition,
    DefinitionsDiffer,
    Flows,
    Series,
    Stock,
    balance,
    care_rate,
    explain_fall,
    family_based_share,
    leaving_to_family,
    residential_to_family_ratio,
    series_by_definition,
)

HOMES = Definition("homes", "residential")
INFANTS = Definition("infant_homes", "residential")


def test_indicators_of_formal_care() -> None:
    assert care_rate(4200 + 16800, 6_600_000) == pytest.approx(318.181818181818)
    assert care_rate(4200, 6_600_000) == pytest.approx(63.636363636364)
    assert care_rate(3900, 6_600_000) == pytest.approx(59.090909090909)
    assert leaving_to_family(950, 4200, 1700) == pytest.approx(16.101694915254)
    assert residential_to_family_ratio(4200, 16800) == 0.25
    assert family_based_share(16800, 4200) == 80
    assert math.isnan(care_rate(1, 0))


def test_the_identity_holds_and_a_gap_is_shown() -> None:
    start, end = Stock("2021-12-31", 4900, HOMES), Stock("2022-12-31", 4200, HOMES)
    flows = Flows(
        HOMES, entered=1100, transferred_in=0, to_family=950, ageing_out=600, transferred_out=240, died=10, other_exit=0
    )
    assert balance(start, end, flows).holds
    short = balance(start, Stock("2022-12-31", 4170, HOMES), flows)
    assert (short.expected, short.gap, short.holds) == (4200, -30, False)
    unknown = balance(start, end, Flows(HOMES, entered=1100))
    assert unknown.gap == -1800
    assert "to_family" in unknown.unknown


def test_a_fall_is_split_to_the_last_child() -> None:
    start, end = Stock("2021", 4900, HOMES), Stock("2022", 4200, HOMES)
    flows = Flows(HOMES, entered=1100, to_family=950, ageing_out=600, transferred_out=240, died=10)
    found = explain_fall(start, end, flows, entered_before=1500)
    assert (found.fall, found.fewer_entries, found.entries_as_before, found.unexplained) == (700, 400, 1500, 0)
    parts = found.to_family + found.ageing_out + found.died + found.transferred + found.other_exit
    assert parts + found.fewer_entries - found.entries_as_before + found.unexplained == found.fall


def test_definitions_that_differ_are_never_joined() -> None:
    one, other = Stock("2007", 76308, HOMES), Stock("2023", 711, INFANTS)
    with pytest.raises(DefinitionsDiffer, match="homes, infant_homes"):
        other - one
    with pytest.raises(DefinitionsDiffer):
        Series.of([one, other])
    with pytest.raises(DefinitionsDiffer):
        balance(one, Stock("2023", 1, HOMES), Flows(INFANTS))
    with pytest.raises(DefinitionsDiffer):
        Series.of([Stock("2007", 1, HOMES), Stock("2008", 1, Definition("homes", "status"))])
    assert [len(s.stocks) for s in series_by_definition([one, other, Stock("2009", 5, HOMES)])] == [2, 1]


def test_one_small_cell_takes_three_more_with_it() -> None:
    table = [[20, 3, 12], [15, 14, 18], [9, 25, 30]]
    hidden = protect(table, 5)
    assert hidden[0][1]
    assert sum(map(sum, hidden)) == 4


def test_a_list_hides_a_second_cell_and_none_when_none_is_small() -> None:
    assert protect([[40], [3], [12], [9]], 5) == ((False,), (True,), (False,), (True,))
    assert protect([[40, 3, 12, 9]], 5) == ((False, True, False, True),)
    assert protect([[40, 12], [0, 90]]) == ((False, False), (False, False))
    assert not is_small(0)
    assert not is_small(10)
    with pytest.raises(ValueError, match="unequal"):
        protect([[1, 2], [3]])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=3, max_size=4))
def test_no_small_cell_can_be_told_from_the_totals(rows: list[list[int]]) -> None:
    hidden = np.array(protect(rows, 5))
    cells = np.array(rows)
    assert hidden[(cells > 0) & (cells < 5)].all()
    if hidden.all():
        return
    for place in zip(*np.nonzero(hidden), strict=True):
        if is_small(int(cells[place]), 5):
            low, high = interval(cells, hidden, place)
            assert high - low >= 5 - 1e-6
