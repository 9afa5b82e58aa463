"""The stylesheet and the script of the charts: contrast in both themes, sizes."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from everychild.website import charts
from everychild.website.charts.drawing import SMALL, TEXT, TINY

STATIC = Path(charts.__file__).parents[1] / "static"
CSS = (STATIC / "charts.css").read_text(encoding="utf-8")
BLOCKS = [dict(re.findall(r"(--c-[\w-]+): (#\w{6})", block)) for block in re.findall(r":root[^{]*\{([^}]*)\}", CSS)]
THEMES = {"light": BLOCKS[0], "dark": BLOCKS[1]}


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
class TestColours:
    def test_text_has_the_contrast_of_wcag_aa(self, theme: str) -> None:
        colours = THEMES[theme]
        pairs = [(colours[f"--c-{n}"], colours["--c-paper"]) for n in ("ink", "soft", *range(6))]
        pairs += [(colours[f"--c-on{n}"], colours[f"--c-c{n}"]) for n in range(5)]
        pairs += [(colours["--c-ink"], colours["--c-void"]), (colours["--c-soft"], colours["--c-void"])]
        assert [pair for pair in pairs if contrast(*pair) < 4.5] == []

    def test_classes_go_from_near_the_paper_to_far_from_it(self, theme: str) -> None:
        colours = THEMES[theme]
        steps = [contrast(colours[f"--c-c{n}"], colours["--c-paper"]) for n in range(5)]
        assert steps == sorted(steps)
        assert all(later / earlier > 1.25 for earlier, later in pairwise(steps))

    def test_outlines_of_empty_figures_are_seen(self, theme: str) -> None:
        assert contrast(THEMES[theme]["--c-void-line"], THEMES[theme]["--c-paper"]) >= 3


def test_a_chosen_dark_theme_has_the_colours_of_a_dark_screen() -> None:
    assert len(BLOCKS) == 3
    assert BLOCKS[1] == BLOCKS[2]
    assert BLOCKS[0].keys() - BLOCKS[1].keys() == {"--c-chosen"}


def test_each_source_has_a_colour_and_a_dash_of_its_own() -> None:
    assert all(
        theme[f"--c-{a}"] != theme[f"--c-{b}"] for theme in THEMES.values() for a, b in combinations(range(6), 2)
    )
    dashes = re.findall(r"\.c-s[1-5] \{[^}]*stroke-dasharray: ([\d ]+);", CSS)
    assert len(set(dashes)) == 5


def test_sizes_of_text_are_those_the_room_is_reckoned_with() -> None:
    for class_, size in (("c-text", TEXT), ("c-small", SMALL), ("c-tiny", TINY)):
        assert re.search(rf"\.{class_}[^{{]*\{{[^}}]*font-size: {size:g}px", CSS), class_


def test_the_script_is_small() -> None:
    assert len((STATIC / "charts.js").read_bytes()) < 2000
