"""Child mortality of a file: names, units, status, differences with their covariance, data quality, observations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country
from everychild.estimation.birth_quality import births_by_year, quality
from everychild.estimation.demographic_rates import (
    UNITS,
    BadPeriod,
    ChildMortality,
    Options,
    child_mortality,
    read_period,
)
from everychild.estimation.demographic_release import observations, release
from everychild.estimation.publication import SourceUnknown
from everychild.microdata.birth_histories import read_births
from everychild.microdata.description import SurveyDescription, read_description
from everychild.microdata.layouts import read_layout
from everychild.releases.store import Store
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused, findings_of
from everychild.vocabulary.observations import Known, validate

DESCRIPTION = """\
survey: MADE_2015
title: {en: "Made", ru: "Сделано", kk: "Жасалған"}
country: KAZ
layout: dhs
period: "2015"
source: UNICEF_CME_2026
invented: true
files: {BR: births.csv}
design: {psu: v021, stratum: v022, household: [v001, v002]}
breakdowns:
  region:
    dimension: area
    variable: {BR: v024}
    levels:
      1: {code: KZ-23, en: Atyrau, ru: Атырау, kk: Атырау}
      2: {code: KZ-61, en: Turkistan, ru: Туркестан, kk: Түркістан}
"""


def made_births(folder: Path, births: int = 4000) -> Path:
    """Births of two regions in 20 clusters; the first region is small, so that its rates are suppressed."""
    rng = np.random.default_rng(5)
    born = rng.integers(1200, 1386, births)
    dies = rng.random(births) < 0.15
    age = np.minimum(rng.integers(0, 50, births), 1385 - born)
    cluster = rng.integers(1, 21, births)
    path = folder / "births.csv"
    pl.DataFrame(
        {
            "v001": cluster, "v002": rng.integers(1, 9, births), "v003": 1,
            "v005": rng.integers(1, 9, births) * 100_000,
            "v008": 1386 + rng.integers(0, 3, births), "v021": cluster, "v022": (cluster - 1) // 5,
            "v024": np.where(np.arange(births) < 150, 1, 2), "v025": 1 + (cluster > 9),
            "b3": born, "b4": rng.integers(1, 3, births), "b5": np.where(dies, 0, 1),
            "b7": pl.Series(np.where(dies, age, np.nan), nan_to_null=True),
            "b10": np.where(rng.random(births) < 0.1, 2, 1),
        }
    ).write_csv(path)  # fmt: skip
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("births")
    made_births(folder)
    (folder / "survey.yaml").write_text(DESCRIPTION)
    return folder


@pytest.fixture(scope="module")
def survey(folder: Path) -> SurveyDescription:
    return read_description(folder / "survey.yaml")


@pytest.fixture(scope="module")
def found(folder: Path, survey: SurveyDescription) -> ChildMortality:
    from everychild.microdata.layouts import with_survey

    births = read_births(
        folder / "births.csv", with_survey(read_layout("dhs"), survey), ["residence", "region", "sex_child"]
    )
    return child_mortality(births, [read_period("0-4"), read_period("5-9")])


def row(found: ChildMortality, indicator: str, period: str, breakdown: str, group: str) -> dict[str, object]:
    return found.rows.row(
        by_predicate=(pl.col("indicator") == indicator)
        & (pl.col("period") == period)
        & (pl.col("breakdown") == breakdown)
        & (pl.col("group") == group),
        named=True,
    )


def test_a_row_is_what_the_method_gave(found: ChildMortality) -> None:
    made = found.estimates
    g = next(i for i, group in enumerate(made.groups) if group.label == "rural")
    rural = row(found, "imr", "5-9", "residence", "rural")
    assert rural["value"] == made.values[g, 1, 2]
    assert rural["n"] == made.children[g, 1, 2]
    assert rural["se"] == made.errors["jk1"].standard_errors[g, 1, 2]
    assert rural["upper"] == made.values[g, 1, 2] + 2 * made.errors["jk1"].standard_errors[g, 1, 2]
    assert (rural["psus"], rural["df"], rural["status"]) == (made.psus[g], 19, "A")


def test_units_are_those_of_the_catalogue() -> None:
    assert {code: catalogue().indicators[code].unit for code in UNITS} == dict(UNITS)


def test_small_groups_are_hidden_and_shown_on_demand(found: ChildMortality) -> None:
    small = (pl.col("group") == "KZ-23") & (pl.col("indicator") == "u5mr")
    hidden = found.shown().filter(small)
    assert hidden["status"].to_list() == ["Q", "Q"]
    assert hidden.select("value", "se", "lower", "upper", "deaths").null_count().row(0) == (2,) * 5
    assert found.shown(hidden=True).filter(small)["value"].null_count() == 0
    assert (hidden["n"] < 250).all()


def test_lower_limits_of_rates_are_not_negative(found: ChildMortality) -> None:
    wide = found.shown(hidden=True).filter(pl.col("value") - 2 * pl.col("se") < 0)
    assert wide.height
    assert (wide["lower"] == 0).all()


def test_differences_of_groups_and_periods_keep_their_covariance(found: ChildMortality) -> None:
    told = found.differences().filter(pl.col("indicator") == "u5mr")
    made = found.estimates
    matrix = made.errors["jk1"].covariance
    place = {index: i for i, index in enumerate(np.ndindex(*made.values.shape))}
    labels = [group.label for group in made.groups]

    def se(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
        i, j = place[one], place[other]
        return float(np.sqrt(matrix[i, i] + matrix[j, j] - 2 * matrix[i, j]))

    urban, rural = labels.index("urban"), labels.index("rural")
    group = told.filter(pl.col("group") == "rural − urban", pl.col("period") == "0-4").row(0, named=True)
    assert group["value"] == pytest.approx(made.values[rural, 0, 4] - made.values[urban, 0, 4])
    assert group["se"] == pytest.approx(se((rural, 0, 4), (urban, 0, 4)))
    period = told.filter(pl.col("group") == "_T").row(0, named=True)
    assert period["period"] == "0-4 − 5-9"
    assert period["se"] == pytest.approx(se((0, 0, 4), (0, 1, 4)))
    assert not told.filter(pl.col("group").str.contains("KZ-23")).height, "a difference would tell a hidden rate"


@pytest.mark.parametrize(
    ("text", "lower", "upper", "relative"),
    [("0-4", -60, 0, True), ("5-9", -120, -60, True), ("0-0", -12, 0, True), ("2010-2014", 1321, 1381, False)],
)
def test_periods(text: str, lower: int, upper: int, relative: bool) -> None:
    period = read_period(text)
    assert (period.lower, period.upper, period.before_interview) == (lower, upper, relative)


@pytest.mark.parametrize("text", ["", "5", "4-0", "a-b", "5-2014", "2014-2010", "0-4-9", "-5-0"])
def test_texts_that_are_no_period(text: str) -> None:
    with pytest.raises(BadPeriod):
        read_period(text)


def test_a_calendar_period_must_end_before_the_first_interview(found: ChildMortality) -> None:
    assert child_mortality(found.births, [read_period("2010-2014")]).rows.height
    with pytest.raises(BadPeriod, match="before the first interview"):
        child_mortality(found.births, [read_period("2010-2015")])


def test_a_period_named_twice_is_refused(found: ChildMortality) -> None:
    with pytest.raises(BadPeriod, match="twice"):
        child_mortality(found.births, [read_period("0-4"), read_period("0-4")])


def test_refusal_is_located_and_can_be_answered(folder: Path, tmp_path: Path) -> None:
    table = pl.read_csv(folder / "births.csv")
    table = table.with_columns(pl.when(pl.int_range(pl.len()) == 7).then(1500).otherwise(pl.col("b3")).alias("b3"))
    table.write_csv(tmp_path / "births.csv")
    births = read_births(tmp_path / "births.csv", read_layout("dhs"))
    with pytest.raises(DataRefused) as refused:
        child_mortality(births, [read_period("0-4")])
    assert [(f.rule, f.row, f.value) for f in refused.value.findings] == [("birth_after_interview", 9, "1500")]
    going_on = child_mortality(births, [read_period("0-4")], Options(treatments={"birth_after_interview": "leave_out"}))
    assert [f.rule for f in going_on.findings] == ["birth_after_interview"]


def test_no_rate_is_computed_silently_on_half_the_data(folder: Path, tmp_path: Path) -> None:
    """Births without a date are left out as the official programs do, but not many of them without a word."""
    table = pl.read_csv(folder / "births.csv")

    def without(every: int) -> Path:
        path = tmp_path / f"every{every}.csv"
        table.with_columns(pl.when(pl.int_range(pl.len()) % every > 0).then(pl.col("b3")).alias("b3")).write_csv(path)
        return path

    few = child_mortality(read_births(without(40), read_layout("dhs")), [read_period("0-4")])
    assert [(f.rule, f.parameters["count"]) for f in few.findings] == [("birth_date_missing", "100")]
    half = read_births(without(2), read_layout("dhs"))
    with pytest.raises(DataRefused) as refused:
        child_mortality(half, [read_period("0-4")])
    assert [f.rule for f in refused.value.findings] == ["births_left_out_many", "birth_date_missing"]
    assert refused.value.findings[0].parameters["share"] == "50"
    named = child_mortality(half, [read_period("0-4")], Options(treatments={"birth_date_missing": "leave_out"}))
    assert [f.rule for f in named.findings] == ["birth_date_missing"]


def test_quality_says_what_the_file_cannot_tell(found: ChildMortality) -> None:
    told = quality(found.births, found.estimates.periods).filter(pl.col("period") == "0-4")
    values = dict(told.select("measure", "value").iter_rows())
    assert values["early_neonatal"] is None
    assert values["age_at_death_imputed"] is None
    assert values["birth_date_incomplete"] == pytest.approx(0.1, abs=0.03)
    births = found.births.histories
    inside = (births.birth - births.interview >= -60) & (births.birth < births.interview)
    weight, age = births.weight[inside], births.age_at_death[inside]
    around = sum(weight[age == month].sum() for month in (10, 11, 13, 14)) / 4
    assert values["heaping"] == pytest.approx(weight[age == 12].sum() / around)


def test_births_by_year_cover_all_births_of_the_years(found: ChildMortality) -> None:
    told = births_by_year(found.births)
    births = found.births.histories
    year = 1900 + (births.birth - 1) // 12
    assert told["year"].to_list() == list(range(2001, 2016))
    assert told["births"].sum() == pytest.approx(births.weight[year >= 2001].sum())


def test_observations_hold_the_schema(found: ChildMortality, survey: SurveyDescription) -> None:
    made = observations(found, survey)
    known = Known(catalogue().indicators, country("KAZ").sources, gazetteer())
    assert validate(made, known).to_dicts() == []
    assert set(made["period"]) == {"2010/2015", "2005/2010"}
    rural = made.filter(indicator="u5mr", period="2010/2015", residence="R").row(0, named=True)
    assert rural["value"] == row(found, "u5mr", "0-4", "residence", "rural")["value"]
    assert (rural["interval"], rural["flag"], rural["unit"]) == ("CI95", "invented", "per_1000_live_births")
    assert rural["note"].startswith("method=child_mortality;window=0-4;errors=jackknife;")
    atyrau = made.filter(indicator="u5mr", area="KZ-23", period="2010/2015").row(0, named=True)
    assert (atyrau["value"], atyrau["status"], atyrau["missing_reason"]) == (None, "Q", "suppressed")


def test_periods_that_cover_the_same_years_are_not_published_together(
    found: ChildMortality, survey: SurveyDescription
) -> None:
    assert observations(child_mortality(found.births, [read_period("0-9"), read_period("0-8")]), survey).height
    twice = [read_period("5-9"), replace(read_period("5-9"), label="second")]
    with pytest.raises(BadPeriod, match="same calendar years"):
        observations(child_mortality(found.births, twice), survey)


def test_a_release_is_stored_published_and_the_same_again(
    found: ChildMortality, survey: SurveyDescription, tmp_path: Path
) -> None:
    first = release(found, survey, tmp_path, "somebody", publish=True)
    assert release(found, survey, tmp_path, "somebody else").release == first.release
    assert first.dataset == "made-2015-mortality"
    assert [item["file"] for item in first.inputs][:2] == ["births.csv", "survey.yaml"]
    assert [entry.release for entry in Store(tmp_path).published()] == [first.release]


def test_an_unknown_source_is_not_stored(found: ChildMortality, survey: SurveyDescription, tmp_path: Path) -> None:
    with pytest.raises(SourceUnknown):
        release(found, replace(survey, source="NOBODY"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_public_ledger_names_no_row_and_no_value(folder: Path, survey: SurveyDescription, tmp_path: Path) -> None:
    table = pl.read_csv(folder / "births.csv")
    weight = pl.when(pl.int_range(pl.len()) < 3).then(0).otherwise(pl.col("v005")).alias("v005")
    table.with_columns(weight).write_csv(tmp_path / "births.csv")
    births = read_births(tmp_path / "births.csv", read_layout("dhs"))
    found = child_mortality(births, [read_period("0-4")])
    assert [(f.rule, f.row, f.parameters["rows"]) for f in found.findings] == [("weight_zero", 2, "2, 3, 4")]
    manifest = release(found, survey, tmp_path / "store", "somebody")
    kept = pl.read_parquet(tmp_path / "store" / "releases" / manifest.release / "ledger.parquet")
    [told] = findings_of(kept)
    assert (told.rule, told.row, told.value, told.parameters.get("rows")) == ("weight_zero", None, "", None)
    assert told.parameters["count"] == "3"
