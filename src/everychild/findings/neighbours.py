"""The country among its neighbours, from one source and one period only."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.latest import newest_year
from everychild.findings.series import STALE_YEARS, is_figure, is_number_of_things, series
from everychild.findings.setting import Setting

NEIGHBOUR_COLUMNS: Final = (
    "indicator", "area", "area_version", "value", "lower", "upper", "interval", "unit", "period", "period_end",
    "status", "flag", "source", "quality", "release", "key", "is_country", "rank", "ranked",
)  # fmt: skip
OLDEST_YEARS: Final = 10
"""A comparison this much older than the newest of all figures says nothing about the countries of today."""
_CELL: Final = ["indicator", "source", "period", "unit", "sex", "age", "other"]


def neighbours(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per indicator and country, all of one source, period, unit and group.

    Of all sources and periods with a figure of the country and of at least one neighbour, those more than STALE_YEARS
    older than the newest are left out; then the one with the most neighbours is taken, the newest of equals, then the
    better rank. So an official figure of one country never stands beside a modelled one of another. `rank` is 1 for
    the worst (null without a direction). Comparisons more than OLDEST_YEARS old, counts and aggregates of countries
    are left out.
    """
    countries = [area.code for area in setting.areas if area.kind == "country"]
    figures = series(rows.filter(pl.col("area").is_in(countries)), setting).filter(
        is_figure() & pl.col("trusted") & ~pl.col("doubtful") & ~is_number_of_things()
    )
    own = figures.filter(pl.col("area") == setting.country).select(_CELL).unique()
    common = figures.join(own, on=_CELL, how="semi")
    cells = common.group_by([*_CELL, "end", "end_year"]).agg(
        others=(pl.col("area") != setting.country).sum(), rank=pl.col("rank").min()
    )
    eligible = cells.filter(
        (pl.col("others") > 0) & (pl.col("end_year") >= newest_year(rows, setting.day) - OLDEST_YEARS)
    )
    eligible = eligible.filter(pl.col("end_year") >= pl.col("end_year").max().over("indicator") - STALE_YEARS)
    order = ["indicator", "others", "end", "rank", *_CELL[1:]]
    chosen = eligible.sort(order, descending=[False, True, True, False, *(False for _ in _CELL[1:])]).unique(
        "indicator", keep="first", maintain_order=True
    )
    badness = pl.when(pl.col("direction") == "up_is_better").then(-pl.col("value")).otherwise(pl.col("value"))
    ranked = pl.col("direction") != "neutral"
    return (
        common.drop("rank")
        .join(chosen.select(_CELL), on=_CELL, how="semi")
        .join(setting.directions_frame, on="indicator", how="inner")
        .with_columns(
            period_end=pl.col("end"),
            is_country=pl.col("area") == setting.country,
            rank=pl.when(ranked).then(badness.rank("min", descending=True).over("indicator").cast(pl.Int64)),
            ranked=pl.when(ranked).then(pl.len().over("indicator").cast(pl.Int64)),
        )
        .select(NEIGHBOUR_COLUMNS)
        .sort("indicator", "area")
    )
