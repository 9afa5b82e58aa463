"""Regions of a survey by the labels of its file: found when clear, refused when not, suggested and never slipped in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from everychild.cli.estimate import NOT_ALL
from everychild.cli.main import main
from everychild.microdata.description import read_description
from everychild.microdata.region_checks import suggested_lines
from everychild.microdata.survey_files import SurveyFiles
from tests.microdata import made_survey as made

NAMES = ("Akmola", "Aktobe", "Almaty oblast", "Atyrau", "West Kazakhstan", "Almaty", "South Kazakhstan")
"""As the report of 2015 writes them; here they are given to seven made clusters."""
CODES = ("KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-27", "KZ-75", "KZ-YUZ")
BY_LABEL = "by label"
WRITTEN = "{1: {code: KZ-11, en: A, ru: А, kk: А}, 2: {code: KZ-15, en: B, ru: Б, kk: Б}}"


def written(
    folder: Path, levels: str = BY_LABEL, labels: tuple[str, ...] = NAMES, suffix: str = "sav", country: str = "KAZ"
) -> Path:
    """The made survey with cluster k in region k, whose code has label k; `levels` "" leaves the regions out."""
    folder.mkdir(parents=True, exist_ok=True)
    told = made.DESCRIPTION[: made.DESCRIPTION.index("breakdowns:")]
    told = told.replace("country: XEX", f"country: {country}").replace('"2024"', '"2015"').replace("SUFFIX", suffix)
    if levels:
        told += f"breakdowns:\n  region: {{variable: HH7, dimension: area, levels: {levels}}}\n"
    (folder / "survey.yaml").write_text(told, encoding="utf-8")
    values = {"HH7": dict(enumerate(labels, start=1))}
    for name, table in (("hh", made.households()), ("wm", made.women()), ("ch", made.children())):
        table = table.with_columns(HH7=pl.col("HH1").cast(pl.Int32), PSU=pl.col("HH1"))
        path = folder / f"{name}.{suffix}"
        if suffix == "csv":
            table.write_csv(path)
        elif suffix == "dta":
            pyreadstat.write_dta(table, str(path), variable_value_labels=values)
        else:
            pyreadstat.write_sav(table, str(path), variable_value_labels=values)
    return folder / "survey.yaml"


def estimated(path: Path, capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, float]:
    capsys.readouterr()
    asked = ["--indicators", "birth_registration", "--by", "region", "--hidden", "--format", "csv"]
    assert main(["estimate", str(path), *asked]) == code
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    return {row["group"]: float(row["value"]) for row in rows if row["breakdown"] == "region"}


def checked(path: Path, capsys: pytest.CaptureFixture[str], code: int = 0) -> list[dict[str, str]]:
    capsys.readouterr()
    assert main(["survey", "check", str(path), "--format", "json"]) == code
    return [row for row in json.loads(capsys.readouterr().out) if row["rule"].startswith("survey_region")]


def by_hand(cluster: int) -> float:
    done = made.children().filter(UF17=1, HH1=cluster)
    met = done.filter(pl.col("BR1").is_in([1.0, 2.0]) | (pl.col("BR2") == 1))
    return float(100 * met["chweight"].sum() / done["chweight"].sum())


@pytest.mark.parametrize("suffix", ["sav", "dta"])
@pytest.mark.parametrize("kept", [False, True])
def test_regions_are_found_by_their_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, kept: bool
) -> None:
    path = written(tmp_path / "s", suffix=suffix)
    if kept:
        main(["survey", "read", str(path), "--out", str(tmp_path / "private")])
        path = tmp_path / "private" / "survey.yaml"
    found = estimated(path, capsys)
    assert found == {code: pytest.approx(by_hand(cluster)) for cluster, code in enumerate(CODES, start=1)}
    notes = checked(path, capsys)
    assert [(row["rule"], row["severity"], row["column"]) for row in notes] == [("survey_regions_found", "note", "HH7")]
    assert "3 Almaty oblast = KZ-19" in notes[0]["message"]
    assert "6 Almaty = KZ-75" in notes[0]["message"]


def test_the_order_of_codes_does_not_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = estimated(written(tmp_path, labels=NAMES[::-1]), capsys)
    assert found == {code: pytest.approx(by_hand(8 - cluster)) for cluster, code in enumerate(CODES, start=1)}


@pytest.mark.parametrize(
    ("labels", "rule", "words"),
    [
        (("Akmola", "Almaty"), "survey_region_label_unclear", "KZ-19 Almaty region, KZ-75 Almaty city"),
        (("Akmola", "Turkistan"), "survey_region_label_unknown", "near: KZ-61 Turkistan (2018-06-19"),
        (("Akmola", "Aktobee"), "survey_region_label_unknown", "near: KZ-15 Aktobe"),
        (("Akmola", "Elsewhere"), "survey_region_label_unknown", "near: –"),
        ((), "survey_regions_without_labels", "HH7 has no labels of regions"),
    ],
)
def test_a_label_that_is_not_clear_takes_the_regions_away_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], labels: tuple[str, ...], rule: str, words: str
) -> None:
    path = written(tmp_path, labels=labels)
    assert estimated(path, capsys, NOT_ALL) == {}
    main(["estimate", str(path), "--indicators", "birth_registration", "--by", "region"])
    assert words in " ".join(capsys.readouterr().out.split())
    found = checked(path, capsys, code=1)
    assert [(row["file"], row["rule"]) for row in found] == [("hh.sav", rule)]
    assert words in found[0]["message"]


def test_labels_of_no_answer_are_no_regions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = (*NAMES[:6], "Missing / DK")
    assert set(estimated(written(tmp_path, labels=labels), capsys)) == set(CODES[:6])


def test_a_file_without_labels_and_a_country_without_regions_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = checked(written(tmp_path / "csv", suffix="csv"), capsys, code=1)
    assert [row["rule"] for row in found] == ["survey_regions_without_labels"]
    found = checked(written(tmp_path / "ugs", country="UGA"), capsys, code=1)
    assert [row["rule"] for row in found] == ["survey_regions_of_country_unknown"]


@pytest.mark.parametrize("levels", ["by hand", "by label, dimension: sex"])
def test_another_choice_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], levels: str
) -> None:
    path = written(tmp_path)
    told = path.read_text(encoding="utf-8").replace(BY_LABEL, levels).replace("dimension: area, levels", "levels")
    path.write_text(told, encoding="utf-8")
    assert main(["survey", "check", str(path)]) == 2
    assert "survey.yaml, breakdowns.region" in capsys.readouterr().err


def test_a_code_described_as_another_region_than_its_label_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, WRITTEN, ("Akmola", "Atyrau", "West Kazakhstan"))
    found = checked(path, capsys)
    assert [(row["rule"], row["severity"], row["value"]) for row in found] == [
        ("survey_region_label_differs", "warning", "Atyrau")
    ]
    assert (
        "Code 2 of HH7 is described as KZ-15 Aktobe, and its label “Atyrau” means KZ-23 Atyrau" in found[0]["message"]
    )


def lines(path: Path) -> str:
    return "\n".join(suggested_lines(SurveyFiles(read_description(path), path.parent))) + "\n"


def test_lines_are_printed_for_regions_that_are_not_described(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines printed, put into the description, give what labels give."""
    path = written(tmp_path / "s", levels="")
    assert [row["rule"] for row in checked(path, capsys)] == ["survey_regions_undescribed"]
    main(["survey", "check", str(path)])
    out = capsys.readouterr().out
    assert lines(path) in out
    assert "Nothing is taken from them by itself" in " ".join(out.split())
    found = estimated(written(tmp_path / "by label"), capsys)
    path.write_text(path.read_text(encoding="utf-8") + lines(path), encoding="utf-8")
    assert estimated(path, capsys) == found
    assert lines(path) == "\n"


def test_lines_wait_where_a_label_is_not_clear(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, labels=("Akmola", "Almaty", "Elsewhere"))
    told = lines(path)
    assert "      2: {code: <KZ-19 | KZ-75>, en: <>, ru: <>, kk: <>}  # Almaty\n" in told
    assert "      3: {code: <>, en: <>, ru: <>, kk: <>}  # Elsewhere\n" in told
    before = path.read_text(encoding="utf-8")
    path.write_text(before[: before.index("breakdowns:")] + told, encoding="utf-8")
    assert main(["survey", "check", str(path)]) == 2
    assert "waits to be filled in" in " ".join(capsys.readouterr().err.split())


def test_lines_of_codes_that_a_written_list_lacks(tmp_path: Path) -> None:
    told = lines(written(tmp_path, WRITTEN, NAMES[:4]))
    assert [line.split(":")[0].strip() for line in told.splitlines()[5:]] == ["3", "4"]


def test_nothing_is_suggested_for_a_survey_whose_regions_are_described(tmp_path: Path) -> None:
    assert lines(made.write(tmp_path)) == "\n"


def test_growth_and_its_kin_find_regions_by_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "s")
    clear = ["growth", "--survey", str(path), "--scores", "file", "--by", "region", "--format", "csv"]
    assert main(clear) == 0
    groups = {row["group"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert {"KZ-11", "KZ-19", "KZ-YUZ"} <= groups
    unclear = written(tmp_path / "u", labels=("Akmola", "Almaty"))
    assert main(["growth", "--survey", str(unclear), "--scores", "file", "--by", "region"]) == 1
    assert "may mean several regions" in " ".join(capsys.readouterr().err.split())
