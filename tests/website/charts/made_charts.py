"""Made charts that hold every state, mark and break, for the tests of this folder."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

from everychild.website import charts

SVG = "{http://www.w3.org/2000/svg}"
WORDS = charts.Words(
    value="value", lower="lower", upper="upper", missing="no data", not_applicable="not applicable",
    suppressed="hidden", few_cases="too few cases",
    unverified="not verified", low_reliability="low reliability", series_break="break", no_data="no data at all",
    period="period", area="area", group="group", series="source", note="note", cases="unweighted cases",
)  # fmt: skip
LONG = "Солтүстік Қазақстан облысы және тағы бір өте ұзақ атау"


def show(value: float) -> str:
    return f"{value:.1f}"


def point(year: int, value: float | None, **more: Any) -> charts.Point:
    shown = "" if value is None else show(value)
    return charts.Point(x=year + 0.5, period=str(year), value=value, text=shown, **more)


def line_chart(*series: charts.Series) -> charts.LineChart:
    return charts.LineChart("Title & <more>", "Description", "per 1,000", series, WORDS, show)


def dots(*rows: charts.DotRow, reference: tuple[float, str] | None = None) -> charts.DotPlot:
    return charts.DotPlot("Title", "Description", "percent", rows, WORDS, show, reference)


def row(label: str, value: float | None, **more: Any) -> charts.DotRow:
    return charts.DotRow(label=label, value=value, text="" if value is None else show(value), **more)


def tile_map() -> charts.TileMap:
    tiles = [
        charts.MapTile("Aa", "Aa", "Area A", 0, 0, "1.0", "value", 0, "/a"),
        charts.MapTile("Bb", "Bb", LONG, 1, 0, "9.0", "value", 4, "/b", mark="not verified"),
        charts.MapTile("Cc", "Cc", "Area C", 0, 1, "", "missing", None),
        charts.MapTile("Dd", "Dd", "Area D", 1, 1, "", "not_applicable", None),
        charts.MapTile("Ee", "Ee", "Area E", 2, 1, "", "suppressed", None),
    ]
    return charts.TileMap("Map", "Description", tiles, WORDS, ["0 – 1", "1 – 2", "2 – 3", "3 – 4", "4 – 9"])


def heat_grid() -> charts.HeatGrid:
    cells = [
        [charts.HeatCell("1.0", "value", 0, "/1"), charts.HeatCell("2.0", "value", 4, "/2", breaks=True)],
        [charts.HeatCell(state="missing"), charts.HeatCell("0.0", "value", 0, mark="not verified")],
        [charts.HeatCell(state="suppressed"), charts.HeatCell(state="not_applicable")],
    ]
    return charts.HeatGrid("Heat", "Description", ["A", LONG, "C"], ["2019", "2020"], cells, WORDS, "area")


def lines_of_all_kinds(width: float) -> charts.Rendered:
    first = [point(2010, 20.0, lower=18.0, upper=23.0), point(2011, 19.0, lower=17.0, upper=22.0)]
    first += [point(year, None, state=state) for year, state in ((2012, "missing"), (2013, "not_applicable"))]
    second = [point(2010, 21.0), point(2012, None, state="suppressed"), point(2013, 12.0, href="/p")]
    second += [point(2014, 0.0, mark="not verified", breaks="new definition")]
    return charts.render_lines(line_chart(charts.Series("One", first), charts.Series(LONG, second)), "c", width)


def dots_of_all_states(width: float) -> charts.Rendered:
    rows = [row("A", 12.0, lower=10.0, upper=15.0, href="/a"), row(LONG, 0.0, mark="not verified")]
    rows += [row(state, None, state=state) for state in ("missing", "not_applicable", "suppressed")]
    return charts.render_dots(dots(*rows, reference=(8.0, "Country: 8.0")), "c", width)


def bars_both_ways(width: float) -> charts.Rendered:
    rows = [row("A", 4.0), row(LONG, -2.0, mark="not verified"), row("Z", 0.0)]
    rows += [row(state, None, state=state) for state in ("missing", "not_applicable", "suppressed")]
    return charts.render_bars(charts.BarChart("T", "D", "percent", rows, WORDS, show), "c", width)


EVERY: dict[str, Callable[[float], charts.Rendered]] = {
    "lines": lines_of_all_kinds,
    "dots": dots_of_all_states,
    "bars": bars_both_ways,
    "tiles": lambda width: charts.render_tiles(tile_map(), "c", width),
    "heat": lambda width: charts.render_heat(heat_grid(), "c", width),
}


def parsed(rendered: charts.Rendered) -> ElementTree.Element:
    return ElementTree.fromstring(rendered.svg)
