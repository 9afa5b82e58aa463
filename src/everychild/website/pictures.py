"""Which pictures an indicator's page shows, made from published rows and findings; nothing is estimated here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import polars as pl

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import DIMENSIONS, TOTAL
from everychild.vocabulary.periods import parse_period
from everychild.website import charts
from everychild.website.display import (
    Shown,
    figure_address,
    group_label,
    has_marks,
    is_unverified,
    number,
    source_name,
)  # fmt: skip
from everychild.website.groups import Groups, groups_of, region_years, worst_first
from everychild.website.observatory import Observatory, Row
from everychild.website.texts import say

WIDE, NARROW = 720, 340
WIDE_YEARS, NARROW_YEARS = 12, 6
LONGEST_GAP = 5.5
_UNDRAWN = ("stale", "un_estimate", "flag-break")
"""Years between two figures of one source beyond which no line joins them."""


@dataclass(frozen=True)
class Picture:
    """A chart in a wide and a narrow drawing, with its table as HTML."""

    name: str
    title: str
    lead: str
    rendered: charts.Rendered
    wide: str
    narrow: str
    table: str
    source: str


@dataclass(frozen=True)
class _Desk:
    """What all pictures of one page share."""

    site: Observatory
    code: str
    language: Language
    verified: bool
    held: list[list[Groups]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.site.catalogue.indicators[self.code].name[self.language]

    def say(self, key: str, **places: object) -> str:
        return say(key, self.language, **places)

    def words(self) -> charts.Words:
        reason = code_list("missing_reason")
        return charts.Words(
            value=self.say("chart.value"),
            lower=self.say("chart.lower"),
            upper=self.say("chart.upper"),
            missing=reason.label("missing", self.language),
            not_applicable=reason.label("not_applicable", self.language),
            suppressed=reason.label("suppressed", self.language),
            unverified=self.say("mark.unverified"),
            series_break=self.say("chart.break"),
            no_data=self.say("chart.no_data"),
            period=self.say("chart.period"),
            area=self.say("chart.area"),
            group=self.say("chart.group"),
            series=self.say("figure.source"),
            note=self.say("chart.note"),
        )

    def format(self, unit: str) -> charts.model.NumberFormat:
        return lambda value: number(value, unit, self.language)

    def show(self, row: Row) -> Shown:
        return self.site.shown_row(row, self.language)

    def mark(self, row: Row) -> str:
        """Marks of a figure that change how its point is drawn; its age is seen on the axis."""
        return ", ".join(mark.label for mark in self.show(row).marks if mark.code not in _UNDRAWN)

    def groups(self, rows: pl.DataFrame) -> list[Groups]:
        """Groups beside each other, found once for the plots and the map."""
        if not self.held:
            self.held.append(list(groups_of(self.site, self.code, rows)))
        return self.held[0]

    def source(self, code: str) -> str:
        return source_name(code, self.language, self.site)


def pictures_of(
    site: Observatory, code: str, language: Language, *, verified: bool = False, only: str = ""
) -> list[Picture]:
    """The pictures of an indicator in order of the page; `only` makes just the one of that name."""
    rows = site.figures.indicator(code)
    if not rows.height:
        return []
    if verified:
        rows = rows.filter(~pl.col("quality").is_in(["unverified", "seed_claim"]))
    desk = _Desk(site, code, language, verified)
    makers: list[Callable[[_Desk, pl.DataFrame], Iterator[Picture]]] = [_trend, _groups, _map, _years, _neighbours]
    return [p for make in makers if not only or only.startswith(make.__name__[1:]) for p in make(desk, rows)]


def _picture(
    desk: _Desk, name: str, title: str, lead: str, draw: Callable[[str, float], charts.Rendered], source: str
) -> Picture:
    wide, narrow = draw(f"{name}-w", WIDE), draw(f"{name}-n", NARROW)
    return Picture(
        name, title, lead, wide, wide.svg, narrow.svg, charts.table_html(wide.table, f"{desk.name}: {title}"), source
    )


# ---------------------------------------------------------------------------------------------------- over time


def _trend(desk: _Desk, rows: pl.DataFrame) -> Iterator[Picture]:
    totals = [pl.col(d) == TOTAL for d in DIMENSIONS]
    national = rows.filter(pl.col("area") == desk.site.country_code, pl.col("other") == "", *totals)
    if not national.height:
        return
    series = [_series(desk, code, frame) for code, frame in _by_source(desk, national)]
    unit = str(national["unit"][0])
    target = None
    title = desk.say("picture.trend")
    chart = charts.LineChart(
        title=f"{desk.name}, {desk.site.country.name[desk.language]}",
        description=desk.say("chart.see_table"),
        unit=code_list("unit").label(unit, desk.language),
        series=series,
        words=desk.words(),
        format_number=desk.format(unit),
        target=target,
    )
    sources = ", ".join(s.name for s in series[: charts.lines.MOST_SERIES])
    yield _picture(
        desk, "trend", title, desk.say("picture.trend.lead"), lambda i, w: charts.render_lines(chart, i, w), sources
    )


def _by_source(desk: _Desk, rows: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The main source first, then by the rank of sources."""
    main = desk.site.latest_national(desk.code)
    first = main["source"] if main else ""
    ranks = {code: source.rank for code, source in desk.site.country.sources.items()}
    parts = {str(key[0]): frame for key, frame in rows.group_by("source")}
    order = sorted(parts, key=lambda code: (code != first, ranks.get(code, 99), code))
    return [(code, parts[code]) for code in order]


def _series(desk: _Desk, source: str, frame: pl.DataFrame) -> charts.Series:
    found = sorted(frame.iter_rows(named=True), key=lambda row: parse_period(row["period"]))
    points: list[charts.Point] = []
    before: Row | None = None
    for row in found:
        points.append(_point(desk, row, before))
        before = row
    return charts.Series(desk.source(source), points)


def _point(desk: _Desk, row: Row, before: Row | None) -> charts.Point:
    x = parse_period(row["period"]).middle
    near = before is None or x - parse_period(before["period"]).middle <= LONGEST_GAP
    shown = desk.show(row)
    return charts.Point(
        x=x,
        period=shown.period,
        value=row["value"],
        text=shown.text,
        lower=row["lower"],
        upper=row["upper"],
        state=row["missing_reason"] or "value",
        mark=desk.mark(row),
        href=shown.href,
        breaks=_break(desk, row, before),
        joined=near,
    )


def _break(desk: _Desk, row: Row, before: Row | None) -> str:
    """Why the line must not come from the figure before: a break said by the producer, or other borders."""
    if row["status"] == "B" or "break" in row["flag"].split("|"):
        return desk.say("flag.break.title")
    if before is not None and not desk.site.areas.comparable(
        row["area"], row["area_version"], before["area"], before["area_version"]
    ):
        return desk.say("place.borders.note")
    return ""


# ------------------------------------------------------------------------------------------------------ by group


def _groups(desk: _Desk, rows: pl.DataFrame) -> Iterator[Picture]:
    direction = desk.site.catalogue.indicators[desk.code].direction
    for found in desk.groups(rows):
        ordered = worst_first(found.rows, direction)
        unit = found.rows[0]["unit"]
        reference = None
        if found.reference is not None and found.reference["value"] is not None:
            country = desk.site.country.name[desk.language]
            reference = (
                found.reference["value"],
                f"{country}: {number(found.reference['value'], unit, desk.language)}",
            )
        period = parse_period(found.period).label(desk.language)
        heading = desk.say(
            "picture.groups.of", kind=_kind(desk, found.kind), period=period, source=desk.source(found.source)
        )
        chart = charts.DotPlot(
            title=f"{desk.name}. {heading}",
            description=desk.say("chart.see_table"),
            unit=code_list("unit").label(unit, desk.language),
            rows=[_dot(desk, row, found.kind) for row in ordered] + _missing_dots(desk, found),
            words=desk.words(),
            format_number=desk.format(unit),
            reference=reference,
        )
        yield _picture(
            desk, f"groups-{found.kind}", heading, desk.say("picture.groups"),
            lambda i, w, chart=chart: charts.render_dots(chart, i, w), desk.source(found.source),
        )  # fmt: skip


def _kind(desk: _Desk, kind: str) -> str:
    if kind in ("region", *DIMENSIONS):
        return desk.say(f"dimension.{kind}")
    other = code_list("other")
    return other.label(kind, desk.language) if kind in other else kind


def _dot(desk: _Desk, row: Row, kind: str) -> charts.DotRow:
    shown = desk.show(row)
    label = shown.area if kind == "region" else group_label(kind, Groups.code(row, kind), desk.language)
    return charts.DotRow(
        label=label,
        value=row["value"],
        text=shown.text,
        lower=row["lower"],
        upper=row["upper"],
        state=row["missing_reason"] or "value",
        mark=desk.mark(row),
        href=shown.href,
    )


def _missing_dots(desk: _Desk, found: Groups) -> list[charts.DotRow]:
    names = [desk.site.areas[code].name[desk.language] for code in found.missing]
    return [charts.DotRow(label=name, value=None, text="", state="missing") for name in names]


# ------------------------------------------------------------------------------------------------------- regions


def _map(desk: _Desk, rows: pl.DataFrame) -> Iterator[Picture]:
    found = next((g for g in desk.groups(rows) if g.kind == "region"), None)
    if found is None:
        return
    by_area = {row["area"]: row for row in found.rows}
    values = [row["value"] for row in found.rows if row["value"] is not None]
    if len(values) < charts.tiles.CLASSES:
        return
    limits = class_limits(values)
    unit = found.rows[0]["unit"]
    period = parse_period(found.period)
    shown = desk.format(unit)
    tiles = []
    for place in desk.site.country.tile_map:
        row = by_area.get(place.area)
        exists = any(extent.touches(period) for extent in desk.site.areas[place.area].extents)
        tiles.append(
            charts.MapTile(
                short=place.short[desk.language],
                abbreviation=place.abbreviation[desk.language],
                name=desk.site.areas[place.area].name[desk.language],
                column=place.column,
                row=place.row,
                text=shown(row["value"]) if row is not None and row["value"] is not None else "",
                state=(row["missing_reason"] or "value")
                if row is not None
                else ("missing" if exists else "not_applicable"),
                class_=class_of(row["value"], limits) if row is not None and row["value"] is not None else None,
                href=desk.show(row).href if row is not None else "",
                mark=desk.mark(row) if row is not None else "",
            )
        )
    heading = f"{desk.say('picture.map')}: {period.label(desk.language)}, {desk.source(found.source)}"
    edges = [min(values), *limits, max(values)]
    chart = charts.TileMap(
        title=f"{desk.name}. {heading}",
        description=desk.say("chart.see_table"),
        tiles=tiles,
        words=desk.words(),
        legend=[f"{shown(low)} – {shown(high)}" for low, high in pairwise(edges)],
    )
    yield _picture(
        desk, "map", heading, desk.say("picture.map.lead"), lambda i, w: charts.render_tiles(chart, i, w),
        desk.source(found.source),
    )  # fmt: skip


def class_limits(values: Sequence[float]) -> list[float]:
    """Four values that cut the sorted values into five classes of about equal size (quantiles by rank)."""
    ordered = sorted(values)
    count = charts.tiles.CLASSES
    return [ordered[min(len(ordered) - 1, round(len(ordered) * share / count))] for share in range(1, count)]


def class_of(value: float, limits: Sequence[float]) -> int:
    return sum(1 for limit in limits if value >= limit)


def _years(desk: _Desk, rows: pl.DataFrame) -> Iterator[Picture]:
    found = region_years(desk.site, rows)
    if found is None:
        return
    limits = class_limits([row["value"] for row in found.cells.values() if row["value"] is not None])
    areas = desk.site.areas.sorted_by_name(found.areas, desk.language)
    heading = f"{desk.say('picture.years')}, {desk.source(found.source)}"

    periods = list(found.periods)
    cells = [
        [
            _heat(desk, found.cells.get((area, period)), found.cells.get((area, before)), area, period, limits)
            for before, period in zip(["", *periods], periods, strict=False)
        ]
        for area in areas
    ]

    def draw(chart_id: str, width: float) -> charts.Rendered:
        columns = WIDE_YEARS if width > 500 else NARROW_YEARS
        chart = charts.HeatGrid(
            title=f"{desk.name}. {heading}",
            description=desk.say("chart.see_table"),
            rows=[desk.site.areas[area].name[desk.language] for area in areas],
            columns=periods[-columns:],
            cells=[row[-columns:] for row in cells],
            words=desk.words(),
            corner=desk.say("chart.area"),
        )
        return charts.render_heat(chart, chart_id, width)

    yield _picture(desk, "years", heading, "", draw, desk.source(found.source))


def _heat(
    desk: _Desk, row: Row | None, before: Row | None, area: str, period: str, limits: Sequence[float]
) -> charts.HeatCell:
    if row is None:
        exists = any(extent.touches(parse_period(period)) for extent in desk.site.areas[area].extents)
        return charts.HeatCell(state="missing" if exists else "not_applicable")
    value = row["value"]
    return charts.HeatCell(
        text=number(value, row["unit"], desk.language) if value is not None else "",
        state=row["missing_reason"] or "value",
        class_=class_of(value, limits) if value is not None else None,
        href=figure_address(row["release"], row["key"], desk.language),
        mark=desk.mark(row) if has_marks(row) else "",
        breaks=before is not None and bool(_break(desk, row, before)),
    )


def _neighbours(desk: _Desk, rows: pl.DataFrame) -> Iterator[Picture]:
    found = [r for r in desk.site.neighbours.get(desk.code, []) if not (desk.verified and is_unverified(r))]
    if len(found) < 2:
        return
    direction = desk.site.catalogue.indicators[desk.code].direction
    unit = found[0]["unit"]
    heading = f"{parse_period(found[0]['period']).label(desk.language)}, {desk.source(found[0]['source'])}"
    chart = charts.BarChart(
        title=f"{desk.name}. {desk.say('picture.neighbours')}: {heading}",
        description=desk.say("chart.see_table"),
        unit=code_list("unit").label(unit, desk.language),
        rows=[_bar(desk, row) for row in worst_first(found, direction)],
        words=desk.words(),
        format_number=desk.format(unit),
    )
    title = f"{desk.say('picture.neighbours')}: {heading}"
    yield _picture(
        desk, "neighbours", title, desk.say("picture.neighbours.lead"), lambda i, w: charts.render_bars(chart, i, w),
        desk.source(found[0]["source"]),
    )  # fmt: skip


def _bar(desk: _Desk, row: Row) -> charts.DotRow:
    shown = desk.site.shown(row["release"], row["key"], desk.language)
    return charts.DotRow(
        label=shown.area,
        value=row["value"],
        text=shown.text,
        mark=desk.mark(row),
        href=shown.href,
        emphasis=row["is_country"],
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
    desk = _Desk(site, "", language, verified=False)
    chart = charts.TileMap(
        title=say("places.title", language), description=say("places.lead", language), tiles=tiles, words=desk.words()
    )
    return charts.render_tiles(chart, "locator", NARROW)
