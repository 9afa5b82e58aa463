"""Numbers of the method notes (cases care_and_rights 001-007: arithmetic), and the refusals."""

from __future__ import annotations

import math

import pytest

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
