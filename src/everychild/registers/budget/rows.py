"""The template of budget lines: its columns, the checks of what comes back, and what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from everychild.catalogue.catalogue import catalogue
from everychild.registers.budget.models import COFOG, LEVELS, PROGRAMME, Line, line_code
from everychild.registers.columns import CellRefused, Column
from everychild.registers.comparing import Compared, compare
from everychild.registers.people.models import Body
from everychild.registers.refusals import problem
from everychild.registers.uploads import MAX_FINDINGS, Progress, Upload, read_upload
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import Finding

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
        "year": row["year"],
        "level": row["level"],
        "region": row["region"],
        "programme": row["programme"],
        "cofog": row["cofog"] or "",
        "article": row["article"] or "",
        "programme_area": row["programme_area"] or "",
        "title_kk": row["title_kk"] or "",
        "title_ru": row["title_ru"] or "",
        "title_en": row["title_en"] or "",
        "planned": _whole(row["planned"], factor),
        "revised": _whole(row["revised"], factor),
        "executed": _whole(row["executed"], factor),
        "transfer": bool(row["transfer"]),
        **mark,
    }


def _whole(amount: Decimal | None, factor: int) -> int | None:
    return None if amount is None else round(amount * factor)


def compared(
    rows: Sequence[Mapping[str, Any]], body: Body, country: str, mark: Mapping[str, object], name: str
) -> Compared:
    """Checked rows against the lines that stand; a line of another body is a finding with its row."""
    given, at = {}, {}
    names: tuple[str, ...] = ()
    for row in rows:
        values = line_values(row, country, mark)
        names = names or tuple(values)
        given[values["code"]], at[values["code"]] = tuple(values.values()), row["row"]
    # Whole years and not the codes of the file: one query instead of one for every 500 codes.
    lines = Line.objects.filter(country=country, year__in={row["year"] for row in rows}).order_by()
    stored, foreign = {}, []
    for code, kept_by, *stands in lines.values_list("code", "body_id", *names).iterator():
        if code in given:
            stored[code] = tuple(stands)
            if kept_by != body.pk:
                foreign.append(problem(name, "line_of_another_body", "programme", code, at[code]))
    return compare(given, stored, tuple(foreign))
