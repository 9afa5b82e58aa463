"""The files of a survey, ready for recipes: names as the recipes use them, codes instead of labels, values carried
from one file to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import polars as pl

from everychild.microdata.description import OwnBreakdown, SurveyDescription
from everychild.microdata.expected_types import ExpectedTypes, expected_of_file, letters_of_file
from everychild.microdata.letters import restored
from everychild.microdata.located import finding
from everychild.microdata.located_yaml import WrongDescription, read_yaml, wrong
from everychild.microdata.own_recipes import own_recipes
from everychild.microdata.reading import DataFile, read_file
from everychild.microdata.spss import BrokenFile
from everychild.microdata.variables import VariableWords
from everychild.recipes.book import RecipeBook, RecipeTable, recipe_book
from everychild.recipes.derived import Carried
from everychild.recipes.nodes import variables
from everychild.recipes.sql import to_sql
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.findings import DataRefused, OwnDefinitionRefused
from everychild.vocabulary.tables import definitions_folder, read_table


class MissingFile(DataRefused):
    """The description names a file that is not in the folder, or that folder is not what it should be."""

    def __init__(self, file: str, rule: str, value: object = "", column: str = "") -> None:
        found = finding(file, column, value, rule)
        Exception.__init__(self, f"{file}: {found.message('en')}")
        self.findings = (found,)


@dataclass(frozen=True)
class SurveyFiles:
    """The described files of one survey in one folder. Nothing is read before a file is asked for."""

    description: SurveyDescription
    folder: Path
    own_recipes: Path | None = None
    """A user's own table of recipes in the form of the shipped ones; its codes go before theirs."""
    _opened: dict[str, DataFile] = field(default_factory=dict, repr=False)
    _frames: dict[str, pl.LazyFrame] = field(default_factory=dict, repr=False)
    _columns: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    in_order: set[str] = field(default_factory=set, repr=False)
    """Files whose rows and keys were found in order."""
    _own_breakdowns: dict[str, tuple[OwnBreakdown, ...]] = field(default_factory=dict, repr=False)
    _numbers_for_letters: dict[str, set[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def book(self) -> RecipeBook:
        """The shipped recipes and the user's own, which stand before those of the same code."""
        shipped = self._shipped
        return replace(shipped, tables=(self._own, *shipped.tables)) if self._own else shipped

    @cached_property
    def _shipped(self) -> RecipeBook:
        """The shipped recipes, with the parameters of this survey. Raises WrongDescription for a parameter that no
        recipe knows, which would otherwise leave the default standing without a word, or that is no expression."""
        self._refuse_unknown_parameters()
        try:
            return recipe_book(self.description.layout, self.description.parameters)
        except WrongDefinition as problem:
            if not problem.place.column.startswith("parameters."):
                raise
            key = problem.place.column
            raise self.wrong(key, problem.value, problem.rule, **problem.values) from problem

    @cached_property
    def _own(self) -> RecipeTable | None:
        if self.own_recipes is None:
            return None
        return own_recipes(self.own_recipes, self._shipped, self.description.files)

    @property
    def own_codes(self) -> tuple[str, ...]:
        """Codes of the user's own table of recipes."""
        return tuple(self._own or ())

    @property
    def shipped_codes(self) -> frozenset[str]:
        """Codes of the shipped recipes."""
        return frozenset(code for table in self._shipped.tables for code in table)

    def wrong(self, key: str, value: object, rule: str, **parameters: object) -> WrongDescription:
        """A mistake in the description, with its line."""
        path = self.description.path
        return wrong(path, read_yaml(path).line(key), key, value, rule, **parameters)

    def _refuse_unknown_parameters(self) -> None:
        told = self.description.parameters
        if not told:
            return
        table = definitions_folder() / "recipes" / f"{self.description.layout}_derived.csv"
        known = {row["name"].upper() for _, row in read_table(table, ("name",))}
        for name in told:
            used = any(name.upper() in text.upper() for other, text in told.items() if other != name)
            if name.upper() not in known and not used:
                near = ", ".join(get_close_matches(name.upper(), known, n=3)) or "–"
                shown = ", ".join(sorted(n for n in known if n.startswith("P_")))
                raise self.wrong(f"parameters.{name}", "", "description_key_unknown", near=near, known=shown)

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
                raise MissingFile(self.description.path.name, "survey_file_undescribed", name)
            path = self.path(name)
            if not path.is_file():
                raise MissingFile(path.name, "survey_file_absent", path.name)
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
        self._refuse_clash(name, file, renamed)
        frame = self._with_missing_codes(name, file)
        frame = frame.rename(renamed) if renamed else frame
        columns = {column.lower(): column for column in frame.collect_schema().names()}
        if self.description.labels is not None:
            frame = _with_codes(frame, columns, self.label_codes)
        frame = self._as_expected(name, frame)
        lacking = [v for v in self.description.absent.get(name, ()) if v.lower() not in columns]
        if lacking:
            frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(v) for v in lacking)
        return frame

    def _with_missing_codes(self, name: str, file: DataFile) -> pl.LazyFrame:
        """The rows of a file with numbers for the letters of Stata that the description gives one."""
        told = self.description.missing_codes.get(name, {})
        codes = {file.columns[own.lower()]: by for own, by in told.items() if own.lower() in file.columns}
        if not codes or file.letters is None:
            return file.frame
        held = file.letters.variables(codes)
        return restored(file.with_letters(held), {v: codes[v] for v in held}) if held else file.frame

    def own_breakdowns(self, name: str) -> tuple[OwnBreakdown, ...]:
        """The breakdowns that the description defines, with the regions of a file found by its labels where it says so;
        such a breakdown has no levels when a label of the file is not clear."""
        if not any(own.by_label for own in self.description.breakdowns):
            return self.description.breakdowns
        if name not in self._own_breakdowns:
            from everychild.microdata.region_labels import with_regions

            self._own_breakdowns[name] = with_regions(self.description, name, self.words(name)).breakdowns
        return self._own_breakdowns[name]

    def words(self, name: str) -> Mapping[str, VariableWords]:
        """Lower-case name of a variable, as recipes call it → what the file says of it."""
        standard = {own.lower(): new for own, new in self.description.rename.get(name, {}).items()}
        return {standard.get(own.lower(), own).lower(): word for own, word in self.raw(name).words.items()}

    def plain_parquet(self, name: str, wanted: frozenset[str]) -> Path | None:
        """The Parquet file that holds all wanted variables (lower case) as recipes expect them, if there is one: no
        other names, no labels for codes, nothing carried from elsewhere, no text that needs stripping."""
        path, told = self.path(name), self.description
        renewed = told.rename.get(name) or told.missing_codes.get(name)
        changed = told.labels or renewed or any((key, name) in self.book.carried for key in wanted)
        if path.suffix != ".parquet" or changed:
            return None
        kinds = {column.lower(): kind for column, kind in pl.read_parquet_schema(path).items()}
        held = all(kinds.get(key, pl.Null()).is_numeric() for key in wanted)
        return path if held else None

    def _refuse_clash(self, name: str, file: DataFile, renamed: Mapping[str, str]) -> None:
        """A new name that the file has already, for another variable, would hide one of the two."""
        for own, standard in renamed.items():
            other = file.columns.get(standard.lower())
            if other is not None and other not in renamed:
                raise self.wrong(f"rename.{name}.{own}", standard, "description_rename_clash", own=own)

    def expected(self, name: str) -> ExpectedTypes | None:
        """Which variables of a file recipes take for numbers and which for letters."""
        return expected_of_file(self.book, name)

    def _as_expected(self, name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Numbers that a file keeps as text become numbers, when all of them are numbers; empty columns get the type
        that recipes expect. Other text stays and is found by the checks."""
        schema = frame.collect_schema()
        texts = [column for column, kind in schema.items() if kind == pl.String]
        wanted = self._expected_numbers(name) if texts else frozenset()
        numbers = [column for column in texts if column.lower() in wanted]
        changed = [pl.col(column).cast(pl.Float64, strict=False) for column in _all_numbers(frame, numbers)]
        letters = letters_of_file(self.book, name)
        for column, kind in schema.items():
            if kind.is_numeric() and column.lower() in letters:
                self._numbers_for_letters.setdefault(name, set()).add(column.lower())
                changed.append(pl.col(column).cast(pl.String))
        return frame.with_columns(changed) if changed else frame

    def _expected_numbers(self, name: str) -> frozenset[str]:
        """Variables (lower case) that recipes or the survey's own breakdowns take for numbers."""
        wanted = self.expected(name)
        if wanted is None:
            return frozenset()
        own = frozenset(
            breakdown.variable.get(name, breakdown.variable.get("*", "")).lower()
            for breakdown in self.description.breakdowns
            if all(value.replace("-", "").isdigit() for value, _ in breakdown.levels)
        )
        return wanted.numbers | (own - wanted.letters)

    def expected_names(self, name: str) -> frozenset[str]:
        """Every variable (lower case) of a file that recipes read."""
        design = self.description.design_of(name)
        keys = (*design.stratum, *design.psu, *design.household, *design.line)
        return frozenset(key.lower() for key in keys).union(*(part.variables for part in self.book.parts(name)))

    def numbers_for_letters(self, name: str) -> frozenset[str]:
        """Variables (lower case) of a file that hold numbers or nothing where recipes expect letters."""
        self.frame(name)
        return frozenset(self._numbers_for_letters.get(name, ()))

    def with_carried(self, name: str, wanted: frozenset[str]) -> pl.LazyFrame:
        """The rows of a file with those of the wanted names (lower case) that are carried from other rows or files."""
        frame = self.frame(name)
        together: dict[str, list[Carried]] = {}
        for key in sorted(wanted):
            carried = self.book.carried.get((key, name))
            if carried is not None and carried.first_by:
                frame = _first_of_group(frame, carried)
            elif carried is not None:
                together.setdefault(carried.from_file, []).append(carried)
        for from_file, each in together.items():
            frame = self._carry(frame, name, from_file, each)
        return frame

    def _carry(self, frame: pl.LazyFrame, name: str, from_file: str, carried: Sequence[Carried]) -> pl.LazyFrame:
        """What one file says of a household: gathered and joined once, however many names are carried from it."""
        source = self.frame(from_file)
        here, there = (self.description.design_of(file).household for file in (name, from_file))
        pairs = [_alike(frame, own, source, other) for own, other in zip(here, there, strict=True)]
        keys = [f"key:{i}" for i in range(len(here))]
        values = [_over_rows(each, self.columns(from_file)) for each in carried]
        found = source.group_by([other.alias(key) for key, (_, other) in zip(keys, pairs, strict=True)]).agg(values)
        return (
            frame.with_columns(own.alias(key) for key, (own, _) in zip(keys, pairs, strict=True))
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
                here = replace(place, column="code")
                raise OwnDefinitionRefused(here, "not_a_number", row["code"]) from None
            for variable in row["variable"].lower().split(";"):
                found.setdefault(variable.strip(), {})[row["label"]] = code
        return found

    def lacking(self, name: str, wanted: frozenset[str]) -> tuple[str, ...]:
        """Variables (lower case) that a file lacks."""
        have = self.columns(name).keys()
        carried = self.book.carried
        return tuple(sorted(key for key in wanted if key not in have and (key, name) not in carried))

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


def _over_rows(carried: Carried, spelling: Mapping[str, str]) -> pl.Expr:
    meaning = pl.sql_expr(to_sql(carried.meaning, spelling))
    value = meaning.cast(pl.Float64).sum() if carried.summed else meaning.fill_null(False).any()
    return value.alias(carried.name)


def described_file(files: SurveyFiles, name: str, named: Path | None) -> DataFile:
    """A file as the description says it is; as it stands when a person names another file in its place."""
    return read_file(named) if named is not None else replace(files.raw(name), frame=files.frame(name))


def _column(frame: pl.LazyFrame, name: str) -> pl.Expr:
    columns = {column.lower(): column for column in frame.collect_schema().names()}
    if name.lower() not in columns:
        raise WrongDefinition(Place("", column=name), "survey_design_absent")
    return pl.col(columns[name.lower()])


def _alike(frame: pl.LazyFrame, own: str, source: pl.LazyFrame, other: str) -> tuple[pl.Expr, pl.Expr]:
    """A key of two files in one type: as numbers, or as text when one of them keeps it as text."""
    pair = (_column(frame, own), _column(source, other))
    kinds = [side.select(key).collect_schema().dtypes()[0] for side, key in zip((frame, source), pair, strict=True)]
    if all(kind.is_numeric() for kind in kinds):
        return pair[0].cast(pl.Float64), pair[1].cast(pl.Float64)
    first, second = (key.cast(pl.String).str.replace(r"^(-?\d+)\.0$", "$1") for key in pair)
    return first, second


def _all_numbers(frame: pl.LazyFrame, columns: list[str]) -> list[str]:
    """Text columns whose every text is a number, or which hold none."""
    if not columns:
        return []
    words = [
        (pl.col(c).is_not_null() & (pl.col(c) != "") & pl.col(c).cast(pl.Float64, strict=False).is_null()).any()
        for c in columns
    ]
    found = frame.select(words).collect().row(0)
    return [column for column, some in zip(columns, found, strict=True) if not some]


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
