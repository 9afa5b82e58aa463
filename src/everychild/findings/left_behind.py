"""Who is furthest behind: the worst-off group of one kind, within one source, one period and the borders of one time."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.series import (
    DEFINING,
    FEW_CASES,
    SPLITTING,
    STALE_YEARS,
    is_figure,
    is_number_of_things,
    placed,
    preferred,
    whole_codes,
)
from everychild.findings.setting import Setting
from everychild.vocabulary.observations import TOTAL

DIMENSION_KINDS: Final = ("sex", *SPLITTING)
"""Ages are left out: they overlap, and most differences between ages belong to the indicator, not to a group."""
OTHER_KINDS: Final = ("mother_education", "mother_age", "language", "migration")
"""Keys of `other` that name groups of children. The rest name definitions, tests and levels of school."""
KINDS: Final = ("region", *DIMENSION_KINDS, *OTHER_KINDS)
COVERAGE: Final = 0.5
"""Share of the groups that must have a usable figure; the "worst" of three regions of twenty is not the worst."""
ABSENCES: Final = ("groups_missing", "groups_suppressed", "groups_unclear", "groups_small", "suspects")
_CELL: Final = ("indicator", "kind", "source", "period", "unit")
BY_KIND_COLUMNS: Final = (
    "indicator", "kind", "group", "group_key", "group_release", "value", "lower", "upper", "reference_value",
    "reference_key", "reference_release", "best_group", "best_value", "best_key", "best_release", "gap", "ratio",
    "reference_gap", "period", "period_end", "source", "quality", "unit", "release", "chosen", "separated", "groups",
    "tied", "groups_missing", "groups_suppressed", "groups_unclear", "groups_small", "suspects",
)  # fmt: skip


def group_rows(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Rows of the country that speak of one group of one kind, and the national ones (kind "", group "").

    Placed, with kind, group and - for regions - `division`, the division of the country the figure is compared in:
    the one of its source and period with the most figures, the newest of equals (null: the figure is in none of it).
    """
    own = rows.filter((pl.col("area") == setting.country) | pl.col("area").is_in(setting.region_codes))
    wholes = whole_codes(rows)
    split = pl.sum_horizontal([(pl.col(d) != TOTAL).cast(pl.Int8) for d in SPLITTING])
    marked = own.filter(split <= 1).join(wholes, on=["indicator", "source"], how="inner").with_columns(
        *[(pl.col(d) != pl.col(f"whole_{d}")).fill_null(True).alias(f"split_{d}") for d in DEFINING],
        *[(pl.col(d) != TOTAL).alias(f"split_{d}") for d in SPLITTING],
    )  # fmt: skip
    splits = pl.sum_horizontal([pl.col(f"split_{d}").cast(pl.Int8) for d in (*DEFINING, *SPLITTING)])
    national = pl.col("area") == setting.country
    kind, group = _kind_and_group()
    chosen = marked.filter(splits <= national.cast(pl.Int8)).with_columns(
        kind=pl.when(~national).then(pl.lit("region")).when(splits == 0).then(pl.lit("")).otherwise(kind),
        group=pl.when(~national).then(pl.col("area")).when(splits == 0).then(pl.lit("")).otherwise(group),
    )
    chosen = chosen.filter(pl.col("kind").is_in(["", *KINDS]) & ((pl.col("kind") == "") | (pl.col("group") != TOTAL)))
    return _with_division(placed(_without_overlapping_wealth(chosen), setting), setting)


def _kind_and_group() -> tuple[pl.Expr, pl.Expr]:
    own_pair = pl.col("split_other") & (pl.col("whole_other") == "") & ~pl.col("other").str.contains(";", literal=True)
    pair = pl.col("other").str.splitn("=", 2).struct
    kind, group = pl.when(own_pair).then(pair.field("field_0")), pl.when(own_pair).then(pair.field("field_1"))
    for d in DIMENSION_KINDS:
        kind, group = kind.when(pl.col(f"split_{d}")).then(pl.lit(d)), group.when(pl.col(f"split_{d}")).then(pl.col(d))
    return kind.otherwise(None), group.otherwise(None)


def _without_overlapping_wealth(rows: pl.DataFrame) -> pl.DataFrame:
    """The poorest 40 percent overlap the poorest fifth: where fifths are given, only they are compared."""
    fifth = (pl.col("kind") == "wealth") & pl.col("group").str.starts_with("Q")
    halves = (pl.col("kind") == "wealth") & ~pl.col("group").str.starts_with("Q")
    return rows.filter(~(halves & fifth.any().over("indicator", "source", "period")))


def _with_division(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    if setting.division_frame.is_empty():
        return rows.with_columns(division=pl.lit(None, pl.Int32), size=pl.lit(None, pl.Int64))
    cell = ["indicator", "source", "period", "unit"]
    regions = rows.filter((pl.col("kind") == "region") & is_figure())
    counted = (
        regions.select(*cell, "area", "area_version")
        .join(setting.division_frame, on=["area", "area_version"], how="inner")
        .group_by(*cell, "division", "size")
        .agg(found=pl.col("area").n_unique())
        .sort([*cell, "found", "division"], descending=[False, False, False, False, True, True])
        .unique(cell, keep="first", maintain_order=True)
        .select(*cell, chosen_division="division", size="size")
    )
    member = setting.division_frame.select("area", "area_version", chosen_division="division", division="division")
    return rows.join(counted, on=cell, how="left").join(
        member, on=["area", "area_version", "chosen_division"], how="left", maintain_order="left"
    )


def is_comparable() -> pl.Expr:
    """Whether a group's figure may be ranked: observed, without doubt, enough cases, of the borders compared."""
    enough = (pl.col("n") >= FEW_CASES).fill_null(True)
    return (
        is_figure() & ~pl.col("doubtful") & enough & ((pl.col("kind") != "region") | pl.col("division").is_not_null())
    )


def worst_off_by_kind(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per indicator and kind of group with the group that is worst off, sorted by indicator and kind.

    Indicators without a direction and counts are left out, and so is a kind whose groups are all equal. `gap` is the
    distance from best to worst in the indicator's unit, `ratio` the worse number over the better one (down is better)
    or the better over the worse (up is better), at least 1, null over zero; `reference_gap` the distance of the worst
    group from the national figure of the same source and period (negative: better than it). `separated`: the intervals
    of worst and best do not overlap, null without intervals. `groups` counts the groups compared, `tied` names all
    that share the worst value; groups_missing have no figure (those suppressed also in groups_suppressed),
    groups_unclear have one of unclear or other borders, groups_small one of fewer than 25 cases, suspects one in doubt.
    """
    groups = _directed(group_rows(rows, setting), setting)
    chosen = preferred(_newest_cells(_cells(groups)), ["indicator", "kind"])
    return _finish(chosen, groups, setting)


def _directed(groups: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """With `badness`, which is larger for the worse off."""
    known = groups.filter(~is_number_of_things()).join(setting.directions_frame, on="indicator", how="inner")
    return known.filter(pl.col("direction") != "neutral").with_columns(
        badness=pl.when(pl.col("direction") == "down_is_better").then(pl.col("value")).otherwise(-pl.col("value"))
    )


def _cells(groups: pl.DataFrame) -> pl.DataFrame:
    """One row per indicator, kind, source, period and unit that can be compared: extremes and number of groups."""
    split = groups.filter(pl.col("kind") != "")
    expected = split.group_by("indicator", "kind", "source").agg(expected=pl.col("group").n_unique().cast(pl.Int64))
    usable = split.filter(is_comparable()).sort("group", "key")
    worst, best = pl.col("badness").arg_max(), pl.col("badness").arg_min()
    kept = ("group", "key", "release", "value", "lower", "upper")
    return (
        usable.group_by(_CELL)
        .agg(
            groups=pl.col("group").n_unique().cast(pl.Int64),
            tied=pl.col("group").filter(pl.col("badness") == pl.col("badness").max()).sort(),
            trusted=pl.col("trusted").all(),
            quality=pl.col("quality").get(worst),
            direction=pl.col("direction").first(),
            **{f"worst_{c}": pl.col(c).get(worst) for c in kept},
            **{f"best_{c}": pl.col(c).get(best) for c in kept},
            **{c: pl.col(c).first() for c in ("start", "end", "end_year", "season", "rank", "size")},
            division=pl.col("division").first(),
        )
        .join(expected, on=["indicator", "kind", "source"], how="left")
        .with_columns(expected=pl.when(pl.col("kind") == "region").then("size").otherwise("expected"))
        .filter((pl.col("groups") >= 2) & (pl.col("groups") >= COVERAGE * pl.col("expected")))
    )


def _newest_cells(cells: pl.DataFrame) -> pl.DataFrame:
    by = ["indicator", "kind", "source"]
    yearly = cells.filter((pl.col("season") == "") | ~(pl.col("season") == "").any().over(by))
    order = [*by, "end", "start", "unit"]
    return yearly.sort(order, descending=[False, False, False, True, True, False]).unique(
        by, keep="first", maintain_order=True
    )


def _finish(chosen: pl.DataFrame, groups: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    unequal = chosen.filter(pl.col("worst_value") != pl.col("best_value"))
    with_lists = unequal.join(_absent(unequal, groups, setting), on=list(_CELL), how="left", maintain_order="left")
    with_reference = with_lists.join(_references(groups), on=["indicator", "source", "period", "unit"], how="left")
    down = pl.col("direction") == "down_is_better"
    high, low = pl.max_horizontal("worst_value", "best_value"), pl.min_horizontal("worst_value", "best_value")
    from_reference = pl.col("worst_value") - pl.col("reference_value")
    apart = (pl.col("worst_lower") > pl.col("best_upper")) | (pl.col("best_lower") > pl.col("worst_upper"))
    return (
        with_reference.with_columns(
            *[pl.col(c).fill_null([]) for c in ABSENCES],
            pl.col("reference_key", "reference_release").fill_null(""),
            gap=high - low,
            ratio=pl.when(low > 0).then(high / low).otherwise(None),
            reference_gap=pl.when(down).then(from_reference).otherwise(-from_reference),
            separated=apart,
            period_end=pl.col("end"),
            release=pl.col("worst_release"),
        )
        .rename(
            {"worst_group": "group", "worst_key": "group_key", "worst_release": "group_release", "worst_value": "value",
             "worst_lower": "lower", "worst_upper": "upper"}
        )
        .select(BY_KIND_COLUMNS)
        .sort("indicator", "kind")
    )  # fmt: skip


def _references(groups: pl.DataFrame) -> pl.DataFrame:
    """The national figure of each source and period, if it is without doubt."""
    national = groups.filter((pl.col("kind") == "") & is_figure() & ~pl.col("doubtful")).sort("key")
    return national.unique(["indicator", "source", "period", "unit"], keep="first", maintain_order=True).select(
        "indicator",
        "source",
        "period",
        "unit",
        reference_value="value",
        reference_key="key",
        reference_release="release",
    )


def _absent(chosen: pl.DataFrame, groups: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Groups of the chosen cells that were not compared, by reason; "not applicable" is no absence."""
    cells = chosen.select(*_CELL, "division")
    here = groups.join(cells.select(_CELL), on=list(_CELL), how="semi")
    state = (
        pl.when(is_comparable()).then(pl.lit("used"))
        .when(pl.col("missing_reason") == "not_applicable").then(pl.lit("not_applicable"))
        .when(pl.col("missing_reason") == "suppressed").then(pl.lit("groups_suppressed"))
        .when(~is_figure()).then(pl.lit("groups_missing"))
        .when(pl.col("doubtful")).then(pl.lit("suspects"))
        .when((pl.col("kind") == "region") & pl.col("division").is_null()).then(pl.lit("groups_unclear"))
        .otherwise(pl.lit("groups_small"))
    )  # fmt: skip
    states = here.select(*_CELL, "group", state=state)
    silent = _expected(cells, groups, setting).join(states, on=[*_CELL, "group"], how="anti")
    every = pl.concat([states, silent.with_columns(state=pl.lit("groups_missing"))])
    used = every.filter(pl.col("state") == "used")
    lists = {name: pl.col("group").filter(pl.col("state") == name).unique().sort() for name in ABSENCES}
    lists["groups_missing"] = (
        pl.col("group").filter(pl.col("state").is_in(["groups_missing", "groups_suppressed"])).unique().sort()
    )
    return every.join(used, on=[*_CELL, "group"], how="anti").group_by(_CELL).agg(**lists)


def _expected(cells: pl.DataFrame, groups: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Cell and group: the regions of the division, and the groups the source ever had a row for."""
    split = groups.filter(~pl.col("kind").is_in(["", "region"])).select("indicator", "kind", "source", "group").unique()
    others = cells.join(split, on=["indicator", "kind", "source"], how="inner")
    regions = setting.division_frame.select("division", group="area").unique()
    of_division = cells.filter(pl.col("kind") == "region").join(regions, on="division", how="inner")
    return pl.concat([others, of_division.select(others.columns)]).select(*_CELL, "group")


def worst_off(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per indicator: of its kinds of groups the one with the widest gap (columns of worst_off_by_kind).

    Kinds whose newest figures are more than STALE_YEARS older than those of another kind do not compete, nor do those
    whose intervals overlap while another's do not or are unknown. The gap is taken relative to the larger number.
    """
    return widest(worst_off_by_kind(rows, setting))


def widest(by_kind: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("period_end").dt.year()
    fresh = by_kind.filter(year >= year.max().over("indicator") - STALE_YEARS)
    larger = pl.max_horizontal(pl.col("value").abs(), pl.col("best_value").abs())
    ordered = fresh.with_columns(overlaps=(~pl.col("separated")).fill_null(False), width=pl.col("gap") / larger).sort(
        ["indicator", "overlaps", "width", "kind"], descending=[False, False, True, False]
    )
    return ordered.unique("indicator", keep="first", maintain_order=True).select(BY_KIND_COLUMNS)
