"""The latest figure of every indicator in every area, its comparable run, and what other sources say."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from everychild.findings.change import is_percent, rounding_step, verdict
from everychild.findings.series import SERIES_KEY, heads, is_figure, is_trusted, preferred, series, starts_run
from everychild.findings.setting import Setting
from everychild.vocabulary.observations import DIMENSIONS, is_future
from everychild.vocabulary.periods import parse_period

PLACE_KEY: Final = ("indicator", "area")
DISAGREEMENT_SHARE: Final = 0.2
"""Relative difference beyond which two sources without intervals are said to disagree."""
DISAGREEMENT_POINTS: Final = 3.0
"""The same for percents, in points: a fifth of 90 percent would hide eighteen children of a hundred."""
LEAST_POINTS: Final = 1.0
"""Small percents disagree by a fifth of themselves as rates do, but never by less than a point."""
_NEARLY: Final = 1 + 1e-9
"""98.3 and 95.3 differ by 3 points, whatever floating point makes of it."""
_FIGURE: Final = (
    "area_version", "period", *DIMENSIONS, "other", "value", "lower", "upper", "interval", "n", "unit", "status",
    "missing_reason", "quality", "flag", "source", "release", "key",
)  # fmt: skip
LATEST_COLUMNS: Final = (
    *PLACE_KEY, *_FIGURE, "period_end", "age_years", "current", "doubtful", "passed_over", "chosen", "first_period",
    "first_value", "first_key", "first_release", "previous_period", "previous_value", "previous_key",
    "previous_release", "points", "trend", "trend_reason", "last_step",
)  # fmt: skip
ALTERNATIVE_COLUMNS: Final = (
    *PLACE_KEY, *_FIGURE, "period_end", "rank", "main_source", "compared_period", "compared_key", "compared_release",
    "main_key", "main_release", "main_value", "difference", "disagrees", "basis",
)  # fmt: skip


def latest_figures(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per indicator and area: the newest figure of the main series and the trend of its comparable run.

    `rows` has the columns of the observation schema, key and release. Beyond those of the figure itself:
    `period_end` (its last day; the reader's page computes the age from today), `age_years` (whole years from there to
    the newest year, see newest_year), `current` (speaks of the area's borders of today), `chosen`, `passed_over` (see
    series.heads), first_* and previous_* of the run, `points` (figures in it), `trend`, `trend_reason` (see
    change.verdict) and `last_step` (the trend from the previous figure to this one).
    """
    return latest_of(series(rows, setting), rows, setting)


def latest_of(whole: pl.DataFrame, rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    main = preferred(heads(whole), PLACE_KEY)
    summary = _with_trend(_runs(whole, main), main, setting)
    newest = newest_year(rows, setting.day)
    return summary.with_columns(
        period_end=pl.col("end"), age_years=(newest - pl.col("end_year")).clip(lower_bound=0)
    ).select(LATEST_COLUMNS)


def newest_year(rows: pl.DataFrame, today: date) -> int:
    """The last year that a trusted figure speaks of, never later than today's; 0 when there is none.

    All ages count from here, so one mistyped or unverified year must not make every other figure look old.
    """
    figures = rows.lazy().filter(is_figure() & is_trusted())
    texts = figures.select(pl.col("period").unique()).collect()["period"]
    years = [parse_period(text).last_year for text in texts if not is_future(text, today)]
    return min(max(years, default=0), today.year)


def _runs(whole: pl.DataFrame, main: pl.DataFrame) -> pl.DataFrame:
    """The figures of the main series that compare with its newest one, oldest first, without the doubtful ones.

    Same source, unit, borders (unclear ones compare with nothing) and season, both or neither of a differing
    definition, and no break between. Years without a figure do not end a run. A doubtful figure still can mark a break.
    """
    ordered = (
        whole.join(main.select(SERIES_KEY), on=SERIES_KEY, how="semi", maintain_order="left")
        .with_columns(differs=pl.col("status") == "D")
        .with_columns(toggled=(pl.col("differs") != pl.col("differs").shift(1).over(SERIES_KEY)).fill_null(False))
        .with_columns(run=(starts_run() | pl.col("toggled")).cast(pl.Int32).cum_sum().over(SERIES_KEY))
    )
    newest = ordered.join(main.select("key", "release"), on=["key", "release"], how="semi").select(
        *SERIES_KEY, main_key="key", main_run="run", main_unit="unit", main_extent="extent", main_season="season",
        main_end="end", main_trusted="trusted",
    )  # fmt: skip
    return ordered.join(newest, on=SERIES_KEY, how="inner", maintain_order="left").filter(
        (pl.col("key") == pl.col("main_key"))
        | (
            is_figure()
            & ~pl.col("doubtful")
            & (pl.col("run") == pl.col("main_run"))
            & (pl.col("unit") == pl.col("main_unit"))
            & (pl.col("extent") == pl.col("main_extent"))
            & (pl.col("season") == pl.col("main_season"))
            & (pl.col("trusted") == pl.col("main_trusted"))
            & (pl.col("end") < pl.col("main_end"))
        )
    )


def _with_trend(runs: pl.DataFrame, main: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    kept = ("period", "value", "lower", "upper", "n", "key", "release")
    ends = runs.group_by(SERIES_KEY, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("points"),
        rounding_step().min().alias("step"),
        (pl.col("quality") == "survey").any().alias("survey"),
        *[pl.col(c).first().alias(f"first_{c}") for c in kept],
        *[pl.col(c).get(-2, null_on_oob=True).alias(f"previous_{c}") for c in kept],
    )
    joined = main.join(ends, on=SERIES_KEY, how="left").join(setting.directions_frame, on="indicator", how="left")
    local = pl.col("area").is_in(setting.region_codes)
    joined = joined.with_columns(pl.col("direction").fill_null("neutral"), local=local)
    trend, reason = verdict("first_", "")
    last_step, _ = verdict("previous_", "")
    single, doubtful = pl.col("points") == 1, pl.col("doubtful")
    return joined.with_columns(
        trend=pl.when(single).then(pl.lit("single")).when(doubtful).then(pl.lit("unclear")).otherwise(trend),
        trend_reason=pl.when(single)
        .then(pl.lit("one_figure"))
        .when(doubtful)
        .then(pl.lit("doubtful"))
        .otherwise(reason),
        last_step=pl.when(single).then(pl.lit("single")).when(doubtful).then(pl.lit("unclear")).otherwise(last_step),
        previous_key=pl.col("previous_key").fill_null(""),
        previous_release=pl.col("previous_release").fill_null(""),
        previous_period=pl.col("previous_period").fill_null(""),
    )


def alternatives(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """What the sources that are not the main one say: one row per indicator, area and other source, its newest figure.

    Two sources are compared at the newest period that both have (`compared_*` of this source, `main_*` of the main
    one), never at two different times, and only when unit, borders and group are the same and neither figure is of a
    differing definition. `disagrees`: with intervals on both sides, each value lies outside the other's interval;
    percents differ by more than 3 points (small ones by more than 20 percent of the main one and a point); other units
    by more than 20 percent of the main one. `basis`: intervals, points, share, or no_common_period (disagrees is null).
    """
    return alternatives_of(series(rows, setting))


def alternatives_of(whole: pl.DataFrame) -> pl.DataFrame:
    """alternatives from the rows of series()."""
    newest = heads(whole)
    main = preferred(newest, PLACE_KEY)
    others = newest.join(main.select(SERIES_KEY), on=SERIES_KEY, how="anti")
    pairs = _common_figures(whole, others, main)
    sources = main.select(*PLACE_KEY, main_source="source")
    return (
        others.with_columns(period_end=pl.col("end"))
        .join(sources, on=PLACE_KEY, how="left")
        .join(pairs, on=SERIES_KEY, how="left")
        .with_columns(
            pl.col("compared_period", "compared_key", "compared_release", "main_key", "main_release").fill_null(""),
            basis=pl.col("basis").fill_null("no_common_period"),
        )
        .select(ALTERNATIVE_COLUMNS)
        .sort(*PLACE_KEY, "rank", "source")
    )


def _common_figures(whole: pl.DataFrame, others: pl.DataFrame, main: pl.DataFrame) -> pl.DataFrame:
    at = ("indicator", "area", "period", "unit", "extent", *DIMENSIONS, "other")
    figures = whole.filter(is_figure() & ~pl.col("doubtful") & (pl.col("status") != "D"))
    ours = figures.join(main.select(SERIES_KEY), on=SERIES_KEY, how="semi").select(
        *at, main_value="value", main_lower="lower", main_upper="upper", main_key="key", main_release="release"
    )
    theirs = figures.join(others.select(SERIES_KEY), on=SERIES_KEY, how="semi")
    both = theirs.join(ours, on=at, how="inner").sort(*SERIES_KEY, "end", "start", "key")
    newest = both.unique(SERIES_KEY, keep="last", maintain_order=True)
    intervals = pl.all_horizontal([pl.col(c).is_not_null() for c in ("lower", "upper", "main_lower", "main_upper")])
    outside = ~pl.col("value").is_between("main_lower", "main_upper") & ~pl.col("main_value").is_between(
        "lower", "upper"
    )
    difference = pl.col("value") - pl.col("main_value")
    return newest.select(
        *SERIES_KEY,
        compared_period="period",
        compared_key="key",
        compared_release="release",
        main_key="main_key",
        main_release="main_release",
        main_value="main_value",
        difference=difference,
        disagrees=pl.when(intervals).then(outside).otherwise(difference.abs() > _limit() * _NEARLY),
        basis=pl.when(intervals)
        .then(pl.lit("intervals"))
        .when(is_percent())
        .then(pl.lit("points"))
        .otherwise(pl.lit("share")),
    )


def _limit() -> pl.Expr:
    """How far two sources without intervals may differ, in the unit of their figures."""
    share = DISAGREEMENT_SHARE * pl.col("main_value").abs()
    return pl.when(is_percent()).then(share.clip(LEAST_POINTS, DISAGREEMENT_POINTS)).otherwise(share)
