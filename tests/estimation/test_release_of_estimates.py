"""Estimates as figures of a release: what each of them tells of itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.observations import observations
from everychild.estimation.publication import store_of_survey
from everychild.estimation.survey import Survey
from everychild.releases.store import Store
from everychild.vocabulary.computations import computation_of
from everychild.vocabulary.observations import FEW_CASES, conform
from tests.microdata import made_survey as made

CODES = ("birth_registration", "stunting_moderate_severe", "skilled_birth_attendance")


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return Survey.open(made.write(tmp_path_factory.mktemp("made")).parent / "survey.yaml")


@pytest.fixture(scope="module")
def figures(survey: Survey) -> pl.DataFrame:
    return observations(survey.estimate(CODES, ["residence", "region", "sex_child"]))


def test_a_hidden_estimate_of_a_sample_says_that_cases_are_too_few(figures: pl.DataFrame) -> None:
    flagged = figures["flag"].str.split("|").list.contains(FEW_CASES)
    assert flagged.any()
    assert (flagged == (figures["n"] < 25)).all()
    assert (flagged == (figures["status"] == "Q")).all()


def test_every_other_method_of_a_survey_says_so_too(survey: Survey, tmp_path: Path) -> None:
    description = survey.files.description
    common = {"indicator": "u5mr", "area": "XEX", "period": "2024", "unit": "per_1000_live_births",
              "quality": "survey", "source": description.source}  # fmt: skip
    made_by_hand = conform(
        pl.DataFrame(
            [
                common | {"residence": "U", "value": 10.0, "status": "U", "flag": "invented"},
                common | {"residence": "R", "value": None, "status": "Q", "flag": "invented"},
                common | {"sex": "F", "value": None, "status": "Q", "flag": ""},
            ]
        )
    )
    names = {"en": "child mortality", "ru": "детская смертность", "kk": "бала өлімі"}
    manifest = store_of_survey(
        made_by_hand, [], description, "mortality", names, [description.path], "made", tmp_path, "tester", publish=False
    )
    stored = Store(tmp_path).observations(manifest.release)
    found = {(row["sex"], row["residence"]): row["flag"] for row in stored.iter_rows(named=True)}
    assert found == {("_T", "U"): "invented", ("_T", "R"): "invented|few_cases", ("F", "_T"): "few_cases"}


def test_a_figure_keeps_what_its_estimate_has(survey: Survey, figures: pl.DataFrame) -> None:
    rows = survey.estimate(CODES, ["residence", "region", "sex_child"]).shown().filter(pl.col("n") > 0)
    told = [computation_of(note) for note in figures["note"]]
    assert len(told) == rows.height
    for found, row in zip(told, rows.iter_rows(named=True), strict=True):
        assert found is not None
        assert (found.recipe, found.version, found.checked) == (row["indicator"], row["recipe"], row["confidence"])
        assert (found.df, found.lonely) == (row["df"], row["lonely"])
        assert found.deff == (None if row["deff"] is None else pytest.approx(row["deff"], abs=5e-5))
