"""The neighbourhood of a node of the graph as a picture: the node, what it is joined to, and what that is joined to.

Three columns, read from left to right, so that it works on a phone and in black and white. Every box is a link; the
list beside the picture says the same in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from everychild.website.charts.drawing import SMALL, frame, line, link, rect, shortened, text

ROW: Final = 46.0
BOX: Final = 38.0
BOLD: Final = 1.12
"""Bold letters are so much wider than the widths that texts are cut by."""
NARROW: Final = 480.0
"""Below this width the second ring is left to the list."""
FIRST, SECOND = 12, 16
"""Boxes of each ring in the picture."""


@dataclass(frozen=True)
class Box:
    """A node as it is drawn. `kind` in words; `parents`: boxes of the ring before it that it is joined to."""

    name: str
    kind: str
    title: str
    href: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    title: str
    description: str
    centre: Box
    first: Sequence[Box]
    second: Sequence[Box]


def render_neighbourhood(picture: Picture, chart_id: str, width: float = 720) -> str:
    """The SVG. Boxes beyond FIRST and SECOND are left to the list."""
    rings = [[picture.centre], list(picture.first[:FIRST])]
    if width >= NARROW and picture.second:
        shown = {box.name for box in rings[1]}
        rings.append([box for box in picture.second if shown & set(box.parents)][:SECOND])
    height = 16 + ROW * max(len(ring) for ring in rings)
    gap = 28.0 if width >= NARROW else 18.0
    wide = (width - 4 - gap * (len(rings) - 1)) / len(rings)
    places = {
        box.name: (2 + column * (wide + gap), 8 + (row + 0.5) * (height - 16) / len(ring))
        for column, ring in enumerate(rings)
        for row, box in enumerate(ring)
    }
    drawn = [_lines(rings, places, wide), *(_box(box, *places[box.name], wide) for ring in rings for box in ring)]
    return frame("".join(drawn), width, height, chart_id, picture.title, picture.description, "group")


def _lines(rings: Sequence[Sequence[Box]], places: Mapping[str, tuple[float, float]], wide: float) -> str:
    found = []
    for ring in rings[1:]:
        for box in ring:
            x, y = places[box.name]
            for parent in box.parents:
                if parent in places and places[parent][0] < x:
                    px, py = places[parent]
                    found.append(line(px + wide, py, x, y, "c-grid"))
    return f'<g aria-hidden="true">{"".join(found)}</g>'


def _box(box: Box, x: float, y: float, wide: float) -> str:
    room = (wide - 14) / BOLD
    content = rect(x, y - BOX / 2, wide, BOX, "c-node")
    content += text(shortened(box.kind, wide - 14, SMALL), x + 7, y - 4, "c-small c-soft")
    content += text(shortened(box.title, room, SMALL), x + 7, y + 12, "c-small c-strong")
    return link(content, box.href, f"{box.kind}: {box.title}")
