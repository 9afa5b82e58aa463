"""Heat grid: rows by columns with the number or the sign of its state in every cell, for colour never speaks alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import NamedTuple

from everychild.website.charts.drawing import (
    SMALL,
    TINY,
    line,
    link_escaped,
    number,
    row_name,
    text,
    text_width,
    wrapped,
)
from everychild.website.charts.model import STATE_SIGNS, Cell, Rendered, State, Table, Words
from everychild.website.charts.states import finished, key, nothing, ring, states_in, void_box

_TOP = 24.0
_NARROWEST_UPRIGHT = 10.5
"""Cells narrower than this many pixels hold no text at all; their numbers are in titles and in the table."""


@dataclass(frozen=True)
class HeatCell:
    """`class_` is 0 (low) to 4 (high); None without a value. `breaks`: not comparable with the cell before."""

    text: str = ""
    state: State = "missing"
    class_: int | None = None
    href: str = ""
    mark: str = ""
    breaks: bool = False

    def __post_init__(self) -> None:
        if (self.class_ is None) == (self.state == "value"):
            raise ValueError(f"a cell with class {self.class_} and state {self.state!r}")


@dataclass(frozen=True)
class HeatGrid:
    """One cell for every row and column; `corner` heads the names of the rows."""

    title: str
    description: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[HeatCell]]
    words: Words
    corner: str

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.rows) or any(len(row) != len(self.columns) for row in self.cells):
            raise ValueError("a heat grid needs one cell for every row and column")


@dataclass(frozen=True)
class _Lattice:
    """Sizes of all cells; `ink` is the class of their numbers, which stand upright in narrow cells."""

    left: float
    side: float
    tall: float
    ink: str
    upright: bool

    @cached_property
    def wide(self) -> str:
        return number(self.side - 2)

    @cached_property
    def high(self) -> str:
        return number(self.tall - 2)


class _Column(NamedTuple):
    """Places of a column and its name, written once for all its cells."""

    x: float
    left: str
    middle: str
    name: str

    @classmethod
    def at(cls, x: float, lattice: _Lattice, name: str) -> _Column:
        return cls(x, number(x + 1), number(x + lattice.side / 2), escape(name))


class _Row(NamedTuple):
    """Places of a row and its name, written once for all its cells; `base` is where level numbers stand."""

    y: float
    top: str
    centre: str
    base: str
    name: str

    @classmethod
    def at(cls, y: float, lattice: _Lattice, name: str) -> _Row:
        centre = y + lattice.tall / 2
        return cls(y, number(y + 1), number(centre), number(centre + 4), escape(name))


def _lattice(chart: HeatGrid, width: float) -> _Lattice:
    left = min(width * 0.34, max(text_width(row, SMALL) for row in chart.rows) + 8)
    side = (width - left) / len(chart.columns)
    texts = {cell.text for row in chart.cells for cell in row if cell.class_ is not None}
    widest = max((text_width(t, 1.0) for t in texts), default=1.0)
    tall = 34.0 if any(len(wrapped(row, left - 4, SMALL)) > 1 for row in chart.rows) else 26.0
    if widest * SMALL <= side - 4:
        return _Lattice(left, side, tall, "c-small", upright=False)
    if widest * TINY <= side - 2:
        return _Lattice(left, side, tall, "c-tiny", upright=False)
    ink = "c-tiny" if side >= _NARROWEST_UPRIGHT else ""
    return _Lattice(left, side, max(tall, widest * TINY + 6), ink, upright=True)


def render_heat(chart: HeatGrid, chart_id: str, width: float = 720) -> Rendered:
    """The picture and its table."""

    def table() -> Table:
        return _table(chart)

    if not chart.rows or not chart.columns:
        return nothing(chart.words, width, chart_id, chart.title, chart.description, table)
    lattice = _lattice(chart, width)
    parts = [_heads(chart, lattice, width)]
    columns = [_Column.at(lattice.left + lattice.side * n, lattice, name) for n, name in enumerate(chart.columns)]
    for r, (name, cells) in enumerate(zip(chart.rows, chart.cells, strict=True)):
        row = _Row.at(_TOP + lattice.tall * r, lattice, name)
        parts.append(row_name(name, row.y + lattice.tall / 2, lattice.left - 4))
        parts += [
            _cell(chart, cell, row, column, lattice, chart_id) for column, cell in zip(columns, cells, strict=True)
        ]
    end = _TOP + lattice.tall * len(chart.rows) + 8
    every = [cell for cells in chart.cells for cell in cells]
    states = states_in({cell.state for cell in every})
    explained, height = key(chart_id, chart.words, states, {cell.mark for cell in every}, width, end)
    content = "".join(parts) + explained
    return finished(content, width, height, chart_id, chart.title, chart.description, table)


def _heads(chart: HeatGrid, lattice: _Lattice, width: float) -> str:
    """Column heads, as many as fit, the last one always among them."""
    widest = max(text_width(column, SMALL) for column in chart.columns)
    every = next(n for n in range(1, 10_000) if n * lattice.side >= widest + 6 or n >= len(chart.columns))
    last = len(chart.columns) - 1
    parts = []
    for n, column in enumerate(chart.columns):
        if (last - n) % every == 0:
            x = min(lattice.left + lattice.side * (n + 0.5), width - text_width(column, SMALL) / 2)
            parts.append(text(column, x, 15, "c-soft c-small", "middle"))
    return "".join(parts)


def _cell(chart: HeatGrid, cell: HeatCell, row: _Row, column: _Column, lattice: _Lattice, chart_id: str) -> str:
    if cell.class_ is not None:
        words = escape(cell.text)
        box = (
            f'<rect x="{column.left}" y="{row.top}" width="{lattice.wide}" height="{lattice.high}" rx="3" '
            f'class="c-c{cell.class_}"/>' + _number(words, f"c-on{cell.class_}", row, column, lattice, lattice.upright)
        )
    else:
        words = escape(cell.text or chart.words.state(cell.state))
        box = void_box(cell.state, column.x + 1.5, row.y + 1.5, lattice.side - 3, lattice.tall - 3, chart_id)
        box += _number(STATE_SIGNS[cell.state], "c-halo", row, column, lattice, upright=False)
    if cell.breaks:
        box += line(column.x, row.y, column.x, row.y + lattice.tall, "c-break")
    if cell.mark:
        box += ring(column.x + lattice.side - 5, row.y + 5, 2.4)
        words += f" · {escape(cell.mark)}"
    return link_escaped(box, cell.href, f"{row.name}, {column.name}: {words}")


def _number(words: str, class_: str, row: _Row, column: _Column, lattice: _Lattice, upright: bool) -> str:
    if not lattice.ink:
        return ""
    place, turn = row.base, ""
    if upright:
        place = row.centre
        turn = f' transform="rotate(-90 {column.middle} {place}) translate(0 4)"'
    classes = f"c-text {lattice.ink} {class_}"
    return f'<text x="{column.middle}" y="{place}" class="{classes}" text-anchor="middle"{turn}>{words}</text>'


def _table(chart: HeatGrid) -> Table:
    rows = [
        (
            Cell(name),
            *(Cell(c.text or chart.words.state(c.state), c.href, number=True) for c in cells),
        )
        for name, cells in zip(chart.rows, chart.cells, strict=True)
    ]
    return Table((chart.corner, *chart.columns), rows)
