"""Printing tables: for people, for spreadsheets (csv) and for programs (json)."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

FORMATS = ("table", "csv", "json")


HOW: Final = "how to print (default: table)"


def add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=FORMATS, default="table", help=HOW)


def add_output(command: argparse.ArgumentParser) -> None:
    """How, and where to; a file's name says how when nothing else does (see settle_format)."""
    command.add_argument("--format", choices=FORMATS, help="how to print (default: as --out ends, else table)")
    command.add_argument(
        "--out", metavar="FILE", type=Path, help="write there instead of printing: .csv, .json, else a table"
    )


def settle_format(arguments: argparse.Namespace) -> None:
    """Without --format a file gets what its name promises: a program that opens estimates.json expects JSON."""
    if arguments.format is None:
        suffix = "" if arguments.out is None else arguments.out.suffix.lower().removeprefix(".")
        arguments.format = suffix if suffix in FORMATS else "table"


def print_rows(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str], style: str, out: TextIO | None = None
) -> None:
    """Print rows as a table aligned for the eye, as CSV, or as a JSON array; csv and json keep values unrounded."""
    out = out or sys.stdout
    rows = list(rows)
    if style == "json":
        json.dump([{c: row.get(c) for c in columns} for row in rows], out, ensure_ascii=False, indent=1, default=str)
        out.write("\n")
    elif style == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if row.get(c) is None else row.get(c) for c in columns] for row in rows])
    else:
        _print_aligned([[_text(row.get(c)) for c in columns] for row in rows], columns, out)


def _print_aligned(cells: list[list[str]], columns: Sequence[str], out: TextIO) -> None:
    widths = [max([_width(c), *(_width(row[i]) for row in cells)]) for i, c in enumerate(columns)]
    numeric = [bool(cells) and all(_is_number(row[i]) for row in cells) for i in range(len(columns))]
    for row in ([*columns], ["─" * width for width in widths], *cells):
        padded = [_pad(cell, width, right) for cell, width, right in zip(row, widths, numeric, strict=True)]
        out.write("  ".join(padded).rstrip() + "\n")


def _pad(cell: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(cell))
    return gap + cell if right else cell + gap


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(letter) else 1 for letter in text)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace("\u2212", "-").replace(",", "") or "0")
    except ValueError:
        return False
    return True


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value).replace("\n", " ")
