"""From a fresh clone to the first page, and the second start."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from benchmarks.results import Result

PORT = "8479"


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        clone = Path(name) / "everychild"
        root = Path(__file__).parents[1]
        subprocess.run(["git", "clone", "--quiet", str(root), str(clone)], check=True)
        first, second = start(clone), start(clone)
    fresh = "`make serve` in a fresh clone to the first page"
    how = "environment, packages, database, pack, pages"
    return [
        Result(fresh, f"{first:.1f} s", "under 60 s", how),
        Result("second `make serve` to the first page", f"{second:.1f} s", "under 3 s", "nothing to do but start"),
    ]


def start(clone: Path) -> float:
    """Seconds that `make serve` itself prints; then Ctrl-C."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("EVERYCHILD_", "VIRTUAL_ENV", "MAKE"))
    }
    server = subprocess.Popen(
        ["make", "serve", f"PORT={PORT}"],
        cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert server.stdout is not None
    said = ""
    try:
        for line in server.stdout:
            said += line
            if match := re.search(r"First page after ([\d.]+) s", line):
                return float(match[1])
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=30)
    raise RuntimeError(f"make serve ended without a page:\n{said}")
