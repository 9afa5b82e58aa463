"""Speed and memory of child mortality: five rates, 17 classes and the total, JK1 and Taylor errors, after reading."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.results import Result, peak_memory
from everychild.methods.mortality import (
    BirthHistories,
    Breakdown,
    MortalityEstimates,
    SampleDesign,
    early_childhood_mortality,
    years_before_interview,
)

HERE = Path(__file__).parent
PRACTICE = HERE.parents[1] / "shared" / "data" / "dhs_model" / "births_core.dta"
BY = ("v024", "v025", "v106", "v190", "b4")
CLASSES = 17
COPIES = 100
PERIODS = (years_before_interview(0, 4),)
SMALL_BOUND, LARGE_BOUND, MEMORY_BOUND = 0.05, 2.0, 1.0
SEGMENTS = ((0, 1), (1, 3), (3, 6), (6, 12), (12, 24), (24, 36), (36, 48), (48, 60))
Survey = tuple[BirthHistories, SampleDesign, tuple[Breakdown, ...]]


def read() -> Survey:
    """The DHS Program's practice survey: 23,666 births, 217 PSUs, five backgrounds."""
    from everychild.microdata.birth_histories import read_births
    from everychild.microdata.layouts import read_layout

    found = read_births(PRACTICE, read_layout("dhs"), BY)
    breakdowns = tuple(each.breakdown for each in found.breakdowns)
    assert sum(len(b.classes) for b in breakdowns) == CLASSES
    return found.histories, found.clusters.design, breakdowns


def copied(survey: Survey, copies: int) -> Survey:
    """The survey many times over, every copy with clusters and strata of its own."""
    births, design, breakdowns = survey
    strata = int(design.stratum.max()) + 1

    def many(column: np.ndarray) -> np.ndarray:
        return np.tile(column, copies)

    psu = np.concatenate([births.psu + i * design.psu_count for i in range(copies)])
    stratum = np.concatenate([design.stratum + i * strata for i in range(copies)])
    return (
        BirthHistories(
            many(births.birth), many(births.interview), many(births.alive), many(births.age_at_death),
            many(births.weight), psu,
        ),
        SampleDesign(stratum),
        tuple(Breakdown(b.name, b.classes, many(b.codes)) for b in breakdowns),
    )  # fmt: skip


def estimate(survey: Survey) -> MortalityEstimates:
    """What is measured: screening, sums, rates, and both kinds of errors of 18 groups x 5 rates."""
    births, design, breakdowns = survey
    return early_childhood_mortality(births, design, PERIODS, breakdowns, methods=("jk1", "taylor"), lonely="adjust")


def plain(survey: Survey) -> list[float]:
    """Errors of U5MR by the plain way: the whole life table once more for each PSU left out, class by class."""
    births, design, breakdowns = survey
    groups = [np.ones(len(births), dtype=bool)]
    groups += [b.codes == i for b in breakdowns for i in range(len(b.classes))]
    found = []
    for inside in groups:
        whole = _u5mr(births, inside)
        without = [_u5mr(births, inside & (births.psu != i)) for i in range(design.psu_count)]
        k = design.psu_count
        found.append(float(np.sqrt((k - 1) / k * ((np.array(without) - whole) ** 2).sum())))
    return found


def _u5mr(births: BirthHistories, inside: np.ndarray) -> float:
    """The life table of section 4 of the Guide, segment by segment over all births of a group."""
    birth, weight = births.birth[inside] - births.interview[inside], births.weight[inside]
    age = np.where(np.isnan(births.age_at_death[inside]), np.inf, births.age_at_death[inside])
    survival = 1.0
    for start, end in SEGMENTS:
        low, high = birth + start, birth + end
        half_before = (low < -60) & (high >= -60)
        whole = (low >= -60) & (high < 0)
        half_after = (low >= -60) & (low < 0) & (high >= 0)
        exposed = (0.5 * half_before + whole + 0.5 * half_after) * (age >= start)
        died = (0.5 * half_before + whole + half_after) * ((age >= start) & (age < end))
        survival *= 1 - (weight * died).sum() / (weight * exposed).sum()
    return 1000 * (1 - survival)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure() -> Iterator[Result]:
    if not PRACTICE.is_file():
        yield Result("child mortality", "not measured", f"<= {SMALL_BOUND} s", "the practice survey is not here")
        return
    survey = read()
    estimate(survey)
    ours = statistics.median(timed(lambda: estimate(survey)) for _ in range(15))
    what = f"child mortality, {len(survey[0]):,} births"
    how = "5 rates, total and 17 classes, JK1 and Taylor errors, after reading; median of 15"
    yield Result(what, f"{ours:.4f} s", f"≤ {SMALL_BOUND} s", how)
    yield _against_plain(survey, ours)
    yield _against_r(survey, ours)
    yield from _large()


def _against_plain(survey: Survey, ours: float) -> Result:
    errors: list[float] = []
    theirs = timed(lambda: errors.extend(plain(survey)))
    made = estimate(survey).errors["jk1"].standard_errors[:, 0, 4]
    np.testing.assert_allclose(errors, made, rtol=1e-9)
    how = "JK1 of U5MR alone, the life table anew for each PSU left out; same errors to 1e-9"
    return Result("the same by a plain loop over PSUs", f"{theirs:.1f} s, {theirs / ours:.0f} × ours", "≥ 100 ×", how)


def _against_r(survey: Survey, ours: float) -> Result:
    """R in the same run; its rates and errors of all 18 groups have to be ours."""
    if not shutil.which("Rscript"):
        return Result("the same in R", "not measured", "", "R is not installed here")
    births, _, breakdowns = survey
    table = pl.DataFrame(
        {"birth": births.birth, "interview": births.interview, "weight": births.weight, "psu": births.psu,
         "died": births.age_at_death, **{f"g{i}": b.codes for i, b in enumerate(breakdowns)}}
    ).with_columns(pl.col("died").fill_nan(None))  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as folder:
        table.write_csv(Path(folder) / "births.csv", null_value="NA")
        command = ["Rscript", "--vanilla", str(HERE / "child_mortality_peer.R"), str(Path(folder) / "births.csv")]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    made = estimate(survey)
    np.testing.assert_allclose(told["u5mr"], made.values[:, 0, 4], rtol=1e-9)
    np.testing.assert_allclose(told["errors"], made.errors["jk1"].standard_errors[:, 0, 4], rtol=1e-9)
    how = "base R, sums by PSU, all five rates, JK1 alone, after reading; U5MR and errors equal ours to 1e-9"
    return Result(
        f"the same in R {told['version']}", f"{told['seconds']:.1f} s, {told['seconds'] / ours:.0f} × ours", "", how
    )


def _large() -> Iterator[Result]:
    """In a process of its own, so that its memory is its own."""
    code = "from benchmarks.child_mortality import large; large()"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent, capture_output=True, text=True)
    births, psus, seconds, gibibytes = done.stdout.split()
    how = f"{psus} PSUs; median of 5; memory of the whole process, data and peak included"
    measured = f"{float(seconds):.2f} s, {float(gibibytes):.2f} GiB"
    yield Result(
        f"child mortality, {int(births):,} births", measured, f"≤ {LARGE_BOUND:g} s and {MEMORY_BOUND:g} GiB", how
    )


def large() -> None:
    survey = copied(read(), COPIES)
    estimate(survey)
    seconds = statistics.median(timed(lambda: estimate(survey)) for _ in range(5))
    peak = peak_memory()
    print(len(survey[0]), survey[1].psu_count, seconds, peak)
