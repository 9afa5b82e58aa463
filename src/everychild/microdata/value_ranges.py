"""Values that a variable cannot have: a z-score of 99.99 that its flag calls sound, a child of -5 months, a year
where a century month should stand.

Recipes compare numbers, so that such a value gives a wrong figure and no sign of it. Which values a variable can have
stands in definitions/recipes/value_ranges.csv; countries that date by a calendar of their own are excepted from the
century months. A code that means no answer is no such value, whether the table, a label or a declaration of the file
says so, unless a flag of the file vouches for the row: recipes count what the flag calls sound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import polars as pl

from everychild.microdata.file_checks import ROW, FileChecks
from everychild.microdata.located import finding, plain
from everychild.microdata.survey_files import SurveyFiles
from everychild.microdata.variables import VariableWords
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

COLUMNS: Final = (
    "layout", "files", "variable", "lowest", "highest", "codes", "flag", "except_countries", "name_en", "name_ru",
    "name_kk", "unreviewed",
)  # fmt: skip
Limits = tuple[float, float]


@dataclass(frozen=True)
class ValueRange:
    """What a variable (lower case) of a file can hold: numbers within `limits` and codes for no answer. `flag`: the
    variable that is 0 where the value is sound; others are not looked at."""

    variable: str
    limits: Limits
    codes: tuple[Limits, ...]
    flag: str
    except_countries: tuple[str, ...]
    name: LocalText


@cache
def value_ranges(layout: str, file: str) -> tuple[ValueRange, ...]:
    """The ranges of the variables of a file of a kind of survey."""
    found = []
    for place, row in read_table(definitions_folder() / "recipes" / "value_ranges.csv", COLUMNS):
        if row["layout"] == layout and file in _parts(row["files"]):
            limits = (_number(place, row, "lowest"), _number(place, row, "highest"))
            codes = tuple(_limits(place, row, text) for text in _parts(row["codes"]))
            exceptions = tuple(_parts(row["except_countries"]))
            name = LocalText.from_row(row)
            found.append(ValueRange(row["variable"].lower(), limits, codes, row["flag"].lower(), exceptions, name))
    return tuple(found)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _number(place: Place, row: dict[str, str], column: str) -> float:
    try:
        return float(row[column])
    except ValueError:
        raise WrongDefinition(replace(place, column=column), "not_a_number", row[column]) from None


def _limits(place: Place, row: dict[str, str], text: str) -> Limits:
    low, _, high = text.partition("-")
    try:
        return float(low), float(high or low)
    except ValueError:
        raise WrongDefinition(replace(place, column="codes"), "not_a_number", row["codes"]) from None


def impossible_values(files: SurveyFiles, name: str, read: Collection[str] | None = None) -> Iterator[Finding]:
    """A finding for each variable of a file with impossible values: how many, and the first. `read`: of these variables
    only (lower case). One reading of the file for all of them."""
    country = files.description.country
    wanted = [
        each for each in value_ranges(files.description.layout, name)
        if (read is None or each.variable in read) and country not in each.except_countries
    ]  # fmt: skip
    if not wanted:
        return
    checks = FileChecks(files, name)
    outside = {each: _outside(checks, each) for each in wanted if _is_number(checks, each.variable)}
    if not outside:
        return
    aggregates = []
    for each, odd in outside.items():
        value = checks.column(each.variable)
        aggregates += [
            odd.sum().alias(f"count:{each.variable}"), pl.col(ROW).filter(odd).min().alias(f"row:{each.variable}"),
            value.filter(odd).first().alias(f"value:{each.variable}"),
        ]  # fmt: skip
    told = checks.numbered().select(aggregates).collect().row(0, named=True)
    for each in outside:
        count, row, value = (told[f"{what}:{each.variable}"] for what in ("count", "row", "value"))
        if count:
            yield _found(checks, each, count, row, value)


def _found(checks: FileChecks, each: ValueRange, count: int, row: int, value: object) -> Finding:
    lowest, highest = (plain(limit) for limit in each.limits)
    named = {f"what_{language}": each.name[language] for language in LANGUAGES}
    column = checks.schema[each.variable][0]
    return finding(
        checks.file, column, plain(value), "survey_value_impossible", row,
        count=count, lowest=lowest, highest=highest, **named,
    )  # fmt: skip


def _is_number(checks: FileChecks, variable: str) -> bool:
    return variable in checks.schema and checks.schema[variable][1].is_numeric()


def _outside(checks: FileChecks, each: ValueRange) -> pl.Expr:
    """Whether the value of a row is none that the variable can have; missing values are not."""
    value = checks.column(each.variable).cast(pl.Float64)
    odd = ~value.is_between(*each.limits)
    if _is_number(checks, each.flag):
        sound = checks.column(each.flag) == 0
        return (odd & sound).fill_null(False)
    words = checks.files.words(checks.name).get(each.variable, VariableWords())
    silent = [code for code in (*words.values, *words.missing) if isinstance(code, float)]
    ranges = [*each.codes, *((told.low, told.high) for told in (words.missing_range,) if told is not None)]
    for low, high in ranges:
        odd = odd & ~value.is_between(low, high)
    return (odd & ~value.is_in(silent)).fill_null(False)
