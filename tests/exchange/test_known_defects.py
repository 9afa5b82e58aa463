"""Every kind of error known from real files is caught: one row of tests/fixtures/open_sdg/known_defects.csv each.

The table says where the error was found, which rule catches it, and which rows of the made repository show it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from everychild.exchange.loading import Loaded, load
from everychild.vocabulary.findings import rules

FOLDER = Path(__file__).parents[1] / "fixtures" / "open_sdg"
DEFECTS = list(csv.DictReader((FOLDER / "known_defects.csv").open(encoding="utf-8")))
WITH_ROWS = [defect for defect in DEFECTS if defect["rows"]]
FLAGS = ("suspect", "break", "duplicate_conflict")


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(FOLDER / "repository", "open-sdg", "KAZ")


def _rows(defect: dict[str, str]) -> list[int | None]:
    return [int(row) for row in defect["rows"].split(";")] if defect["rows"] else [None]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: f"{d['rule']}:{d['found_in']}:{d['where']}")
def test_the_rule_names_the_place(loaded: Loaded, defect: dict[str, str]) -> None:
    found = loaded.ledger.filter((pl.col("rule") == defect["rule"]) & (pl.col("file") == defect["example"]))
    assert set(_rows(defect)) <= set(found["row"].to_list())


@pytest.mark.parametrize("defect", WITH_ROWS, ids=lambda d: f"{d['outcome']}:{d['found_in']}:{d['where']}")
def test_the_rows_are_set_aside_or_flagged(loaded: Loaded, defect: dict[str, str]) -> None:
    for row in _rows(defect):
        here = (pl.col("file") == defect["example"]) & (pl.col("row") == row)
        figures, aside = loaded.observations.filter(here), loaded.set_aside.filter(here)
        if defect["outcome"] == "set aside":
            assert figures.is_empty()
            assert defect["rule"] in aside["rules"][0].split("|")
        elif defect["outcome"] in FLAGS:
            assert defect["outcome"] in figures["flag"][0].split("|")
            assert aside.is_empty()
        else:
            assert aside.is_empty()


def test_sound_rows_have_no_flag(loaded: Loaded) -> None:
    sound = loaded.observations.filter(pl.col("file") == "indicator_3-7-2.csv")
    assert sound["flag"].to_list() == ["", ""]
    assert sound["value"].to_list() == [20.4, 19.1]


def test_both_values_of_a_conflict_are_kept(loaded: Loaded) -> None:
    pair = loaded.observations.filter((pl.col("file") == "indicator_8-6-1.csv") & pl.col("row").is_in([7, 8])).sort(
        "row"
    )
    assert pair.select("value", "other", "flag").rows() == [
        (6.3, "", ""),
        (7.1, "conflict=2", "duplicate_conflict"),
    ]


def test_a_replaced_unit_is_flagged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "indicator_3-1-1.csv").write_text("Year,UNIT_MEASURE,Value\n2020,PERSONS,17.0\n", encoding="utf-8")
    figures = load(tmp_path, "open-sdg", "KAZ").observations
    assert figures.select("unit", "flag").rows() == [("per_100000_live_births", "corrected")]


def test_the_table_covers_all_known_defects(shared_folder: Path) -> None:
    path = shared_folder / "kazakhstan" / "known_defects.csv"
    if not path.is_file():
        pytest.skip("the table of known defects is absent from ../shared")
    known = {(row["source_file"], row["where"]) for row in csv.DictReader(path.open(encoding="utf-8"))}
    assert known - {(d["found_in"], d["where"]) for d in DEFECTS} == set()


def test_each_rule_has_words() -> None:
    assert {d["rule"] for d in DEFECTS} <= set(rules())
