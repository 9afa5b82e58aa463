"""What stands in a cell that should hold a number: only plain numbers become values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.exchange.numerals import judge_number
from everychild.vocabulary.findings import rules

READINGS = [
    ("12,5", "decimal_comma", "12.5"),
    ("-0,4", "decimal_comma", "-0.4"),
    ("1,234", "decimal_comma", "1.234 / 1234"),
    ("2O15", "letter_in_number", "2015"),
    ("1О,5", "letter_in_number", "10.5"),
    ("12\u00a0345", "spaces_in_number", "12345"),
    ("12\u2009345,6", "spaces_in_number", "12345.6"),
    ("12 345", "spaces_in_number", "12345"),
    ("12\u202f345", "spaces_in_number", "12345"),
    ("1,234,567.5", "commas_in_number", "1234567.5"),
    ("-", "missing_mark", ""),
    ("\u2013", "missing_mark", ""),
    ("\u2014", "missing_mark", ""),
    ("…", "missing_mark", ""),
    ("...", "missing_mark", ""),
    ("n/a", "missing_mark", ""),
    ("NaN", "missing_mark", ""),
    ("н/д", "missing_mark", ""),
    ("86 %", "unit_in_value", "86"),
    ("86%", "unit_in_value", "86"),
    ("12,5 пайыз", "unit_in_value", "12.5"),
    ("1e3", "power_of_ten", "1000"),
    ("1.5E-2", "power_of_ten", "0.015"),
    ("１２.５", "foreign_digits", "12.5"),
    ("\u22123.5", "not_a_minus", "-3.5"),
    ("\u20133", "not_a_minus", "-3"),
    ("#REF!", "spreadsheet_error", ""),
    ("#DIV/0!", "spreadsheet_error", ""),
    ("#N/A", "spreadsheet_error", ""),
    ("inf", "not_a_number", ""),
    ("12.5.1", "not_a_number", ""),
    ("0x10", "not_a_number", ""),
    ("", "empty_value", ""),
    ("\u00a0", "empty_value", ""),
    ("9" * 60, "not_a_number", ""),
]


@pytest.mark.parametrize(("text", "rule", "meant"), READINGS)
def test_odd_cells_are_named_and_never_become_values(text: str, rule: str, meant: str) -> None:
    judged = judge_number(text)
    assert (judged.value, judged.rule, judged.meant) == (None, rule, meant)
    assert rule in rules()


@pytest.mark.parametrize(("text", "value"), [("12.5", 12.5), ("-3", -3.0), (".5", 0.5), ("5.", 5.0), (" 7 ", 7.0)])
def test_plain_numbers(text: str, value: float) -> None:
    assert judge_number(text).value == value


@given(st.text())
def test_any_text_gets_either_a_value_or_a_rule(text: str) -> None:
    judged = judge_number(text)
    assert (judged.value is None) == bool(judged.rule)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_number_with_a_comma_is_proposed_with_a_point(number: float) -> None:
    text = f"{number:.4f}"
    assert judge_number(text.replace(".", ",")).meant.split(" / ")[0] == text
