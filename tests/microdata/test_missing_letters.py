"""Stata's .a to .z: kept beside the variables, missing for recipes, counted; judged by pyreadstat."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import polars_readstat
import pyreadstat
import pytest

from everychild.cli.main import main
from everychild.microdata.letters import companion, counted
from everychild.microdata.reading import DataFile, read_file
from tests.microdata import made_survey as made

LABELS = {1: "Yes", 2: "No", "a": "Does not know", "b": "No response"}
VERSIONS = (8, 10, 12, 13, 14, 15)
"""As pyreadstat names them: the formats 113, 114, 115, 117, 118 and 119."""


def mixed(*values: float | str | None) -> pl.Series:
    """Numbers and letters in one column, as pyreadstat takes them."""
    return pl.Series(values, dtype=pl.Object)


def written(path: Path, version: int = 14) -> Path:
    """Whole numbers, fractions and text; letters in two of three columns, and an empty cell in each."""
    table = pl.DataFrame(
        {
            "HH1": [1, 1, 2, 2, 3, 3], "BR1": mixed(1, "a", "b", None, 2, "a"),
            "AGE": mixed(1.5, "a", "z", 0.25, None, 3.0), "MN3A": ["A", "", "?", "A", "", ".a"],
        }
    )  # fmt: skip
    pyreadstat.write_dta(
        table, str(path), version=version, missing_user_values={"BR1": ["a", "b"], "AGE": ["a", "z"]},
        variable_value_labels={"BR1": LABELS},
    )  # fmt: skip
    return path


def beside(file: DataFile, variable: str) -> list[str | None]:
    return file.with_letters([variable]).collect()[companion(variable)].to_list()


@pytest.mark.parametrize("version", VERSIONS)
def test_letters_are_those_that_pyreadstat_finds(tmp_path: Path, version: int) -> None:
    path = written(tmp_path / "ch.dta", version)
    file = read_file(path)
    judge, told = pyreadstat.read_dta(path, user_missing=True, output_format="dict")
    for variable in ("BR1", "AGE"):
        theirs = [f".{value}" if isinstance(value, str) else None for value in judge[variable]]
        assert beside(file, variable) == theirs
        assert set(told.missing_user_values[variable]) == {letter[1:] for letter in theirs if letter}
    assert file.words["BR1"].values == {1.0: "Yes", 2.0: "No", ".a": "Does not know", ".b": "No response"}
    assert told.variable_value_labels["BR1"] == LABELS


def test_the_numbers_are_as_without_letters(tmp_path: Path) -> None:
    file = read_file(written(tmp_path / "ch.dta"))
    table = file.frame.collect()
    assert table.columns == ["HH1", "BR1", "AGE", "MN3A"]
    assert table["BR1"].to_list() == [1, None, None, None, 2, None]
    assert table["AGE"].to_list() == [1.5, None, None, 0.25, None, 3.0]
    assert table["MN3A"].to_list() == ["A", "", "?", "A", "", ".a"]
    assert counted(file.letters) == {".a": {"BR1": 2, "AGE": 1}, ".b": {"BR1": 1}, ".z": {"AGE": 1}}


@pytest.mark.parametrize("columns", [["AGE"], [companion("BR1")], ["MN3A", companion("AGE")], ["HH1", "BR1"], []])
def test_any_part_of_the_columns_and_rows_can_be_asked_for(tmp_path: Path, columns: list[str]) -> None:
    frame = read_file(written(tmp_path / "ch.dta")).with_letters(["BR1", "AGE"])
    whole = frame.collect()
    assert whole.columns == ["HH1", "BR1", "AGE", "MN3A", companion("BR1"), companion("AGE")]
    assert frame.select(columns).collect().equals(whole.select(columns))
    assert frame.select(pl.len()).collect().item() == 6
    chosen = frame.filter(pl.col(companion("BR1")) == ".a").select(columns or pl.len())
    assert chosen.collect().equals(whole.filter(pl.col(companion("BR1")) == ".a").select(columns or pl.len()))
    assert frame.head(2).collect().equals(whole.head(2))


def test_letters_in_files_of_another_writer(tmp_path: Path) -> None:
    """It writes no letters, so bytes are changed: in a column of bytes 101 is the empty cell, 102 is .a, 127 is .z
    (Stata's help dta, "Missing values")."""
    path = tmp_path / "other.dta"
    table = pl.DataFrame({"V": pl.Series([1, 77, 2, 78, 79], dtype=pl.Int8)})
    polars_readstat.write_readstat(table, str(path))
    content = path.read_bytes()
    at = content.index(b"<data>") + len(b"<data>")
    assert content[at : at + 5] == bytes([1, 77, 2, 78, 79])
    path.write_bytes(content[:at] + bytes([1, 102, 2, 127, 101]) + content[at + 5 :])
    file = read_file(path)
    assert beside(file, "V") == [None, ".a", None, ".z", None]
    assert file.frame.collect()["V"].to_list() == [1, None, 2, None, None]
    judge, _ = pyreadstat.read_dta(path, user_missing=True, output_format="dict")
    assert judge["V"] == [1, "a", 2, "z", None]


def lettered_survey(folder: Path, more: str = "") -> Path:
    """The made survey as .dta, where the children of unknown certificate (code 8) have .a, and the first has .b."""
    path = made.write(folder, "dta", description=made.DESCRIPTION + more)
    codes = ["a" if value == 8 else int(value) for value in made.children()["BR1"]]
    table = made.children().with_columns(BR1=mixed("b", *codes[1:]))
    pyreadstat.write_dta(
        table, str(folder / "ch.dta"), missing_user_values={"BR1": ["a", "b"]},
        variable_value_labels={"BR1": {1: "Seen", 2: "Not seen", 3: "No", "a": "Does not know"}},
    )  # fmt: skip
    return path


def test_a_workspace_keeps_which_letter_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lettered_survey(tmp_path / "source")
    assert main(["survey", "read", str(path), "--out", str(tmp_path / "private")]) == 0
    assert "ch: Stata's missing values are kept beside the numbers: .a 20, .b 1" in capsys.readouterr().out
    before, after = read_file(tmp_path / "source" / "ch.dta"), read_file(tmp_path / "private" / "ch.parquet")
    assert after.columns == before.columns
    assert beside(after, "BR1") == beside(before, "BR1")
    assert beside(after, "BR1").count(".a") == 20
    assert after.words["BR1"].values == before.words["BR1"].values
    record = json.loads((tmp_path / "private" / "workspace.json").read_text(encoding="utf-8"))
    assert {file["name"]: file["missing_letters"] for file in record["files"]} == {
        "hh": {}, "wm": {}, "ch": {".a": 20, ".b": 1},
    }  # fmt: skip
    assert main(["survey", "read", str(tmp_path / "private" / "survey.yaml"), "--out", str(tmp_path / "again")]) == 0
    assert beside(read_file(tmp_path / "again" / "ch.parquet"), "BR1") == beside(before, "BR1")


@pytest.mark.parametrize("kept", [False, True])
def test_the_check_counts_letters_under_their_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: bool
) -> None:
    path = lettered_survey(tmp_path / "source")
    if kept:
        main(["survey", "read", str(path), "--out", str(tmp_path / "private")])
        path = tmp_path / "private" / "survey.yaml"
    capsys.readouterr()
    assert main(["survey", "check", str(path), "--format", "json"]) == 0
    found = [row for row in json.loads(capsys.readouterr().out) if row["rule"] == "survey_missing_letter"]
    assert [(row["severity"], row["value"]) for row in found] == [("note", ".a"), ("note", ".b")]
    assert "cells: 20, variables: 1 (BR1 – Does not know: 20)" in found[0]["message"]
    assert "missing_codes: {ch: {BR1: {.a: ?}}}" in found[0]["suggestion"]


OWN = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    "unknown,1,proportion,ch,UF17 = 1,BR1 = 8,1,,chweight,,unverified,,,\n"
    "not_three,1,proportion,ch,UF17 = 1,BR1 <> 3,1,,chweight,,unverified,,,\n"
)
"""Two recipes that tell the code 8 from no answer."""


def values(capsys: pytest.CaptureFixture[str], path: Path, *arguments: str) -> str:
    capsys.readouterr()
    assert main(["estimate", str(path), "--by", "region", "--format", "csv", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("kept", [False, True])
def test_recipes_take_letters_for_missing_unless_the_description_gives_them_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: bool
) -> None:
    """The same survey as .sav, with the numbers themselves, is the judge."""
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    asked = ["--indicators", "birth_registration,unknown,not_three", "--recipes", str(tmp_path / "own.csv")]
    sav = values(capsys, made.write(tmp_path / "sav", "sav", made.with_value("ch", "BR1", 1, 9.0)), *asked)
    more = "missing_codes: {ch: {br1: {.a: 8, .b: 9}}}\n"
    described, silent = lettered_survey(tmp_path / "dta", more), lettered_survey(tmp_path / "plain")
    if kept:
        for path, name in ((described, "kept"), (silent, "kept plain")):
            main(["survey", "read", str(path), "--out", str(tmp_path / name)])
        described, silent = (tmp_path / name / "survey.yaml" for name in ("kept", "kept plain"))
    assert values(capsys, described, *asked) == sav
    missing = values(capsys, silent, *asked)
    assert total(missing, "birth_registration") == total(sav, "birth_registration")
    assert total(missing, "unknown") == 0 < total(sav, "unknown")
    without = made.children().with_columns(pl.when(pl.arange(0, 140) > 0).then("BR1").alias("BR1")).filter(UF17=1)
    met = without.filter((pl.col("BR1") != 3) & (pl.col("BR1") != 8))
    assert total(missing, "not_three") == pytest.approx(100 * met["chweight"].sum() / without["chweight"].sum())


def total(told: str, indicator: str) -> float:
    """The value of an indicator for all, in a CSV of estimates."""
    return next(float(row["value"]) for row in csv.DictReader(io.StringIO(told)) if row["indicator"] == indicator)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("{ch: {BR1: {a: 8}}}", "missing_codes.ch.BR1.a"),
        ("{ch: {BR1: {.a: yes}}}", "missing_codes.ch.BR1..a"),
        ("{ch: {BR1: 8}}", "missing_codes.ch.BR1"),
        ("{xx: {BR1: {.a: 8}}}", "missing_codes.xx"),
        ("{ch: [BR1]}", "missing_codes.ch"),
    ],
)
def test_numbers_for_letters_in_another_form_are_located(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: str, words: str
) -> None:
    path = lettered_survey(tmp_path, f"missing_codes: {told}\n")
    assert main(["survey", "check", str(path)]) == 2
    line = len(path.read_text(encoding="utf-8").splitlines())
    assert f"survey.yaml, {words}, line {line}" in " ".join(capsys.readouterr().err.split())


def test_a_variable_under_missing_codes_that_the_file_lacks_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lettered_survey(tmp_path, "missing_codes: {ch: {BR: {.a: 8}}}\n")
    main(["survey", "check", str(path), "--format", "csv"])
    row = next(r for r in csv.DictReader(io.StringIO(capsys.readouterr().out)) if r["value"] == "missing_codes.ch")
    assert (row["rule"], row["column"]) == ("survey_named_variable_absent", "BR")
    assert "BR1" in row["message"] + row["suggestion"]
