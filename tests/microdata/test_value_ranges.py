"""Values that a variable cannot have are named, and codes that mean no answer are not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.survey import Survey
from everychild.microdata.checking import check
from everychild.microdata.value_ranges import COLUMNS, impossible_values, value_ranges
from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.tables import definitions_folder, read_table
from tests.microdata import made_survey

Told = tuple[str, int | None, str, str]


def told(findings: list[Finding]) -> list[Told]:
    return [(f.column, f.row, f.value, f.parameters["count"]) for f in findings if f.rule == "survey_value_impossible"]


def found(folder: Path, change: made_survey.Change, description: str = made_survey.DESCRIPTION) -> list[Told]:
    return told(check(Survey.open(made_survey.write(folder, change=change, description=description)).files))


def test_the_made_survey_has_none(tmp_path: Path) -> None:
    assert found(tmp_path, lambda tables: None) == []


class TestScores:
    def test_in_other_units(self, tmp_path: Path) -> None:
        def change(tables: dict[str, pl.DataFrame]) -> None:
            tables["ch"] = tables["ch"].with_columns(pl.when(HAZFLAG=0).then(pl.col("HAZ2") * 100).otherwise("HAZ2"))

        ((column, row, value, count),) = found(tmp_path, change)
        assert (column, row, value) == ("HAZ2", 1, "-350")
        assert 100 < int(count) < 140

    @pytest.mark.parametrize(("flag", "odd"), [(0.0, True), (1.0, False), (None, False)])
    def test_a_code_that_the_flag_calls_sound(self, tmp_path: Path, flag: float | None, odd: bool) -> None:
        """99.99 is declared missing in the file; recipes count it where the flag is 0."""
        first = made_survey.with_value("ch", "HAZ2", 3, 99.99)

        def change(tables: dict[str, pl.DataFrame]) -> None:
            first(tables)
            made_survey.with_value("ch", "HAZFLAG", 3, flag)(tables)

        assert found(tmp_path, change) == ([("HAZ2", 3, "99.99", "1")] if odd else [])

    @pytest.mark.parametrize(("value", "odd"), [(6.0, False), (-6.01, True), (99.98, False), (float("inf"), True)])
    def test_without_a_flag(self, tmp_path: Path, value: float, odd: bool) -> None:
        def change(tables: dict[str, pl.DataFrame]) -> None:
            made_survey.with_value("ch", "HAZ2", 5, value)(tables)
            tables["ch"] = tables["ch"].drop("HAZFLAG")

        path = made_survey.write(tmp_path, "parquet", change)  # a file that declares nothing
        assert told(check(Survey.open(path).files)) == ([("HAZ2", 5, f"{value:g}", "1")] if odd else [])


class TestAgesAndDates:
    @pytest.mark.parametrize(("row", "value"), [(4, -5.0), (9, 60.0), (2, 999.0)])
    def test_months_that_no_child_has(self, tmp_path: Path, row: int, value: float) -> None:
        assert found(tmp_path, made_survey.with_value("ch", "CAGE", row, value)) == [("CAGE", row, f"{value:g}", "1")]

    @pytest.mark.parametrize(("value", "odd"), [(98.0, False), (50.0, True), (14.0, True)])
    def test_women(self, tmp_path: Path, value: float, odd: bool) -> None:
        change = made_survey.with_value("wm", "WB4", 1, value)
        assert found(tmp_path, change) == ([("WB4", 1, f"{value:g}", "1")] if odd else [])

    @pytest.mark.parametrize("labelled", [True, False])
    def test_a_code_with_a_label_is_no_value(
        self, tmp_path: Path, labelled: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        labels = {"CAGE": {999.0: "Not known"}} if labelled else {}
        monkeypatch.setattr(made_survey, "VALUE_LABELS", {**made_survey.VALUE_LABELS, **labels})
        assert bool(found(tmp_path, made_survey.with_value("ch", "CAGE", 7, 999.0))) is not labelled

    def test_a_year_where_a_century_month_should_stand(self, tmp_path: Path) -> None:
        def change(tables: dict[str, pl.DataFrame]) -> None:
            tables["ch"] = tables["ch"].with_columns(CDOI=pl.lit(2024.0), CDOB=pl.lit(1450.0))

        assert found(tmp_path, change) == [("CDOI", 1, "2024", "140")]
        elsewhere = made_survey.DESCRIPTION.replace("country: XEX", "country: NPL")
        assert found(tmp_path / "npl", change, elsewhere) == []  # 2024 is March 2012 in the calendar of Nepal

    def test_under_a_name_of_its_own(self, tmp_path: Path) -> None:
        def change(tables: dict[str, pl.DataFrame]) -> None:
            made_survey.with_value("ch", "CAGE", 4, 61.0)(tables)
            tables["ch"] = tables["ch"].rename({"CAGE": "months"})

        assert found(tmp_path, change, made_survey.DESCRIPTION + "rename: {ch: {months: CAGE}}\n") == [
            ("CAGE", 4, "61", "1")
        ]


def test_only_what_is_read(tmp_path: Path) -> None:
    files = Survey.open(made_survey.write(tmp_path, change=made_survey.with_value("ch", "CAGE", 4, 61.0))).files
    assert told(list(impossible_values(files, "ch", {"haz2", "br1"}))) == []
    assert told(list(impossible_values(files, "ch", {"cage"}))) == [("CAGE", 4, "61", "1")]


def test_words_in_three_languages(tmp_path: Path) -> None:
    files = Survey.open(made_survey.write(tmp_path, change=made_survey.with_value("ch", "CAGE", 4, -5.0))).files
    (each,) = impossible_values(files, "ch")
    assert each.message("en") == "CAGE, age in months: values outside 0 to 59 in 1 rows, the first is -5"
    assert "возраст в месяцах" in each.message("ru")
    assert "ай санымен жасы" in each.message("kk")


class TestTable:
    def test_a_variable_stands_once_and_its_limits_are_in_order(self) -> None:
        seen = set()
        table = definitions_folder() / "recipes" / "value_ranges.csv"
        for _, row in read_table(table, COLUMNS):
            for file in row["files"].split(";"):
                key = (row["layout"], file, row["variable"].lower())
                assert key not in seen
                seen.add(key)
                (each,) = (r for r in value_ranges(*key[:2]) if r.variable == key[2])
                assert each.limits[0] < each.limits[1]
                assert all(low <= high for low, high in each.codes)

    @pytest.mark.parametrize(("column", "cell"), [("lowest", "none"), ("highest", ""), ("codes", "97-x")])
    def test_what_is_no_number_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str, cell: str
    ) -> None:
        good = ("made", "ch", "X", "0", "9", "97-99", "", "", "x", "x", "x", "")
        row = dict(zip(COLUMNS, good, strict=True)) | {column: cell}
        (tmp_path / "recipes").mkdir()
        text = f"{','.join(COLUMNS)}\n{','.join(row.values())}\n"
        (tmp_path / "recipes" / "value_ranges.csv").write_text(text, encoding="utf-8")
        monkeypatch.setattr("everychild.microdata.value_ranges.definitions_folder", lambda: tmp_path)
        with pytest.raises(WrongDefinition) as raised:
            value_ranges("made", "ch")
        assert (raised.value.rule, raised.value.place.column, raised.value.place.row) == ("not_a_number", column, 2)
