"""Made figures with known answers; areas are those of the real gazetteer, everything else is invented."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from everychild.findings.setting import Setting
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.observations import conform, key_expression

DIRECTIONS = {
    "deaths": "down_is_better",
    "school": "up_is_better",
    "size": "neutral",
    "visits": "down_is_better",
    "rare": "down_is_better",
    "money": "up_is_better",
}
UNITS = {
    "deaths": "per_1000_live_births",
    "school": "percent",
    "size": "ratio",
    "visits": "count",
    "rare": "per_100000_population",
    "money": "percent_of_gdp",
}
RANKS = {"OFFICE": 10, "SURVEY": 20, "AGENCY": 30, "ROUND": 30, "PRESS": 40, "CLAIM": 90}
ARTICLES = {"6": ("deaths", "rare"), "24": ("deaths", "school", "rare"), "28": ("school", "money"), "41": ()}
OLD, NEW = "1932-03-10", "2022-06-08"
"""The two extents of Almaty region (KZ-19)."""
DIVISION_2018 = [
    "KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-27", "KZ-31", "KZ-35", "KZ-39", "KZ-43", "KZ-47", "KZ-55", "KZ-59", "KZ-61",
    "KZ-63", "KZ-71", "KZ-75", "KZ-79",
]  # fmt: skip
DIVISION_2022 = [*DIVISION_2018, "KZ-10", "KZ-33", "KZ-62"]
SPLIT_2022 = ("KZ-19", "KZ-35", "KZ-63")


TODAY = date(2031, 12, 31)
"""Made figures live in a time of their own, so that no test changes with the calendar."""


def setting(articles: dict[str, tuple[str, ...]] | None = None, today: date = TODAY) -> Setting:
    return Setting("KAZ", DIRECTIONS, UNITS, RANKS, articles or ARTICLES, gazetteer(), today=today)


def figure(indicator: str, period: object, value: float | None, **more: Any) -> dict[str, Any]:
    """One row; national, official and of OFFICE unless said otherwise."""
    row = {
        "indicator": indicator, "area": "KAZ", "period": str(period), "value": value, "source": "OFFICE",
        "quality": "official", "unit": UNITS[indicator], "release": "r1", **more,
    }  # fmt: skip
    if row.get("lower") is not None:
        row.setdefault("interval", "CI95")
    return row


def frame(*figures: dict[str, Any]) -> pl.DataFrame:
    """Published rows: the schema, key and release."""
    columns = sorted({name for row in figures for name in row})
    data = {name: [row.get(name) for row in figures] for name in columns}
    rows = pl.DataFrame(data, strict=False).with_columns(pl.col(pl.Null).cast(pl.Float64))
    release = rows["release"]
    whole = conform(rows.drop("release"))
    return whole.with_columns(key_expression(), release)


def one(table: pl.DataFrame, **where: object) -> dict[str, Any]:
    """The single row with those cells."""
    found = table.filter(pl.all_horizontal(pl.lit(True), *[pl.col(name) == value for name, value in where.items()]))
    assert found.height == 1, f"{found.height} rows for {where}"
    return found.row(0, named=True)


def regions_2021(indicator: str, values: dict[str, float], **more: Any) -> list[dict[str, Any]]:
    """A figure of 2021 for each region of that time, 10.0 where nothing else is said."""
    return [
        figure(
            indicator, 2021, values.get(code, 10.0), area=code, area_version=OLD if code in SPLIT_2022 else "", **more
        )
        for code in DIVISION_2018
    ]
