"""Whether one figure differs from another by more than chance and rounding allow, and which way."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.series import FEW_CASES

UNCHANGED_SHARE: Final = 0.025
"""Relative change below which figures without intervals count as unchanged."""
NEAR_FULL, NEAR_FULL_POINTS = 90.0, 0.5
"""Percents from here on are judged in points: from 97 to 99 percent is 2 percent of the value but most of the rest."""
NORMAL_95: Final = 1.96
DESIGN_EFFECT: Final = 2.0
"""Assumed for surveys of clusters that give no interval; 1.5 to 2.5 is usual."""
ASSUMED_CASES, ASSUMED_LOCAL_CASES = 1000, 200
"""Cases assumed behind a survey's percent when it names neither cases nor interval: for a country, and for a region or
another part of it. Real surveys of children have about as many, and more for the country."""
SURVEY_SHARE: Final = 0.2
"""What a survey's rate without an interval must move to be believed."""
RARE_SHARE: Final = 0.2
"""What a national rate per 100,000 without an interval must move: a few dozen deaths a year vary by that much."""
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

    Needs columns {prefix}value, lower, upper, n for both, and direction, unit, survey (bool), step and local (bool: the
    figures are of a part of the country). The first rule that applies decides:

    | reason | when | trend |
    |---|---|---|
    | no_direction | the indicator has no better and worse | unclear |
    | few_cases | n of one is under 25 | unclear |
    | intervals_apart / intervals_overlap | both have intervals | better, worse / unclear |
    | within_rounding | differ by no more than one unit of the last printed digit | unchanged |
    | within_threshold | under 2.5 percent; under 0.5 points when both percents are 90 or more | unchanged |
    | small_numbers | counts differ by no more than 1.96 times the root of their sum (Poisson) | unclear |
    | rare_events | rates per 100,000: under 20 percent for a country, always for a part of one | unclear |
    | within_sampling_error | survey: see within_survey_error | unclear |
    | beyond_threshold | everything else | better, worse |
    """
    first, last = pl.col(f"{a}value"), pl.col(f"{b}value")
    change = last - first
    few = ((pl.col(f"{a}n") < FEW_CASES) | (pl.col(f"{b}n") < FEW_CASES)).fill_null(False)
    both, apart = interval_pair(a, b)
    assumed = pl.when(pl.col("local")).then(ASSUMED_LOCAL_CASES).otherwise(ASSUMED_CASES)
    cases = (pl.col(f"{a}n").fill_null(assumed), pl.col(f"{b}n").fill_null(assumed))
    rare = is_rare_event() & (pl.col("local") | (change.abs() < RARE_SHARE * first.abs()))
    reason = (
        pl.when(pl.col("direction") == "neutral").then(pl.lit("no_direction"))
        .when(few).then(pl.lit("few_cases"))
        .when(both & apart).then(pl.lit("intervals_apart"))
        .when(both).then(pl.lit("intervals_overlap"))
        .when(is_rounding(change)).then(pl.lit("within_rounding"))
        .when(is_small(first, last, UNCHANGED_SHARE, NEAR_FULL_POINTS)).then(pl.lit("within_threshold"))
        .when(_is_chance_of_counts(first, last)).then(pl.lit("small_numbers"))
        .when(rare).then(pl.lit("rare_events"))
        .when(pl.col("survey") & within_survey_error(first, last, *cases)).then(pl.lit("within_sampling_error"))
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


def interval_pair(a: str, b: str) -> tuple[pl.Expr, pl.Expr]:
    """(both figures have an interval, their intervals do not overlap)."""
    bounds = [pl.col(f"{prefix}{side}").is_not_null() for prefix in (a, b) for side in ("lower", "upper")]
    apart = (pl.col(f"{a}upper") < pl.col(f"{b}lower")) | (pl.col(f"{b}upper") < pl.col(f"{a}lower"))
    return pl.all_horizontal(bounds), apart


def is_percent() -> pl.Expr:
    return pl.col("unit").str.starts_with("percent")


def is_rare_event() -> pl.Expr:
    return pl.col("unit").str.starts_with("per_100000")


def is_rounding(change: pl.Expr) -> pl.Expr:
    """No more than one unit of the last printed digit; counts are not rounded."""
    counted = pl.col("unit").is_in(["count", "persons"])
    return (change == 0) | (~counted & (change.abs() <= pl.col("step") * _NEARLY))


def is_small(first: pl.Expr, last: pl.Expr, share: float, points: float) -> pl.Expr:
    """Under a share of the first; under so many points where both are percents of NEAR_FULL or more."""
    near_full = is_percent() & (first >= NEAR_FULL) & (last >= NEAR_FULL)
    change = (last - first).abs()
    return pl.when(near_full).then(change < points).otherwise(change < share * first.abs())


def _is_chance_of_counts(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    counted = pl.col("unit").is_in(["count", "persons"])
    return counted & ((last - first).abs() <= NORMAL_95 * (first + last).sqrt())


def within_survey_error(first: pl.Expr, last: pl.Expr, first_cases: pl.Expr, last_cases: pl.Expr) -> pl.Expr:
    """Whether a survey's two figures may differ by sampling alone.

    Percents: |last - first| < 1.96 sqrt(2 p1(100 - p1)/n1 + 2 p2(100 - p2)/n2), the first 2 being the design effect.
    Other rates: a difference under 20 percent of the first.
    """
    variance = DESIGN_EFFECT * (first * (100 - first) / first_cases + last * (100 - last) / last_cases)
    change = (last - first).abs()
    chance = pl.when(is_percent()).then(change < NORMAL_95 * variance.sqrt())
    return chance.otherwise(change < SURVEY_SHARE * first.abs()).fill_null(False)
