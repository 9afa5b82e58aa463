"""The rights grid: what the figures say of the outcome of each article of the Convention, and how well they know."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.changes import RECENT_YEARS
from everychild.findings.series import STALE_YEARS, is_trusted
from everychild.findings.setting import MONEY_UNITS, Setting

ENOUGH_INDICATORS: Final = 3
ENOUGH_TRENDS: Final = 2
"""One indicator that moved is not yet a right that moved."""
GRID_COLUMNS: Final = (
    "article", "outcome", "evidence", "reason", "evidence_reason", "indicators", "with_figures", "better", "worse",
    "unchanged", "unclear", "single", "outdated", "untrusted", "recent_measured", "money", "newest_period",
    "newest_period_end",
)  # fmt: skip
_STATES: Final = ("better", "worse", "unchanged", "unclear", "single", "outdated", "untrusted")
_COUNTS: Final = ("with_figures", *_STATES, "recent_measured")


def rights_grid(latest: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per article 1 to 42 and protocol, in order of the catalogue.

    `indicators` speak about the article's outcome (those of money are counted in `money` alone), `with_figures` have a
    national figure; each of those is counted once as better, worse, unchanged, unclear, single, outdated (its newest
    figure is more than RECENT_YEARS older than the newest of all) or untrusted. `recent_measured` counts official and
    survey figures of the last STALE_YEARS.

    outcome (reason): no_information (no_indicators, no_figures); mixed when some are better and others worse
    (both_ways); better (more_better) or worse (more_worse) when at least as many moved as stayed, else unchanged
    (mostly_unchanged); no_trend when no recent trend is known (no_recent_trend) or only that of a single one
    (one_trend_only).
    evidence (evidence_reason): strong (recent_and_several) with three indicators or more that are neither outdated nor
    untrusted and a recent measured figure; some (recent_but_few); weak (old_or_modelled); none (no_figures).
    """
    outcomes = {number: [c for c in codes if not _is_money(c, setting)] for number, codes in setting.articles.items()}
    pairs = pl.DataFrame(
        [(number, code) for number, codes in outcomes.items() for code in codes],
        schema={"article": pl.String, "indicator": pl.String},
        orient="row",
    )
    articles = pl.DataFrame(
        [(number, len(codes), len(setting.articles[number]) - len(codes)) for number, codes in outcomes.items()],
        schema={"article": pl.String, "indicators": pl.Int64, "money": pl.Int64},
        orient="row",
    )
    counted = pairs.join(_states(latest, setting), on="indicator", how="inner").group_by("article").agg(**_tallies())
    grid = articles.join(counted, on="article", how="left", maintain_order="left").with_columns(
        pl.col(_COUNTS).fill_null(0), pl.col("newest_period").fill_null("")
    )
    return grid.with_columns(reason=_reason(), evidence_reason=_evidence_reason()).with_columns(
        outcome=pl.col("reason").replace_strict(OUTCOME_OF_REASON),
        evidence=pl.col("evidence_reason").replace_strict(EVIDENCE_OF_REASON),
    ).select(GRID_COLUMNS)  # fmt: skip


OUTCOME_OF_REASON: Final = {
    "no_indicators": "no_information",
    "no_figures": "no_information",
    "both_ways": "mixed",
    "more_better": "better",
    "more_worse": "worse",
    "mostly_unchanged": "unchanged",
    "no_recent_trend": "no_trend",
    "one_trend_only": "no_trend",
}
EVIDENCE_OF_REASON: Final = {
    "recent_and_several": "strong",
    "recent_but_few": "some",
    "old_or_modelled": "weak",
    "no_figures": "none",
}


def _is_money(code: str, setting: Setting) -> bool:
    return setting.units.get(code, "") in MONEY_UNITS


def _states(latest: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    national = latest.filter(pl.col("area") == setting.country)
    state = (
        pl.when(~is_trusted()).then(pl.lit("untrusted"))
        .when(pl.col("age_years") > RECENT_YEARS).then(pl.lit("outdated"))
        .otherwise("trend")
    )  # fmt: skip
    measured = pl.col("quality").is_in(["official", "survey"]) & ~pl.col("doubtful")
    return national.select(
        "indicator", "period", "period_end", state=state, recent=measured & (pl.col("age_years") <= STALE_YEARS)
    )


def _tallies() -> dict[str, pl.Expr]:
    counts = {name: (pl.col("state") == name).sum().cast(pl.Int64) for name in _STATES}
    return {
        "with_figures": pl.len().cast(pl.Int64),
        **counts,
        "recent_measured": pl.col("recent").sum().cast(pl.Int64),
        "newest_period": pl.col("period").sort_by("period_end", "period").last(),
        "newest_period_end": pl.col("period_end").max(),
    }


def _reason() -> pl.Expr:
    better, worse, unchanged = pl.col("better"), pl.col("worse"), pl.col("unchanged")
    return (
        pl.when(pl.col("indicators") == 0).then(pl.lit("no_indicators"))
        .when(pl.col("with_figures") == 0).then(pl.lit("no_figures"))
        .when((better > 0) & (worse > 0)).then(pl.lit("both_ways"))
        .when(better + worse + unchanged == 0).then(pl.lit("no_recent_trend"))
        .when(better + worse + unchanged < ENOUGH_TRENDS).then(pl.lit("one_trend_only"))
        .when((better > 0) & (better >= unchanged)).then(pl.lit("more_better"))
        .when((worse > 0) & (worse >= unchanged)).then(pl.lit("more_worse"))
        .otherwise(pl.lit("mostly_unchanged"))
    )  # fmt: skip


def _evidence_reason() -> pl.Expr:
    usable = pl.col("with_figures") - pl.col("outdated") - pl.col("untrusted")
    return (
        pl.when(pl.col("with_figures") == 0).then(pl.lit("no_figures"))
        .when(pl.col("recent_measured") == 0).then(pl.lit("old_or_modelled"))
        .when(usable >= ENOUGH_INDICATORS).then(pl.lit("recent_and_several"))
        .otherwise(pl.lit("recent_but_few"))
    )  # fmt: skip
