"""Bars from zero to both sides, in the order given; every bar carries its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from everychild.website.charts.dots import DotRow, void_row
from everychild.website.charts.drawing import (
    SMALL,
    TEXT,
    Scale,
    line,
    link,
    rect,
    round_ticks,
    row_name,
    text,
    text_width,
)  # fmt: skip
from everychild.website.charts.model import Cell, NumberFormat, Rendered, Table, Words, filled
from everychild.website.charts.states import finished, key, nothing, ring

ROW = 34.0
_TOP = 26.0


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
    """The picture and its table."""

    def table() -> Table:
        return _table(chart)

    if not chart.rows:
        return nothing(chart.words, width, chart_id, chart.title, chart.description, table)
    label_width = min(width * 0.38, max(text_width(row.label, SMALL) for row in chart.rows) + 8)
    value_width = max([text_width(row.text, TEXT) for row in chart.rows] + [30.0]) + 16
    values = [row.value for row in chart.rows if row.value is not None] or [1.0]
    ticks = round_ticks(min(0.0, *values), max(0.0, *values), 3)
    left = label_width + 12 + (value_width if min(values) < 0 else 0.0)
    scale = Scale(ticks[0], ticks[-1], left, width - value_width - 6)
    end = _TOP + ROW * len(chart.rows)
    parts = [text(chart.unit, 2, 14, "c-soft c-small"), line(scale(0.0), _TOP, scale(0.0), end, "c-axis")]
    for position, row in enumerate(chart.rows):
        parts.append(_row(chart, row, scale, _TOP + ROW * (position + 0.5), label_width, width, chart_id))
    explained, height = key(chart_id, chart.words, [], [row.mark for row in chart.rows], width, end + 6)
    content = "".join(parts) + explained
    return finished(content, width, height + 4, chart_id, chart.title, chart.description, table)


def _row(chart: BarChart, row: DotRow, scale: Scale, y: float, label_width: float, width: float, chart_id: str) -> str:
    name = row_name(row.label, y, label_width, strong=row.emphasis)
    if row.value is None:
        room = text_width(chart.words.state(row.state), SMALL) + 22
        start = scale(0.0) if width - scale(0.0) >= room else label_width + 12
        return name + void_row(chart.words, row, start, y, width, chart_id)
    start, end = sorted((scale(0.0), scale(row.value)))
    bar = rect(start, y - 9, max(end - start, 0.8), 18, "c-bar c-bar-strong" if row.emphasis else "c-bar", 2)
    side = 1 if row.value >= 0 else -1
    place = end if side > 0 else start
    if row.mark:
        bar += ring(place + 8 * side, y)
        place += 10 * side
    label = f"{row.label}: {row.text}" + (f" · {row.mark}" if row.mark else "")
    shown = text(row.text, place + 6 * side, y + 4, "c-strong", "start" if side > 0 else "end")
    return name + link(bar, row.href, label) + shown


def _table(chart: BarChart) -> Table:
    words = chart.words
    rows = [
        (
            Cell(row.label),
            Cell(row.text or words.state(row.state), row.href, number=True),
            Cell(row.mark),
        )
        for row in chart.rows
    ]
    return filled((words.area, words.value, words.note), rows, always=2)
