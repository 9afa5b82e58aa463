"""Stata's extended missing values, `.a` to `.z`, kept beside the variables that hold them.

To recipes such a value is missing: its place in the variable is empty. Which letter it was stands in a further column,
the companion of the variable, so that "does not know" stays apart from "was not asked". The other way, a number in
place of the letter, was rejected: every number that could stand there is above 2 for `> 2`, and adds to a sum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import polars as pl
from polars.io.plugins import register_io_source

SUFFIX: Final = ": missing code"
"""End of a companion's name; no program of statistics lets a variable be named so."""


class Letters(Protocol):
    """Where the letters of a file are found."""

    def variables(self, among: Collection[str] | None = None) -> tuple[str, ...]:
        """Variables, of all or of some, that may hold a letter; as the file spells them."""

    def beside(self, variables: Sequence[str]) -> pl.LazyFrame:
        """The rows of the file, in their order, with the companions of the named variables: text `.a` or null."""


@dataclass(frozen=True)
class StataLetters:
    """The letters of a .dta file of the versions 113 to 119; older versions have none."""

    path: Path

    def variables(self, among: Collection[str] | None = None) -> tuple[str, ...]:
        frame = self._frame(())
        asked = {name: kind for name, kind in frame.collect_schema().items() if among is None or name in among}
        numeric = [name for name, kind in asked.items() if kind.is_numeric()]
        if not numeric:
            return ()
        empty = frame.select(pl.col(numeric).null_count()).collect().row(0)
        return tuple(name for name, count in zip(numeric, empty, strict=True) if count)

    def beside(self, variables: Sequence[str]) -> pl.LazyFrame:
        schema = {**self._frame(()).collect_schema(), **{companion(name): pl.String() for name in variables}}

        def rows(
            wanted: list[str] | None, predicate: pl.Expr | None, first: int | None, _size: int | None
        ) -> Iterator[pl.DataFrame]:
            table = self._frame(variables, list(schema) if wanted is None else wanted).collect()
            table = table if first is None else table.head(first)
            yield table if predicate is None else table.filter(predicate)

        return register_io_source(rows, schema=pl.Schema(schema))

    def _frame(self, variables: Sequence[str], wanted: Sequence[str] = ()) -> pl.LazyFrame:
        """The wanted columns. polars-readstat (0.25) fails when its structs of value and letter are not all selected,
        so the letters are asked only of variables whose companion is wanted, and its own pushdown is not relied on."""
        from polars_readstat import scan_readstat

        asked = [name for name in variables if companion(name) in wanted]
        if not asked:
            frame = scan_readstat(str(self.path), preserve_order=True)
            return frame.select(wanted) if wanted else frame
        told = {"columns": asked, "mode": "struct", "use_value_labels": False}
        frame = scan_readstat(str(self.path), preserve_order=True, informative_nulls=told)
        plain = [name for name in wanted if not name.endswith(SUFFIX)]
        frame = frame.select(list(dict.fromkeys((*plain, *asked))))
        held = {name: pl.col(name).struct.rename_fields(["value", "letter"]).struct for name in asked}
        fields = [held[name].field("value").alias(name) if name in held else pl.col(name) for name in plain]
        letters = [struct.field("letter").alias(companion(name)) for name, struct in held.items()]
        return frame.select(*fields, *letters).select(wanted)


@dataclass(frozen=True)
class KeptLetters:
    """The letters that a private workspace keeps beside the variables of a Parquet file."""

    path: Path

    def variables(self, among: Collection[str] | None = None) -> tuple[str, ...]:
        held = (name.removesuffix(SUFFIX) for name in pl.read_parquet_schema(self.path) if name.endswith(SUFFIX))
        return tuple(name for name in held if among is None or name in among)

    def beside(self, variables: Sequence[str]) -> pl.LazyFrame:
        return pl.scan_parquet(self.path).drop(companion(v) for v in self.variables() if v not in variables)


def companion(variable: str) -> str:
    """Name of the column that holds the letters of a variable."""
    return variable + SUFFIX


def companions(letters: Letters | None) -> pl.DataFrame:
    """The companions of all variables that hold a letter in some row, one column each, in the order of the rows."""
    names = letters.variables() if letters is not None else ()
    if letters is None or not names:
        return pl.DataFrame()
    table = letters.beside(names).select(companion(name) for name in names).collect()
    return table.select(column for column in table.get_columns() if column.null_count() < column.len())


def totals(found: pl.DataFrame) -> Mapping[str, int]:
    """Letter → number of cells that hold it, of a table of companions."""
    rows = pl.concat(
        [column.drop_nulls().alias("") for column in found.get_columns()] or [pl.Series("", [], pl.String)]
    )
    return dict(sorted(rows.value_counts().iter_rows()))


def counted(letters: Letters | None) -> Mapping[str, Mapping[str, int]]:
    """Letter → variable → number of rows that hold it; letters in their order, variables in that of the file."""
    found: dict[str, dict[str, int]] = {}
    for column in companions(letters).get_columns():
        for letter, rows in column.drop_nulls().value_counts().iter_rows():
            found.setdefault(letter, {})[column.name.removesuffix(SUFFIX)] = rows
    return dict(sorted(found.items()))


def restored(frame: pl.LazyFrame, codes: Mapping[str, Mapping[str, float]]) -> pl.LazyFrame:
    """A frame of `beside` in which letters have become numbers again: `codes` is variable → letter → number. Letters
    without a number stay missing. The companions are gone."""
    numbers = [
        pl.coalesce(
            pl.col(companion(name)).replace_strict(
                list(by_letter), list(by_letter.values()), default=None, return_dtype=pl.Float64
            ),
            pl.col(name).cast(pl.Float64),
        ).alias(name)
        for name, by_letter in codes.items()
    ]
    return frame.with_columns(numbers).drop(companion(name) for name in codes)
