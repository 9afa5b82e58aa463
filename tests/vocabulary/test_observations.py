"""The observation schema: defaults, keys, and one failing example for each rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import rules
from everychild.vocabulary.observations import (
    COLUMNS,
    SCHEMA,
    Known,
    conform,
    dimensions_of,
    empty_observations,
    key_expression,
    validate,
)

KNOWN = Known({"u5mr", "stunting"}, {"OFFICE", "SURVEY"}, gazetteer())
SOUND = {
    "indicator": "u5mr",
    "area": "KZ-19",
    "area_version": "1932-03-10",
    "period": "2015",
    "value": 12.5,
    "lower": 11.0,
    "upper": 14.0,
    "interval": "UI90",
    "se": 0.8,
    "n": 1200,
    "unit": "per_1000_live_births",
    "quality": "official",
    "source": "OFFICE",
    "file": "deaths.csv",
    "row": 7,
}
NO_VALUE = {"value": None, "lower": None, "upper": None, "se": None, "interval": ""}


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return conform(pl.DataFrame([{**SOUND, **row} for row in rows], infer_schema_length=None))


def broken(*rows: dict[str, object]) -> list[tuple[str, str, str]]:
    found = validate(frame(*rows), KNOWN)
    return list(found.select("rule", "column", "value").iter_rows())


def key(**cells: object) -> str:
    return str(frame(cells).select(key_expression()).item())


def test_a_sound_figure_breaks_no_rule():
    assert broken({}) == []
    assert broken({**NO_VALUE, "status": "O"}) == []
    assert broken({"other": "level=primary;skill=reading", "flag": "suspect|break", "age": "M12T23"}) == []
    assert validate(empty_observations(), KNOWN).height == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"indicator": "u6mr"}, ("unknown_indicator", "indicator", "u6mr")),
        ({"area": "KZ-99", "area_version": ""}, ("unknown_area", "area", "KZ-99")),
        ({"area_version": "2015-01-01"}, ("unknown_area_version", "area_version", "2015-01-01")),
        ({"area": "KAZ", "area_version": "2022-06-08"}, ("unknown_area_version", "area_version", "2022-06-08")),
        ({"period": "2O15"}, ("bad_period", "period", "2O15")),
        ({"source": "NOBODY"}, ("unknown_source", "source", "NOBODY")),
        ({"sex": "W"}, ("unknown_code", "sex", "W")),
        ({"age": "0-4"}, ("unknown_code", "age", "0-4")),
        ({"residence": "urban"}, ("unknown_code", "residence", "urban")),
        ({"wealth": "Q6"}, ("unknown_code", "wealth", "Q6")),
        ({"education": "school"}, ("unknown_code", "education", "school")),
        ({"disability": "yes"}, ("unknown_code", "disability", "yes")),
        ({"ethnicity": "X"}, ("unknown_code", "ethnicity", "X")),
        ({"unit": "per_mille"}, ("unknown_code", "unit", "per_mille")),
        ({"status": "Z"}, ("unknown_code", "status", "Z")),
        ({"quality": "good"}, ("unknown_code", "quality", "good")),
        ({"interval": "CI80"}, ("unknown_code", "interval", "CI80")),
        ({"flag": "suspect|odd"}, ("unknown_code", "flag", "suspect|odd")),
        ({"other": "primary"}, ("bad_other", "other", "primary")),
        ({"other": "level=primary;"}, ("bad_other", "other", "level=primary;")),
        ({"other": "Level=primary"}, ("bad_other", "other", "Level=primary")),
        ({"other": "level=a:b"}, ("bad_other", "other", "level=a:b")),
        ({**NO_VALUE, "status": "A"}, ("value_without_status", "status", "A")),
        ({"status": "Q", "missing_reason": "suppressed"}, ("status_without_value", "status", "Q")),
        ({**NO_VALUE, "status": "O", "missing_reason": "suppressed"},
         ("wrong_missing_reason", "missing_reason", "suppressed")),
        ({"missing_reason": "missing"}, ("wrong_missing_reason", "missing_reason", "missing")),
        ({"value": math.inf, "upper": None}, ("not_finite", "value", "inf")),
        ({"value": math.nan, "upper": None}, ("not_finite", "value", "NaN")),
        ({"upper": math.inf}, ("not_finite", "value", "12.5")),
        ({"lower": 12.6}, ("interval_misses_value", "lower", "12.6")),
        ({"upper": 12.4}, ("interval_misses_value", "upper", "12.4")),
        ({"interval": ""}, ("interval_unnamed", "interval", "")),
        ({"se": -0.1}, ("negative_error", "se", "-0.1")),
        ({"n": -1}, ("negative_count", "n", "-1")),
        ({"unit": "percent", "value": 861.0, "upper": 900.0}, ("percent_out_of_range", "value", "861.0")),
        ({"unit": "percent_of_households", "value": -1.0, "lower": -2.0}, ("percent_out_of_range", "value", "-1.0")),
        ({"value": -12.5, "lower": None}, ("negative_rate", "value", "-12.5")),
        ({"unit": "persons", "value": -3.0, "lower": -4.0}, ("negative_rate", "value", "-3.0")),
        ({"value": 1089.0, "upper": None}, ("rate_above_base", "value", "1089.0")),
        ({"unit": "per_100000_children", "value": 1e5 + 1, "upper": None}, ("rate_above_base", "value", "100001.0")),
        ({"area": "KZ-10", "area_version": ""}, ("area_before_founding", "area", "KZ-10")),
        ({"area": "KZ-62", "area_version": "", "period": "2020/21"}, ("area_before_founding", "area", "KZ-62")),
    ],
)  # fmt: skip
def test_each_rule_alone(change, expected):
    assert broken(change) == [expected]


@pytest.mark.parametrize("period", ["2027", "2026/2027", "2027/28", "2027-Q1", "2099"])
def test_a_period_that_has_not_come_is_only_for_forecasts(period):
    today = date(2026, 11, 26)
    [found] = validate(frame({"period": period}), KNOWN, today=today).to_dicts()
    assert (found["rule"], found["column"], found["value"]) == ("future_period", "period", period)
    assert validate(frame({"period": period, "status": "F"}), KNOWN, today=today).is_empty()
    assert validate(frame({**NO_VALUE, "status": "O", "period": period}), KNOWN, today=today).is_empty()


@pytest.mark.parametrize("period", ["2026", "2025/2026", "2026/27", "2026-Q4"])
def test_the_current_year_is_no_future(period):
    assert validate(frame({"period": period}), KNOWN, today=date(2026, 1, 2)).is_empty()


def test_a_second_row_of_one_key_is_found_and_a_conflict_may_stand():
    twice = "u5mr:KZ-19@1932-03-10:2015:OFFICE"
    assert broken({}, {"value": 12.6}) == [("duplicate_key", "value", twice)]
    assert broken({}, {"value": 12.6}, {"value": 12.7}) == [("duplicate_key", "value", twice)] * 2
    assert broken({}, {"value": 12.6, "other": "conflict=2"}) == []


def test_every_rule_of_the_schema_has_words():
    everything = [
        {"indicator": "x", "area": "x", "period": "x", "source": "x", "sex": "x", "other": "x", "status": "Q"},
        {"value": None, "missing_reason": "missing", "se": -1.0, "n": -1, "interval": ""},
        {"lower": 99.0},
    ]
    named = {rule for rule, _, _ in broken(*everything)}
    assert len(named) > 10
    assert named <= set(rules())


@pytest.mark.parametrize(
    "change",
    [
        {"area": "KZ-10", "area_version": "2022-06-08"},
        {"area": "KZ-10", "area_version": "", "period": "2022"},
        {"area": "KZ-10", "area_version": "", **NO_VALUE, "status": "M", "missing_reason": "not_applicable"},
        {"area": "KZ-79", "area_version": "", "period": "2015"},
        {"area": "KZ-61", "area_version": "", "period": "2015"},
    ],
)
def test_figures_that_may_speak_of_an_area_before_it_was_founded(change):
    assert broken(change) == []


PERCENT = {"unit": "percent", "lower": None, "upper": None, "interval": ""}


def percents(*values, **more):
    rows = [{**PERCENT, "period": str(2001 + at), "value": value, **more} for at, value in enumerate(values)]
    return [found[2] for found in broken(*rows) if found[0] == "share_for_percent"]


def test_a_share_among_percents_is_found_and_small_percents_are_not():
    assert percents(97.1, 96.4, 0.97) == ["0.97"]
    assert percents(97.1, 0.98, 96.4, 0.97) == ["0.98", "0.97"]
    assert percents(97.1, 0.97) == []
    assert percents(0.4, 0.3, 0.97) == []
    assert percents(97.1, 45.4, 0.97) == []
    assert percents(24.1, 25.1, 0.25) == []
    assert percents(52.0, 55.1, 0.97) == []
    assert percents(97.1, 96.4, 0.0, 0.4) == []


def test_a_unit_must_be_of_the_kind_of_the_indicator():
    @dataclass(frozen=True)
    class Measured:
        unit: str

    known = Known({"u5mr": Measured("per_1000_live_births")}, {"OFFICE"}, gazetteer())

    def rules_of(unit):
        return validate(frame({**PERCENT, "value": 1.2, "unit": unit}), known)["rule"].to_list()

    assert [rules_of(unit) for unit in ("percent", "per_100000_population", "count", "ratio")] == [
        ["unit_of_other_kind"]
    ] * 4
    assert [rules_of(unit) for unit in ("per_1000_live_births", "per_1000_births")] == [[], []]
    assert rules_of("x") == ["unknown_code"]


def test_edges_are_within():
    assert broken({"value": 1000.0, "upper": 1000.0}) == []
    assert broken({"unit": "percent", "value": 0.0, "lower": 0.0}) == []
    assert broken({"unit": "percent", "value": 100.0, "upper": 100.0}) == []
    assert broken({"value": 0.0, "lower": 0.0}) == []
    assert broken({"lower": 12.5, "upper": 12.5}) == []
    assert broken({"unit": "percent_of_gdp", "value": -2.0, "lower": None}) == []


def test_a_row_may_break_several_rules_and_each_has_the_place_of_the_figure():
    found = validate(frame({"area": "KZ-99", "period": "x", "row": 12}), KNOWN)
    assert set(found["rule"]) == {"unknown_area", "bad_period"}
    assert set(found.select("file", "row").iter_rows()) == {("deaths.csv", 12)}


class TestConform:
    def test_order_types_and_defaults(self):
        whole = conform(pl.DataFrame({"value": [1.0], "indicator": ["u5mr"]}))
        assert tuple(whole.columns) == COLUMNS
        assert dict(whole.schema) == {name: kind() for name, kind in SCHEMA.items()}
        [row] = whole.rows(named=True)
        assert (row["sex"], row["age"], row["status"], row["note"]) == ("_T", "_T", "A", "")
        assert (row["lower"], row["n"], row["row"]) == (None, None, None)

    def test_empty_cells_mean_the_total_and_a_normal_value(self):
        whole = conform(pl.DataFrame({"sex": ["", None, "F"], "status": ["", None, "P"], "note": [None, "", "x"]}))
        assert whole["sex"].to_list() == ["_T", "_T", "F"]
        assert whole["status"].to_list() == ["A", "A", "P"]
        assert whole["note"].to_list() == ["", "", "x"]

    def test_the_reason_follows_from_the_status(self):
        whole = conform(pl.DataFrame({"status": ["A", "O", "L", "M", "Q"]}))
        assert whole["missing_reason"].to_list() == ["", "missing", "missing", "not_applicable", "suppressed"]

    def test_zero_and_three_kinds_of_nothing_are_four_things(self):
        rows = [{"value": 0.0, "lower": 0.0}, *({**NO_VALUE, "status": status} for status in "OMQ")]
        states = set(frame(*rows).select("value", "missing_reason").iter_rows())
        assert states == {(0.0, ""), (None, "missing"), (None, "not_applicable"), (None, "suppressed")}

    def test_foreign_columns_and_types_are_refused(self):
        with pytest.raises(ValueError, match="outside the observation schema: colour"):
            conform(pl.DataFrame({"colour": ["red"]}))
        with pytest.raises(pl.exceptions.InvalidOperationError):
            conform(pl.DataFrame({"value": ["12,5"]}))


class TestKeys:
    def test_a_total_has_the_shortest_key(self):
        assert key(area="KAZ", area_version="") == "u5mr:KAZ:2015:OFFICE"

    def test_borders_and_breakdowns_in_the_order_of_the_schema(self):
        assert key(residence="U", sex="F", wealth="Q1") == (
            "u5mr:KZ-19@1932-03-10:2015:OFFICE:sex=F;residence=U;wealth=Q1"
        )

    def test_other_breakdowns_come_last(self):
        assert key(sex="F", other="level=primary;skill=reading").endswith(":sex=F;level=primary;skill=reading")
        assert key(other="level=primary").endswith(":OFFICE:level=primary")

    def test_value_and_place_of_a_figure_are_no_part_of_it(self):
        assert key() == key(value=1.0, lower=0.0, note="x", flag="suspect", status="P", file="y", row=1, n=3)

    def test_dimensions_of_a_figure(self):
        [row] = frame({"sex": "F", "other": "level=primary;skill=reading"}).rows(named=True)
        assert dimensions_of(row) == [("sex", "F"), ("level", "primary"), ("skill", "reading")]
        [total] = frame({}).rows(named=True)
        assert dimensions_of(total) == []

    @given(
        st.lists(
            st.fixed_dictionaries({
                "area": st.sampled_from(["KAZ", "KZ-19"]),
                "area_version": st.sampled_from(["", "unclear", "1932-03-10"]),
                "period": st.sampled_from(["2015", "2015/16", "2015-Q1"]),
                "sex": st.sampled_from(["_T", "F", "M"]),
                "age": st.sampled_from(["_T", "Y0T4"]),
                "residence": st.sampled_from(["_T", "U"]),
                "other": st.sampled_from(["", "level=primary", "conflict=2"]),
                "source": st.sampled_from(["OFFICE", "SURVEY"]),
            }),
            min_size=1,
            max_size=12,
        )
    )  # fmt: skip
    def test_two_figures_share_a_key_only_when_they_are_one(self, rows):
        made = frame(*rows)
        keys = made.select(key_expression())["key"]
        assert keys.n_unique() == made.select(*rows[0]).n_unique()
        found = validate(made, KNOWN).filter(pl.col("rule") == "duplicate_key")
        assert found.height == len(rows) - keys.n_unique()
