"""Line chart: figures over time with interval bands; a line is never drawn across a break or a missing figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from everychild.website.charts.drawing import (
    Scale,
    element,
    frame,
    link,
    polyline,
    shortened,
    text,
    text_width,
    value_ticks,
)  # fmt: skip
from everychild.website.charts.model import STATE_SIGNS, Cell, NumberFormat, Rendered, State, Table, Words

MOST_SERIES = 4
NEAR_END = 3.0
"""Years from the right edge within which last values are written at the edge, clear of all marks."""


@dataclass(frozen=True)
class Point:
    """One figure in time. `x` is a decimal year; `breaks` says why the line must not come from the point before."""

    x: float
    period: str
    value: float | None
    text: str
    lower: float | None = None
    upper: float | None = None
    state: State = "value"
    mark: str = ""
    href: str = ""
    breaks: str = ""
    joined: bool = True
    """False: the figure before it is too far away in time to be joined by a line."""


@dataclass(frozen=True)
class Series:
    """The figures of one source in order of time."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class LineChart:
    """`target` is a value with its words, drawn across the whole width."""

    title: str
    description: str
    unit: str
    series: Sequence[Series]
    words: Words
    format_number: NumberFormat
    target: tuple[float, str] | None = None


def render_lines(chart: LineChart, chart_id: str, width: float = 720) -> Rendered:
    """The picture and its table; an honest sentence instead of axes when there is no value at all."""
    series = [s for s in chart.series if any(p.value is not None for p in s.points)][:MOST_SERIES]
    table = _table(chart)
    if not series:
        body = text(chart.words.no_data, width / 2, 60, "c-soft", "middle")
        return Rendered(
            frame(body, width, 120, chart_id, chart.title, chart.description, "img"),
            table,
            chart.title,
            chart.description,
        )
    svg = _Drawing(chart, series, width).svg(chart_id)
    return Rendered(svg, table, chart.title, chart.description)


class _Drawing:
    """Geometry of one picture."""

    def __init__(self, chart: LineChart, series: Sequence[Series], width: float) -> None:
        self.chart, self.series, self.width = chart, series, width
        self.narrow = width < 500
        self.size = 13.0
        self.labels: list[tuple[float, float, float]] = []
        values = [v for s in series for p in s.points for v in (p.value, p.lower, p.upper) if v is not None]
        values += [chart.target[0]] if chart.target else []
        self.ticks = value_ticks(values, 4 if self.narrow else 5)
        self.legend = list(self._legend_rows())
        self.top = 26 + 20 * len(self.legend) if len(series) > 1 else 30
        labels = [chart.format_number(tick) for tick in self.ticks]
        self.left = 10 + max(text_width(label, self.size) for label in labels)
        last_texts = [next(p.text for p in reversed(s.points) if p.value is not None) for s in series]
        self.right = 14 + max(text_width(label, self.size) for label in last_texts)
        self.height = self.top + (190 if self.narrow else 270) + 34
        self.bottom = self.height - 34
        years = [p.x for s in series for p in s.points if p.value is not None]
        self.x = Scale(min(years), max(years), self.left + 8, width - self.right - 8)
        self.y = Scale(self.ticks[0], self.ticks[-1], self.bottom, self.top)

    def svg(self, chart_id: str) -> str:
        parts = [self._grid(), self._years(), self._legend(), self._target()]
        parts += [self._breaks()]
        # The main source comes first in the list and is drawn last, above the others; its label takes its room first.
        drawn = [self._one(slot, series) for slot, series in enumerate(self.series)]
        parts += reversed(drawn)
        role = "group"
        content = "".join(parts)
        return frame(content, self.width, self.height, chart_id, self.chart.title, self.chart.description, role)

    def _grid(self) -> str:
        parts = [text(self.chart.unit, 2, self.top - 12, "c-soft c-small")]
        for tick in self.ticks:
            y = self.y(tick)
            parts.append(element("line", x1=self.left, x2=self.width - self.right, y1=y, y2=y, class_="c-grid"))
            parts.append(text(self.chart.format_number(tick), self.left - 6, y + 4, "c-soft", "end"))
        return element("g", "".join(parts), aria_hidden="true")

    def _years(self) -> str:
        first, last = int(self.x.low), int(self.x.high)
        room = max(1, int((self.x.last - self.x.first) / 52))
        step = next((s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s <= room), 100)
        years = [year for year in range(first, last + 1) if (year - first) % step == 0]
        parts = [text(str(year), self.x(year + self.x.low % 1), self.bottom + 20, "c-soft", "middle") for year in years]
        return element("g", "".join(parts), aria_hidden="true")

    def _legend_rows(self) -> Iterator[list[tuple[int, str, float]]]:
        row: list[tuple[int, str, float]] = []
        x = 2.0
        for slot, series in enumerate(self.series):
            name = shortened(series.name, self.width - 40, self.size)
            needed = 34 + text_width(name, self.size) + 14
            if row and x + needed > self.width:
                yield row
                row, x = [], 2.0
            row.append((slot, name, x))
            x += needed
        yield row

    def _legend(self) -> str:
        if len(self.series) < 2:
            return ""
        parts = []
        for line, row in enumerate(self.legend):
            y = 12 + 20 * line
            for slot, name, x in row:
                parts.append(element("line", x1=x, x2=x + 26, y1=y, y2=y, class_=f"c-line c-s{slot}"))
                parts.append(_marker(x + 13, y, slot))
                parts.append(text(name, x + 32, y + 4))
        return element("g", "".join(parts), aria_hidden="true")

    def _target(self) -> str:
        if not self.chart.target:
            return ""
        value, words = self.chart.target
        y = self.y(value)
        line = element("line", x1=self.left, x2=self.width - self.right, y1=y, y2=y, class_="c-target")
        return line + text(words, self.left + 4, y - 5, "c-small c-target-text")

    def _breaks(self) -> str:
        places = sorted({(p.x, p.breaks) for s in self.series for p in s.points if p.breaks and p.value is not None})
        parts = []
        for x_value, reason in places:
            x = max(self.x(x_value) - 5, self.left + 1)
            mark = element("line", x1=x, x2=x, y1=self.top, y2=self.bottom, class_="c-break")
            parts.append(element("g", element("title", escape(reason)) + mark))
        if places:
            x = max(self.x(places[0][0]) - 5, self.left + 1)
            words = shortened(self.chart.words.series_break, self.width - self.left - self.right, 11.5)
            fits = x + 4 + text_width(words, 11.5) < self.width
            parts.append(
                text(words, x + 4 if fits else x - 4, self.top + 10, "c-soft c-small", "start" if fits else "end")
            )
        return "".join(parts)

    def _one(self, slot: int, series: Series) -> str:
        parts: list[str] = []
        for run in runs(series.points):
            parts.append(self._band(run, slot))
            if len(run) > 1:
                line = polyline([(self.x(p.x), self.y(p.value or 0.0)) for p in run])
                parts.append(element("polyline", points=line, class_=f"c-line c-s{slot}"))
        shown = [p for p in series.points if p.value is not None]
        parts += [self._void(p, series.name) for p in series.points if p.value is None]
        parts += [self._mark(p, slot, series.name) for p in shown]
        return "".join(parts) + self._last_label(shown[-1], slot)

    def _void(self, point: Point, name: str) -> str:
        """A figure without a value stands on the axis as its sign: hidden is not missing, and neither is zero."""
        if not self.x.low <= point.x <= self.x.high:
            return ""
        label = f"{name}, {point.period}: {self.chart.words.state(point.state)}"
        sign = text(STATE_SIGNS[point.state], self.x(point.x), self.bottom - 4, "c-soft c-small", "middle")
        return link(sign, point.href, label)

    def _last_label(self, last: Point, slot: int) -> str:
        """The latest value beside its point, unless a series before it has written there already."""
        near_the_end = last.x > self.x.high - NEAR_END
        x, y = (self.x.last if near_the_end else self.x(last.x)) + 9, self.y(last.value or 0.0) + 4
        needed = text_width(last.text, self.size)
        for other_x, other_y, other_width in self.labels:
            if abs(other_y - y) < 14 and x < other_x + other_width and other_x < x + needed:
                return ""
        self.labels.append((x, y, needed))
        return text(last.text, x, y, f"c-strong c-t{slot}")

    def _band(self, run: Sequence[Point], slot: int) -> str:
        known = [p for p in run if p.lower is not None and p.upper is not None]
        if len(known) == 1:
            p = known[0]
            x = self.x(p.x)
            return element("line", x1=x, x2=x, y1=self.y(p.lower or 0.0), y2=self.y(p.upper or 0.0),
                           class_=f"c-whisker c-s{slot}")  # fmt: skip
        if len(known) != len(run) or not known:
            return ""
        upper = [(self.x(p.x), self.y(p.upper or 0.0)) for p in known]
        lower = [(self.x(p.x), self.y(p.lower or 0.0)) for p in reversed(known)]
        return element("polygon", points=polyline(upper + lower), class_=f"c-band c-b{slot}")

    def _mark(self, point: Point, slot: int, name: str) -> str:
        assert point.value is not None
        x, y = self.x(point.x), self.y(point.value)
        label = f"{name}, {point.period}: {point.text}"
        if point.lower is not None and point.upper is not None:
            label += f" ({self.chart.format_number(point.lower)} – {self.chart.format_number(point.upper)})"
        if point.mark:
            label += f" · {point.mark}"
        return link(_marker(x, y, slot, hollow=bool(point.mark)), point.href, label)


def runs(points: Sequence[Point]) -> list[list[Point]]:
    """Points that one line may join: cut at breaks, at missing figures and at gaps in time."""
    found: list[list[Point]] = []
    open_run = False
    for point in points:
        if point.value is None:
            open_run = False
            continue
        if not open_run or point.breaks or not point.joined:
            found.append([])
        found[-1].append(point)
        open_run = True
    return found


def _marker(x: float, y: float, slot: int, *, hollow: bool = False) -> str:
    """Circle, square, diamond or triangle: sources differ by shape, not by colour alone."""
    class_ = f"c-dot c-f{slot}" + (" c-hollow" if hollow else "")
    if slot == 0:
        return element("circle", cx=x, cy=y, r=4, class_=class_)
    if slot == 1:
        return element("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, class_=class_)
    shape = (
        [(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)] if slot == 2 else [(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)]
    )
    return element("polygon", points=polyline(shape), class_=class_)


def _table(chart: LineChart) -> Table:
    """One row a figure, the newest first, missing ones included with their word."""
    words, show = chart.words, chart.format_number
    header = (words.period, words.series, words.value, words.lower, words.upper, words.note)
    rows = [
        (
            p.x,
            (
                Cell(p.period),
                Cell(s.name),
                Cell(p.text if p.value is not None else words.state(p.state), p.href, number=True),
                Cell("" if p.lower is None else show(p.lower), number=True),
                Cell("" if p.upper is None else show(p.upper), number=True),
                Cell("; ".join(part for part in (p.mark, p.breaks) if part)),
            ),
        )
        for s in chart.series
        for p in s.points
    ]
    return Table(header, [row for _, row in sorted(rows, key=lambda item: -item[0])])
