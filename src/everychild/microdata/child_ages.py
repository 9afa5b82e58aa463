"""Ages of children in days, from what a file tells: two dates, an age in days, an age in months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.methods.anthropometry import DAYS_IN_MONTH, days_from_months
from everychild.microdata.column_values import ColumnValues, Floats, Truths
from everychild.microdata.growth_layouts import DATES, DateColumns
from everychild.microdata.layouts import Source

MIDDLE: Final = 15
"""Day of the month that is taken where it is missing, as the surveys themselves do."""
YEARS: Final = (1900, 2100)
DISAGREE: Final = 1.5
"""Months between the age by dates and the age as told, from which on the dates may be of another calendar."""


@dataclass(frozen=True, eq=False)
class ChildAges:
    """`days`: NaN unknown, negative as the dates have it. `months`: completed, as the file tells or by days. `year`:
    of measuring, NaN unknown. Truths say for which rows the 15th was taken, months alone are known, or two ages
    disagree."""

    days: Floats
    months: Floats
    year: Floats
    imputed: Truths
    of_months: Truths
    disagree: Truths


def child_ages(values: ColumnValues, sources: Mapping[str, Source], dates: Mapping[str, DateColumns]) -> ChildAges:
    """Ages by dates where both are there, else as days, else as months."""
    n = values.table.height
    nothing = np.full(n, np.nan)
    born, measured = (_date(values, dates.get(name)) for name in DATES)
    days = measured[0] - born[0]
    imputed = (born[1] | measured[1]) & ~np.isnan(days)
    with np.errstate(invalid="ignore"):  # the 15th of the month of measuring itself may lie after the measuring
        days = np.where(imputed & (days < 0) & (days > -MIDDLE - 2), 0.0, days)
    told_days = values.number(sources["age_days"]) if values.has(sources.get("age_days")) else nothing
    days = np.where(np.isnan(days), told_days, days)
    told = values.number(sources["age_months"]) if values.has(sources.get("age_months")) else nothing
    of_months = np.isnan(days) & ~np.isnan(told)
    with np.errstate(invalid="ignore"):
        disagree = np.abs(days / DAYS_IN_MONTH - (told + 0.5)) > DISAGREE
    days = np.where(of_months, days_from_months(told), days)
    months = np.floor(np.where(np.isnan(told), days / DAYS_IN_MONTH, told))
    return ChildAges(days, months, measured[2], imputed, of_months, disagree)


def _date(values: ColumnValues, columns: DateColumns | None) -> tuple[Floats, Truths, Floats]:
    """Days since 1970 (NaN unknown), whether the day of the month was missing, and the year."""
    nothing = np.full(values.table.height, np.nan)
    if columns is None or not values.has(Source(columns.columns)):
        return nothing, np.zeros(nothing.size, dtype=np.bool_), nothing
    if columns.column:
        return _of_column(values, columns.column)
    year, month = (values.number(Source((name,))) for name in (columns.year, columns.month))
    day = values.number(Source((columns.day,))) if columns.day else nothing
    known = (year >= YEARS[0]) & (year <= YEARS[1]) & (month >= 1) & (month <= 12)
    y, m = (np.where(known, part, 1.0).astype(np.int64) for part in (year, month))
    start = _first_of_month(y, m)
    length = _first_of_month(y + m // 12, m % 12 + 1) - start
    sound = (day >= 1) & (day <= length)
    days = start + np.where(sound, day, MIDDLE) - 1
    return np.where(known, days, np.nan), known & ~sound, np.where(known, year, np.nan)


def _first_of_month(year: NDArray[np.int64], month: NDArray[np.int64]) -> NDArray[Any]:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def _of_column(values: ColumnValues, name: str) -> tuple[Floats, Truths, Floats]:
    column = values.series(name)
    if column.dtype == pl.String:
        parsed = column.str.to_date("%Y-%m-%d", strict=False)
        odd = parsed.is_null() & column.is_not_null() & (column != "")
        if odd.any():
            rows = odd.arg_true().to_numpy()
            values._found(name, column[int(rows[0])], "growth_date_unreadable", rows)
        column = parsed
    elif column.dtype not in (pl.Date, pl.Datetime):
        present = column.is_not_null()
        if present.any():
            rows = present.arg_true().to_numpy()
            values._found(name, column[int(rows[0])], "growth_date_unreadable", rows)
        column = pl.Series(name, [None] * column.len(), dtype=pl.Date)
    days = column.cast(pl.Date).to_physical().cast(pl.Float64).to_numpy().astype(np.float64, copy=True)
    year = column.cast(pl.Date).dt.year().cast(pl.Float64).to_numpy().astype(np.float64, copy=True)
    return days, np.zeros(days.size, dtype=np.bool_), year
