"""Drawing: SVG elements, scales with round ticks, and how much room a text takes.

Elements that a page holds by the hundred are written as one string: a general writer of attributes took five times
as long. Presentation attributes stand beside classes, so that a picture without its stylesheet is still a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from typing import Final

ELLIPSIS: Final = "…"
TEXT: Final = 13.0
SMALL: Final = 12.4
"""Sizes of text in pixels of the picture, as in the stylesheet: at a screen of 360 pixels small text is 12 high."""
TINY: Final = 10.0
"""For numbers in tiles and cells that would not fit otherwise; the table beside the picture repeats them."""
_PAGE_TENTHS: Final = 20_000
_UNITS: Final = {
    letter: units
    for letters, units in (
        ("’'|ijlIіІ .,:;·!", 0.32),
        ("frt()[]/1ігғ-–sзcJLtг", 0.48),
        ("ADVGCHNOQUфАЛПЧӘҚҺмыДИЙНОСЦҢӨ", 0.74),
        ("wmMшюФЪЖЩЫжщШЮWМ%—…@▒∅", 0.93),
    )
    for letter in letters
}
"""Widths of letters in shares of the size, from Inter and Arial, the widest fonts of the pages; all others: 0.62."""


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel. Those of the page are looked up: formatting took a third of all the time."""
    tenths = int(value * 10 + 0.5)  # raises for what is no number
    if 0 <= tenths < _PAGE_TENTHS:
        return _tenths()[tenths]
    written = f"{value:.1f}"
    if written.endswith(".0"):
        written = written[:-2]
    return "0" if written == "-0" else written


@cache
def _tenths() -> tuple[str, ...]:
    return tuple(str(n // 10) if n % 10 == 0 else f"{n // 10}.{n % 10}" for n in range(_PAGE_TENTHS))


def text(content: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    classes = f"c-text {class_}" if class_ else "c-text"
    return f'<text x="{number(x)}" y="{number(y)}" class="{classes}"{side}>{escape(content)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
        f'class="{class_}" stroke="currentColor"/>'
    )


def rect(x: float, y: float, width: float, height: float, class_: str, rounding: int = 3, more: str = "") -> str:
    """A rectangle; `more` holds further attributes as they are written."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
        f'rx="{rounding}" class="{class_}"{more}/>'
    )


def circle(x: float, y: float, radius: float, class_: str) -> str:
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" class="{class_}"/>'


def polygon(points: Sequence[tuple[float, float]], class_: str) -> str:
    path = " ".join([f"{number(x)},{number(y)}" for x, y in points])
    return f'<polygon points="{path}" class="{class_}"/>'


def titled(content: str, title: str) -> str:
    """A group whose title is shown by the browser and read by screen readers."""
    return f"<g><title>{escape(title)}</title>{content}</g>"


def unread(content: str) -> str:
    """A part that repeats what links and the table say; screen readers pass over it."""
    return f'<g aria-hidden="true">{content}</g>'


def link(content: str, href: str, label: str) -> str:
    """A mark that leads to its figure's page; without an address it stays a plain mark with its words as title."""
    return link_escaped(content, href, escape(label))


def link_escaped(content: str, href: str, words: str) -> str:
    """The same with words that are escaped already."""
    if not href:
        return f'<g class="c-mark"><title>{words}</title>{content}</g>'
    return f'<a href="{escape(href)}" class="c-mark" data-tip="{words}" aria-label="{words}">{content}</a>'


def frame(content: str, width: float, height: float, chart_id: str, title: str, description: str, role: str) -> str:
    """The whole picture with its title and description for those who do not see it."""
    name = escape(chart_id)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" class="chart" '
        f'role="{role}" aria-labelledby="{name}-t {name}-d" font-family="sans-serif" font-size="{TEXT:.0f}">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>{content}</svg>'
    )


@lru_cache(maxsize=16384)
def text_width(content: str, size: float) -> float:
    """Estimated width in pixels; errs on the wide side, for fonts differ between systems."""
    return size * sum([_UNITS.get(letter, 0.62) for letter in content])


def shortened(content: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it would not fit."""
    if text_width(content, size) <= width:
        return content
    kept = content
    while kept and text_width(kept + ELLIPSIS, size) > width:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrapped(content: str, width: float, size: float, lines: int = 2) -> list[str]:
    """The text on at most so many lines; the last is shortened."""
    found: list[str] = []
    words = content.split()
    while words and len(found) < lines - 1:
        line_ = words.pop(0)
        while words and text_width(f"{line_} {words[0]}", size) <= width:
            line_ += f" {words.pop(0)}"
        found.append(shortened(line_, width, size))
    if words:
        found.append(shortened(" ".join(words), width, size))
    return found


def row_name(name: str, y: float, width: float, *, strong: bool = False) -> str:
    """A row's name at the left edge, centred on y, on one or two lines; a name that was cut is whole in its title."""
    lines = wrapped(name, width, SMALL)
    first = y + 4 - 7.5 * (len(lines) - 1)
    class_ = "c-name c-strong" if strong else "c-name"
    drawn = "".join(text(part, 2, first + 15 * n, class_) for n, part in enumerate(lines))
    return drawn if " ".join(lines) == name else titled(drawn, name)


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to pixels; `last` may lie above `first` on the page, as on a y axis."""

    low: float
    high: float
    first: float
    last: float
    slope: float = field(init=False)

    def __post_init__(self) -> None:
        span = self.high - self.low
        object.__setattr__(self, "slope", (self.last - self.first) / span if span > 0 else 0.0)

    def __call__(self, value: float) -> float:
        if not self.slope:
            return (self.first + self.last) / 2
        return self.first + (value - self.low) * self.slope


def round_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round values that span low to high, about so many, the outer ones at or beyond the ends."""
    if high - low <= max(1e-12, 1e-9 * abs(low), 1e-9 * abs(high)):  # numbers of this size are the same
        high = low + (abs(low) if abs(low) > 1e-12 else 1.0)
    step = _round_step((high - low) / max(1, wanted))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((factor * power for factor in (1, 2, 2.5, 5) if rough <= factor * power * 1.0001), 10 * power)


def value_ticks(values: Iterable[float], wanted: int) -> list[float]:
    """Ticks of a value axis. It starts at zero; only where all values lie close together it starts higher, but leaves
    below them twice the room they take, so that a small difference does not look like a large one."""
    found = list(values) or [0.0, 1.0]
    low, high = min(found), max(found)
    if 0 <= low < 0.7 * high or low == high >= 0:
        low = 0.0
    elif low >= 0:
        low = max(0.0, low - 2 * (high - low))
    return round_ticks(low, high if high > low else low + 1, wanted)
