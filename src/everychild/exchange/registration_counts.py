"""Counts of deaths and births from a tidy table (.csv, .xlsx): one row for each area, year and sex.

Columns: area, year, deaths, births; sex and indicator where the table has them. Offices often publish the rate and not
the deaths: a column `rate` in their place gives them back, where rate and births make one whole number of deaths. Every
cell that is no count is a finding with its row; a row with one is never used, and a table with an error gives no rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import Final

from everychild.catalogue.rate_bases import base_of
from everychild.exchange.delimited import open_delimited
from everychild.exchange.ledger import finding
from everychild.exchange.limits import MAX_FILE
from everychild.exchange.numerals import judge_number
from everychild.exchange.workbooks import read_workbook
from everychild.methods.registration import Count
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.findings import DataRefused, Finding
from everychild.vocabulary.periods import FIRST_YEAR, LAST_YEAR

NEEDED: Final = ("area", "year", "deaths", "births")
OPTIONAL: Final = ("sex", "indicator", "rate")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb")
BOTH: Final = "_T"
Row = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class RegistrationCounts:
    """Counts of one table in the order of the file, and what was found in it (no errors)."""

    file: Path
    counts: tuple[Count, ...]
    findings: tuple[Finding, ...]


def read_counts(path: Path, indicator: str = "") -> RegistrationCounts:
    """Read a table of counts. `indicator`: what all rows are about when the table does not say.

    Raises DataRefused with every error of the table.
    """
    name = path.name
    found: list[Finding] = []
    counts: list[Count] = []
    seen: dict[tuple[str, str, int, str], int] = {}
    for row, cells in _rows(path, name, bool(indicator), found):
        count = _count(name, row, cells, indicator, found)
        if count is None:
            continue
        key = (count.indicator, count.area, count.year, count.sex)
        if key in seen:
            shown = " ".join(str(part) for part in key if part != BOTH)
            found.append(finding(name, "counts_twice", row, "area", shown, first=str(seen[key])))
        seen.setdefault(key, row)
        counts.append(count)
    if not counts and not any(f.severity == "error" for f in found):
        found.append(finding(name, "no_figures", value=name))
    if any(f.severity == "error" for f in found):
        raise DataRefused(sorted(found, key=lambda f: f.severity != "error"))
    return RegistrationCounts(path, tuple(counts), tuple(found))


def _rows(path: Path, name: str, told: bool, found: list[Finding]) -> Iterator[Row]:
    if not path.is_file():
        raise DataRefused(
            [finding(name, "file_unreadable", value="is a folder" if path.is_dir() else "does not exist")]
        )
    if path.suffix.lower() in WORKBOOKS:
        sheet = read_workbook(path, name)
        header = _header(sheet.header, name, told)
        for row, cells in zip(sheet.rows, sheet.cells.iter_rows(), strict=True):
            yield row, {column: cells[i].strip() for column, i in header.items()}
        return
    try:
        opened = open_delimited(path, name, frozenset((*NEEDED, *OPTIONAL)), MAX_FILE)
    except DataRefused as refused:
        if [f.rule for f in refused.findings] != ["unknown_header"]:
            raise
        _header([], name, told)  # says which columns are wanted here; the general words name those of other tables
        raise
    header = _header(opened.header, name, told)
    for block in opened.blocks():
        for broken in block.broken:
            more = {"cells": str(broken.cells), "expected": str(len(opened.header))}
            found.append(finding(name, broken.rule, broken.row, "", broken.text, **more))
        for row, cells in zip(block.rows, block.cells.iter_rows(), strict=True):
            yield row, {column: cells[i].strip() for column, i in header.items()}


def _header(names: list[str], name: str, told: bool) -> dict[str, int]:
    plain = [column.strip().lower() for column in names]
    columns = [c for c in NEEDED if c != "deaths" or "rate" not in plain]
    needed = columns if told else [*columns, "indicator"]
    wrong = [finding(name, "missing_column", 1, column, column) for column in needed if column not in plain]
    wrong += [finding(name, "repeated_column", 1, c, c) for c in sorted(set(plain)) if c and plain.count(c) > 1]
    if wrong:
        raise DataRefused(wrong)
    return {column: plain.index(column) for column in (*NEEDED, *OPTIONAL) if column in plain}


def _count(name: str, row: int, cells: Mapping[str, str], indicator: str, found: list[Finding]) -> Count | None:
    before = len(found)
    area, sex = cells["area"], cells.get("sex") or BOTH
    if area not in gazetteer():
        found.append(finding(name, "unknown_area", row, "area", area))
    if sex not in code_list("sex"):
        found.append(finding(name, "unknown_code", row, "sex", sex))
    year = _whole(name, row, "year", cells["year"], found)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        found.append(finding(name, "bad_period", row, "year", cells["year"]))
    births = _whole(name, row, "births", cells["births"], found) if cells["births"] else None
    if "deaths" in cells:
        deaths = _whole(name, row, "deaths", cells["deaths"], found)
    else:
        deaths = _deaths_of_rate(name, row, cells["rate"], births, cells.get("indicator") or indicator, found)
    if births is not None and deaths is not None and deaths > births:
        found.append(finding(name, "counts_deaths_above_births", row, "deaths", str(deaths), births=str(births)))
    if any(f.severity == "error" for f in found[before:]) or year is None or deaths is None:
        return None
    if births is None or births == 0:
        found.append(finding(name, "counts_births_missing", row, "births", f"{area} {year}"))
    return Count(cells.get("indicator") or indicator, area, year, sex, deaths, births or None, row)


def _deaths_of_rate(
    name: str, row: int, text: str, births: int | None, indicator: str, found: list[Finding]
) -> int | None:
    """Deaths that a published rate tells of, when only one whole number of them gives it as it was rounded."""
    judged = judge_number(text)
    if judged.value is None or judged.value < 0:
        found.append(finding(name, judged.rule or "negative_rate", row, "rate", text))
        return None
    if not births:
        found.append(finding(name, "counts_rate_without_births", row, "births", text))
        return None
    half = 0.5 * 10.0 ** -len(text.strip().partition(".")[2])
    base = base_of(indicator)
    low, high = ((judged.value + sign * half) * births / base for sign in (-1, 1))
    whole = [d for d in range(max(0, floor(low)), floor(high) + 1) if low <= d <= high]
    if len(whole) == 1:
        return whole[0]
    told = {"births": str(births), "deaths": f"{judged.value * births / base:.2f}"}
    found.append(finding(name, "counts_rate_of_no_deaths", row, "rate", text, **told))
    return None


def _whole(name: str, row: int, column: str, text: str, found: list[Finding]) -> int | None:
    judged = judge_number(text)
    if judged.value is None or judged.value < 0 or judged.value % 1:
        found.append(finding(name, "counts_not_whole", row, column, text))
        return None
    return int(judged.value)
