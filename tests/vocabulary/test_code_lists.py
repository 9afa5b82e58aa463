"""Code lists: closed, in the order to show, with names in three languages."""

from __future__ import annotations

import pytest

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.observations import DIMENSIONS, MISSING_STATUS

BREAKDOWNS = tuple(name for name in DIMENSIONS if name != "age")
LISTS = (*BREAKDOWNS, "unit", "status", "missing_reason", "quality", "flag", "interval", "other")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_reads_in_three_languages(name):
    codes = code_list(name)
    assert list(codes)
    for code in codes:
        assert code.code in codes
        assert all(codes.label(code.code, language) for language in LANGUAGES)
    assert [code.order for code in codes] == list(range(len(list(codes))))


@pytest.mark.parametrize("name", BREAKDOWNS)
def test_every_breakdown_begins_with_its_total(name):
    assert next(iter(code_list(name))).code == "_T"


def test_sdmx_codes():
    assert [code.code for code in code_list("sex")] == ["_T", "F", "M"]
    assert {"U", "R"} <= set(code_list("residence").codes)
    assert [code.code for code in code_list("wealth")][1:6] == ["Q1", "Q2", "Q3", "Q4", "Q5"]
    assert set("ABDEFIPUVOLMQ") == set(code_list("status").codes)


def test_reasons_without_a_value_have_names():
    assert set(MISSING_STATUS) <= set(code_list("status").codes)
    assert set(MISSING_STATUS.values()) == set(code_list("missing_reason").codes)


def test_an_unknown_code_names_its_list():
    with pytest.raises(KeyError, match="'X' is not in the code list 'sex'"):
        code_list("sex")["X"]
