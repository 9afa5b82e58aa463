"""A made survey file of any size: 60 indicators as expressions over three columns each, 12 background variables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from everychild.recipes.parsing import condition, parse
from everychild.recipes.recipe import COLUMNS, Part, Recipe
from everychild.vocabulary.errors import Place

INDICATORS = 60
GROUPS = {"sex": 2, "wealth": 5, "education": 5, "age": 6, "disability": 3, "ethnicity": 8}
BY = (
    "sex", "residence", "region", "wealth", "education", "age", "disability", "ethnicity", "sex:residence",
    "region:residence", "region:sex", "wealth:residence",
)  # fmt: skip
"""Twelve tables; with the total thirteen, 131 groups, 7,860 cells."""
PSUS, STRATA, REGIONS = 1100, 34, 17
PIECE = 2_000_000


def write_rows(path: Path, rows: int) -> None:
    """Rows in the order of their PSU, as survey files are, in row groups of 262,144."""
    random = np.random.default_rng(20261126)
    psu = np.sort(random.integers(0, PSUS, rows))
    parts = []
    for number, start in enumerate(range(0, rows, PIECE)):
        part = path.with_suffix(f".{number}.parquet")
        _piece(random, psu[start : start + PIECE], start).write_parquet(part, row_group_size=262_144)
        parts.append(part)
    pl.scan_parquet(parts).sink_parquet(path, row_group_size=262_144)
    for part in parts:
        part.unlink()


def _piece(random: np.random.Generator, psu: np.ndarray, start: int) -> pl.DataFrame:
    """Rows from number `start` on; `hh2` is that number, so that each row is a household of its own."""
    rows = len(psu)
    stratum = psu * STRATA // PSUS
    columns: dict[str, np.ndarray] = {
        "hh1": psu.astype(np.int32), "hh2": np.arange(start, start + rows, dtype=np.int32),
        "stratum": stratum.astype(np.int8),
        "w": (0.5 + (psu % 7) / 7) * random.lognormal(0, 0.3, rows),
        "region": (stratum // 2 + 1).astype(np.int8), "residence": (stratum % 2 + 1).astype(np.int8),
    }  # fmt: skip
    for name, levels in GROUPS.items():
        columns[name] = random.integers(1, levels + 1, rows).astype(np.int8)
    level = (psu * 2654435761 % 1000 / 1000)[:, None]
    for k in range(INDICATORS):
        draws = random.random((rows, 3)) + 0.3 * level
        columns[f"u{k}"] = np.minimum(draws[:, 0] * 5, 5).astype(np.int8)
        columns[f"a{k}"] = np.minimum(draws[:, 1] * 4, 9).astype(np.int8)
        columns[f"b{k}"] = np.minimum(draws[:, 2] * 4, 9).astype(np.int8)
    return pl.DataFrame(columns)


def recipes() -> list[Recipe]:
    """Each indicator has its own universe and looks at three columns."""
    here = Place("benchmark")
    found = []
    for k in range(INDICATORS):
        universe, numerator = (parse(text, here) for text in expressions(k))
        part = Part("ch", universe, numerator, condition(parse("1", here), here, "1"), parse("w", here))
        found.append(Recipe(f"indicator_{k}", "proportion", (part,), "unverified"))
    return found


def expressions(k: int) -> tuple[str, str]:
    """Universe and numerator of an indicator."""
    return f"u{k} > {k % 3}", f"a{k} IN (1, 2) OR (b{k} = 3 AND a{k} < 4)"


def recipe_table(folder: Path) -> Path:
    """The same recipes as a user's own table."""
    table = pl.DataFrame(
        [
            dict.fromkeys(COLUMNS, "")
            | {"code": f"indicator_{k}", "part": "1", "kind": "proportion", "file": "ch", "universe": universe}
            | {"numerator": numerator, "denominator": "1", "weight": "w", "confidence": "unverified"}
            for k, (universe, numerator) in enumerate(map(expressions, range(INDICATORS)))
        ]
    )
    path = folder / "recipes.csv"
    table.write_csv(path)
    return path


def description(folder: Path, file: str) -> Path:
    """A description of the made survey with its own breakdowns."""
    levels = {**GROUPS, "region": REGIONS, "residence": 2}
    lines = [
        "survey: BENCHMARK", "title: {en: Benchmark, ru: Замер, kk: Өлшем}", "country: XEX", "layout: mics6",
        'period: "2024"', "source: XEX_INVENTED_SURVEY", "invented: true", f"files: {{ch: {file}}}",
        "design: {psu: hh1, stratum: stratum, household: [hh1, hh2]}", "psus: file", "breakdowns:",
    ]  # fmt: skip
    for name, count in levels.items():
        lines.append(f"  {name}:\n    variable: {name}\n    levels:")
        lines += [
            f'      {i}: {{code: "{name}={i}", en: "{name} {i}", ru: "{name} {i}", kk: "{name} {i}"}}'
            for i in range(1, count + 1)
        ]
    path = folder / f"{Path(file).stem}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def ready_columns(path: Path, rows: int | None = None) -> pl.DataFrame:
    """For the peers: numerator and denominator of each indicator as ready columns of 0 and 1, derived beforehand."""
    from everychild.engines.polars_engine import expression

    frame = pl.scan_parquet(path)
    spelling = {name: name for name in frame.collect_schema().names()}
    made = []
    for k, recipe in enumerate(recipes()):
        part = recipe.parts[0]
        universe = expression(part.universe, spelling).fill_null(False)
        made.append(universe.cast(pl.Float64).alias(f"x{k}"))
        met = (universe & expression(part.numerator, spelling).fill_null(False)).cast(pl.Float64)
        made.append(met.alias(f"y{k}"))
        made.append(pl.when(universe).then(met).alias(f"p{k}"))
    table = frame.select("hh1", "stratum", "w", "region", "residence", *GROUPS, *made).collect()
    return table if rows is None else table.head(rows)
