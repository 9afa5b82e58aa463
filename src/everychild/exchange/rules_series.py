"""Rules that look at whole series of figures (frames of the observation schema, with `year`): doubtful, but kept.

Each returns ledger entries. Thresholds stand beside the rule with the real error it was made for; they are set so that
an honest series of a small region stays silent more often than not.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.exchange.ledger import entries
from everychild.vocabulary.areas import Gazetteer
from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.observations import DIMENSIONS
from everychild.vocabulary.periods import parse_period

SERIES: Final = ["file", "indicator", "area", *DIMENSIONS, "other", "unit"]
GROUP: Final = ["file", "indicator", "period", *DIMENSIONS, "other", "unit"]
COUNTS: Final = ("count", "persons", "thousand_persons")
_PERCENT: Final = pl.col("unit").str.starts_with("percent")
ROUNDING: Final = 0.051
"""Two rounded parts of one decimal can miss their total by so much."""

FLAGS: Final = {
    "total_not_between_parts": "suspect",
    "total_unlike_parts": "suspect",
    "overlapping_areas": "suspect",
    "sudden_factor": "suspect",
    "zero_after_level": "suspect",
    "regional_outlier": "suspect",
    "repeated_last_year": "suspect",
    "count_with_fraction": "suspect",
    "level_shift": "break",
    "marked_break": "break",
}
"""The flag that a figure gets from a rule; figures of other rules stay as they are."""


def with_year(figures: pl.DataFrame) -> pl.DataFrame:
    """Add `year` (null for ranges, school years and quarters, which no rule of change compares)."""
    return figures.with_columns(pl.col("period").str.extract("^([0-9]{4})$", 1).cast(pl.Int32).alias("year"))


def _number(column: str) -> pl.Expr:
    text = pl.col(column).round(4).cast(pl.String)
    return text.str.strip_suffix(".0")


def decimal_point_lost(figures: pl.DataFrame) -> pl.DataFrame:
    """Percent above 100 that fits the others when divided by ten: 861 and 855 of 4.2.1, 856 of 4.2.2.1."""
    percent = pl.col("unit").is_in(["percent", "percent_of_population", "percent_of_households"])
    valid = pl.when(pl.col("value") <= 100).then(pl.col("value"))
    usual = valid.median().over("file", "indicator")
    tenth = pl.col("value") / 10
    near = (tenth <= 100) & pl.when(usual.is_null()).then(True).otherwise(
        (tenth >= usual / 2) & (tenth <= usual * 2) | (pl.col("value") > 200)
    )
    rows = figures.with_columns(tenth.alias("tenth")).filter(percent & (pl.col("value") > 100) & near)
    return entries(rows, "decimal_point_lost", "value", _number("value"), {"meant": _number("tenth")})


def repeated_last_year(figures: pl.DataFrame) -> pl.DataFrame:
    """A series in order of time whose last row carries the year of the row right above: 3.3.1.1, 2022 twice (686)."""
    series = [column for column in SERIES if column != "other"]
    ordered = figures.sort("file", "row")
    year, row = pl.col("year"), pl.col("row")
    repeats = (year == year.shift(1).over(series)) & (row == row.shift(1).over(series) + 1)
    counted_up = (year.shift(1).over(series) == year.shift(2).over(series) + 1) & (row == row.shift(2).over(series) + 2)
    last = (row == row.max().over(series)) & pl.col("other").str.contains("conflict=", literal=True)
    rows = ordered.filter(last & repeats & counted_up)
    more = {"period": pl.col("period"), "meant": year + 1}
    return entries(rows, "repeated_last_year", "period", _number("value"), more)


def _totals_with_parts(figures: pl.DataFrame, dimension: str, parts: tuple[str, str]) -> pl.DataFrame:
    """Totals beside both of their parts: columns total, first, second, file, row, unit."""
    key = [c for c in (*SERIES, "period") if c != dimension]

    def of(code: str) -> pl.Expr:
        return pl.col("value").filter(pl.col(dimension) == code).first()

    wide = figures.filter(~pl.col("other").str.contains("conflict=", literal=True)).group_by(key).agg(
        of("_T").alias("total"), of(parts[0]).alias("first"), of(parts[1]).alias("second"),
        pl.col("row").filter(pl.col(dimension) == "_T").first().alias("row"),
    ).drop_nulls(["total", "first", "second"])  # fmt: skip
    text = pl.concat_str(pl.lit(f"{parts[0]} "), _number("first"), pl.lit(f", {parts[1]} "), _number("second"))
    return wide.with_columns(
        text.alias("parts"), pl.min_horizontal("first", "second").alias("low"),
        pl.max_horizontal("first", "second").alias("high"),
    )  # fmt: skip


def total_not_between_parts(figures: pl.DataFrame) -> pl.DataFrame:
    """A rate of all outside the rates of its parts, or a number below one of them: 8.6.1 in 2011 and 2023, 3.1.2 in
    2010."""
    found = [empty_ledger()]
    for dimension, parts in (("sex", ("M", "F")), ("residence", ("U", "R"))):
        wide = _totals_with_parts(figures, dimension, parts)
        outside = (pl.col("total") < pl.col("low") - ROUNDING) | (pl.col("total") > pl.col("high") + ROUNDING)
        too_small = pl.col("total") < pl.col("high") - ROUNDING
        rows = wide.filter(pl.when(pl.col("unit").is_in(COUNTS)).then(too_small).otherwise(outside))
        found.append(entries(rows, "total_not_between_parts", "value", _number("total"), {"parts": pl.col("parts")}))
    return pl.concat(found)


def total_unlike_parts(figures: pl.DataFrame) -> pl.DataFrame:
    """A total of both sexes that would need more than three quarters of one sex: 4.2.2 in 2015 (99.8 with 100.0 and
    95.5), 1.2.1 in 2014 (2.9 with 3.0 and 2.0)."""
    wide = _totals_with_parts(figures, "sex", ("M", "F")).filter(~pl.col("unit").is_in(COUNTS))
    quarter = (pl.col("high") - pl.col("low")) / 4
    near = (pl.col("total") < pl.col("low") + quarter - 2 * ROUNDING) | (
        pl.col("total") > pl.col("high") - quarter + 2 * ROUNDING
    )
    between = (pl.col("total") >= pl.col("low") - ROUNDING) & (pl.col("total") <= pl.col("high") + ROUNDING)
    return entries(wide.filter(near & between), "total_unlike_parts", "value", _number("total"),
                   {"parts": pl.col("parts")})  # fmt: skip


def overlapping_areas(figures: pl.DataFrame, areas: Gazetteer) -> pl.DataFrame:
    """A successor beside the area it came from, in one year: KZYUZ (Turkistan) beside KZONT (South Kazakhstan) in 8.6.1
    and 8.7.1, 2010-2017."""
    here = figures.select("file", "indicator", "period", "area").unique()
    pairs = [
        (area, former)
        for area in here["area"].unique()
        for former in areas[area].extents[0].predecessors
        if former != area and former in areas and areas[former].extents[-1].valid_to is not None
    ]
    if not pairs:
        return empty_ledger()
    former = pl.DataFrame(pairs, schema={"area": pl.String, "former": pl.String}, orient="row")
    both = here.join(former, on="area").join(
        here.rename({"area": "former"}), on=["file", "indicator", "period", "former"], how="semi"
    )
    rows = figures.join(both, on=["file", "indicator", "period", "area"])
    more = {"area": pl.col("area"), "former": pl.col("former"), "period": pl.col("period")}
    return entries(rows, "overlapping_areas", "area", pl.col("area"), more)


def area_not_yet(figures: pl.DataFrame, areas: Gazetteer) -> pl.DataFrame:
    """Figures of an area before it existed, reckoned back: Turkistan and Shymkent from 2014 in 1.2.1. One a file."""
    pairs = figures.select("area", "period").unique().iter_rows()
    early = [(a, p) for a, p in pairs if areas[a].extents[0].valid_from > parse_period(p).end]
    if not early:
        return empty_ledger()
    frame = pl.DataFrame(early, schema={"area": pl.String, "period": pl.String}, orient="row")
    rows = figures.join(frame, on=["area", "period"]).group_by("file", "area").agg(
        pl.col("row").min(), pl.col("period").min().alias("first"), pl.col("period").max().alias("last")
    ).sort("file", "area")  # fmt: skip
    span = pl.when(pl.col("first") == pl.col("last")).then("first").otherwise(
        pl.concat_str("first", pl.lit("\u2013"), "last")
    )  # fmt: skip
    return entries(rows, "area_not_yet", "area", pl.col("area"), {"period": span})


def _steps(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures in order of time with the value of the year before and after (null across a gap)."""
    ordered = figures.filter(pl.col("year").is_not_null() & pl.col("value").is_not_null()).sort(*SERIES, "year")

    def beside(step: int) -> pl.Expr:
        gap = (pl.col("year") - pl.col("year").shift(step)).over(SERIES)
        return pl.when(gap == step).then(pl.col("value").shift(step).over(SERIES))

    return ordered.with_columns(beside(1).alias("before"), beside(-1).alias("after"))


def sudden_factor(figures: pl.DataFrame) -> pl.DataFrame:
    """More than five times or less than a fifth within a year: 8.7.1 (0.1, 0.8, 0.9, 0.04), 1.1.1 (6.2, then 0.8)."""
    steps = _steps(figures).filter((pl.col("before") > 0) & (pl.col("value") > 0))
    factor = pl.max_horizontal(pl.col("value") / pl.col("before"), pl.col("before") / pl.col("value"))
    rows = steps.with_columns(factor.alias("factor")).filter(pl.col("factor") > 5)
    more = {"before": _number("before"), "factor": pl.col("factor").round(1)}
    return entries(rows, "sudden_factor", "value", _number("value"), more)


def zero_after_level(figures: pl.DataFrame) -> pl.DataFrame:
    """Zero where the series had a level: 6.2.1 rural 2020-2022 is 0.0 after 8.8. Rates of rare events per 1,000 or
    100,000 are left out: there a year without a death is no defect."""
    level = (
        pl.when(_PERCENT)
        .then(1.0)
        .when(pl.col("unit") == "ratio")
        .then(0.5)
        .when(pl.col("unit").is_in(COUNTS))
        .then(20.0)
    )
    ordered = figures.filter(pl.col("year").is_not_null()).sort(*SERIES, "year")
    last = pl.when(pl.col("value") > 0).then(pl.col("value")).forward_fill().over(SERIES)
    rows = ordered.with_columns(last.alias("before")).filter((pl.col("value") == 0) & (pl.col("before") >= level))
    return entries(rows, "zero_after_level", "value", pl.lit("0"), {"before": _number("before")})


def level_shift(figures: pl.DataFrame) -> pl.DataFrame:
    """A step five times the usual one, of a quarter of the level and more, that stays.

    6.1.1 rural (60.0 to 42.5; 64.3 to 90.1), 1.2.1 in 2018 (2.7 to 4.3). Needs five figures, so that «usual» means
    something.
    """
    step = (pl.col("value") - pl.col("before")).abs()
    steps = _steps(figures).with_columns(step.alias("step"))
    usual = pl.col("step").median().over(SERIES)
    enough = pl.col("step").count().over(SERIES) >= 4
    large = (pl.col("step") >= 5 * usual) & (pl.col("step") >= pl.col("before").abs() / 4) & (pl.col("step") >= 1)
    stays = (pl.col("after") - pl.col("value")).abs() < pl.col("step") / 2
    rows = steps.filter(enough & large & stays & (pl.col("value") != 0))  # zero has a rule of its own
    return entries(rows, "level_shift", "value", _number("value"), {"before": _number("before")})


def regional_outlier(figures: pl.DataFrame, country: str) -> pl.DataFrame:
    """A region more than three robust standard deviations from the others and twice or half the country: 2.2.1 in 2010,
    Aktobe 36.2 percent stunted against 13.1."""
    national = figures.filter(pl.col("area") == country).select(*GROUP, pl.col("value").alias("national"))
    regions = figures.filter(pl.col("area") != country).join(national.unique(GROUP), on=GROUP, how="inner")
    distance = (pl.col("value") - pl.col("median")).abs()
    spread = pl.col("value").median().over(GROUP).alias("median")
    measured = regions.with_columns(spread, pl.len().over(GROUP).alias("regions")).with_columns(
        distance.alias("distance"), (1.4826 * distance.median().over(GROUP)).alias("deviation")
    )
    far = (pl.col("distance") > 3 * pl.col("deviation")) & (pl.col("deviation") > 0) & (pl.col("regions") >= 8)
    apart = (pl.col("value") > 2 * pl.col("national")) | (pl.col("value") < pl.col("national") / 2)
    more = {"median": _number("median"), "national": _number("national")}
    return entries(
        measured.filter(far & apart).sort("file", "row"), "regional_outlier", "value", _number("value"), more
    )


def capped_values(figures: pl.DataFrame, country: str) -> pl.DataFrame:
    """Half of the regions and more at exactly 100: 4.2.2 in 2019, a capped gross rate. One finding for a year."""
    groups = figures.filter(_PERCENT & (pl.col("area") != country)).group_by(GROUP).agg(
        pl.col("row").min(), pl.len().alias("regions"), (pl.col("value") == 100).sum().alias("count")
    ).filter((pl.col("regions") >= 8) & (2 * pl.col("count") >= pl.col("regions"))).sort("file", "row")  # fmt: skip
    more = {"count": pl.col("count"), "regions": pl.col("regions"), "period": pl.col("period")}
    return entries(groups, "capped_values", "value", pl.lit("100"), more)


def count_with_fraction(figures: pl.DataFrame) -> pl.DataFrame:
    """A number of persons that is no whole number: the unit is another one."""
    rows = figures.filter(pl.col("unit").is_in(["count", "persons"]) & (pl.col("value") != pl.col("value").round(0)))
    return entries(rows, "count_with_fraction", "value", _number("value"))


def marked_break(figures: pl.DataFrame, breaks: pl.DataFrame) -> pl.DataFrame:
    """Breaks that the country pack knows: 1.3.1, targeted social assistance redesigned in 2018 and 2020. `breaks` has
    indicator, period, reason."""
    rows = figures.join(breaks, on=["indicator", "period"]).sort("file", "row")
    return entries(rows, "marked_break", "period", pl.col("period"), {"reason": pl.col("reason")})
