"""The five charts: well-formed, complete, honest about states and breaks, and inside their frame."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.website import charts
from everychild.website.charts.drawing import round_ticks, shortened, text_width, value_ticks, wrapped
from everychild.website.charts.lines import runs

SVG = "{http://www.w3.org/2000/svg}"
WORDS = charts.Words(
    value="value", lower="lower", upper="upper", missing="no data", not_applicable="not applicable",
    suppressed="hidden",
    unverified="not verified", series_break="break", no_data="no data at all", period="period", area="area",
    group="group", series="source", note="note",
)  # fmt: skip
LONG = "Солтүстік Қазақстан облысы және тағы бір өте ұзақ атау"


def show(value: float) -> str:
    return f"{value:.1f}"


def point(year: int, value: float | None, **more: Any) -> charts.Point:
    shown = "" if value is None else show(value)
    return charts.Point(x=year + 0.5, period=str(year), value=value, text=shown, **more)


def line_chart(*series: charts.Series) -> charts.LineChart:
    return charts.LineChart("Title & <more>", "Description", "per 1,000", series, WORDS, show)


def dots(*rows: charts.DotRow, reference: tuple[float, str] | None = None) -> charts.DotPlot:
    return charts.DotPlot("Title", "Description", "percent", rows, WORDS, show, reference)


def row(label: str, value: float | None, **more: Any) -> charts.DotRow:
    return charts.DotRow(label=label, value=value, text="" if value is None else show(value), **more)


def tile_map() -> charts.TileMap:
    tiles = [
        charts.MapTile("Aa", "Aa", "Area A", 0, 0, "1.0", "value", 0, "/a"),
        charts.MapTile("Bb", "Bb", LONG, 1, 0, "9.0", "value", 4, "/b"),
        charts.MapTile("Cc", "Cc", "Area C", 0, 1, "", "missing", None),
        charts.MapTile("Dd", "Dd", "Area D", 1, 1, "", "not_applicable", None),
        charts.MapTile("Ee", "Ee", "Area E", 2, 1, "", "suppressed", None),
    ]
    return charts.TileMap("Map", "Description", tiles, WORDS, ["0 – 1", "1 – 2", "2 – 3", "3 – 4", "4 – 9"])


def heat_grid() -> charts.HeatGrid:
    cells = [
        [charts.HeatCell("1.0", "value", 0, "/1"), charts.HeatCell("2.0", "value", 4, "/2", breaks=True)],
        [charts.HeatCell(state="missing"), charts.HeatCell(state="suppressed")],
    ]
    return charts.HeatGrid("Heat", "Description", ["A", LONG], ["2019", "2020"], cells, WORDS, "area")


def lines_of_all_kinds(width: float) -> charts.Rendered:
    first = [point(2010, 20.0, lower=18.0, upper=23.0), point(2011, 19.0, lower=17.0, upper=22.0)]
    second = [point(2010, 21.0), point(2012, None, state="suppressed"), point(2013, 12.0, href="/p")]
    return charts.render_lines(line_chart(charts.Series("One", first), charts.Series(LONG, second)), "c", width)


def dots_of_all_states(width: float) -> charts.Rendered:
    rows = [row("A", 12.0, lower=10.0, upper=15.0, href="/a"), row(LONG, 0.0)]
    rows += [row(state, None, state=state) for state in ("missing", "not_applicable", "suppressed")]
    return charts.render_dots(dots(*rows, reference=(8.0, "Country: 8.0")), "c", width)


def bars_both_ways(width: float) -> charts.Rendered:
    rows = [row("A", 4.0), row(LONG, -2.0), row("M", None, state="missing")]
    return charts.render_bars(charts.BarChart("T", "D", "percent", rows, WORDS, show), "c", width)


EVERY: dict[str, Callable[[float], charts.Rendered]] = {
    "lines": lines_of_all_kinds,
    "dots": dots_of_all_states,
    "bars": bars_both_ways,
    "tiles": lambda width: charts.render_tiles(tile_map(), "c", width),
    "heat": lambda width: charts.render_heat(heat_grid(), "c", width),
}


def parsed(rendered: charts.Rendered) -> ElementTree.Element:
    return ElementTree.fromstring(rendered.svg)


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
    assert [[points[n].period for n in run] for run in runs(points)] == [["2010", "2011"], ["2012", "2013"], ["2015"], ["2022"]]
    root = parsed(charts.render_lines(line_chart(charts.Series("One", points)), "c"))
    lines = list(root.iter(f"{SVG}polyline"))
    bands = [e for e in root.iter(f"{SVG}polygon") if "c-band" in e.get("class", "")]
    assert len(lines) == len(bands) == 2
    ends = [[float(pair.split(",")[0]) for pair in e.get("points", "").split()] for e in lines]
    assert max(ends[0]) < min(ends[1])
    assert any("c-break" in e.get("class", "") for e in root.iter(f"{SVG}line"))


def test_the_four_states_look_and_read_differently() -> None:
    root = parsed(EVERY["dots"](720))
    labels = {e.text for e in root.iter(f"{SVG}text")}
    assert {"no data", "not applicable", "hidden", "0.0"} <= labels
    voids = {e.get("class") for e in root.iter(f"{SVG}rect")}
    assert {"c-void c-missing", "c-void c-not_applicable", "c-void c-suppressed"} <= voids


def test_hostile_texts_stay_texts() -> None:
    evil = '<script>alert("1")</script>&'
    rendered = charts.render_dots(dots(row(evil, 1.0, href="/x?a=1&b=2", mark=evil), row("B", 2.0)), "c")
    root = ElementTree.fromstring(rendered.svg)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in charts.table_html(rendered.table, evil)


def test_nothing_to_draw_is_said_in_words() -> None:
    root = parsed(charts.render_lines(line_chart(charts.Series("One", [point(2010, None, state="missing")])), "c"))
    assert [e.text for e in root.iter(f"{SVG}text")] == ["no data at all"]


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e9, allow_nan=False)), min_size=1, max_size=25),
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
    ):
        root = parsed(rendered)
        down = float(root.get("viewBox", "").split()[3])
        numbers = [float(n) for e in root.iter() for k in ("cx", "cy", "x1", "y1") if (n := e.get(k))]
        assert all(math.isfinite(n) for n in numbers)
        marks = [float(e.get("cy", "")) for e in root.iter(f"{SVG}circle")]
        assert all(0 <= y <= down for y in marks)


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
