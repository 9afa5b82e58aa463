"""Filling in a template as a person does it in a spreadsheet: rows under the header of the very file that went out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO

from xlsxwriter.utility import xl_col_to_name


def filled(template: bytes, columns: Sequence[str], *rows: Mapping[str, str | int]) -> bytes:
    """The workbook with these rows on its first sheet, everything else of it untouched.

    openpyxl is no dependency, and it would write the file anew; this changes nothing but the cells.
    """
    made = "".join(_row(number, columns, row) for number, row in enumerate(rows, 2))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(template)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content, count = re.subn(rb"</sheetData>", made.encode() + b"</sheetData>", content)
                assert count == 1
            after.writestr(part.filename, content)
    return out.getvalue()


def _row(number: int, columns: Sequence[str], row: Mapping[str, str | int]) -> str:
    unknown = row.keys() - set(columns)
    assert not unknown, unknown
    cells = "".join(
        _cell(f"{xl_col_to_name(place)}{number}", row[name]) for place, name in enumerate(columns) if name in row
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(where: str, value: str | int) -> str:
    if isinstance(value, int):
        return f'<c r="{where}"><v>{value}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
