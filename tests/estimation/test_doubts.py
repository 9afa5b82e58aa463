"""An estimate of groups that labels contradict is refused; impossible values that it reads are told with it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.survey import Survey
from everychild.vocabulary.findings import DataRefused
from tests.microdata import made_survey
from tests.microdata.test_level_labels import OWN

SWAPPED = {**made_survey.VALUE_LABELS, "HH6": {1.0: "Rural", 2.0: "Urban"}}
RICHEST_FIRST = {1.0: "Richest", 2.0: "Fourth", 3.0: "Middle", 4.0: "Second", 5.0: "Poorest"}


def told(path: Path, indicator: str = "birth_registration", by: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(f.rule, f.column) for f in Survey.open(path).estimate([indicator], by=by).findings]


class TestGroupsAgainstLabels:
    def test_are_refused_where_they_are_asked_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(made_survey, "VALUE_LABELS", SWAPPED)
        path = made_survey.write(tmp_path)
        with pytest.raises(DataRefused) as raised:
            Survey.open(path).estimate(["birth_registration"], by=["sex_child:residence"])
        assert [(f.rule, f.file, f.column, f.value) for f in raised.value.findings] == [
            ("survey_level_label_differs", "ch.sav", "HH6", "Rural"),
            ("survey_level_label_differs", "ch.sav", "HH6", "Urban"),
        ]
        assert told(path, by=("sex_child",)) == []

    def test_of_which_they_are_made_up_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        labels = {**made_survey.VALUE_LABELS, "windex5": RICHEST_FIRST}
        monkeypatch.setattr(made_survey, "VALUE_LABELS", labels)
        with pytest.raises(DataRefused, match="“Poorest 40 percent”"):
            Survey.open(made_survey.write(tmp_path)).estimate(["birth_registration"], by=["wealth_bottom40_top60"])

    def test_defined_anew_are_computed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = Survey.open(made_survey.write(tmp_path / "plain")).estimate(["birth_registration"], by=["residence"])
        monkeypatch.setattr(made_survey, "VALUE_LABELS", SWAPPED)
        path = made_survey.write(tmp_path / "own", description=made_survey.DESCRIPTION + OWN)
        mended = Survey.open(path).estimate(["birth_registration"], by=["residence"])
        assert mended.findings == plain.findings
        # Both surveys have the same rows; what the labels call the groups is the other way round.
        values = [dict(e.rows.filter(breakdown="residence").select("group", "value").rows()) for e in (plain, mended)]
        assert values[0] == {"urban": values[1]["R"], "rural": values[1]["U"]}

    def test_of_the_description_are_told_and_computed(self, tmp_path: Path) -> None:
        path = made_survey.write(tmp_path, description=made_survey.DESCRIPTION + OWN)
        assert told(path, by=("residence",)) == [("survey_own_level_label_differs", "HH6")] * 2


def test_impossible_values_are_told_where_they_are_read(tmp_path: Path) -> None:
    def change(tables: dict[str, pl.DataFrame]) -> None:
        tables["ch"] = tables["ch"].with_columns(HAZ2=pl.when(HAZFLAG=0).then(99.99).otherwise("HAZ2"))

    path = made_survey.write(tmp_path, change=change)
    assert told(path, "stunting_severe") == [("survey_value_impossible", "HAZ2")]
    assert told(path) == []


def test_impossible_values_of_a_breakdown_are_told(tmp_path: Path) -> None:
    path = made_survey.write(tmp_path, change=made_survey.with_value("ch", "CAGE", 2, -5.0))
    assert told(path, by=("age_months_u5",)) == [("survey_value_impossible", "CAGE")]
    assert told(path) == []
