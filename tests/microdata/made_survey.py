"""A small made survey of no country: three strata, seven clusters, made by rule and not by chance, so that a person can
count along. It is written as .sav (pyreadstat), .dta, .csv or .parquet, whole or with one thing wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyreadstat

CLUSTERS: Final = {1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 3, 7: 3}
"""Cluster → stratum."""
HOUSEHOLDS: Final = 10
"""In each cluster; two children and one woman live in each."""
WEIGHTS: Final = {1: 0.5, 2: 1.0, 3: 1.5}
"""By stratum; they average one over 70 households."""
VALUE_LABELS: Final[Mapping[str, Mapping[float, str]]] = {
    "HH6": {1.0: "Urban", 2.0: "Rural"},
    "BR1": {1.0: "Has certificate, seen", 2.0: "Has certificate, not seen", 3.0: "No", 8.0: "Does not know"},
}
MISSING: Final[Mapping[str, list[Any]]] = {"BR1": [8.0], "HAZ2": [{"lo": 99.97, "hi": 99.99}]}
"""Codes that the .sav files declare missing; they have to reach the recipes all the same."""
DESCRIPTION: Final = """\
survey: MADE_2024
title: {en: Made survey, ru: Учебное обследование, kk: Оқу зерттеуі}
country: XEX
layout: mics6
period: "2024"
source: XEX_INVENTED_SURVEY
invented: true
files: {hh: hh.SUFFIX, wm: wm.SUFFIX, ch: ch.SUFFIX}
design:
  hh: {psu: HH1, stratum: stratum, household: [HH1, HH2]}
  wm: {psu: HH1, stratum: stratum, household: [HH1, HH2], line: LN}
  ch: {psu: HH1, stratum: stratum, household: [HH1, HH2], line: LN}
breakdowns:
  region:
    variable: HH7
    dimension: area
    levels:
      1: {code: XE-01, en: Alder, ru: Ольха, kk: Қандыағаш}
      2: {code: XE-02, en: Birch, ru: Берёза, kk: Қайың}
      3: {code: XE-03, en: Cedar, ru: Кедр, kk: Балқарағай}
"""
Change = Callable[[dict[str, pl.DataFrame]], None]


def households() -> pl.DataFrame:
    """One row for each household: HH1, HH2, stratum, HH6, HH7, HH46, HH48, weight."""
    rows = [
        {
            "HH1": float(cluster), "HH2": float(number), "stratum": float(stratum), "HH6": 1.0 + (cluster % 2),
            "HH7": float(stratum), "HH46": 1.0, "HH48": 3.0, "hhweight": WEIGHTS[stratum],
            "windex5": float(1 + (cluster + number) % 5), "SA1": 1.0 + (number % 3),
            "SA2": 1.0 + (number % 2),
        }
        for cluster, stratum in CLUSTERS.items()
        for number in range(1, HOUSEHOLDS + 1)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def children() -> pl.DataFrame:
    """Two for each household. BR1 is 8 (does not know) for one in seven; HAZ2 is 99.99 (flagged) for one in nine."""
    rows = []
    for at, (cluster, stratum, number, line) in enumerate(
        (cluster, stratum, number, line)
        for cluster, stratum in CLUSTERS.items()
        for number in range(1, HOUSEHOLDS + 1)
        for line in (3, 4)
    ):
        flagged = at % 9 == 8
        rows.append(
            {
                "HH1": float(cluster), "HH2": float(number), "LN": float(line), "stratum": float(stratum),
                "HH6": 1.0 + (cluster % 2), "HH7": float(stratum), "HL4": 1.0 + (at % 2), "CAGE": float(at % 60),
                "UF17": 1.0 if at % 20 != 19 else 2.0, "BR1": [1.0, 2.0, 1.0, 3.0, 1.0, 2.0, 8.0][at % 7],
                "BR2": 1.0 if at % 5 == 0 else 2.0, "HAZ2": 99.99 if flagged else -3.5 + (at * 7 % 50) / 10,
                "HAZFLAG": 1.0 if flagged else 0.0, "chweight": WEIGHTS[stratum] if at % 20 != 19 else 0.0,
                "windex5": float(1 + (cluster + number) % 5),
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def women() -> pl.DataFrame:
    """One for each household; letters in MN19A–C as in the files, blank where not mentioned."""
    rows = []
    for at, (cluster, stratum, number) in enumerate(
        (cluster, stratum, number) for cluster, stratum in CLUSTERS.items() for number in range(1, HOUSEHOLDS + 1)
    ):
        rows.append(
            {
                "HH1": float(cluster), "HH2": float(number), "LN": 2.0, "stratum": float(stratum),
                "HH6": 1.0 + (cluster % 2), "HH7": float(stratum), "WM17": 1.0, "CM17": float(at % 2),
                "MN19A": "A" if at % 4 == 0 else "", "MN19B": "B" if at % 3 == 0 else "",
                "MN19C": "C" if at % 11 == 0 else "", "WB4": 15.0 + at % 35, "LS2": float(1 + at % 9),
                "wmweight": WEIGHTS[stratum], "windex5": float(1 + (cluster + number) % 5),
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def write(folder: Path, suffix: str = "sav", change: Change | None = None, description: str = DESCRIPTION) -> Path:
    """Write the survey and its description; `change` puts something wrong into the tables first."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"hh": households(), "wm": women(), "ch": children()}
    if change is not None:
        change(tables)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.{suffix}")
    path = folder / "survey.yaml"
    path.write_text(description.replace("SUFFIX", suffix), encoding="utf-8")
    return path


def write_table(table: pl.DataFrame, path: Path) -> None:
    kept = {name: labels for name, labels in VALUE_LABELS.items() if name in table.columns}
    numeric = {name: labels for name, labels in kept.items() if table[name].dtype.is_numeric()}
    if path.suffix == ".csv":
        table.write_csv(path)
    elif path.suffix == ".parquet":
        table.write_parquet(path)
    elif path.suffix == ".dta":
        whole = {name: {int(code): text for code, text in labels.items()} for name, labels in numeric.items()}
        integers = table.with_columns(pl.col(name).cast(pl.Int32) for name in whole)
        pyreadstat.write_dta(integers, str(path), variable_value_labels=whole)
    else:
        missing = {name: codes for name, codes in MISSING.items() if name in numeric or name == "HAZ2"}
        missing = {name: codes for name, codes in missing.items() if name in table.columns}
        pyreadstat.write_sav(table, str(path), variable_value_labels=numeric, missing_ranges=missing)


def with_value(file: str, column: str, row: int, value: object) -> Change:
    """One value changed; `row` is counted from 1 as a person counts cases. Numbers become text if the value is one."""

    def change(tables: dict[str, pl.DataFrame]) -> None:
        table = tables[file]
        column_now = table[column]
        kind = pl.String if isinstance(value, str) else pl.Float64
        values = [f"{v:g}" if kind is pl.String and isinstance(v, float) else v for v in column_now.to_list()]
        values[row - 1] = value
        tables[file] = table.with_columns(pl.Series(column, values, dtype=kind))

    return change
