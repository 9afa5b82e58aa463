"""Commands that write, where nothing can be written: a sentence with the option and the place, and no leftovers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.cli.unwritable import write_whole, written
from everychild.vocabulary.findings import DataRefused
from tests.cli.test_growth import write as write_children
from tests.estimation.test_child_growth import MAP
from tests.full_disk import no_file_above
from tests.microdata import made_survey as made

Asked = Callable[[str, str], Sequence[str]]
BIRTHS = ("--indicators", "birth_registration")
COMMANDS: dict[str, Asked] = {
    "estimate": lambda survey, place: ["estimate", survey, *BIRTHS, "--out", place],
    "release": lambda survey, place: ["estimate", survey, *BIRTHS, "--release", "--store", place],
    "publish": lambda survey, place: ["estimate", survey, *BIRTHS, "--publish", "--store", place],
    "read": lambda survey, place: ["survey", "read", survey, "--out", place],
    "simulate": lambda _survey, place: ["survey", "simulate", "--households", "1000", "--out", place],
    "describe": lambda _survey, place: ["survey", "describe", "--out", place],
    "growth": lambda survey, place: [*growth_of(survey), "--out", place],
    "children": lambda survey, place: [*growth_of(survey), "--children-out", place],
}
OPTION = {"release": "--store", "publish": "--store", "children": "--children-out"}
SAID = {"en": " cannot be written: ", "ru": ": запись невозможна: ", "kk": ": жазу мүмкін емес: "}


def growth_of(survey: str) -> Sequence[str]:
    folder = Path(survey).parent
    return ["growth", str(folder / "children.csv"), "--layout", str(folder / "map.yaml")]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("made")
    write_children(folder)
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    return str(made.write(folder, "parquet"))


def unwrapped(text: str) -> str:
    """Without blanks, because a long path is broken at the edge of the terminal."""
    return "".join(text.split())


def left(folder: Path) -> set[str]:
    """Files below a folder but for the lock of a store, which is always empty."""
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_told_and_nothing_half_written_stays(
    survey: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    place = tmp_path / "new" / "place.csv"
    with no_file_above(100):
        code = main(["--language", language, *COMMANDS[name](survey, str(place))])
    told = unwrapped(capsys.readouterr().err)
    assert (code, left(tmp_path)) == (1, set())
    assert unwrapped(f"{OPTION.get(name, '--out')}: {place}") in told
    assert unwrapped(f"{place.name}{SAID[language]}File too large") in told


@pytest.mark.parametrize("name", COMMANDS)
def test_a_place_below_a_file_is_told(
    survey: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "file").write_text("mine")
    assert main(list(COMMANDS[name](survey, str(tmp_path / "file" / "place.csv")))) == 1
    assert unwrapped("place.csv cannot be written: ") in unwrapped(capsys.readouterr().err)
    assert (tmp_path / "file").read_text() == "mine"
    assert left(tmp_path) == {"file"}


def test_a_release_that_fails_does_not_deny_the_table_above_it(
    survey: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with no_file_above(100):
        main(list(COMMANDS["release"](survey, str(tmp_path / "store"))))
    told = capsys.readouterr()
    assert "Birth registration" in told.out
    assert "The estimates are computed" in told.err
    assert "Nothing was computed" not in told.err


def test_describe_makes_the_folder_of_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "survey.yaml"
    assert main(["survey", "describe", "--out", str(out)]) == 0
    assert main(["survey", "describe"]) == 0
    assert out.read_text(encoding="utf-8") in capsys.readouterr().out


def test_a_pipe_is_written_to_and_a_link_followed(survey: str, tmp_path: Path) -> None:
    """Replaced by a file, /dev/null would be gone for the whole machine."""
    end, start = os.pipe()
    assert main(["estimate", survey, *BIRTHS, "--format", "csv", "--out", f"/dev/fd/{start}"]) == 0
    os.close(start)
    with os.fdopen(end) as stream:
        assert stream.read().startswith("survey,indicator,")
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


@pytest.mark.parametrize("out", ["/", ".", ""])
def test_a_folder_in_the_place_of_a_file_is_told(
    survey: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["estimate", survey, *BIRTHS, "--out", out]) == 1
    assert "cannot be written: Is a directory" in " ".join(capsys.readouterr().err.split())
    assert left(tmp_path) == set()


@pytest.mark.parametrize("name", ["read", "simulate"])
def test_an_empty_folder_in_which_one_stands_is_written_to(
    survey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert main(list(COMMANDS[name](survey, "."))) == 0
    assert "survey.yaml" in left(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


@pytest.mark.parametrize(
    "problem",
    [
        FileNotFoundError(2, "No such file or directory", "/survey/ch.sav"),
        pl.exceptions.ComputeError("a column is missing"),
        ValueError("not a number"),
        BrokenPipeError(32, "Broken pipe"),
    ],
)
def test_what_fails_elsewhere_is_not_told_of_the_place(tmp_path: Path, problem: Exception) -> None:
    with pytest.raises(type(problem)) as raised, written(tmp_path / "new"):
        raise problem
    assert raised.value is problem


def test_a_library_that_does_not_say_why_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="transport error"), written(tmp_path / "new"):
        raise pl.exceptions.ComputeError("Invalid thrift: transport error")
