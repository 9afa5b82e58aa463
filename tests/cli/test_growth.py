"""`everychild growth`: what a person sees, what a program reads, what a refusal says, what is published."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.releases.store import Store
from everychild.vocabulary.computations import procedure_of
from tests.estimation.test_child_growth import MAP, N, made_children

NEEDED = ("indicator", "period", "group", "value", "se", "lower", "upper", "n")
SURVEY = """
survey: MADE_2015
title: {en: Made, ru: Сделано, kk: Жасалған}
country: KAZ
layout: mics6
period: "2015"
source: UNICEF_CME_2026
invented: true
files: {ch: children.csv}
design: {psu: CLUSTER, stratum: STRATUM, household: [CLUSTER]}
breakdowns:
  region:
    dimension: area
    variable: {ch: REGION}
    levels:
      1: {code: KZ-23, en: Atyrau, ru: Атырау, kk: Атырау}
      2: {code: KZ-61, en: Turkistan, ru: Туркестан, kk: Түркістан}
"""
SHOW = """
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from django.test import Client
print(Client().get("/en/indicators/stunting_moderate_severe").content.decode())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("growth")
    write(path)
    (path / "map.yaml").write_text("groups: {layout: mics6, children: ch}\n" + MAP, encoding="utf-8")
    (path / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    return path


def write(folder: Path, **changed: Any) -> Path:
    columns = {**made_children(), "REGION": [1 + (row % 2) for row in range(N)], **changed}
    pl.DataFrame(columns).write_csv(folder / "children.csv")
    return folder / "children.csv"


def growth(folder: Path, *more: str, language: str = "en", children: Path | None = None) -> int:
    file = children or folder / "children.csv"
    return main(["--language", language, "growth", str(file), "--layout", str(folder / "map.yaml"), *more])


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("table", ["prevalence", "quality"])
def test_every_table_and_finding_fits_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], language: str, table: str
) -> None:
    assert growth(folder, "--by", "sex,sex:age_group", "--table", table, language=language) == 0
    told = capsys.readouterr()
    lines = [*told.out.splitlines(), *told.err.splitlines()]
    assert len(lines) > 15
    assert max(map(len, lines)) <= 80


def test_the_table_names_indicators_groups_errors_and_quality(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    growth(folder, "--by", "REGION,sex:age_group")
    out = capsys.readouterr().out
    for words in ("Stunting prevalence, severe", "Female", "(*)", "30 clusters in 5 strata", "Boys per 100 girls",
                  "each index for itself (WHO)", "Standard deviation of z, height for age"):  # fmt: skip
        assert words in out


def test_csv_and_json_are_unrounded_and_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    growth(folder, "--format", "csv", "--by", "sex")
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    growth(folder, "--format", "json", "--by", "sex")
    objects = json.loads(capsys.readouterr().out)
    assert set(NEEDED) <= set(table[0])
    assert len(table) == len(objects)
    for text, told in zip(table, objects, strict=True):
        assert all(text[name] == str(told[name]) for name in ("indicator", "period", "group"))
        assert all(float(text[name]) == told[name] for name in NEEDED[3:])
    assert len(table[0]["value"].partition(".")[2]) > 6


@pytest.mark.parametrize("invented", [True, False])
def test_rows_of_a_described_survey_say_whether_it_is_invented(tmp_path: Path, *, invented: bool) -> None:
    """A file without a description says nothing of it, and nothing is said."""
    write(tmp_path)
    (tmp_path / "map.yaml").write_text("groups: {layout: mics6, children: ch}\n" + MAP, encoding="utf-8")
    told = SURVEY.replace("invented: true", f"invented: {str(invented).lower()}")
    (tmp_path / "survey.yaml").write_text(told, encoding="utf-8")
    described = ("--survey", str(tmp_path / "survey.yaml"))
    for name in ("x.csv", "x.json"):
        assert growth(tmp_path, *described, "--out", str(tmp_path / name)) == 0
    rows = list(csv.DictReader((tmp_path / "x.csv").open(encoding="utf-8")))
    assert {row["invented"] for row in rows} == {str(invented).lower()}
    assert {row["invented"] for row in json.loads((tmp_path / "x.json").read_text())} == {invented}
    assert growth(tmp_path, "--out", str(tmp_path / "x.csv")) == 0
    assert "invented" not in (tmp_path / "x.csv").read_text()


def test_a_file_is_written_whole_and_named(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "growth.csv"
    assert growth(folder, "--format", "csv", "--out", str(out)) == 0
    told = capsys.readouterr()
    assert (told.out, str(out) in told.err) == ("", True)
    assert [path.name for path in out.parent.iterdir()] == ["growth.csv"]


@pytest.mark.parametrize("name", ["z.csv", "z.parquet"])
def test_scores_of_children_are_written_for_their_owner_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out = tmp_path / name
    assert growth(folder, "--children-out", str(out)) == 0
    assert str(out) in capsys.readouterr().err
    table = pl.read_csv(out) if name.endswith(".csv") else pl.read_parquet(out)
    assert table.height == N
    assert {"row", "haz", "waz", "whz", "baz", "acz", "haz_flag", "length_adjusted", "haz_unrounded"} <= set(
        table.columns
    )
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_refusal_says_where_what_and_how_to_go_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = list(made_children()["W"])
    weights[3] = None
    bad = write(tmp_path, W=weights)
    out = tmp_path / "z.csv"
    assert growth(folder, "--children-out", str(out), children=bad) == 1
    told = capsys.readouterr()
    assert (told.out, out.exists()) == ("", False)
    assert "children.csv, W, row 5: 1 children have no sampling weight" in told.err
    assert "--leave-out growth_sampling_weight_missing" in told.err
    assert growth(folder, "--leave-out", "growth_sampling_weight_missing", children=bad) == 0
    told = capsys.readouterr()
    assert "no sampling weight" in told.err, "rows that are left out are still said"
    assert "Stunting" in told.out
    assert growth(folder, language="kk", children=bad) == 1
    assert "іріктеу салмағы жоқ" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--by", "agegroup"), "did you mean age_group"),
        (("--publish",), "--survey SURVEY.yaml"),
        (("--children-out", "z.xlsx"), ".csv or .parquet"),
        (("--standards", "."), "none of WHO's tables is here"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], words: str
) -> None:
    assert growth(folder, *more) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "“nowhere.yaml” is neither a shipped layout nor a file; layouts are dhs, dhs_children, mics6, smart"),
        ("ru", "готовые раскладки: dhs, dhs_children, mics6, smart"),
        ("kk", "дайын карталар: dhs, dhs_children, mics6, smart"),
    ],
)
def test_a_layout_that_is_not_there_is_said_in_the_language(
    folder: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    table = str(folder / "children.csv")
    assert main(["--language", language, "growth", table, "--layout", "nowhere.yaml"]) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_without_a_file_the_command_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["growth"]) == 2
    assert "name the file of children" in capsys.readouterr().err


def test_an_interrupt_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("everychild.releases.storage.write_file", interrupted)
    assert growth(folder, "--children-out", str(tmp_path / "z.csv")) == 130
    assert list(tmp_path.iterdir()) == []
    capsys.readouterr()


def test_prevalences_become_a_release(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = ("--survey", str(folder / "survey.yaml"), "--by", "sex,age_group,region", "--store", str(tmp_path))
    assert growth(folder, *survey, "--publish") == 0
    told = capsys.readouterr()
    assert "INVENTED DATA" in told.out
    [entry] = Store(tmp_path).published()
    assert entry.dataset == "made-2015-growth"
    assert f"{entry.release} (published)" in told.err
    figures = Store(tmp_path).observations(entry.release)
    assert set(figures["period"]) == {"2015"}
    assert set(figures["area"]) == {"KAZ", "KZ-23", "KZ-61"}
    assert set(figures["age"]) == {"_T", "M0T5", "M6T11", "M12T23", "M24T35", "M36T47", "M48T59"}
    assert "stunting_severe" in set(figures["indicator"])
    assert "mean_haz" not in set(figures["indicator"]), "only indicators of the catalogue are published"
    ledger = Store(tmp_path).ledger(entry.release)
    assert ledger.height > 0
    assert ledger["row"].null_count() == ledger.height, "a row of a survey is a child"
    growth(folder, *survey, "--format", "json")
    rows = json.loads(capsys.readouterr().out)
    total = next(row for row in rows if row["indicator"] == "wasting_severe" and row["breakdown"] == "total")
    figure = figures.filter(indicator="wasting_severe", area="KAZ", sex="_T", age="_T").row(0, named=True)
    assert all(figure[name] == total[name] for name in ("value", "se", "lower", "upper", "n", "unit"))
    assert (figure["interval"], figure["flag"]) == ("CI95", "invented")
    told = procedure_of(figure["note"])
    assert told is not None
    assert told.method == "growth"
    assert float(told.told["deff"]) == pytest.approx(total["deff"], abs=5e-5)


def test_a_survey_brings_its_file(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--layout", str(folder / "map.yaml"), "--by", "region"]
    assert main(["growth", "--survey", str(folder / "survey.yaml"), *more]) == 0
    assert "Turkistan" in capsys.readouterr().out


def test_clusters_of_the_household_file_count_in_the_errors(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    clusters = list(range(40))  # ten more than have children
    pl.DataFrame({"CLUSTER": clusters, "STRATUM": [c % 5 for c in clusters]}).write_csv(tmp_path / "households.csv")
    found = {}
    for files in ("{ch: children.csv}", "{ch: children.csv, hh: households.csv}"):
        (tmp_path / "survey.yaml").write_text(SURVEY.replace("{ch: children.csv}", files), encoding="utf-8")
        more = ["--layout", str(folder / "map.yaml"), "--format", "json"]
        assert main(["growth", "--survey", str(tmp_path / "survey.yaml"), *more]) == 0
        found[files] = json.loads(capsys.readouterr().out)[0]
    one, other = found.values()
    assert (one["value"], one["n"], one["period"]) == (other["value"], other["n"], "2015")
    assert one["se"] != other["se"]


def test_published_prevalences_stand_on_the_page_of_their_indicator(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = ("--survey", str(folder / "survey.yaml"), "--by", "sex")
    growth(folder, *survey, "--publish", "--store", str(tmp_path))
    capsys.readouterr()
    growth(folder, *survey, "--format", "json")
    rows = [row for row in json.loads(capsys.readouterr().out) if row["indicator"] == "stunting_moderate_severe"]
    settings = {"EVERYCHILD_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "everychild.website.settings",
                "EVERYCHILD_HOSTS": "testserver"}  # fmt: skip
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], env={**os.environ, **settings}, check=True, capture_output=True, text=True
    ).stdout
    text = " ".join(re.sub("<[^>]+>", " ", shown).split())
    total, boys, girls = rows
    assert f"95% confidence interval: {total['lower']:.1f}–{total['upper']:.1f}" in text
    for row, name in ((boys, "Male"), (girls, "Female")):
        assert f"{name} {row['value']:.1f} {row['lower']:.1f} {row['upper']:.1f}" in text
