"""Line chart: figures over time with interval bands; a line is never drawn across a break or a missing figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from everychild.website.charts.drawing import (
    SMALL,
    TEXT,
    Scale,
    line,
    link,
    number,
    text,
    text_width,
    titled,
    unread,
    value_ticks,
)  # fmt: skip
from everychild.website.charts.labels import beside_points, break_labels, place_of_target
from everychild.website.charts.model import (
    STATE_SIGNS,
    Cell,
    LineChart,
    Point,
    Rendered,
    Series,
    Table,
    filled,
)
from everychild.website.charts.states import KeyItem, finished, flow, key, nothing, states_in

MOST_SERIES = 6
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100)
_MIDDLE_OF_YEAR = 0.5
_SHAPES = ("", "m-3.5-3.5h7v7h-7", "m0-5l5 5-5 5-5-5", "m0-5l5 9h-10", "m0 5l5-9h-10", "m-2-5.5h4v11h-4")
"""Square, diamond, triangle up, triangle down and bar around a point; the first source has a circle."""


def render_lines(chart: LineChart, chart_id: str, width: float = 720) -> Rendered:
    """The picture and its table; the table holds all series, the picture the first six that have a value."""

    def table() -> Table:
        return _table(chart)

    series = [s for s in chart.series if any(p.value is not None for p in s.points)][:MOST_SERIES]
    if not series:
        return nothing(chart.words, width, chart_id, chart.title, chart.description, table)
    content, height = _Drawing(chart, series, width, chart_id).content()
    return finished(content, width, height, chart_id, chart.title, chart.description, table)


class _Drawing:
    """Geometry of one picture."""

    def __init__(self, chart: LineChart, series: Sequence[Series], width: float, chart_id: str) -> None:
        self.chart, self.series, self.width, self.chart_id = chart, series, width, chart_id
        narrow = width < 500
        self.shown = [[p for p in s.points if p.value is not None] for s in series]
        values = [v for s in series for p in s.points for v in (p.value, p.lower, p.upper) if v is not None]
        values += [chart.target[0]] if chart.target else []
        self.ticks = value_ticks(values, 4 if narrow else 5)
        self.tick_labels = [chart.format_number(tick) for tick in self.ticks]
        self.legend, self.unit_at = self._legend()
        self.left = 10 + max(text_width(label, TEXT) for label in self.tick_labels)
        self.right = width - 14 - max(text_width(points[-1].text, TEXT) for points in self.shown)
        self.top = self.unit_at + 18
        self.bottom = self.top + (190 if narrow else 270)
        years = [p.x for s in series for p in s.points]
        self.x = Scale(min(years), max(years), self.left + 8, self.right - 8)
        self.y = Scale(self.ticks[0], self.ticks[-1], self.bottom, self.top)
        self.signs: Counter[float] = Counter()

    def content(self) -> tuple[str, float]:
        """All parts from back to front, and the height of the picture."""
        # The main source comes first in the list and is drawn last, above the others; its label takes its room first.
        drawn = [self._one(slot, series) for slot, series in enumerate(self.series)]
        parts = [self._grid(), self._years(), self.legend, self._target_line(), self._breaks(), *reversed(drawn)]
        parts += [self._target_words(), self._last_values()]
        points = [p for s in self.series for p in s.points]
        states = states_in(p.state for p in points)
        explained, height = key(
            self.chart_id, self.chart.words, states, {p.mark for p in points}, self.width, self.bottom + 32
        )
        return "".join(parts) + explained, height

    def _grid(self) -> str:
        parts = [text(self.chart.unit, 2, self.unit_at, "c-soft c-small")]
        for tick, label in zip(self.ticks, self.tick_labels, strict=True):
            y = self.y(tick)
            parts.append(line(self.left, y, self.right, y, "c-grid" if tick or not self.ticks[0] else "c-axis"))
            parts.append(text(label, self.left - 6, y + 4, "c-soft", "end"))
        return unread("".join(parts))

    def _years(self) -> str:
        """Labels at the middle of years, where the figures of a year stand, at round years where there are many."""
        first, last = int(self.x.low), int(self.x.high)
        room = max(1, int((self.x.last - self.x.first) / 52))
        step = next((s for s in _YEAR_STEPS if (last - first) / s <= room), 200)
        years = [year for year in range(first, last + 1) if year % step == 0] or [first]
        offset = self.x.low % 1 if len({p.x % 1 for s in self.series for p in s.points}) == 1 else _MIDDLE_OF_YEAR
        places = [(year, min(max(year + offset, self.x.low), self.x.high)) for year in years]
        parts = [text(str(year), self.x(place), self.bottom + 20, "c-soft", "middle") for year, place in places]
        return unread("".join(parts))

    def _legend(self) -> tuple[str, float]:
        """Names of the series with their stroke and shape, and where the unit stands below them."""
        if len(self.series) < 2:
            return "", 12.0
        items = [KeyItem(_stroke(slot), 26, series.name) for slot, series in enumerate(self.series)]
        size, class_ = (SMALL, "c-small") if self.width < 500 else (TEXT, "")
        drawn, height = flow(items, self.width, 0, class_, size)
        return drawn, height + 14

    def _places(self) -> list[tuple[float, float]]:
        """Where marks stand, for words to keep clear of."""
        return [(self.x(p.x), self.y(p.value or 0.0)) for points in self.shown for p in points]

    def _target_line(self) -> str:
        if not self.chart.target:
            return ""
        y = self.y(self.chart.target[0])
        return line(self.left, y, self.right, y, "c-target")

    def _target_words(self) -> str:
        if not self.chart.target:
            return ""
        value, words = self.chart.target
        label = place_of_target(words, self.y(value), self.left + 4, self.right - 4, self.top, self._places())
        return text(label.words, label.x, label.y, "c-small c-target-text c-halo", label.anchor)

    def _breaks(self) -> str:
        reasons: dict[float, list[str]] = {}
        for points in self.shown:
            for p in points:
                if p.breaks and p.breaks not in reasons.setdefault(p.x, []):
                    reasons[p.x].append(p.breaks)
        places = [(self._break_at(x), "; ".join(said)) for x, said in sorted(reasons.items())]
        parts = [titled(line(x, self.top, x, self.bottom, "c-break"), said) for x, said in places]
        for label in break_labels(places, self.chart.words.series_break, self.left, self.width - 2, self.top + 11):
            parts.append(text(label.words, label.x, label.y, "c-soft c-small c-halo", label.anchor))
        return "".join(parts)

    def _break_at(self, x: float) -> float:
        """Just before the first figure after the break, half way to the last one before it where they are close."""
        before = [p.x for points in self.shown for p in points if p.x < x]
        gap = self.x(x) - self.x(max(before)) if before else 10.0
        return max(self.x(x) - min(5.0, gap / 2), self.left + 1)

    def _one(self, slot: int, series: Series) -> str:
        """One series from back to front; places are written as text once, for band, line and marks alike."""
        points = series.points
        xs = [number(self.x(p.x)) for p in points]
        ys = ["" if p.value is None else number(self.y(p.value)) for p in points]
        found = runs(points)
        parts = [self._band(points, run, xs, slot) for run in found]
        for run in found:
            if len(run) > 1:
                path = " ".join([f"{xs[n]},{ys[n]}" for n in run])
                parts.append(f'<polyline points="{path}" class="c-line c-s{slot}" fill="none" stroke="currentColor"/>')
        parts += [self._void(p, series.name) for p in points if p.value is None]
        parts += [
            self._mark(p, slot, x, y, series.name)
            for p, x, y in zip(points, xs, ys, strict=True)
            if p.value is not None
        ]
        return "".join(parts)

    def _void(self, point: Point, name: str) -> str:
        """A figure without a value stands on the axis as its sign: hidden is not missing, and neither is zero."""
        height = self.bottom - 5 - 13 * self.signs[point.x]
        self.signs[point.x] += 1
        sign = text(STATE_SIGNS[point.state], self.x(point.x), height, "c-soft c-small c-halo", "middle")
        return link(sign, point.href, f"{name}, {point.period}: {point.text or self.chart.words.state(point.state)}")

    def _band(self, points: Sequence[Point], run: range, xs: Sequence[str], slot: int) -> str:
        """The interval of a run: an area, or a whisker for each figure where not all figures have one."""
        bounds = [(xs[n], points[n].lower, points[n].upper) for n in run]
        known = [
            (x, number(self.y(low)), number(self.y(high)))
            for x, low, high in bounds
            if low is not None and high is not None
        ]
        if len(known) < len(run) or len(known) == 1:
            style = f'class="c-whisker c-s{slot}" stroke="currentColor"'
            return "".join([f'<line x1="{x}" y1="{low}" x2="{x}" y2="{high}" {style}/>' for x, low, high in known])
        path = " ".join([f"{x},{high}" for x, _, high in known] + [f"{x},{low}" for x, low, _ in reversed(known)])
        return f'<polygon points="{path}" class="c-band c-b{slot}" fill-opacity=".15"/>'

    def _mark(self, point: Point, slot: int, x: str, y: str, name: str) -> str:
        label = f"{name}, {point.period}: {point.text}"
        if point.lower is not None and point.upper is not None:
            label += f" ({self.chart.format_number(point.lower)} – {self.chart.format_number(point.upper)})"
        if point.cases:
            label += f" · n = {point.cases}"
        if point.mark:
            label += f" · {point.mark}"
        return link(_marker(x, y, slot, bool(point.mark)), point.href, label)

    def _last_values(self) -> str:
        last = [points[-1] for points in self.shown]
        ends = [(self.x(p.x), self.y(p.value or 0.0), p.text) for p in last]
        labels = beside_points(ends, self._places(), self.x.last, self.top, self.bottom, self.width)
        return unread("".join(text(n.words, n.x, n.y, f"c-strong c-t{slot} c-halo") for slot, n in labels))


def runs(points: Sequence[Point]) -> list[range]:
    """Positions of points that one line may join: cut at breaks, at missing figures and at gaps in time."""
    found: list[range] = []
    start: int | None = None
    for n, point in enumerate(points):
        if start is not None and (point.value is None or point.breaks or not point.joined):
            found.append(range(start, n))
            start = None
        if start is None and point.value is not None:
            start = n
    if start is not None:
        found.append(range(start, len(points)))
    return found


def _stroke(slot: int) -> Callable[[float, float], str]:
    def draw(x: float, y: float) -> str:
        return line(x, y, x + 26, y, f"c-line c-s{slot}") + _marker(number(x + 13), number(y), slot)

    return draw


def _marker(x: str, y: str, slot: int, hollow: bool = False) -> str:
    """A shape of its own for each source, so that they do not differ by colour alone."""
    class_ = f"c-dot c-f{slot} c-hollow" if hollow else f"c-dot c-f{slot}"
    if slot == 0:
        return f'<circle cx="{x}" cy="{y}" r="4" class="{class_}"/>'
    return f'<path d="M{x} {y}{_SHAPES[slot]}z" class="{class_}"/>'


def _table(chart: LineChart) -> Table:
    """One row a figure, the newest first, missing ones included with their word."""
    words, show = chart.words, chart.format_number
    header = (words.period, words.series, words.value, words.lower, words.upper, words.cases, words.note)
    rows = [
        (
            p.x,
            (
                Cell(p.period),
                Cell(s.name),
                Cell(p.text or words.state(p.state), p.href, number=True),
                Cell("" if p.lower is None else show(p.lower), number=True),
                Cell("" if p.upper is None else show(p.upper), number=True),
                Cell(p.cases, number=True),
                Cell("; ".join(part for part in (p.mark, p.breaks) if part)),
            ),
        )
        for s in chart.series
        for p in s.points
    ]
    return filled(header, [row for _, row in sorted(rows, key=lambda item: -item[0])], always=3)
