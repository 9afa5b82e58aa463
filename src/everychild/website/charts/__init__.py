"""Five charts as SVG, drawn on the server: line with interval band, dot plot, bars, tile map, heat grid.

A chart comes with its own table of the same numbers. Colours, dark mode and print live in `static/charts.css`; the
picture carries classes only, because the pages allow no inline style.
"""

from everychild.website.charts.bars import BarChart, render_bars
from everychild.website.charts.dots import DotPlot, DotRow, dot_table, render_dots
from everychild.website.charts.export import png, standalone
from everychild.website.charts.heat import HeatCell, HeatGrid, render_heat
from everychild.website.charts.lines import render_lines
from everychild.website.charts.model import Cell, LineChart, Point, Rendered, Series, Table, Words, table_html
from everychild.website.charts.tiles import MapTile, TileMap, render_tiles

__all__ = [
    "BarChart", "Cell", "DotPlot", "DotRow", "HeatCell", "HeatGrid", "LineChart", "MapTile", "Point", "Rendered",
    "Series", "Table", "TileMap", "Words", "dot_table", "png", "render_bars", "render_dots", "render_heat",
    "render_lines", "render_tiles", "standalone", "table_html",
]  # fmt: skip
