"""Heat grid: rows by columns with the number in every cell, so that colour never speaks alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from everychild.website.charts.drawing import element, frame, link, shortened, text, text_width
from everychild.website.charts.model import Cell, Rendered, State, Table, Words

ROW = 26.0


@dataclass(frozen=True)
class HeatCell:
    """`class_` is 0 (low) to 4 (high); None without a value. `breaks`: not comparable with the cell before."""

    text: str = ""
    state: State = "missing"
    class_: int | None = None
    href: str = ""
    mark: str = ""
    breaks: bool = False


@dataclass(frozen=True)
class HeatGrid:
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


def render_heat(chart: HeatGrid, chart_id: str, width: float = 720) -> Rendered:
    label_width = min(width * 0.34, max([text_width(row, 12.5) for row in chart.rows] + [40.0]) + 8)
    side = (width - label_width) / max(1, len(chart.columns))
    small = side < 34
    every = 1 if side >= 34 else 2 if side >= 20 else 4
    parts = [
        text(column, label_width + side * (n + 0.5), 14, "c-soft c-small", "middle")
        for n, column in enumerate(chart.columns)
        if n % every == (len(chart.columns) - 1) % every
    ]
    for r, (name, cells) in enumerate(zip(chart.rows, chart.cells, strict=True)):
        y = 22 + ROW * r
        short = shortened(name, label_width - 4, 12.5)
        label = text(short, 2, y + 17)
        parts.append(label if short == name else element("g", element("title", escape(name)) + label))
        for c, cell in enumerate(cells):
            parts.append(_cell(chart, cell, name, chart.columns[c], label_width + side * c, y, side, small=small))
    height = 22 + ROW * len(chart.rows) + 4
    svg = frame("".join(parts), width, height, chart_id, chart.title, chart.description, "group")
    return Rendered(svg, _table(chart), chart.title, chart.description)


def _cell(
    chart: HeatGrid, cell: HeatCell, row: str, column: str, x: float, y: float, side: float, *, small: bool
) -> str:
    """One cell; written out in one piece, because a page holds four hundred of them."""
    known = cell.class_ is not None
    words = cell.text if known else chart.words.state(cell.state)
    class_ = f"c-c{cell.class_}" if known else f"c-void c-{cell.state}"
    box = (
        f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{side - 2:.1f}" height="{ROW - 2:.0f}" rx="3" '
        f'class="c-tile {class_}"/>'
    )
    if known and not small:
        size = "c-tiny" if text_width(cell.text, 12) > side - 4 else "c-small"
        box += (
            f'<text x="{x + side / 2:.1f}" y="{y + 17:.0f}" class="c-text {size} c-on{cell.class_}" '
            f'text-anchor="middle">{escape(cell.text)}</text>'
        )
    if cell.breaks:
        box += element("line", x1=x, x2=x, y1=y, y2=y + ROW, class_="c-break")
    label = f"{row}, {column}: {words}" + (f" · {cell.mark}" if cell.mark else "")
    if not known and not cell.href:
        return f"<g><title>{escape(label)}</title>{box}</g>"
    return link(box, cell.href, label)


def _table(chart: HeatGrid) -> Table:
    rows = [
        (
            Cell(name),
            *(Cell(c.text if c.class_ is not None else chart.words.state(c.state), c.href, number=True) for c in cells),
        )
        for name, cells in zip(chart.rows, chart.cells, strict=True)
    ]
    return Table((chart.corner, *chart.columns), rows)
