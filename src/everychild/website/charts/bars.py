"""Horizontal bars from zero, for countries or kinds beside each other; negative values go left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from everychild.website.charts.dots import DotRow
from everychild.website.charts.drawing import Scale, element, frame, link, round_ticks, text, text_width, wrapped
from everychild.website.charts.model import Cell, NumberFormat, Rendered, Table, Words

ROW = 34.0


@dataclass(frozen=True)
class BarChart:
    """Rows in the order to show."""

    title: str
    description: str
    unit: str
    rows: Sequence[DotRow]
    words: Words
    format_number: NumberFormat


def render_bars(chart: BarChart, chart_id: str, width: float = 720) -> Rendered:
    label_width = min(width * 0.38, max([text_width(row.label, 13) for row in chart.rows] + [40.0]) + 8)
    value_width = max([text_width(row.text, 13) for row in chart.rows] + [30.0]) + 12
    values = [row.value for row in chart.rows if row.value is not None] or [1.0]
    ticks = round_ticks(min(0.0, *values), max(0.0, *values), 3)
    scale = Scale(ticks[0], ticks[-1], label_width + 12, width - value_width - 6)
    top, height = 26.0, 26 + ROW * max(1, len(chart.rows)) + 6
    parts = [text(chart.unit, 2, 14, "c-soft c-small")]
    for position, row in enumerate(chart.rows):
        parts.append(_row(chart, row, scale, top + ROW * (position + 0.5), label_width))
    zero = scale(0.0)
    parts.append(element("line", x1=zero, x2=zero, y1=top, y2=height - 6, class_="c-axis"))
    svg = frame("".join(parts), width, height, chart_id, chart.title, chart.description, "group")
    return Rendered(svg, _table(chart), chart.title, chart.description)


def _row(chart: BarChart, row: DotRow, scale: Scale, y: float, label_width: float) -> str:
    lines = wrapped(row.label, label_width, 12.5)
    first = y + 4 - 7.5 * (len(lines) - 1)
    strong = "c-strong" if row.emphasis else ""
    name = "".join(text(line, 2, first + 15 * n, strong) for n, line in enumerate(lines))
    if row.value is None:
        words = chart.words.state(row.state)
        sign = element("rect", x=scale(0.0), y=y - 9, width=max(20.0, scale.last - scale(0.0)), height=18, rx=3,
                       class_=f"c-void c-{row.state}")  # fmt: skip
        return name + link(
            sign + text(words, scale(0.0) + 8, y + 4, "c-soft c-small"), row.href, f"{row.label}: {words}"
        )
    start, end = sorted((scale(0.0), scale(row.value)))
    class_ = "c-bar c-bar-strong" if row.emphasis else "c-bar"
    bar = element("rect", x=start, y=y - 9, width=max(end - start, 0.75), height=18, rx=2, class_=class_)
    label = f"{row.label}: {row.text}" + (f" · {row.mark}" if row.mark else "")
    return name + link(bar, row.href, label) + text(row.text, end + 6, y + 4, "c-strong")


def _table(chart: BarChart) -> Table:
    words = chart.words
    rows = [
        (
            Cell(row.label),
            Cell(row.text if row.value is not None else words.state(row.state), row.href, number=True),
            Cell(row.mark),
        )
        for row in chart.rows
    ]
    return Table((words.area, words.value, words.note), rows)
