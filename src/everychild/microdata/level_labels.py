"""Codes whose label in the file is the name of another group than the one that the program puts them in.

The standard breakdowns know codes by the questionnaire of their kind of survey: 1 is urban. A file in which 1 is
labelled "Rural", or wealth counts from the richest, gives every number to the wrong group, and nothing else shows it.
Only what is certain is told: a label that is the name of no group ("Other urban") says nothing, and no label is guessed
from its likeness to a name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import polars as pl

from everychild.microdata.description import OwnBreakdown, SurveyDescription
from everychild.microdata.expected_types import standard_breakdowns
from everychild.microdata.located import finding, first_row
from everychild.microdata.reading import DataFile
from everychild.microdata.survey_files import SurveyFiles
from everychild.microdata.variables import VariableWords
from everychild.recipes.groups import FileBreakdown, Level, own_breakdown
from everychild.recipes.sql import to_sql
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.tables import definitions_folder, read_table

_SIGNS: Final = re.compile(r"[\W_]+")
ROW: Final = "row of the file"


@dataclass(frozen=True)
class Contradiction:
    """A code whose label names the group `named`; the program has it in `called`, or in no group."""

    code: float | str
    label: str
    named: Level
    called: Level | None


def level_label_findings(files: SurveyFiles, name: str, asked: Collection[str] | None = None) -> list[Finding]:
    """Contradictions of one file of a survey: errors for the standard breakdowns, warnings for those that the
    description defines. `asked`: of these breakdowns only."""
    if asked is not None and not asked:
        return []
    words = files.words(name)
    if not any(each.values for each in words.values()):
        return []  # CSV and Parquet have no labels
    file = replace(files.raw(name), frame=files.frame(name), words=words)
    return contradictions_of(files.description, name, file, asked)


def contradictions_of(
    description: SurveyDescription, name: str, file: DataFile, asked: Collection[str] | None = None
) -> list[Finding]:
    """The same for a file whose words stand by lower-case standard names and whose frame has standard names."""
    found: list[Finding] = []
    wanted = _standard(description, name, asked)
    columns = file.columns if wanted or description.breakdowns else {}
    for variable, breakdowns in wanted.items():
        if variable in columns and file.words.get(variable, VariableWords()).values:
            found += _of_standard(description, name, file, variable, breakdowns)
    for own in description.breakdowns:
        variable = own.variable.get(name, own.variable.get("*", "")).lower()
        if variable in columns and own.levels and (asked is None or own.code in asked):
            found += _of_own(description, file, own, variable)
    return found


def _standard(description: SurveyDescription, name: str, asked: Collection[str] | None) -> dict[str, list[str]]:
    """Variable → codes of the standard breakdowns by it, but for those that the description has defined anew."""
    own = {each.code for each in description.breakdowns}
    found: dict[str, list[str]] = {}
    for code, each in standard_breakdowns(description.layout, name).items():
        if code not in own and (asked is None or code in asked):
            found.setdefault(each.variable, []).append(code)
    return found


def _of_standard(
    description: SurveyDescription, name: str, file: DataFile, variable: str, breakdowns: Sequence[str]
) -> Iterator[Finding]:
    """Of all breakdowns by a variable those names count: "Richest" for code 1 makes the poorest 40 percent wrong, too,
    which has no such group."""
    standard = standard_breakdowns(description.layout, name)
    by_variable = [each for each in standard.values() if each.variable == variable]
    values = file.words[variable].values
    told: dict[float | str, Contradiction] = {}
    for breakdown in by_variable:
        for each in contradictions(values, breakdown):
            told.setdefault(each.code, each)
    for each in told.values():
        called = replace(each, called=_levels(standard[breakdowns[0]], [each.code])[0])
        rule = "survey_level_label_in_no_group" if called.called is None else "survey_level_label_differs"
        yield from _located(file, variable, ", ".join(breakdowns), called, rule)


def _of_own(description: SurveyDescription, file: DataFile, own: OwnBreakdown, variable: str) -> Iterator[Finding]:
    """What a description says is a decision, so that its contradictions forbid nothing; labels of real regions are
    looked at in region_checks."""
    from everychild.microdata.region_labels import regions_of  # and the gazetteer, which few estimates need

    if any(level.dimension == "area" for _, level in own.levels) and regions_of(description):
        return
    words = file.words.get(variable, VariableWords())
    for each in contradictions(words.values, own_breakdown(own.code, variable, own.levels)):
        if each.called is not None:
            yield from _located(file, variable, own.code, each, "survey_own_level_label_differs")


def contradictions(values: Mapping[float | str, str], breakdown: FileBreakdown) -> list[Contradiction]:
    """Codes of a variable, in their order, whose label is a name of another group of a breakdown than theirs."""
    names: dict[str, set[Level]] = {}
    for level in breakdown.levels:
        for text in (*(level.name[language] for language in LANGUAGES), *level_labels().get(level.level, ())):
            names.setdefault(folded(text), set()).add(level)
    named = {code: names[folded(label)] for code, label in values.items() if folded(label) in names}
    sure = {code: next(iter(levels)) for code, levels in named.items() if len(levels) == 1}
    called = _levels(breakdown, list(sure))
    return [
        Contradiction(code, values[code], level, now)
        for (code, level), now in zip(sure.items(), called, strict=True)
        if level != now
    ]


def _levels(breakdown: FileBreakdown, codes: Sequence[float | str]) -> list[Level | None]:
    """The groups of codes; None for a code that is in none."""
    numbers: dict[float | str, int] = {}
    meaning = pl.sql_expr(to_sql(breakdown.code, {breakdown.variable: breakdown.variable}))
    for kind in (float, str):
        those = [code for code in codes if isinstance(code, kind)]
        try:
            found = pl.DataFrame({breakdown.variable: those}).select(meaning).to_series().to_list() if those else []
        except pl.exceptions.PolarsError:  # texts where the breakdown has numbers, or the other way round: no group
            found = [0] * len(those)
        numbers.update(zip(those, map(int, found), strict=True))
    return [breakdown.levels[numbers[code] - 1] if numbers[code] else None for code in codes]


def _located(file: DataFile, variable: str, breakdown: str, each: Contradiction, rule: str) -> Iterator[Finding]:
    """The finding with the first row of the code; nothing when no row has it."""
    column = file.columns[variable]
    rows = file.frame.select(pl.col(column)).with_row_index(ROW, offset=first_row(file.path))
    same = pl.col(column).cast(pl.Float64, strict=False) == each.code
    if isinstance(each.code, str):
        same = pl.col(column).cast(pl.String) == each.code
    count, first = rows.filter(same).select(pl.len(), pl.col(ROW).min().alias("first")).collect().row(0)
    if not count:
        return
    code = f"{each.code:g}" if isinstance(each.code, float) else each.code
    told = {"code": code, "count": count, "breakdown": breakdown}
    for language in LANGUAGES:
        told[f"named_{language}"] = each.named.name[language]
        told[f"called_{language}"] = each.called.name[language] if each.called is not None else ""
    yield finding(file.path.name, column, each.label, rule, first, **told)


@cache
def level_labels() -> Mapping[str, tuple[str, ...]]:
    """Level → what files call it besides its name."""
    table = definitions_folder() / "recipes" / "level_labels.csv"
    found: dict[str, list[str]] = {}
    for _, row in read_table(table, ("level", "language", "label", "unreviewed")):
        found.setdefault(row["level"], []).append(row["label"])
    return {level: tuple(labels) for level, labels in found.items()}


def folded(text: str) -> str:
    """A label without what tells no two names apart: capitals, signs and blanks, and the dots of ё."""
    return _SIGNS.sub(" ", text.casefold().replace("ё", "е")).strip()
