"""Collecting findings while a file is read: single ones and whole frames of them, in one ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from everychild.exchange.limits import MAX_SHOWN
from everychild.vocabulary.findings import LEDGER_SCHEMA, Finding, empty_ledger, ledger, rules

ORDER: Final = {"error": 0, "warning": 1, "note": 2}


def finding(file: str, rule: str, row: int | None = None, column: str = "", value: str = "", **more: str) -> Finding:
    """A finding with the severity that its rule has in the table of rules."""
    return Finding(file, row, column, shown(value), rule, rules()[rule].severity, more)


def shown(text: str) -> str:
    """A cell as a finding repeats it: cut, without control characters that would disturb a terminal."""
    clean = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return clean if len(clean) <= MAX_SHOWN else clean[: MAX_SHOWN - 1] + "…"


def entries(
    rows: pl.DataFrame, rule: str, column: str, value: pl.Expr, parameters: Mapping[str, pl.Expr] | None = None
) -> pl.DataFrame:
    """One ledger entry for each row of a frame that has `file` and `row`; parameters are text expressions."""
    if rows.is_empty():
        return empty_ledger()
    encoded = pl.lit("{}")
    if parameters:
        packed = pl.struct([text.cast(pl.String).fill_null("").alias(name) for name, text in parameters.items()])
        encoded = packed.struct.json_encode()
    return rows.select(
        pl.col("file").cast(pl.String),
        pl.col("row").cast(pl.Int64),
        pl.lit(column).alias("column"),
        value.cast(pl.String).fill_null("").alias("value"),
        pl.lit(rule).alias("rule"),
        pl.lit(rules()[rule].severity).alias("severity"),
        encoded.alias("parameters"),
    ).cast(pl.Schema(LEDGER_SCHEMA))


def whole_ledger(single: Iterable[Finding], frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All findings: errors first, then by file and row."""
    tables = [ledger(single), *frames]
    order = pl.col("severity").replace_strict(ORDER, return_dtype=pl.Int8)
    return pl.concat([t for t in tables if t.height] or [empty_ledger()]).sort(
        order, "file", "row", "column", "rule", nulls_last=False, maintain_order=True
    )
