"""What is wrong with the replicate weights of one file of a survey."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import polars as pl

from everychild.methods.sampling.weights import EXTREME
from everychild.microdata.file_checks import ROW, FileChecks
from everychild.microdata.located import finding
from everychild.vocabulary.findings import Finding

SHOWN: Final = 3
"""Columns of one kind of mistake that are told: a file may have hundreds."""


def replicate_checks(checks: FileChecks, weights: Collection[str]) -> Iterator[Finding]:
    """Replicate weights that are absent, text, negative, no finite number or a code, or missing in a row that counts:
    whose weight (one of the names in `weights`, lower case) is above zero."""
    told = checks.files.description.replicates.get(checks.name)
    if told is None:
        return
    absent = [name for name in told.columns if name.lower() not in checks.schema]
    if absent:
        yield finding(checks.file, absent[0], f"replicates.{checks.name}", "survey_replicate_absent", count=len(absent))
    columns = [checks.schema[name.lower()] for name in told.columns if name.lower() in checks.schema]
    words = [column for column, kind in columns if not kind.is_numeric()]
    for column in words[:SHOWN]:
        yield from checks.weight(column)
    yield from _of_numbers(checks, [column for column, _ in columns if column not in words], weights)


def _of_numbers(checks: FileChecks, columns: list[str], weights: Collection[str]) -> Iterator[Finding]:
    """All columns at one reading; those that are not in order are looked into one by one."""
    if not columns:
        return
    counts = _counts(checks, weights)
    value = {column: pl.col(column).cast(pl.Float64) for column in columns}
    used = {column: each.filter(each.is_finite() & (each > 0)) for column, each in value.items()}
    wrong = checks.frame.select(
        ((value[c] < 0) | ~value[c].is_finite()).any().fill_null(False) | (used[c].max() > EXTREME * used[c].median())
        for c in columns
    ).collect().row(0)  # fmt: skip
    found = [column for column, is_wrong in zip(columns, wrong, strict=True) if is_wrong]
    for column in found[:SHOWN]:
        yield from (f for f in checks.weight(column, may_lack=True) if f.severity == "error")
    missing = checks.frame.select((pl.col(c).is_null() & counts).sum() for c in columns).collect().row(0)
    for column, count in [(c, count) for c, count in zip(columns, missing, strict=True) if count][:SHOWN]:
        first = checks.numbered().filter(pl.col(column).is_null() & counts).select(ROW).head(1).collect().item()
        yield finding(checks.file, column, "", "survey_weight_missing", first, count=count)


def _counts(checks: FileChecks, weights: Collection[str]) -> pl.Expr:
    held = [checks.schema[name] for name in weights if name in checks.schema]
    positive = [pl.col(column).cast(pl.Float64) > 0 for column, kind in held if kind.is_numeric()]
    return pl.any_horizontal(positive).fill_null(False) if positive else pl.lit(True)
