"""The observation schema: one table for every number, wherever it comes from.

Defined here once; every package that writes or reads figures uses these names. A frame "of the schema" has exactly
the columns of SCHEMA in that order; text cells are never null.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from everychild.vocabulary.ages import is_age_code
from everychild.vocabulary.areas import Gazetteer
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.findings import LEDGER_SCHEMA, empty_ledger
from everychild.vocabulary.periods import is_period

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


@dataclass(frozen=True)
class Known:
    """What codes a figure may use beyond the fixed code lists."""

    indicators: Collection[str]
    sources: Collection[str]
    areas: Gazetteer


@dataclass(frozen=True)
class _Check:
    """One rule over one column: `broken` is true where a row breaks it."""

    rule: str
    column: str
    broken: pl.Expr


def validate(frame: pl.DataFrame, known: Known, *, repeats: bool = True) -> pl.DataFrame:
    """All rules of the schema over a frame of the schema; returns a ledger (empty when all is well).

    A row may break several rules and then has several entries. File and row of an entry are those of the figure.
    `repeats=False` leaves out the search for repeated keys, for a caller that reads in parts and searches over all.
    """
    failures = [_failures(frame, check) for check in _checks(frame, known)]
    if repeats:
        failures.append(_duplicates(frame))
    found = [failure for failure in failures if failure.height]
    return pl.concat(found) if found else empty_ledger()


def _checks(frame: pl.DataFrame, known: Known) -> list[_Check]:
    has_value, bounds = (
        pl.col("value").is_not_null(),
        pl.col("lower").is_not_null() | pl.col("upper").is_not_null(),
    )
    expected_reason = _REASON_OF_STATUS
    return [
        _unknown("indicator", "unknown_indicator", frame, known.indicators.__contains__),
        _unknown("area", "unknown_area", frame, known.areas.__contains__),
        _unknown("period", "bad_period", frame, is_period),
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
    ]  # fmt: skip


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
