"""What `survey check` says of the weights of DHS files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.microdata.checking import check
from everychild.microdata.description import read_description
from everychild.microdata.survey_files import SurveyFiles

DESCRIPTION = """survey: MADE
title: {en: Made, ru: Сделано, kk: Жасалған}
country: XEX
layout: dhs
period: "2024"
source: XEX_INVENTED_SURVEY
files: {IR: IR.csv}
design: {IR: {psu: v021, stratum: v022, household: [v001, v002], line: v003}}
"""


def rules(folder: Path, weight: list[float | None], violence: list[float | None]) -> list[tuple[str, str]]:
    """(rule, column) of the findings on weights of a file of four women."""
    women = {"v001": [1, 1, 2, 2], "v002": [1, 2, 1, 2], "v003": [1] * 4, "v021": [1, 1, 2, 2], "v022": [1] * 4}
    pl.DataFrame({**women, "v005": weight, "d005": violence}).write_csv(folder / "IR.csv")
    (folder / "survey.yaml").write_text(DESCRIPTION, encoding="utf-8")
    found = check(SurveyFiles(read_description(folder / "survey.yaml"), folder))
    return [(f.rule, f.column) for f in found if f.rule.startswith("survey_weight")]


@pytest.mark.parametrize("one", [1.0, 1e6])
def test_millionths_are_the_unit_of_dhs_weights(tmp_path: Path, one: float) -> None:
    assert rules(tmp_path, [0.5 * one, 1.5 * one, one, one], [one] * 4) == []
    assert rules(tmp_path, [3 * one, 3 * one, one, one], [one] * 4) == [("survey_weight_mean", "v005")]


def test_a_weight_may_be_missing_where_the_recipes_say_what_it_is_then(tmp_path: Path) -> None:
    assert rules(tmp_path, [1e6] * 4, [1e6, 1e6, None, None]) == []
    assert rules(tmp_path, [1e6, 1e6, 1e6, None], [1e6] * 4) == [("survey_weight_missing", "v005")]
    assert rules(tmp_path, [1e6] * 4, [-1e6, 1e6, 1e6, None]) == [("survey_weight_negative", "d005")]
