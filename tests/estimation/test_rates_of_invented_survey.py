"""A survey of an invented country, from its SPSS files to rates: its true values lie where they should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.demographic_rates import Options, child_mortality, read_period
from everychild.estimation.women_rates import fertility_table
from everychild.microdata.birth_histories import read_births
from everychild.microdata.description import read_description
from everychild.microdata.invented import simulate, write_invented
from everychild.microdata.layouts import read_layout, with_survey
from everychild.microdata.women_histories import read_women

FAR = 4.0
"""Standard errors: a right estimate lies further away once in 16,000 times."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented")
    write_invented(simulate(6000, 7), folder)
    return folder


@pytest.fixture(scope="module")
def truth(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "truth.csv", schema_overrides={"group": pl.String})


def far_off(rows: pl.DataFrame, truth: pl.DataFrame) -> list[dict[str, object]]:
    """Estimates of the total that are further from the truth than chance would take them."""
    true = truth.filter(breakdown="total").select("indicator", pl.col("value").alias("true"))
    compared = rows.filter(breakdown="total").join(true, on="indicator")
    assert compared.height >= 2
    return compared.filter((pl.col("value") - pl.col("true")).abs() > FAR * pl.col("se")).to_dicts()


def test_child_mortality_is_that_of_the_country(folder: Path, truth: pl.DataFrame) -> None:
    layout = with_survey(read_layout("mics6"), read_description(folder / "survey.yaml"))
    births = read_births(folder / "bh.sav", layout, ["region", "residence"], women=folder / "wm.sav")
    found = child_mortality(births, [read_period("0-4")], Options(errors="taylor"))
    assert far_off(found.rows, truth) == []
    assert len(found.rows.filter(breakdown="region")["group"].unique()) == 10
    assert found.findings == ()


def test_fertility_is_that_of_the_country(folder: Path, truth: pl.DataFrame) -> None:
    women = read_women(folder / "wm.sav", read_layout("mics6"))
    found = fertility_table(women, folder / "bh.sav", read_period("0-2"), Options())
    assert far_off(found.rows, truth) == []


def test_a_layout_that_takes_the_dead_for_the_living_is_refused_by_the_data(folder: Path) -> None:
    """Codes of DHS on a MICS file: everybody who lives has code 1 in both, and the dead have none of the codes."""
    layout = read_layout("mics6")
    alive = replace(layout.births["alive"], false=(0.0,))
    births = read_births(folder / "bh.sav", replace(layout, births={**layout.births, "alive": alive}))
    assert births.histories.survival_unknown is not None
    assert births.histories.survival_unknown.sum() > 100
