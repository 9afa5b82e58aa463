"""The table that a survey gives: what it shows, what it hides, how groups are compared, how a notebook shows it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.estimates import Estimates, NoSuchGroup, NotComparable
from everychild.estimation.survey import Survey
from everychild.vocabulary.findings import DataRefused
from tests.microdata import made_survey as made

CODES = ("birth_registration", "stunting_moderate_severe", "skilled_birth_attendance")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("made")).parent


@pytest.fixture(scope="module")
def estimates(folder: Path) -> Estimates:
    return Survey.open(folder / "survey.yaml").estimate(CODES, ["residence", "region", "sex_child"])


def test_a_survey_opens_by_its_path_as_text_and_computes_all_by_default(folder: Path) -> None:
    survey = Survey.open(str(folder / "survey.yaml"), str(folder))
    table = survey.estimate()
    assert set(CODES) < set(table.rows["indicator"])
    assert len(table.not_computed) + table.rows["indicator"].n_unique() == len(survey.files.book.recipes)


def test_hidden_cells_are_null_in_every_number_and_kept_for_the_survey_team(estimates: Estimates) -> None:
    small = pl.col("n") < 25
    hidden = estimates.shown().filter(small)
    assert hidden.height > 0
    for column in ("value", "se", "lower", "upper", "deff", "cv"):
        assert hidden[column].null_count() == hidden.height
    assert estimates.shown(hidden=True).filter(small)["value"].null_count() == 0
    assert estimates.shown().filter(~small).equals(estimates.rows.filter(~small))


def test_a_difference_has_the_variance_of_the_covariance_matrix(estimates: Estimates) -> None:
    gap = estimates.difference("birth_registration", "sex_child", "male", "female")
    groups, matrix = estimates.covariance("birth_registration", "sex_child")
    at = [groups.index("male"), groups.index("female")]
    own = matrix[at[0], at[0]] + matrix[at[1], at[1]]
    assert gap.se**2 == pytest.approx(own - 2 * matrix[at[0], at[1]], rel=1e-12)
    assert abs(matrix[at[0], at[1]]) > 1e-6  # boys and girls share clusters: the covariance is not nothing
    rows = estimates.rows.filter(indicator="birth_registration", breakdown="sex_child")
    for group in groups:
        assert matrix[groups.index(group)][groups.index(group)] == pytest.approx(
            rows.filter(group=group)["se"][0] ** 2, rel=1e-12
        )
    assert gap.lower < gap.value < gap.upper


def test_a_difference_loses_no_cluster_twice(estimates: Estimates) -> None:
    """Boys and girls live in the same clusters: counting both groups' clusters would double the degrees of freedom."""
    done = made.children().filter((pl.col("UF17") == 1) & (pl.col("chweight") > 0))
    clusters, strata = done["HH1"].n_unique(), done["stratum"].n_unique()
    total = estimates.rows.filter(indicator="birth_registration", breakdown="total")["df"][0]
    gap = estimates.difference("birth_registration", "sex_child", "male", "female")
    assert gap.df == clusters - strata == total
    apart = estimates.difference("birth_registration", "residence", "rural", "urban")
    groups = estimates.rows.filter(indicator="birth_registration", breakdown="residence")
    assert apart.df <= groups["psus"].sum() - groups["psus"].len()


OWN = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    "dark,1,proportion,ch,UF17 = 1,BR1 = 1,1,,chweight,,unverified,,,\n"
    "dark_of_sexes,1,parity,ch,,HL4 = 2,HL4 = 1,dark,chweight,,unverified,,,\n"
    "middle_height,1,quantile,ch,UF17 = 1,HAZ2,1,,chweight,,unverified,,,\n"
)


def test_differences_of_quotients_of_rates_are_of_the_quotients(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(OWN, encoding="utf-8")
    survey = Survey.open(made.write(tmp_path), recipes=own)
    table = survey.estimate(["dark_of_sexes", "middle_height"], ["residence"])
    urban, rural = (
        table.rows.filter(indicator="dark_of_sexes", breakdown="residence", group=g).row(0, named=True)
        for g in ("urban", "rural")
    )
    gap = table.difference("dark_of_sexes", "residence", "urban", "rural")
    assert gap.value == pytest.approx(urban["value"] - rural["value"], rel=1e-12)
    groups, matrix = table.covariance("dark_of_sexes", "residence")
    assert matrix[groups.index("urban"), groups.index("urban")] == pytest.approx(urban["se"] ** 2, rel=1e-12)
    with pytest.raises(NotComparable, match="middle_height"):
        table.difference("middle_height", "residence", "urban", "rural")


def test_an_invented_table_says_so_wherever_it_shows_itself(tmp_path: Path) -> None:
    told = Survey.open(made.write(tmp_path)).estimate(CODES)
    real = made.DESCRIPTION.replace("invented: true\n", "")
    plain = Survey.open(made.write(tmp_path / "plain", description=real)).estimate(CODES)
    for shown in (repr, type(told)._repr_html_):
        assert "INVENTED DATA" in shown(told)
        assert "INVENTED DATA" not in shown(plain)
    assert repr(told).splitlines()[:2] == ["Made survey", "INVENTED DATA: no real country or person"]


def test_a_comparison_of_what_is_not_there_names_what_is(estimates: Estimates) -> None:
    with pytest.raises(NoSuchGroup, match="has no group 'boys'; it has male, female"):
        estimates.difference("birth_registration", "sex_child", "boys", "female")
    with pytest.raises(NoSuchGroup, match="was not estimated by wealth"):
        estimates.difference("birth_registration", "wealth", "Q1", "Q5")


class Cells(HTMLParser):
    """The texts of table cells, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def test_a_notebook_shows_names_and_signs_and_escapes_what_a_description_says(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script> & Alder"
    told = made.DESCRIPTION.replace("en: Alder", f"en: '{nasty}'")
    table = Survey.open(made.write(tmp_path, description=told)).estimate(CODES, ["region"])
    shown = Cells(table._repr_html_())
    assert "script" not in shown.tags
    assert nasty in shown.cells
    assert "Birth registration of children under 5, percent" in shown.cells
    assert "(*)" in shown.cells
    assert "(41.4)" in shown.cells
    assert shown.tags.count("tr") == 1 + table.rows.height


def test_recipe_versions_and_marks_come_along(estimates: Estimates) -> None:
    versions = estimates.rows.select("indicator", "recipe").unique()
    assert versions.height == len(CODES)
    assert set(estimates.rows["confidence"]) <= {"verified_syntax", "verified_translation"}


def test_the_library_refuses_like_the_command(tmp_path: Path) -> None:
    survey = Survey.open(made.write(tmp_path, "sav", made.with_value("ch", "chweight", 3, -2.0)))
    with pytest.raises(DataRefused) as refused:
        survey.estimate(["birth_registration"])
    (found,) = refused.value.findings
    assert (found.file, found.row, found.column, found.value) == ("ch.sav", 3, "chweight", "-2")
    assert survey.estimate(["skilled_birth_attendance"]).rows.height == 1
    with pytest.raises(DataRefused, match="There is no recipe"):
        survey.estimate(["birth"])


def test_no_number_is_missing_and_not_above_every_number(tmp_path: Path) -> None:
    """NaN is greater than 2 for a comparison; a child without a score would be overweight."""

    def scores(tables: dict[str, pl.DataFrame]) -> None:
        score = pl.when(pl.col("LN") == 3).then(float("nan")).otherwise(1.5)
        tables["ch"] = tables["ch"].with_columns(WHZ2=score, WHZFLAG=pl.lit(0.0))

    table = Survey.open(made.write(tmp_path, "parquet", scores)).estimate(["overweight_moderate_severe"])
    assert table.rows["value"].to_list() == [0.0]
    assert table.rows["n"].to_list() == [made.children().filter(LN=4, UF17=1).height]


def test_a_survey_s_own_breakdown_goes_before_the_short_name_of_another(folder: Path) -> None:
    """People say `wealth` for wealth quintiles; a survey that calls a breakdown so means its own."""
    told = (folder / "survey.yaml").read_text(encoding="utf-8")
    assert "\n  region:" in told
    own = folder / "own.yaml"
    own.write_text(told.replace("\n  region:", "\n  wealth:", 1), encoding="utf-8")
    by_region = Survey.open(folder / "survey.yaml").estimate(["birth_registration"], ["region"]).rows
    by_own = Survey.open(own).estimate(["birth_registration"], ["wealth"]).rows
    assert by_own["breakdown"].unique(maintain_order=True).to_list() == ["total", "wealth"]
    assert by_own["value"].equals(by_region["value"])
