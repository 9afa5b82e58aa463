"""How figures without a value and figures with a mark look, alike in every chart, and the key that explains them.

Missing, not applicable and suppressed differ by ground, outline and sign, never by colour alone; zero is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from everychild.website.charts.drawing import (
    SMALL,
    circle,
    frame,
    number,
    rect,
    shortened,
    text,
    text_width,
    titled,
    unread,
)
from everychild.website.charts.model import STATE_SIGNS, STATES, Rendered, State, Table, Words

KEY_ROW = 20.0


@dataclass(frozen=True)
class KeyItem:
    """A sample, drawn at a left edge and a middle height, and what it means."""

    draw: Callable[[float, float], str]
    wide: float
    words: str


def void_box(state: State, x: float, y: float, width: float, height: float, chart_id: str, rounding: int = 3) -> str:
    """The ground of a figure without a value."""
    hatched = f' fill="url(#{chart_id}-hatch)"' if state == "suppressed" else ' fill="none" stroke="currentColor"'
    return rect(x, y, width, height, f"c-void c-{state}", rounding, hatched)


def hatch(chart_id: str) -> str:
    """The pattern of suppressed figures; ids are the page's, hence the chart's own name in it."""
    return (
        f'<defs><pattern id="{chart_id}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" class="c-ground" fill="none"/>'
        '<path d="M1 0V5" class="c-hatch" stroke="currentColor"/></pattern></defs>'
    )


def ring(x: float, y: float, radius: float = 3.2) -> str:
    """The mark of a figure that is not to be relied on: a hollow point, as on lines and dots."""
    return circle(x, y, radius, "c-ring")


def states_in(states: Iterable[State]) -> list[State]:
    """States without a value that occur, in their fixed order."""
    found = set(states)
    return [state for state in STATES if state != "value" and state in found]


def key(
    chart_id: str, words: Words, states: Sequence[State], marks: Iterable[str], width: float, y: float
) -> tuple[str, float]:
    """What the grounds of empty figures and hollow points mean, at y; with the height where it ends."""
    items = [KeyItem(_sample(state, chart_id), 22, f"{STATE_SIGNS[state]} {words.state(state)}") for state in states]
    said = sorted({part for mark in marks for part in mark.split(", ") if part})
    if said:
        items.append(KeyItem(lambda x, middle: ring(x + 5, middle), 10, ", ".join(said)))
    if words.low_reliability in said:
        items.append(KeyItem(_parentheses, 20, words.low_reliability))
    return flow(items, width, y)


def _parentheses(x: float, middle: float) -> str:
    return text("(…)", x + 10, middle + 4, "c-small c-strong", "middle")


def _sample(state: State, chart_id: str) -> Callable[[float, float], str]:
    return lambda x, middle: void_box(state, x + 0.5, middle - 7, 21, 14, chart_id)


def flow(
    items: Sequence[KeyItem], width: float, y: float, class_: str = "c-small c-soft", size: float = SMALL
) -> tuple[str, float]:
    """Samples with their words in rows as wide as the picture."""
    if not items:
        return "", y
    parts, x = [], 2.0
    for item in items:
        words = shortened(item.words, width - item.wide - 10, size)
        needed = item.wide + 7 + text_width(words, size)
        if x > 2 and x + needed > width:
            x, y = 2.0, y + KEY_ROW
        parts.append(item.draw(x, y + 8))
        said = text(words, x + item.wide + 7, y + 12, class_)
        parts.append(said if words == item.words else titled(said, item.words))
        x += needed + 16
    return unread("".join(parts)), y + KEY_ROW


def finished(
    content: str, width: float, height: float, chart_id: str, title: str, description: str, table: Callable[[], Table]
) -> Rendered:
    """The picture in its frame, with the pattern it refers to."""
    drawn = hatch(chart_id) + content if f"#{chart_id}-hatch" in content else content
    return Rendered(frame(drawn, width, height, chart_id, title, description, "group"), table, title, description)


def nothing(
    words: Words, width: float, chart_id: str, title: str, description: str, table: Callable[[], Table]
) -> Rendered:
    """An honest sentence instead of empty axes."""
    box = (
        f'<rect x="0.5" y="0.5" width="{number(width - 1)}" height="99" rx="6" class="c-void c-missing" '
        'fill="none" stroke="currentColor"/>'
    )
    said = text(shortened(words.no_data, width - 20, SMALL), width / 2, 55, "c-soft", "middle")
    svg = frame(box + said, width, 100, chart_id, title, description, "img")
    return Rendered(svg, table, title, description)
