"""Rows that speak of everybody an indicator is about, with what is needed to put them in order and compare them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import polars as pl

from everychild.findings.setting import LAST_RANK, RANK_OF_QUALITY, Setting
from everychild.vocabulary.ages import parse_age
from everychild.vocabulary.observations import DIMENSIONS, TOTAL, is_future
from everychild.vocabulary.periods import parse_period

STALE_YEARS: Final = 5
"""A figure this many years older than another one gives way to it, however much its source is preferred."""
FEW_CASES: Final = 25
"""Unweighted cases below which a figure is neither ranked nor compared (rule of the MICS reports)."""
DOUBTFUL_FLAGS: Final = ("suspect", "duplicate_conflict", "inconsistent", "lower_limit", "upper_limit")
UNTRUSTED: Final = ("unverified", "seed_claim")
DEFINING: Final = ("sex", "age", "other")
"""Dimensions whose code may belong to the indicator's definition: a birth rate is of women, a test score of a test."""
SPLITTING: Final = tuple(d for d in DIMENSIONS if d not in DEFINING)
SERIES_KEY: Final = ("indicator", "area", "source")
NEEDED: Final = (
    "indicator", "area", "area_version", "period", *DIMENSIONS, "other", "value", "lower", "upper", "interval", "n",
    "unit", "status", "missing_reason", "quality", "flag", "source", "release", "key",
)  # fmt: skip
"""Columns the findings read; the others are left where they are, which halves the work."""
_DOUBTFUL_PATTERN: Final = rf"(^|\|)({'|'.join(DOUBTFUL_FLAGS)})(\||$)"
_BREAK_PATTERN: Final = r"(^|\|)break(\||$)"


def is_figure() -> pl.Expr:
    """A value that was observed: forecasts are no outcome."""
    return pl.col("value").is_not_null() & (pl.col("status") != "F")


def is_doubtful() -> pl.Expr:
    """Marked suspect or unreliable, given twice with two values, or only a bound ("over 86 percent")."""
    return pl.col("flag").str.contains(_DOUBTFUL_PATTERN) | (pl.col("status") == "U")


def is_trusted() -> pl.Expr:
    return ~pl.col("quality").is_in(UNTRUSTED)


def starts_run() -> pl.Expr:
    """A figure that cannot be compared with what came before it."""
    return (pl.col("status") == "B") | pl.col("flag").str.contains(_BREAK_PATTERN)


def is_number_of_things() -> pl.Expr:
    """Counts: a large place has more of everything, so they never rank places or groups."""
    return pl.col("unit").is_in(["count", "persons", "thousand_persons"])


def whole_codes(rows: pl.DataFrame) -> pl.DataFrame:
    """For each indicator and source the code of sex, age and other that means "everybody the indicator is about".

    It is the total where the source gives one; else the only code it gives, unless that names a definition (children
    of one kind of institution are not the children in institutions, though a source speaks of no others; a definition
    that is the indicator's own stands as its total, see own_groups.csv); for ages also the group that contains all
    the others. Where there is none of these (girls and boys but no both) the source has no main series: adding
    or averaging groups would invent a figure.

    Returns indicator, source, whole_sex, whole_age, whole_other; a missing whole is null.
    """
    unsplit = pl.all_horizontal([pl.col(d) == TOTAL for d in SPLITTING])
    codes = (
        rows.lazy()
        .filter(unsplit & is_figure())
        .group_by("indicator", "source")
        .agg([pl.col(d).unique() for d in DEFINING])
        .sort("indicator", "source")
        .collect()
    )
    return codes.select(
        "indicator",
        "source",
        _each(codes["sex"], "whole_sex", lambda found: _total_or_only(found, TOTAL)),
        _each(codes["age"], "whole_age", whole_age),
        _each(codes["other"], "whole_other", whole_other),
    )


def _each(lists: pl.Series, name: str, choose: Callable[[Collection[str]], str | None]) -> pl.Series:
    return pl.Series(name, [choose(found) for found in lists.to_list()], dtype=pl.String)


def _total_or_only(codes: Collection[str], total: str) -> str | None:
    if total in codes:
        return total
    return next(iter(codes)) if len(codes) == 1 else None


def whole_age(codes: Collection[str]) -> str | None:
    """The total, the only age, or the age group that contains all others; None when there is none."""
    found = _total_or_only(codes, TOTAL)
    if found:
        return found
    spans = {code: parse_age(code).years for code in sorted(codes)}
    first, last = min(a for a, _ in spans.values()), max(b for _, b in spans.values())
    return next((code for code, span in spans.items() if span == (first, last)), None)


def whole_other(codes: Collection[str]) -> str | None:
    """No further breakdown, or the only one where it does not narrow the indicator down to a definition."""
    found = _total_or_only(codes, "")
    return None if found and names_definition(found) else found


def names_definition(other: str) -> bool:
    """Whether a text of `other` says by which definition a figure was counted."""
    return any(part.partition("=")[0].endswith("definition") for part in other.split(";"))


def placed(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Add start, end, end_year, season ("" for a year or a survey, `1`-`4` for a quarter), extent, current, rank,
    trusted, doubtful. Each distinct period, area and source is looked up once.

    Rows of a time that has not come are left out, whatever their status: loading refuses them today, but a release
    written before it did may hold one, and its year would be the newest of all.
    """
    texts = [text for text in rows["period"].unique().sort() if not is_future(text, setting.day)]
    periods = [(text, parse_period(text)) for text in texts]
    times = pl.DataFrame(
        [(t, p.start, p.end, p.end.year, t[-1] if p.kind == "quarter" else "") for t, p in periods],
        schema={"period": pl.String, "start": pl.Date, "end": pl.Date, "end_year": pl.Int32, "season": pl.String},
        orient="row",
    )
    pairs = rows.select("area", "area_version").unique().rows()
    extents = pl.DataFrame(
        [(a, v, setting.extent(a, v), setting.is_current(a, v)) for a, v in pairs],
        schema={"area": pl.String, "area_version": pl.String, "extent": pl.String, "current": pl.Boolean},
        orient="row",
    )
    return (
        rows.lazy()
        .join(times.lazy(), on="period", how="inner", maintain_order="left")
        .join(extents.lazy(), on=["area", "area_version"], how="left")
        .with_columns(_rank(setting).alias("rank"), is_trusted().alias("trusted"), is_doubtful().alias("doubtful"))
        .collect()
    )


def _rank(setting: Setting) -> pl.Expr:
    by_quality = pl.col("quality").replace_strict(RANK_OF_QUALITY, default=LAST_RANK, return_dtype=pl.Int64)
    known = pl.col("source").replace_strict(dict(setting.ranks), default=None, return_dtype=pl.Int64)
    return pl.coalesce(known, by_quality)


def series(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Rows without a breakdown, with and without a value, placed; one series is an indicator, area and source.

    In order of indicator, area, source and time; at one time unclear borders stand before former and current ones.
    """
    unsplit = rows.select(NEEDED).filter(pl.all_horizontal([pl.col(d) == TOTAL for d in SPLITTING]))
    whole = unsplit.join(whole_codes(unsplit), on=["indicator", "source"], how="inner").filter(
        pl.all_horizontal([pl.col(d) == pl.col(f"whole_{d}") for d in DEFINING])
    )
    return placed(whole.drop([f"whole_{d}" for d in DEFINING]), setting).sort(
        *SERIES_KEY, "end", "start", "extent", "key"
    )


def preferred(candidates: pl.DataFrame, by: Collection[str]) -> pl.DataFrame:
    """Of several candidates (one a source) the one to show, with `chosen`: preferred, or newer.

    Untrusted candidates only stand when there is no other. The best rank wins, unless its figure is more than
    STALE_YEARS older than the newest; of one rank the newest wins.
    """
    groups = list(by)
    trusted = candidates.filter(pl.col("trusted") | ~pl.col("trusted").any().over(groups))
    fresh = trusted.with_columns(best_rank=pl.col("rank").min().over(groups)).filter(
        pl.col("end_year") >= pl.col("end_year").max().over(groups) - STALE_YEARS
    )
    return (
        fresh.sort(
            [*groups, "rank", "end", "start", "source"], descending=[*(False for _ in groups), False, True, True, False]
        )
        .unique(groups, keep="first", maintain_order=True)
        .with_columns(
            chosen=pl.when(pl.col("rank") == pl.col("best_rank")).then(pl.lit("preferred")).otherwise(pl.lit("newer"))
        )
        .drop("best_rank")
    )


def heads(whole: pl.DataFrame) -> pl.DataFrame:
    """The newest figure of each series.

    Years and surveys stand before quarters. A doubtful figure gives way to the newest one without doubt, unless that
    is more than STALE_YEARS older; the doubtful one passed over is named in `passed_over` (its key, else ""). An
    area's current borders stand before former ones of the same period.
    """
    by = list(SERIES_KEY)
    figures = whole.filter(is_figure())
    figures = figures.filter(pl.col("trusted") | ~pl.col("trusted").any().over(by))
    figures = figures.filter((pl.col("season") == "") | ~(pl.col("season") == "").any().over(by))
    sound = ~pl.col("doubtful") & (pl.col("end_year") >= pl.col("end_year").max().over(by) - STALE_YEARS)
    newest = figures.unique(by, keep="last", maintain_order=True).select(*by, newest_key="key")
    best = figures.filter(sound | ~sound.any().over(by)).unique(by, keep="last", maintain_order=True)
    passed = pl.when(pl.col("newest_key") == pl.col("key")).then(pl.lit("")).otherwise(pl.col("newest_key"))
    return best.join(newest, on=by, how="left").with_columns(passed_over=passed).drop("newest_key")
