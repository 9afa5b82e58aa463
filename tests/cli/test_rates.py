"""`everychild rates`: tables in three languages, what a program reads, refusals, and a release."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from everychild.cli.main import main
from everychild.releases.store import Store
from tests.estimation.test_registration_rates import HEADER, INFANT, MATERNAL, table


def rates(path: Path, *more: str, language: str = "en") -> int:
    return main(["--language", language, "rates", str(path), *more])


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("kind", ["rates", "differences"])
def test_every_table_fits_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, kind: str
) -> None:
    assert rates(table(tmp_path, MATERNAL), "--indicator", "mmr", "--table", kind, language=language) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80


def test_a_small_region_stands_in_parentheses_with_what_one_death_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rates(table(tmp_path, MATERNAL), "--indicator", "mmr")
    out = capsys.readouterr().out
    assert "(27.9)   9.1 – 65.2        5.6" in out
    assert "Years to pool for 20 deaths: Atyrau 8." in out


def test_the_break_is_marked_and_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rates(table(tmp_path, INFANT), "--indicator", "imr", language="ru")
    out = capsys.readouterr().out
    assert "| 2008  Казахстан" in out
    assert "прежние значения – не тот же ряд" in " ".join(out.split())
    rates(table(tmp_path, INFANT), "--indicator", "imr", "--table", "differences")
    assert "1.44 ‡" in capsys.readouterr().out


def test_csv_holds_unrounded_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rates(table(tmp_path, MATERNAL), "--indicator", "mmr", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {"indicator", "period", "group", "value", "se", "lower", "upper", "n"} <= set(rows[0])
    assert float(rows[0]["value"]) == 57 / 402310 * 1e5


def test_a_refusal_names_row_and_column_and_computes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rates(table(tmp_path, HEADER + "KZ-23,2020,two,100\n"), "--indicator", "mmr") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "counts.csv, deaths, row 2: “two” in deaths is no count" in told.err


def test_a_table_without_indicator_says_what_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rates(table(tmp_path, MATERNAL)) == 1
    assert "--indicator imr" in capsys.readouterr().err


def test_a_release_needs_a_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, MATERNAL)
    assert rates(path, "--indicator", "mmr", "--publish") == 2
    assert "--source CODE" in capsys.readouterr().err
    store = tmp_path / "store"
    assert rates(path, "--indicator", "mmr", "--publish", "--source", "KAZSTAT_SDG", "--store", str(store)) == 0
    assert [entry.dataset for entry in Store(store).published()] == ["registration-kazstat-sdg"]


def test_years_to_pool_are_at_least_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rates(table(tmp_path, MATERNAL), "--indicator", "mmr", "--pool", "0") == 2
    assert "from 1" in capsys.readouterr().err


def test_a_table_of_something_else_is_told_the_columns_of_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rates(table(tmp_path, "a,b\n1,x\n"), "--indicator", "mmr") == 1
    said = capsys.readouterr().err
    assert all(f"“{column}” is missing" in said for column in ("area", "year", "deaths", "births"))
