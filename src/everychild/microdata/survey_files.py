"""The files of a survey, ready for recipes: names as the recipes use them, codes instead of labels, values carried
from one file to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from everychild.microdata.description import SurveyDescription
from everychild.microdata.reading import DataFile, read_file
from everychild.microdata.spss import BrokenFile
from everychild.recipes.derived import Carried
from everychild.recipes.nodes import variables
from everychild.recipes.recipe import RecipeBook, recipe_book
from everychild.recipes.sql import to_sql
from everychild.vocabulary.errors import DefinitionError, EverychildError
from everychild.vocabulary.tables import read_table


class MissingFile(EverychildError):  # noqa: N818 - says what is the case
    """The description names a file that is not in the folder."""


@dataclass(frozen=True)
class SurveyFiles:
    """The described files of one survey in one folder. Nothing is read before a file is asked for."""

    description: SurveyDescription
    folder: Path
    _opened: dict[str, DataFile] = field(default_factory=dict, repr=False)
    _frames: dict[str, pl.LazyFrame] = field(default_factory=dict, repr=False)
    _columns: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    @cached_property
    def book(self) -> RecipeBook:
        return recipe_book(self.description.layout, self.description.parameters)

    @property
    def present(self) -> tuple[str, ...]:
        """Described files that are in the folder."""
        return tuple(name for name in self.description.files if self.path(name).is_file())

    def path(self, name: str) -> Path:
        """Where a file lies: as described, or as the Parquet copy of that name in a private workspace."""
        kept = self.folder / f"{name}.parquet"
        described = self.folder / self.description.files[name]
        return kept if kept.is_file() and not described.is_file() else described

    def raw(self, name: str) -> DataFile:
        """A file as it stands."""
        if name not in self._opened:
            if name not in self.description.files:
                raise MissingFile(f"the description {self.description.path.name} names no file {name}")
            path = self.path(name)
            if not path.is_file():
                raise MissingFile(f"file {name} of the survey ({path.name}) is not in {self.folder}")
            self._opened[name] = read_file(path)
        return self._opened[name]

    def frame(self, name: str) -> pl.LazyFrame:
        """Rows of a file with the names and codes that recipes expect; carried values are added by `with_carried`."""
        if name not in self._frames:
            self._frames[name] = self._prepared(name)
        return self._frames[name]

    def columns(self, name: str) -> Mapping[str, str]:
        """Lower-case name → name in `frame`. Kept, because a wide file takes a while to tell its columns."""
        if name not in self._columns:
            self._columns[name] = {c.lower(): c for c in self.frame(name).collect_schema().names()}
        return self._columns[name]

    def _prepared(self, name: str) -> pl.LazyFrame:
        file = self.raw(name)
        renamed = {
            file.columns[own.lower()]: standard
            for own, standard in self.description.rename.get(name, {}).items()
            if own.lower() in file.columns
        }
        frame = file.frame.rename(renamed) if renamed else file.frame
        columns = {column.lower(): column for column in frame.collect_schema().names()}
        if self.description.labels is not None:
            frame = _with_codes(frame, columns, self.label_codes)
        lacking = [v for v in self.description.absent.get(name, ()) if v.lower() not in columns]
        if lacking:
            frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(v) for v in lacking)
        return frame

    def plain_parquet(self, name: str, wanted: frozenset[str]) -> Path | None:
        """The Parquet file that holds all wanted variables (lower case) as recipes expect them, if there is one: no
        other names, no labels for codes, nothing carried from elsewhere, no text that needs stripping."""
        path, told = self.path(name), self.description
        changed = told.labels or told.rename.get(name) or any((key, name) in self.book.carried for key in wanted)
        if path.suffix != ".parquet" or changed:
            return None
        kinds = {column.lower(): kind for column, kind in pl.read_parquet_schema(path).items()}
        held = all(kinds.get(key, pl.Null()).is_numeric() for key in wanted)
        return path if held else None

    def with_carried(self, name: str, wanted: frozenset[str]) -> pl.LazyFrame:
        """The rows of a file with those of the wanted names (lower case) that are carried from other rows or files."""
        frame = self.frame(name)
        for key in sorted(wanted):
            carried = self.book.carried.get((key, name))
            if carried is not None:
                frame = self._carry(frame, name, carried)
        return frame

    def _carry(self, frame: pl.LazyFrame, name: str, carried: Carried) -> pl.LazyFrame:
        if carried.first_by:
            return _first_of_group(frame, carried)
        source = self.frame(carried.from_file)
        spelling = self.columns(carried.from_file)
        here, there = (
            self.description.design_of(name).household,
            self.description.design_of(carried.from_file).household,
        )
        meaning = pl.sql_expr(to_sql(carried.meaning, spelling)).fill_null(False)
        found = source.group_by(
            [_column(source, key).cast(pl.Float64).alias(f"key:{i}") for i, key in enumerate(there)]
        ).agg(meaning.any().alias(carried.name))
        keys = [f"key:{i}" for i in range(len(here))]
        return (
            frame.with_columns(_column(frame, key).cast(pl.Float64).alias(f"key:{i}") for i, key in enumerate(here))
            .join(found, on=keys, how="left", maintain_order="left")
            .drop(keys)
        )

    @cached_property
    def label_codes(self) -> Mapping[str, Mapping[str, float]]:
        """Variable (lower case) → label → code, from the table that the description names; `*` holds for all."""
        path = self.description.labels
        assert path is not None
        found: dict[str, dict[str, float]] = {}
        for place, row in read_table(path, ("variable", "label", "code")):
            try:
                code = float(row["code"])
            except ValueError:
                raise DefinitionError(place, f"code {row['code']!r} is no number") from None
            for variable in row["variable"].lower().split(";"):
                found.setdefault(variable.strip(), {})[row["label"]] = code
        return found

    def lacking(self, name: str, wanted: frozenset[str]) -> tuple[str, ...]:
        """Variables (lower case) that a file lacks."""
        have = self.columns(name).keys()
        carried = {key for key, file in self.book.carried if file == name}
        return tuple(sorted(wanted - have - carried))

    def carried_needs(self, name: str, wanted: frozenset[str]) -> Mapping[str, frozenset[str]]:
        """For carried names among the wanted: source file → variables that it must have."""
        needs: dict[str, frozenset[str]] = {}
        for key in wanted:
            carried = self.book.carried.get((key, name))
            if carried is not None:
                source = carried.from_file or name
                needs[source] = (
                    needs.get(source, frozenset()) | variables(carried.meaning) | frozenset(carried.first_by)
                )
        return needs


def _column(frame: pl.LazyFrame, name: str) -> pl.Expr:
    columns = {column.lower(): column for column in frame.collect_schema().names()}
    if name.lower() not in columns:
        raise MissingFile(f"the key {name} is not in the file")
    return pl.col(columns[name.lower()])


def _first_of_group(frame: pl.LazyFrame, carried: Carried) -> pl.LazyFrame:
    """True on the first row, by the second name, of those in each group (the first name) that meet the condition."""
    group, order = carried.first_by
    spelling = {c.lower(): c for c in frame.collect_schema().names()}
    met = pl.sql_expr(to_sql(carried.meaning, spelling)).fill_null(False)
    rank = pl.when(met).then(_column(frame, order))
    first = met & (_column(frame, order) == rank.min().over(_column(frame, group)))
    return frame.with_columns(first.fill_null(False).alias(carried.name))


def _with_codes(
    frame: pl.LazyFrame, columns: Mapping[str, str], codes: Mapping[str, Mapping[str, float]]
) -> pl.LazyFrame:
    """Labels replaced by codes in text columns that the table of labels names; a number in text is that number."""
    schema = frame.collect_schema()
    everywhere = codes.get("*", {})
    changed = []
    for lower, column in columns.items():
        if schema[column] != pl.String or lower not in codes:
            continue
        known = {**everywhere, **codes[lower]}
        text = pl.col(column)
        coded = text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Float64)
        changed.append(pl.coalesce(coded, text.cast(pl.Float64, strict=False)).alias(column))
    return frame.with_columns(changed) if changed else frame


__all__ = ["BrokenFile", "MissingFile", "SurveyFiles"]
