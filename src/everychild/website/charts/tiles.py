"""Tile map: every region is one tile of the same size, in about its place; tiles take keyboard focus as links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from everychild.website.charts.drawing import element, frame, link, shortened, text, text_width
from everychild.website.charts.model import STATE_SIGNS, Cell, Rendered, State, Table, Words

CLASSES = 5


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


@dataclass(frozen=True)
class TileMap:
    """`legend` holds the words of the value classes from low to high; empty for a map that only shows places."""

    title: str
    description: str
    tiles: Sequence[MapTile]
    words: Words
    legend: Sequence[str] = ()


def render_tiles(chart: TileMap, chart_id: str, width: float = 720) -> Rendered:
    columns = 1 + max(tile.column for tile in chart.tiles)
    rows = 1 + max(tile.row for tile in chart.tiles)
    gap = 4.0
    side = (width - gap * (columns - 1)) / columns
    tall = min(side, 64.0) if width > 500 else side * 0.98
    ordered = sorted(chart.tiles, key=lambda tile: (tile.row, tile.column))
    parts = [_tile(chart, tile, tile.column * (side + gap), tile.row * (tall + gap), side, tall) for tile in ordered]
    height = rows * (tall + gap)
    legend, height = _legend(chart, width, height + 10)
    content = "".join(parts) + legend
    svg = frame(content, width, height, chart_id, chart.title, chart.description, "group")
    return Rendered(svg, _table(chart), chart.title, chart.description)


def _tile(chart: TileMap, tile: MapTile, x: float, y: float, side: float, tall: float) -> str:
    class_ = (
        f"c-c{tile.class_}"
        if tile.class_ is not None
        else ("c-place" if not chart.legend else f"c-void c-{tile.state}")
    )
    box = element(
        "rect", x=x, y=y, width=side, height=tall, rx=5, class_=f"c-tile {class_}{' c-chosen' if tile.chosen else ''}"
    )
    ink = f"c-on{tile.class_}" if tile.class_ is not None else ""
    roomy = all(text_width(other.short, 11.5) <= side - 4 for other in chart.tiles)
    name = tile.short if roomy else tile.abbreviation
    name_class = "c-tile-name" if side > 55 else "c-tile-name c-small"
    shown = tile.text if tile.class_ is not None else (STATE_SIGNS[tile.state] if chart.legend else "")
    lift = 4.0 if shown else -4.0
    parts = box + text(name, x + side / 2, y + tall / 2 - lift, f"{name_class} {ink}".strip(), "middle")
    if shown:
        parts += text(
            shown, x + side / 2, y + tall / 2 + 13, f"c-strong {'c-tiny' if side <= 55 else ''} {ink}".strip(), "middle"
        )
    label = tile.name
    if chart.legend:
        label += f": {tile.text if tile.class_ is not None else chart.words.state(tile.state)}"
    return link(parts, tile.href, label + (f" · {tile.mark}" if tile.mark else ""))


def _legend(chart: TileMap, width: float, y: float) -> tuple[str, float]:
    """Value classes from low to high, then the states that occur; returns the picture's height with it."""
    if not chart.legend:
        return "", y
    parts = []
    step = min(width / max(1, len(chart.legend)), 140.0)
    for position, words in enumerate(chart.legend):
        x = position * step
        parts.append(element("rect", x=x, y=y, width=step - 3, height=12, class_=f"c-tile c-c{position}"))
        parts.append(text(shortened(words, step - 4, 11.5), x, y + 27, "c-small c-soft"))
    y += 36
    voids: tuple[State, ...] = ("missing", "not_applicable", "suppressed")
    states = [s for s in voids if any(t.state == s for t in chart.tiles)]
    for state in states:
        parts.append(element("rect", x=0, y=y, width=22, height=14, rx=3, class_=f"c-tile c-void c-{state}"))
        parts.append(text(f"{STATE_SIGNS[state]} {chart.words.state(state)}", 30, y + 11, "c-small c-soft"))
        y += 20
    return element("g", "".join(parts), aria_hidden="true"), y


def _table(chart: TileMap) -> Table:
    words = chart.words
    ordered = sorted(chart.tiles, key=lambda tile: (tile.row, tile.column))
    rows = [
        (
            Cell(tile.name),
            Cell(tile.text if tile.class_ is not None else words.state(tile.state), tile.href, number=True),
            Cell(tile.mark),
        )
        for tile in ordered
    ]
    return Table((words.area, words.value, words.note), rows)
