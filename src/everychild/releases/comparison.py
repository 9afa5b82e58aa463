"""Two releases, number by number: which figures were added, removed or changed."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.vocabulary.observations import key_expression

WATCHED: Final = ("value", "lower", "upper", "unit", "status", "missing_reason", "flag", "quality")
"""A figure has changed when any of these has; a note or a row number of the file may move freely."""
COLUMNS: Final = (
    "key", "change", "value_a", "value_b", "difference", "ratio", "unit_a", "unit_b", "status_a", "status_b", "columns",
)  # fmt: skip


def compare(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Full outer join of two frames of the schema on the key; rows without a difference are left out.

    Columns COLUMNS: `change` is added, removed or changed; `columns` names what changed, joined by `|`; `difference`
    is b - a, `ratio` b / a (null when a is 0 or either is missing). Sorted by key.
    """
    left, right = _watched(first, "a"), _watched(second, "b")
    joined = left.join(right, on="key", how="full", coalesce=True)
    changed = [pl.when(~pl.col(f"{c}_a").eq_missing(pl.col(f"{c}_b"))).then(pl.lit(c)) for c in WATCHED]
    change = (
        pl.when(pl.col("unit_a").is_null())
        .then(pl.lit("added"))
        .when(pl.col("unit_b").is_null())
        .then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )
    ratio = pl.when(pl.col("value_a") != 0).then(pl.col("value_b") / pl.col("value_a"))
    return (
        joined.with_columns(pl.concat_str(changed, separator="|", ignore_nulls=True).alias("columns"))
        .filter(pl.col("columns") != "")
        .with_columns(
            change.alias("change"),
            (pl.col("value_b") - pl.col("value_a")).alias("difference"),
            ratio.alias("ratio"),
        )
        .select(COLUMNS)
        .sort("key")
    )


def _watched(frame: pl.DataFrame, suffix: str) -> pl.DataFrame:
    return frame.select(key_expression(), *(pl.col(c).alias(f"{c}_{suffix}") for c in WATCHED))
