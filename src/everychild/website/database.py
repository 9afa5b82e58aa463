"""Which database: SQLite beside the releases unless an address of PostgreSQL is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from everychild.vocabulary.errors import EverychildError

SCHEMES: Final = ("postgresql", "postgres")
PATIENCE: Final = 20
"""Seconds a writer waits for another one."""


class DatabaseNotUnderstood(EverychildError):  # noqa: N818
    """The address of the database is not one of PostgreSQL."""


def database(address: str, folder: Path) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:5432/name?sslmode=require`; "" for SQLite in `folder`."""
    return _postgresql(address) if address else _sqlite(folder)


def _sqlite(folder: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "everychild.sqlite3",
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            # A transaction begins as a writer: two that began as readers could not both go on to write.
            "transaction_mode": "IMMEDIATE",
            "timeout": PATIENCE,
        },
    }


def _postgresql(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    name = parts.path.removeprefix("/")
    if parts.scheme not in SCHEMES or not name or "/" in name:
        raise DatabaseNotUnderstood(
            "EVERYCHILD_DATABASE_URL is not of the form postgresql://user:password@host:5432/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
