"""Every region beside the country, indicator by indicator."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.change import (
    ASSUMED_CASES,
    ASSUMED_LOCAL_CASES,
    interval_pair,
    is_rare_event,
    is_small,
    within_survey_error,
)
from everychild.findings.latest import latest_of
from everychild.findings.left_behind import COVERAGE, group_rows, is_comparable
from everychild.findings.series import FEW_CASES, is_figure, is_number_of_things, series
from everychild.findings.setting import Setting

NEAR_SHARE: Final = 0.05
"""Relative distance to the national figure that counts as near."""
NEAR_FULL_POINTS: Final = 1.0
"""The same for percents of 90 or more, in points."""
REGION_COLUMNS: Final = (
    "area", "indicator", "area_version", "current", "period", "period_end", "value", "lower", "upper", "interval", "n",
    "unit", "status", "flag", "doubtful", "source", "quality", "release", "key", "trend", "reference_value",
    "reference_period", "reference_key", "reference_release", "same_period", "difference", "standing",
    "standing_reason", "rank", "ranked", "tied", "unranked",
)  # fmt: skip


def region_summary(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per region and indicator: its latest figure, the national one of the same source, its standing and rank.

    The national figure is of the same period where there is one (`same_period`), else the newest of that source, and
    then only shown beside it. `rank` is 1 for the worst region among those of that source, period and division
    (competition ranks: equals share the better place in the queue, 1 1 3); null without a direction, for counts,
    rare events without intervals and doubtful figures, where too few of the regions (COVERAGE) have one, and where all
    have the same (then nobody is worst). `ranked` is the number ranked, `tied` how many share the rank, `unranked` how
    many of today's regions, in their borders of today, are not among the ranked.
    """
    whole = series(rows, setting)
    return summary_of(latest_of(whole, rows, setting), whole, group_rows(rows, setting), setting)


def summary_of(
    latest: pl.DataFrame, whole: pl.DataFrame, group_figures: pl.DataFrame, setting: Setting
) -> pl.DataFrame:
    """region_summary from the results of latest_figures, series and group_rows."""
    regional = latest.filter(pl.col("area").is_in(setting.region_codes))
    joined = (
        regional.join(setting.directions_frame, on="indicator", how="left")
        .with_columns(pl.col("direction").fill_null("neutral"))
        .join(_national(whole, setting), on=["indicator", "source", "period", "unit"], how="left")
        .join(_newest_national(whole, setting), on=["indicator", "source", "unit"], how="left")
        .join(region_ranks(group_figures, setting), on=["key", "release"], how="left")
        .with_columns(same_period=pl.col("reference_value").is_not_null())
    )
    shown = [
        pl.coalesce(f"reference_{c}", f"newest_{c}").alias(f"reference_{c}")
        for c in ("value", "period", "key", "release")
    ]
    reason = _reason()
    return (
        joined.with_columns(standing_reason=reason)
        .with_columns(standing=_standing(), difference=pl.col("value") - pl.col("reference_value"))
        .with_columns(*shown)
        .with_columns(pl.col("reference_key", "reference_release", "reference_period").fill_null(""))
        .select(REGION_COLUMNS)
        .sort("area", "indicator")
    )


def _national(whole: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    found = whole.filter((pl.col("area") == setting.country) & is_figure() & ~pl.col("doubtful")).sort("key")
    return found.unique(["indicator", "source", "period", "unit"], keep="first", maintain_order=True).select(
        "indicator", "source", "period", "unit",
        reference_value="value", reference_lower="lower", reference_upper="upper", reference_n="n",
        reference_period="period", reference_key="key", reference_release="release",
    )  # fmt: skip


def _newest_national(whole: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    found = whole.filter((pl.col("area") == setting.country) & is_figure() & ~pl.col("doubtful"))
    newest = found.sort("end", "start", "key").unique(["indicator", "source", "unit"], keep="last", maintain_order=True)
    return newest.select(
        "indicator", "source", "unit",
        newest_value="value", newest_period="period", newest_key="key", newest_release="release",
    )  # fmt: skip


def _reason() -> pl.Expr:
    """Why a standing is what it is; the first that applies decides (see docs/methods/findings.md)."""
    intervals, apart = interval_pair("", "reference_")
    here, country = pl.col("value"), pl.col("reference_value")
    cases = (pl.col("n").fill_null(ASSUMED_LOCAL_CASES), pl.col("reference_n").fill_null(ASSUMED_CASES))
    chance = (pl.col("quality") == "survey") & within_survey_error(here, country, *cases)
    near = (here == country) | is_small(country, here, NEAR_SHARE, NEAR_FULL_POINTS)
    return (
        pl.when(pl.col("direction") == "neutral").then(pl.lit("no_direction"))
        .when(is_number_of_things()).then(pl.lit("count"))
        .when(pl.col("doubtful")).then(pl.lit("doubtful"))
        .when((pl.col("n") < FEW_CASES).fill_null(False)).then(pl.lit("few_cases"))
        .when(~pl.col("current")).then(pl.lit("other_borders"))
        .when(~pl.col("same_period")).then(pl.lit("no_national_figure"))
        .when(intervals & apart).then(pl.lit("intervals_apart"))
        .when(near).then(pl.lit("near"))
        .when(intervals).then(pl.lit("intervals_overlap"))
        .when(is_rare_event()).then(pl.lit("rare_events"))
        .when(chance).then(pl.lit("within_sampling_error"))
        .otherwise(pl.lit("beyond_threshold"))
    )  # fmt: skip


def _standing() -> pl.Expr:
    ahead = (pl.col("value") > pl.col("reference_value")) == (pl.col("direction") == "up_is_better")
    return (
        pl.when(pl.col("standing_reason").is_in(["intervals_apart", "beyond_threshold"]))
        .then(pl.when(ahead).then(pl.lit("better")).otherwise(pl.lit("worse")))
        .when(pl.col("standing_reason") == "near").then(pl.lit("near"))
        .otherwise(pl.lit("unclear"))
    )  # fmt: skip


def region_ranks(group_figures: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """key, release, rank, ranked, tied, unranked for every regional figure that can be ranked, 1 for the worst."""
    cell = ["indicator", "source", "period", "unit"]
    usable = group_figures.filter(
        (pl.col("kind") == "region")
        & is_comparable()
        & ~is_number_of_things()
        & ~(is_rare_event() & pl.col("lower").is_null())
    )
    directed = usable.join(setting.directions_frame, on="indicator", how="inner").filter(
        pl.col("direction") != "neutral"
    )
    badness = pl.when(pl.col("direction") == "down_is_better").then(pl.col("value")).otherwise(-pl.col("value"))
    today = setting.today_frame
    marked = directed.join(today.with_columns(of_today=pl.lit(True)), on=["area", "area_version"], how="left")
    return (
        marked.with_columns(
            rank=badness.rank("min", descending=True).over(cell).cast(pl.Int64),
            ranked=pl.len().over(cell).cast(pl.Int64),
            tied=pl.len().over([*cell, "value"]).cast(pl.Int64),
            unranked=today["area"].n_unique() - pl.col("of_today").sum().over(cell).cast(pl.Int64),
            values=pl.col("value").n_unique().over(cell),
        )
        .filter((pl.col("values") >= 2) & (pl.col("ranked") >= COVERAGE * pl.col("size")))
        .select("key", "release", "rank", "ranked", "tied", "unranked")
    )
