"""`everychild fertility`, and the methods of women in `everychild mortality`: what a person and a program read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from everychild.cli.main import main
from everychild.releases.store import Store
from tests.estimation.test_demographic_rates import DESCRIPTION
from tests.estimation.test_women_rates import made_women

LAYOUT = ("--layout", "dhs")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    women, births = made_women(tmp_path_factory.mktemp("women"))
    return str(women), str(births)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("command", ["fertility", "siblings", "indirect"])
def test_every_table_fits_a_terminal(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], language: str, command: str
) -> None:
    women, births = files
    given = {
        "fertility": ["fertility", women, births, "--by", "residence"],
        "siblings": ["mortality", women, "--method", "siblings", "--births", births],
        "indirect": ["mortality", women, "--method", "indirect", "--family", "north"],
    }[command]
    assert main(["--language", language, *given, *LAYOUT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 12
    assert max(map(len, lines)) <= 80


def test_total_and_adolescent_fertility_are_named(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["fertility", *files, *LAYOUT])
    assert "Total fertility: children per woman" in capsys.readouterr().out
    main(["fertility", *files, *LAYOUT, "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {"adolescent_birth_rate", "total_fertility_rate"} <= {row["indicator"] for row in rows}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--method", "siblings", "--publish", "--survey", "s.yaml"), "no indicator of the catalogue"),
        (("--method", "indirect", "--errors", "taylor"), "by jackknife"),
        (("--method", "indirect", "--by", "residence"), "no breakdown"),
        (("--method", "siblings", "--period", "0-4", "--period", "5-9"), "one period"),
    ],
)
def test_what_cannot_be_done_is_said(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], more: tuple[str, ...], words: str
) -> None:
    assert main(["mortality", files[0], *LAYOUT, *more]) == 2
    assert words in capsys.readouterr().err


def test_files_must_be_named(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fertility", files[0], *LAYOUT]) == 2
    assert "--survey SURVEY.yaml" in capsys.readouterr().err


def test_fertility_of_a_survey_is_published(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(files[0]).parent
    described = DESCRIPTION.replace("{BR: births.csv}", "{BR: births.csv, IR: women.csv}")
    (folder / "survey.yaml").write_text(described)
    survey = ["--survey", str(folder / "survey.yaml"), "--publish", "--store", str(tmp_path), "--by-whom", "somebody"]
    assert main(["fertility", *survey]) == 0
    assert main(["mortality", "--method", "indirect", *survey]) == 0
    capsys.readouterr()
    datasets = sorted(entry.dataset for entry in Store(tmp_path).published())
    assert datasets == ["made-2015-fertility", "made-2015-indirect-mortality"]
