"""Rules that look at files, headers, units and labels of an Open SDG repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median_low
from typing import Final

import polars as pl

from everychild.exchange.ledger import finding
from everychild.vocabulary.areas import Gazetteer
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language

YEARS_BEHIND: Final = 3
"""A file that ends so many years before the others of its goal has stopped; one or two years are ordinary delay."""
FILES_TO_COMPARE: Final = 3


def header_defects(file: str, header: Sequence[str]) -> Iterator[Finding]:
    """Columns without a name: trailing commas of 3.1.2, 3.7.2, 1.4.2, 5.5.2."""
    empty = sum(not name for name in header)
    if empty:
        yield finding(file, "empty_header", 1, value=str(empty))


def header_errors(file: str, header: Sequence[str], roles: Mapping[str, str]) -> list[Finding]:
    """What makes a whole file unreadable: no year, no value, a column twice."""
    names = [name.lower() for name in header if name]
    found = [finding(file, "repeated_column", 1, n, n) for n in sorted({n for n in names if names.count(n) > 1})]
    have = [roles.get(name, "") for name in names]
    labels = {"period": "Year", "value": "Value"}
    return found + [
        finding(file, "missing_column", 1, label, label) for role, label in labels.items() if role not in have
    ]


def unit_absent(file: str, header: Sequence[str], roles: Mapping[str, str], units: Iterable[str]) -> Iterator[Finding]:
    """No column of units: 3.1.1. The unit is the one that the mapping has from the title."""
    if not any(roles.get(name.lower()) == "unit" for name in header):
        yield finding(file, "unit_from_map", 1, "UNIT_MEASURE", unit=", ".join(sorted(set(units))))


def unit_against_title(
    cells: pl.DataFrame, column: str, units_of: Mapping[str, frozenset[str]]
) -> tuple[list[Finding], pl.DataFrame]:
    """A unit that is not the one of the title: 16.2.2 says PERSONS and holds rates per 100,000.

    Returns the findings, and file and row of the cells whose unit was replaced.
    """
    pairs = cells.filter(pl.col("unit") != "").group_by("file", "unit", "map_unit", maintain_order=True).agg(
        pl.col("row").min().alias("first"), pl.len().alias("rows")
    )  # fmt: skip
    found, wrong = [], []
    for file, unit, expected, row, rows in pairs.iter_rows():
        if expected not in units_of.get(unit, frozenset()):
            found.append(finding(file, "unit_against_title", row, column, unit, unit=expected, rows=str(rows)))
            wrong.append((file, unit, expected))
    schema = {"file": pl.String, "unit": pl.String, "map_unit": pl.String}
    table = pl.DataFrame(wrong, schema=schema, orient="row")
    return found, cells.join(table, on=list(schema), how="semi").select("file", "row")


def unit_of_metadata(
    name: str, fields: Mapping[str, str], units: Iterable[str], units_of: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Metadata (`computation_units: UNIT_MEASURE.PT`) that name another unit than the title."""
    unit = fields.get("computation_units", "").removeprefix("UNIT_MEASURE.")
    expected = sorted(set(units))
    if unit in units_of and not units_of[unit].intersection(expected):
        yield finding(name, "unit_of_metadata", None, "computation_units", unit, unit=", ".join(expected))


def series_stops(last_years: Mapping[str, int]) -> Iterator[Finding]:
    """A file that ends years before the others of its goal: 3.2.1, 3.2.2, 3.4.2, 3.6.1 end in 2019, health in 2023."""
    for file, last in last_years.items():
        others = [year for other, year in last_years.items() if other != file and _goal(other) == _goal(file)]
        if len(others) < FILES_TO_COMPARE:
            others = [year for other, year in last_years.items() if other != file]
        if len(others) >= FILES_TO_COMPARE and median_low(others) - last >= YEARS_BEHIND:
            yield finding(file, "series_stops", column="Year", value=str(last), others=str(median_low(others)))


def _goal(file: str) -> str:
    match = re.match(r"indicator_(\d+)-", file)
    return match[1] if match else file


def total_label_names_children(
    file: str, labels: Mapping[Language, Mapping[str, str]], words: Sequence[str]
) -> Iterator[Finding]:
    """The total of SEX labelled «Boys and Girls», though adults are counted with it too: translations/en/SEX.yml."""
    for language, texts in labels.items():
        label = texts.get("_T", "")
        if any(re.search(rf"\b{re.escape(word.lower())}", label.lower()) for word in words):
            yield finding(file.format(language), "total_label_names_children", column="_T", value=label)


def code_of_another_area(
    file: str, labels: Mapping[Language, Mapping[str, str]], country: str, areas: Gazetteer
) -> Iterator[Finding]:
    """An office code whose letters are the former ISO code of another area: KZYUZ is Turkistan, KZ-YUZ was South
    Kazakhstan; a reader who takes the letters for the code mixes the two."""
    for language, texts in labels.items():
        for code in texts:
            area = areas.by_office_code(country, code)
            letters = f"{code[:2]}-{code[2:]}"
            other = letters if letters in areas else ""
            if area and other and other != area.code:
                yield finding(
                    file.format(language), "code_of_another_area", column=code, value=code,
                    area=_called(areas, area.code, language), other=_called(areas, other, language),
                )  # fmt: skip


def _called(areas: Gazetteer, code: str, language: Language) -> str:
    return f"{areas[code].name[language]} ({code})"


def label_of_another_area(
    file: str, labels: Mapping[Language, Mapping[str, str]], country: str, areas: Gazetteer
) -> Iterator[Finding]:
    """A code labelled with the name of another area of the country."""
    for language, texts in labels.items():
        names = {a.name[language].casefold(): a.code for a in areas if a.parent == country}
        for code, label in texts.items():
            area, named = areas.by_office_code(country, code), names.get(label.strip().casefold(), "")
            if area and named and named != area.code:
                yield finding(
                    file.format(language), "label_of_another_area", column=code, value=label, code=code,
                    other=_called(areas, named, language),
                )  # fmt: skip
