"""The command as a process: it imports what it is asked for, and helps where it is asked for nothing it knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import everychild.cli
from everychild import __version__
from everychild.cli.main import COMMANDS, asked, main, parser, spoken


@pytest.mark.parametrize(
    ("argv", "wanted"),
    [
        (["estimate", "survey.yaml"], ("estimate",)),
        (["--language", "kk", "check"], ("check",)),
        (["--language=ru", "desk", "bodies"], ("desk",)),
        (["--version"], ()),
        (["--help"], COMMANDS),
        ([], COMMANDS),
        (["--language"], COMMANDS),
        (["estimates"], COMMANDS),
    ],
)
def test_the_command_that_is_asked_for(argv: list[str], wanted: tuple[str, ...]) -> None:
    assert tuple(asked(argv)) == wanted


def test_every_command_is_named_once_and_has_its_module() -> None:
    [known] = parser()._subparsers._group_actions  # type: ignore[union-attr]
    assert tuple(known.choices) == COMMANDS  # type: ignore[arg-type]
    modules = {path.stem for path in Path(everychild.cli.__file__).parent.glob("*.py")}
    offering = {
        name for name in modules if "\ndef add(commands: Any)" in _source(name)
    }  # fmt: skip
    assert offering == set(COMMANDS)


def _source(name: str) -> str:
    return (Path(everychild.cli.__file__).parent / f"{name}.py").read_text(encoding="utf-8")


def test_a_word_that_is_no_command_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["estimates"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert all(f"'{name}'" in told for name in COMMANDS)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "everychild.cli.main", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_process_says_its_version_and_ends_well() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"everychild {__version__}\n")
    assert "numpy" not in done.stderr


def test_help_of_one_command_does_not_import_the_others() -> None:
    done = run("check", "--help")
    assert done.returncode == 0
    assert "everychild.catalogue.checks" in done.stderr, "what check needs"
    assert "scipy" not in done.stderr, "what estimate needs"


def test_a_process_ends_with_the_code_of_its_command() -> None:
    assert run("recipe", "show", "no_such_recipe").returncode == 2


@pytest.mark.parametrize(
    ("argv", "language"),
    [(["--language", "kk", "check"], "kk"), (["--language=ru"], "ru"), (["check"], "en"), (["--language"], "en")],
)
def test_the_language_is_known_before_the_options_are_read(argv: list[str], language: str) -> None:
    assert spoken(argv) == language


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Stopped before the end."), ("ru", "Остановлено"), ("kk", "Аяқталмай тоқтатылды.")]
)
def test_a_stopped_command_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, told: str
) -> None:
    def stop(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("everychild.cli.check.run", stop)
    assert main(["--language", language, "check"]) == 130
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.startswith(told)
    assert heard.err.count("\n") == 1
