"""What the findings say of the Kazakhstan pack where a reviewer once found them wrong."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from everychild.catalogue.countries import country
from everychild.findings.builders import BUILDERS
from everychild.vocabulary.observations import key_expression
from tests.findings.made import one


@pytest.fixture(scope="module")
def published() -> pl.DataFrame:
    return country("KAZ").figures().with_columns(key_expression(), release=pl.lit("pack"))


@pytest.fixture(scope="module")
def latest(published: pl.DataFrame) -> pl.DataFrame:
    return BUILDERS["latest"](published).filter(pl.col("area") == "KAZ")


def national(latest: pl.DataFrame, indicator: str) -> dict[str, Any]:
    return one(latest, indicator=indicator)


def test_infant_mortality_is_that_of_the_newest_revision(latest: pl.DataFrame) -> None:
    row = national(latest, "imr")
    assert (row["source"], row["period"], row["value"]) == ("UNSD_SDG_2020", "2019", 9.3)


def test_a_newer_revision_of_the_un_outranks_an_older_one() -> None:
    sources = [source for source in country("KAZ").sources.values() if source.rank in range(30, 40)]
    years = [int(source.year) for source in sorted(sources, key=lambda source: source.rank)]
    assert len(years) == 6
    assert years == sorted(years, reverse=True)


def test_a_narrow_definition_does_not_answer_for_all_institutions(latest: pl.DataFrame) -> None:
    narrow = ["children_in_residential_care_number", "residential_institutions"]
    assert latest.filter(pl.col("indicator").is_in(narrow)).is_empty()


@pytest.mark.parametrize("indicator", ["pisa_maths_min_proficiency", "pisa_reading_min_proficiency"])
def test_pisa_did_not_fall_between_2015_and_2018(latest: pl.DataFrame, indicator: str) -> None:
    row = national(latest, indicator)
    assert row["trend"] not in ("better", "worse")
    assert row["first_period"] != "2015"


def test_a_rate_per_people_does_not_stand_for_one_per_children(latest: pl.DataFrame) -> None:
    assert latest.filter(pl.col("indicator") == "child_homicide_rate").is_empty()
    row = national(latest, "child_homicide_victims_rate")
    assert (row["period"], row["value"], row["unit"]) == ("2023", 0.4, "per_100000_population")
