"""What is missing or odd in the files of a survey, said before anything is computed from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

import polars as pl

from everychild.microdata.description import SurveyDesign
from everychild.microdata.spss import BrokenFile
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.nodes import Variable
from everychild.recipes.recipe import Recipe
from everychild.vocabulary.findings import Finding, Severity, rules

NORMALISED: Final = (0.9, 1.1)
"""Range in which a mean weight passes for 1: rounding and rows of zero weight move it a little."""
FEW: Final = 3
"""Examples of one kind that are listed; the count says how many there are."""


def check(files: SurveyFiles) -> list[Finding]:
    """All findings on the files of a survey, errors first."""
    found = list(_files(files))
    broken = {f.file for f in found if f.rule == "survey_file_broken"}
    usable = [name for name in files.present if files.path(name).name not in broken]
    for name in usable:
        found += _Checker(files, name).findings()
    found += _variables(files, usable)
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda f: order[f.severity])


def finding(file: str, column: str, value: str, rule: str, **parameters: object) -> Finding:
    severity: Severity = rules()[rule].severity
    return Finding(file, None, column, value, rule, severity, {name: str(text) for name, text in parameters.items()})


def _files(files: SurveyFiles) -> Iterator[Finding]:
    for name, file in files.description.files.items():
        if name not in files.present:
            yield finding(file, "", file, "survey_file_absent")
            continue
        try:
            files.frame(name).collect_schema()
        except BrokenFile as problem:
            yield finding(files.path(name).name, "", "", "survey_file_broken", problem=problem.problem)


class _Checker:
    """The checks of one file."""

    def __init__(self, files: SurveyFiles, name: str) -> None:
        self.files, self.name = files, name
        self.file = files.path(name).name
        self.frame = files.frame(name)
        self.schema = {column.lower(): (column, kind) for column, kind in self.frame.collect_schema().items()}
        self.design: SurveyDesign = files.description.design_of(name)

    def findings(self) -> list[Finding]:
        found = list(self._design())
        found += self._weights()
        found += self._keys()
        found += self._labels()
        return found

    def _column(self, name: str) -> pl.Expr:
        return pl.col(self.schema[name.lower()][0])

    def _design(self) -> Iterator[Finding]:
        names = (*self.design.stratum, *self.design.psu, *self.design.household)
        absent = [name for name in names if name.lower() not in self.schema]
        for name in absent:
            yield finding(self.file, name, "", "survey_design_absent")
        if absent or not self.design.psu:
            return
        for name in dict.fromkeys((*self.design.stratum, *self.design.psu)):
            missing = self.frame.select(self._column(name).is_null().sum()).collect().item()
            if missing:
                yield finding(self.file, name, "", "survey_design_missing", count=missing)
        yield from self._strata()

    def _strata(self) -> Iterator[Finding]:
        stratum = pl.concat_str(
            [self._column(c).cast(pl.String) for c in self.design.stratum] or [pl.lit("")], separator=" × "
        )
        psu = pl.concat_str([self._column(c).cast(pl.String) for c in self.design.psu], separator=" × ")
        pairs = self.frame.select(stratum.alias("stratum"), psu.alias("psu")).unique().drop_nulls().collect()
        column = ", ".join(self.design.psu)
        twice = pairs.group_by("psu").agg(pl.col("stratum").sort()).filter(pl.col("stratum").list.len() > 1).sort("psu")
        for cluster, strata in twice.head(FEW).iter_rows():
            yield finding(self.file, column, cluster, "survey_cluster_in_two_strata", strata=", ".join(strata))
        if self.name == self.files.description.household_file:
            single = pairs.group_by("stratum").len().filter(pl.col("len") == 1).sort("stratum")
            for value, _ in single.iter_rows():
                yield finding(self.file, ", ".join(self.design.stratum), value, "survey_single_cluster")

    def _weights(self) -> Iterator[Finding]:
        weights = Counter(
            node.name
            for recipe in self.files.book
            for part in recipe.parts
            if part.file == self.name
            for node in [part.weight]
            if isinstance(node, Variable)
        )
        for name in weights:
            if name in self.schema:
                yield from self._weight(name)

    def _weight(self, name: str) -> Iterator[Finding]:
        column, kind = self.schema[name]
        if not kind.is_numeric():
            yield finding(self.file, column, "", "survey_weight_text")
            return
        values = self.frame.select(pl.col(column).cast(pl.Float64)).collect().to_series()
        if values.null_count():
            yield finding(self.file, column, "", "survey_weight_missing", count=values.null_count())
        negative = values.filter(values < 0)
        if len(negative):
            yield finding(self.file, column, f"{negative[0]:g}", "survey_weight_negative", count=len(negative))
        positive = values.filter(values > 0)
        mean = positive.mean() if len(positive) else None
        if isinstance(mean, float) and not NORMALISED[0] <= mean <= NORMALISED[1]:
            yield finding(self.file, column, f"{mean:.4g}", "survey_weight_mean")

    def _keys(self) -> Iterator[Finding]:
        key = (*self.design.household, *self.design.line)
        if any(name.lower() not in self.schema for name in key):
            return
        is_household = self.name == self.files.description.household_file
        if is_household or self.design.line:
            yield from self._repeated(key if not is_household else self.design.household)
        if not is_household and self.files.description.household_file in self.files.present:
            yield from self._orphans()

    def _repeated(self, key: tuple[str, ...]) -> Iterator[Finding]:
        columns = [self._column(name).cast(pl.String).alias(name) for name in key]
        repeated = self.frame.select(columns).group_by(key).len().filter(pl.col("len") > 1).sort(key).collect()
        for *values, count in repeated.head(FEW).iter_rows():
            text = ", ".join(str(value).removesuffix(".0") for value in values)
            yield finding(self.file, ", ".join(key), text, "survey_duplicate_key", count=count)

    def _orphans(self) -> Iterator[Finding]:
        file = self.files.description.household_file
        there = self.files.description.design_of(file).household
        households = self.files.frame(file)
        spelled = {c.lower(): c for c in households.collect_schema().names()}
        if any(name.lower() not in spelled for name in there):
            return
        known = households.select(
            pl.col(spelled[name.lower()]).cast(pl.Float64).alias(str(i)) for i, name in enumerate(there)
        )
        own = self.frame.select(
            self._column(n).cast(pl.Float64).alias(str(i)) for i, n in enumerate(self.design.household)
        )
        orphans = own.join(known, on=[str(i) for i in range(len(there))], how="anti").collect()
        if orphans.height:
            first = ", ".join(f"{value:g}" for value in orphans.row(0))
            column = ", ".join(self.design.household)
            yield finding(self.file, column, first, "survey_orphan", count=orphans.height)

    def _labels(self) -> Iterator[Finding]:
        """Variables that recipes compare with numbers, and that hold words."""
        compared = _compared_with_numbers(self.files, self.name)
        words = [c for lower, (c, kind) in self.schema.items() if lower in compared and kind == pl.String]
        if not words:
            return
        shown = self.frame.select(
            pl.col(c).filter(pl.col(c).str.contains(r"[^\d\s.+-]")).first().alias(c) for c in words
        ).collect()
        for column in words:
            value = shown[column][0]
            yield finding(self.file, column, "" if value is None else value, "survey_labels_not_codes")


def _compared_with_numbers(files: SurveyFiles, name: str) -> frozenset[str]:
    from everychild.recipes.nodes import Between, Comparison, Membership, Number, walk

    found: set[str] = set()
    for recipe in files.book:
        for part in recipe.parts:
            if part.file != name:
                continue
            for tree in (part.universe, part.numerator, part.denominator):
                for node in walk(tree):
                    match node:
                        case Comparison(_, Variable(variable), Number()) | Between(Variable(variable), Number(), _):
                            found.add(variable)
                        case Membership(Variable(variable), (Number(), *_)):
                            found.add(variable)
    return frozenset(found)


def _variables(files: SurveyFiles, usable: list[str]) -> Iterator[Finding]:
    """Variables that recipes need and a file lacks, with the name that is likely meant."""
    needed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in usable:
        by_recipe: Mapping[str, Recipe] = files.book.recipes
        for recipe in by_recipe.values():
            wanted = frozenset().union(*(part.variables for part in recipe.parts if part.file == name))
            for variable in files.lacking(name, wanted):
                needed[name, variable].append(recipe.code)
    for (name, variable), codes in needed.items():
        columns = list(files.columns(name).values())
        near = _near(variable, columns)
        yield finding(
            files.path(name).name, variable.upper(), "", "survey_variable_absent",
            count=len(codes), recipes=", ".join(codes[:FEW]), near=", ".join(near) or "?",
        )  # fmt: skip


def _near(variable: str, columns: list[str]) -> list[str]:
    lower = {column.lower(): column for column in columns}
    return [lower[name] for name in get_close_matches(variable, list(lower), n=2, cutoff=0.75)]
