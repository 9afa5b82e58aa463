"""Fertility, siblings and the indirect method from files: names, joins, refusals, observations."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country
from everychild.estimation.demographic_rates import Options, read_period
from everychild.estimation.demographic_release import release_of_women, women_observations
from everychild.estimation.women_rates import NotPossible, fertility_table, indirect_table, sibling_table
from everychild.microdata.description import read_description
from everychild.microdata.layouts import read_layout
from everychild.microdata.women_histories import WomenFile, read_mothers, read_women
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.observations import Known, validate
from tests.estimation.test_demographic_rates import DESCRIPTION

WOMEN = 1200
THREE_YEARS = read_period("0-2")


def made_women(folder: Path) -> tuple[Path, Path]:
    """Women of 20 clusters with births and one sister each; the last woman has no weight."""
    rng = np.random.default_rng(11)
    cluster = np.repeat(np.arange(1, 21), WOMEN // 20)
    born = 1386 - rng.integers(15 * 12, 50 * 12, WOMEN)
    ever = np.minimum(rng.poisson(np.maximum(1386 - born - 200, 0) / 80), 9)
    lost = rng.binomial(ever, 0.1)
    women = pl.DataFrame(
        {
            "v001": cluster, "v002": np.arange(WOMEN), "v003": 1, "v021": cluster, "v022": (cluster - 1) // 4,
            "v005": np.where(np.arange(WOMEN) == WOMEN - 1, 0, 1_000_000), "v008": 1386, "v011": born,
            "v025": 1 + (cluster > 8), "v201": ever, "v206": lost, "v207": 0,
            "mm1_01": 1 + rng.integers(0, 2, WOMEN), "mm2_01": (rng.random(WOMEN) < 0.8).astype(int),
            "mm4_01": born + 12, "mm8_01": 1386 - rng.integers(1, 80, WOMEN), "mm9_01": rng.integers(1, 7, WOMEN),
        }
    )  # fmt: skip
    women = women.with_columns(pl.when(pl.col("mm2_01") == 0).then(pl.col("mm8_01")).alias("mm8_01"))
    mother = np.repeat(np.arange(WOMEN), ever)
    births = pl.DataFrame(
        {
            "v001": cluster[mother], "v002": mother, "v003": 1,
            "b3": 1386 - rng.integers(1, np.maximum(1386 - born[mother] - 180, 2)),
        }
    )  # fmt: skip
    women.write_csv(folder / "women.csv")
    births.write_csv(folder / "births.csv")
    return folder / "women.csv", folder / "births.csv"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return made_women(tmp_path_factory.mktemp("women"))


@pytest.fixture(scope="module")
def women(files: tuple[Path, Path]) -> WomenFile:
    return read_women(files[0], read_layout("dhs"), ["residence"], siblings=True)


def test_women_without_weight_are_left_out_and_said(women: WomenFile) -> None:
    assert women.women.birth.size == WOMEN - 1
    assert [(f.rule, f.severity, f.row) for f in women.findings] == [("woman_weight_zero", "note", WOMEN + 1)]


def test_births_find_their_mothers(files: tuple[Path, Path], women: WomenFile) -> None:
    born, mother = read_mothers(files[1], women)
    births, all_women = pl.read_csv(files[1]), pl.read_csv(files[0])
    kept = births.filter(pl.col("v002") != WOMEN - 1)
    assert born.tolist() == kept["b3"].to_list()
    assert all_women["v002"].gather(women.rows[mother]).to_list() == kept["v002"].to_list()


def test_fertility_is_births_over_woman_years(files: tuple[Path, Path], women: WomenFile) -> None:
    """Counted anew, woman by woman and month by month."""
    found = fertility_table(women, files[1], THREE_YEARS, Options()).rows
    births = Counter(pl.read_csv(files[1]).select("v002", "b3").iter_rows())
    table = pl.read_csv(files[0]).head(WOMEN - 1)
    events, months = np.zeros(7), np.zeros(7)
    for number, born in table.select("v002", "v011").iter_rows():
        for month in range(1386 - 36, 1386):
            age = (month - born) // 60 - 3
            if 0 <= age < 7:
                months[age] += 1
                events[age] += births[number, month]
    rates = 1000 * events / (months / 12)
    total = found.filter(breakdown="total")
    np.testing.assert_allclose(total["value"].head(7), rates)
    np.testing.assert_allclose(total["n"].head(7), months / 12)
    assert total["value"][7] == pytest.approx(5 * rates.sum() / 1000)
    assert total["indicator"].to_list()[:2] == ["adolescent_birth_rate", "asfr_20_24"]
    assert total["unit"].to_list()[6:8] == ["per_1000_women", "children_per_woman"]
    assert set(found["group"]) == {"_T", "urban", "rural"}


def test_a_birth_without_a_mother_is_refused_where_it_stands(
    files: tuple[Path, Path], women: WomenFile, tmp_path: Path
) -> None:
    births = pl.read_csv(files[1])
    births.with_columns(pl.when(pl.int_range(pl.len()) == 4).then(99999).otherwise("v002").alias("v002")).write_csv(
        tmp_path / "births.csv"
    )
    with pytest.raises(DataRefused) as refused:
        read_mothers(tmp_path / "births.csv", women)
    assert [(f.rule, f.row) for f in refused.value.findings] == [("mother_not_found", 6)]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("v011", None, "woman_date_missing"),
        ("v021", None, "psu_missing"),
        ("v005", -5, "weight_negative"),
        ("v008", 9998, "births_date_impossible"),
    ],
)
def test_bad_women_are_refused_where_they_stand(
    files: tuple[Path, Path], tmp_path: Path, column: str, value: int | None, rule: str
) -> None:
    table = pl.read_csv(files[0])
    table.with_columns(pl.when(pl.int_range(pl.len()) == 2).then(value).otherwise(column).alias(column)).write_csv(
        tmp_path / "women.csv"
    )
    with pytest.raises(DataRefused) as refused:
        read_women(tmp_path / "women.csv", read_layout("dhs"))
    assert [(f.rule, f.row, f.column) for f in refused.value.findings] == [(rule, 4, column)]


def test_indirect_estimates_carry_their_date_and_the_young_are_set_apart(women: WomenFile) -> None:
    rows = indirect_table(women, "west", Options()).rows
    u5mr = rows.filter(indicator="u5mr")
    assert u5mr["status"].to_list() == ["U", "U", "A", "A", "A", "A", "A"]
    assert u5mr["date"].is_sorted(descending=True)
    born, dead = women.children()
    group = (women.women.interview - women.women.birth - 180) // 60
    proportion = dead[group == 3].sum() / born[group == 3].sum()
    assert u5mr["value"][3] == pytest.approx(1000 * proportion, rel=0.12)  # multiplier near one
    assert indirect_table(women, "south", Options()).rows.filter(indicator="u5mr")["status"].unique().to_list() == ["O"]


def test_odd_answers_on_children_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    table = pl.read_csv(files[0])
    table.with_columns(pl.when(pl.int_range(pl.len()) == 2).then(20).otherwise("v206").alias("v206")).write_csv(
        tmp_path / "women.csv"
    )
    with pytest.raises(DataRefused) as refused:
        indirect_table(read_women(tmp_path / "women.csv", read_layout("dhs")), "west", Options())
    assert [(f.rule, f.row) for f in refused.value.findings] == [("summary_answers_odd", 4)]


def test_a_file_without_a_weighted_woman_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    pl.read_csv(files[0]).with_columns(v005=0).write_csv(tmp_path / "women.csv")
    with pytest.raises(DataRefused) as refused:
        read_women(tmp_path / "women.csv", read_layout("dhs"))
    assert [f.rule for f in refused.value.findings] == ["births_no_rows"]


def test_dates_of_siblings_that_are_none_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    pl.read_csv(files[0]).with_columns(mm4_01=9998).write_csv(tmp_path / "women.csv")
    women = read_women(tmp_path / "women.csv", read_layout("dhs"), siblings=True)
    with pytest.raises(DataRefused) as refused:
        women.siblings()
    assert [(f.rule, f.column) for f in refused.value.findings] == [("births_date_impossible", "mm4_01")]


def test_what_cannot_be_made_says_why(women: WomenFile, files: tuple[Path, Path]) -> None:
    with pytest.raises(NotPossible, match="jackknife"):
        indirect_table(women, "west", Options(errors="taylor"))
    with pytest.raises(DefinitionError, match="no columns of siblings"):
        sibling_table(read_women(files[0], read_layout("dhs")), None, read_period("0-6"), Options())
    with pytest.raises(DefinitionError, match="columns of women"):
        read_women(files[0], replace(read_layout("dhs"), women={}))


def test_siblings_with_births_add_pregnancy_related_deaths(files: tuple[Path, Path], women: WomenFile) -> None:
    alone = sibling_table(women, None, read_period("0-6"), Options()).rows
    assert alone.select("sex", "age").rows()[7::8] == [("F", "15-49"), ("M", "15-49")]
    whole = sibling_table(women, files[1], read_period("0-6"), Options()).rows
    assert whole.head(16).equals(alone)
    rate, fertility, ratio = whole["value"].tail(3)
    assert ratio == pytest.approx(1e5 * rate / fertility)


def test_observations_hold_the_schema_and_become_releases(
    files: tuple[Path, Path], women: WomenFile, tmp_path: Path
) -> None:
    (tmp_path / "survey.yaml").write_text(DESCRIPTION)
    survey = read_description(tmp_path / "survey.yaml")
    known = Known(catalogue().indicators, country("KAZ").sources, gazetteer())
    fertility = fertility_table(women, files[1], THREE_YEARS, Options())
    made = women_observations(fertility, survey, THREE_YEARS)
    assert validate(made, known).to_dicts() == []
    assert set(made["indicator"]) == {"adolescent_birth_rate", "total_fertility_rate"}
    assert set(made["period"]) == {"2012/2015"}
    indirect = indirect_table(women, "west", Options())
    estimated = women_observations(indirect, survey, None)
    assert validate(estimated, known).to_dicts() == []
    assert estimated.height == 5, "mothers under 25 are not published"
    assert set(estimated["status"]) == {"E"}
    first = release_of_women(fertility, files[1], survey, THREE_YEARS, tmp_path / "s", "somebody", publish=False)
    second = release_of_women(indirect, None, survey, None, tmp_path / "s", "somebody", publish=False)
    assert (first.dataset, second.dataset) == ("made-2015-fertility", "made-2015-indirect-mortality")
