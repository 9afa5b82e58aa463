"""The template of budget lines: its columns, the XLSX that goes out, and the checks of what comes back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from everychild.catalogue.catalogue import catalogue
from everychild.registers.budget.models import COFOG, LEVELS, PROGRAMME, line_code
from everychild.registers.columns import CellRefused, Column, label
from everychild.registers.refusals import problem
from everychild.registers.uploads import MAX_FINDINGS, Progress, Upload, read_upload
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES, Language

UNITS: Final[Mapping[str, int]] = {"one": 1, "thousand": 1_000, "million": 1_000_000}
"""What an amount of the table is counted in; the commonest mistake of budget tables is to leave it unsaid."""
_LARGEST: Final = 9 * 10**18


def _cofog(value: object) -> None:
    if not COFOG.fullmatch(str(value)):
        raise CellRefused("not_a_cofog_code")


def _programme(value: object) -> None:
    if not PROGRAMME.fullmatch(str(value)):
        raise CellRefused("not_a_programme_code")


def _article(value: object) -> None:
    if str(value) not in catalogue().articles:
        raise CellRefused("unknown_article")


def columns() -> tuple[Column, ...]:
    """The columns of the template, in order. Executed amounts may be negative: a refund is booked so."""
    areas = frozenset(area.code for area in gazetteer())
    return (
        Column("year", "whole", required=True, least=1991, most=2100),
        Column("level", "code", required=True, codes=LEVELS),
        Column("region", "code", required=True, codes=areas),
        Column("programme", required=True, check=_programme),
        Column("cofog", check=_cofog),
        Column("title_kk"),
        Column("title_ru"),
        Column("title_en"),
        Column("unit", "code", required=True, codes=tuple(UNITS)),
        Column("planned", "number", least=0),
        Column("revised", "number", least=0),
        Column("executed", "number"),
        Column("transfer", "yes_no"),
        Column("article", check=_article),
        Column("programme_area", "code", codes=tuple(catalogue().programme_areas)),
    )


def check(path: Path, name: str, progress: Progress | None = None) -> Upload:
    """Read a filled template: every defect with its cell, and nothing is stored while there is an error."""
    sent = read_upload(path, name, "budget", "lines", columns(), progress=progress)
    found = list(_of_rows(sent.rows, name))
    if not found:
        return sent
    room = MAX_FINDINGS - len(sent.findings)
    return replace(sent, findings=(*sent.findings, *found[: max(room, 1)]))


def _of_rows(rows: list[dict[str, Any]], name: str) -> Iterator[Finding]:
    """What no single cell can tell: a line without a title, without amounts, given twice, too large for a budget."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        at = row["row"]
        if not (row["title_kk"] or row["title_ru"] or row["title_en"]):
            yield problem(name, "budget_line_without_title", "title_ru", row=at)
        planned, revised, executed = row["planned"], row["revised"], row["executed"]
        if planned is None and revised is None and executed is None:
            yield problem(name, "budget_line_without_amount", "planned", row=at)
        elif max(planned or 0, revised or 0, abs(executed or 0)) * UNITS.get(row["unit"], 1) > _LARGEST:
            yield problem(name, "budget_amount_too_large", "planned", row=at)
        key = (row["year"], row["level"], row["region"], row["programme"])
        if None not in key and key in seen:
            yield problem(name, "budget_line_twice", "programme", str(row["programme"]), at, first=str(seen[key]))
        seen.setdefault(key, at)


def line_values(row: Mapping[str, Any], country: str, mark: Mapping[str, object]) -> dict[str, Any]:
    """The attributes of a line from a checked row; amounts in whole units of the currency."""
    factor = UNITS[row["unit"]]
    return {
        "code": line_code(country, row["year"], row["level"], row["region"], row["programme"]),
        "country": country,
        **{name: row[name] for name in ("year", "level", "region", "programme")},
        **{name: row[name] or "" for name in ("cofog", "article", "programme_area")},
        **{f"title_{language}": row[f"title_{language}"] or "" for language in LANGUAGES},
        **{stage: _whole(row[stage], factor) for stage in ("planned", "revised", "executed")},
        "transfer": bool(row["transfer"]),
        **mark,
    }


def _whole(amount: Decimal | None, factor: int) -> int | None:
    return None if amount is None else round(amount * factor)


def template(language: Language) -> bytes:
    """The XLSX to fill in: headers in the reader's language, codes on a sheet of their own."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("lines")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns()):
            sheet.write_string(0, place, label("budget", "lines", column.name, language), bold)
            # Codes are text: a spreadsheet would turn 09.1 into a number and 261.010 into 261.01.
            sheet.set_column(place, place, 16, text if column.name in ("programme", "cofog", "article") else None)
            if column.kind == "code" and len(column.codes) <= 12:
                sheet.data_validation(1, place, 50_000, place, {"validate": "list", "source": sorted(column.codes)})
        codes = book.add_worksheet("codes")
        for place, column in enumerate(c for c in columns() if c.kind == "code"):
            codes.write_string(0, place, label("budget", "lines", column.name, language), bold)
            codes.write_column(1, place, sorted(column.codes))
    return buffer.getvalue()
