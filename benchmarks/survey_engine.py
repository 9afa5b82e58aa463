"""Speed of the survey engine beside its peers, in one run: R survey, svy, and a plain scan of the same columns."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from benchmarks.results import Result
from benchmarks.survey_rows import BY, INDICATORS, description, ready_columns, recipe_table, recipes, write_rows

HERE = Path(__file__).parent
CELLS = 7860
CATALOGUE = """
from pathlib import Path
from everychild.estimation.publication import release
from everychild.estimation.survey import Survey

estimates = Survey.open(Path({survey!r})).estimate(by=(
    "residence", "region", "wealth_quintile", "sex_child", "education_mother", "education_woman", "age_months_u5",
    "age_years_u5", "age_group_child_5_17", "age_group_u18", "age_group_woman_5y", "functional_difficulty_2_4",
    "residence:sex_child", "residence:wealth_quintile",
))
release(estimates, Path({store!r}), publish=True)
"""


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def engine(path: Path) -> None:
    """What is measured: open, plan, scan, derive, sum, errors, intervals, one table of 7,860 rows."""
    from everychild.estimation.survey import Survey
    from everychild.recipes import parsing

    parsing._tree.cache_clear()  # each round parses its expressions anew
    survey = Survey.open(path, path.parent)
    estimates = survey.estimate_recipes(recipes(), BY)
    assert estimates.rows.height == CELLS


def plain_scan(file: Path) -> None:
    """The floor: every column that the engine reads, summed once by Polars."""
    pl.scan_parquet(file).select(pl.all().sum()).collect()


def duckdb_scan(file: Path) -> None:
    """The same sums by DuckDB: the floor that published designs are measured by."""
    import duckdb

    duckdb.sql(f"select sum(columns(*)) from '{file}'").fetchall()


def floors(path: Path, file: Path, rounds: int, rows: str) -> Iterator[Result]:
    """The engine and plain scans of its columns in turn."""
    for name, scan in {"DuckDB": duckdb_scan, "Polars": plain_scan}.items():
        scan(file)
        pairs = [(timed(lambda: engine(path)), timed(lambda scan=scan: scan(file))) for _ in range(rounds)]
        times = statistics.median(ours / floor for ours, floor in pairs)
        took = 1000 * statistics.median(floor for _, floor in pairs)
        yield Result(
            f"beside a plain scan of its 189 columns by {name}, {rows} rows", f"{times:.1f} ×", "≤ 5 ×",
            f"plain scan {took:.0f} ms, in turn, median of {rounds}",
        )  # fmt: skip


def measure() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as name:
        folder = Path(name)
        paths = {}
        for rows in (16_000, 160_000, 1_600_000):
            write_rows(folder / f"rows{rows}.parquet", rows)
            paths[rows] = description(folder, f"rows{rows}.parquet")
        yield from _small(folder, paths[16_000])
        yield from _middle(folder, paths[160_000])
        yield from _large(folder, paths[1_600_000])
        yield from _sav(folder)


def _rounds(work: Callable[[], object], rounds: int = 7) -> list[float]:
    work()
    return [timed(work) for _ in range(rounds)]


def _small(folder: Path, path: Path) -> Iterator[Result]:
    ours = statistics.median(_rounds(lambda: engine(path)))
    yield Result(
        "60 indicators × 13 breakdowns, 16,000 rows",
        f"{ours:.3f} s",
        "≤ 0.15 s",
        "7,860 estimates with errors and intervals, recipes as expressions, Parquet; warm, median of 7",
    )
    table = ready_columns(folder / "rows16000.parquet")
    yield _svy(table, path, "16,000", 60, INDICATORS, rounds=5)
    yield from _cold(path, table, folder)
    if shutil.which("Rscript"):
        yield from _r(table, path, folder)
    else:
        yield Result("R survey beside it", "not measured", "≥ 1,000 ×", "R is not installed here")


def _svy(table: pl.DataFrame, path: Path, rows: str, wanted: int, indicators: int, rounds: int) -> Result:
    """The engine and svy in turn, because a shared machine is not equally fast at all times."""
    pairs = [
        (timed(lambda: engine(path)), svy_seconds(table, indicators) * INDICATORS / indicators) for _ in range(rounds)
    ]
    seconds = statistics.median(theirs for _, theirs in pairs)
    times = statistics.median(theirs / ours for ours, theirs in pairs)
    scaled = "" if indicators == INDICATORS else ", scaled to 60"
    return Result(
        f"svy, {rows} rows", f"{seconds:.1f} s, {times:.0f} × ours", f"≥ {wanted} ×",
        f"svy ratio(list, by=) per breakdown, {indicators} indicators{scaled}; in turn, median of {rounds}",
    )  # fmt: skip


def svy_seconds(table: pl.DataFrame, indicators: int) -> float:
    import warnings

    import svy

    warnings.simplefilter("ignore")
    sample = svy.Sample(table, svy.Design(stratum="stratum", psu="hh1", wgt="w"))
    ys, xs = [f"y{k}" for k in range(indicators)], [f"x{k}" for k in range(indicators)]

    def work() -> None:
        sample.estimation.ratio(ys, xs)
        for by in BY:
            sample.estimation.ratio(ys, xs, by=by.split(":"))

    return timed(work)


def _cold(path: Path, table: pl.DataFrame, folder: Path) -> Iterator[Result]:
    """Whole processes in turn: the command from the Parquet file of raw columns, with recipes as a user's own table and
    a file of results, and svy from ready 0/1 columns without one. Both find their modules compiled, as an installation
    leaves them: pip compiles svy's, the first run ours, which an editable installation leaves as sources."""
    table.write_parquet(folder / "ready.parquet")
    command = [
        str(Path(sys.executable).parent / "everychild"), "estimate", str(path), "--by", ",".join(BY),
        "--recipes", str(recipe_table(folder)), "--format", "csv", "--out", str(folder / "out.csv"),
    ]  # fmt: skip
    svy_code = (
        "import polars as pl; from benchmarks.survey_engine import svy_seconds; "
        f"svy_seconds(pl.read_parquet({str(folder / 'ready.parquet')!r}), {INDICATORS})"
    )
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ours_run = lambda: subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=compiled)  # noqa: E731
    ours_run()
    assert pl.read_csv(folder / "out.csv").height == CELLS
    pairs = [(timed(ours_run), timed(lambda: _python(svy_code))) for _ in range(7)]
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    yield Result(
        "whole process from cold, 16,000 rows",
        f"{ours:.2f} s; svy {theirs:.1f} s, {statistics.median(svy / own for own, svy in pairs):.1f} ×",
        "≥ 8 × svy",
        "everychild estimate --recipes … --out …; in turn, median of 7 pairs, imports and writing counted",
    )


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent)


def _r(table: pl.DataFrame, path: Path, folder: Path) -> Iterator[Result]:
    """R between two rounds of ours."""
    table.write_csv(folder / "ready.csv")
    times = _rounds(lambda: engine(path))
    done = subprocess.run(
        ["Rscript", str(HERE / "survey_peers.R"), str(folder / "ready.csv")], check=True, capture_output=True, text=True
    )
    ours = statistics.median(times + _rounds(lambda: engine(path)))
    told = json.loads(done.stdout.strip().splitlines()[-1])
    ratio, total = told["ratio"] * INDICATORS / told["indicators"], told["total"]
    version = f"R survey {told['version']}"
    yield Result(
        f"{version}, svyby(svyratio), 16,000 rows",
        f"{ratio:.0f} s, {ratio / ours:,.0f} × ours",
        "≥ 1,000 ×",
        f"{told['indicators']} indicators × 13 tables, scaled to 60; reading and design not counted",
    )
    yield Result(
        f"{version}, one formula svytotal",
        f"{total:.1f} s, {total / ours:,.0f} × ours",
        "≥ 150 ×",
        "60 indicators in one svyby(svytotal) a table, without the delta method that follows",
    )


def _middle(folder: Path, path: Path) -> Iterator[Result]:
    file = folder / "rows160000.parquet"
    ours = statistics.median(_rounds(lambda: engine(path)))
    yield Result("the same, 160,000 rows", f"{ours:.2f} s", "≤ 0.4 s", "median of 7")
    yield from floors(path, file, 7, "160,000")
    yield _svy(ready_columns(file), path, "160,000", 120, 6, rounds=3)


def _large(folder: Path, path: Path) -> Iterator[Result]:
    file = folder / "rows1600000.parquet"
    ours = statistics.median(_rounds(lambda: engine(path), 3))
    yield Result("the same, 1,600,000 rows", f"{ours:.1f} s", "≤ 3 s", "median of 3")
    yield from floors(path, file, 3, "1,600,000")
    file.unlink()
    write_rows(folder / "rows16000000.parquet", 16_000_000)
    large = description(folder, "rows16000000.parquet")
    code = (
        "import time; from pathlib import Path; from benchmarks.results import peak_memory; "
        "from benchmarks.survey_engine import engine; "
        f"t = time.perf_counter(); engine(Path({str(large)!r})); s = time.perf_counter() - t; "
        "print(s, peak_memory())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parent, capture_output=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    yield Result(
        "the same, 16,000,000 rows",
        f"{seconds:.1f} s, peak {memory:.2f} GiB",
        "≤ 25 s, under 1 GB",
        "one process of its own",
    )
    (folder / "rows16000000.parquet").unlink()


def _sav(folder: Path) -> Iterator[Result]:
    """Reading SPSS files, and a whole catalogue from them to a published release."""
    import pyreadstat

    from everychild.microdata.invented import simulate, write_invented
    from everychild.microdata.reading import read_file

    write_invented(simulate(16_000), folder / "invented")
    file = max((folder / "invented").glob("*.sav"), key=lambda p: p.stat().st_size)
    big = folder / "big.sav"
    _grow(file, big, 160_000)
    pairs = [
        (
            timed(lambda: read_file(big).frame.collect()),
            timed(lambda: pyreadstat.read_sav(big, user_missing=True, output_format="polars")),
        )
        for _ in range(3)
    ]
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    yield Result(
        "reading a .sav of 160,000 rows, codes kept",
        f"{ours:.2f} s, {ours / theirs:.2f} of pyreadstat",
        "≤ 0.3 of pyreadstat",
        f"{big.stat().st_size / 2**20:.0f} MiB; pyreadstat {theirs:.2f} s; median of 3 pairs",
    )
    start = time.perf_counter()
    _python(CATALOGUE.format(survey=str(folder / "invented" / "survey.yaml"), store=str(folder / "store")))
    seconds = time.perf_counter() - start
    yield Result(
        "whole MICS6 catalogue from .sav files to a published release",
        f"{seconds:.1f} s",
        "≤ 10 s",
        "invented survey of 16,000 households, all recipes × 14 breakdowns, whole process",
    )


def _grow(file: Path, big: Path, rows: int) -> None:
    import polars_readstat

    from everychild.microdata.reading import read_file

    table = read_file(file).frame.collect()
    repeated = pl.concat([table] * (rows // table.height + 1)).head(rows)
    polars_readstat.write_readstat(repeated, str(big))
