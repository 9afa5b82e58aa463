"""Figures of groups within groups, such as poor children in villages: tables beside the pictures of single groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from everychild.findings.series import names_definition
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import NO_BREAK_SPACE
from everychild.vocabulary.observations import DIMENSIONS, TOTAL, dimensions_of
from everychild.vocabulary.periods import parse_period
from everychild.website import charts
from everychild.website.display import group_label
from everychild.website.drawing import Drawing
from everychild.website.groups import regions_of, worst_first
from everychild.website.observatory import Row

MOST_ROWS: Final = 40
"""Rows of a table on the page, the worst-off first; the others are in the file."""
OPEN_ROWS: Final = 12
"""Rows of a table that stands open when the page comes."""


@dataclass(frozen=True)
class Crossing:
    """A table of groups within groups, of one source and period; `left` of its `count` figures are only in the file."""

    title: str
    table: str
    count: int
    left: int

    @property
    def is_open(self) -> bool:
        return self.count <= OPEN_ROWS


def crossings_of(drawing: Drawing, rows: pl.DataFrame) -> list[Crossing]:
    """For every crossing of breakdowns the newest period of one source: of a survey however few groups it has, of
    others two or more; where no period has two, the newest with one."""
    site = drawing.site
    places = [site.country_code, *regions_of(site.country_code)]
    definitions = [text for text in rows["other"].unique() if names_definition(text) or text.startswith("conflict=")]
    crossed = (
        rows.filter(pl.col("area").is_in(places), ~pl.col("other").is_in(definitions))
        .with_columns(kinds=_kinds(site.country_code))
        .filter(pl.col("kinds").str.contains(";"))
    )
    return [_crossing(drawing, kinds.split(";"), found) for kinds, found in _newest(drawing, crossed)]


def _kinds(country: str) -> pl.Expr:
    """The breakdowns by which a row is divided, joined by `;`: the region first, keys of `other` last."""
    parts = [pl.when(pl.col("area") != country).then(pl.lit("region"))]
    parts += [pl.when(pl.col(d) != TOTAL).then(pl.lit(d)) for d in DIMENSIONS]
    parts.append(pl.when(pl.col("other") != "").then(pl.col("other").str.replace_all("=[^;]*", "")))
    return pl.concat_str(parts, separator=";", ignore_nulls=True)


def _newest(drawing: Drawing, crossed: pl.DataFrame) -> Iterator[tuple[str, list[Row]]]:
    """Kinds and rows: of the newest period that is no single figure, of several sources the first in rank."""
    ranks = {code: source.rank for code, source in drawing.site.country.sources.items()}

    def order(source: str, period: str, whole: bool) -> tuple[bool, object, int]:
        return whole, parse_period(period), -ranks.get(source, 99)

    chosen: dict[str, tuple[str, str, bool]] = {}
    whole = (pl.len() > 1) | (pl.col("quality") == "survey").any()
    sets = crossed.group_by("kinds", "source", "period").agg(whole=whole).sort("kinds", "source")
    for kinds, *found in sets.iter_rows():
        if kinds not in chosen or order(*found) > order(*chosen[kinds]):
            chosen[kinds] = tuple(found)
    parts = crossed.partition_by("kinds", "source", "period", as_dict=True) if chosen else {}
    for kinds, (source, period, _) in chosen.items():
        yield kinds, parts[kinds, source, period].to_dicts()


def _crossing(drawing: Drawing, kinds: Sequence[str], rows: list[Row]) -> Crossing:
    first, direction = rows[0], drawing.site.catalogue.indicators[drawing.code].direction
    period = parse_period(first["period"]).label(drawing.language)
    title = f"{' × '.join(map(drawing.kind, kinds))}: {period}, {drawing.source(first['source'])}"
    shown = worst_first(rows, direction)[:MOST_ROWS]
    plot = charts.DotPlot(
        title=f"{drawing.name}. {title}",
        description="",
        unit=code_list("unit").label(first["unit"], drawing.language),
        rows=[drawing.dot(row, _name(drawing, row)) for row in shown],
        words=drawing.words(),
        format_number=drawing.format(first["unit"]),
    )
    return Crossing(title, charts.table_html(charts.dot_table(plot), plot.title), len(rows), len(rows) - len(shown))


def _name(drawing: Drawing, row: Row) -> str:
    """`Oak · Rural · Girls`: the region where the row is of one, then the groups in the order of the schema."""
    names = [group_label(key, code, drawing.language) for key, code in dimensions_of(row)]
    if row["area"] != drawing.site.country_code:
        names.insert(0, drawing.site.areas[row["area"]].name[drawing.language])
    return f"{NO_BREAK_SPACE}· ".join(names)
