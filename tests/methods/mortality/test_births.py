"""What the input types refuse, and the design read from rows."""

from __future__ import annotations

import numpy as np
import pytest

from everychild.methods.mortality import (
    BirthHistories,
    Breakdown,
    Period,
    SampleDesign,
    calendar_window,
    years_before_interview,
)


def test_periods_of_the_report_tables() -> None:
    assert years_before_interview(0, 4) == Period("0-4", -60, 0)
    assert years_before_interview(5, 9) == Period("5-9", -120, -60)
    assert years_before_interview(0, 4).ends_at_interview
    assert not years_before_interview(5, 9).ends_at_interview
    assert not calendar_window("2010", 1321, 1333).ends_at_interview


@pytest.mark.parametrize(
    ("lower", "upper", "message"), [(-11, 0, "shorter than 12 months"), (-60, 1, "after the month of interview")]
)
def test_periods_that_cannot_be(lower: int, upper: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Period("wrong", lower, upper)


def test_years_in_the_wrong_order_are_no_period() -> None:
    with pytest.raises(ValueError, match="5 to 4"):
        years_before_interview(5, 4)


def test_arrays_of_different_lengths_are_refused() -> None:
    one, two = np.zeros(1), np.zeros(2)
    with pytest.raises(ValueError, match="one length"):
        BirthHistories(two, two, np.zeros(2, dtype=np.bool_), one, two, two)


def test_whether_a_child_lives_must_not_be_a_code() -> None:
    """DHS codes alive as 1, MICS codes dead as 2: read as truth values, both would be the living."""
    one = np.ones(1)
    with pytest.raises(ValueError, match="true or false"):
        BirthHistories(one, one, one, one, one, one)


def test_the_design_seen_in_rows() -> None:
    design = SampleDesign.from_rows(np.array([2, 0, 1, 0, 2]), np.array([1, 0, 0, 0, 1]))
    assert design.stratum.tolist() == [0, 0, 1]
    assert design.psus_in_stratum.tolist() == [2, 1]
    assert design.lonely_psus.tolist() == [2]
    assert design.degrees_of_freedom == 1
    assert SampleDesign.unstratified(4).degrees_of_freedom == 3


@pytest.mark.parametrize(
    ("psu", "stratum", "message"),
    [
        ([0, 0], [0, 1], "PSU 0 lies in more than one stratum"),
        ([0, 2], [0, 0], "PSU index 1 has no row"),
        ([], [], "no rows"),
    ],
)
def test_rows_that_make_no_design(psu: list[int], stratum: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SampleDesign.from_rows(np.array(psu, dtype=np.int64), np.array(stratum, dtype=np.int64))


@pytest.mark.parametrize("stratum", [np.array([0.5]), np.array([-1]), np.zeros(0, dtype=np.int64)])
def test_stratum_indices_that_are_none(stratum: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    with pytest.raises(ValueError, match="strat"):
        SampleDesign(stratum)


@pytest.mark.parametrize("codes", [np.array([0.0]), np.array([2])])
def test_codes_that_are_no_classes(codes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    with pytest.raises(ValueError, match="'sex'"):
        Breakdown("sex", ("male", "female"), codes)
