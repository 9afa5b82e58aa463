"""`everychild desk` on a data folder of its own, in processes of their own, as an office would use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BODY = ("add-body", "bureau", "--kind", "bureau", "--name-kk", "Бюро", "--name-ru", "Бюро", "--name-en", "Bureau")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def desk(folder: Path, *arguments: str, said: str = "", language: str = "en") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "everychild.cli.main", "--language", language, "desk", *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "EVERYCHILD_DATABASE_URL"}
    return subprocess.run(
        [*command, "--data", str(folder)], input=said, capture_output=True, text=True, env=environment, check=False
    )


def test_an_office_sets_itself_up(folder: Path) -> None:
    assert desk(folder, *BODY).returncode == 0
    added = desk(folder, "add-account", "a@bureau.example", "--body", "bureau", "--role", "publisher",
                 said="seven lakes and one steppe\n")  # fmt: skip
    assert (added.returncode, added.stderr) == (0, "")
    listed = desk(folder, "accounts", "--format", "csv").stdout.splitlines()
    assert listed == ["email,open,codes,roles", "a@bureau.example,yes,no,publisher of bureau"]
    assert "the chain holds" in desk(folder, "verify-audit").stdout


def test_refusals_are_in_the_language_asked_for_and_leave_nothing(folder: Path) -> None:
    desk(folder, *BODY)
    refused = desk(folder, "add-account", "a@bureau.example", "--body", "bureau", said="short\n", language="kk")
    assert refused.returncode == 1
    assert "Құпиясөз тым қысқа" in refused.stderr
    assert desk(folder, "accounts", "--format", "csv").stdout.splitlines() == ["email,open,codes,roles"]


def test_a_code_that_is_none_is_answered_with_those_there_are(folder: Path) -> None:
    refused = desk(folder, *("minstry" if word == "bureau" and at == 3 else word for at, word in enumerate(BODY)))
    assert refused.returncode == 1
    assert "“minstry” is not one of the allowed values. Choose from: " in refused.stderr
    assert "ministry" in refused.stderr


def test_what_is_not_there_is_named(folder: Path) -> None:
    missing = desk(folder, "close-account", "nobody@bureau.example")
    assert (missing.returncode, missing.stderr) == (2, "everychild: there is no account 'nobody@bureau.example'\n")
