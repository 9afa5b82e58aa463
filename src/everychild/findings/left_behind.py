"""Who is furthest behind: the worst-off group of one kind, within one source, one period and one set of borders."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.findings.change import (
    ASSUMED_LOCAL_CASES,
    NEAR_FULL_POINTS,
    UNCHANGED_SHARE,
    interval_pair,
    is_rare_event,
    is_rounding,
    is_small,
    rounding_step,
    within_survey_error,
)
from everychild.findings.series import (
    DEFINING,
    FEW_CASES,
    NEEDED,
    SPLITTING,
    STALE_YEARS,
    is_figure,
    is_number_of_things,
    placed,
    preferred,
    whole_codes,
)
from everychild.findings.setting import Setting
from everychild.vocabulary.observations import DIMENSIONS, TOTAL

DIMENSION_KINDS: Final = ("sex", *SPLITTING)
"""Ages are left out: they overlap, and most differences between ages belong to the indicator, not to a group."""
OTHER_KINDS: Final = ("mother_education", "mother_age", "language", "migration")
"""Keys of `other` that name groups of children. The rest name definitions, tests and levels of school."""
KINDS: Final = ("region", *DIMENSION_KINDS, *OTHER_KINDS)
COVERAGE: Final = 2 / 3
"""Share of the groups that must have a usable figure; the "worst" of three regions of twenty is not the worst."""
_CELL: Final = ("indicator", "kind", "source", "period", "unit")
ABSENCES: Final = ("groups_missing", "groups_suppressed", "groups_unclear", "groups_small", "suspects")
BY_KIND_COLUMNS: Final = (
    "indicator", "kind", "group", "group_key", "group_release", "value", "lower", "upper", "reference_value",
    "reference_key", "reference_release", "best_group", "best_value", "best_key", "best_release", "gap", "ratio",
    "reference_gap", "period", "period_end", "source", "quality", "unit", "release", "chosen", "separated", "groups",
    "tied", "tied_best", "gap_reason", *ABSENCES,
)  # fmt: skip


def group_rows(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Rows of the country that speak of one group of one kind, and the national ones (kind "", group "").

    Placed, with kind, group and - for regions - `division`, the division of the country the figure is compared in:
    the one of its source and period with the most figures, the newest of equals (null: the figure is in none of it).
    """
    split = pl.sum_horizontal([(pl.col(d) != TOTAL).cast(pl.Int8) for d in SPLITTING])
    national = pl.col("area") == setting.country
    own = rows.select(NEEDED).filter(
        (national & (split <= 1)) | (pl.col("area").is_in(setting.region_codes) & (split == 0))
    )
    marked = _with_wholes(own, rows).with_columns(
        *[(pl.col(d) != pl.col(f"whole_{d}")).fill_null(True).alias(f"split_{d}") for d in DEFINING],
        *[(pl.col(d) != TOTAL).alias(f"split_{d}") for d in SPLITTING],
    )  # fmt: skip
    splits = pl.sum_horizontal([pl.col(f"split_{d}").cast(pl.Int8) for d in (*DEFINING, *SPLITTING)])
    kind, group = _kind_and_group()
    chosen = marked.filter(splits <= national.cast(pl.Int8)).with_columns(
        kind=pl.when(~national).then(pl.lit("region")).when(splits == 0).then(pl.lit("")).otherwise(kind),
        group=pl.when(~national).then(pl.col("area")).when(splits == 0).then(pl.lit("")).otherwise(group),
    )
    chosen = chosen.filter(pl.col("kind").is_in(["", *KINDS]) & ((pl.col("kind") == "") | (pl.col("group") != TOTAL)))
    kept = chosen.select([c for c in NEEDED if c not in (*DIMENSIONS, "other", "interval")] + ["kind", "group"])
    return _with_division(placed(_without_overlapping_wealth(kept), setting), setting)


def _with_wholes(own: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Add whole_sex, whole_age, whole_other; the plain totals where a source gives groups and never a whole."""
    wholes = whole_codes(rows).with_columns(known=pl.lit(True))
    totals = {"sex": TOTAL, "age": TOTAL, "other": ""}
    filled = [
        pl.when(pl.col("known").is_null()).then(pl.lit(total)).otherwise(pl.col(f"whole_{d}")).alias(f"whole_{d}")
        for d, total in totals.items()
    ]
    return own.join(wholes, on=["indicator", "source"], how="left").with_columns(filled)


def _kind_and_group() -> tuple[pl.Expr, pl.Expr]:
    """Which one dimension divides a national row, and the group's code in it."""
    own_pair = pl.col("split_other") & (pl.col("whole_other") == "") & ~pl.col("other").str.contains(";", literal=True)
    pair = pl.col("other").str.splitn("=", 2).struct
    by = {d: pl.col(f"split_{d}") for d in DIMENSION_KINDS}
    kinds = [pl.when(divides).then(pl.lit(d)) for d, divides in by.items()]
    groups = [pl.when(divides).then(pl.col(d)) for d, divides in by.items()]
    return (
        pl.coalesce(pl.when(own_pair).then(pair.field("field_0")), *kinds),
        pl.coalesce(pl.when(own_pair).then(pair.field("field_1")), *groups),
    )


def _without_overlapping_wealth(rows: pl.DataFrame) -> pl.DataFrame:
    """The poorest 40 percent overlap the poorest fifth: where fifths are given, only they are compared."""
    fifth = (pl.col("kind") == "wealth") & pl.col("group").str.starts_with("Q")
    halves = (pl.col("kind") == "wealth") & ~pl.col("group").str.starts_with("Q")
    return rows.filter(~(halves & fifth.any().over("indicator", "source", "period")))


def _with_division(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    if setting.division_frame.is_empty():
        return rows.with_columns(division=pl.lit(None, pl.Int32), size=pl.lit(None, pl.Int64))
    cell = ["indicator", "source", "period", "unit"]
    regions, others = rows.filter(pl.col("kind") == "region"), rows.filter(pl.col("kind") != "region")
    at = ["area", "area_version"]
    chosen = (
        regions.filter(is_figure())
        .select(*cell, *at)
        .join(setting.division_frame, on=at, how="inner")
        .group_by(*cell, "division", "size")
        .agg(found=pl.col("area").n_unique())
        .sort("found", "division")
        .unique(cell, keep="last", maintain_order=True)
        .select(*cell, "size", chosen_division="division")
    )
    member = setting.division_frame.select(*at, chosen_division="division", division="division")
    placed_regions = regions.join(chosen, on=cell, how="left").join(member, on=[*at, "chosen_division"], how="left")
    return pl.concat([placed_regions.drop("chosen_division"), others], how="diagonal")


def is_comparable() -> pl.Expr:
    """Whether a group's figure may be ranked: observed, without doubt, enough cases, of the borders compared."""
    enough = (pl.col("n") >= FEW_CASES).fill_null(True)
    return (
        is_figure() & ~pl.col("doubtful") & enough & ((pl.col("kind") != "region") | pl.col("division").is_not_null())
    )


def worst_off_by_kind(rows: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per indicator and kind of group with the group that is worst off, sorted by indicator and kind.

    Indicators without a direction and counts are left out, and so is a kind whose groups differ by no more than
    rounding or the threshold of change.is_small: then nobody is visibly behind. A period whose national figure is in
    doubt is passed over with all its groups. `gap` is the distance from best to worst in the indicator's unit, `ratio`
    the larger number over the smaller one (at least 1; null over zero); `reference_gap` how far the worst group is
    behind the national figure of the same source and period (negative: before it). `separated`: the intervals of worst
    and best do not overlap, null without intervals; `gap_reason` says how far the gap is to be relied on. `groups`
    counts the groups compared, `tied` and `tied_best` name all that share the worst and the best value. Not compared:
    groups_missing have no figure (those suppressed also in groups_suppressed), groups_unclear one of unclear or other
    borders, groups_small one of fewer than 25 cases, suspects one in doubt.
    """
    return by_kind_of(group_rows(rows, setting), setting)


def by_kind_of(group_figures: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """worst_off_by_kind from the rows of group_rows."""
    groups = _directed(group_figures, setting)
    chosen = preferred(_newest_cells(_cells(groups)), ["indicator", "kind"])
    return _finish(chosen, groups, setting)


def _directed(groups: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """With `badness`, which is larger for the worse off."""
    known = groups.filter(~is_number_of_things()).join(setting.directions_frame, on="indicator", how="inner")
    return known.filter(pl.col("direction") != "neutral").with_columns(
        badness=pl.when(pl.col("direction") == "down_is_better").then(pl.col("value")).otherwise(-pl.col("value"))
    )


def _cells(groups: pl.DataFrame) -> pl.DataFrame:
    """One row per indicator, kind, source, period and unit with enough comparable groups and a national figure that
    is not in doubt (none at all is no doubt)."""
    split = groups.filter(pl.col("kind") != "")
    expected = split.group_by("indicator", "kind", "source").agg(expected=pl.col("group").n_unique().cast(pl.Int64))
    national = ["indicator", "source", "period", "unit"]
    in_doubt = groups.filter((pl.col("kind") == "") & pl.col("doubtful")).select(national)
    return (
        split.filter(is_comparable())
        .group_by(_CELL)
        .agg(
            pl.col("group").n_unique().cast(pl.Int64).alias("groups"),
            pl.col("trusted").all(),
            pl.col("start", "end", "end_year", "season", "rank", "size", "division").first(),
        )
        .join(expected, on=["indicator", "kind", "source"], how="left")
        .with_columns(expected=pl.when(pl.col("kind") == "region").then("size").otherwise("expected"))
        .filter((pl.col("groups") >= 2) & (pl.col("groups") >= COVERAGE * pl.col("expected")))
        .join(in_doubt, on=national, how="anti")
    )


def _extremes(chosen: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Worst and best group of each chosen cell; of equals the first by code, and all of them in tied and tied_best."""
    usable = groups.filter(is_comparable()).join(chosen.select(_CELL), on=list(_CELL), how="semi").sort("group", "key")
    badness, group = pl.col("badness"), pl.col("group")
    worst, best = badness.arg_max(), badness.arg_min()
    kept = ("group", "key", "release", "value", "lower", "upper", "n")
    found = usable.group_by(_CELL).agg(
        group.filter(badness == badness.max()).unique().sort().alias("tied"),
        group.filter(badness == badness.min()).unique().sort().alias("tied_best"),
        rounding_step().min().alias("step"),
        pl.col("quality").get(worst),
        pl.col("direction").first(),
        *[pl.col(c).get(worst).alias(f"worst_{c}") for c in kept],
        *[pl.col(c).get(best).alias(f"best_{c}") for c in kept],
    )
    return chosen.join(found, on=list(_CELL), how="inner")


def _newest_cells(cells: pl.DataFrame) -> pl.DataFrame:
    by = ["indicator", "kind", "source"]
    yearly = cells.filter((pl.col("season") == "") | ~(pl.col("season") == "").any().over(by))
    order = [*by, "end", "start", "unit"]
    return yearly.sort(order, descending=[False, False, False, True, True, False]).unique(
        by, keep="first", maintain_order=True
    )


def _finish(chosen: pl.DataFrame, groups: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    worst_value, best_value = pl.col("worst_value"), pl.col("best_value")
    visible = ~is_rounding(worst_value - best_value) & ~is_small(
        best_value, worst_value, UNCHANGED_SHARE, NEAR_FULL_POINTS
    )
    unequal = _extremes(chosen, groups).filter(visible)
    with_lists = unequal.join(_absent(unequal, groups, setting), on=list(_CELL), how="left", maintain_order="left")
    with_reference = with_lists.join(_references(groups), on=["indicator", "source", "period", "unit"], how="left")
    down = pl.col("direction") == "down_is_better"
    high, low = pl.max_horizontal("worst_value", "best_value"), pl.min_horizontal("worst_value", "best_value")
    intervals, apart = interval_pair("worst_", "best_")
    from_reference = pl.col("worst_value") - pl.col("reference_value")
    return (
        with_reference.with_columns(
            *[pl.col(c).fill_null([]) for c in ABSENCES],
            pl.col("reference_key", "reference_release").fill_null(""),
            gap=high - low,
            ratio=pl.when(low > 0).then(high / low).otherwise(None),
            reference_gap=pl.when(down).then(from_reference).otherwise(-from_reference),
            separated=pl.when(intervals).then(apart),
            gap_reason=_gap_reason(),
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


def _gap_reason() -> pl.Expr:
    """How far the gap can be relied on: intervals_apart and beyond_threshold are more than chance, as far as known."""
    worst, best = pl.col("worst_value"), pl.col("best_value")
    intervals, apart = interval_pair("worst_", "best_")
    cases = (pl.col("worst_n").fill_null(ASSUMED_LOCAL_CASES), pl.col("best_n").fill_null(ASSUMED_LOCAL_CASES))
    chance = (pl.col("quality") == "survey") & within_survey_error(best, worst, *cases)
    return (
        pl.when(intervals & apart).then(pl.lit("intervals_apart"))
        .when(intervals).then(pl.lit("intervals_overlap"))
        .when(is_rare_event()).then(pl.lit("rare_events"))
        .when(chance).then(pl.lit("within_sampling_error"))
        .otherwise(pl.lit("beyond_threshold"))
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

    Kinds whose newest figures are more than STALE_YEARS older than those of another kind do not compete. Gaps that may
    be chance of sampling make nobody the furthest behind and are only in worst_off_by_kind; rare events without
    intervals stand where no other kind does. The gap is taken relative to the larger number.
    """
    return widest(worst_off_by_kind(rows, setting))


def widest(by_kind: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("period_end").dt.year()
    beyond_chance = by_kind.filter(~pl.col("gap_reason").is_in(["intervals_overlap", "within_sampling_error"]))
    fresh = beyond_chance.filter(year >= year.max().over("indicator") - STALE_YEARS)
    larger = pl.max_horizontal(pl.col("value").abs(), pl.col("best_value").abs())
    ordered = fresh.with_columns(rare=pl.col("gap_reason") == "rare_events", width=pl.col("gap") / larger).sort(
        ["indicator", "rare", "width", "kind"], descending=[False, False, True, False]
    )
    return ordered.unique("indicator", keep="first", maintain_order=True).select(BY_KIND_COLUMNS)
