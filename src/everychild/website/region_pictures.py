"""Pictures of regions: a map of tiles, regions by years, and the map that finds a region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import polars as pl

from everychild.vocabulary.language import Language
from everychild.vocabulary.periods import parse_period
from everychild.website import charts
from everychild.website.display import figure_address, has_marks, written
from everychild.website.drawing import NARROW, Drawing, Picture, picture
from everychild.website.groups import region_years
from everychild.website.observatory import Observatory, Row
from everychild.website.texts import say

WIDE_YEARS, NARROW_YEARS = 12, 6


def map_picture(drawing: Drawing, rows: pl.DataFrame) -> Iterator[Picture]:
    found = next((g for g in drawing.groups(rows) if g.kind == "region"), None)
    if found is None:
        return
    by_area = {row["area"]: row for row in found.rows}
    values = [row["value"] for row in found.rows if row["value"] is not None]
    if len(values) < charts.tiles.CLASSES:
        return
    # Equal values fall into one class: five classes of «100 – 100» would say nothing.
    limits = sorted(set(class_limits(values)) - {min(values)})
    unit = found.rows[0]["unit"]
    period = parse_period(found.period)
    shown = drawing.format(unit)
    tiles = []
    for place in drawing.site.country.tile_map:
        row = by_area.get(place.area)
        exists = any(extent.touches(period) for extent in drawing.site.areas[place.area].extents)
        tiles.append(
            charts.MapTile(
                short=place.short[drawing.language],
                abbreviation=place.abbreviation[drawing.language],
                name=drawing.site.areas[place.area].name[drawing.language],
                column=place.column,
                row=place.row,
                text=written(row, drawing.language) if row is not None else "",
                state=drawing.state(row) if row is not None else ("missing" if exists else "not_applicable"),
                class_=class_of(row["value"], limits) if row is not None and row["value"] is not None else None,
                href=drawing.show(row).href if row is not None else "",
                mark=drawing.mark(row) if row is not None else "",
                cases=drawing.show(row).cases if row is not None else "",
            )
        )
    heading = f"{drawing.say('picture.map')}: {period.label(drawing.language)}, {drawing.source(found.source)}"
    edges = [min(values), *limits, max(values)]
    chart = charts.TileMap(
        title=f"{drawing.name}. {heading}",
        description=drawing.say("chart.see_table"),
        tiles=tiles,
        words=drawing.words(),
        legend=[shown(low) if low == high else f"{shown(low)} – {shown(high)}" for low, high in pairwise(edges)],
    )
    yield picture(
        drawing, "map", heading, drawing.say("picture.map.lead"), lambda i, w: charts.render_tiles(chart, i, w),
        drawing.source(found.source),
    )  # fmt: skip


def class_limits(values: Sequence[float]) -> list[float]:
    """Four values that cut the sorted values into five classes of about equal size (quantiles by rank)."""
    ordered = sorted(values)
    count = charts.tiles.CLASSES
    return [ordered[min(len(ordered) - 1, round(len(ordered) * share / count))] for share in range(1, count)]


def class_of(value: float, limits: Sequence[float]) -> int:
    return sum(1 for limit in limits if value >= limit)


def years_picture(drawing: Drawing, rows: pl.DataFrame) -> Iterator[Picture]:
    found = region_years(drawing.site, rows)
    if found is None:
        return
    limits = class_limits([row["value"] for row in found.cells.values() if row["value"] is not None])
    areas = drawing.site.areas.sorted_by_name(found.areas, drawing.language)
    heading = f"{drawing.say('picture.years')}, {drawing.source(found.source)}"

    periods = list(found.periods)
    cells = [
        [
            _heat(drawing, found.cells.get((area, period)), found.cells.get((area, before)), area, period, limits)
            for before, period in zip(["", *periods], periods, strict=False)
        ]
        for area in areas
    ]

    def draw(chart_id: str, width: float) -> charts.Rendered:
        columns = NARROW_YEARS if width <= NARROW else WIDE_YEARS
        chart = charts.HeatGrid(
            title=f"{drawing.name}. {heading}",
            description=drawing.say("chart.see_table"),
            rows=[drawing.site.areas[area].name[drawing.language] for area in areas],
            columns=periods[-columns:],
            cells=[row[-columns:] for row in cells],
            words=drawing.words(),
            corner=drawing.say("chart.area"),
        )
        return charts.render_heat(chart, chart_id, width)

    yield picture(drawing, "years", heading, "", draw, drawing.source(found.source))


def _heat(
    drawing: Drawing, row: Row | None, before: Row | None, area: str, period: str, limits: Sequence[float]
) -> charts.HeatCell:
    if row is None:
        exists = any(extent.touches(parse_period(period)) for extent in drawing.site.areas[area].extents)
        return charts.HeatCell(state="missing" if exists else "not_applicable")
    value = row["value"]
    return charts.HeatCell(
        text=written(row, drawing.language),
        state=drawing.state(row),
        class_=class_of(value, limits) if value is not None else None,
        href=figure_address(row["release"], row["key"], drawing.language),
        mark=drawing.mark(row) if has_marks(row) else "",
        breaks=before is not None and bool(drawing.break_before(row, before)),
    )


def locator_map(site: Observatory, language: Language, chosen: str = "") -> charts.Rendered:
    """All regions of today as links, the chosen one outlined."""
    tiles = [
        charts.MapTile(
            short=place.short[language],
            abbreviation=place.abbreviation[language],
            name=site.areas[place.area].name[language],
            column=place.column,
            row=place.row,
            href=f"/{language}/places/{place.area}",
            chosen=place.area == chosen,
        )
        for place in site.country.tile_map
        if site.areas[place.area].exists_on(date.today())
    ]
    drawing = Drawing(site, "", language, verified=False)
    chart = charts.TileMap(
        title=say("places.title", language),
        description=say("places.lead", language),
        tiles=tiles,
        words=drawing.words(),
    )
    return charts.render_tiles(chart, "locator", NARROW)
