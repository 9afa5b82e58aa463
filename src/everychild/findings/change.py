"""Whether one figure differs from another by more than chance and rounding allow, and which way."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.series import FEW_CASES

UNCHANGED_SHARE: Final = 0.025
"""Relative change below which figures without intervals count as unchanged."""
NEAR_FULL, NEAR_FULL_POINTS = 90.0, 0.5
"""Percents from here on are judged in points: from 97 to 99 percent is 2 percent of the value but most of the rest."""
SURVEY_POINTS, SURVEY_SHARE = 5.0, 0.2
"""What a survey without intervals must move to be believed: points of a percent, share of any other figure."""
NORMAL_95: Final = 1.96
DESIGN_EFFECT: Final = 2.0
"""Assumed where a survey gives cases but no interval; household surveys of clusters have about 1.5 to 2.5."""
_NEARLY: Final = 1 + 1e-9


def rounding_step() -> pl.Expr:
    """The unit of the last printed digit of `value`: 1, 0.1, 0.01, else 0 (not rounded as far as can be seen).

    Taken as the smallest over a run, so that a chance `9.0` among `9.4` and `8.8` is not read as a whole number.
    """
    step = pl.when(_is_multiple(1)).then(1.0).when(_is_multiple(10)).then(0.1)
    return step.when(_is_multiple(100)).then(0.01).otherwise(0.0)


def _is_multiple(scale: int) -> pl.Expr:
    scaled = pl.col("value") * scale
    return (scaled - scaled.round()).abs() < 1e-7 * scale


def verdict(a: str, b: str) -> tuple[pl.Expr, pl.Expr]:
    """(trend, reason) from the figure with prefix `a` to the one with prefix `b`.

    Needs columns {prefix}value, lower, upper, n for both, and direction, unit, survey (bool), step. The first rule
    that applies decides:

    | reason | when | trend |
    |---|---|---|
    | no_direction | the indicator has no better and worse | unclear |
    | few_cases | n of one is under 25 | unclear |
    | intervals_overlap / intervals_apart | both have intervals | unclear / better, worse |
    | within_rounding | differ by no more than one unit of the last printed digit | unchanged |
    | within_threshold | under 2.5 percent; under 0.5 points when both percents are 90 or more | unchanged |
    | small_numbers | counts differ by no more than 1.96 times the root of their sum (Poisson) | unclear |
    | within_sampling_error | survey percents with n: |z| with a design effect of 2 is under 1.96 | unclear |
    | survey_without_interval | survey, no interval, no n: under 5 points or 20 percent | unclear |
    | beyond_threshold | everything else | better, worse |
    """
    first, last = pl.col(f"{a}value"), pl.col(f"{b}value")
    change = last - first
    both_intervals = pl.all_horizontal(
        [pl.col(f"{p}{side}").is_not_null() for p in (a, b) for side in ("lower", "upper")]
    )
    apart = (pl.col(f"{a}upper") < pl.col(f"{b}lower")) | (pl.col(f"{b}upper") < pl.col(f"{a}lower"))
    few = ((pl.col(f"{a}n") < FEW_CASES) | (pl.col(f"{b}n") < FEW_CASES)).fill_null(False)
    reason = (
        pl.when(pl.col("direction") == "neutral").then(pl.lit("no_direction"))
        .when(few).then(pl.lit("few_cases"))
        .when(both_intervals & apart).then(pl.lit("intervals_apart"))
        .when(both_intervals).then(pl.lit("intervals_overlap"))
        .when(_is_rounding(change)).then(pl.lit("within_rounding"))
        .when(_is_small(first, last, UNCHANGED_SHARE, NEAR_FULL_POINTS)).then(pl.lit("within_threshold"))
        .when(_is_chance_of_counts(first, last)).then(pl.lit("small_numbers"))
        .when(_is_sampling(a, b)).then(pl.lit("within_sampling_error"))
        .when(_is_weak_survey(a, b)).then(pl.lit("survey_without_interval"))
        .otherwise(pl.lit("beyond_threshold"))
    )  # fmt: skip
    improves = (change > 0) == (pl.col("direction") == "up_is_better")
    trend = (
        pl.when(reason.is_in(["intervals_apart", "beyond_threshold"]))
        .then(pl.when(improves).then(pl.lit("better")).otherwise(pl.lit("worse")))
        .when(reason.is_in(["within_rounding", "within_threshold"])).then(pl.lit("unchanged"))
        .otherwise(pl.lit("unclear"))
    )  # fmt: skip
    return trend, reason


def _is_rounding(change: pl.Expr) -> pl.Expr:
    counted = pl.col("unit").is_in(["count", "persons"])
    return (change == 0) | (~counted & (change.abs() <= pl.col("step") * _NEARLY))


def _is_small(first: pl.Expr, last: pl.Expr, share: float, points: float) -> pl.Expr:
    near_full = pl.col("unit").str.starts_with("percent") & (first >= NEAR_FULL) & (last >= NEAR_FULL)
    change = (last - first).abs()
    return pl.when(near_full).then(change < points).otherwise(change < share * first.abs())


def _is_chance_of_counts(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    counted = pl.col("unit").is_in(["count", "persons"])
    return counted & ((last - first).abs() <= NORMAL_95 * (first + last).sqrt())


def _has_cases(a: str, b: str) -> pl.Expr:
    return pl.col(f"{a}n").is_not_null() & pl.col(f"{b}n").is_not_null()


def _is_sampling(a: str, b: str) -> pl.Expr:
    """|z| of two independent proportions, variance p(100 - p)/n times the design effect, is under 1.96."""
    variance = sum(
        (DESIGN_EFFECT * pl.col(f"{p}value") * (100 - pl.col(f"{p}value")) / pl.col(f"{p}n") for p in (a, b)),
        pl.lit(0.0),
    )
    change = (pl.col(f"{b}value") - pl.col(f"{a}value")).abs()
    known = pl.col("survey") & pl.col("unit").str.starts_with("percent") & _has_cases(a, b)
    return (known & (change < NORMAL_95 * variance.sqrt())).fill_null(False)


def _is_weak_survey(a: str, b: str) -> pl.Expr:
    percent = pl.col("unit").str.starts_with("percent")
    first, change = pl.col(f"{a}value"), (pl.col(f"{b}value") - pl.col(f"{a}value")).abs()
    small = pl.when(percent).then(change < SURVEY_POINTS).otherwise(change < SURVEY_SHARE * first.abs())
    return pl.col("survey") & ~(percent & _has_cases(a, b)) & small
