"""Files of births: layouts, dates, codes, classes; and for every kind of bad input a named, located finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat
import pytest

from everychild.methods.mortality import MortalityInputRefused, early_childhood_mortality, years_before_interview
from everychild.microdata import growth_layouts, layouts
from everychild.microdata.birth_classes import UnknownClass
from everychild.microdata.birth_histories import BirthFile, LayoutUnlikely, read_births
from everychild.microdata.layouts import read_layout
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.findings import DataRefused, Finding

FIVE_YEARS = [years_before_interview(0, 4)]
GOOD = {
    "v001": [1, 1, 2, 2, 3, 3], "v002": [1, 2, 1, 2, 1, 2], "v003": [1, 1, 1, 1, 1, 1],
    "v005": [1_000_000, 500_000, 1_000_000, 1_000_000, 1_000_000, 2_000_000],
    "v008": [1386] * 6, "v011": [1100] * 6, "v021": [1, 1, 2, 2, 3, 3], "v022": [1, 1, 1, 1, 2, 2],
    "v025": [1, 1, 2, 2, 2, 1], "b3": [1380, 1384, 1320, 1300, 1385, 1350], "b4": [1, 2, 1, 2, 1, 2],
    "b5": [1, 0, 1, 0, 1, 1], "b7": [None, 1, None, 24, None, None], "b11": [None, 12, 30, 40, 60, 24],
    "bord": [1, 2, 3, 4, 7, 9],
}  # fmt: skip


def births_csv(folder: Path, **changed: list[object]) -> Path:
    path = folder / "births.csv"
    pl.DataFrame({**GOOD, **changed}, strict=False).write_csv(path)
    return path


def changed(column: str, row: int, value: object) -> dict[str, list[object]]:
    cells = list(GOOD[column])
    cells[row] = value
    return {column: cells}


def located(births: BirthFile) -> list[Finding]:
    """The findings of an estimate on these births, refused or not."""
    try:
        found = early_childhood_mortality(births.histories, births.clusters.design, FIVE_YEARS).findings
    except MortalityInputRefused as refused:
        found = refused.findings
    return [f for f in births.located(found) if f.row is not None]


def test_the_arrays_of_a_good_file(tmp_path: Path) -> None:
    births = read_births(births_csv(tmp_path), read_layout("dhs"), ["residence", "v025:sex_child"])
    assert births.histories.weight.tolist() == [1, 0.5, 1, 1, 1, 2]
    assert births.histories.alive.tolist() == [True, False, True, False, True, True]
    np.testing.assert_array_equal(births.histories.age_at_death, [np.nan, 1, np.nan, 24, np.nan, np.nan])
    assert births.histories.psu.tolist() == [0, 0, 1, 1, 2, 2]
    assert births.clusters.design.stratum.tolist() == [0, 0, 1]
    assert births.clusters.stratum_names == ("1", "2")
    residence, crossed = births.breakdowns
    assert residence.breakdown.classes == ("urban", "rural")
    assert residence.breakdown.codes.tolist() == [0, 0, 1, 1, 1, 0]
    assert [level.code for level in residence.levels[1]] == ["R"]
    assert crossed.breakdown.classes == ("1, male", "1, female", "2, male", "2, female")
    assert crossed.breakdown.codes.tolist() == [0, 1, 2, 3, 2, 1]
    assert births.findings == ()


@pytest.mark.parametrize("suffix", ["csv", "parquet", "sav", "dta"])
def test_one_content_in_every_format(tmp_path: Path, suffix: str) -> None:
    path, table = tmp_path / f"births.{suffix}", pl.DataFrame(GOOD)
    if suffix == "csv":
        table.write_csv(path)
    elif suffix == "parquet":
        table.write_parquet(path)
    else:
        {"sav": pyreadstat.write_sav, "dta": pyreadstat.write_dta}[suffix](table.cast(pl.Float64), path)
    found = read_births(path, read_layout("dhs"), ["v025"])
    plain = read_births(births_csv(tmp_path), read_layout("dhs"), ["v025"])
    for column in ("birth", "interview", "alive", "age_at_death", "weight", "psu"):
        np.testing.assert_array_equal(getattr(found.histories, column), getattr(plain.histories, column))
    assert found.breakdowns[0].breakdown.codes.tolist() == plain.breakdowns[0].breakdown.codes.tolist()


BROKEN = (
    ("birth_after_interview", "b3", 2, 1387, "error"),
    ("death_before_birth", "b7", 1, -1, "error"),
    ("death_after_interview", "b7", 1, 9, "error"),
    ("death_without_age", "b7", 1, None, "error"),
    ("age_at_death_of_living_child", "b7", 2, 5, "error"),
    ("survival_unknown", "b5", 2, 9, "error"),
    ("survival_unknown", "b5", 2, None, "error"),
    ("weight_negative", "v005", 2, -1_000_000, "error"),
    ("weight_missing", "v005", 2, None, "warning"),
    ("weight_zero", "v005", 2, 0, "note"),
    ("birth_date_missing", "b3", 2, None, "warning"),
    ("interview_date_missing", "v008", 2, None, "error"),
    ("psu_missing", "v021", 2, None, "error"),
)


@pytest.mark.parametrize(("rule", "column", "row", "value", "severity"), BROKEN)
def test_a_bad_row_is_found_where_it_stands(
    tmp_path: Path, rule: str, column: str, row: int, value: object, severity: str
) -> None:
    births = read_births(births_csv(tmp_path, **changed(column, row, value)), read_layout("dhs"))
    [found] = located(births)
    assert (found.rule, found.file, found.row, found.column) == (rule, "births.csv", row + 2, column)
    assert found.severity == severity
    assert found.value == ("" if value is None else str(value))
    assert found.parameters["count"] == "1"
    assert "1" in found.message("kk")


def test_every_row_can_be_listed(tmp_path: Path) -> None:
    births = read_births(births_csv(tmp_path, b5=[9, 0, 9, 0, 1, 9]), read_layout("dhs"))
    with pytest.raises(MortalityInputRefused) as refused:
        early_childhood_mortality(births.histories, births.clusters.design, FIVE_YEARS)
    assert [f.row for f in births.ledger(refused.value.findings)] == [2, 4, 7]
    assert births.located(refused.value.findings)[0].parameters["rows"] == "2, 4, 7"


@pytest.mark.parametrize(
    ("column", "words"),
    [("b5", ["yes", "no", "yes", "no", "yes", "yes"]), ("b3", ["June 2014"] * 6), ("v005", ["full"] * 6)],
)
def test_words_instead_of_codes_refuse(tmp_path: Path, column: str, words: list[object]) -> None:
    with pytest.raises(DataRefused) as refused:
        read_births(births_csv(tmp_path, **{column: words}), read_layout("dhs"))
    [found] = refused.value.findings
    assert (found.rule, found.column, found.row, found.value) == ("births_words_not_codes", column, 2, words[0])
    assert found.parameters["count"] == "6"


def test_words_in_a_column_of_data_quality_take_only_the_measure_away(tmp_path: Path) -> None:
    births = read_births(births_csv(tmp_path, b4=["boy"] * 6), read_layout("dhs"))
    assert births.quality.male is None
    assert [(f.rule, f.severity) for f in births.findings] == [("births_words_not_codes", "warning")]


def test_numbers_written_as_text_are_numbers(tmp_path: Path) -> None:
    table = pl.DataFrame(GOOD).cast(pl.String)
    path = tmp_path / "text.parquet"
    table.write_parquet(path)
    found = read_births(path, read_layout("dhs"))
    assert found.histories.birth.tolist() == GOOD["b3"]
    assert found.histories.alive.tolist() == [True, False, True, False, True, True]


def test_every_part_of_a_layout_has_a_word() -> None:
    named = {*layouts.BIRTHS, *layouts.WOMEN, *layouts.SIBLINGS, *growth_layouts.ROLES, *growth_layouts.DATES}
    assert named <= {code.code for code in code_list("column_role")}


def test_an_absent_column_is_named_with_what_it_is_for(tmp_path: Path) -> None:
    path = tmp_path / "births.csv"
    pl.DataFrame(GOOD).rename({"b7": "b7x"}).write_csv(path)
    with pytest.raises(DataRefused) as refused:
        read_births(path, read_layout("dhs"))
    [found] = refused.value.findings
    assert (found.rule, found.column) == ("births_column_absent", "b7")
    assert "age at death" in found.message("en")
    assert "возраст при смерти" in found.message("ru")
    assert "қайтыс болған кездегі жасы" in found.message("kk")
    assert "b7x" in found.suggestion("en")


def test_the_wrong_layout_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(LayoutUnlikely, match="--layout dhs"):
        read_births(births_csv(tmp_path), read_layout("mics6"))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "births.csv"
    pl.DataFrame(GOOD).head(0).write_csv(path)
    with pytest.raises(DataRefused) as refused:
        read_births(path, read_layout("dhs"))
    assert [f.rule for f in refused.value.findings] == ["births_no_rows"]


def test_parts_of_months_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refused:
        read_births(births_csv(tmp_path, **changed("b3", 0, 1380.5)), read_layout("dhs"))
    assert [(f.rule, f.row) for f in refused.value.findings] == [("births_not_whole_months", 2)]


@pytest.mark.parametrize(("column", "value"), [("b3", 9998), ("v008", 0), ("v008", -5), ("b3", 1e18)])
def test_months_that_are_no_date_are_refused(tmp_path: Path, column: str, value: float) -> None:
    """A code for missing that nobody declared would take the birth out of every period without a word."""
    with pytest.raises(DataRefused) as refused:
        read_births(births_csv(tmp_path, **changed(column, 3, value)), read_layout("dhs"))
    assert [(f.rule, f.row, f.column) for f in refused.value.findings] == [("births_date_impossible", 5, column)]


def test_a_stratum_with_one_cluster_is_named(tmp_path: Path) -> None:
    births = read_births(births_csv(tmp_path), read_layout("dhs"))
    found = births.located(early_childhood_mortality(births.histories, births.clusters.design, FIVE_YEARS).findings)
    [lonely] = [f for f in found if f.rule == "single_psu_stratum"]
    assert lonely.parameters["stratum"] == "2"


def test_a_class_without_children_is_named(tmp_path: Path) -> None:
    births = read_births(births_csv(tmp_path, v025=[2] * 6), read_layout("dhs"), ["residence"])
    made = early_childhood_mortality(
        births.histories, births.clusters.design, FIVE_YEARS, [b.breakdown for b in births.breakdowns]
    )
    found = births.located(made.findings)
    assert ("class_without_children", "urban") in [(f.rule, f.parameters.get("class")) for f in found]


def test_cluster_numbers_that_start_anew_are_different_clusters(tmp_path: Path) -> None:
    births = read_births(births_csv(tmp_path, v021=[1, 1, 2, 2, 1, 1]), read_layout("dhs"))
    assert births.clusters.design.psu_count == 3
    assert births.histories.psu.tolist() == [0, 0, 1, 1, 2, 2]
    assert [f.rule for f in births.findings] == ["survey_cluster_in_two_strata"]


def test_clusters_of_women_without_births_count(tmp_path: Path) -> None:
    women = tmp_path / "women.csv"
    pl.DataFrame({"v021": [1, 2, 3, 4], "v022": [1, 1, 2, 2]}).write_csv(women)
    births = read_births(births_csv(tmp_path), read_layout("dhs"), women=women)
    assert births.clusters.design.stratum.tolist() == [0, 0, 1, 1]


def test_codes_that_an_spss_file_declares_missing_are_no_dates(tmp_path: Path) -> None:
    path = tmp_path / "births.sav"
    table = pl.DataFrame({**GOOD, **changed("b7", 1, 998)}).cast(pl.Float64)
    pyreadstat.write_sav(table, path, missing_ranges={"b7": [{"lo": 997, "hi": 999}]})
    [found] = located(read_births(path, read_layout("dhs")))
    assert (found.rule, found.row) == ("death_without_age", 2)


def test_classes_of_a_layout(tmp_path: Path) -> None:
    births = read_births(
        births_csv(tmp_path), read_layout("dhs"), ["mother_age_at_birth", "birth_order", "birth_interval"]
    )
    age, order, interval = (b.breakdown for b in births.breakdowns)
    # months since 1100: 280, 284, 220, 200, 285, 250
    assert [age.classes[i] for i in age.codes] == ["20-34", "20-34", "<20", "<20", "20-34", "20-34"]
    assert [order.classes[i] for i in order.codes] == ["1", "2-3", "2-3", "4-6", "7+", "7+"]
    assert interval.codes.tolist() == [-1, 0, 1, 2, 3, 1]
    assert births.breakdowns[0].levels[0][0].name.ru == "до 20 лет"


def test_unknown_breakdowns_come_with_near_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownClass, match="did you mean residence"):
        read_births(births_csv(tmp_path), read_layout("dhs"), ["residense"])


def test_a_breakdown_between_dates_needs_both(tmp_path: Path) -> None:
    path = tmp_path / "births.csv"
    pl.DataFrame(GOOD).drop("v011").write_csv(path)
    with pytest.raises(DataRefused) as refused:
        read_births(path, read_layout("dhs"), ["mother_age_at_birth"])
    assert [(f.rule, f.column) for f in refused.value.findings] == [("births_column_absent", "v011")]
    layout = read_layout("dhs")
    sources = {name: source for name, source in layout.births.items() if name != "mother_birth"}
    with pytest.raises(UnknownClass, match="mother birth"):
        read_births(path, replace(layout, births=sources), ["mother_age_at_birth"])


def test_a_column_of_many_values_is_no_breakdown(tmp_path: Path) -> None:
    path = tmp_path / "births.csv"
    table = pl.concat([pl.DataFrame(GOOD)] * 40).with_columns(pl.int_range(pl.len()).alias("number"))
    table.write_csv(path)
    with pytest.raises(UnknownClass, match="240 different values"):
        read_births(path, read_layout("dhs"), ["number"])


def test_an_ipums_extract_is_the_same_survey_by_other_names(tmp_path: Path) -> None:
    names = {"v008": "INTDATECMC", "b3": "KIDDOBCMC", "b5": "KIDALIVE", "b7": "KIDAGEDIEDIMP", "v021": "PSU",
             "v022": "IDHSSTRATA", "v011": "DOBCMC", "b4": "KIDSEX", "v025": "URBAN", "bord": "KIDBORD"}  # fmt: skip
    table = pl.DataFrame(GOOD).rename(names).with_columns(
        (pl.col("v005") / 1e6).alias("PERWEIGHT"), pl.col("KIDAGEDIEDIMP").fill_null(999)
    )  # fmt: skip
    table.write_csv(tmp_path / "extract.csv")
    by = ["residence", "sex_child", "mother_age_at_birth", "birth_order"]
    found = read_births(tmp_path / "extract.csv", read_layout("ipums_dhs"), by)
    plain = read_births(births_csv(tmp_path), read_layout("dhs"), by)
    for column in ("birth", "interview", "alive", "age_at_death", "weight", "psu"):
        np.testing.assert_array_equal(getattr(found.histories, column), getattr(plain.histories, column))
    for one, other in zip(found.breakdowns, plain.breakdowns, strict=True):
        assert one.breakdown.codes.tolist() == other.breakdown.codes.tolist()
        assert [(level.dimension, level.code) for (level,) in one.levels] == [
            (level.dimension, level.code) for (level,) in other.levels
        ]


MAP = """\
births:
  interview: {year: IY, month: IM}
  birth: BORN
  alive: {column: LIVES, yes: [yes], no: [no]}
  age_at_death: {column: DIED, missing: [99]}
  weight: {column: W, divide: 100}
  psu: [TOWN, AREA]
breakdowns:
  residence: {column: KIND, codes: {town: U, village: R}}
"""


def test_a_map_names_the_columns_of_any_file(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    pl.DataFrame(
        {
            "IY": [2015, 2015], "IM": [6, 6], "BORN": ["2014-12-31", "2015-01-02"], "LIVES": ["yes", "no"],
            "DIED": [99, 2], "W": [150, 100], "TOWN": ["a", "a"], "AREA": [1, 2], "KIND": ["town", "village"],
        }
    ).write_csv(tmp_path / "any.csv")  # fmt: skip
    births = read_births(tmp_path / "any.csv", read_layout(tmp_path / "map.yaml"), ["residence"])
    assert births.histories.interview.tolist() == [1386, 1386]
    assert births.histories.birth.tolist() == [1380, 1381]
    assert births.histories.alive.tolist() == [True, False]
    np.testing.assert_array_equal(births.histories.age_at_death, [np.nan, 2])
    assert births.histories.weight.tolist() == [1.5, 1]
    assert births.clusters.psu_names == ("a × 1", "a × 2")
    assert not births.clusters.stratified
    assert [level.code for (level,) in births.breakdowns[0].levels] == ["U", "R"]


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("births: {interview: v008}", "births.birth", "layout_key_missing"),
        ("births: {intervew: v008}", "births.intervew", "description_key_unknown"),
        ("birth: {}", "birth", "description_key_unknown"),
        ("- a", "", "description_no_keys"),
        ("births: {}", "births", "layout_empty"),
        ("births: []", "births", "layout_empty"),
        ("births: a", "births", "layout_form"),
        ("births: {birth: 7}", "births.birth", "layout_form"),
        ("births: [", "", "description_not_yaml"),
        ("births: {birth: 2015-13-01}", "", "bad_date"),
        (MAP.replace(", no: [no]", ""), "births.alive", "layout_codes"),
        (MAP.replace("divide: 100", "divide: many"), "births.weight", "layout_form"),
        (MAP.replace(", month: IM", ""), "births.interview.month", "layout_key_missing"),
        (MAP + "  age: {column: A, classes: {young: [5, 1]}}", "breakdowns.age.young", "range_reversed"),
    ],
)
def test_a_map_with_a_mistake_names_its_key(tmp_path: Path, text: str, key: str, problem: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text)
    with pytest.raises(WrongDefinition) as wrong:
        read_layout(path)
    place = wrong.value.place
    assert (place.file, place.column, wrong.value.rule) == ("map.yaml", key, problem)
    lines = text.splitlines()
    stands = [n for part in key.split(".") for n, told in enumerate(lines, 1) if part and f"{part}:" in told]
    assert place.row == (stands[-1] if stands else 1), "the line of the key, or of the nearest above one that is absent"


def test_a_layout_that_is_neither_shipped_nor_a_file() -> None:
    with pytest.raises(WrongDefinition, match=r"“mics7” is neither .* nor a file; layouts are dhs, ipums_dhs, mics6"):
        read_layout("mics7")


def test_ages_at_death_in_days_are_those_reported_in_days(tmp_path: Path) -> None:
    """DHS: 1xx days, 2xx months, 3xx years, 198 does not know; MICS: number and unit."""
    reported = [None, 106, None, 201, 198, 100]
    births = read_births(births_csv(tmp_path, b6=reported), read_layout("dhs"))
    np.testing.assert_array_equal(births.quality.age_in_days, [np.nan, 6, np.nan, np.nan, np.nan, 0])
    mics = pl.DataFrame(
        {
            "WDOI": 1386, "BH4C": [1380, 1370, 1360, 1350], "BH5": [2, 2, 2, 1], "BH9C": [0, 0, 3, None],
            "BH9U": [1, 1, 2, None], "BH9N": [0, 20, 3, None],
            "wmweight": 1.0, "PSU": [1, 1, 2, 2], "BH3": [1, 2, 1, 2],
            "BH4M": [1, 98, 12, 6], "HH6": [1, 1, 2, 2], "WDOB": [1100, 1130, 1000, 1050], "BHLN": [1, 2, 4, 8],
        }
    )  # fmt: skip
    mics.write_csv(tmp_path / "bh.csv")
    found = read_births(tmp_path / "bh.csv", read_layout("mics6"), ["residence", "birth_order"])
    np.testing.assert_array_equal(found.quality.age_in_days, [0, 20, np.nan, np.nan])
    assert found.histories.alive.tolist() == [False, False, False, True]
    assert found.quality.birth_date_complete is not None
    assert found.quality.birth_date_complete.tolist() == [True, False, True, True]
    assert found.quality.age_at_death_sound is not None
    assert found.quality.age_at_death_sound.tolist() == [True, True, True, False]
    assert [b.breakdown.codes.tolist() for b in found.breakdowns] == [[0, 0, 1, 1], [0, 1, 2, 3]]
    assert not found.clusters.stratified
