"""The practice survey from its files to tables: the DHS Program's own numbers through every layer.

References: ../shared/data/dhs_model/SOURCE.md (CM_CHILD.sps, commit 29fa939, in GNU PSPP 1.6.2; R survey 4.1-1).
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.demographic_rates import ChildMortality, Options, child_mortality, read_period
from everychild.estimation.women_rates import fertility_table, indirect_table, sibling_table
from everychild.microdata.birth_histories import BirthFile, read_births
from everychild.microdata.layouts import read_layout
from everychild.microdata.women_histories import WomenFile, read_women

pytestmark = pytest.mark.shared
PERIODS = [read_period(text) for text in ("0-4", "5-9", "10-14", "0-9")]
BY = ("v024", "v025", "v106", "v190", "b4")
RATE_OF = {"NNMR": "nmr", "PNNMR": "pnmr", "IMR": "imr", "CMR": "cmr", "U5MR": "u5mr"}


@pytest.fixture(scope="module")
def folder(shared_folder: Path) -> Path:
    return shared_folder / "data" / "dhs_model"


@pytest.fixture(scope="module")
def births(folder: Path) -> BirthFile:
    return read_births(folder / "births_core.dta", read_layout("dhs"), BY)


@pytest.fixture(scope="module")
def found(births: BirthFile) -> ChildMortality:
    return child_mortality(births, PERIODS)


def reference(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "reference" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_rate_of_the_dhs_program(found: ChildMortality, folder: Path) -> None:
    cells = {
        (r["indicator"], r["period"], r["breakdown"], r["group"].lower()): r["value"]
        for r in found.rows.iter_rows(named=True)
    }
    rows = reference(folder, "early_childhood_mortality_rates.csv")
    assert len(rows) == 70
    for row in rows:
        group = "_t" if row["variable"] == "total" else row["level"].lower()
        key = (RATE_OF[row["indicator"]], row["window_years_before_interview"], row["variable"], group)
        assert cells[key] == pytest.approx(float(row["rate_per_1000"]), abs=1e-6), row


def test_the_rates_and_errors_that_the_program_publishes(found: ChildMortality) -> None:
    told = found.rows.filter(indicator="u5mr", breakdown="total")
    assert told["value"].head(3).round(3).to_list() == [150.096, 191.973, 217.851]
    assert told["se"].head(3).round(3).to_list() == [6.657, 8.029, 11.801]


def test_linearised_errors_are_those_of_the_survey_package(births: BirthFile, folder: Path) -> None:
    found = child_mortality(births, PERIODS, Options(errors="taylor", lonely="adjust"))
    rows = [
        row
        for row in reference(folder, "early_childhood_mortality_survey_se.csv")
        if (row["variable"], row["strata"], row["method"]) == ("total", "v022", "taylor")
    ]
    assert len(rows) >= 10
    for row in rows:
        cell = found.rows.filter(indicator=RATE_OF[row["indicator"]], period=row["window"], breakdown="total")
        assert cell["se"].item() == pytest.approx(float(row["se_per_1000"]), rel=1e-9), row


def test_mistakes_of_peers_are_not_ours(found: ChildMortality) -> None:
    """Cohort C deaths halved 143.46, interview month inside 148.22, unweighted 145.30, whole in 5-9 202.03; DHS.rates
    by class under R 4.1 gives region 1 an error of 5.21 (shared/methods/mortality.md, sections 8 and 9)."""
    u5mr = found.rows.filter(indicator="u5mr")
    assert u5mr.filter(breakdown="total", period="0-4")["value"].item() > 150
    assert u5mr.filter(breakdown="total", period="5-9")["value"].item() < 192
    region = u5mr.filter(pl.col("breakdown") == "v024", pl.col("period") == "0-4")["se"].to_list()
    # DHS.rates 0.9.2 run for each region by itself, clusters numbered anew: 8.93, 12.52, 22.64; k of the region
    for ours, theirs, psus in zip(region, (8.93, 12.52, 22.64), (79, 57, 34), strict=False):
        assert ours * ((psus - 1) / psus * 217 / 216) ** 0.5 == pytest.approx(theirs, abs=0.006)


@pytest.fixture(scope="module")
def women(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> WomenFile:
    """The women's file with codes in place of the labels of its public copy."""
    table = pl.read_parquet(folder / "women_recode.parquet")
    codes: dict[str, dict[str, int]] = {
        "mm1_": {"male": 1, "female": 2},
        "mm2_": {"dead": 0, "alive": 1, "don't know": 8, "missing": 9},
        "mm9_": {"death not related": 1, "died while pregnant": 2, "died during delivery": 3,
                 "2 months after delivery": 5},
    }  # fmt: skip
    numbers = ("v001", "v002", "v003", "v005", "v008", "v011", "v021", "v022", "awfactt", "v201", "v206", "v207")
    coded = [
        pl.col(c).cast(pl.String).replace_strict(codes[c[:4]], default=None).alias(c)
        for c in table.columns
        if c[:4] in codes
    ]
    dated = [c for c in table.columns if c.startswith(("mm4_", "mm8_"))]
    path = tmp_path_factory.mktemp("women") / "women.parquet"
    table.select(*numbers, *coded, *dated).write_parquet(path)
    return read_women(path, read_layout("dhs"), siblings=True)


def test_fertility_is_that_of_dhs_rates(women: WomenFile, folder: Path) -> None:
    rows = fertility_table(women, folder / "births_core.dta", read_period("0-2"), Options()).rows
    asfr = [float(row["ASFR"]) for row in reference(folder, "fertility_asfr_dhsrates.csv")]
    assert rows["value"].head(7).to_list() == pytest.approx(asfr, abs=0.0006)
    [total] = reference(folder, "fertility_tfr_dhsrates.csv")
    assert rows["value"][7] == pytest.approx(float(total["TFR"]), abs=0.0006)
    assert rows["se"][7] == pytest.approx(float(total["SE"]), abs=0.0006)


def test_mortality_of_siblings_is_that_of_dhs_rates(women: WomenFile, folder: Path) -> None:
    rows = sibling_table(women, None, read_period("0-6"), Options(errors="taylor")).rows
    told = reference(folder, "adult_mortality_dhsrates.csv")
    specific = [float(row["ASMR"]) for row in told if row["ASMR"]]
    assert rows.filter(pl.col("age") != "15-49")["value"].to_list() == pytest.approx(specific, abs=0.0006)
    whole = [float(row["AAMR"]) for row in told if row["AAMR"]]
    assert rows.filter(age="15-49")["value"].to_list() == pytest.approx(whole, abs=0.0006)


def test_indirect_mortality_is_that_of_demogsurv(women: WomenFile, folder: Path) -> None:
    rows = indirect_table(women, "west", Options()).rows.filter(indicator="u5mr")
    told = [row for row in reference(folder, "indirect_brass_u5mr.csv")
            if (row["family"], row["variable"]) == ("Princeton-West", "total")]  # fmt: skip
    assert rows["value"].to_list() == pytest.approx([1000 * float(row["u5mr"]) for row in told], rel=1e-9)
    assert rows["date"].to_list() == pytest.approx([float(row["ref"]) for row in told], rel=1e-9)
