"""Breakdowns on survey files: the number of the level on every row, judged by a plain look-up in the table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.engines.polars_engine import expression
from everychild.recipes import groups
from everychild.recipes.book import recipe_book
from everychild.recipes.groups import file_breakdowns, level_code
from everychild.recipes.nodes import Arithmetic, Between, Case, Number, Text, Variable, walk
from everychild.recipes.recipe import LAYOUTS
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.tables import definitions_folder, read_table
from tests.recipes.made_tables import write
from tests.recipes.reference_interpreter import value

Range = tuple[str, str, int]


def looked_up(ranges: Sequence[Range], code: float | None) -> int:
    """The level of a code: that of the first range that holds it, 0 for what is in none or missing."""
    return next((level for low, high, level in ranges if code is not None and int(low) <= code <= int(high)), 0)


@st.composite
def ranges(draw: st.DrawFn) -> list[Range]:
    """Ranges that do not overlap, in levels that may take several of them."""
    edges = sorted(draw(st.lists(st.integers(-20, 130), min_size=2, max_size=12, unique=True)))
    found = [(str(low), str(high - 1), draw(st.integers(1, 4))) for low, high in pairwise(edges)]
    return draw(st.permutations(found))


class TestLevelCode:
    @settings(max_examples=200, deadline=None)
    @given(ranges(), st.lists(st.one_of(st.none(), st.integers(-25, 127)), min_size=1))
    def test_any_ranges(self, told: list[Range], codes: list[int | None]) -> None:
        self.check(told, codes)

    @settings(max_examples=100, deadline=None)
    @given(st.integers(-5, 100), st.integers(1, 16), st.randoms(use_true_random=False))
    def test_codes_that_are_their_level_plus_a_constant(self, first: int, levels: int, chance: object) -> None:
        told = [(str(first + k), str(first + k), k + 1) for k in range(levels)]
        chance.shuffle(told)  # type: ignore[attr-defined]
        self.check(told, [None, *range(first - 2, first + levels + 2)])

    def check(self, told: list[Range], codes: Sequence[int | None]) -> None:
        node = level_code("x", told)
        frame = pl.DataFrame({"x": codes}, schema={"x": pl.Int16})
        found = frame.with_columns(expression(node, {}).alias("level"))["level"]
        wanted = [looked_up(told, code) for code in codes]
        assert [value(node, {"x": code}) for code in codes] == wanted
        assert found.to_list() == wanted

    def test_the_common_case_is_one_comparison(self) -> None:
        """Sixteen regions in a row are not sixteen questions for every row of a file."""
        node = level_code("hh7", [(str(k), str(k), k) for k in range(1, 17)])
        assert isinstance(node, Case)
        ((condition, yields),) = node.branches
        assert Between(Variable("hh7"), Number(1), Number(16)) in list(walk(condition))
        assert yields == Variable("hh7")
        shifted = level_code("hh7", [(str(k + 10), str(k + 10), k) for k in range(1, 4)])
        assert Arithmetic("-", Variable("hh7"), Number(10)) in list(walk(shifted))

    def test_a_hole_in_the_codes_belongs_to_no_level(self) -> None:
        node = level_code("x", [("1", "1", 1), ("3", "3", 3)])
        assert [value(node, {"x": x}) for x in (1, 2, 3, None)] == [1, 0, 3, 0]

    def test_a_fraction_between_two_codes_belongs_to_no_level(self) -> None:
        node = level_code("x", [("0", "23", 1), ("24", "59", 2)])
        assert [value(node, {"x": x}) for x in (23.0, 23.5, 24.0)] == [1, 0, 2]
        node = level_code("x", [("1", "1", 1), ("2", "2", 2)])
        assert [value(node, {"x": x}) for x in (1.0, 1.5, 2.0)] == [1, 0, 2]

    def test_letters(self) -> None:
        node = level_code("x", [("A", "A", 1), ("B", "B", 2)])
        assert [value(node, {"x": x}) for x in ("A", "B", "C", None)] == [1, 2, 0, 0]


class TestShippedBreakdowns:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_row_of_the_table_has_its_level(self, layout: str) -> None:
        """The lowest and the highest code of each row lead to the level that stands in the row."""
        checked = 0
        for _, row in read_table(definitions_folder() / "recipes" / f"{layout}_groups.csv", groups.COLUMNS):
            for file in (part.strip() for part in row["files"].split(";")):
                file = file if file != "*" else recipe_files(layout)[0]
                found = file_breakdowns(layout, file)[row["breakdown"]]
                assert found.variable == row["variable"].lower()
                for code in (row["low"], row["high"] or row["low"]):
                    whole = code.lstrip("-").isdigit()
                    level = value(found.code, {found.variable: float(code) if whole else code})
                    assert isinstance(level, float)
                    assert found.levels[int(level) - 1].level == row["level"], row
                    checked += 1
        assert checked > 100

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_missing_and_unknown_codes_have_no_level(self, layout: str) -> None:
        for file in recipe_files(layout):
            for found in file_breakdowns(layout, file).values():
                letters = any(isinstance(part, Text) for part in walk(found.code))
                for code in (None, "?" if letters else -1.0):
                    assert value(found.code, {found.variable: code}) == 0, (file, found.breakdown)

    def test_levels_carry_names_in_three_languages_and_a_place_in_the_cube(self) -> None:
        sex = file_breakdowns("mics6", "ch")["sex_child"]
        assert [(level.level, level.dimension, level.code) for level in sex.levels] == [
            ("male", "sex", "M"), ("female", "sex", "F"),
        ]  # fmt: skip
        assert all(level.name[language] for level in sex.levels for language in ("en", "ru", "kk"))

    def test_a_breakdown_is_not_offered_on_files_that_lack_it(self) -> None:
        assert "sex_child" not in file_breakdowns("mics6", "wm")
        assert not file_breakdowns("mics6", "no_such_file").keys() & {"sex_child"}


def recipe_files(layout: str) -> list[str]:
    names = [name for name in LAYOUTS if name == layout]
    return sorted({part.file for recipe in recipe_book(names[0]) for part in recipe.parts})


ROW = {
    "breakdown": "sex", "files": "ch; fs", "variable": "HL4", "low": "1", "high": "", "level": "male",
    "dimension": "sex", "code": "M", "name_en": "Boys", "name_ru": "Мальчики", "name_kk": "Ұлдар",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name_en": ""}, "row 3"),
        ({"variable": "HL5"}, "row 3, column variable: sex has two variables on file ch"),
        ({"low": "5", "high": "3"}, "row 3, column high: The range ends before it begins: 5 – 3"),
    ],
)
def test_a_wrong_row_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], told: str
) -> None:
    (tmp_path / "recipes").mkdir()
    second = {**ROW, "low": "2", "level": "female", "code": "F"}
    write(tmp_path / "recipes" / "made_groups.csv", groups.COLUMNS, [ROW, {**second, **changed}])
    monkeypatch.setattr(groups, "definitions_folder", lambda: tmp_path)
    with pytest.raises(DefinitionError, match=told):
        file_breakdowns("made", "ch")
