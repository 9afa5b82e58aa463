"""A finding is a place and a rule; its sentence is made when it is read, in the reader's language."""

from __future__ import annotations

import json

import pytest

from everychild.vocabulary.findings import (
    LEDGER_SCHEMA,
    SEVERITIES,
    DataRefused,
    Finding,
    empty_ledger,
    findings_of,
    ledger,
    rules,
)
from everychild.vocabulary.language import LANGUAGES

PERCENT = Finding("data.csv", 7, "value", "861", "percent_out_of_range")
UNIT = Finding(
    "data.csv", 2, "unit", "ratio", "unit_differs", "warning", {"indicator": "u5mr", "expected": "percent", "rows": "3"}
)


def test_one_finding_reads_in_three_languages():
    assert PERCENT.message("en") == "861 percent lies outside 0 to 100"
    assert PERCENT.message("ru") == "861 процентов — вне пределов от 0 до 100"
    assert PERCENT.message("kk") == "861 пайыз 0 мен 100 аралығынан тыс"
    assert len({PERCENT.suggestion(language) for language in LANGUAGES}) == 3


def test_further_values_stand_in_the_sentence():
    for language in LANGUAGES:
        assert all(part in UNIT.message(language) for part in ("u5mr", "percent", "ratio", "3"))


def test_an_absent_place_stays_visible():
    bare = Finding("data.csv", 2, "unit", "ratio", "unit_differs", "warning")
    for language in LANGUAGES:
        assert "…" in bare.message(language)
        assert "ratio" in bare.message(language)
        assert "{" not in bare.message(language)


def test_braces_of_a_cell_are_no_places():
    odd = Finding("data.csv", 2, "sex", "{value} {0}", "unknown_code")
    assert odd.message("en") == "“{value} {0}” is not a code of “sex”"


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_rule_has_whole_sentences(rule):
    finding = Finding("data.csv", 5, "column", "cell", rule)
    for language in LANGUAGES:
        for sentence in (finding.message(language), finding.suggestion(language)):
            assert sentence
            assert "{" not in sentence
            assert "}" not in sentence


def test_a_ledger_keeps_findings_and_their_order():
    table = ledger([UNIT, PERCENT])
    assert dict(table.schema) == {name: kind() for name, kind in LEDGER_SCHEMA.items()}
    assert findings_of(table) == [UNIT, PERCENT]
    assert json.loads(table["parameters"][0]) == {"indicator": "u5mr", "expected": "percent", "rows": "3"}


def test_an_empty_ledger_has_the_same_columns():
    assert empty_ledger().schema == ledger([UNIT]).schema
    assert findings_of(empty_ledger()) == []


def test_a_finding_must_be_placed_and_weighed():
    with pytest.raises(ValueError, match="counted from 1"):
        Finding("data.csv", 0, "value", "", "not_finite")
    with pytest.raises(ValueError, match="severity 'bad' is none of error, warning, note"):
        Finding("data.csv", 1, "value", "", "not_finite", "bad")  # type: ignore[arg-type]
    assert SEVERITIES == ("error", "warning", "note")


def test_refused_data_say_why():
    refused = DataRefused([PERCENT, UNIT])
    assert refused.findings == (PERCENT, UNIT)
    assert "861 percent lies outside 0 to 100" in str(refused)
