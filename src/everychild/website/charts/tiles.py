"""Tile map: every region is one tile of the same size, in about its place; tiles take keyboard focus as links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from everychild.website.charts.drawing import SMALL, link, rect, text, text_width, unread
from everychild.website.charts.model import STATE_SIGNS, Cell, Rendered, State, Table, Words, filled
from everychild.website.charts.states import KeyItem, finished, flow, key, nothing, ring, states_in, void_box

CLASSES = 5
_GAP = 4.0


@dataclass(frozen=True)
class MapTile:
    """A region in its place of the grid. `class_` is 0 (low) to 4 (high) of the value classes; None without a value."""

    short: str
    abbreviation: str
    name: str
    column: int
    row: int
    text: str = ""
    state: State = "value"
    class_: int | None = None
    href: str = ""
    chosen: bool = False
    mark: str = ""
    cases: str = ""

    def __post_init__(self) -> None:
        if self.class_ is not None and not (0 <= self.class_ < CLASSES and self.state == "value" and self.text):
            raise ValueError(f"{self.name}: class {self.class_} with state {self.state!r} and words {self.text!r}")


@dataclass(frozen=True)
class TileMap:
    """`legend` holds the words of the value classes from low to high; empty for a map that only shows places."""

    title: str
    description: str
    tiles: Sequence[MapTile]
    words: Words
    legend: Sequence[str] = ()

    def __post_init__(self) -> None:
        places = [(tile.column, tile.row) for tile in self.tiles]
        if len(places) != len(set(places)):
            raise ValueError(f"{self.title}: two tiles share one place of the grid")
        if self.legend and any(tile.class_ is None and tile.state == "value" for tile in self.tiles):
            raise ValueError(f"{self.title}: a tile with a value has no class")


def render_tiles(chart: TileMap, chart_id: str, width: float = 720) -> Rendered:
    """The picture and its table; tiles stand in reading order, row by row."""

    def table() -> Table:
        return _table(chart, ordered)

    ordered = sorted(chart.tiles, key=lambda tile: (tile.row, tile.column))
    if not ordered:
        return nothing(chart.words, width, chart_id, chart.title, chart.description, table)
    columns, rows = 1 + max(tile.column for tile in ordered), 1 + max(tile.row for tile in ordered)
    side = (width - _GAP * (columns - 1)) / columns
    tall = min(side, 64.0) if width > 500 else side * 0.98
    roomy = all(text_width(tile.short, SMALL) <= side - 4 for tile in ordered)
    small_number = any(text_width(tile.text, SMALL) > side - 4 for tile in ordered)
    parts = []
    for tile in ordered:
        x, y = tile.column * (side + _GAP), tile.row * (tall + _GAP)
        parts.append(_tile(chart, tile, x, y, side, tall, chart_id, roomy=roomy, small_number=small_number))
    legend, height = _legend(chart, chart_id, width, rows * (tall + _GAP) + 10)
    content = "".join(parts) + legend
    return finished(content, width, height, chart_id, chart.title, chart.description, table)


def _tile(
    chart: TileMap, tile: MapTile, x: float, y: float, side: float, tall: float, chart_id: str, *, roomy: bool,
    small_number: bool,
) -> str:  # fmt: skip
    if tile.class_ is None and chart.legend:
        box, ink = void_box(tile.state, x + 0.5, y + 0.5, side - 1, tall - 1, chart_id, 5), "c-halo"
        shown = STATE_SIGNS[tile.state]
    else:
        known = tile.class_ is not None
        class_, ink = (f"c-c{tile.class_}", f"c-on{tile.class_}") if known else ("c-place", "c-on0")
        box, shown = rect(x, y, side, tall, f"c-tile {class_}", 5, ' fill="none" stroke="currentColor"'), tile.text
    middle, centre = x + side / 2, y + tall / 2
    parts = box + text(tile.short if roomy else tile.abbreviation, middle, centre + (-4 if shown else 4),
                       f"c-small {ink}", "middle")  # fmt: skip
    if shown:
        size = "c-tiny" if small_number else "c-small"
        parts += text(shown, middle, centre + 12, f"c-strong {size} {ink}", "middle")
    if tile.chosen:
        parts += rect(x, y, side, tall, "c-chosen", 5, ' fill="none"')
    if tile.mark:
        parts += ring(x + side - 9, y + 9) if side > 55 else ring(x + side - 4.5, y + 4.5, 2.6)
    return link(parts, tile.href, _label(chart, tile))


def _label(chart: TileMap, tile: MapTile) -> str:
    said = tile.text or chart.words.state(tile.state)
    label = f"{tile.name}: {said}" if chart.legend else tile.name
    label += f" · n = {tile.cases}" if tile.cases else ""
    return label + (f" · {tile.mark}" if tile.mark else "")


def _legend(chart: TileMap, chart_id: str, width: float, y: float) -> tuple[str, float]:
    """Value classes from low to high, then what empty tiles and marks mean; with the height where it ends."""
    if not chart.legend:
        return "", y
    step = min(width / len(chart.legend), 140.0)
    if all(text_width(words, SMALL) <= step - 6 for words in chart.legend):
        parts = []
        for position, words in enumerate(chart.legend):
            parts.append(rect(position * step, y, step - 3, 12, f"c-c{position}"))
            parts.append(text(words, position * step, y + 28, "c-small c-soft"))
        classes, y = unread("".join(parts)), y + 40
    else:
        classes, y = flow([KeyItem(_swatch(n), 22, words) for n, words in enumerate(chart.legend)], width, y)
    states = states_in(tile.state for tile in chart.tiles if tile.class_ is None)
    explained, y = key(chart_id, chart.words, states, [tile.mark for tile in chart.tiles], width, y)
    return classes + explained, y


def _swatch(class_: int) -> Callable[[float, float], str]:
    return lambda x, middle: rect(x, middle - 6, 22, 12, f"c-c{class_}")


def _table(chart: TileMap, ordered: Sequence[MapTile]) -> Table:
    words = chart.words
    rows = [
        (
            Cell(tile.name),
            Cell(tile.text or words.state(tile.state), tile.href, number=True),
            Cell(tile.cases, number=True),
            Cell(tile.mark),
        )
        for tile in ordered
    ]
    return filled((words.area, words.value, words.cases, words.note), rows, always=2)
