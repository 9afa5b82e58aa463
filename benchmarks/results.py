"""Results as rows of a table, with the machine they were measured on."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from everychild import __version__

FILE = Path(__file__).parent / "RESULTS.md"
HEAD = """# Measured speed and size

`make bench` measures every part anew, `python -m benchmarks PART` one of them. Machines differ and are shared: compare
figures of one run only. What was not reached is said in the column "measured" beside "wanted"."""


@dataclass(frozen=True)
class Result:
    """One measured figure beside what was asked of it."""

    what: str
    measured: str
    wanted: str
    how: str


def percentile(seconds: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of the values does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def milliseconds(seconds: Sequence[float]) -> str:
    return f"median {1000 * statistics.median(seconds):.1f} ms, p95 {1000 * percentile(seconds, 0.95):.1f} ms"


def peak_memory() -> float:
    """Largest memory of this process so far, in GiB. Linux' ru_maxrss will not do: a child begins with its parent's."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


def machine() -> str:
    name = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.processor()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.is_file() else []


def write(part: str, results: Sequence[Result]) -> None:
    """Replace the section of one part; the other sections stay as they were measured."""
    sections = _sections()
    sections[part] = "\n".join(
        (
            f"Command: `{sys.executable.split('/')[-1]} -m benchmarks {part}`, {datetime.now(UTC):%Y-%m-%d}. "
            f"Machine: {machine()}. Versions: everychild {__version__}, polars {pl.__version__}.",
            "",
            "| what | measured | wanted | how |",
            "|---|---|---|---|",
            *(f"| {r.what} | {r.measured} | {r.wanted} | {r.how} |" for r in results),
        )
    )
    text = "\n\n".join((HEAD, *(f"## {name}\n\n{body}" for name, body in sections.items())))
    FILE.write_text(text + "\n", encoding="utf-8")


def _sections() -> dict[str, str]:
    if not FILE.is_file():
        return {}
    pieces = FILE.read_text(encoding="utf-8").split("\n## ")[1:]
    return {name: body.strip() for name, body in (piece.split("\n", 1) for piece in pieces)}
