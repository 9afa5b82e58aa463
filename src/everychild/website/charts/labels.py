"""Where the words of a line chart stand, so that they neither cover each other nor leave the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from everychild.website.charts.drawing import SMALL, TEXT, shortened, text_width

_STEP: Final = 14.0
_NEAR_END: Final = 60.0
"""Pixels from the right edge within which last values are written at the edge, clear of all marks."""


@dataclass(frozen=True)
class Label:
    """Words at a place; `anchor` as in SVG."""

    words: str
    x: float
    y: float
    anchor: str = "start"


def break_labels(
    places: Sequence[tuple[float, str]], word: str, left: float, right: float, y: float
) -> Iterator[Label]:
    """The reason beside each break where it fits before the next one, else the one word for all, else none: the
    reasons are whole in the title of the mark and in the table."""
    free = left
    for position, (x, reason) in enumerate(places):
        until = places[position + 1][0] if position + 1 < len(places) else right
        for words in (reason, word):
            needed = text_width(words, SMALL)
            if x + 4 + needed <= until - 3:
                yield Label(words, x + 4, y)
                free = x + 4 + needed
                break
            if x - 4 - needed >= free + 3:
                yield Label(words, x - 4, y, "end")
                free = x
                break


def place_of_target(
    words: str, y: float, left: float, right: float, top: float, points: Sequence[tuple[float, float]]
) -> Label:
    """At an end of the target's line, above or below it, where the fewest figures lie; above on the left if equal."""
    shown = shortened(words, right - left, SMALL)
    wide = text_width(shown, SMALL)
    heights = [y - 5, y + 14] if y - 16 >= top else [y + 14]
    places = [(x, start, height) for height in heights for x, start in ((left, left), (right, right - wide))]

    def covered(place: tuple[float, float, float]) -> int:
        _, start, height = place
        return sum(start - 6 <= px <= start + wide + 6 and height - 16 <= py <= height + 8 for px, py in points)

    x, _, height = min(places, key=covered)
    return Label(shown, x, height, "start" if x == left else "end")


def beside_points(
    ends: Sequence[tuple[float, float, str]],
    marks: Sequence[tuple[float, float]],
    edge: float,
    top: float,
    bottom: float,
    width: float,
) -> Iterator[tuple[int, Label]]:
    """The last value of each series right of its point, or a line above or below, clear of marks and of the labels of
    series before it in the list; left out where nothing is clear. Those near the edge are written beyond it."""
    taken: list[tuple[float, float, float]] = []
    for slot, (point_x, point_y, words) in enumerate(ends):
        at_edge = edge - _NEAR_END < point_x
        needed = text_width(words, TEXT)
        x = min((edge if at_edge else point_x) + 9, width - needed)
        for shift in (0.0, -_STEP, _STEP):
            y = point_y + 4 + shift
            clear = all(abs(y - oy) >= _STEP or x >= ox + wide or ox >= x + needed for ox, oy, wide in taken)
            clear = clear and not any(x - 4 < px < x + needed + 4 and y - 14 < py < y + 5 for px, py in marks)
            if clear and top - 4 <= y <= bottom + 6:
                taken.append((x, y, needed))
                yield slot, Label(words, x, y)
                break
