"""Line charts: words give way to each other, breaks carry their reason, sources differ without colour."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from everychild.website import charts
from everychild.website.charts.drawing import SMALL, text_width
from everychild.website.charts.labels import beside_points, break_labels, place_of_target
from everychild.website.charts.lines import MOST_SERIES
from tests.website.charts.made_charts import SVG, WORDS, line_chart, parsed, point, show


def target_chart(*series: charts.Series) -> charts.LineChart:
    return charts.LineChart("T", "D", "percent", series, WORDS, show, target=(5.0, "Target 2030: 5.0"))


def several(count: int) -> list[charts.Series]:
    return [
        charts.Series(f"Source {n}", [point(2010 + year, 10.0 + n + year) for year in range(4)]) for n in range(count)
    ]


def test_each_source_has_a_stroke_and_a_shape_of_its_own() -> None:
    root = parsed(charts.render_lines(line_chart(*several(MOST_SERIES)), "c"))
    strokes = {e.get("class") for e in root.iter(f"{SVG}polyline")}
    assert len(strokes) == MOST_SERIES
    shapes = {(e.get("d") or "").partition("m")[2] for e in root.iter(f"{SVG}path")}
    assert len(shapes) == MOST_SERIES - 1  # the first source has circles
    assert list(root.iter(f"{SVG}circle"))


def test_more_sources_than_the_picture_holds_are_still_in_the_table() -> None:
    rendered = charts.render_lines(line_chart(*several(MOST_SERIES + 2)), "c")
    assert len({cells[1].text for cells in rendered.table.rows}) == MOST_SERIES + 2
    assert len(list(parsed(rendered).iter(f"{SVG}polyline"))) == MOST_SERIES


def test_a_partly_known_interval_is_drawn_only_where_it_is_known() -> None:
    points = [point(2010, 5.0, lower=4.0, upper=6.0), point(2011, 5.0), point(2012, 5.0, lower=4.0, upper=6.0)]
    root = parsed(charts.render_lines(line_chart(charts.Series("One", points)), "c"))
    assert len([e for e in root.iter() if "c-whisker" in e.get("class", "")]) == 2
    assert not [e for e in root.iter() if "c-band" in e.get("class", "")]


def test_a_single_figure_carries_its_number_beside_it() -> None:
    root = parsed(charts.render_lines(line_chart(charts.Series("One", [point(2015, 8.0)])), "c"))
    dot = next(root.iter(f"{SVG}circle"))
    label = next(e for e in root.iter(f"{SVG}text") if "c-t0" in e.get("class", ""))
    assert 0 < float(label.get("x", "")) - float(dot.get("cx", "")) < 15
    assert [e.text for e in root.iter(f"{SVG}text")].count("2015") == 1


def test_every_break_has_its_mark_and_its_reason() -> None:
    points = [point(year, 5.0, breaks="other borders" if year in (2005, 2015) else "") for year in range(2000, 2021)]
    root = parsed(charts.render_lines(line_chart(charts.Series("One", points)), "c", 720))
    marks = [g for g in root.iter(f"{SVG}g") if any(e.get("class") == "c-break" for e in g)]
    assert [g.findtext(f"{SVG}title") for g in marks] == ["other borders"] * 2
    assert [e.text for e in root.iter(f"{SVG}text")].count("other borders") == 2
    for mark in marks:
        x = float(next(e for e in mark if e.get("class") == "c-break").get("x1", ""))
        for run in root.iter(f"{SVG}polyline"):
            ends = [float(pair.partition(",")[0]) for pair in run.get("points", "").split()]
            assert not min(ends) < x < max(ends)


def test_the_target_is_named_and_inside_the_axis() -> None:
    root = parsed(charts.render_lines(target_chart(charts.Series("One", [point(2010, 20.0), point(2011, 19.0)])), "c"))
    mark = next(e for e in root.iter(f"{SVG}line") if e.get("class") == "c-target")
    grid = [float(e.get("y1", "")) for e in root.iter(f"{SVG}line") if e.get("class") == "c-grid"]
    assert min(grid) <= float(mark.get("y1", "")) <= max(grid)
    assert "Target 2030: 5.0" in [e.text for e in root.iter(f"{SVG}text")]


def test_the_words_of_the_target_stand_where_no_figure_lies() -> None:
    free = place_of_target("Target", 100, 40, 600, 10, [(45, 95), (60, 92)])
    assert (free.anchor, free.y) == ("end", 95)
    assert place_of_target("Target", 12, 40, 600, 10, []).y > 12  # no room above


@given(
    places=st.lists(st.tuples(st.floats(40, 600), st.sampled_from(["short", "a reason of many words, quite long"])),
                    max_size=6, unique_by=lambda place: place[0])
)  # fmt: skip
def test_words_of_breaks_never_cover_each_other_nor_leave_the_picture(places: list[tuple[float, str]]) -> None:
    spans = []
    for label in break_labels(sorted(places), "break", 40, 700, 20):
        wide = text_width(label.words, SMALL)
        start = label.x if label.anchor == "start" else label.x - wide
        spans.append((start, start + wide))
    assert all(start >= 0 and end <= 700 for start, end in spans)
    assert all(one[1] <= other[0] or other[1] <= one[0] for one, other in combinations(spans, 2))


@given(
    ends=st.lists(st.tuples(st.floats(40, 640), st.floats(30, 290), st.sampled_from(["7.1", "1,234.5"])), max_size=6)
)
def test_last_values_never_cover_each_other_or_a_mark(ends: list[Any]) -> None:
    marks = [(x, y) for x, y, _ in ends]
    boxes = [
        (label.x, label.y, text_width(label.words, 13)) for _, label in beside_points(ends, marks, 640, 30, 290, 720)
    ]
    for (x, y, wide), (other_x, other_y, other_wide) in combinations(boxes, 2):
        assert abs(y - other_y) >= 14 or x >= other_x + other_wide or other_x >= x + wide
    assert all(x + wide <= 720.1 for x, _, wide in boxes)
    for x, y, wide in boxes:
        assert not any(x - 3 < px < x + wide + 3 and y - 13 < py < y + 4 for px, py in marks)


def test_years_on_the_axis_are_round_and_apart() -> None:
    for width in (320, 340, 720):
        chart = line_chart(charts.Series("One", [point(year, 5.0) for year in range(1961, 2024)]))
        root = parsed(charts.render_lines(chart, "c", width))
        years = [e for e in root.iter(f"{SVG}text") if (e.text or "").isdigit() and e.get("text-anchor") == "middle"]
        assert len(years) >= 2
        assert all(int(e.text or "") % 5 == 0 for e in years)
        places = [float(e.get("x", "")) for e in years]
        assert all(later - earlier >= 36 for earlier, later in pairwise(places))
