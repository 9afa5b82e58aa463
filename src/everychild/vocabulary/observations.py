"""The observation schema: one table for every number, wherever it comes from.

Defined here once; every package that writes or reads figures uses these names. A frame "of the schema" has exactly
the columns of SCHEMA in that order; text cells are never null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

import polars as pl

from everychild.vocabulary.ages import is_age_code
from everychild.vocabulary.areas import Gazetteer
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.findings import LEDGER_SCHEMA, empty_ledger
from everychild.vocabulary.periods import is_period, parse_period

SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String,
    "area": pl.String,
    "area_version": pl.String,
    "period": pl.String,
    "sex": pl.String,
    "age": pl.String,
    "residence": pl.String,
    "wealth": pl.String,
    "education": pl.String,
    "disability": pl.String,
    "ethnicity": pl.String,
    "other": pl.String,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "interval": pl.String,
    "se": pl.Float64,
    "n": pl.Int64,
    "unit": pl.String,
    "status": pl.String,
    "missing_reason": pl.String,
    "quality": pl.String,
    "flag": pl.String,
    "source": pl.String,
    "note": pl.String,
    "file": pl.String,
    "row": pl.Int64,
}
COLUMNS: Final[tuple[str, ...]] = tuple(SCHEMA)
DIMENSIONS: Final[tuple[str, ...]] = (
    "sex",
    "age",
    "residence",
    "wealth",
    "education",
    "disability",
    "ethnicity",
)
"""Breakdown columns that hold `_T` for the total, in the order of keys."""
NUMBERS: Final[tuple[str, ...]] = ("value", "lower", "upper", "se", "n")
TOTAL: Final = "_T"
MISSING_STATUS: Final[dict[str, str]] = {
    "O": "missing",
    "L": "missing",
    "M": "not_applicable",
    "Q": "suppressed",
}
FEW_CASES: Final = "few_cases"
"""Flag of a suppressed figure that is hidden because it says nothing, not to protect anybody."""
DEFAULTS: Final[dict[str, str]] = {**dict.fromkeys(DIMENSIONS, TOTAL), "status": "A"}
"""What an absent text column means; every other absent text column means ""."""
_OTHER_GRAMMAR: Final = r"^$|^[a-z_][a-z0-9_]*=[^=;:]+(;[a-z_][a-z0-9_]*=[^=;:]+)*$"
_REASON_OF_STATUS: Final = pl.col("status").replace_strict(MISSING_STATUS, default="")


def empty_observations() -> pl.DataFrame:
    return pl.DataFrame(schema=SCHEMA)


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring a frame with some of the columns into the schema: order, types, defaults for what is absent.

    An empty `missing_reason` is filled from the status.

    Raises ValueError for a column the schema does not have; polars' error for a cell of the wrong type.
    """
    unknown = [column for column in frame.columns if column not in SCHEMA]
    if unknown:
        raise ValueError(f"columns outside the observation schema: {', '.join(unknown)}")
    whole = frame.select([_column(frame, name, kind) for name, kind in SCHEMA.items()])
    reason = pl.when(pl.col("missing_reason") == "").then(_REASON_OF_STATUS).otherwise(pl.col("missing_reason"))
    return whole.with_columns(reason.alias("missing_reason"))


def _column(frame: pl.DataFrame, name: str, kind: type[pl.DataType]) -> pl.Expr:
    default = DEFAULTS.get(name, "") if kind is pl.String else None
    if name not in frame.columns:
        return pl.lit(default, dtype=kind).alias(name)
    column = pl.col(name).cast(kind)
    if name in DEFAULTS:
        return pl.when(column.is_null() | (column == "")).then(pl.lit(default)).otherwise(column).alias(name)
    return column.fill_null("") if kind is pl.String else column


def key_expression() -> pl.Expr:
    """The readable, permanent key of a figure: `u5mr:KZ-61:2019:KAZSTAT_SDG:sex=F;residence=U`."""
    version = (
        pl.when(pl.col("area_version") == "").then(pl.lit("")).otherwise(pl.concat_str(pl.lit("@"), "area_version"))
    )
    parts = [
        pl.when(pl.col(d) == TOTAL).then(pl.lit(None)).otherwise(pl.concat_str(pl.lit(f"{d}="), d)) for d in DIMENSIONS
    ]
    parts.append(pl.when(pl.col("other") == "").then(pl.lit(None)).otherwise(pl.col("other")))
    groups = pl.concat_str(parts, separator=";", ignore_nulls=True)
    tail = pl.when(groups == "").then(pl.lit("")).otherwise(pl.concat_str(pl.lit(":"), groups))
    head = pl.concat_str("indicator", pl.lit(":"), "area", version, pl.lit(":"), "period", pl.lit(":"), "source")
    return pl.concat_str(head, tail).alias("key")


class Measured(Protocol):
    """An indicator as far as figures are held against it."""

    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Known:
    """What codes a figure may use beyond the fixed code lists. Units are only judged of indicators that have one."""

    indicators: Collection[str] | Mapping[str, Measured]
    sources: Collection[str]
    areas: Gazetteer


@dataclass(frozen=True)
class _Check:
    """One rule over one column: `broken` is true where a row breaks it."""

    rule: str
    column: str
    broken: pl.Expr


def validate(frame: pl.DataFrame, known: Known, *, repeats: bool = True, today: date | None = None) -> pl.DataFrame:
    """All rules of the schema over a frame of the schema; returns a ledger (empty when all is well).

    A row may break several rules and then has several entries. File and row of an entry are those of the figure.
    `repeats=False` leaves out the search for repeated keys, for a caller that reads in parts and searches over all.
    `today` is the day that tells figures from forecasts, the real one when it is not given.
    """
    failures = [_failures(frame, check) for check in _checks(frame, known, today or date.today())]
    if repeats:
        failures.append(_duplicates(frame))
    found = [failure for failure in failures if failure.height]
    return pl.concat(found) if found else empty_ledger()


def _checks(frame: pl.DataFrame, known: Known, today: date) -> list[_Check]:
    has_value, bounds = (
        pl.col("value").is_not_null(),
        pl.col("lower").is_not_null() | pl.col("upper").is_not_null(),
    )
    expected_reason = _REASON_OF_STATUS
    return [
        _unknown("indicator", "unknown_indicator", frame, known.indicators.__contains__),
        _unknown("area", "unknown_area", frame, known.areas.__contains__),
        _unknown("period", "bad_period", frame, is_period),
        _future(frame, today),
        _unknown("age", "unknown_code", frame, is_age_code),
        *(_unknown(c, "unknown_code", frame, code_list(c).__contains__)
          for c in (*DIMENSIONS[:1], *DIMENSIONS[2:], "unit", "status", "quality")),
        _unknown("source", "unknown_source", frame, known.sources.__contains__),
        _unknown("interval", "unknown_code", frame, lambda code: code == "" or code in code_list("interval")),
        _unknown("flag", "unknown_code", frame, _are_flags),
        _unknown_version(frame, known),
        _Check("bad_other", "other", ~pl.col("other").str.contains(_OTHER_GRAMMAR)),
        _Check("value_without_status", "status", ~has_value & (expected_reason == "")),
        _Check("status_without_value", "status", has_value & (expected_reason != "")),
        _Check("wrong_missing_reason", "missing_reason", pl.col("missing_reason") != expected_reason),
        _Check("not_finite", "value", pl.any_horizontal([~pl.col(c).is_finite().fill_null(True) for c in NUMBERS[:4]])),
        _Check("interval_misses_value", "lower", (pl.col("lower") > pl.col("value")).fill_null(False)),
        _Check("interval_misses_value", "upper", (pl.col("upper") < pl.col("value")).fill_null(False)),
        _Check("interval_unnamed", "interval", bounds & (pl.col("interval") == "")),
        _Check("negative_error", "se", (pl.col("se") < 0).fill_null(False)),
        _Check("negative_count", "n", (pl.col("n") < 0).fill_null(False)),
        _Check("percent_out_of_range", "value", _is_percent() & ~pl.col("value").is_between(0, 100).fill_null(True)),
        _Check("negative_rate", "value", _is_rate() & (pl.col("value") < 0).fill_null(False)),
        _Check("rate_above_base", "value", _exceeds_base(frame)),
        _share_for_percent(frame),
        _unit_of_other_kind(frame, known),
        _before_founding(frame, known),
    ]  # fmt: skip


def _exceeds_base(frame: pl.DataFrame) -> pl.Expr:
    """More cases than people to count them among: 1,089 deaths of 1,000 born."""
    found = {unit: re.match(r"per_(\d+)", unit) for unit in frame["unit"].unique()}
    bases = {unit: float(base[1]) for unit, base in found.items() if base}
    base = pl.col("unit").replace_strict(bases, default=None, return_dtype=pl.Float64)
    return (pl.col("value").is_finite() & (pl.col("value") > base)).fill_null(False)


FEWEST_OTHERS: Final = 2
LEAST_PERCENT: Final = 50.0
NEAR: Final = 1.25
"""Others of a series from which a percent is judged, the least of them, and how far outside them it still fits."""


def _share_for_percent(frame: pl.DataFrame) -> _Check:
    """A share of one among percents: 0.97 where all other figures of the indicator and source are near 97.

    Only where none of the others is below a half and a hundred times the value lies among them: 0.28 percent of
    children at work beside 25 in another country is a figure, and nothing tells it from a share.
    """
    series, value = ["indicator", "source", "unit"], pl.col("value")
    maybe = _is_percent() & (value > 0) & (value <= 1)
    suspects = frame.filter(maybe).select(series).unique()
    if suspects.is_empty():
        return _Check("share_for_percent", "value", pl.lit(False))
    others = frame.join(suspects, on=series, how="semi").filter(value > 1).group_by(series)
    bounds = others.agg(count=pl.len(), least=value.min(), most=value.max()).filter(
        (pl.col("count") >= FEWEST_OTHERS) & (pl.col("least") >= LEAST_PERCENT)
    )
    broken = [
        pl.all_horizontal([pl.col(c) == text for c, text in zip(series, codes, strict=True)])
        & (100 * value).is_between(least / NEAR, most * NEAR)
        for *codes, _, least, most in bounds.iter_rows()
    ]
    return _Check("share_for_percent", "value", (maybe & pl.any_horizontal(pl.lit(False), *broken)).fill_null(False))


_KINDS: Final = {
    "count": "number", "persons": "number", "thousand_persons": "number", "score_points": "score", "boolean": "binary",
}  # fmt: skip


def unit_kind(unit: str) -> str:
    """What sort of number a unit stands for: percent, per_1000, number, score …; within one only the words differ."""
    if unit.startswith("percent"):
        return "percent"
    base = re.match(r"per_\d+", unit)
    return base[0] if base else _KINDS.get(unit, unit)


def _unit_of_other_kind(frame: pl.DataFrame, known: Known) -> _Check:
    """A percent where the indicator is per 1,000: ten times too small, and nothing else would notice."""
    units = known.indicators if isinstance(known.indicators, Mapping) else {}
    pairs = frame.select("indicator", "unit").unique().iter_rows()
    bad = [
        f"{code}@{unit}"
        for code, unit in pairs
        if code in units and unit in code_list("unit") and unit_kind(unit) != unit_kind(units[code].unit)
    ]
    return _Check("unit_of_other_kind", "unit", pl.concat_str("indicator", pl.lit("@"), "unit").is_in(bad))


def _before_founding(frame: pl.DataFrame, known: Known) -> _Check:
    """A figure of an area before it was cut out of one that lives on, such as Abai in 2015.

    It would be counted twice: the area that it was cut out of still held it. A figure reckoned back to today's borders
    names them in `area_version`. Where the former area was dissolved (South Kazakhstan), figures of its successors are
    commonly reckoned back and nothing is counted twice.
    """
    pairs = frame.filter((pl.col("area_version") == "") & pl.col("value").is_not_null()).select("area", "period")
    bad = [
        f"{area}@{period}"
        for area, period in pairs.unique().iter_rows()
        if area in known.areas and is_period(period) and _was_cut_out_after(known.areas, area, period)
    ]
    broken = (pl.col("area_version") == "") & pl.concat_str("area", pl.lit("@"), "period").is_in(bad)
    return _Check("area_before_founding", "area", broken & pl.col("value").is_not_null())


def _was_cut_out_after(areas: Gazetteer, code: str, period: str) -> bool:
    first = areas[code].extents[0]
    live_on = [
        p in areas and any(e.valid_from == first.valid_from for e in areas[p].extents) for p in first.predecessors
    ]
    return bool(live_on) and all(live_on) and first.valid_from > parse_period(period).end


def _is_percent() -> pl.Expr:
    return pl.col("unit").is_in(["percent", "percent_of_population", "percent_of_households"])


def _is_rate() -> pl.Expr:
    return pl.col("unit").str.starts_with("per_") | pl.col("unit").is_in(["count", "persons", "thousand_persons"])


def _are_flags(text: str) -> bool:
    return text == "" or all(flag in code_list("flag") for flag in text.split("|"))


def _unknown(column: str, rule: str, frame: pl.DataFrame, is_known: Callable[[str], bool]) -> _Check:
    """Judge each distinct text once, then look rows up: a million rows have a few hundred distinct codes."""
    bad = [text for text in frame[column].unique() if not is_known(text)]
    return _Check(rule, column, pl.col(column).is_in(bad))


def is_future(period: str, today: date) -> bool:
    """Whether a figure of that period can only be a forecast: it ends after this year, a school year begins after it.

    The whole current year is let through: figures of its first months are published under its name.
    """
    found = parse_period(period)
    return (found.start if found.kind == "school_year" else found.end).year > today.year


def _future(frame: pl.DataFrame, today: date) -> _Check:
    """A mistyped year would otherwise be the newest of all and make every other figure look old."""
    late = [text for text in frame["period"].unique() if is_period(text) and is_future(text, today)]
    is_figure = pl.col("value").is_not_null() & (pl.col("status") != "F")
    return _Check("future_period", "period", pl.col("period").is_in(late) & is_figure)


def _unknown_version(frame: pl.DataFrame, known: Known) -> _Check:
    pairs = frame.select("area", "area_version").unique()
    bad = [
        f"{area}@{version}"
        for area, version in pairs.iter_rows()
        if area in known.areas and not known.areas.is_version(area, version)
    ]
    return _Check("unknown_area_version", "area_version", pl.concat_str("area", pl.lit("@"), "area_version").is_in(bad))


def _failures(frame: pl.DataFrame, check: _Check) -> pl.DataFrame:
    rows = frame.filter(check.broken)
    return _entries(rows, check.rule, check.column, pl.col(check.column).cast(pl.String).fill_null(""))


def _duplicates(frame: pl.DataFrame) -> pl.DataFrame:
    """Second and later rows of one key."""
    rows = frame.with_columns(key_expression()).filter(~pl.col("key").is_first_distinct())
    return _entries(rows, "duplicate_key", "value", pl.col("key"))


def _entries(rows: pl.DataFrame, rule: str, column: str, value: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.col("file"),
        pl.col("row"),
        pl.lit(column).alias("column"),
        value.alias("value"),
        pl.lit(rule).alias("rule"),
        pl.lit("error").alias("severity"),
        pl.lit("{}").alias("parameters"),
    ).cast(pl.Schema(LEDGER_SCHEMA))


def dimensions_of(row: dict[str, object]) -> Sequence[tuple[str, str]]:
    """The breakdowns of one figure that are not totals, `other` ones last: `[("sex", "F"), ("level", "primary")]`."""
    fixed = [(d, str(row[d])) for d in DIMENSIONS if row[d] != TOTAL]
    pairs = [part.partition("=") for part in str(row["other"]).split(";") if part]
    return [*fixed, *((key, value) for key, _, value in pairs)]
