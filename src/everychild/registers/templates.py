"""The workbook that people fill in for a table of a register: one sheet of data, one that explains it, one of codes.

The data stand on the first sheet under one row of headers, because `read_upload` reads that sheet; what a column holds
is told in a comment, when one of its cells is chosen, and on the second sheet. The codes are on a sheet of their own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from everychild.registers.columns import Column, label, labels
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.language import Language, format_number

ROWS: Final = 50_000
"""Rows whose cells are formatted and offer their codes."""
NUMBERS: Final = ("whole", "number")
SHEETS: Final = ("sheet_data", "sheet_about", "sheet_codes")
WORDS: Final = "templates"
"""The table of labels that holds the words of the workbook itself, and of columns that need more than their kind."""
_LONG: Final = frozenset({"title_kk", "title_ru", "title_en", "text_kk", "text_ru", "text_en", "Text", "note", "link"})
_AREAS: Final = frozenset({"area", "region"})
_TITLE_MOST, _MESSAGE_MOST = 32, 255
"""What Excel shows of a note on the chosen cell."""
Names = Mapping[str, Mapping[str, str]]


def workbook(
    register: str,
    table: str,
    columns: Sequence[Column],
    language: Language,
    *,
    names: Names | None = None,
    rows: Iterable[Mapping[str, Any]] = (),
) -> bytes:
    """The XLSX to fill in, headers in one language. `names` says codes in words, by column; `rows` fill it beforehand.

    Places are named without it.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        data, about, codes = (book.add_worksheet(_word(name, language)) for name in SHEETS)
        ranges = _codes_sheet(book, codes, register, table, columns, language, names or {})
        _data_sheet(book, data, register, table, columns, language, ranges)
        _about_sheet(book, about, register, table, columns, language)
        for number, row in enumerate(rows, 1):
            _write(data, number, columns, row)
    return buffer.getvalue()


def hint(register: str, table: str, column: Column, language: Language) -> str:
    """What a cell of the column holds: a sentence of the table of hints, else what follows from its kind."""
    told = labels(WORDS).get((f"{register}.{table}", column.name)) or labels(WORDS).get(("any", column.name))
    sentence = told[language] if told else _word(column.kind, language)
    bounds = {"least": column.least, "most": column.most}
    limits = [f"{_word(name, language)} {_plain(at, language)}" for name, at in bounds.items() if at is not None]
    return f"{sentence} ({', '.join(limits)})" if limits else sentence


def _plain(value: float, language: Language) -> str:
    """Years are not grouped."""
    return str(int(value)) if 1000 <= value <= 9999 else format_number(value, language)


def _word(name: str, language: Language) -> str:
    return label(WORDS, "workbook", name, language)


def _data_sheet(
    book: Any, sheet: Any, register: str, table: str, columns: Sequence[Column], language: Language,
    ranges: Mapping[str, str],
) -> None:  # fmt: skip
    head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    plain, needed = book.add_format(head), book.add_format(head | {"bg_color": "#FFF0C2"})
    text = book.add_format({"num_format": 49})  # Excel's own "text"
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        title, told = label(register, table, column.name, language), hint(register, table, column, language)
        sheet.write_string(0, place, title, needed if column.required else plain)
        sheet.write_comment(0, place, _comment(column, told, language), {"x_scale": 2})
        # Codes and dates are text: a spreadsheet would make 261.01 of 261.010 and a day of 2024-06.
        sheet.set_column(place, place, 40 if column.name in _LONG else 16, None if column.kind in NUMBERS else text)
        shown = {"input_title": title[:_TITLE_MOST], "input_message": told[:_MESSAGE_MOST], "error_type": "warning"}
        # A list or limit warns and does not forbid: the check has the last word, and says why in three languages.
        sheet.data_validation(1, place, ROWS, place, _rule(column, ranges, language) | shown)


def _comment(column: Column, told: str, language: Language) -> str:
    must = _word("required" if column.required else "optional", language)
    return f"{must}\n{told}\n{column.name}"


def _rule(column: Column, ranges: Mapping[str, str], language: Language) -> dict[str, Any]:
    if column.name in ranges:
        return {"validate": "list", "source": ranges[column.name]}
    if column.kind == "yes_no":
        return {"validate": "list", "source": [_word("yes", language), _word("no", language)]}
    return {"validate": "any"}


def _about_sheet(
    book: Any, sheet: Any, register: str, table: str, columns: Sequence[Column], language: Language
) -> None:
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 1, 14, wrapped)
    sheet.set_column(2, 2, 70, wrapped)
    sheet.set_column(3, 3, 24, wrapped)
    sheet.write_string(0, 0, label(register, table, "", language), book.add_format({"bold": True, "font_size": 14}))
    for number, line in enumerate(("how_fill", "how_rows", "how_header"), 2):
        sheet.merge_range(number, 0, number, 3, _word(line, language), wrapped)
        sheet.set_row(number, 32)
    start = 6
    for place, name in enumerate(("column", "must", "holds", "name")):
        sheet.write_string(start, place, _word(name, language), bold)
    for number, column in enumerate(columns, start + 1):
        sheet.write_string(number, 0, label(register, table, column.name, language), wrapped)
        sheet.write_string(number, 1, _word("yes" if column.required else "no", language), wrapped)
        sheet.write_string(number, 2, hint(register, table, column, language), wrapped)
        sheet.write_string(number, 3, column.name, wrapped)


def _codes_sheet(
    book: Any, sheet: Any, register: str, table: str, columns: Sequence[Column], language: Language, names: Names
) -> dict[str, str]:
    """Writes two columns, code and name, for each column of codes; returns the cells of the codes."""
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    ranges = {}
    for number, column in enumerate(c for c in columns if c.kind == "code" and c.codes):
        place = 2 * number
        sheet.write_string(0, place, label(register, table, column.name, language), bold)
        sheet.write_string(0, place + 1, _word("meaning", language), bold)
        sheet.set_column(place, place, 16)
        sheet.set_column(place + 1, place + 1, 40)
        listed = _named(column, names.get(column.name, {}), language)
        for row, (code, name) in enumerate(listed, 1):
            sheet.write_string(row, place, code)
            sheet.write_string(row, place + 1, name)
        letter = xl_col_to_name(place)
        ranges[column.name] = f"='{_word('sheet_codes', language)}'!${letter}$2:${letter}${len(listed) + 1}"
    return ranges


def _named(column: Column, names: Mapping[str, str], language: Language) -> list[tuple[str, str]]:
    """Codes with their names, in their own order; a set of them, which has none, by code."""
    codes = list(column.codes) if isinstance(column.codes, Sequence) else sorted(column.codes)
    if column.name in _AREAS:
        return [(code, gazetteer()[code].name[language]) for code in codes]
    return [(code, names.get(code, "")) for code in codes]


def _write(sheet: Any, number: int, columns: Sequence[Column], row: Mapping[str, Any]) -> None:
    for place, column in enumerate(columns):
        value = row.get(column.name)
        if value is None or value == "":
            continue
        if column.kind in NUMBERS:
            sheet.write_number(number, place, value)
        else:
            sheet.write_string(number, place, str(value))
