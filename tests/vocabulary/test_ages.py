"""SDMX age codes are parsed, measured and written in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.vocabulary.ages import is_age_code, parse_age


@pytest.mark.parametrize(
    ("code", "first", "last", "years"),
    [
        ("Y0T4", 0, 4, (0, 5)),
        ("Y6", 6, 6, (6, 7)),
        ("Y15T49", 15, 49, (15, 50)),
        ("Y_GE15", 15, None, (15, float("inf"))),
        ("Y_LT5", 0, 4, (0, 5)),
        ("M12T23", 12, 23, (1, 2)),
        ("M0T5", 0, 5, (0, 0.5)),
        ("D0T27", 0, 27, (0, 28 / 365.25)),
    ],
)
def test_codes_are_measured_in_years(code, first, last, years):
    group = parse_age(code)
    assert (group.first, group.last, group.years) == (first, last, years)


@pytest.mark.parametrize("code", ["", "0-4", "Y", "YT4", "Y0T", "y0t4", "Y4T0", "W3", "Y_GE", "Y0T4 ", "Y_LT0", "Y٠T٤"])
def test_what_is_no_age_code_is_refused(code):
    assert not is_age_code(code)
    with pytest.raises(ValueError, match=r"is not an SDMX age code|ends before it begins"):
        parse_age(code)


def test_the_total_is_a_code_but_no_group():
    assert is_age_code("_T")
    with pytest.raises(ValueError, match="'_T' is not an SDMX age code"):
        parse_age("_T")


def test_which_children_a_group_concerns():
    assert [year for year in range(18) if parse_age("Y5T14").includes(year)] == list(range(5, 15))
    assert [year for year in range(4) if parse_age("M12T23").includes(year)] == [1]
    assert [year for year in range(4) if parse_age("M6T23").includes(year)] == [0, 1]
    assert [year for year in range(4) if parse_age("D0T27").includes(year)] == [0]
    assert [year for year in range(18) if parse_age("Y_GE15").includes(year)] == [15, 16, 17]
    assert [year for year in range(18) if parse_age("Y_LT5").includes(year)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("code", "en", "ru", "kk"),
    [
        ("Y0T4", "0–4 years", "0–4 года", "0–4 жас"),
        ("Y5T17", "5–17 years", "5–17 лет", "5–17 жас"),
        ("Y1", "1 year", "1 год", "1 жас"),
        ("M12T23", "12–23 months", "12–23 месяца", "12–23 ай"),
        ("D0T27", "0–27 days", "0–27 дней", "0–27 күн"),
        ("Y_GE15", "15 years and over", "15 лет и старше", "15 жас және одан үлкен"),
    ],
)
def test_labels(code, en, ru, kk):
    group = parse_age(code)
    assert (group.label("en"), group.label("ru"), group.label("kk")) == (en, ru, kk)


@given(st.sampled_from("YMD"), st.integers(0, 200), st.integers(0, 200))
def test_a_group_includes_the_year_it_begins_in(unit, first, further):
    group = parse_age(f"{unit}{first}T{first + further}")
    start, end = group.years
    assert start < end
    assert group.includes(int(start))
    assert not group.includes(int(start) - 1)
