"""Where this installation keeps its releases."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

VARIABLE = "EVERYCHILD_DATA"


def data_folder(arguments: argparse.Namespace | None = None) -> Path:
    """`--data`, else the variable EVERYCHILD_DATA, else `./data`."""
    given = getattr(arguments, "data", None) or os.environ.get(VARIABLE)
    return Path(given or "data").resolve()


def add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", metavar="DIR", help=f"folder of releases (default: ${VARIABLE}, else ./data)")
