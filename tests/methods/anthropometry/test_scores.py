"""z-scores: WHO's own answers, edges of age, size and position, and a slow version child by child."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.anthropometry import (
    ChildMeasurements,
    GrowthStandards,
    LmsTable,
    computable,
    days_from_months,
    flagged,
    package_standards,
    rounded,
    z_scores,
)
from tests.methods.anthropometry import slow

NAN = math.nan
LYING, STANDING, UNKNOWN = 0, 1, -1
STANDARDS = package_standards()
# WHO's R package anthro 1.1.0.9000 (commit b776d8a), anthro_zscores(): ordinary children, both sides of two years, both
# restricted tails. sex, days, kg, cm, position, adjusted cm, HAZ, WAZ, WHZ, BAZ
WORKED = [
    (1, 0, 3.3, 50.0, LYING, 50.0, 0.06, -0.10, -0.09, -0.16),
    (2, 30, 4.1, 53.5, LYING, 53.5, -0.07, -0.13, -0.16, -0.16),
    (1, 365, 9.6, 75.5, LYING, 75.5, -0.10, -0.04, -0.01, 0.03),
    (2, 730, 11.5, 85.5, STANDING, 86.2, -0.06, 0.02, -0.02, 0.05),
    (1, 731, 12.2, 87.8, LYING, 87.1, -0.01, 0.03, 0.01, 0.05),
    (2, 912, 9.0, 82.0, STANDING, 82.0, -2.45, -2.89, -1.98, -1.84),
    (1, 1461, 16.3, 103.3, STANDING, 103.3, -0.01, -0.02, -0.01, -0.05),
    (2, 1826, 30.0, 110.0, STANDING, 110.0, 0.12, 3.10, 4.98, 4.65),
    (1, 500, 5.5, 78.3, LYING, 78.3, -0.90, -5.34, -6.86, -7.19),
    (2, 500, 15.9, 78.3, LYING, 78.3, -0.27, 3.72, 5.43, 5.58),
]


def one(
    sex: int, days: float, weight: float, length: float, position: int = UNKNOWN, oedema: bool = False,
    arm: float = NAN,
) -> dict[str, float]:  # fmt: skip
    found = z_scores(ChildMeasurements.of([sex], [days], [weight], [length], [position], [oedema], arm=[arm]))
    return {index: float(values[0]) for index, values in found.z.items()}


def test_whos_answers() -> None:
    columns = list(zip(*WORKED, strict=True))
    found = z_scores(ChildMeasurements.of(*columns[:5]))
    np.testing.assert_allclose(found.length, columns[5], atol=1e-12)
    for index, expected in zip(("haz", "waz", "whz", "baz"), columns[6:], strict=True):
        np.testing.assert_allclose(rounded(found.z[index]), expected, atol=1e-9, err_msg=index)


def test_the_restricted_tail_by_hand() -> None:
    # boys at 78.3 cm: L -0.3521, M 10.1377, S 0.08318; SD(-3) = 7.98114 and SD(-2) = 8.62436
    assert one(1, 500, 5.5, 78.3, LYING)["whz"] == pytest.approx(-3 + (5.5 - 7.98114) / (8.62436 - 7.98114), abs=2e-4)


def test_unknown_age_leaves_weight_for_size_by_position_or_87_cm() -> None:
    # R anthro, as above
    assert round(one(1, NAN, 9, 75, LYING)["whz"], 2) == -0.66
    assert round(one(1, NAN, 9, 75, STANDING)["whz"], 2) == -0.84
    assert round(one(2, NAN, 12, 86.9)["whz"], 2) == 0.29
    assert round(one(2, NAN, 12, 87.0)["whz"], 2) == 0.10
    assert all(math.isnan(one(1, NAN, 9, 75, LYING)[index]) for index in ("haz", "waz", "baz"))


def test_standing_below_nine_months_is_not_believed() -> None:
    found = z_scores(ChildMeasurements.of([1, 1, 1], [100, 273, 274], [6] * 3, [60] * 3, [STANDING] * 3))
    assert found.disbelieved.tolist() == [True, True, False]
    assert found.length.tolist() == [60, 60, 60.7]
    assert round(float(found.z["haz"][0]), 2) == -1.06


def test_a_length_is_rounded_before_it_is_looked_up() -> None:
    # 103.1 - 0.7 is 102.39999999999999: cut to 0.1 it would be read at 102.3
    turned, straight = one(1, 900, 16, 103.1, LYING), one(1, 900, 16, 102.4, STANDING)
    assert turned["whz"] == straight["whz"]


@pytest.mark.parametrize(("days", "inside"), [(1826, True), (1827, False), (1826.4, True), (1826.5, False)])
def test_the_last_day(days: float, inside: bool) -> None:
    assert all(math.isfinite(value) == inside for index, value in one(1, days, 18, 109).items() if index != "acz")


def test_sixty_months_are_too_old_and_just_under_are_not() -> None:
    days = days_from_months([59.99, 60.0, 12.0, 0.5, NAN])
    assert days[:4].tolist() == [1826, 1827, 365, 15]
    assert math.isnan(days[4])


@pytest.mark.parametrize(("length", "there"), [(44.9, False), (45.0, True), (110.0, True), (110.05, False)])
def test_ends_of_weight_for_length(length: float, there: bool) -> None:
    assert math.isfinite(one(2, 400, 10, length)["whz"]) == there


@pytest.mark.parametrize(("length", "there"), [(64.9, False), (65.0, True), (120.0, True), (120.1, False)])
def test_ends_of_weight_for_height(length: float, there: bool) -> None:
    assert math.isfinite(one(2, 800, 12, length)["whz"]) == there


def test_oedema_takes_away_what_weighs() -> None:
    found = one(1, 500, 9, 78, LYING, oedema=True, arm=13)
    assert {index for index, value in found.items() if math.isfinite(value)} == {"haz", "acz"}


@pytest.mark.parametrize("value", [0.0, -1.0, NAN])
def test_no_weight_no_index_of_weight(value: float) -> None:
    found = one(1, 500, value, 78)
    assert [index for index, z in found.items() if math.isfinite(z)] == ["haz"]


@pytest.mark.parametrize(("sex", "days"), [(0, 500), (3, 500), (1, -1)])
def test_no_sex_no_score_and_no_negative_age(sex: int, days: float) -> None:
    found = one(sex, days, 9, 78)
    assert math.isnan(found["haz"])
    assert math.isnan(found["waz"])
    assert math.isnan(found["whz"]) == (sex not in (1, 2))


def test_arm_circumference_starts_on_day_91() -> None:
    assert math.isnan(one(1, 90, 6, 60, arm=13)["acz"])
    assert math.isfinite(one(1, 91, 6, 60, arm=13)["acz"])


def test_what_cannot_be_computed_is_not() -> None:
    children = ChildMeasurements.of([1], [500], [9], [78])
    assert computable(children, STANDARDS) == ("haz", "waz", "whz", "baz")
    with pytest.raises(ValueError, match="acz needs a measure"):
        z_scores(children, ["acz"])


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one value for each child"):
        ChildMeasurements.of([1, 2], [500], [9], [78])


def test_flags_keep_the_limit_itself() -> None:
    z = {"haz": np.array([-6.0, -6.004, -6.01, 6.0, 6.01, NAN]), "waz": np.array([5.0, 5.01, 0, 0, 0, 0])}
    assert flagged(z)["haz"].tolist() == [False, False, True, False, True, False]  # -6.004 is published as -6.00
    assert flagged(z)["waz"].tolist() == [False, True, False, False, False, False]
    assert flagged(z, "dhs")["waz"].tolist() == [False, True, True, False, True, True]


child = st.tuples(
    st.sampled_from([1, 2]),
    st.integers(0, 1900),
    st.floats(0.5, 40).map(lambda v: round(v, 2)),
    st.floats(38, 130).map(lambda v: round(v, 2)),
    st.sampled_from([LYING, STANDING, UNKNOWN]),
    st.booleans(),
)


@given(st.lists(child, min_size=1, max_size=20))
def test_the_fast_version_is_the_slow_one(children: list[tuple[int, int, float, float, int, bool]]) -> None:
    found = z_scores(ChildMeasurements.of(*zip(*children, strict=True)))
    for row, each in enumerate(children):
        expected = slow.child(STANDARDS, *each)
        for index, value in expected.items():
            assert found.z[index][row] == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True), (index, each)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = list(zip(*WORKED, strict=True))[:5]
    whole = z_scores(ChildMeasurements.of(*columns))
    monkeypatch.setattr("everychild.methods.anthropometry.scores.BLOCK", 3)
    pieces = z_scores(ChildMeasurements.of(*columns))
    for index, values in whole.z.items():
        np.testing.assert_array_equal(values, pieces.z[index])


def test_head_circumference_where_its_table_is_at_hand() -> None:
    """A made table: WHO's own is not in the package. L is 1, so that nothing is restricted beyond 3 SD."""
    ones = np.ones((2, 1827))
    made = GrowthStandards({"head_for_age": LmsTable(0, ones, 45 * ones, 0.03 * ones)}, "made")
    children = ChildMeasurements.of([1, 2, 1], [0, 1826, 1827], [9] * 3, [75] * 3, head=[45 * 1.03, 45 * 0.85, 45])
    assert computable(children, made.completed_by(STANDARDS)) == ("haz", "waz", "whz", "baz", "hcz")
    np.testing.assert_allclose(z_scores(children, ["hcz"], made).z["hcz"], [1, -5, NAN])
