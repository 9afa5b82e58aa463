"""Dot plot with intervals: groups beside each other, the worst-off first, with a line for the country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from everychild.website.charts.drawing import (
    SMALL,
    TEXT,
    Scale,
    circle,
    line,
    link,
    row_name,
    shortened,
    text,
    text_width,
    unread,
    value_ticks,
    wrapped,
)  # fmt: skip
from everychild.website.charts.model import (
    STATE_SIGNS,
    Cell,
    NumberFormat,
    Rendered,
    State,
    Table,
    Words,
    check_figure,
    filled,
)
from everychild.website.charts.states import finished, key, nothing, void_box

ROW, TALL_ROW = 28.0, 38.0
"""Height of a row; the tall one is for plots in which a name takes two lines."""
_BOLD = 1.1
"""How much wider bold words are than the plain ones that `text_width` estimates."""


@dataclass(frozen=True)
class DotRow:
    """One group. `emphasis` is for the group the page speaks about."""

    label: str
    value: float | None
    text: str
    lower: float | None = None
    upper: float | None = None
    state: State = "value"
    mark: str = ""
    cases: str = ""
    href: str = ""
    emphasis: bool = False

    def __post_init__(self) -> None:
        check_figure(self.label, self.value, self.lower, self.upper, self.state, self.text)


@dataclass(frozen=True)
class DotPlot:
    """Rows in the order to show; `reference` is the country's figure with its words."""

    title: str
    description: str
    unit: str
    rows: Sequence[DotRow]
    words: Words
    format_number: NumberFormat
    reference: tuple[float, str] | None = None


def render_dots(chart: DotPlot, chart_id: str, width: float = 720) -> Rendered:
    """The picture and its table."""

    def table() -> Table:
        return dot_table(chart)

    if not chart.rows:
        return nothing(chart.words, width, chart_id, chart.title, chart.description, table)
    label_width = min(width * 0.38, max(text_width(row.label, SMALL) for row in chart.rows) + 8)
    value_width = max([text_width(row.text, TEXT) for row in chart.rows if row.value is not None] + [30.0]) + 12
    values = [v for row in chart.rows for v in (row.value, row.lower, row.upper) if v is not None]
    values += [chart.reference[0]] if chart.reference else []
    ticks = value_ticks(values, 3 if width < 500 else 5)
    scale = Scale(ticks[0], ticks[-1], label_width + 14, width - value_width - 8)
    top = 46.0 if chart.reference else 30.0
    said = {chart.words.state(row.state) for row in chart.rows if row.value is None}
    tall = any(len(wrapped(row.label, label_width, SMALL)) > 1 for row in chart.rows)
    tall = tall or any(len(wrapped(words, width - scale.first - 18, SMALL)) > 1 for words in said)
    step = TALL_ROW if tall else ROW
    bottom = top + step * len(chart.rows)
    parts = [_axis(chart, ticks if values else [], scale, top, bottom, width)]
    for position, row in enumerate(chart.rows):
        parts.append(_row(chart, row, scale, top + step * (position + 0.5), label_width, width, chart_id))
    explained, height = key(chart_id, chart.words, [], [row.mark for row in chart.rows], width, bottom + 28)
    content = "".join(parts) + explained
    return finished(content, width, height, chart_id, chart.title, chart.description, table)


def _axis(chart: DotPlot, ticks: Sequence[float], scale: Scale, top: float, bottom: float, width: float) -> str:
    parts = [text(chart.unit, 2, 14, "c-soft c-small")]
    for tick in ticks:
        x = scale(tick)
        parts.append(line(x, top, x, bottom, "c-grid"))
        parts.append(text(chart.format_number(tick), x, bottom + 18, "c-soft", "middle"))
    if chart.reference:
        value, words = chart.reference
        words = shortened(words, (width - 8) / _BOLD, TEXT)
        x = scale(value)
        half = _BOLD * text_width(words, TEXT) / 2
        place = max(half + 2, min(x, width - half - 2))
        parts.append(line(x, top - 6, x, bottom, "c-reference"))
        parts.append(text(words, place, top - 12, "c-reference-text", "middle"))
    return unread("".join(parts))


def _row(chart: DotPlot, row: DotRow, scale: Scale, y: float, label_width: float, width: float, chart_id: str) -> str:
    name = row_name(row.label, y, label_width, strong=row.emphasis)
    if row.value is None:
        return name + void_row(chart.words, row, scale.first, y, width, chart_id)
    marks = ""
    label = f"{row.label}: {row.text}"
    if row.lower is not None and row.upper is not None:
        marks += line(scale(row.lower), y, scale(row.upper), y, "c-whisker c-s0")
        label += f" ({chart.format_number(row.lower)} – {chart.format_number(row.upper)})"
    label += f" · n = {row.cases}" if row.cases else ""
    label += f" · {row.mark}" if row.mark else ""
    marks += circle(scale(row.value), y, 6 if row.emphasis else 5, "c-dot c-f0 c-hollow" if row.mark else "c-dot c-f0")
    rail = line(scale.first, y, scale.last, y, "c-rail")
    return name + rail + link(marks, row.href, label) + text(row.text, width - 4, y + 4, "c-strong", "end")


def void_row(words: Words, row: DotRow, start: float, y: float, width: float, chart_id: str) -> str:
    """A row without a value: its state in words on a ground of its own, so that nobody reads it as zero."""
    said = row.text or words.state(row.state)
    lines = wrapped(f"{STATE_SIGNS[row.state]} {said}", width - start - 18, SMALL)
    half = 9.0 if len(lines) == 1 else 16.0
    box = void_box(row.state, start, y - half, width - 4 - start, 2 * half, chart_id)
    first = y + 4 - 7 * (len(lines) - 1)
    shown = "".join(text(part, start + 8, first + 14 * n, "c-small c-halo") for n, part in enumerate(lines))
    return link(box + shown, row.href, f"{row.label}: {said}")


def dot_table(chart: DotPlot) -> Table:
    """The table alone."""
    words, show = chart.words, chart.format_number
    rows = [
        (
            Cell(row.label),
            Cell(row.text or words.state(row.state), row.href, number=True),
            Cell("" if row.lower is None else show(row.lower), number=True),
            Cell("" if row.upper is None else show(row.upper), number=True),
            Cell(row.cases, number=True),
            Cell(row.mark),
        )
        for row in chart.rows
    ]
    return filled((words.group, words.value, words.lower, words.upper, words.cases, words.note), rows, always=2)
