"""Values of the columns that a layout names, as arrays, with a finding for every column that is absent or holds words.

Only the columns asked for are read. Codes that the file itself declares missing are missing here: in a date or an age
they would be taken for months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.microdata.layouts import Code, Source
from everychild.microdata.located import finding, first_row
from everychild.microdata.reading import DataFile
from everychild.microdata.variables import VariableWords
from everychild.vocabulary.findings import DataRefused, Finding

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]
NEAR: Final = 3
SHOWN_ROWS: Final = 5
LAST_MONTH: Final = 2999
"""CMC of the year 2149: above every date of the Gregorian, Nepalese (2070 is 2040) and Ethiopian calendars in use."""


@dataclass
class ColumnValues:
    """The columns of one file that were asked for. `findings` collects what is wrong with them."""

    file: DataFile
    table: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def read(
        cls, file: DataFile, wanted: Mapping[str, Source], needed: Sequence[str], columns: Iterable[str] = (),
        progress: Callable[[str], None] = lambda _file: None,
    ) -> ColumnValues:  # fmt: skip
        """Read the columns of sources, and further `columns`. Raises DataRefused when those of `needed` are absent, or
        a further column is, or there are no rows."""
        spelled = file.columns
        absent = [
            (column, name) for name, source in wanted.items() if name in needed
            for column in source.needed if column.lower() not in spelled
        ]  # fmt: skip
        absent += [(column, "--by") for column in columns if column.lower() not in spelled]
        if absent:
            raise DataRefused(_absent(file, column, meaning) for column, meaning in dict.fromkeys(absent))
        names = [name for source in wanted.values() for name in source.needed] + list(columns)
        kept = [spelled[n.lower()] for n in names if n.lower() in spelled]
        progress(file.path.name)
        table = file.frame.select(list(dict.fromkeys(kept))).collect()
        if not table.height:
            raise DataRefused([finding(file.path.name, "", "", "births_no_rows")])
        return cls(file, table)

    @property
    def first_row(self) -> int:
        """Number of the first row of data as a person sees it: CSV files have a header, the others count cases."""
        return first_row(self.file.path)

    def has(self, source: Source | None) -> bool:
        have = {column.lower() for column in self.table.columns}
        return source is not None and all(column.lower() in have for column in source.needed)

    def series(self, name: str) -> pl.Series:
        return self.table[self.file.columns[name.lower()]]

    def words(self, name: str) -> VariableWords:
        return self.file.words.get(self.file.columns[name.lower()], VariableWords())

    def number(self, source: Source) -> Floats:
        """The value of a source, NaN where missing; columns that form no date are added."""
        if source.dated:
            year, month = (self._plain(name) for name in source.columns)
            return (year - 1900) * 12 + month
        total = np.zeros(self.table.height)
        for name in source.columns:
            total = total + self._plain(name, source.missing)
        if source.when:
            total[~self.equal(source.when, source.equals)] = np.nan
        with np.errstate(invalid="ignore"):
            if source.low is not None:
                total[total < source.low] = np.nan
            if source.high is not None:
                total[total > source.high] = np.nan
        return (total - source.less) / source.divide

    def months(self, source: Source) -> Floats:
        """A date in months (CMC) or an age in months; parts of months and what is no number are a finding."""
        value = self.number(source)
        with np.errstate(invalid="ignore"):
            parts = np.flatnonzero((value % 1 != 0) & ~np.isnan(value))
        if parts.size:
            self._found(source.columns[0], value[parts[0]], "births_not_whole_months", parts)
        return value

    def date(self, source: Source) -> Floats:
        """A date in months (CMC); dates before 1900 or far ahead are a finding, because a code for missing that nobody
        declared (9998) would take a birth out of every period without a word."""
        value = self.months(source)
        with np.errstate(invalid="ignore"):
            odd = np.flatnonzero((value < 1) | (value > LAST_MONTH))
        if odd.size:
            self._found(source.columns[0], value[odd[0]], "births_date_impossible", odd)
        return value

    def truth(self, source: Source) -> tuple[Truths, Truths]:
        """Whether the source says yes, and whether it says anything known."""
        if not source.true:
            known = ~np.isnan(self.number(source))
            return known, known
        name = source.columns[0]
        yes = self.equal(name, source.true)
        no = self.equal(name, source.false)
        self._words_in_the_way(name, yes | no, (*source.true, *source.false))
        return yes, yes | no

    def code(self, source: Source) -> Whole:
        """1 where the source is true, 0 where false, -1 elsewhere."""
        yes, known = self.truth(source)
        return np.where(known, yes.astype(np.int64), -1)

    def key(self, columns: Sequence[str]) -> pl.Series:
        """One text for each row from the columns of a key; null where one of them is missing."""
        parts = [self._as_text(name) for name in columns]
        return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" × ")).to_series()

    def _as_text(self, name: str) -> pl.Series:
        column = self.series(name)
        missing = self._declared_missing(name, column)
        if column.dtype.is_float() and bool((column.drop_nulls() % 1 == 0).all()):
            column = column.cast(pl.Int64)
        return _without(column.cast(pl.String), missing).alias(name)

    def _plain(self, name: str, missing: Sequence[Code] = ()) -> Floats:
        column = self.series(name)
        gone = self._declared_missing(name, column)
        if column.dtype in (pl.Date, pl.Datetime):
            column = (column.dt.year().cast(pl.Int64) - 1900) * 12 + column.dt.month()
        elif column.dtype == pl.String:
            column = self._from_text(name, column)
        numbers = _without(column.cast(pl.Float64), gone).to_numpy().astype(np.float64, copy=True)
        for code in missing:
            numbers[numbers == code] = np.nan
        return numbers

    def _from_text(self, name: str, column: pl.Series) -> pl.Series:
        """Numbers written as text are numbers, and so are days as 2015-06-30; other words are a finding."""
        numbers = column.cast(pl.Float64, strict=False)
        days = column.str.to_date("%Y-%m-%d", strict=False)
        numbers = numbers.fill_null(((days.dt.year().cast(pl.Int64) - 1900) * 12 + days.dt.month()).cast(pl.Float64))
        words = column.is_not_null() & (column != "") & numbers.is_null()
        if words.any():
            rows = words.arg_true().to_numpy()
            self._found(name, column[int(rows[0])], "births_words_not_codes", rows)
        return numbers

    def _words_in_the_way(self, name: str, known: Truths, codes: Sequence[Code]) -> None:
        """Words in a column of codes that are none of the codes: `yes` where 1 is expected."""
        column = self.series(name)
        if column.dtype != pl.String:
            return
        words = ~known & column.str.contains(r"[^\d\s.+-]").fill_null(False).to_numpy()
        if words.any() and not any(isinstance(code, str) for code in codes):
            rows = np.flatnonzero(words)
            self._found(name, column[int(rows[0])], "births_words_not_codes", rows)

    def equal(self, name: str, codes: Sequence[Code]) -> Truths:
        """Whether a column holds one of the codes."""
        column = self.series(name)
        found = np.zeros(column.len(), dtype=np.bool_)
        for code in codes:
            found |= _equals(column, code)
        return found

    def _declared_missing(self, name: str, column: pl.Series) -> pl.Series:
        """Rows whose code the file declares missing."""
        words = self.words(name)
        gone = column.is_null()
        numeric = column.dtype.is_numeric()
        for code in words.missing:
            if isinstance(code, float) == numeric:
                gone = gone | (column == code).fill_null(False)
        if words.missing_range is not None and numeric:
            held = words.missing_range
            gone = gone | column.is_between(held.low, held.high).fill_null(False)
        return gone

    def _found(self, column: str, value: object, rule: str, rows: Whole | NDArray[Any]) -> None:
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        where = {"count": rows.size, "rows": self.rows_text(rows)}
        self.findings.append(finding(self.file.path.name, column, shown, rule, int(rows[0]) + self.first_row, **where))

    def rows_text(self, rows: Whole | NDArray[Any]) -> str:
        """`13, 40, 77 …`: rows as a person counts them."""
        text = ", ".join(str(int(row) + self.first_row) for row in rows[:SHOWN_ROWS])
        return f"{text} …" if rows.size > SHOWN_ROWS else text


def _without(column: pl.Series, gone: pl.Series) -> pl.Series:
    return pl.select(pl.when(~gone).then(column)).to_series() if gone.any() else column


def _equals(column: pl.Series, code: Code) -> Truths:
    if column.dtype == pl.String:
        text = code if isinstance(code, str) else f"{code:g}"
        same = column == text
        if not isinstance(code, str):
            same = same.fill_null(False) | (column.cast(pl.Float64, strict=False) == code).fill_null(False)
    elif isinstance(code, str):
        return np.zeros(column.len(), dtype=np.bool_)
    else:
        same = column == code
    result: Truths = same.fill_null(False).to_numpy()
    return result


def _absent(file: DataFile, column: str, meaning: str) -> Finding:
    lower = {name.lower(): name for name in file.columns.values()}
    near = [lower[name] for name in get_close_matches(column.lower(), list(lower), n=NEAR, cutoff=0.6)]
    return finding(
        file.path.name, column, "", "births_column_absent", meaning=meaning,
        near=", ".join(near) or "–",
    )  # fmt: skip


__all__ = ["ColumnValues", "Floats", "Truths", "Whole", "finding"]
