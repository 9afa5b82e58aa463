"""Drawing: SVG elements, scales with round ticks, and how much room a text takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import Final

ELLIPSIS: Final = "…"
_WIDE, _NARROW = set("MWmwШЩЖЮФЫщшжюфыҚҢ@%—"), set("iIlj.,:;!|'’ 1ітгІ()[]-–")


def number(value: float) -> str:
    """A coordinate, as short as half a hundredth of a pixel allows."""
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is no coordinate")
    text = f"{value:.2f}"
    if text.endswith("0"):
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def element(tag: str, content: str = "", **attributes: str | float | None) -> str:
    """An element; `class_` and `aria_label` style names lose their underscore, None attributes are left out."""
    written = [f"<{tag}"]
    for name, value in attributes.items():
        if value is None:
            continue
        shown = escape(value) if isinstance(value, str) else number(value)
        written.append(f' {_attribute(name)}="{shown}"')
    written.append(f">{content}</{tag}>" if content else "/>")
    return "".join(written)


@cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def text(content: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    return element(
        "text",
        escape(content),
        x=x,
        y=y,
        class_=f"c-text {class_}".strip(),
        text_anchor=None if anchor == "start" else anchor,
    )


def frame(content: str, width: float, height: float, chart_id: str, title: str, description: str, role: str) -> str:
    """The whole picture with its title and description for those who do not see it."""
    names = element("title", escape(title), id=f"{chart_id}-t") + element(
        "desc", escape(description), id=f"{chart_id}-d"
    )
    return element(
        "svg",
        names + content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        class_="chart",
        role=role,
        aria_labelledby=f"{chart_id}-t {chart_id}-d",
    )


def link(content: str, href: str, label: str) -> str:
    """A mark that leads to its figure's page; without an address it stays a plain mark with its words as title."""
    words = escape(label)
    if not href:
        return f'<g class="c-mark"><title>{words}</title>{content}</g>'
    return f'<a href="{escape(href)}" class="c-mark" data-tip="{words}" aria-label="{words}">{content}</a>'


@lru_cache(maxsize=16384)
def text_width(content: str, size: float) -> float:
    """Estimated width in pixels; errs on the wide side, for fonts differ between systems."""
    units = sum(0.86 if c in _WIDE else 0.34 if c in _NARROW else 0.6 for c in content)
    return units * size


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
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line += f" {words.pop(0)}"
        found.append(shortened(line, width, size))
    if words:
        found.append(shortened(" ".join(words), width, size))
    return found


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to pixels; `last` may lie above `first` on the page, as on a y axis."""

    low: float
    high: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.first + share * (self.last - self.first)


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


def polyline(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
