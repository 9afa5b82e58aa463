"""`everychild load`: what it prints, what it leaves behind, and what a kill in the middle leaves whole."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from everychild.cli.main import main
from everychild.releases.store import Store

REPOSITORY = Path(__file__).parents[1] / "fixtures" / "open_sdg" / "repository"
HEADER = "indicator,area,period,value,source\n"


def _tidy(folder: Path, rows: str, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def _load(path: Path, data: Path, *more: str, language: str = "en", kind: str = "tidy") -> int:
    return main(["--language", language, "load", str(path), "--as", kind, "--data", str(data), "--by", "test", *more])


def test_a_repository_with_defects_is_stored_and_its_ledger_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _load(REPOSITORY, tmp_path, kind="open-sdg") == 0
    out = capsys.readouterr().out
    assert "decimal_point_lost" in out
    assert "indicator_4-2-1.csv, row 2, column value: 861 percent cannot be" in out
    assert "figures loaded" in out
    assert max(len(line) for line in out.splitlines()) <= 100
    (manifest,) = Store(tmp_path).releases()
    assert manifest.dataset == "kazstat-open-sdg"
    assert manifest.rows == Store(tmp_path).observations(manifest.release).height
    assert manifest.findings["error"] == Store(tmp_path).ledger(manifest.release).filter(severity="error").height
    assert Store(tmp_path).set_aside(manifest.release).height > 0
    assert Store(tmp_path).published() == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "figures loaded"), ("ru", "Загружено значений"), ("kk", "Жүктелген мәндер")]
)
def test_it_speaks_three_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    path = _tidy(tmp_path, 'u5mr,KAZ,2015,1,KAZSTAT_SDG\nu5mr,KAZ,2016,"1,5",KAZSTAT_SDG\n')
    assert _load(path, tmp_path / "data", language=language) == 0
    out = capsys.readouterr().out
    assert words in out
    assert "1.5" in out


def test_ledger_and_set_aside_files(tmp_path: Path) -> None:
    path = _tidy(tmp_path, 'u5mr,KAZ,2015,1,KAZSTAT_SDG\nu5mr,KAZ,2016,"1,5",KAZSTAT_SDG\n')
    assert _load(path, tmp_path / "data", "--ledger", str(tmp_path / "out" / "ledger.csv")) == 0
    rows = list(csv.DictReader((tmp_path / "out" / "ledger.csv").open(encoding="utf-8")))
    assert [(r["rule"], r["row"], r["value"], r["severity"]) for r in rows] == [("decimal_comma", "3", "1,5", "error")]
    assert rows[0]["suggestion"] == "Write 1.5 if that is what was meant"
    aside = list(csv.DictReader((tmp_path / "out" / "ledger.set_aside.csv").open(encoding="utf-8")))
    assert [(r["row"], r["rules"], r["value"]) for r in aside] == [("3", "decimal_comma", "1,5")]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["ledger.csv", "ledger.set_aside.csv"]


@pytest.mark.parametrize("style", ["csv", "json"])
def test_full_ledger_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str) -> None:
    path = _tidy(tmp_path, "u5mr,KAZ,2015,1,KAZSTAT_SDG\n" + "u5mr,KAZ,2016,x,KAZSTAT_SDG\n" * 9)
    assert _load(path, tmp_path / "data", "--format", style) == 0
    shown = capsys.readouterr()
    rows = json.loads(shown.out) if style == "json" else list(csv.DictReader(shown.out.splitlines()))
    assert [row["rule"] for row in rows] == ["missing_mark"] * 9
    assert "rows set aside" in shown.err


def test_nothing_loaded_is_exit_2_and_nothing_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _tidy(tmp_path, 'u5mr,KAZ,2016,"1,5",KAZSTAT_SDG\n')
    ledger = tmp_path / "ledger.csv"
    assert _load(path, tmp_path / "data", "--publish", "--ledger", str(ledger)) == 2
    shown = capsys.readouterr()
    assert "12.5" not in shown.out
    assert "1.5 was probably meant" in shown.out
    assert "Nothing could be loaded" in shown.err
    assert "decimal_comma" in ledger.read_text(encoding="utf-8")
    assert not (tmp_path / "data" / "releases").exists()
    assert _load(tmp_path, tmp_path / "data", kind="open-sdg") == 2


def test_unknown_countries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _tidy(tmp_path, "u5mr,KAZ,2015,1,KAZSTAT_SDG\n")
    assert _load(path, tmp_path / "data", "--country", "XXX") == 2
    assert "XXX" in capsys.readouterr().err


def test_places_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _tidy(tmp_path, "u5mr,KAZ,2015,1,KAZSTAT_SDG\n")
    assert _load(path, tmp_path / "figures.csv") == 2
    assert "cannot write" in capsys.readouterr().err
    assert _load(path, tmp_path / "data", "--ledger", str(tmp_path / "figures.csv" / "ledger.csv")) == 2
    assert not (tmp_path / "data").exists()


def test_publishing_and_loading_again(tmp_path: Path) -> None:
    path = _tidy(tmp_path, "u5mr,KAZ,2015,1,KAZSTAT_SDG\n")
    store = Store(tmp_path / "data")
    assert _load(path, store.root, "--publish") == 0
    assert _load(path, store.root, "--publish") == 0
    assert len(store.releases()) == 1
    (entry,) = store.published()
    assert (entry.dataset, entry.by) == ("tidy-figures", "test")
    _tidy(tmp_path, "u5mr,KAZ,2015,2,KAZSTAT_SDG\n")
    assert _load(path, store.root) == 0
    assert len(store.releases()) == 2
    assert store.published() == [entry]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0])
def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path, share: float) -> None:
    """Killed after a share of the time that a whole run takes, the old publication stands and a repeat completes."""
    rows = "".join(f"u5mr,KAZ,{1900 + i},{i}.5,KAZSTAT_SDG\n" for i in range(120))
    store = Store(tmp_path / "data")
    old = _tidy(tmp_path, "u5mr,KAZ,2015,1,KAZSTAT_SDG\n")
    assert _load(old, store.root, "--publish") == 0
    (before,) = store.published()
    new = _tidy(tmp_path, rows)
    command = [
        sys.executable,
        "-m",
        "everychild.cli.main",
        "load",
        str(new),
        "--as",
        "tidy",
        "--publish",
        "--by",
        "test",
    ]
    began = time.monotonic()
    subprocess.run([*command, "--data", str(tmp_path / "trial")], check=True, capture_output=True)
    whole = time.monotonic() - began
    running = subprocess.Popen([*command, "--data", str(store.root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(whole * share)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert store.observations(before.release)["value"].to_list() == [1.0]
    (shown,) = store.published()
    if shown != before:
        assert store.observations(shown.release).height == 120
    assert _load(new, store.root, "--publish") == 0
    (after,) = store.published()
    assert store.observations(after.release).height == 120
    assert sorted(m.rows for m in store.releases()) == [1, 120]
    assert [p.name for p in store.folder.iterdir() if p.name.startswith(".")] == []
