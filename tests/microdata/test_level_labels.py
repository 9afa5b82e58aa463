"""Labels of a file that contradict the groups in which the program puts their codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from everychild.estimation.survey import Survey
from everychild.microdata.checking import check
from everychild.microdata.expected_types import standard_breakdowns
from everychild.microdata.level_labels import contradictions, folded, level_labels
from everychild.microdata.region_checks import with_regions_asked
from everychild.microdata.survey_files import described_file
from everychild.recipes.groups import file_breakdowns
from everychild.recipes.recipe import LAYOUTS
from everychild.vocabulary.findings import DataRefused, Finding
from everychild.vocabulary.tables import definitions_folder, read_table
from tests.microdata import made_survey

OWN = """\
  residence:
    variable: HH6
    dimension: residence
    levels:
      1: {code: R, en: Rural, ru: Село, kk: Ауыл}
      2: {code: U, en: Urban, ru: Город, kk: Қала}
"""


def labelled(folder: Path, variable: str, labels: dict[float, str], description: str = "") -> Path:
    """The small survey with other labels of a variable; its file of women has none, as those of other programs."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(made_survey, "VALUE_LABELS", {**made_survey.VALUE_LABELS, variable: labels})
        return made_survey.write(folder, description=made_survey.DESCRIPTION + description)


def differing(path: Path) -> list[Finding]:
    return [f for f in check(Survey.open(path).files) if "level_label" in f.rule]


class TestStandardBreakdowns:
    def test_a_label_that_names_another_group(self, tmp_path: Path) -> None:
        found = differing(labelled(tmp_path, "HH6", {1.0: "Rural", 2.0: "URBAN."}))
        assert {f.file for f in found} == {"hh.sav", "wm.sav", "ch.sav"}
        told = [(f.severity, f.column, f.row, f.value, f.parameters["code"]) for f in found if f.file == "ch.sav"]
        assert told == [("error", "HH6", 21, "Rural", "1"), ("error", "HH6", 1, "URBAN.", "2")]
        rural = next(f for f in found if f.file == "ch.sav")
        assert rural.message("en") == (
            "Code 1 of HH6 (rows: 60) is labelled “Rural”, which is the group “Rural”; “residence” has it as “Urban”"
        )
        assert "«Село»" in rural.message("ru")
        assert "«Ауыл»" in rural.message("kk")

    @pytest.mark.parametrize(
        "labels",
        [
            {1.0: "Richest", 2.0: "Fourth", 3.0: "Middle", 4.0: "Second", 5.0: "Poorest"},
            {1.0: "Самый богатый", 2.0: "Четвертый", 3.0: "Средний", 4.0: "Второй", 5.0: "Беднейший"},
            {1.0: "ЕҢ БАЙ", 2.0: "төртінші", 3.0: "Ортаңғы", 4.0: "Екінші", 5.0: "Ең кедей"},
            {1.0: "Richest fifth", 2.0: "Richer", 4.0: "Poorer", 5.0: "Беднейшая пятая часть"},
        ],
    )
    def test_wealth_counted_from_the_richest_in_any_language(self, tmp_path: Path, labels: dict[float, str]) -> None:
        found = [f for f in differing(labelled(tmp_path, "windex5", labels)) if f.file == "ch.sav"]
        assert [f.parameters["code"] for f in found] == ["1", "2", "4", "5"]
        assert {f.parameters["breakdown"] for f in found} == {"wealth_quintile, wealth_bottom40_top60"}

    def test_a_code_in_no_group_that_is_labelled_as_one(self, tmp_path: Path) -> None:
        change = made_survey.with_value("ch", "HH6", 5, 3.0)
        labels = {**made_survey.VALUE_LABELS, "HH6": {1.0: "Capital city", 2.0: "Other urban", 3.0: "Rural"}}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(made_survey, "VALUE_LABELS", labels)
            path = made_survey.write(tmp_path, change=change)
        (found,) = (f for f in check(Survey.open(path).files) if f.column == "HH6")  # and not as unknown, too
        assert (found.rule, found.row, found.value) == ("survey_level_label_in_no_group", 5, "Rural")

    @pytest.mark.parametrize("label", ["Rural", "Село"])
    def test_a_code_that_no_row_has_says_nothing(self, tmp_path: Path, label: str) -> None:
        assert differing(labelled(tmp_path, "HH6", {1.0: "Urban", 2.0: "Rural", 3.0: label})) == []

    def test_what_is_not_certain_says_nothing(self, tmp_path: Path) -> None:
        assert differing(labelled(tmp_path, "HH6", {1.0: "Rural centres", 2.0: "Small towns"})) == []


class TestOwnBreakdowns:
    def test_the_breakdown_defined_anew_mends_it(self, tmp_path: Path) -> None:
        assert differing(labelled(tmp_path, "HH6", {1.0: "Rural", 2.0: "Urban"}, OWN)) == []

    def test_labels_against_the_description_are_told(self, tmp_path: Path) -> None:
        found = differing(labelled(tmp_path, "HH6", {1.0: "Urban", 2.0: "Rural"}, OWN))
        told = [(f.rule, f.severity, f.value, f.parameters["called_en"]) for f in found if f.file == "hh.sav"]
        assert told == [
            ("survey_own_level_label_differs", "warning", "Urban", "Rural"),
            ("survey_own_level_label_differs", "warning", "Rural", "Urban"),
        ]

    def test_regions_are_told_once(self, tmp_path: Path) -> None:
        path = labelled(tmp_path, "HH7", {1.0: "Birch", 2.0: "Birch", 3.0: "Cedar"})
        found = [f for f in check(Survey.open(path).files) if f.column == "HH7" and f.file == "hh.sav"]
        assert [(f.rule, f.parameters["code"]) for f in found] == [("survey_region_label_differs", "1")]


def test_growth_and_mortality_by_such_groups_are_refused(tmp_path: Path) -> None:
    files = Survey.open(labelled(tmp_path, "HH6", {1.0: "Rural", 2.0: "Urban"})).files
    source = described_file(files, "ch", None)
    assert with_regions_asked(files.description, "ch", source, "region,sex_child") == files.description
    with pytest.raises(DataRefused) as raised:
        with_regions_asked(files.description, "ch", source, "sex_child:residence")
    assert {(f.rule, f.column) for f in raised.value.findings} == {("survey_level_label_differs", "HH6")}


def test_text_codes_are_compared_as_texts() -> None:
    residence = standard_breakdowns("mics6", "ch")["residence"]
    assert contradictions({"1": "Rural", 2.0: "Urban"}, residence)[-1].code == 2.0


def test_names_are_compared_without_capitals_signs_and_dots_of_yo() -> None:
    assert folded(" Четвёртый  (квинтиль) ") == "четвертый квинтиль"
    assert folded("RURAL-area.") == "rural area"


def test_every_label_names_one_level_of_a_breakdown() -> None:
    levels = {
        level.level
        for layout in LAYOUTS
        if (definitions_folder() / "recipes" / f"{layout}_groups.csv").is_file()
        for file in ("hh", "hl", "wm", "mn", "ch", "bh", "fs", "HR", "PR", "IR", "KR", "BR", "MR")
        for each in file_breakdowns(layout, file).values()
        for level in each.levels
    }
    rows = list(read_table(definitions_folder() / "recipes" / "level_labels.csv", ("level", "language", "label")))
    assert set(level_labels()) <= levels
    labels = [folded(row["label"]) for _, row in rows]
    assert len(set(labels)) == len(labels)
    assert all(row["unreviewed"] == ("" if row["language"] == "en" else row["language"]) for _, row in rows)
