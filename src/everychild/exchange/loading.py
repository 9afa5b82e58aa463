"""The one door of this package: `load` a path as what it is said to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from everychild.exchange.loaded import Loaded
from everychild.exchange.open_sdg import load_open_sdg
from everychild.exchange.tidy import load_tidy

Kind = Literal["open-sdg", "tidy"]
KINDS: Final[tuple[Kind, ...]] = ("open-sdg", "tidy")

__all__ = ["KINDS", "Kind", "Loaded", "load"]


def _silent(_rows: int) -> None:
    return None


def load(path: Path, kind: Kind, country: str = "KAZ", progress: Callable[[int], None] = _silent) -> Loaded:
    """Load an Open SDG repository or a tidy table for a country; `progress` is told the rows read so far.

    Returns figures, set-aside rows and the ledger. Raises DataRefused with its findings when nothing could be loaded.
    """
    if kind == "open-sdg":
        return load_open_sdg(path, country, progress)
    return load_tidy(path, country, progress)
