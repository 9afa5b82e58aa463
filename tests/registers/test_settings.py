"""What an installation starts with: a key of its own, SQLite or PostgreSQL, and nothing to add for production."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from everychild.website.database import DatabaseNotUnderstood, database
from everychild.website.secret_key import secret_key


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with ThreadPoolExecutor(8) as together:
        keys = set(together.map(secret_key, [folder] * 16))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


def test_sqlite_without_an_address(tmp_path: Path) -> None:
    found = database("", tmp_path)
    assert found["NAME"] == tmp_path / "everychild.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_of_postgresql(tmp_path: Path) -> None:
    found = database("postgresql://desk:p%40ss%2F@db.example:5433/every%20child?sslmode=require", tmp_path)
    assert {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "every child", "USER": "desk", "PASSWORD": "p@ss/", "HOST": "db.example", "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


@pytest.mark.parametrize("address", ["mysql://x/y", "postgresql://host", "postgresql://host/a/b", "everychild"])
def test_other_addresses_are_refused_without_repeating_the_password(tmp_path: Path, address: str) -> None:
    with pytest.raises(DatabaseNotUnderstood, match="is not of the form") as refused:
        database(address, tmp_path)
    assert address not in str(refused.value).replace("postgresql://user:password@host:5432/name", "")


def manage(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EVERYCHILD_")}
    environment |= {"EVERYCHILD_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "everychild.website.settings", **more}
    command = [sys.executable, "-W", "error", "-m", "django", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_production_settings_leave_django_nothing_to_warn_of(tmp_path: Path) -> None:
    ran = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING",
                 EVERYCHILD_ADDRESS="https://rights.example.org", EVERYCHILD_HOSTS="rights.example.org")  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "no issues" in ran.stdout


def test_every_migration_is_written(tmp_path: Path) -> None:
    ran = manage(tmp_path, "makemigrations", "--check", "--dry-run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
