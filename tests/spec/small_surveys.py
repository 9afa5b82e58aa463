"""Surveys small enough to be counted by hand, written as tables in the text of a specification.

    n   cluster  HAZ2   HAZFLAG
    20        1  -2.5         0
    30        2     .         .

A line stands for `n` rows that are alike, a dot for a missing value. What a table leaves out is filled in so that it is
in nobody's way: every interview is complete, every weight is 1, every line is a cluster of its own, all in one stratum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from everychild.estimation.estimates import Estimates
from everychild.estimation.survey import Engine, Options, Survey

Value = float | str | None
either_engine = pytest.mark.parametrize(
    "small", ["embedded", pytest.param("spark", marks=pytest.mark.spark)], indirect=True
)
"""The specification holds whoever sums. Marked where a recipe goes its own way: means, parts, parities, carried values,
clusters of the whole survey. All of them hold on both; a pass of Spark over ten rows takes a second."""
USUAL: Final[Mapping[str, Mapping[str, Value]]] = {
    "hh": {"HH46": 1.0, "HH48": 4.0, "hhweight": 1.0, "HH6": 1.0},
    "hl": {
        "HL4": 1.0,
        "HL6": 8.0,
        "hhweight": 1.0,
        "HH6": 1.0,
        "ED5A": None,
        "ED5B": None,
        "ED6": None,
        "ED9": None,
        "ED10A": None,
        "ED12": None,
        "ED14": None,
    },
    "wm": {"WM17": 1.0, "WB4": 22.0, "CM17": 1.0, "wmweight": 1.0, "HH6": 1.0},
    "ch": {"UF17": 1.0, "HL4": 1.0, "UB2": 2.0, "CAGE": 30.0, "chweight": 1.0, "HH6": 1.0, "HAZFLAG": 0.0},
    "fs": {"FS17": 1.0, "HL4": 1.0, "CB3": 8.0, "fsweight": 1.0, "HH6": 1.0},
    "KR": {"b5": 1.0, "b19": 18.0, "b3": None, "v008": None, "v005": 1_000_000.0, "v025": 1.0},
}
"""File → what its variables hold where a table does not say."""
DESCRIPTION: Final = """\
survey: SPECIFIED_2024
title: {en: Specified survey, ru: Обследование из примеров, kk: Мысал зерттеу}
country: XEX
layout: LAYOUT
period: "2024"
source: XEX_INVENTED_SURVEY
invented: true
files: {FILES}
design:
  "*": {DESIGN}
"""
CLUSTERED: Final = "psu: cluster, stratum: stratum, household: [cluster, household], line: line"
COUNTED: Final = "household: [cluster, household], line: line"
"""The design of a register: nobody was drawn."""


@dataclass(frozen=True)
class Small:
    """Where small surveys are written, and who sums them."""

    folder: Path
    engine: Engine

    def survey(self, told: str = "", layout: str = "mics6", design: str = CLUSTERED, **tables: str) -> Survey:
        """A survey of these tables, one for each file (`ch="…"`); `told` are more lines of its description."""
        for name, table in tables.items():
            filled(table, USUAL[name]).write_parquet(self.folder / f"{name}.parquet")
        files = ", ".join(f"{name}: {name}.parquet" for name in tables)
        description = DESCRIPTION.replace("FILES", files).replace("LAYOUT", layout).replace("DESIGN", design)
        path = self.folder / "survey.yaml"
        path.write_text(description + told, encoding="utf-8")
        return Survey.open(path, engine=self.engine)

    def estimates(
        self, indicator: str, by: Sequence[str] = (), options: Options | None = None, **tables: str
    ) -> Estimates:
        return self.survey(**tables).estimate([indicator], by, options)

    def row(self, indicator: str, options: Options | None = None, **tables: str) -> dict[str, Any]:
        """The estimate of the whole country."""
        return group(self.estimates(indicator, (), options, **tables), "total")


def group(estimates: Estimates, name: str) -> dict[str, Any]:
    """The estimate of one group of the only indicator."""
    assert not estimates.not_computed, [each.reason for each in estimates.not_computed]
    return estimates.rows.filter(group=name).row(0, named=True)


def filled(table: str, usual: Mapping[str, Value]) -> pl.DataFrame:
    """A table of the text as rows: lines repeated, gaps filled in, lines of a household numbered."""
    header, *lines = [line.split() for line in table.strip().splitlines()]
    rows: list[dict[str, Value]] = []
    for at, cells in enumerate(lines, start=1):
        told = {name: _value(cell) for name, cell in zip(header, cells, strict=True)}
        line = {**usual, "stratum": 1.0, "cluster": float(at), **told}
        for _ in range(int(float(line.pop("n", 1.0) or 0))):
            number = float(len(rows) + 1)
            rows.append({"household": number, "line": number, **line})
    return pl.DataFrame(rows, infer_schema_length=None)


def _value(cell: str) -> Value:
    if cell == ".":
        return None
    try:
        return float(cell)
    except ValueError:
        return cell
