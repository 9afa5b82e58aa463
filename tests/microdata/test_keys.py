"""Whether the keys of a file hold is asked in a way that suits files in their order, and answered for all."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everychild.microdata.description import read_description
from everychild.microdata.file_checks import FileChecks
from everychild.microdata.survey_files import SurveyFiles

DESCRIPTION = """survey: MADE
title: {en: Made, ru: Сделано, kk: Жасалған}
country: XEX
layout: mics6
period: "2024"
source: XEX_INVENTED_SURVEY
files: {hh: hh.csv}
design: {hh: {psu: HH1, stratum: HH1, household: [HH1, HH2]}}
"""


def in_order(folder: Path, keys: list[tuple[int, int]]) -> bool:
    pl.DataFrame(keys, schema=["HH1", "HH2"], orient="row").write_csv(folder / "hh.csv")
    (folder / "survey.yaml").write_text(DESCRIPTION, encoding="utf-8")
    return FileChecks(SurveyFiles(read_description(folder / "survey.yaml"), folder), "hh").has_rows_and_keys_in_order()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12), st.booleans())
def test_a_key_twice_is_seen_in_any_order_of_rows(tmp_path: Path, keys: list[tuple[int, int]], ordered: bool) -> None:
    assert in_order(tmp_path, sorted(keys) if ordered else keys) == (len(set(keys)) == len(keys))


@pytest.mark.parametrize("twice", [False, True])
def test_a_long_file_out_of_order(tmp_path: Path, twice: bool) -> None:
    keys = [(row // 20, row % 20) for row in range(400)]
    Random(4).shuffle(keys)
    assert in_order(tmp_path, keys[:-1] + ([keys[7]] if twice else [keys[-1]])) is not twice
