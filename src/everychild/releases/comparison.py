"""Two releases, number by number: which figures were added, removed or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from everychild.vocabulary.observations import key_expression

WATCHED: Final = ("value", "lower", "upper", "unit", "status", "missing_reason", "flag", "quality")
"""A figure has changed when any of these has; a note or a row number of the file may move freely."""
CHANGES: Final = ("added", "removed", "changed")
COLUMNS: Final = (
    "key", "change", "value_a", "value_b", "difference", "ratio", "unit_a", "unit_b", "status_a", "status_b", "columns",
    "lower_a", "lower_b", "upper_a", "upper_b", "flag_a", "flag_b",
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """Numbers of figures by what became of them from release a to release b."""

    added: int
    removed: int
    changed: int
    unchanged: int


def compare(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Full outer join of two frames of the schema on the key; rows without a difference are left out.

    Columns COLUMNS: `change` is added, removed or changed; `columns` names what of WATCHED changed, joined by `|`, and
    is "" for an added or removed figure; `difference` is b - a, `ratio` b / a, both null when either value is missing
    or the units differ (percent minus persons says nothing), the ratio also when a is 0. Sorted by key. The frames may
    hold `key` already; it is then not computed again.
    """
    left, right = _watched(first, "a"), _watched(second, "b")
    in_both = left.join(right, on="key", how="inner")
    differs = [~pl.col(f"{c}_a").eq_missing(pl.col(f"{c}_b")) for c in WATCHED]
    named = [pl.when(d).then(pl.lit(c)) for c, d in zip(WATCHED, differs, strict=True)]
    changed = in_both.filter(pl.any_horizontal(differs)).with_columns(
        pl.lit("changed").alias("change"), pl.concat_str(named, separator="|", ignore_nulls=True).alias("columns")
    )
    alone = [
        one.join(other, on="key", how="anti").with_columns(pl.lit(change).alias("change"), pl.lit("").alias("columns"))
        for one, other, change in ((right, left, "added"), (left, right, "removed"))
    ]
    is_comparable = pl.col("unit_a") == pl.col("unit_b")
    return (
        pl.concat([changed, *alone], how="diagonal")
        .with_columns(
            pl.when(is_comparable).then(pl.col("value_b") - pl.col("value_a")).alias("difference"),
            pl.when(is_comparable & (pl.col("value_a") != 0))
            .then(pl.col("value_b") / pl.col("value_a"))
            .alias("ratio"),
        )
        .select(COLUMNS)
        .sort("key")
    )


def summary(differences: pl.DataFrame, figures_of_first: int) -> Summary:
    """What became of the figures; `figures_of_first` is the number of rows of release a."""
    counts = dict(differences.group_by("change").len().iter_rows())
    added, removed, changed = (int(counts.get(change, 0)) for change in CHANGES)
    return Summary(added, removed, changed, figures_of_first - removed - changed)


def _watched(frame: pl.DataFrame, suffix: str) -> pl.DataFrame:
    key = pl.col("key") if "key" in frame.columns else key_expression()
    return frame.select(key, *(pl.col(c).alias(f"{c}_{suffix}") for c in WATCHED))
