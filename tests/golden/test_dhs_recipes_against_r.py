"""The shipped DHS recipes on the practice survey, against R code written from their words on its labels."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from everychild.engines import polars_engine, totals
from everychild.estimation.estimates import Estimates
from everychild.estimation.survey import Options, Survey
from everychild.microdata.checking import check

pytestmark = pytest.mark.shared
HERE = Path(__file__).parent
BREAKDOWNS = {"wealth": "wealth_quintile", "sex": "sex_child"}
GROUPS = {"poorer": "second", "richer": "fourth", **{f"region {i}": f"region={i}" for i in range(1, 5)}}
CHANGED = frozenset(
    {
        "min_meal_frequency_6_23m", "min_acceptable_diet_6_23m", "milk_feeding_non_bf_6_23m",
        "never_had_sex_women_15_24", "multiple_partners_women", "condom_multiple_partners_women",
    }
)  # fmt: skip
"""Recipes corrected after R's answer showed a fault of the catalogue; R's reading "definition" judges them."""


@pytest.fixture(scope="module")
def data(shared_folder: Path) -> Path:
    return shared_folder / "data" / "dhs_model"


@pytest.fixture(scope="module")
def survey(data: Path) -> Survey:
    return Survey.open(HERE / "practice_survey" / "survey.yaml", data)


@pytest.fixture(scope="module")
def estimates(survey: Survey) -> Estimates:
    return survey.estimate(by=("residence", "region", "wealth_quintile", "sex_child"))


@pytest.fixture(scope="module")
def compared(estimates: Estimates) -> pl.DataFrame:
    """R's cells beside ours, without those of readings that are not the recipe's."""
    told = pl.read_csv(HERE / "r_survey" / "dhs_recipes_reference.csv")
    reading = pl.when(pl.col("code").is_in(list(CHANGED))).then(pl.lit("definition")).otherwise(pl.lit("recipe"))
    told = told.filter(pl.col("reading") == reading).with_columns(
        pl.col("breakdown").replace(BREAKDOWNS), pl.col("group").replace(GROUPS)
    )
    return told.join(
        estimates.rows, left_on=["code", "breakdown", "group"], right_on=["indicator", "breakdown", "group"],
        how="left", suffix="_ours",
    )  # fmt: skip


def test_rows_read_in_pieces_give_the_same_bits(
    survey: Survey, estimates: Estimates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values carried from file to file, and the first child of each woman, do not end at the edge of a piece."""
    assert any(carried.first_by for carried in survey.files.book.carried.values())
    monkeypatch.setattr(polars_engine, "BATCH", 500)
    monkeypatch.setattr(polars_engine, "STRETCH", 1500)
    monkeypatch.setattr(totals, "DIVIDED", 100)
    monkeypatch.setattr(totals, "ROWS", 64)
    again = Survey.open(survey.description.path, survey.files.folder).estimate(
        by=("residence", "region", "wealth_quintile", "sex_child")
    )
    assert_frame_equal(again.rows, estimates.rows, check_exact=True)


def test_checking_a_dhs_survey_raises_no_alarm_over_its_weights(survey: Survey) -> None:
    """Weights in millionths, and d005 that only women drawn for the questions on violence have, are how DHS files are
    made; a warning about each would hide the one that matters."""
    found = check(survey.files)
    assert [f for f in found if f.severity == "error" or "weight" in f.rule] == []
    assert [f.value for f in found if f.rule == "survey_single_cluster"] == ["25"]


def test_a_hundred_recipes_are_compared_in_every_cell_of_r(compared: pl.DataFrame) -> None:
    assert compared["code"].n_unique() >= 100
    assert compared["value"].null_count() == 0


def test_estimates_agree(compared: pl.DataFrame) -> None:
    away = (compared["value"] - compared["estimate"]).abs()
    assert away.max() < 1e-11, compared.filter(away >= 1e-11)["code"].unique().to_list()


def test_standard_errors_agree(compared: pl.DataFrame) -> None:
    both = compared.filter(pl.col("se_ours").is_not_null() & (pl.col("se") > 1e-9))
    away = (both["se_ours"] / both["se"] - 1).abs()
    assert both.height > 1300
    assert away.max() < 1e-10, both.filter(away >= 1e-10)["code"].unique().to_list()


def test_cases_and_degrees_of_freedom_agree(compared: pl.DataFrame) -> None:
    table = compared
    assert table["n"].to_list() == table["n_ours"].to_list()
    assert table["df"].to_list() == table["df_ours"].to_list()


def test_stunting_is_that_of_the_reference_folder(estimates: Estimates, data: Path) -> None:
    """child_anthropometry_prevalence.csv, made by other hands (SOURCE.md): total, residence and wealth."""
    names = {"stunted": "stunting_moderate_severe", "wasted": "wasting_moderate_severe"}
    told = pl.read_csv(data / "reference" / "child_anthropometry_prevalence.csv")
    compared = 0
    for row in told.filter(pl.col("indicator").is_in(list(names))).iter_rows(named=True):
        breakdown = {"total": "total", "residence": "residence"}.get(row["variable"])
        if breakdown is None:
            continue
        ours = estimates.rows.filter(
            indicator=names[row["indicator"]], breakdown=breakdown, group=row["level"].lower()
        ).row(0, named=True)
        assert ours["value"] == pytest.approx(100 * row["estimate"], rel=1e-12)
        assert ours["se"] == pytest.approx(100 * row["se"], rel=1e-10)
        assert ours["n"] == row["n_unweighted"]
        compared += 1
    assert compared == 6


def test_what_cannot_be_computed_says_why(estimates: Estimates) -> None:
    reasons = {each.indicator: each.reason for each in estimates.not_computed}
    assert "H57" in reasons["rota_coverage"]
    assert "D_SCHOOL_AGE" in reasons["nar_primary"]
    assert "everychild mortality" in reasons["u5mr"]


def test_a_difference_of_groups_uses_their_covariance(estimates: Estimates) -> None:
    e = estimates
    gap = e.difference("stunting_severe", "residence", "rural", "urban")
    rural, urban = (
        e.rows.filter(indicator="stunting_severe", breakdown="residence", group=g).row(0, named=True)
        for g in ("rural", "urban")
    )
    names, matrix = e.covariance("stunting_severe", "residence")
    assert gap.value == pytest.approx(rural["value"] - urban["value"], abs=1e-12)
    assert matrix[names.index("rural"), names.index("rural")] == pytest.approx(rural["se"] ** 2, rel=1e-12)
    assert gap.se**2 == pytest.approx(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1], rel=1e-12)
    assert gap.lower < gap.value < gap.upper


def test_the_published_two_standard_errors_are_a_method(survey: Survey) -> None:
    row = survey.estimate(["bcg_coverage"], options=Options(interval="two_se")).rows.row(0, named=True)
    assert row["lower"] == pytest.approx(row["value"] - 2 * row["se"])
    assert row["upper"] == pytest.approx(row["value"] + 2 * row["se"])
