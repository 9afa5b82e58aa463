"""The five charts: well-formed, complete, honest about states and breaks, and inside their frame."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.website import charts
from everychild.website.charts.drawing import round_ticks, shortened, text_width, value_ticks, wrapped
from everychild.website.charts.lines import runs
from tests.website.charts.made_charts import EVERY, LONG, SVG, WORDS, dots, line_chart, parsed, point, row, show


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("name", EVERY)
class TestEveryChart:
    def test_is_well_formed_named_and_without_inline_style(self, name: str, width: int) -> None:
        root = parsed(EVERY[name](width))
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        assert [e.tag for e in list(root)[:2]] == [f"{SVG}title", f"{SVG}desc"]
        assert root.get("aria-labelledby") == " ".join(ids[:2])  # type: ignore[arg-type]
        assert not [e for e in root.iter() if e.get("style") or e.tag == f"{SVG}style"]

    def test_stays_inside_its_frame(self, name: str, width: int) -> None:
        root = parsed(EVERY[name](width))
        _, _, across, down = (float(part) for part in root.get("viewBox", "").split())
        assert across == width
        for e in root.iter():
            for key, limit in (
                ("x", across),
                ("x1", across),
                ("x2", across),
                ("cx", across),
                ("y", down),
                ("cy", down),
            ):
                if e.get(key) is not None:
                    assert -0.01 <= float(e.get(key, "")) <= limit + 0.01, ElementTree.tostring(e)

    def test_every_number_of_the_table_is_in_the_picture(self, name: str, width: int) -> None:
        rendered = EVERY[name](width)
        words = " ".join(
            " ".join(filter(None, (e.text, e.get("aria-label")))) for e in ElementTree.fromstring(rendered.svg).iter()
        )
        for cells in rendered.table.rows:
            for cell in cells:
                if cell.number and cell.text:
                    assert cell.text in words, cell


def test_a_line_and_its_band_never_cross_a_break_or_a_missing_figure() -> None:
    points = [
        point(2010, 20.0, lower=19.0, upper=21.0),
        point(2011, 19.0, lower=18.0, upper=20.0),
        point(2012, 10.0, lower=9.0, upper=11.0, breaks="new definition"),
        point(2013, 9.0, lower=8.0, upper=10.0),
        point(2014, None, state="missing"),
        point(2015, 8.0, lower=7.0, upper=9.0),
        point(2022, 7.0, lower=6.0, upper=8.0, joined=False),
    ]
    assert [[points[n].period for n in run] for run in runs(points)] == [
        ["2010", "2011"],
        ["2012", "2013"],
        ["2015"],
        ["2022"],
    ]
    root = parsed(charts.render_lines(line_chart(charts.Series("One", points)), "c"))
    lines = list(root.iter(f"{SVG}polyline"))
    bands = [e for e in root.iter(f"{SVG}polygon") if "c-band" in e.get("class", "")]
    assert len(lines) == len(bands) == 2
    ends = [[float(pair.split(",")[0]) for pair in e.get("points", "").split()] for e in lines]
    assert max(ends[0]) < min(ends[1])
    assert any("c-break" in e.get("class", "") for e in root.iter(f"{SVG}line"))


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("name", EVERY)
class TestStatesAndMarks:
    def test_the_four_states_look_and_read_differently(self, name: str, width: int) -> None:
        root = parsed(EVERY[name](width))
        said = " ".join(
            filter(None, (part for e in root.iter() for part in (e.text, e.get("aria-label"))))
        )  # what is read
        assert all(words in said for words in ("no data", "not applicable", "hidden"))
        looks = {e.get("class"): e.get("fill") for e in root.iter(f"{SVG}rect")}
        expected = {"suppressed"} if name == "lines" else {"missing", "not_applicable", "suppressed"}
        assert {f"c-void c-{state}" for state in expected} <= set(looks)
        assert looks["c-void c-suppressed"] == "url(#c-hatch)"
        assert root.find(f".//{SVG}pattern[@id='c-hatch']") is not None

    def test_a_figure_not_to_be_relied_on_is_hollow_and_the_key_says_so(self, name: str, width: int) -> None:
        root = parsed(EVERY[name](width))
        classes = [e.get("class", "").split() for e in root.iter()]
        hollow = [c for c in classes if "c-hollow" in c or "c-ring" in c]
        assert len(hollow) == 2  # the figure and its sample in the key
        assert "not verified" in [e.text for e in root.iter(f"{SVG}text")]


def test_zero_is_drawn_as_a_value() -> None:
    root = parsed(EVERY["dots"](720))
    assert "0.0" in [e.text for e in root.iter(f"{SVG}text")]
    assert len(list(root.iter(f"{SVG}circle"))) == 3  # two values and the sample of the key


def test_hostile_texts_stay_texts() -> None:
    evil = '<script>alert("1")</script>&'
    rendered = charts.render_dots(dots(row(evil, 1.0, href="/x?a=1&b=2", mark=evil), row("B", 2.0)), "c")
    root = ElementTree.fromstring(rendered.svg)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in charts.table_html(rendered.table, evil)


def test_nothing_to_draw_is_said_in_words() -> None:
    nothing = [
        charts.render_lines(line_chart(charts.Series("One", [point(2010, None, state="missing")])), "c"),
        charts.render_lines(line_chart(), "c"),
        charts.render_dots(dots(), "c"),
        charts.render_bars(charts.BarChart("T", "D", "percent", [], WORDS, show), "c", 340),
        charts.render_tiles(charts.TileMap("T", "D", [], WORDS), "c"),
        charts.render_heat(charts.HeatGrid("T", "D", [], [], [], WORDS, "area"), "c"),
    ]
    for rendered in nothing:
        assert [e.text for e in parsed(rendered).iter(f"{SVG}text")] == ["no data at all"]


def test_rows_without_any_value_get_no_made_up_axis() -> None:
    root = parsed(charts.render_dots(dots(row("A", None, state="missing")), "c"))
    assert not [e for e in root.iter() if e.get("class") == "c-grid"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None},
        {"value": 1.0, "state": "missing"},
        {"value": math.nan},
        {"value": 1.0, "lower": math.inf},
        {"value": 1.0, "lower": 3.0, "upper": 2.0},
        {"value": None, "state": "hidden"},
    ],
)
def test_a_figure_that_contradicts_itself_cannot_be_built(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^A: "):
        charts.DotRow(**{"label": "A", "text": "1.0", **wrong})


def test_tiles_share_no_place_and_have_a_class_for_a_value() -> None:
    tile = charts.MapTile("A", "A", "A", 0, 0, "1.0", "value", 1)
    with pytest.raises(ValueError, match="share one place"):
        charts.TileMap("T", "D", [tile, tile], WORDS)
    with pytest.raises(ValueError, match="class 5"):
        charts.MapTile("A", "A", "A", 0, 0, "1.0", "value", 5)


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12, allow_nan=False)), min_size=1, max_size=25),
    width=st.sampled_from([320, 340, 720]),
)
def test_any_values_give_finite_coordinates_inside_the_frame(values: list[float | None], width: int) -> None:
    points = [
        point(1990 + n, value, state="value" if value is not None else "missing") for n, value in enumerate(values)
    ]
    rows = [
        row(f"Group {n}", value, state="value" if value is not None else "missing") for n, value in enumerate(values)
    ]
    for rendered in (
        charts.render_lines(line_chart(charts.Series("One", points)), "c", width),
        charts.render_dots(dots(*rows), "c", width),
        charts.render_bars(charts.BarChart("T", "D", "percent", rows, WORDS, lambda v: f"{v:.3g}"), "c", width),
    ):
        assert not re.search(r"\b(nan|inf)\b", rendered.svg)
        root = parsed(rendered)
        across, down = (float(part) for part in root.get("viewBox", "").split()[2:])
        places = {"x": across, "x1": across, "x2": across, "cx": across, "y": down, "y1": down, "y2": down, "cy": down}
        for e in root.iter():
            for key, limit in places.items():
                if e.get(key) is not None:
                    assert -0.05 <= float(e.get(key, "")) <= limit + 0.05, ElementTree.tostring(e)


@given(low=st.floats(-1e7, 1e7), span=st.floats(0, 1e7), wanted=st.integers(2, 8))
def test_ticks_span_the_values_and_are_round(low: float, span: float, wanted: int) -> None:
    ticks = round_ticks(low, low + span, wanted)
    slack = 1e-6 * (1 + abs(low) + span)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + span - slack
    assert 2 <= len(ticks) <= 3 * wanted + 3, ticks


def test_axes_start_at_zero_unless_values_lie_close_together() -> None:
    assert value_ticks([3.0, 12.0], 5)[0] == 0
    assert value_ticks([96.0, 99.0], 5)[0] >= 85
    assert value_ticks([5.0], 5)[0] == 0


def test_long_names_are_cut_or_wrapped_within_their_room() -> None:
    assert text_width(shortened(LONG, 120, 12), 12) <= 120
    assert all(text_width(line, 12) <= 150 for line in wrapped(LONG, 150, 12, lines=2))
    assert shortened("Ақмола", 200, 12) == "Ақмола"


def test_labels_of_a_dot_plot_do_not_overlap() -> None:
    rows = [row(LONG, float(n)) for n in range(12)]
    root = parsed(charts.render_dots(dots(*rows), "c", 340))
    names = sorted(
        {float(e.get("y", "")) for e in root.iter(f"{SVG}text") if e.get("x") == "2" and e.text != "percent"}
    )
    assert all(later - earlier >= 13 for earlier, later in pairwise(names))


@pytest.mark.parametrize("name", EVERY)
def test_file_of_its_own_carries_its_style_and_no_links(name: str) -> None:
    svg = charts.standalone(EVERY[name](720), "Bureau of National Statistics · everychild")
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}a"))
    assert "var(" not in svg
    assert "Bureau of National Statistics" in svg


def test_png_keeps_kazakh_letters() -> None:
    def picture(word: str) -> bytes:
        return charts.png(charts.standalone(charts.render_dots(dots(row(word, 1.0), row("B", 2.0)), "c")), 800)

    made = picture("Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі")
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(made[16:20], "big") == 800
    # A font without these letters would draw the same empty box for each: two words would give one picture.
    assert picture("Әә") != picture("Ққ")
    assert picture("Ңң") != picture("Һһ")


def test_numbers_in_attributes_are_short() -> None:
    for name, draw in EVERY.items():
        assert not re.search(r'="-?\d+\.\d{3,}"', draw(720).svg), name
