"""A picture as a file of its own: SVG that carries its style, and PNG through typst (its fonts know Kazakh letters)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

import typst

from everychild.website.charts.drawing import SMALL, number, wrapped
from everychild.website.charts.model import Rendered

STYLE = Path(__file__).parents[1] / "static" / "charts.css"
_PAD = 18.0
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def standalone(rendered: Rendered, source: str = "") -> str:
    """A complete SVG file: white ground, title above, source line below, light colours whatever the reader's screen."""
    match = _SIZE.search(rendered.svg)
    if not match:
        raise ValueError("the picture does not say its size")
    width, height = float(match[1]), float(match[2])
    title = wrapped(rendered.title, width, 17.5, lines=3)
    said = wrapped(source, width, SMALL, lines=3)
    top = _PAD + 24 * len(title) + 8
    whole_width, whole_height = width + 2 * _PAD, top + height + 18 + 16 * len(said)
    inner = rendered.svg.replace(
        "<svg ", f'<svg x="{number(_PAD)}" y="{number(top)}" width="{number(width)}" height="{number(height)}" ', 1
    )
    heads = _lines(title, _PAD + 18, 24, "c-head")
    foot = _lines(said, top + height + 22, 16, "c-text c-soft c-small")
    across, down = number(whole_width), number(whole_height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {across} {down}" '
        f'width="{across}" height="{down}"><style>{_light_style()}</style>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{heads}{_unlinked(inner)}{foot}</svg>'
    )


def _lines(lines: Sequence[str], y: float, step: float, class_: str) -> str:
    return "".join(
        f'<text x="{number(_PAD)}" y="{number(y + step * n)}" class="{class_}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )


def _unlinked(svg: str) -> str:
    """Links of a page lead nowhere from a file; their marks stay."""
    opened = re.sub(
        r'<a href="[^"]*" class="c-mark" data-tip="([^"]*)" aria-label="[^"]*">', r"<g><title>\1</title>", svg
    )
    return opened.replace("</a>", "</g>")


@cache
def _light_style() -> str:
    """The stylesheet with its colours written out: renderers of SVG files know no custom properties."""
    css = re.sub(r"/\*.*?\*/", "", STYLE.read_text(encoding="utf-8"), flags=re.DOTALL)
    names = dict(re.findall(r"(--c-[\w-]+):\s*([^;]+);", css[: css.index("}")]))
    body = css[css.index("}") + 1 : css.index("@media")]
    written = re.sub(r"var\((--c-[\w-]+)\)", lambda match: names[match[1]], body)
    return re.sub(r"\s+", " ", written.replace(".chart ", "")).strip()


def png(svg: str, width: int) -> bytes:
    """The SVG file as a PNG of that width in pixels; the fonts are those bundled with typst, so all machines agree."""
    match = _SIZE.search(svg)
    if not match:
        raise ValueError("the picture does not say its size")
    points = float(match[1])
    document = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: ' + number(points) + "pt)\n"
    )
    made = typst.compile(
        document.encode(), format="png", ppi=72 * width / points, sys_inputs={"svg": svg}, ignore_system_fonts=True
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave more than one page for one picture")
    return made
