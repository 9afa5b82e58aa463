"""The workbook that a body fills in: the columns of a tidy table, lists to choose from, and all codes on a sheet.

Headers are the names of the observation schema, because `everychild load --as tidy` reads those; what each column means
stands beside its cells in the language of the account.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country, site_country
from everychild.registers.submissions.files import CODES_SHEET
from everychild.vocabulary.ages import parse_age
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.vocabulary.periods import parse_period
from everychild.website.texts import say

COLUMNS: Final = (
    "indicator", "area", "period", "sex", "age", "residence", "value", "lower", "upper", "interval", "n", "status",
    "source", "note",
)  # fmt: skip
NUMBERS: Final = ("value", "lower", "upper", "n")
AGES: Final = (
    "D0T27", "M0T5", "M0T11", "M6T23", "M12T23", "M0T59", "Y0T4", "Y0T17", "Y1T4", "Y2T4", "Y3T4", "Y5T9", "Y5T14",
    "Y5T17", "Y6T17", "Y10T14", "Y10T17", "Y10T19", "Y15T17", "Y15T19", "Y15T24", "Y18T24", "Y20T24", "Y15T49",
    "Y_GE15", "Y_GE18",
)  # fmt: skip
"""Age groups that children's statistics use most; others follow the same grammar and may be typed."""
ROWS: Final = 5_000
"""Rows with lists to choose from."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Codes = Sequence[tuple[str, str]]


def template(language: Language, indicator: str = "", period: str = "") -> bytes:
    """The XLSX; with an indicator its rows for the country and each region of that time are filled but for the value.

    Raises ValueError for what is no period.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("figures")
        codes = book.add_worksheet(CODES_SHEET)
        ranges = _codes_sheet(book, codes, codes_of(language), language)
        _figures_sheet(book, sheet, ranges, language)
        if indicator:
            on = parse_period(period).end if period else date.today()
            for row, (area, _) in enumerate(areas_of(language, on), start=1):
                sheet.write_row(row, 0, [indicator, area, period])
    return buffer.getvalue()


def codes_of(language: Language) -> dict[str, Codes]:
    """Codes and names by column, in the order to choose from."""
    indicators = catalogue().indicators.values()
    unit = code_list("unit")
    sources = country(site_country()).sources.values()
    listed: dict[str, Codes] = {
        name: [(code.code, code.name[language]) for code in code_list(name) if code.code != "_T"]
        for name in ("sex", "residence", "interval", "status")
    }
    return {
        "indicator": [(i.code, f"{i.name[language]} ({unit.label(i.unit, language)})") for i in indicators],
        "area": areas_of(language, date.today()),
        **listed,
        "age": [(code, parse_age(code).label(language)) for code in AGES],
        "source": [(source.code, source.short_name[language]) for source in sources],
    }


def areas_of(language: Language, on: date) -> list[tuple[str, str]]:
    """The country, then its regions and cities of that day by name."""
    areas, home = gazetteer(), site_country()
    regions = areas.sorted_by_name((area.code for area in areas.regions(home, on)), language)
    return [(code, areas[code].name[language]) for code in (home, *regions)]


def _figures_sheet(book: Any, sheet: Any, ranges: Mapping[str, str], language: Language) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        label, hint = say(f"desk.tidy.{column}", language), say(f"desk.tidy.help.{column}", language)
        sheet.write_string(0, place, column, bold)
        sheet.write_comment(0, place, f"{label}\n{hint}", {"x_scale": 1.6})
        # Codes are text: a spreadsheet would make a date of 2015/16.
        sheet.set_column(place, place, 22 if column in ("indicator", "note") else 12,
                         None if column in NUMBERS else text)  # fmt: skip
        # A list warns and does not forbid: other age groups follow the same grammar, and the check has the last word.
        rule = {"validate": "list", "source": ranges[column]} if column in ranges else {"validate": "any"}
        told = {"input_title": label[:32], "input_message": hint[:255], "error_type": "warning"}
        sheet.data_validation(1, place, ROWS, place, rule | told)


def _codes_sheet(
    book: Any, sheet: Any, codes: Mapping[str, Iterable[tuple[str, str]]], language: Language
) -> dict[str, str]:
    """Writes two columns for each list; returns the cells of its codes."""
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    ranges = {}
    for number, (column, rows) in enumerate(codes.items()):
        listed, place = list(rows), 2 * number
        sheet.write_string(0, place, column, bold)
        sheet.write_string(0, place + 1, say(f"desk.tidy.{column}", language), bold)
        sheet.set_column(place, place, 14)
        sheet.set_column(place + 1, place + 1, 34)
        for row, (code, name) in enumerate(listed, start=1):
            sheet.write_string(row, place, code)
            sheet.write_string(row, place + 1, name)
        letter = xlsxwriter.utility.xl_col_to_name(place)
        ranges[column] = f"='{CODES_SHEET}'!${letter}$2:${letter}${len(listed) + 1}"
    return ranges
