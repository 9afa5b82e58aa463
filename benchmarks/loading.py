"""Loading: an Open SDG repository as a statistics office keeps it, and a million rows of tidy CSV."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.made_release import made_observations
from benchmarks.open_sdg_repository import write_repository
from benchmarks.results import Result


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, files = write_repository(folder / "repository")
        table = made_observations()
        table.select("indicator", "area", "area_version", "period", "sex", "residence", "value", "unit", "quality",
                     "source").write_csv(folder / "tidy.csv")  # fmt: skip
        return [
            _load(
                folder, "repository", "open-sdg", f"Open SDG repository, {rows:,} rows in {files} files", "under 3 s"
            ),
            _load(folder, "tidy.csv", "tidy", f"tidy CSV, {table.height:,} rows", "under 10 s, under 1 GB"),
        ]


def _load(folder: Path, path: str, kind: str, what: str, wanted: str) -> Result:
    program = (
        "import atexit, sys, time; started = time.perf_counter(); from benchmarks.results import peak_memory\n"
        "def measured(): print(f'MEASURED {time.perf_counter() - started:.2f} {peak_memory():.2f}', file=sys.stderr)\n"
        "atexit.register(measured)\n"
        "from everychild.cli.main import process; process()"
    )
    arguments = [
        "load",
        str(folder / path),
        "--as",
        kind,
        "--data",
        str(folder / f"data-{kind}"),
        "--ledger",
        str(folder / "ledger.csv"),
    ]
    root = Path(__file__).parent.parent
    asked = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=root)
    match = re.search(r"MEASURED ([\d.]+) ([\d.]+)", done.stderr)
    if not match:
        raise RuntimeError(f"loading failed: {done.stderr[-500:]}")
    return Result(f"`everychild load`: {what}", f"{match[1]} s, peak {match[2]} GiB", wanted,
                  "whole process: reading, rules, ledger, release")  # fmt: skip
