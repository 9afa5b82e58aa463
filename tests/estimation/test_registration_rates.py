"""From a table of counts to rates: pooled years, the break of 2008, comparisons, observations; and every bad cell."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country
from everychild.estimation.registration_rates import NoRate, observations, rates_of_counts, release
from everychild.exchange.registration_counts import read_counts
from everychild.methods.registration import rate_ratio
from everychild.releases.store import Store
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.observations import Known, validate

HEADER = "area,year,deaths,births\n"
MATERNAL = HEADER + "KAZ,2019,57,402310\nKAZ,2020,157,426824\nKZ-23,2019,0,17300\nKZ-23,2020,5,17900\n"
INFANT = HEADER + "KAZ,2006,4156,301756\nKAZ,2007,4631,321963\nKAZ,2008,7399,356575\nKAZ,2009,6501,357552\n"


def table(folder: Path, text: str, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_one_year_of_one_region_says_how_little_it_says(tmp_path: Path) -> None:
    found = rates_of_counts(read_counts(table(tmp_path, MATERNAL), "mmr").counts, "KAZ")
    atyrau = {row["period"]: row for row in found.rows.filter(area="KZ-23").iter_rows(named=True)}
    assert (atyrau["2019"]["value"], atyrau["2019"]["se"]) == (0.0, None)
    assert atyrau["2019"]["upper"] > 20, "no death in a year is no proof of safety"
    assert atyrau["2020"]["value"] == pytest.approx(5 / 17900 * 1e5)
    assert [row["status"] for row in atyrau.values()] == ["U", "U"]
    assert atyrau["2020"]["one_death"] == pytest.approx(1e5 / 17900)
    assert dict(found.years_needed()) == {"KZ-23": 8}
    assert found.rows.filter(area="KAZ")["status"].to_list() == ["A", "A"]


def test_pooled_years_add_deaths_and_births(tmp_path: Path) -> None:
    found = rates_of_counts(read_counts(table(tmp_path, MATERNAL), "mmr").counts, "KAZ", pool=2)
    row = found.rows.filter(area="KZ-23").row(0, named=True)
    assert (row["period"], row["deaths"], row["n"]) == ("2019/2020", 5, 35200)
    assert row["value"] == pytest.approx(5 / 35200 * 1e5)


def test_the_definition_of_2008_is_a_break(tmp_path: Path) -> None:
    counts = read_counts(table(tmp_path, INFANT), "imr").counts
    found = rates_of_counts(counts, "KAZ", pool=3, file="counts.csv")
    assert found.rows.select("period", "status", "break").rows() == [
        ("2006/2007", "A", None), ("2008/2009", "B", 2008),
    ]  # fmt: skip
    assert [(f.rule, f.parameters["year"]) for f in found.findings] == [("counts_across_break", "2008")]
    assert found.differences()["across_break"].to_list() == [True]
    without = rates_of_counts(counts, "KAZ", pool=4, breaks=[])
    assert without.rows["period"].to_list() == ["2006/2009"]
    assert rates_of_counts(counts, "KGZ").rows["break"].null_count() == 4, "the break is Kazakhstan's"


def test_an_area_is_held_against_the_rest_of_its_country(tmp_path: Path) -> None:
    found = rates_of_counts(read_counts(table(tmp_path, MATERNAL), "mmr").counts, "KAZ").differences()
    one = found.filter(area="KZ-23", compared="area", period="2020").row(0, named=True)
    expected = rate_ratio(5, 17900, 152, 408924)
    assert (one["value"], one["lower"], one["upper"], one["p"]) == (
        expected.ratio, expected.lower, expected.upper, expected.p,
    )  # fmt: skip
    before = found.filter(area="KZ-23", compared="period").row(0, named=True)
    assert (before["with"], before["value"], before["upper"]) == ("2019", None, None), "five against none is no number"


def test_absent_years_of_a_window_are_said(tmp_path: Path) -> None:
    text = HEADER + "KZ-23,2018,2,17500\nKZ-23,2020,5,17900\n"
    found = rates_of_counts(read_counts(table(tmp_path, text), "mmr").counts, "KAZ", pool=3)
    assert [(f.rule, f.parameters["years"]) for f in found.findings] == [("counts_year_absent", "2019")]


BAD = (
    ("KZ-99,2020,1,100", "unknown_area", "area"),
    ("KZ-23,20x0,1,100", "counts_not_whole", "year"),
    ("KZ-23,1020,1,100", "bad_period", "year"),
    ("KZ-23,2020,1.5,100", "counts_not_whole", "deaths"),
    ("KZ-23,2020,-1,100", "counts_not_whole", "deaths"),
    ("KZ-23,2020,,100", "counts_not_whole", "deaths"),
    ("KZ-23,2020,two,100", "counts_not_whole", "deaths"),
    ("KZ-23,2020,1,1e", "counts_not_whole", "births"),
    ("KZ-23,2020,101,100", "counts_deaths_above_births", "deaths"),
    ("KZ-23,2020,1,100\nKZ-23,2020,2,100", "counts_twice", "area"),
    ("KZ-23,2020,1", "cut_row", ""),
)


@pytest.mark.parametrize(("text", "rule", "column"), BAD)
def test_a_bad_cell_is_found_where_it_stands(tmp_path: Path, text: str, rule: str, column: str) -> None:
    with pytest.raises(DataRefused) as refused:
        read_counts(table(tmp_path, HEADER + "KAZ,2020,1,100\n" + text + "\n"), "mmr")
    [found] = refused.value.findings
    assert (found.rule, found.column, found.row) == (rule, column, 4 if rule == "counts_twice" else 3)


def test_an_unknown_sex_is_found(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refused:
        read_counts(table(tmp_path, "area,year,sex,deaths,births\nKAZ,2020,boys,1,100\n"), "imr")
    assert [(f.rule, f.column) for f in refused.value.findings] == [("unknown_code", "sex")]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("area,year,deaths\nKAZ,2020,1\n", ["missing_column", "missing_column"]),
        (HEADER, ["no_figures"]),
        ("area,year,deaths,births,births\nKAZ,2020,1,2,3\n", ["repeated_column"]),
    ],
)
def test_a_table_of_another_shape_is_refused(tmp_path: Path, text: str, rules: list[str]) -> None:
    with pytest.raises(DataRefused) as refused:
        read_counts(table(tmp_path, text), "" if "missing_column" in rules else "imr")
    assert [f.rule for f in refused.value.findings] == rules


def test_deaths_without_births_have_no_rate_and_are_said(tmp_path: Path) -> None:
    read = read_counts(table(tmp_path, HEADER + "KAZ,2019,3,\nKAZ,2020,1,100\n"), "mmr")
    assert [(f.rule, f.row) for f in read.findings] == [("counts_births_missing", 2)]
    assert rates_of_counts(read.counts, "KAZ").rows["period"].to_list() == ["2020"]


def test_a_workbook_and_semicolons_are_read_alike(tmp_path: Path) -> None:
    text = table(tmp_path, MATERNAL)
    semicolons = table(tmp_path, MATERNAL.replace(",", ";"), "other.csv")
    book = tmp_path / "counts.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for r, line in enumerate(MATERNAL.splitlines()):
            for c, cell in enumerate(line.split(",")):
                sheet.write(r, c, int(cell) if cell.isdigit() else cell)
    expected = read_counts(text, "mmr").counts
    assert read_counts(book, "mmr").counts == expected
    assert read_counts(semicolons, "mmr").counts == expected


@pytest.mark.parametrize("code", ["nothing", "birth_registration"])
def test_what_is_no_rate_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(NoRate, match=code):
        rates_of_counts(read_counts(table(tmp_path, MATERNAL), code).counts, "KAZ")


def test_observations_hold_the_schema_and_become_a_release(tmp_path: Path) -> None:
    path = table(tmp_path, INFANT)
    read = read_counts(path, "imr")
    found = rates_of_counts(read.counts, "KAZ")
    made = observations(found, "KAZSTAT_SDG", path.name)
    assert validate(made, Known(catalogue().indicators, country("KAZ").sources, gazetteer())).to_dicts() == []
    at_break = made.filter(period="2008").row(0, named=True)
    assert (at_break["status"], at_break["flag"], at_break["interval"]) == ("B", "break", "EXACT95")
    assert (at_break["row"], at_break["note"]) == (4, "7399 deaths among 356575 births; exact Poisson interval")
    manifest = release(found, path, read.findings, "KAZSTAT_SDG", tmp_path / "store", "somebody", publish=True)
    assert [entry.release for entry in Store(tmp_path / "store").published()] == [manifest.release]


def test_a_published_rate_gives_its_deaths_back(tmp_path: Path) -> None:
    """Atyrau's published ratios (national SDG platform, indicator 3.1.1), with births of that size."""
    text = "area,year,rate,births\nKZ-23,2018,5.9,16950\nKZ-23,2019,17.8,16850\nKZ-23,2020,50.6,17790\n"
    found = rates_of_counts(read_counts(table(tmp_path, text), "mmr").counts, "KAZ")
    assert found.rows["deaths"].to_list() == [1, 3, 9]
    one = found.rows.row(0, named=True)
    assert one["lower"] < 0.2
    assert one["upper"] > 30, "one death in a year tells of a ratio anywhere from nothing to thirty"
    ratios = found.differences()
    assert (ratios["lower"] < 1).all()
    assert (ratios["upper"] > 1).all(), "no year differs from the one before"


@pytest.mark.parametrize(
    ("rate", "births", "rule"),
    [
        ("9.0", "17000", "counts_rate_of_no_deaths"),  # 1.53 deaths
        ("10", "500000", "counts_rate_of_no_deaths"),  # 48 to 52 deaths all give 10
        ("-1", "17000", "negative_rate"),
        ("few", "17000", "not_a_number"),
        ("5.9", "", "counts_rate_without_births"),
    ],
)
def test_a_rate_that_tells_of_no_deaths_is_found(tmp_path: Path, rate: str, births: str, rule: str) -> None:
    with pytest.raises(DataRefused) as refused:
        read_counts(table(tmp_path, f"area,year,rate,births\nKZ-23,2018,{rate},{births}\n"), "mmr")
    assert [(f.rule, f.row) for f in refused.value.findings] == [(rule, 2)]
