"""Measures of data quality on a handful of births counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from everychild.methods.mortality import data_quality, displacement

AGES = np.array([10, 11, 12, 12, 12, 13, 14, 0, 0, 0, 3, np.nan, np.nan, np.nan])
DAYS = np.array([np.nan] * 7 + [0, 6, 27] + [np.nan] * 4)
MALE = np.array([1, 0] * 6 + [1, -1])
WEIGHT = np.where(np.arange(14) == 2, 2.0, 1.0)


def test_measures_counted_by_hand() -> None:
    complete = np.ones(14, dtype=np.bool_)
    complete[[0, 13]] = False
    imputed = np.zeros(14, dtype=np.bool_)
    imputed[[3, 10]] = True
    found = data_quality(AGES, DAYS, MALE, complete, imputed, WEIGHT)
    assert found.deaths_around_twelve == (1.0, 1.0, 4.0, 1.0, 1.0)
    assert (found.heaping.value, found.heaping.part, found.heaping.whole) == (4.0, 4.0, 1.0)
    assert found.early_neonatal.value == pytest.approx(2 / 3)
    assert found.neonatal_in_infant.value == pytest.approx(3 / 6)
    assert (found.sex_ratio_at_birth.part, found.sex_ratio_at_birth.whole) == (8.0, 6.0)
    assert found.birth_date_incomplete.value == pytest.approx(2 / 15)
    assert (found.birth_date_incomplete.count, found.birth_date_incomplete.whole) == (14, 15.0)
    assert found.age_at_death_imputed.value == pytest.approx(2 / 12)


def test_shares_of_nothing_are_missing() -> None:
    nobody = np.zeros(0)
    found = data_quality(nobody, nobody, nobody, nobody.astype(bool), nobody.astype(bool), nobody)
    assert np.isnan(found.heaping.value)
    assert np.isnan(found.sex_ratio_at_birth.value)


def test_displacement_shows_as_a_low_year_after_a_high_one() -> None:
    """Ten births each year 2006-2013; four of 2010 said to be of 2009."""
    year = np.repeat(np.arange(2006, 2014), 10)
    year[np.flatnonzero(year == 2010)[:4]] = 2009
    birth = (year - 1900) * 12 + 1 + np.arange(80) % 12
    dead = np.arange(80) % 10 == 0
    known = year != 2012
    found = displacement(birth, dead, known, np.ones(80), 2007, 6)
    assert found.births.tolist() == [10, 10, 14, 6, 10, 10]
    np.testing.assert_allclose(found.ratio, [np.nan, 200 * 10 / 24, 200 * 14 / 16, 50.0, 125.0, np.nan])
    assert found.complete.tolist() == [1, 1, 1, 1, 1, 0]
    assert found.dead_ratio[3] == 0.0


def test_months_belong_to_their_calendar_year() -> None:
    found = displacement(
        np.array([1320, 1321, 1332, 1333]), np.zeros(4, dtype=bool), np.ones(4, dtype=bool), np.ones(4), 2009, 3
    )
    assert found.births.tolist() == [1, 2, 1]


def test_a_year_needs_its_neighbours() -> None:
    with pytest.raises(ValueError, match="at least three years"):
        displacement(np.array([1320]), np.zeros(1, dtype=bool), np.ones(1, dtype=bool), np.ones(1), 2009, 2)
