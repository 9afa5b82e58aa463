"""`everychild check`."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    command = commands.add_parser("check")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    raise NotImplementedError
