"""Data that would give a number without a word and should not: refused or named, with the place."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.survey import Survey
from everychild.microdata.checking import check, near_names
from everychild.microdata.no_answer import is_no_answer
from everychild.microdata.reading import read_file
from everychild.microdata.spss import BrokenFile
from everychild.vocabulary.findings import DataRefused, Finding
from tests.microdata import made_survey


def checked(path: Path) -> list[Finding]:
    """Findings, but for the many variables of a whole survey that the small one does without."""
    return [f for f in check(Survey.open(path).files) if not f.rule.endswith("_absent")]


def refused(path: Path, indicator: str = "birth_registration") -> list[tuple[str, str, int | None, str, str]]:
    """Findings on which an estimate is refused."""
    with pytest.raises(DataRefused) as raised:
        Survey.open(path).estimate([indicator])
    return [(f.rule, f.file, f.row, f.column, f.value) for f in raised.value.findings]


class TestColumns:
    @pytest.mark.parametrize("suffix", ["csv", "dta", "parquet"])
    def test_two_that_differ_in_the_case_of_letters_only(self, tmp_path: Path, suffix: str) -> None:
        table = made_survey.children().with_columns(pl.lit(1.0).alias("haz2"))
        made_survey.write_table(table, tmp_path / f"ch.{suffix}")
        with pytest.raises(BrokenFile) as raised:
            read_file(tmp_path / f"ch.{suffix}")
        (found,) = raised.value.findings
        assert (found.rule, found.value, found.parameters["first"]) == ("survey_columns_alike", "haz2", "HAZ2")


class TestRowsOfCsv:
    def uneven(self, path: Path, text: str) -> tuple[int | None, str, str]:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BrokenFile) as raised:
            read_file(path)
        (found,) = raised.value.findings
        assert found.rule == "survey_row_uneven"
        return found.row, found.value, found.parameters["expected"]

    @pytest.mark.parametrize("separator", [",", ";"])
    def test_short_and_long_rows(self, tmp_path: Path, separator: str) -> None:
        rows = ["a,b,c", "1,2,3", "4,5", "6,7,8"]
        text = "\n".join(rows).replace(",", separator)
        assert self.uneven(tmp_path / "x.csv", text) == (3, "2", "3")
        assert self.uneven(tmp_path / "x.csv", text.replace("5", f"5{separator}5{separator}5")) == (3, "4", "3")

    def test_a_short_row_among_quoted_texts_over_several_lines(self, tmp_path: Path) -> None:
        text = 'a,b,c\n1,"two, and ""a half""\n, still two",3\n4,"five"\n'
        assert self.uneven(tmp_path / "x.csv", text) == (4, "2", "3")

    def test_quoted_separators_line_ends_and_empty_lines_are_no_mistake(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_bytes(b'"a,1",b,c\r\n1,"x, ""y""\r\nz",3\r\n,,\r\n\r\n')
        assert read_file(path).frame.head(2).collect().rows() == [(1, 'x, "y"\r\nz', 3), (None, None, None)]


class TestWeights:
    @pytest.mark.parametrize("weight", [99_999.0, 1e300, 8.98846567431158e307])
    def test_a_code_or_a_slip_is_refused(self, tmp_path: Path, weight: float) -> None:
        path = made_survey.write(tmp_path, change=made_survey.with_value("ch", "chweight", 6, weight))
        found = [f for f in checked(path) if f.severity == "error"]
        assert [(f.rule, f.row, f.column) for f in found] == [("survey_weight_extreme", 6, "chweight")]
        assert [each[:4] for each in refused(path)] == [("survey_weight_extreme", "ch.sav", 6, "chweight")]

    def test_a_large_one_is_named_and_counts(self, tmp_path: Path) -> None:
        path = made_survey.write(tmp_path, change=made_survey.with_value("ch", "chweight", 6, 150.0))
        assert [(f.rule, f.row) for f in checked(path)] == [("survey_weight_large", 6)]
        assert Survey.open(path).estimate(["birth_registration"]).rows.height == 1

    def test_none_above_zero(self, tmp_path: Path) -> None:
        def zero(tables: dict[str, pl.DataFrame]) -> None:
            tables["ch"] = tables["ch"].with_columns(pl.lit(0.0).alias("chweight"))

        path = made_survey.write(tmp_path, change=zero)
        assert [each[0] for each in refused(path)] == ["survey_weight_all_zero"]

    def test_the_one_text_among_numbers_is_named(self, tmp_path: Path) -> None:
        def one_text(tables: dict[str, pl.DataFrame]) -> None:
            text = (
                pl.when(pl.int_range(pl.len()) == 4).then(pl.lit("n/a")).otherwise(pl.col("chweight").cast(pl.String))
            )
            tables["ch"] = tables["ch"].with_columns(text.alias("chweight"))

        path = made_survey.write(tmp_path, change=one_text)
        assert refused(path) == [("survey_weight_text", "ch.sav", 5, "chweight", "n/a")]
        with pytest.raises(DataRefused, match=r"^ch\.sav, chweight, row 5: The weight chweight is text"):
            Survey.open(path).estimate(["birth_registration"])

    def test_numbers_kept_as_text_are_read_and_named(self, tmp_path: Path) -> None:
        def texts(tables: dict[str, pl.DataFrame]) -> None:
            tables["ch"] = tables["ch"].with_columns(pl.col("chweight").cast(pl.String))

        path = made_survey.write(tmp_path / "text", change=texts)
        assert [(f.rule, f.column) for f in checked(path)] == [("survey_weight_numbers_as_text", "chweight")]
        plain = made_survey.write(tmp_path / "plain")
        one, other = (Survey.open(p).estimate(["birth_registration"]).rows for p in (path, plain))
        assert one.equals(other)


def test_clusters_that_are_text_in_one_file_and_numbers_in_the_other(tmp_path: Path) -> None:
    def texts(tables: dict[str, pl.DataFrame]) -> None:
        tables["ch"] = tables["ch"].with_columns(pl.format("00{}", pl.col("HH1").cast(pl.Int64)).alias("HH1"))

    path = made_survey.write(tmp_path, change=texts)
    assert refused(path)[0] == ("survey_cluster_unknown", "ch.sav", 1, "stratum, HH1", "1, 001")


class TestCodesInNoGroup:
    def with_region(self, folder: Path, code: float, label: str, rows: int) -> list[Finding]:
        """Findings where the first children have that code of the region."""

        def change(tables: dict[str, pl.DataFrame]) -> None:
            first = pl.int_range(pl.len()) < rows
            tables["ch"] = tables["ch"].with_columns(pl.when(first).then(code).otherwise("HH7").alias("HH7"))

        labels = {**made_survey.VALUE_LABELS, "HH7": {1.0: "Alder", 2.0: "Birch", 3.0: "Cedar", code: label}}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(made_survey, "VALUE_LABELS", labels)
            return checked(made_survey.write(folder, change=change))

    def test_a_label_tells_a_group_from_a_missing_answer(self, tmp_path: Path) -> None:
        (found,) = self.with_region(tmp_path / "named", 9.0, "Juniper", 2)
        told = found.parameters
        assert (found.rule, found.value, told["count"], told["breakdown"]) == (
            "survey_unknown_code",
            "9",
            "2",
            "region",
        )
        assert self.with_region(tmp_path / "missing", 9.0, "No response", 2) == []

    def test_many_without_an_answer_are_worth_a_word(self, tmp_path: Path) -> None:
        (found,) = self.with_region(tmp_path, 9.0, "No response", 20)
        told = found.parameters
        assert (found.rule, found.value, told["count"], told["rows"]) == ("survey_no_answer_many", "9", "20", "140")

    def test_an_estimate_tells_how_many_cases_no_group_has(self, tmp_path: Path) -> None:
        def change(tables: dict[str, pl.DataFrame]) -> None:
            first = pl.int_range(pl.len()) < 35
            tables["ch"] = tables["ch"].with_columns(pl.when(first).then(9.0).otherwise("HH6").alias("HH6"))

        path = made_survey.write(tmp_path, change=change)
        estimates = Survey.open(path).estimate(["birth_registration"], by=["residence", "sex_child"])
        told = [(f.rule, f.value, f.parameters["share"], f.parameters["count"]) for f in estimates.findings]
        total, *groups = (estimates.rows.filter(breakdown=b)["n"].sum() for b in ("total", "residence"))
        assert told == [("estimate_cases_in_no_group", "residence", f"{100 * (1 - groups[0] / total):.0f}", "1")]

    def test_a_code_between_two_codes_is_in_no_group(self, tmp_path: Path) -> None:
        path = made_survey.write(tmp_path, change=made_survey.with_value("ch", "HH6", 5, 1.5))
        (found,) = (f for f in checked(path) if f.rule == "survey_unknown_code")
        assert (found.row, found.column, found.value) == (5, "HH6", "1.5")
        shown = Survey.open(path).estimate(["birth_registration"], by=["residence"]).rows
        assert shown.filter(breakdown="residence")["n"].sum() == shown.filter(breakdown="total")["n"].item() - 1


@pytest.mark.parametrize(
    "label", ["No response", "DK", "Don't know", "MISSING", "Нет ответа", "Не знает", "Жауап жоқ", "Manquant", "N/A"]
)
def test_labels_of_no_answer(label: str) -> None:
    assert is_no_answer(label)


@pytest.mark.parametrize("label", ["Juniper", "Urban", "Қызылорда", "Knowles", "Naryn", "Other religion", "Donetsk"])
def test_labels_of_groups(label: str) -> None:
    assert not is_no_answer(label)


def test_names_with_other_numbers_are_other_questions() -> None:
    assert near_names("v171a", ["V714A", "V411A", "V171"]) == ["V171"]
    assert near_names("HH7", ["hh7_", "HH6"]) == ["hh7_"]
