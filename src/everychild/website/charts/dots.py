"""Dot plot with intervals: groups beside each other, the worst-off first, with a line for the country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from everychild.website.charts.drawing import Scale, element, frame, link, text, text_width, value_ticks, wrapped
from everychild.website.charts.model import Cell, NumberFormat, Rendered, State, Table, Words

ROW, TALL_ROW = 28.0, 38.0
"""Height of a row; the tall one is for plots in which a name takes two lines."""


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
    href: str = ""
    emphasis: bool = False


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
    label_width = min(width * 0.38, max([text_width(row.label, 13) for row in chart.rows] + [40.0]) + 8)
    value_width = max([text_width(row.text, 13) for row in chart.rows if row.value is not None] + [30.0]) + 12
    values = [v for row in chart.rows for v in (row.value, row.lower, row.upper) if v is not None]
    values += [chart.reference[0]] if chart.reference else []
    ticks = value_ticks(values, 3 if width < 500 else 5)
    scale = Scale(ticks[0], ticks[-1], label_width + 14, width - value_width - 8)
    top = 46.0 if chart.reference else 30.0
    tall = any(len(wrapped(row.label, label_width, 12.5)) > 1 for row in chart.rows)
    step = TALL_ROW if tall else ROW
    bottom = top + step * max(1, len(chart.rows))
    height = bottom + 26
    parts = [_axis(chart, ticks, scale, top, bottom)]
    for position, row in enumerate(chart.rows):
        parts.append(_row(chart, row, scale, top + step * (position + 0.5), label_width, width))
    svg = frame("".join(parts), width, height, chart_id, chart.title, chart.description, "group")
    return Rendered(svg, _table(chart), chart.title, chart.description)


def _axis(chart: DotPlot, ticks: Sequence[float], scale: Scale, top: float, bottom: float) -> str:
    parts = [text(chart.unit, 2, 14, "c-soft c-small")]
    for tick in ticks:
        x = scale(tick)
        parts.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="c-grid"))
        parts.append(text(chart.format_number(tick), x, bottom + 18, "c-soft", "middle"))
    if chart.reference:
        value, words = chart.reference
        x = scale(value)
        half = text_width(words, 12.5) / 2
        place = min(max(x, scale.first + half - 14), scale.last - half + 30)
        parts.append(element("line", x1=x, x2=x, y1=top - 6, y2=bottom, class_="c-reference"))
        parts.append(text(words, place, top - 12, "c-reference-text", "middle"))
    return element("g", "".join(parts), aria_hidden="true")


def _row(chart: DotPlot, row: DotRow, scale: Scale, y: float, label_width: float, width: float) -> str:
    lines = wrapped(row.label, label_width, 12.5)
    first = y + 4 - 7.5 * (len(lines) - 1)
    strong = "c-strong" if row.emphasis else ""
    name = "".join(text(line, 2, first + 15 * n, strong) for n, line in enumerate(lines))
    if len(lines) > 1 or lines[0] != row.label:
        name = element("g", element("title", escape(row.label)) + name)
    if row.value is None:
        words = chart.words.state(row.state)
        sign = element("rect", x=scale.first, y=y - 7, width=scale.last - scale.first, height=14, rx=3,
                       class_=f"c-void c-{row.state}")  # fmt: skip
        return name + link(
            sign + text(words, scale.first + 8, y + 4, "c-soft c-small"), row.href, f"{row.label}: {words}"
        )
    x = scale(row.value)
    marks = ""
    label = f"{row.label}: {row.text}"
    if row.lower is not None and row.upper is not None:
        marks += element("line", x1=scale(row.lower), x2=scale(row.upper), y1=y, y2=y, class_="c-whisker c-s0")
        label += f" ({chart.format_number(row.lower)} – {chart.format_number(row.upper)})"
    label += f" · {row.mark}" if row.mark else ""
    marks += element(
        "circle", cx=x, cy=y, r=6 if row.emphasis else 5, class_="c-dot c-f0" + (" c-hollow" if row.mark else "")
    )
    number = text(row.text, width - 4, y + 4, f"c-strong {strong}".strip(), "end")
    rail = element("line", x1=scale.first, x2=scale.last, y1=y, y2=y, class_="c-rail")
    return name + rail + link(marks, row.href, label) + number


def _table(chart: DotPlot) -> Table:
    words, show = chart.words, chart.format_number
    rows = [
        (
            Cell(row.label),
            Cell(row.text if row.value is not None else words.state(row.state), row.href, number=True),
            Cell("" if row.lower is None else show(row.lower), number=True),
            Cell("" if row.upper is None else show(row.upper), number=True),
            Cell(row.mark),
        )
        for row in chart.rows
    ]
    return Table((words.group, words.value, words.lower, words.upper, words.note), rows)
