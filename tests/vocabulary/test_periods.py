"""Periods sort by their days, compare by overlap, and refuse what is no period."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.vocabulary.periods import Period, is_period, parse_period


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2015", "year", date(2015, 1, 1), date(2015, 12, 31)),
        ("2010/2011", "range", date(2010, 1, 1), date(2011, 12, 31)),
        ("2015/16", "school_year", date(2015, 9, 1), date(2016, 8, 31)),
        ("1999/00", "school_year", date(1999, 9, 1), date(2000, 8, 31)),
        ("2015-Q1", "quarter", date(2015, 1, 1), date(2015, 3, 31)),
        ("2016-Q4", "quarter", date(2016, 10, 1), date(2016, 12, 31)),
    ],
)
def test_four_kinds_of_period(text, kind, start, end):
    period = parse_period(text)
    assert (period.kind, period.start, period.end, period.text) == (kind, start, end, text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2O15", "is not a period such as"),
        ("15", "is not a period such as"),
        ("2015-2016", "is not a period such as"),
        ("2015-Q5", "is not a period such as"),
        (" 2015", "is not a period such as"),
        ("٢٠١٥", "is not a period such as"),
        ("1899", "lies outside 1900 to 2100"),
        ("2101", "lies outside 1900 to 2100"),
        ("2011/2010", "ends before it begins"),
        ("2011/2011", "ends before it begins"),
        ("2015/17", "must name two following years"),
    ],
)
def test_what_is_no_period_is_refused_with_the_reason(text, problem):
    assert not is_period(text)
    with pytest.raises(ValueError, match=problem):
        parse_period(text)


def test_order_of_time():
    texts = ["2016", "2015/16", "2015-Q4", "2015", "2015-Q1", "2014/2015", "2010/2011"]
    ordered = [period.text for period in sorted(map(parse_period, texts))]
    assert ordered == ["2010/2011", "2014/2015", "2015-Q1", "2015", "2015/16", "2015-Q4", "2016"]


def test_overlap_counts_days():
    assert parse_period("2015").overlaps(parse_period("2015/16"))
    assert parse_period("2015-Q4").overlaps(parse_period("2015/16"))
    assert not parse_period("2015-Q2").overlaps(parse_period("2015/16"))
    assert not parse_period("2014").overlaps(parse_period("2015"))


def test_the_middle_is_where_a_chart_places_it():
    assert parse_period("2015").middle == pytest.approx(2015.5, abs=0.01)
    assert parse_period("2010/2011").middle == pytest.approx(2011.0, abs=0.01)
    assert parse_period("2015/16").middle == pytest.approx(2016.16, abs=0.01)
    assert parse_period("2015-Q1").middle == pytest.approx(2015.125, abs=0.01)


def test_age_of_a_figure_in_whole_years():
    assert parse_period("2015").age_in_years(date(2026, 11, 25)) == 11
    assert parse_period("2015/16").age_in_years(date(2026, 11, 25)) == 10
    assert parse_period("2030").age_in_years(date(2026, 11, 25)) == 0


def test_labels():
    assert [parse_period("2010/2011").label(language) for language in ("en", "ru", "kk")] == ["2010–2011"] * 3
    assert [parse_period("2015/16").label(language) for language in ("en", "ru", "kk")] == ["2015/16"] * 3
    quarter = parse_period("2015-Q3")
    assert (quarter.label("en"), quarter.label("ru"), quarter.label("kk")) == (
        "Q3 2015", "3 кв. 2015", "2015 ж. 3-тоқсан",
    )  # fmt: skip


years = st.integers(1900, 2099)
texts = st.one_of(
    years.map(str),
    st.tuples(years, st.integers(1, 5)).map(lambda p: f"{p[0]}/{min(2100, p[0] + p[1])}"),
    years.map(lambda year: f"{year}/{(year + 1) % 100:02}"),
    st.tuples(years, st.integers(1, 4)).map(lambda p: f"{p[0]}-Q{p[1]}"),
)


@given(texts, texts)
def test_sorting_follows_days_and_overlap_is_mutual(one, other):
    first, second = parse_period(one), parse_period(other)
    assert first.start <= first.end
    assert (first < second) == ((first.start, first.end) < (second.start, second.end))
    assert first.overlaps(second) == second.overlaps(first)
    shared_days = min(first.end, second.end) - max(first.start, second.start)
    assert first.overlaps(second) == (shared_days.days >= 0)
    assert first.start.year <= first.middle <= first.end.year + 1


@given(years)
def test_four_quarters_make_the_year(year):
    quarters = [parse_period(f"{year}-Q{number}") for number in (1, 2, 3, 4)]
    whole = parse_period(str(year))
    assert (quarters[0].start, quarters[-1].end) == (whole.start, whole.end)
    days = sum((q.end - q.start).days + 1 for q in quarters)
    assert days == (whole.end - whole.start).days + 1


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_value_error(text):
    try:
        period = parse_period(text)
    except ValueError:
        assert not is_period(text)
    else:
        assert isinstance(period, Period)
        assert period.text == text
