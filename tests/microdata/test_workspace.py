"""The private workspace: whole or not there, for its owner alone, and found out when it was changed."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.microdata import workspace
from everychild.microdata.reading import read_file
from tests.microdata import made_survey as made


def read(path: Path, out: Path, language: str = "en") -> int:
    return main(["--language", language, "survey", "read", str(path), "--out", str(out)])


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    assert read(made.write(tmp_path / "source"), tmp_path / "private") == 0
    return tmp_path / "private"


def test_everything_in_it_is_for_its_owner_alone(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {path.name for path in kept.iterdir()} == {
        "hh.parquet", "wm.parquet", "ch.parquet", "survey.yaml", "workspace.json",
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o600}


def test_codes_labels_and_declared_missing_codes_are_kept(kept: Path) -> None:
    file = read_file(kept / "ch.parquet")
    table = file.frame.collect()
    assert table["BR1"].to_list() == made.children()["BR1"].to_list()
    assert 8 in table["BR1"].to_list()
    assert file.words["BR1"].missing == (8.0,)
    assert file.words["BR1"].values == made.VALUE_LABELS["BR1"]
    assert file.words["HAZ2"].missing_range is not None
    assert (file.words["HAZ2"].missing_range.low, file.words["HAZ2"].missing_range.high) == (99.97, 99.99)


def test_it_gives_the_same_estimates_by_itself(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--indicators", "birth_registration,stunting_moderate_severe", "--by", "region", "--format", "csv"]
    capsys.readouterr()
    main(["estimate", str(kept.parent / "source" / "survey.yaml"), *arguments])
    told = capsys.readouterr().out
    assert main(["estimate", str(kept / "survey.yaml"), *arguments]) == 0
    assert capsys.readouterr().out == told
    main(["estimate", str(kept.parent / "source" / "survey.yaml"), "--data", str(kept), *arguments])
    assert capsys.readouterr().out == told


def test_a_changed_file_is_found_out_by_check_and_by_estimate(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = kept / "ch.parquet"
    read_file(path).frame.collect().with_columns(pl.lit(1).alias("BR1")).write_parquet(path)
    capsys.readouterr()
    for command in (["survey", "check"], ["estimate", "--indicators", "birth_registration"]):
        assert main([*command, str(kept / "survey.yaml")]) == 1
        told = capsys.readouterr()
        assert "ch.parquet: The file is not what was kept in this workspace" in " ".join((told.out + told.err).split())
    assert main(["estimate", str(kept / "survey.yaml"), "--indicators", "iodised_salt_any"]) == 0


def test_a_record_that_cannot_be_read_is_an_error(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kept / "workspace.json").write_text("{", encoding="utf-8")
    assert main(["survey", "check", str(kept / "survey.yaml")]) == 1
    assert "workspace.json" in "".join(capsys.readouterr())


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_what_it_prints_fits_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(made.write(tmp_path / "s"), Path("private"), language) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "140" in out


def test_a_broken_file_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.write(tmp_path / "source")
    file = tmp_path / "source" / "ch.sav"
    file.write_bytes(file.read_bytes()[:-700])
    assert read(path, tmp_path / "private") == 1
    assert "ch.sav: The file is cut off" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_stop_keeps_the_old_workspace(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in kept.iterdir()}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workspace, "_record", stop)
    assert read(kept.parent / "source" / "survey.yaml", kept) == 130
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    assert sorted(path.name for path in kept.parent.iterdir()) == ["private", "source"]


def test_a_kill_in_the_midst_keeps_the_old_workspace_and_the_next_run_tidies_up(kept: Path) -> None:
    before = (kept / "workspace.json").read_bytes()
    program = (
        "import time\nfrom everychild.microdata import workspace\n"
        "workspace._record = lambda *_: (print('here', flush=True), time.sleep(60))\n"
        "from everychild.cli.main import main\n"
        f"main(['survey', 'read', {str(kept.parent / 'source' / 'survey.yaml')!r}, '--out', {str(kept)!r}])\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.kill()
    left = [path.name for path in kept.parent.iterdir() if path.name.startswith(".")]
    assert left == [f".private.{process.pid}"]
    assert (kept / "workspace.json").read_bytes() == before
    assert workspace.damaged(kept) == []
    assert read(kept.parent / "source" / "survey.yaml", kept) == 0
    assert sorted(path.name for path in kept.parent.iterdir()) == ["private", "source"]


def test_a_kill_between_the_two_renames_is_mended_by_the_next_run(kept: Path) -> None:
    os.rename(kept, kept.with_name(".private.old"))
    stopped = kept.with_name(".private.old")
    assert json.loads((stopped / "workspace.json").read_text(encoding="utf-8"))["survey"] == "MADE_2024"
    workspace._tidy(kept)
    assert workspace.damaged(kept) == []
    assert not stopped.exists()


def test_another_folder_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("mine")
    assert read(made.write(tmp_path / "source"), mine) == 1
    assert "is there already and is no workspace" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]
    (mine / "letter.txt").unlink()
    assert read(tmp_path / "source" / "survey.yaml", mine) == 0
    assert (mine / "ch.parquet").is_file()


def test_values_carried_between_files_with_keys_of_different_types(tmp_path: Path) -> None:
    """Households are numbers in one file and text in the other: the members find their household all the same."""
    from everychild.microdata.description import read_description
    from everychild.microdata.survey_files import SurveyFiles

    told = made.DESCRIPTION.replace("ch: ch.SUFFIX", "hl: hl.SUFFIX").replace("  ch: {", "  hl: {")
    path = made.write(tmp_path, "parquet", description=told)
    transfers = {f"ST4{letter}${k}": pl.lit(1.0) for k in range(1, 6) for letter in "UN"}
    for name in ("hh", "hl"):
        table = made.households() if name == "hh" else made.children()
        table = table.with_columns(**transfers) if name == "hh" else table.with_columns(pl.col("HH2").cast(pl.Int64))
        if name == "hl":
            table = table.with_columns(pl.col("HH1").cast(pl.Int64).cast(pl.String))
        table.write_parquet(tmp_path / f"{name}.parquet")
    files = SurveyFiles(read_description(path), tmp_path)
    carried = files.with_carried("hl", frozenset({"d_hh_any_transfer"})).collect()
    assert carried["d_hh_any_transfer"].to_list() == [True] * carried.height
