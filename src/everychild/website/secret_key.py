"""The key that signs sessions and forms: made once for an installation and kept beside its data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

NAME: Final = "secret_key"


def secret_key(folder: Path) -> str:
    """The key of this data folder; on first use a new one, readable by its owner alone.

    A key made anew at every start was weighed and rejected: each restart would sign everybody out, and several
    processes would not know each other's sessions. Of two processes that start together one makes it, both read it.
    """
    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    """Written aside and linked into place, so that nobody reads half a key."""
    aside = path.with_name(f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()
