"""A code that the file itself does not know is named before anything is computed with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.survey import Survey
from everychild.microdata.checking import check
from everychild.microdata.invented import simulate, write_invented
from everychild.vocabulary.findings import Finding


def found(tmp_path: Path, **changed: pl.Expr) -> list[Finding]:
    survey = simulate(1500, seed=11)
    children = survey.files["ch"].with_columns(**changed)
    write_invented(replace(survey, files={**survey.files, "ch": children}), tmp_path / "made")
    findings = check(Survey.open(tmp_path / "made" / "survey.yaml").files)
    return [finding for finding in findings if finding.rule == "survey_code_without_label"]


def test_a_sound_survey_has_none(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("column", "value", "rows"),
    [
        ("BR1", "77", pl.int_range(pl.len()) < 20),  # a slip among many sound answers
        ("UF17", "1.5", pl.col("UF17") == 1),  # every completed interview
    ],
)
def test_a_code_without_a_label_is_named_with_its_rows(tmp_path: Path, column: str, value: str, rows: pl.Expr) -> None:
    findings = found(tmp_path, **{column: pl.when(rows).then(float(value)).otherwise(pl.col(column))})
    assert [(f.file, f.column, f.value) for f in findings] == [("ch.sav", column, value)]
    assert findings[0].row is not None
    assert "label" in findings[0].message("en")
