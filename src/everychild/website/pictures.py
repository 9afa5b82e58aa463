"""Which pictures an indicator's page shows, made from published rows and findings; nothing is estimated here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import DIMENSIONS, TOTAL
from everychild.vocabulary.periods import parse_period
from everychild.website import charts
from everychild.website.display import LOW_RELIABILITY, group_label, is_unverified, written
from everychild.website.drawing import Drawing, Picture, picture
from everychild.website.groups import Groups, worst_first
from everychild.website.observatory import Observatory, Row
from everychild.website.region_pictures import map_picture, years_picture

LONGEST_GAP: Final = 5.5
"""Years between two figures of one source beyond which no line joins them."""


def pictures_of(
    site: Observatory, code: str, language: Language, *, verified: bool = False, only: str = ""
) -> list[Picture]:
    """The pictures of an indicator in order of the page; `only` makes just the one of that name."""
    drawing = Drawing(site, code, language, verified)
    rows = drawing.rows()
    if not rows.height:
        return []
    return [made for name, make in MAKERS.items() if not only or only.startswith(name) for made in make(drawing, rows)]


def _trend(drawing: Drawing, rows: pl.DataFrame) -> Iterator[Picture]:
    totals = [pl.col(d) == TOTAL for d in DIMENSIONS]
    national = rows.filter(pl.col("area") == drawing.site.country_code, pl.col("other") == "", *totals)
    if not national.height:
        return
    series = [_series(drawing, code, frame) for code, frame in _by_source(drawing, national)]
    unit = str(national["unit"][0])
    title = drawing.say("picture.trend")
    chart = charts.LineChart(
        title=f"{drawing.name}, {drawing.site.country.name[drawing.language]}",
        description=drawing.say("chart.see_table"),
        unit=code_list("unit").label(unit, drawing.language),
        series=series,
        words=drawing.words(),
        format_number=drawing.format(unit),
    )
    sources = ", ".join(s.name for s in series[: charts.lines.MOST_SERIES])
    yield picture(
        drawing,
        "trend",
        title,
        drawing.say("picture.trend.lead"),
        lambda i, w: charts.render_lines(chart, i, w),
        sources,
    )


def _by_source(drawing: Drawing, rows: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The main source first, then by the rank of sources."""
    main = drawing.site.latest_national(drawing.code)
    first = main["source"] if main else ""
    ranks = {code: source.rank for code, source in drawing.site.country.sources.items()}
    parts = {str(key[0]): frame for key, frame in rows.group_by("source")}
    order = sorted(parts, key=lambda code: (code != first, ranks.get(code, 99), code))
    return [(code, parts[code]) for code in order]


def _series(drawing: Drawing, source: str, frame: pl.DataFrame) -> charts.Series:
    found = sorted(frame.iter_rows(named=True), key=lambda row: parse_period(row["period"]))
    points: list[charts.Point] = []
    before: Row | None = None
    for row in found:
        points.append(_point(drawing, row, before))
        before = row
    return charts.Series(drawing.source(source), points)


def _point(drawing: Drawing, row: Row, before: Row | None) -> charts.Point:
    x = parse_period(row["period"]).middle
    near = before is None or x - parse_period(before["period"]).middle <= LONGEST_GAP
    shown = drawing.show(row)
    return charts.Point(
        x=x,
        period=shown.period,
        value=row["value"],
        text=shown.text,
        lower=row["lower"],
        upper=row["upper"],
        state=drawing.state(row),
        mark=drawing.mark(row),
        cases=shown.cases,
        href=shown.href,
        breaks=drawing.break_before(row, before),
        joined=near,
    )


def _groups(drawing: Drawing, rows: pl.DataFrame) -> Iterator[Picture]:
    direction = drawing.site.catalogue.indicators[drawing.code].direction
    for found in drawing.groups(rows):
        ordered = worst_first(found.rows, direction)
        unit = found.rows[0]["unit"]
        reference = None
        if found.reference is not None and found.reference["value"] is not None:
            country = drawing.site.country.name[drawing.language]
            reference = (
                found.reference["value"],
                f"{country}: {written(found.reference, drawing.language)}",
            )
        period = parse_period(found.period).label(drawing.language)
        heading = drawing.say(
            "picture.groups.of", kind=drawing.kind(found.kind), period=period, source=drawing.source(found.source)
        )
        chart = charts.DotPlot(
            title=f"{drawing.name}. {heading}",
            description=drawing.say("chart.see_table"),
            unit=code_list("unit").label(unit, drawing.language),
            rows=[_dot(drawing, row, found.kind) for row in ordered] + _missing_dots(drawing, found),
            words=drawing.words(),
            format_number=drawing.format(unit),
            reference=reference,
        )
        yield picture(
            drawing, f"groups-{found.name}", heading, _lead_of_groups(drawing, found.rows),
            lambda i, w, chart=chart: charts.render_dots(chart, i, w), drawing.source(found.source),
        )  # fmt: skip


def _lead_of_groups(drawing: Drawing, rows: Sequence[Row]) -> str:
    lead = drawing.say("picture.groups" if drawing.has_direction else "picture.groups.neutral")
    low = any(row["status"] == LOW_RELIABILITY for row in rows)
    return f"{lead}. {drawing.say('picture.low_reliability')}" if low else lead


def _dot(drawing: Drawing, row: Row, kind: str) -> charts.DotRow:
    if kind == "region":
        return drawing.dot(row, drawing.show(row).area)
    return drawing.dot(row, group_label(kind, Groups.code(row, kind), drawing.language))


def _missing_dots(drawing: Drawing, found: Groups) -> list[charts.DotRow]:
    names = [drawing.site.areas[code].name[drawing.language] for code in found.missing]
    return [charts.DotRow(label=name, value=None, text="", state="missing") for name in names]


def _neighbours(drawing: Drawing, rows: pl.DataFrame) -> Iterator[Picture]:
    found = [r for r in drawing.site.neighbours.get(drawing.code, []) if not (drawing.verified and is_unverified(r))]
    if len(found) < 2:
        return
    direction = drawing.site.catalogue.indicators[drawing.code].direction
    unit = found[0]["unit"]
    heading = f"{parse_period(found[0]['period']).label(drawing.language)}, {drawing.source(found[0]['source'])}"
    chart = charts.BarChart(
        title=f"{drawing.name}. {drawing.say('picture.neighbours')}: {heading}",
        description=drawing.say("chart.see_table"),
        unit=code_list("unit").label(unit, drawing.language),
        rows=[_bar(drawing, row) for row in worst_first(found, direction)],
        words=drawing.words(),
        format_number=drawing.format(unit),
    )
    title = f"{drawing.say('picture.neighbours')}: {heading}"
    yield picture(
        drawing, "neighbours", title, drawing.say("picture.neighbours.lead"),
        lambda i, w: charts.render_bars(chart, i, w), drawing.source(found[0]["source"]),
    )  # fmt: skip


def _bar(drawing: Drawing, row: Row) -> charts.DotRow:
    shown = drawing.site.shown(row["release"], row["key"], drawing.language)
    return charts.DotRow(
        label=shown.area,
        value=row["value"],
        text=shown.text,
        mark=drawing.mark(row),
        href=shown.href,
        emphasis=row["is_country"],
    )


MAKERS: Final[Mapping[str, Callable[[Drawing, pl.DataFrame], Iterator[Picture]]]] = {
    "trend": _trend, "groups": _groups, "map": map_picture, "years": years_picture, "neighbours": _neighbours,
}  # fmt: skip
"""By the beginning of the names of their pictures, in the order of the page."""
