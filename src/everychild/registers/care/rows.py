"""Tables of counts that bodies send: columns and what no single cell can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from everychild.methods.justice import COMPONENTS
from everychild.registers.care.models import (
    AGES,
    DISABILITY,
    MEASURES,
    SEXES,
    CareCount,
    CareDefinition,
    JusticeCount,
    count_code,
)
from everychild.registers.columns import Column
from everychild.registers.comparing import Compared, compare
from everychild.registers.dates import check_date_cell
from everychild.registers.people.models import Body
from everychild.registers.refusals import problem
from everychild.registers.uploads import Progress, Upload, read_upload
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import Finding


def _areas() -> frozenset[str]:
    return frozenset(area.code for area in gazetteer())


def care_columns() -> tuple[Column, ...]:
    definitions = frozenset(CareDefinition.objects.values_list("code", flat=True))
    return (
        Column("definition", "code", required=True, codes=definitions),
        Column("measure", "code", required=True, codes=MEASURES),
        Column("year", "whole", required=True, least=1991, most=2100),
        Column("on", check=check_date_cell),
        Column("area", "code", required=True, codes=_areas()),
        Column("age", "code", codes=AGES),
        Column("sex", "code", codes=SEXES),
        Column("disability", "code", codes=DISABILITY),
        Column("children", "whole", required=True, least=0),
    )


def justice_columns() -> tuple[Column, ...]:
    return (
        Column("component", "code", required=True, codes=COMPONENTS),
        Column("year", "whole", required=True, least=1991, most=2100),
        Column("area", "code", required=True, codes=_areas()),
        Column("sex", "code", codes=SEXES),
        Column("children", "whole", required=True, least=0),
    )


def check_care(path: Path, name: str, progress: Progress | None = None) -> Upload:
    sent = read_upload(path, name, "care", "counts", care_columns(), progress=progress)
    return replace(sent, findings=(*sent.findings, *_of_care(sent.rows, name)))


def check_justice(path: Path, name: str, progress: Progress | None = None) -> Upload:
    sent = read_upload(path, name, "care", "justice", justice_columns(), progress=progress)
    keys = [(row["component"], row["year"], row["area"], row["sex"]) for row in sent.rows]
    return replace(sent, findings=(*sent.findings, *_twice(sent.rows, keys, name)))


def _of_care(rows: list[dict[str, Any]], name: str) -> Iterator[Finding]:
    for row in rows:
        if row["measure"] == "stock" and not row["on"]:
            yield problem(name, "stock_without_date", "on", row=row["row"])
        elif row["on"] and row["year"] and not row["on"].startswith(str(row["year"])):
            yield problem(name, "date_outside_year", "on", row["on"], row["row"], year=str(row["year"]))
    keys = [tuple(row[c.name] for c in care_columns() if c.name != "children") for row in rows]
    yield from _twice(rows, keys, name)


def _twice(rows: list[dict[str, Any]], keys: list[tuple[Any, ...]], name: str) -> Iterator[Finding]:
    first: dict[tuple[Any, ...], int] = {}
    for row, key in zip(rows, keys, strict=True):
        if key in first:
            yield problem(name, "count_twice", "children", str(row["children"]), row["row"], first=str(first[key]))
        first.setdefault(key, row["row"])


def care_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a count from a checked row; `definition` stays a code."""
    groups = {name: row[name] or "_T" for name in ("age", "sex", "disability")}
    on = row["on"] or ""
    return {
        "code": count_code(row["definition"], row["measure"], on or str(row["year"]), row["area"], *groups.values()),
        **{name: row[name] for name in ("definition", "measure", "year", "area", "children")},
        "on": on,
        **groups,
    }


def justice_values(row: Mapping[str, Any]) -> dict[str, Any]:
    sex = row["sex"] or "_T"
    return {
        "code": count_code(row["component"], str(row["year"]), row["area"], sex),
        **{name: row[name] for name in ("component", "year", "area", "children")},
        "sex": sex,
    }


def compared_care(rows: Sequence[Mapping[str, Any]], body: Body, mark: Mapping[str, object], name: str) -> Compared:
    return _compared(CareCount, care_values, rows, body, mark, name)


def compared_justice(rows: Sequence[Mapping[str, Any]], body: Body, mark: Mapping[str, object], name: str) -> Compared:
    return _compared(JusticeCount, justice_values, rows, body, mark, name)


def _compared(
    model: type[CareCount | JusticeCount], values_of: Callable[[Mapping[str, Any]], dict[str, Any]],
    rows: Sequence[Mapping[str, Any]], body: Body, mark: Mapping[str, object], name: str,
) -> Compared:  # fmt: skip
    """Checked rows against the counts that stand; a count of another body is a finding with its row."""
    given, at = {}, {}
    for row in rows:
        values = values_of(row) | mark
        given[values["code"]], at[values["code"]] = _plain(values), row["row"]
    stored, foreign = {}, []
    for record in model.objects.filter(year__in={row["year"] for row in rows}).order_by():
        if record.code in given:
            stored[record.code] = tuple((field, getattr(record, field)) for field, _ in given[record.code])
            if record.body_id != body.pk:
                found = problem(name, "count_of_another_body", "children", record.code, at[record.code])
                foreign.append(found)
    return compare(given, stored, tuple(foreign))


def _plain(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Without the definition, which is part of the code: two counts of one code have the same."""
    return tuple((field, value) for field, value in values.items() if field != "definition")
