"""Headers of CSV files that would be read as something else than the person who wrote them meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from everychild.estimation.survey import Survey
from everychild.microdata.checking import check
from everychild.microdata.reading import read_file
from everychild.microdata.spss import BrokenFile
from everychild.vocabulary.findings import DataRefused, Finding
from tests.microdata import made_survey


def refused(path: Path, text: str) -> Finding:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenFile) as raised:
        read_file(path)
    (found,) = raised.value.findings
    return found


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_two_columns_of_one_name_are_named_with_both_places(tmp_path: Path, separator: str, mark: str) -> None:
    text = f'{mark}HAZ2,"a,1",HAZ2,b\n1,2,3,4\n'.replace('"a,1"', f'"a{separator}1"').replace(",", separator)
    found = refused(tmp_path / "ch.csv", text)
    assert (found.rule, found.column, found.row) == ("survey_columns_same", "HAZ2", 1)
    assert (found.parameters["first"], found.parameters["second"]) == ("1", "3")


def test_columns_without_a_name_are_read_by_nobody(tmp_path: Path) -> None:
    (tmp_path / "ch.csv").write_text("HAZ2,,\n1,,\n", encoding="utf-8")
    assert read_file(tmp_path / "ch.csv").frame.collect()["HAZ2"].to_list() == [1]


@pytest.mark.parametrize(("sign", "name"), [("\t", "TAB"), ("|", "|")])
def test_another_sign_between_columns_is_named(tmp_path: Path, sign: str, name: str) -> None:
    found = refused(tmp_path / "ch.csv", "HH1,HH2,LN\n1,2,3\n".replace(",", sign))
    assert (found.rule, found.row, found.value) == ("table_separator", 1, name)
    # With a decimal comma in the rows, too, it is the sign that is told and not the number of fields.
    found = refused(tmp_path / "ch.csv", f"\ufeffHH1{sign}HAZ2\n1{sign}-1,5\n")
    assert (found.rule, found.value) == ("table_separator", name)


def test_such_a_sign_within_a_name_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "ch.csv").write_text('"HH|1|a",HH2\n1,2\n', encoding="utf-8")
    assert read_file(tmp_path / "ch.csv").frame.collect().rows() == [(1, 2)]


def test_check_and_estimate_say_the_same(tmp_path: Path) -> None:
    path = made_survey.write(tmp_path, suffix="csv")
    text = (tmp_path / "ch.csv").read_text(encoding="utf-8")
    header, _, rows = text.partition("\n")
    (tmp_path / "ch.csv").write_text(f"{header.replace('BR2', 'BR1')}\n{rows}", encoding="utf-8")
    found = [f for f in check(Survey.open(path).files) if f.file == "ch.csv"]
    assert [(f.rule, f.column) for f in found] == [("survey_columns_same", "BR1")]
    with pytest.raises(DataRefused) as raised:
        Survey.open(path).estimate(["birth_registration"])
    assert list(raised.value.findings) == found


def test_a_folder_by_the_name_of_a_file_is_no_absent_file(tmp_path: Path) -> None:
    path = made_survey.write(tmp_path)
    (tmp_path / "ch.sav").unlink()
    (tmp_path / "ch.sav").mkdir()
    found = [f for f in check(Survey.open(path).files) if f.file == "ch.sav"]
    assert [(f.rule, f.value) for f in found] == [("survey_file_is_folder", "ch.sav")]
    with pytest.raises(BrokenFile, match=r"ch\.sav is a folder"):
        read_file(tmp_path / "ch.sav")
