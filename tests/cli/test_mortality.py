"""`everychild mortality`: what a person sees, what a program reads, what a refusal says, what is published."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.releases.store import Store
from tests.estimation.test_demographic_rates import DESCRIPTION, made_births

NEEDED = ("indicator", "period", "group", "value", "se", "lower", "upper", "n")


@pytest.fixture(scope="module")
def births(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_births(tmp_path_factory.mktemp("births"))


def mortality(births: Path, *more: str, language: str = "en") -> int:
    return main(["--language", language, "mortality", str(births), "--layout", "dhs", *more])


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("table", ["rates", "differences", "quality"])
def test_every_table_fits_a_terminal(
    births: Path, capsys: pytest.CaptureFixture[str], language: str, table: str
) -> None:
    assert mortality(births, "--by", "residence,sex_child", "--period", "0-4", "--period", "5-9", "--table", table,
                     language=language) == 0  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 15
    assert max(map(len, lines)) <= 80


def test_the_table_names_rates_groups_errors_and_how_far_to_trust(
    births: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mortality(births, "--by", "v024")
    out = capsys.readouterr().out
    for words in ("Neonatal", "Under five", "Total", "(*)", "jackknife JK1 over 20 clusters", "Boys born to girls"):
        assert words in out


def test_csv_and_json_are_unrounded_and_the_same(births: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mortality(births, "--format", "csv", "--by", "residence")
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    mortality(births, "--format", "json", "--by", "residence")
    objects = json.loads(capsys.readouterr().out)
    assert set(NEEDED) <= set(table[0])
    assert len(table) == 15
    for text, told in zip(table, objects, strict=True):
        assert all(text[name] == str(told[name]) for name in ("indicator", "period", "group"))
        assert all(float(text[name]) == told[name] for name in NEEDED[3:])
    assert len(table[0]["value"].partition(".")[2]) > 6


def test_hidden_groups_are_empty_in_csv_unless_asked_for(births: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = {}
    for more in ((), ("--hidden",)):
        mortality(births, "--format", "csv", "--by", "v024", *more)
        rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
        values[more] = [row["value"] for row in rows if row["group"] == "1"]
    assert values[()] == [""] * 5
    assert all(values[("--hidden",)])


def test_a_file_is_written_whole_and_named(births: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "folder" / "rates.csv"
    assert mortality(births, "--format", "csv", "--out", str(out)) == 0
    told = capsys.readouterr()
    assert (told.out, str(out) in told.err) == ("", True)
    assert [path.name for path in out.parent.iterdir()] == ["rates.csv"]
    assert out.read_text().startswith("indicator,")


def test_a_refusal_says_where_what_and_how_to_go_on(
    births: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    table = pl.read_csv(births)
    table.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(1400).otherwise(pl.col("b3")).alias("b3")).write_csv(
        bad
    )
    assert mortality(bad) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "bad.csv, b3, row 5: Births dated after the interview: 1" in told.err
    assert "--leave-out birth_after_interview" in told.err
    assert mortality(bad, "--leave-out", "birth_after_interview") == 0
    told = capsys.readouterr()
    assert "Births dated after the interview: 1. Left out." in told.err, "rows that are left out are still said"
    assert "Under five" in told.out
    assert mortality(bad, language="kk") == 1
    assert "Күні сұхбаттан кейінгі туулар: 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--by", "residense"), "did you mean residence"),
        (("--period", "yesterday"), "no period"),
        (("--period", "2010-2020"), "before the first interview"),
        (("--errors", "taylor", "--lonely", "fail", "--by", "v024"), ""),
        (("--publish",), "--survey SURVEY.yaml"),
        (("--layout", "nowhere.yaml"), "layouts are dhs, ipums_dhs, mics6"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    births: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], words: str
) -> None:
    code = mortality(births, *more)
    told = capsys.readouterr()
    assert code == (2 if words else 0)
    assert words in " ".join(told.err.split())
    assert "Traceback" not in told.err


def test_no_births_and_no_survey(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mortality"]) == 2
    assert "name the file, or a survey" in capsys.readouterr().err


def test_a_survey_brings_its_file_layout_and_regions_and_is_published(
    births: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (births.parent / "survey.yaml").write_text(DESCRIPTION)
    assert main(["mortality", "--survey", str(births.parent / "survey.yaml"), "--by", "region", "--publish",
                 "--by-whom", "somebody", "--store", str(tmp_path)]) == 0  # fmt: skip
    told = capsys.readouterr()
    assert "Turkistan" in told.out
    assert "INVENTED DATA" in told.out
    [entry] = Store(tmp_path).published()
    assert entry.dataset == "made-2015-mortality"
    assert f"{entry.release} (published)" in told.err


def test_single_cluster_strata_fail_when_they_shall(
    births: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lonely.csv"
    pl.read_csv(births).with_columns(
        pl.when(pl.col("v021") == 20).then(9).otherwise(pl.col("v022")).alias("v022")
    ).write_csv(path)
    assert mortality(path, "--errors", "taylor", "--lonely", "fail") == 2
    assert "one PSU" in capsys.readouterr().err
    assert mortality(path, "--errors", "taylor") == 0
    told = capsys.readouterr()
    assert "Stratum 9 has one primary sampling unit" in told.err
    assert "20 clusters in 5 strata" in told.out


SHOW = """
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from django.test import Client
print(Client().get("/en/indicators/u5mr").content.decode())
"""


def test_published_rates_stand_on_the_page_of_their_indicator_with_their_intervals(
    births: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (births.parent / "survey.yaml").write_text(DESCRIPTION)
    survey = ("--survey", str(births.parent / "survey.yaml"), "--by", "residence")
    main(["mortality", *survey, "--publish", "--store", str(tmp_path)])
    capsys.readouterr()
    main(["mortality", *survey, "--format", "json"])
    rows = [row for row in json.loads(capsys.readouterr().out) if row["indicator"] == "u5mr"]
    settings = {"EVERYCHILD_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "everychild.website.settings",
                "EVERYCHILD_HOSTS": "testserver"}  # fmt: skip
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], env={**os.environ, **settings}, check=True, capture_output=True, text=True
    ).stdout
    text = " ".join(re.sub("<[^>]+>", " ", shown).split())
    total, urban, rural = rows
    assert f"95% confidence interval: {total['lower']:.1f}–{total['upper']:.1f}" in text
    for row, name in ((urban, "Urban"), (rural, "Rural")):
        assert f"{name} {row['value']:.1f} {row['lower']:.1f} {row['upper']:.1f}" in text
