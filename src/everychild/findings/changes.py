"""What changed: the largest national trends for better and for worse."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.series import is_trusted
from everychild.findings.setting import Setting

RECENT_YEARS: Final = 8
"""A trend whose last figure is older than this says nothing about today."""
CHANGE_COLUMNS: Final = (
    "indicator", "trend", "trend_reason", "position", "period", "value", "key", "release", "first_period",
    "first_value", "first_key", "first_release", "previous_period", "previous_value", "previous_key",
    "previous_release", "last_step", "points", "change", "relative_change", "unit", "source", "quality",
    "period_end", "age_years",
)  # fmt: skip


def what_changed(latest: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """National trends that are better or worse, in each direction the largest first (`position` from 1).

    `change` and `relative_change` go from the first to the latest figure of the run; the relative one is a share of the
    first, null when that is 0. The order is that of |ln(last/first)|, so that a halving and a doubling weigh the same;
    a run from or to 0 has no logarithm and comes last. Without unverified, doubtful and old figures (RECENT_YEARS).
    """
    moved = latest.filter(
        (pl.col("area") == setting.country)
        & pl.col("trend").is_in(["better", "worse"])
        & is_trusted()
        & ~pl.col("doubtful")
        & (pl.col("age_years") <= RECENT_YEARS)
    )
    first, last = pl.col("first_value"), pl.col("value")
    size = pl.when((first > 0) & (last > 0)).then((last / first).log().abs()).otherwise(None)
    return (
        moved.with_columns(
            change=last - first,
            relative_change=pl.when(first != 0).then((last - first) / first.abs()).otherwise(None),
            size=size,
        )
        .sort(["trend", "size", "indicator"], descending=[False, True, False], nulls_last=True)
        .with_columns(position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("trend"))
        .select(CHANGE_COLUMNS)
    )
