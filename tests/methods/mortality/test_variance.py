"""Sampling errors against the R package survey, and against sums written out for each PSU in turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.mortality.births import FloatArray, SampleDesign
from everychild.methods.mortality.variance import LonelyPsu, LonelyPsuError, SamplingError, jackknife, linearised

STRATUM = np.array([0, 0, 0, 1, 1, 2, 3, 3])
EVENTS = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
PEOPLE = np.array([20.0, 31, 42, 13, 24, 55, 16, 37])
SURVEY_PACKAGE: dict[tuple[str, LonelyPsu], float] = {
    ("taylor", "adjust"): 0.0189875626106376,
    ("taylor", "average"): 0.0200335922357299,
    ("taylor", "certainty"): 0.0173495998052008,
    ("jkn", "adjust"): 0.0191730596569403,
    ("jkn", "average"): 0.0182710559474227,
    ("jkn", "certainty"): 0.0170910078624585,
}
"""R 4.2.2, survey 4.1-1, 2026-11-26: SE(svyratio(~y, ~x, svydesign(id=~p, strata=~h, weights=~1))) and the same on
as.svrepdesign(type="JKn"), options survey.lonely.psu as named and survey.replicates.mse = TRUE. Stratum 2 has one PSU.
"""


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(denominator > 0, numerator / denominator, np.nan))


@pytest.mark.parametrize(("method", "lonely"), SURVEY_PACKAGE)
def test_a_stratum_with_one_psu_is_treated_as_in_the_survey_package(method: str, lonely: LonelyPsu) -> None:
    design = SampleDesign(STRATUM)
    if method == "taylor":
        rate = EVENTS.sum() / PEOPLE.sum()
        deviations = linearised((EVENTS - rate * PEOPLE)[None] / PEOPLE.sum(), design, lonely)
    else:
        deviations = jackknife(EVENTS[None], PEOPLE[None], ratio, design, lonely)
    error = SamplingError("taylor", deviations, design.degrees_of_freedom).standard_errors[0]
    assert error == pytest.approx(SURVEY_PACKAGE[method, lonely], rel=1e-13)


def test_a_stratum_with_one_psu_fails_unless_its_treatment_is_named() -> None:
    with pytest.raises(LonelyPsuError, match="1 strata have one PSU each, the first is stratum 2"):
        linearised(EVENTS[None], SampleDesign(STRATUM))
    with pytest.raises(LonelyPsuError, match="stratum 2"):
        jackknife(EVENTS[None], PEOPLE[None], ratio, SampleDesign(STRATUM))


def test_the_average_of_no_strata_is_refused() -> None:
    with pytest.raises(LonelyPsuError, match="every stratum has one PSU"):
        linearised(EVENTS[None], SampleDesign(np.arange(8)), "average")


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 50)), min_size=2, max_size=14),
)
def test_jackknife_is_leaving_out_each_psu_in_turn(psus: list[tuple[int, int, int]]) -> None:
    stratum, events, people = (np.array(column) for column in zip(*psus, strict=True))
    rate = events.sum() / people.sum()
    k = len(psus)
    variance = 0.0
    for i in range(k):
        left = [j for j in range(k) if j != i]
        pseudo = k * rate - (k - 1) * events[left].sum() / people[left].sum()
        variance += (pseudo - rate) ** 2
    found = jackknife(events[None].astype(float), people[None].astype(float), ratio)
    assert np.sum(found**2) == pytest.approx(variance / (k * (k - 1)), rel=1e-9, abs=1e-15)

    stratified = 0.0
    for i in range(k):
        n = int((stratum == stratum[i]).sum())
        if n > 1:
            weights = np.where(stratum == stratum[i], n / (n - 1), 1.0)
            weights[i] = 0.0
            replicate = (weights * events).sum() / (weights * people).sum()
            stratified += (n - 1) / n * (replicate - rate) ** 2
    found = jackknife(events[None].astype(float), people[None].astype(float), ratio, SampleDesign(stratum), "certainty")
    # a sample within one PSU of one stratum leaves nothing to divide by
    expected = np.nansum(found**2) if np.isnan(found).any() else np.sum(found**2)
    assert expected == pytest.approx(stratified, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("others", [1, 2, 3, 4, 6])
def test_no_variance_where_one_psu_holds_all_that_a_ratio_is_made_of(others: int) -> None:
    """Otherwise rounding would divide a remainder by a remainder."""
    events, people = np.zeros((1, others + 1)), np.zeros((1, others + 1))
    events[0, 0], people[0, 0] = 0.1, 0.7
    one_stratum = SampleDesign.unstratified(others + 1)
    assert np.isnan(jackknife(events, people, ratio)[0, 0])
    assert np.isnan(jackknife(events, people, ratio, one_stratum)[0, 0])


def test_covariance_joins_statistics_that_share_psus() -> None:
    deviations = np.array([[[1.0, -1.0, 0.0], [2.0, 0.0, -2.0]]])
    error = SamplingError("jk1", deviations, 2)
    assert error.covariance.tolist() == [[2.0, 2.0], [2.0, 8.0]]
    assert error.standard_errors.tolist() == [[2.0**0.5, 8.0**0.5]]
    assert error.standard_error_of(np.array([[1.0, -1.0]])) == pytest.approx((2 + 8 - 2 * 2) ** 0.5)
