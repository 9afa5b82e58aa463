"""Files of children: layouts, ages, and a located finding for everything that is wrong with rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyreadstat
import pytest

from everychild.microdata.birth_classes import UnknownClass
from everychild.microdata.birth_histories import LayoutUnlikely
from everychild.microdata.child_measurements import ChildFile, read_children
from everychild.microdata.growth_layouts import read_growth_layout, shipped_growth
from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.findings import DataRefused, Finding

MAP = """
children:
  sex: {column: SEX, male: [1], female: [2]}
  born: {day: BD, month: BM, year: BY}
  measured: {day: MD, month: MM, year: MY}
  age_months: MONTHS
  weight: KG
  length: CM
  position: {column: HOW, lying: [1], standing: [2]}
  oedema: {column: SWOLLEN, yes: [1], no: [2]}
  sampling_weight: W
  psu: CLUSTER
  stratum: STRATUM
breakdowns:
  residence: {column: PLACE, codes: {1: U, 2: R}}
"""
N = 12
PLAIN: dict[str, list[Any]] = {
    "SEX": [1, 2] * 6, "BD": [10] * N, "BM": [5] * N, "BY": [2013] * N, "MD": [20] * N, "MM": [6] * N,
    "MY": [2015] * N, "MONTHS": [25] * N, "KG": [12.0] * N, "CM": [87.0] * N, "HOW": [2] * N, "SWOLLEN": [2] * N,
    "W": [1.0] * N, "CLUSTER": [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], "STRATUM": [1] * 6 + [2] * 6,
    "PLACE": [1] * 6 + [2] * 6,
}  # fmt: skip


def read(folder: Path, *by: str, leave_out: tuple[str, ...] = (), layout: str = MAP, **changed: Any) -> ChildFile:
    """The plain file with columns changed: a list replaces a column, a value stands in its fourth row of data."""
    columns = {name: list(values) for name, values in PLAIN.items()}
    for name, value in changed.items():
        if value is None:
            columns[name][3] = None
        elif isinstance(value, list):
            columns[name] = value
        else:
            columns[name][3] = value
    pl.DataFrame(columns, strict=False).write_csv(folder / "children.csv")
    (folder / "map.yaml").write_text(layout, encoding="utf-8")
    return read_children(folder / "children.csv", read_growth_layout(folder / "map.yaml"), by, leave_out=leave_out)


def only(findings: tuple[Finding, ...], rule: str) -> Finding:
    found = [f for f in findings if f.rule == rule]
    assert len(found) == 1, [f.rule for f in findings]
    return found[0]


def test_a_plain_file_has_no_finding(tmp_path: Path) -> None:
    file = read(tmp_path)
    assert file.findings == ()
    assert file.counted.all()
    assert file.children.days.tolist() == [771.0] * N  # 10 May 2013 to 20 June 2015
    assert (file.clustered, file.stratified, file.oedema_told) == (True, True, True)


@pytest.mark.parametrize(
    ("changed", "rule", "column", "value"),
    [
        ({"SEX": 7}, "growth_sex_unknown", "SEX", "7"),
        ({"KG": -3.0}, "growth_weight_impossible", "KG", "-3"),
        ({"KG": 120.0}, "growth_weight_impossible", "KG", "120"),
        ({"CM": 8.7}, "growth_length_impossible", "CM", "8.7"),
        ({"CM": 870.0}, "growth_length_impossible", "CM", "870"),
        ({"BY": 2010, "MONTHS": 61}, "growth_too_old", "BD, BM, BY", "10 5 2010"),
        ({"BY": 2016, "MONTHS": None}, "growth_age_negative", "BD, BM, BY", "10 5 2016"),
        ({"BD": 98}, "growth_day_missing", "BD, BM, BY", "98 5 2013"),
        ({"BD": 31, "BM": 6, "MONTHS": 24}, "growth_day_missing", "BD, BM, BY", "31 6 2013"),
        ({"BM": 99}, "growth_age_of_months", "BD, BM, BY", "10 99 2013"),
        ({"MONTHS": 40}, "growth_age_disagrees", "BD, BM, BY", "10 5 2013"),
        ({"STRATUM": None}, "growth_stratum_missing", "STRATUM", ""),
        ({"W": 0.0}, "growth_sampling_weight_zero", "W", "0"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, changed: dict[str, Any], rule: str, column: str, value: str) -> None:
    found = only(read(tmp_path, **changed).findings, rule)
    assert (found.file, found.row, found.column, found.value) == ("children.csv", 5, column, value)
    assert found.parameters["count"] == "1"
    for language in ("en", "ru", "kk"):
        assert "…" not in found.message(language) + found.suggestion(language)  # every place of the sentence is filled


@pytest.mark.parametrize(
    ("changed", "rule", "column"),
    [
        ({"W": -1.0}, "growth_sampling_weight_negative", "W"),
        ({"W": None}, "growth_sampling_weight_missing", "W"),
        ({"CLUSTER": None}, "growth_psu_missing", "CLUSTER"),
        ({"KG": ["heavy"] * N}, "births_words_not_codes", "KG"),
        ({"SEX": ["boy"] * N}, "births_words_not_codes", "SEX"),
    ],
)
def test_what_would_make_a_wrong_rate_is_refused(
    tmp_path: Path, changed: dict[str, Any], rule: str, column: str
) -> None:
    with pytest.raises(DataRefused) as refused:
        read(tmp_path, **changed)
    found = only(refused.value.findings, rule)
    assert (found.file, found.column, found.severity) == ("children.csv", column, "error")


@pytest.mark.parametrize(
    ("changed", "rule"), [({"W": None}, "growth_sampling_weight_missing"), ({"CLUSTER": None}, "growth_psu_missing")]
)
def test_rows_left_out_by_name_weigh_nothing_and_are_still_said(
    tmp_path: Path, changed: dict[str, Any], rule: str
) -> None:
    file = read(tmp_path, leave_out=(rule,), **changed)
    assert only(file.findings, rule).severity == "warning"
    assert (file.weight[3], bool(file.counted[3]), int(file.counted.sum())) == (0.0, False, N - 1)


def test_a_stratum_with_one_cluster_is_named(tmp_path: Path) -> None:
    found = only(read(tmp_path, STRATUM=[1] * 9 + [2] * 3).findings, "survey_single_cluster")
    assert (found.row, found.column, found.value) == (11, "STRATUM", "2")


def test_a_cluster_in_two_strata_is_named(tmp_path: Path) -> None:
    found = only(read(tmp_path, STRATUM=[1] * 5 + [2] * 7).findings, "survey_cluster_in_two_strata")
    assert (found.value, found.parameters["strata"]) == ("2", "1, 2")


def test_without_clusters_and_oedema_it_is_said(tmp_path: Path) -> None:
    bare = MAP.replace("  psu: CLUSTER\n", "").replace("  oedema: {column: SWOLLEN, yes: [1], no: [2]}\n", "")
    file = read(tmp_path, layout=bare)
    assert [f.rule for f in file.findings] == ["growth_no_clusters", "growth_no_oedema"]
    assert file.psu.n_unique() == N


def test_missing_ages_are_named_and_keep_the_child(tmp_path: Path) -> None:
    file = read(tmp_path, BY=None, MONTHS=None)
    assert only(file.findings, "growth_age_missing").row == 5
    assert file.counted.all()
    assert np.isnan(file.children.age_days[3])


def test_the_15th_does_not_make_a_newborn_older_than_its_measuring(tmp_path: Path) -> None:
    file = read(tmp_path, BD=98, BM=6, BY=2015, MD=3, MONTHS=0)
    assert file.children.days[3] == 0
    assert [f.rule for f in file.findings] == ["growth_day_missing"]


def test_february_ends(tmp_path: Path) -> None:
    file = read(tmp_path, BD=29, BM=2, BY=2012, MONTHS=39)
    assert file.children.days[3] == 1207  # leap day 2012 to 20 June 2015
    assert file.findings == ()


def test_dates_may_stand_in_one_column(tmp_path: Path) -> None:
    one = MAP.replace("{day: BD, month: BM, year: BY}", "BORN").replace("{day: MD, month: MM, year: MY}", "SEEN")
    file = read(tmp_path, layout=one, BORN=["2013-05-10"] * N, SEEN=["2015-06-20"] * N)
    assert file.children.days.tolist() == [771.0] * N
    with pytest.raises(DataRefused) as refused:
        read(tmp_path, layout=one, BORN=["2013-05-10"] * 3 + ["10/5/13"] * 9, SEEN=["2015-06-20"] * N)
    found = only(refused.value.findings, "growth_date_unreadable")
    assert (found.row, found.column, found.value) == (5, "BORN", "10/5/13")


def test_breakdowns_by_age_and_sex_are_the_catalogues(tmp_path: Path) -> None:
    file = read(tmp_path, "age_group", "sex:residence", "CLUSTER", MONTHS=[0, 5, 6, 11, 12, 23, 24, 35, 36, 47, 48, 59],
                BY=[None] * N)  # fmt: skip
    ages, crossed, column = file.breakdowns
    assert ages.breakdown.codes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [level.code for (level,) in ages.levels] == ["M0T5", "M6T11", "M12T23", "M24T35", "M36T47", "M48T59"]
    assert [[level.code for level in each] for each in crossed.levels] == [
        ["M", "U"],
        ["M", "R"],
        ["F", "U"],
        ["F", "R"],
    ]
    assert column.breakdown.classes == ("1", "2", "3", "4")


def test_a_child_without_class_is_named(tmp_path: Path) -> None:
    found = only(read(tmp_path, "residence", PLACE=9).findings, "growth_class_missing")
    assert (found.row, found.column, found.parameters["breakdown"]) == (5, "PLACE", "residence")


def test_an_unknown_breakdown_names_its_neighbour(tmp_path: Path) -> None:
    with pytest.raises(UnknownClass, match="did you mean age_group"):
        read(tmp_path, "agegroup")


def test_an_absent_column_names_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refused:
        read(tmp_path, layout=MAP.replace("psu: CLUSTER", "psu: CLUSTERS"))
    found = only(refused.value.findings, "births_column_absent")
    assert (found.column, found.parameters["near"]) == ("CLUSTERS", "CLUSTER")


def test_a_file_without_measures_or_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refused:
        read(tmp_path, layout=MAP.replace("weight: KG", "weight: KILOS").replace("length: CM", "length: CENTI"))
    assert only(refused.value.findings, "growth_nothing_measured").value == "KILOS, CENTI"
    with pytest.raises(DataRefused) as refused:
        read(tmp_path, **{name: [] for name in PLAIN})
    assert only(refused.value.findings, "growth_no_rows").file == "children.csv"


def test_the_layout_that_fits_is_named(tmp_path: Path) -> None:
    pl.DataFrame({"psu": [1], "age": [12], "sex": [1], "weight": [9.0], "height": [75.0]}).write_csv(tmp_path / "a.csv")
    with pytest.raises(LayoutUnlikely, match="--layout smart"):
        read_children(tmp_path / "a.csv", read_growth_layout("mics6"))
    assert read_children(tmp_path / "a.csv", read_growth_layout("smart")).counted.tolist() == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("children: {sex: SEX}", "children.age_months: layout_age"),
        ("children: {weight: KG, age_days: A}", "children.sex: layout_key_missing"),
        ("children: {sex: S, age_days: A}", "children.weight: layout_measure"),
        ("children: {sex: S, age_days: A, wieght: KG}", "children.wieght: description_key_unknown"),
        ("children: {sex: S, age_days: A, weight: KG}\nflags: whoo", "flags: description_value_unknown"),
        ("children: {sex: S, born: {day: D}, measured: M, weight: KG}", "children.born.month: layout_key_missing"),
        ("children: {sex: S, age_days: A, weight: {either: []}}", "children.weight.either: layout_form"),
        ("children", ": description_no_keys"),
        ("children: [", ": description_not_yaml"),
        ("children: {}", "children: layout_key_missing"),
        ("children: {sex: S, born: 7, measured: M, weight: KG}", "children.born: layout_form"),
    ],
)
def test_a_wrong_map_names_its_key(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongDefinition) as wrong:
        read_growth_layout(tmp_path / "map.yaml")
    assert f"{wrong.value.place.column}: {wrong.value.rule}" == words
    assert wrong.value.place.row == (2 if "\n" in text else 1)


def test_shipped_layouts_can_be_read() -> None:
    assert set(shipped_growth()) >= {"dhs", "mics6", "smart"}
    for name in shipped_growth():
        layout = read_growth_layout(name)
        assert layout.name == name
        assert "weight" in layout.roles


def test_an_unknown_layout_names_those_there_are() -> None:
    with pytest.raises(WrongDefinition, match="nor a file; layouts are dhs, dhs_children, mics6, smart"):
        read_growth_layout("mics7")


def test_a_mics_file_with_its_codes_of_missing_values(tmp_path: Path) -> None:
    """Interviews that were not completed are no children of the table; 99.x and 999.x are refusals and absences."""
    table = pl.DataFrame(
        {
            "HL4": [1.0, 2.0, 1.0, 2.0], "UF17": [1.0, 1.0, 1.0, 2.0], "CAGED": [400.0, 800.0, 9999.0, 500.0],
            "CAGE": [13.0, 26.0, 31.0, 16.0], "AN8": [9.6, 99.3, 12.1, 10.0], "AN11": [75.5, 999.3, 88.0, 78.0],
            "AN12": [1.0, 2.0, 9.0, 1.0], "chweight": [1.2, 0.8, 1.0, 0.0], "PSU": [1.0, 1.0, 2.0, 2.0],
            "stratum": [1.0, 1.0, 1.0, 1.0], "HH6": [1.0, 2.0, 1.0, 1.0],
        }
    )  # fmt: skip
    path = tmp_path / "ch.sav"
    pyreadstat.write_sav(table, str(path))
    file = read_children(path, read_growth_layout("mics6"), ("residence",))
    assert file.counted.tolist() == [True, True, True, False]
    assert file.children.sex.tolist() == [1, 2, 1, 2]
    np.testing.assert_array_equal(file.children.weight, [9.6, np.nan, 12.1, 10.0])
    np.testing.assert_array_equal(file.children.length, [75.5, np.nan, 88.0, 78.0])
    assert file.children.position.tolist() == [0, 1, -1, 0]
    assert file.children.days.tolist() == [400, 800, 944, 500]  # 31 months are floor(31 * 30.4375 + 0.5) days
    assert [f.rule for f in file.findings] == ["growth_age_of_months", "growth_no_oedema"]
    assert file.breakdowns[0].breakdown.classes == ("urban", "rural")
