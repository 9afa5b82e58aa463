"""`everychild serve`."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    command = commands.add_parser("serve")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    raise NotImplementedError
