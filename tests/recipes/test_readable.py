"""What people are shown of an expression can be read, and means what engines compute."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from everychild.recipes.nodes import Node, Variable, walk
from everychild.recipes.parsing import parse
from everychild.recipes.readable import readable, readable_lines
from everychild.recipes.recipe import LAYOUTS, Layout
from everychild.vocabulary.errors import Place
from tests.recipes.random_rows import Codes
from tests.recipes.reference_interpreter import Row, value
from tests.recipes.test_interpreter import numbers, recipes, tables, trees, truths

HERE = Place("the test")


@pytest.mark.parametrize(
    "text",
    [
        "UF17 = 1",
        "HAZ2 < -2",
        "HAZFLAG = 0 AND HAZ2 IS NOT NULL",
        "A NOT IN (1, 2) OR A NOT BETWEEN 3 AND 4",
        "(A = 1 AND B = 2) OR (A = 2 AND B = 1)",
        "(A = 1 OR A = 2) AND NOT (B = 1 OR C = 1)",
        "NOT A = 1",
        "A + B - C * (D + 1) / 2 > 0",
        "A - (B - C) = -(D + 1)",
        "A - (-2) = 1",
        "CASE WHEN A = 1 THEN 1 ELSE 0 END + CASE WHEN B = 1 THEN 1 END >= 1",
        "COALESCE(A = 1, FALSE)",
        "FLOOR(A / 12) = 2",
        "S = 'it''s'",
        '"MA$1" = 1',
    ],
)
def test_a_text_without_needless_brackets_comes_back_as_it_was(text: str) -> None:
    assert readable(parse(text, HERE)) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("((HAZFLAG = 0) AND (NOT (HAZ2 IS NULL)))", "HAZFLAG = 0 AND HAZ2 IS NOT NULL"),
        ("(HAZ2 < (- 2))", "HAZ2 < -2"),
        ("(a = 1 AND (b = 1 AND c = 1))", "A = 1 AND B = 1 AND C = 1"),
        ("((a + b) + c) = 1", "A + B + C = 1"),
        ("a = 1 OR b = 1 AND c = 1", "A = 1 OR (B = 1 AND C = 1)"),
    ],
)
def test_needless_brackets_go_and_helpful_ones_come(text: str, wanted: str) -> None:
    assert readable(parse(text, HERE)) == wanted


def test_names_are_spelled_as_the_file_does() -> None:
    assert readable(parse("haz2 < 1 AND UF17 = 1", HERE), {"haz2": "haz2"}) == "haz2 < 1 AND UF17 = 1"


def test_a_long_condition_stands_in_lines() -> None:
    text = "BD3 = 1 AND BD7A = 2 AND (BD8A = 2 OR (BD8B = 2 AND BD8C IN (2, 8)))"
    assert readable_lines(parse(text, HERE), 40) == [
        "BD3 = 1",
        "AND BD7A = 2",
        "AND (",
        "      BD8A = 2",
        "      OR (BD8B = 2 AND BD8C IN (2, 8))",
        "    )",
    ]


def test_a_long_count_stands_in_lines() -> None:
    text = "CASE WHEN A = 1 THEN 1 ELSE 0 END + CASE WHEN B = 1 THEN 1 ELSE 0 END >= 2"
    assert readable_lines(parse(text, HERE), 40) == [
        "CASE WHEN A = 1 THEN 1 ELSE 0 END",
        "+ CASE WHEN B = 1 THEN 1 ELSE 0 END",
        ">= 2",
    ]


class TestMeaning:
    @settings(max_examples=300, deadline=None)
    @given(node=truths(3) | numbers(3), rows=tables())
    def test_of_any_expression(self, node: Node, rows: list[Row]) -> None:
        again = read_again(node)
        assert [value(again, row) for row in rows] == [value(node, row) for row in rows]

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_of_every_recipe(self, layout: Layout) -> None:
        """Read again from one line and from many, an expression says the same of random rows."""
        chance = random.Random(5)
        for recipe in recipes(layout):
            for _, nodes in trees(recipe):
                rows = Codes(nodes).rows(20, chance)
                for node in nodes:
                    wanted = [value(node, row) for row in rows]
                    for text in (readable(node), "\n".join(readable_lines(node, 70))):
                        again = read_again(node, text)
                        assert [value(again, row) for row in rows] == wanted, (recipe.code, text)


def read_again(node: Node, text: str = "") -> Node:
    """Carried names keep their kind, as they do where a table of derived names is at hand."""
    carried = {part.name: part for part in walk(node) if isinstance(part, Variable) and part.kind != "unknown"}
    return parse(text or readable(node), HERE, lambda name: carried.get(name.lower()))
