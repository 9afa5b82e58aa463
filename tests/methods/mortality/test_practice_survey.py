"""Every published reference number of the practice survey, each with the program that made it.

Programs, versions and commands stand in ../shared/data/dhs_model/SOURCE.md: The DHS Program's own SPSS program
CM_CHILD.sps (commit 29fa939) in GNU PSPP 1.6.2, DHS.rates 0.9.2, R survey 4.1-1, demogsurv (commit 5a0a168).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from everychild.methods.mortality import (
    RATES,
    RELIABILITIES,
    TOTAL,
    Group,
    MortalityEstimates,
    Period,
    SampleDesign,
    adult_mortality,
    difference,
    early_childhood_mortality,
    fertility,
    indirect_under_five_mortality,
    pregnancy_related_mortality,
    years_before_interview,
)
from everychild.methods.mortality.variance import Method
from tests.methods.mortality import practice_survey
from tests.methods.mortality.practice_survey import PracticeSurvey, column, group_of, reference

pytestmark = pytest.mark.shared
PERIODS = [years_before_interview(*years) for years in ((0, 4), (5, 9), (10, 14), (0, 9))]
RATE_OF = {"NNMR": "nmr", "PNNMR": "pnmr", "IMR": "imr", "CMR": "cmr", "U5MR": "u5mr"}
SEVEN_YEARS, THREE_YEARS = Period("0-6", -84, 0), Period("0-2", -36, 0)


@pytest.fixture(scope="module")
def folder(shared_folder: Path) -> Path:
    path = shared_folder / "data" / "dhs_model"
    if not path.is_dir():
        pytest.skip("the practice survey ../shared/data/dhs_model is absent")
    return path


@pytest.fixture(scope="module")
def survey(folder: Path) -> PracticeSurvey:
    return practice_survey.read(folder)


@pytest.fixture(scope="module")
def estimates(survey: PracticeSurvey) -> MortalityEstimates:
    return early_childhood_mortality(
        survey.births, survey.v022, PERIODS, survey.breakdowns, methods=("jk1", "jkn", "taylor"), lonely="adjust"
    )


def place(estimates: MortalityEstimates, row: dict[str, str], window: str) -> tuple[int, int, int]:
    return estimates.place(group_of(row), row[window], RATE_OF[row["indicator"]])


def test_rates_are_those_of_the_dhs_program(estimates: MortalityEstimates, folder: Path) -> None:
    rows = reference(folder, "early_childhood_mortality_rates.csv")
    assert len(rows) == 70
    for row in rows:
        found = estimates.values[place(estimates, row, "window_years_before_interview")]
        assert found == pytest.approx(float(row["rate_per_1000"]), abs=1e-6), row


def test_errors_are_those_of_the_survey_package(
    survey: PracticeSurvey, estimates: MortalityEstimates, folder: Path
) -> None:
    """Total and classes, JK1, JKn and Taylor, strata v022 (one with a single PSU, "adjust"), v023, and none."""
    others = {
        name: early_childhood_mortality(survey.births, design, PERIODS, methods=("jk1", "taylor"))
        for name, design in (("v023", survey.v023), ("none", survey.unstratified))
    }
    rows = reference(folder, "early_childhood_mortality_survey_se.csv")
    assert len(rows) == 120
    for row in rows:
        made = others.get(row["strata"], estimates)
        where = place(made, row, "window")
        assert made.values[where] == pytest.approx(float(row["rate_per_1000"]), rel=1e-10), row
        method: Method = {"JK1": "jk1", "JKn": "jkn", "taylor": "taylor"}[row["method"]]  # type: ignore[assignment]
        error = made.errors[method].standard_errors[where]
        assert error == pytest.approx(float(row["se_per_1000"]), rel=1e-11), row


def test_jackknife_errors_and_numbers_are_those_of_dhs_rates(
    survey: PracticeSurvey, estimates: MortalityEstimates, folder: Path
) -> None:
    """DHS.rates counts the clusters of the class, and rounds to two decimals and to whole children."""
    by_group = early_childhood_mortality(survey.births, survey.v022, PERIODS, survey.breakdowns, clusters="group")
    rows = reference(folder, "early_childhood_mortality_jackknife_dhsrates.csv")
    assert len(rows) == 120
    for row in rows:
        where = place(by_group, row, "window")
        assert by_group.values[where] == pytest.approx(float(row["R"]), abs=0.0051), row
        assert by_group.errors["jk1"].standard_errors[where] == pytest.approx(float(row["SE"]), abs=0.0051), row
        assert by_group.psus[where[0]] == int(row["iterations"]), row
        assert by_group.children[where] == pytest.approx(float(row["N"]), abs=0.5), row
        assert by_group.weighted_children[where] == pytest.approx(float(row["WN"]), abs=0.5), row


def test_the_published_errors_of_three_periods(estimates: MortalityEstimates) -> None:
    """Under-five mortality 0-4, 5-9 and 10-14 years before, DHS.rates 0.9.2 for each (shared/methods/mortality.md)."""
    assert estimates.values[0, :3, 4].round(3).tolist() == [150.096, 191.973, 217.851]
    assert estimates.errors["jk1"].standard_errors[0, :3, 4].round(3).tolist() == [6.657, 8.029, 11.801]


def test_segments_are_those_of_dhs_rates(estimates: MortalityEstimates, folder: Path) -> None:
    rows = reference(folder, "segment_probabilities_0_4.csv")
    np.testing.assert_allclose(estimates.deaths[0, 0], column(rows, "weighted_deaths"), atol=0.0051)
    np.testing.assert_allclose(estimates.exposure[0, 0], column(rows, "weighted_exposure"), atol=0.0051)
    assert estimates.deaths_counted[0, 0].tolist() == column(rows, "deaths")
    probability = estimates.deaths[0, 0] / estimates.exposure[0, 0]
    np.testing.assert_allclose(probability, column(rows, "probability"), atol=0.000051)


def test_urban_and_rural_children_differ_by_less_than_twice_the_error(
    survey: PracticeSurvey, estimates: MortalityEstimates
) -> None:
    """No PSU holds both kinds of children, so their variances nearly add up."""
    urban, rural = (estimates.place(Group("v025", level), "0-9", "u5mr") for level in ("urban", "rural"))
    found = difference(estimates.values, estimates.errors["taylor"], urban, rural)
    errors = estimates.errors["taylor"].standard_errors
    assert found.standard_error == pytest.approx((errors[urban] ** 2 + errors[rural] ** 2) ** 0.5, rel=0.01)
    assert found.lower < 0 < found.upper


def test_no_rate_of_the_survey_is_suppressed_but_the_small_classes(estimates: MortalityEstimates) -> None:
    few = estimates.children < 250
    assert [RELIABILITIES[i] for i in np.unique(estimates.reliability[few])] == ["suppressed"]
    assert {g.label for g, hit in zip(estimates.groups, few.reshape(len(few), -1).any(axis=1), strict=True) if hit} == {
        "higher"
    }


def test_the_only_finding_is_the_stratum_with_one_psu(estimates: MortalityEstimates) -> None:
    assert [(f.rule, f.count) for f in estimates.findings] == [("single_psu_stratum", 0)]


def test_fertility_is_that_of_dhs_rates(survey: PracticeSurvey, folder: Path) -> None:
    """DHS.rates gives age-specific rates with Taylor errors (strata v022) and total fertility with the jackknife."""
    found = fertility(
        survey.women, survey.child_birth, survey.mother, survey.v022, THREE_YEARS, methods=("jk1", "taylor"),
        lonely="adjust",
    )  # fmt: skip
    rows = reference(folder, "fertility_asfr_dhsrates.csv")
    np.testing.assert_allclose(found.values[0, :7], column(rows, "ASFR"), atol=0.00051)
    np.testing.assert_allclose(found.errors["taylor"].standard_errors[0, :7], column(rows, "SE"), atol=0.00051)
    np.testing.assert_allclose(found.years[0], column(rows, "N"), atol=0.51)
    np.testing.assert_allclose(found.weighted_years[0], column(rows, "WN"), atol=0.51)
    total = reference(folder, "fertility_tfr_dhsrates.csv")[0]
    assert found.values[0, 7] == pytest.approx(float(total["TFR"]), abs=0.00051)
    assert found.errors["jk1"].standard_errors[0, 7] == pytest.approx(float(total["SE"]), abs=0.00051)
    assert found.years.sum() == pytest.approx(float(total["N"]), abs=5)


def test_adult_mortality_is_that_of_dhs_rates(survey: PracticeSurvey, folder: Path) -> None:
    """Age-specific rates with Taylor errors, the standardised rates of 15-49 with the jackknife."""
    found = adult_mortality(
        survey.siblings, survey.women, survey.v022, SEVEN_YEARS, methods=("jk1", "taylor"), lonely="adjust"
    )
    rows = reference(folder, "adult_mortality_dhsrates.csv")
    for sex, name in enumerate(("FEMALES", "MALES")):
        ages = [r for r in rows if r["SEX"] == name and r["indicator_set"] == "asmr"]
        np.testing.assert_allclose(found.values[sex, :7], column(ages, "ASMR"), atol=0.00051)
        np.testing.assert_allclose(found.errors["taylor"].standard_errors[sex, :7], column(ages, "SE"), atol=0.00051)
        np.testing.assert_allclose(found.deaths[sex], column(ages, "Deaths"), atol=0.51)
        np.testing.assert_allclose(found.weighted_years[sex], column(ages, "Exposure_years"), atol=0.51)
        np.testing.assert_allclose(found.years[sex], column(ages, "N"), atol=0.51)
        total = next(r for r in rows if r["SEX"] == name and r["indicator_set"] == "aamr")
        assert found.values[sex, 7] == pytest.approx(float(total["AAMR"]), abs=0.00051)
        assert found.errors["jk1"].standard_errors[sex, 7] == pytest.approx(float(total["SE"]), abs=0.00051)
    assert [f.rule for f in found.findings] == ["sibling_sex_missing", "sibling_survival_missing"]


def test_pregnancy_related_deaths_are_a_part_of_the_deaths_of_sisters(survey: PracticeSurvey) -> None:
    found = pregnancy_related_mortality(
        survey.siblings, survey.women, survey.child_birth, survey.mother, survey.v022, SEVEN_YEARS
    )
    adult = adult_mortality(survey.siblings, survey.women, survey.v022, SEVEN_YEARS, methods=())
    assert (found.deaths <= adult.deaths[0]).all()
    assert found.values[0] < adult.values[0, 7]
    assert found.deaths.sum() == pytest.approx(147.2, abs=0.1)  # our own sum, 2026-11-26: it guards against change


@pytest.mark.parametrize("family", ["west", "north"])
def test_indirect_estimates_are_those_of_demogsurv(survey: PracticeSurvey, folder: Path, family: str) -> None:
    """The standards of both families were worked back from these rows, so only the other parts are judged by them."""
    found = indirect_under_five_mortality(
        survey.women, survey.ever_born, survey.dead, survey.unstratified, family  # type: ignore[arg-type]
    )  # fmt: skip
    rows = [r for r in reference(folder, "indirect_brass_u5mr.csv") if r["family"] == f"Princeton-{family.title()}"]
    np.testing.assert_allclose(found.under_five, 1000 * np.array(column(rows, "u5mr")), rtol=1e-9)
    np.testing.assert_allclose(found.error.standard_errors[1], 1000 * np.array(column(rows, "se.u5mr")), rtol=1e-9)
    np.testing.assert_allclose(found.date, column(rows, "ref"), rtol=1e-12)


def test_the_order_of_births_changes_not_one_bit(survey: PracticeSurvey, estimates: MortalityEstimates) -> None:
    order = np.random.default_rng(1).permutation(len(survey.births))
    births = type(survey.births)(
        *(getattr(survey.births, n)[order] for n in ("birth", "interview", "alive", "age_at_death", "weight", "psu"))
    )
    shuffled = early_childhood_mortality(births, survey.v022, PERIODS, lonely="adjust")
    assert shuffled.values[0].tobytes() == estimates.values[0].tobytes()
    assert shuffled.errors["jk1"].deviations[0].tobytes() == estimates.errors["jk1"].deviations[0].tobytes()


def test_the_survey_stacked_twice_keeps_its_rates(survey: PracticeSurvey, estimates: MortalityEstimates) -> None:
    b = survey.births
    twice = type(b)(
        np.tile(b.birth, 2),
        np.tile(b.interview, 2),
        np.tile(b.alive, 2),
        np.tile(b.age_at_death, 2),
        np.tile(b.weight, 2),
        np.concatenate([b.psu, b.psu + 217]),
    )
    found = early_childhood_mortality(twice, SampleDesign.unstratified(434), PERIODS)
    np.testing.assert_allclose(found.values[0], estimates.values[0], rtol=1e-12)
    shrunk = estimates.errors["jk1"].standard_errors[0] / found.errors["jk1"].standard_errors[0]
    np.testing.assert_allclose(shrunk, 2**0.5, rtol=0.01)
    assert found.groups == (TOTAL,)
    assert list(RATES) == ["nmr", "pnmr", "imr", "cmr", "u5mr"]
