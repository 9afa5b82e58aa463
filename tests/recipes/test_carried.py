"""Values that a row has from other rows: from another file of the same household, or from being the first of a group.
A plain derivation, row by row, judges what survey files yield."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.microdata.description import read_description
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.book import recipe_book
from everychild.recipes.derived import Carried
from everychild.recipes.recipe import LAYOUTS, Layout
from tests.recipes.random_rows import Codes
from tests.recipes.reference_interpreter import Row, Value, value

FILES: Final[dict[Layout, dict[str, str]]] = {
    "mics6": dict.fromkeys(("hh", "hl", "wm", "ch"), "[HH1, HH2]"),
    "dhs": {"KR": "[v001, v002]"},
}
DESCRIPTION: Final = """\
survey: MADE_2024
title: {{en: Made survey, ru: Учебное обследование, kk: Оқу зерттеуі}}
country: XEX
layout: {layout}
period: "2024"
source: XEX_INVENTED_SURVEY
invented: true
files: {{{files}}}
design:
{design}
breakdowns: {{}}
"""
CARRIED: Final = [(layout, key) for layout in LAYOUTS for key in recipe_book(layout).carried]


def from_another_file(carried: Carried, here: Sequence[Row], there: Sequence[Row]) -> list[Value]:
    """True when it is true of any row there of the same household, or the sum of what is known of these rows; unknown
    when that file has no such household."""
    found: list[Value] = []
    for row in here:
        key = (row["hh1"], row["hh2"])
        same = [other for other in there if None not in key and (other["hh1"], other["hh2"]) == key]
        told = [value(carried.meaning, other) for other in same]
        added = math.fsum(each for each in told if isinstance(each, float))
        found.append(None if not same else added if carried.summed else True in told)
    return found


def first_of_group(carried: Carried, here: Sequence[Row]) -> list[bool]:
    """True on the row with the lowest order among those of its group of which the condition is true."""
    group, order = carried.first_by
    met = [row for row in here if value(carried.meaning, row) is True and row[order] is not None]
    lowest = {row[group]: min(float(str(r[order])) for r in met if r[group] == row[group]) for row in met}
    return [row in met and float(str(row[order])) == lowest[row[group]] for row in here]


def opened(folder: Path, layout: Layout, tables: dict[str, pl.DataFrame]) -> SurveyFiles:
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    keys = {name: FILES[layout][name] for name in tables}
    described = DESCRIPTION.format(
        layout=layout,
        files=", ".join(f"{name}: {name}.parquet" for name in tables),
        design="\n".join(f"  {name}: {{psu: {own[1:].split(',')[0]}, household: {own}}}" for name, own in keys.items()),
    )
    (folder / "survey.yaml").write_text(described, encoding="utf-8")
    return SurveyFiles(read_description(folder / "survey.yaml"), folder)


def rows(carried: Carried, keys: Sequence[str], count: int, chance: random.Random) -> tuple[list[Row], pl.DataFrame]:
    """Random rows of a source: few households and women, so that they meet; no woman has one order twice."""
    codes = Codes([carried.meaning])
    found = [dict(row) for row in codes.rows(count, chance)]
    for at, row in enumerate(found):
        row.update({key: float(chance.randint(1, 3)) for key in keys})
        if carried.first_by:
            group, order = carried.first_by
            row.update({group: chance.choice(["a", "b", "c"]), order: None if chance.random() < 0.1 else float(at + 1)})
    chance.shuffle(found)
    names = sorted(found[0]) if found else []
    kinds = {name: codes.kind(name) if name in codes.beside else pl.Float64 for name in names}
    if carried.first_by:
        kinds[carried.first_by[0]] = pl.String
    return list(found), pl.DataFrame([[r[n] for n in names] for r in found], schema=kinds, orient="row")


Case = tuple[SurveyFiles, list[Value]]


def drawn(layout: Layout, key: tuple[str, str], seed: int, folder: Path) -> Case:
    """Random files of a survey, and what is to be carried to the rows of one of them."""
    chance, file = random.Random(seed), key[1]
    carried = recipe_book(layout).carried[key]
    keys = [part.strip().lower() for part in FILES[layout][file][1:-1].split(",")]
    there, source = rows(carried, keys, chance.randint(1, 25), chance)
    if carried.first_by:
        return opened(folder, layout, {file: source}), list(first_of_group(carried, there))
    here: list[Row] = there
    tables = {carried.from_file: source}
    if carried.from_file != file:
        here = [{"hh1": float(chance.randint(1, 4)), "hh2": float(chance.randint(1, 3))} for _ in range(12)]
        here.append({"hh1": None, "hh2": 1.0})
        tables[file] = pl.DataFrame(here, schema={"hh1": pl.Int16, "hh2": pl.Int8}, strict=False)
    return opened(folder, layout, tables), from_another_file(carried, here, there)


@pytest.mark.parametrize(("layout", "key"), CARRIED)
class TestEveryCarriedName:
    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 2**32))
    def test_random_rows(self, layout: Layout, key: tuple[str, str], seed: int) -> None:
        name, file = key
        with TemporaryDirectory() as folder:
            files, wanted = drawn(layout, key, seed, Path(folder))
            found = files.with_carried(file, frozenset({name})).collect()
        assert found[name].to_list() == wanted

    def test_the_rows_try_it(self, layout: Layout, key: tuple[str, str], tmp_path: Path) -> None:
        """The random rows are worth something: it comes out true and false, sums in more than two ways."""
        answers = {answer for seed in range(20) for answer in drawn(layout, key, seed, tmp_path)[1]}
        if recipe_book(layout).carried[key].summed:
            assert len(answers - {None}) > 2
        else:
            assert {True, False} <= answers


def test_rows_keep_their_order_and_their_number() -> None:
    """Several rows of a household there do not make several here."""
    layout: Layout = "mics6"
    there = pl.DataFrame({"HH1": [1.0, 1.0, 2.0], "HH2": [1.0, 1.0, 1.0]})
    carried = recipe_book(layout).carried["d_hh_school_support", "hh"]
    there = there.with_columns(pl.lit(1.0).alias(name) for name in sorted(Codes([carried.meaning]).beside))
    here = pl.DataFrame({"HH1": [2.0, 1.0, 3.0], "HH2": [1.0, 1.0, 1.0], "own": [1, 2, 3]})
    with TemporaryDirectory() as folder:
        files = opened(Path(folder), layout, {"hl": there, "hh": here})
        found = files.with_carried("hh", frozenset({"d_hh_school_support"})).collect()
    assert found.select("HH1", "HH2", "own").equals(here)
    assert found["d_hh_school_support"].is_null().to_list() == [False, False, True], "household 3 has no members"
