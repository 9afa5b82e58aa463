"""A wrong definition is refused when it is read, with file, row and column; nothing of it is ever run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.recipes import derived
from everychild.recipes.book import load
from everychild.recipes.nodes import (
    Absent,
    All,
    Arithmetic,
    Case,
    Comparison,
    FirstPresent,
    Membership,
    Missing,
    Node,
    Not,
    Number,
    Text,
    Variable,
    WrongNode,
    walk,
)
from everychild.recipes.parsing import condition, parse
from everychild.vocabulary.errors import Place, WrongDefinition
from tests.recipes.made_tables import DERIVED, RECIPE, book, write

HERE = Place("recipes.csv", 7, "universe")


def refused(text: str) -> WrongDefinition:
    with pytest.raises(WrongDefinition) as problem:
        parse(text, HERE)
    assert problem.value.place == HERE
    assert str(problem.value) == f"recipes.csv, row 7, column universe: {problem.value.finding.message('en')}"
    return problem.value


def kinds(told: WrongDefinition) -> tuple[str, ...]:
    """What a sign needs and what stands there."""
    return tuple(told.values[name] for name in ("sign", "needed", "given", "beside") if name in told.values)


UNREADABLE = (
    "expression_side_missing", "expression_stops", "expression_bracket_open", "expression_quote_open",
    "expression_case",
)  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize("text", ["", "   ", "\n"])
    def test_nothing(self, text: str) -> None:
        assert refused(text).rule == "expression_missing"

    @pytest.mark.parametrize(
        "text",
        [
            "MAX(a) = 1", "COUNT(*)", "foo(a) = 1", "ROUND(a) = 1", "RANDOM() < 1", "IF(a = 1, 1, 0)", "NULLIF(a, 1)",
            "read_csv('x')", "getenv('HOME')", "CAST(a AS INT) = 1", "a::INT = 1", "TRY_CAST(a AS INT) = 1", "*",
            "SELECT 1", "a = (SELECT 1)", "EXISTS (SELECT 1)", "a = 1; DROP TABLE x", "DROP TABLE x", "a LIKE 'x%'",
            "a || 'x' = 'y'", "a % 2 = 1", "a ^ 2 = 1", "(1, 2)", "a AS b", "a b", "? = 1", ":a = 1",
            "@a = 1", "a[1] = 1", "{'a': 1}", "a -> 1", "DATE '2020-01-01'", "INTERVAL 1 DAY",
            "a IS DISTINCT FROM 1", "a = ANY(1)", "CREATE TABLE x (a INT)", "COPY x TO 'y'", "a COLLATE x = 1",
        ],
    )  # fmt: skip
    def test_what_is_no_part_of_the_language(self, text: str) -> None:
        assert refused(text).rule in ("expression_not_in_language", "expression_several")

    @pytest.mark.parametrize(
        "text",
        [
            "a = 1 AND",
            "AND",
            "a BETWEEN 1",
            "a = 'x",
            "(a = 1",
            "a = 1)",
            "CASE END",
            "1, 2",
            "a XOR b",
            "a // 2 = 1",
            "a ** 2 = 1",
        ],
    )
    def test_what_is_no_expression(self, text: str) -> None:
        told = refused(text)
        assert told.rule in UNREADABLE
        assert told.rule == "expression_case" or (told.value and f"▸{told.value}◂" in told.values["near"])

    @pytest.mark.parametrize("text", ["a = 1 -- AND b = 2", "a = 1 /* AND b = 2 */", "/* x */ a = 1", "a = 1 --"])
    def test_comments_which_would_leave_something_out_without_a_word(self, text: str) -> None:
        assert refused(text).rule == "expression_comment"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("'A' + 1 = 2", ("+", "number", "text")),
            ("-'A' = 1", ("-", "number", "text")),
            ("FLOOR('A') = 1", ("FLOOR", "number", "text")),
            ("FLOOR(a = 1) = 1", ("FLOOR", "number", "truth")),
            ("a + (b = 1) = 2", ("+", "number", "truth")),
            ("'A' = 1", ("=", "number", "text")),
            ("a IN (1, 'A')", ("IN", "number", "text")),
            ("'A' BETWEEN 1 AND 2", ("BETWEEN", "number", "text")),
            ("COALESCE(1, 'A') = 1", ("COALESCE", "number", "text")),
            ("CASE WHEN a = 1 THEN 1 ELSE 'A' END = 1", ("CASE", "number", "text")),
            ("CASE WHEN a THEN 1 END = 1", ("WHEN", "truth", "variable")),
            ("CASE WHEN 1 THEN 1 END = 1", ("WHEN", "truth", "number")),
            ("a + 1 AND b = 1", ("AND", "truth", "number")),
            ("a AND b", ("AND", "truth", "variable")),
            ("COALESCE(a, b) AND b = 1", ("AND", "truth", "value")),
            ("a = 1 OR 'A'", ("OR", "truth", "text")),
            ("NOT a", ("NOT", "truth", "variable")),
            ("(a = 1) = TRUE", ("=", "number_or_text", "truth")),
            ("a = b = c", ("=", "number_or_text", "truth")),
            ("(a = 1) IN (1)", ("IN", "number_or_text", "truth")),
        ],
    )
    def test_kinds_that_do_not_go_together(self, text: str, told: tuple[str, ...]) -> None:
        problem = refused(text)
        assert problem.rule in ("expression_kind", "expression_kinds_mixed")
        assert kinds(problem) == told

    @pytest.mark.parametrize(
        "text", ["a = NULL", "a <> NULL", "NULL + 1 = 1", "a BETWEEN NULL AND 1", "FLOOR(NULL) = 1", "a = 1 AND NULL"]
    )
    def test_null_where_it_would_never_be_true(self, text: str) -> None:
        assert refused(text).rule == "expression_null"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("a IN ()", "expression_list"),
            ("a IN (b)", "expression_list"),
            ("a IN (1, NULL)", "expression_list"),
            ("a IN (SELECT 1)", "expression_list"),
            ("a IS TRUE", "expression_is"),
            ("FLOOR(a, 1) = 1", "expression_floor"),
            ("FLOOR() = 1", "expression_floor"),
            ("a IN 1", "expression_list"),
            ("a = 1; b = 2", "expression_several"),
            (";", "expression_several"),
            ("CASE a WHEN 1 THEN 2 END = 2", "expression_case"),
            ("a / 0 = 1", "expression_zero"),
            ("a BETWEEN -2 AND -3", "expression_range_empty"),
            ("a = 1e999", "expression_number_large"),
            ("a = 1E", "expression_number"),
            ("t.a = 1", "expression_name"),
            ('"a b" = 1', "expression_name"),
            ("ünder = 1", "expression_name"),
            ("$1 = 1", "expression_name"),
        ],
    )
    def test_forms_that_the_language_does_not_have(self, text: str, told: str) -> None:
        assert refused(text).rule == told

    @pytest.mark.parametrize(
        "text",
        [
            "(" * 300 + "a" + ")" * 300 + " = 1", "NOT " * 900 + "a = 1", "- " * 900 + "a = 1", "+".join("1" * 3000),
            "CASE WHEN a = 1 THEN " * 200 + "1" + " END" * 200, "FLOOR(" * 150 + "a" + ")" * 150,
        ],
    )  # fmt: skip
    def test_too_deep(self, text: str) -> None:
        assert refused(text).rule == "expression_too_deep"

    def test_too_long(self) -> None:
        assert refused("a IN (" + ", ".join(["1"] * 10_000) + ")").rule == "expression_too_long"

    @pytest.mark.parametrize("text", ["{:1} = 1", "->", "a ->", "-> a", "a = ", "* 2", "a + ", ", a", "a,"])
    def test_a_sign_with_nothing_on_one_side(self, text: str) -> None:
        assert refused(text)

    @settings(max_examples=300, deadline=None)
    @given(st.text(alphabet="ab1'\"().,;*+-/=<> \nANDORSELECTNULLIS¶Ә", max_size=40))
    def test_any_text_is_an_expression_or_a_definition_error(self, text: str) -> None:
        """Whatever stands in a cell, a reader gets nodes of the closed set or a sentence with a place."""
        try:
            node = parse(text, HERE)
        except WrongDefinition as problem:
            refused_at = problem.place
        else:
            refused_at = HERE
            assert all(isinstance(part, Node) for part in walk(node))
        assert refused_at == HERE


class TestRead:
    @pytest.mark.parametrize(
        ("text", "node"),
        [
            ("WB4 = 1", Comparison("=", Variable("wb4"), Number(1))),
            ("a != 1.5", Comparison("<>", Variable("a"), Number(1.5))),
            ("a IN (-1, 'x')", None),
            ("a IN (-1, 2)", Membership(Variable("a"), (Number(-1), Number(2)))),
            ("a = 'it''s'", Comparison("=", Variable("a"), Text("it's"))),
            ("a IS NOT NULL", Not(Missing(Variable("a")))),
            ("CASE WHEN a = 1 THEN 2 END", Case(((Comparison("=", Variable("a"), Number(1)), Number(2)),), Absent())),
            ("COALESCE(a, 0)", FirstPresent((Variable("a"), Number(0)))),
            ('"MA$1" = 1', Comparison("=", Variable("ma$1"), Number(1))),
        ],
    )
    def test_the_meaning_of_a_text(self, text: str, node: Node | None) -> None:
        if node is None:
            assert refused(text).rule == "expression_kinds_mixed"
        else:
            assert parse(text, HERE) == node

    def test_a_long_list_of_conditions_is_one_level(self) -> None:
        node = parse(" AND ".join(f"a{i} = 1" for i in range(500)), HERE)
        assert isinstance(node, All)
        assert [part.left for part in node.parts if isinstance(part, Comparison)] == [
            Variable(f"a{i}") for i in range(500)
        ]

    def test_and_binds_closer_than_or_and_not_closer_than_and(self) -> None:
        assert parse("a = 1 OR b = 1 AND NOT c = 1", HERE) == parse("(a = 1) OR ((b = 1) AND (NOT (c = 1)))", HERE)

    def test_a_condition_is_a_truth_or_the_number_one(self) -> None:
        assert condition(parse("1", HERE), HERE, "1").kind == "truth"
        for text in ("2", "0", "a", "a + 1", "'A'"):
            with pytest.raises(WrongDefinition, match="row 7, column universe: A condition is needed here"):
                condition(parse(text, HERE), HERE, text)

    def test_operators_are_a_closed_set_too(self) -> None:
        with pytest.raises(WrongNode):
            Arithmetic("**", Number(1), Number(2))
        with pytest.raises(WrongNode):
            Comparison("==", Number(1), Number(2))


class TestTablesOfRecipes:
    @pytest.mark.parametrize(
        ("changed", "column", "told"),
        [
            ({"universe": "UF17 = "}, "universe", "expression_side_missing"),
            ({"universe": "UF17"}, "universe", "expression_condition_needed"),
            ({"numerator": "MAX(A)"}, "numerator", "expression_not_in_language"),
            ({"numerator": "A"}, "numerator", "expression_condition_needed"),
            ({"denominator": ""}, "denominator", "expression_missing"),
            ({"denominator": "2"}, "denominator", "expression_condition_needed"),
            ({"weight": "A = 1"}, "weight", "recipe_table_weight"),
            ({"weight": "'chweight'"}, "weight", "recipe_table_weight"),
            ({"kind": "average"}, "kind", "description_value_unknown"),
            ({"kind": "mean"}, "numerator", "recipe_table_number"),
            ({"kind": "quantile"}, "numerator", "recipe_table_number"),
            ({"kind": "parity", "rate_of": "nothing", "numerator": "A = 1", "denominator": "A = 2"}, "rate_of",
             "recipe_table_no_rate"),
            ({"kind": "parity", "rate_of": "measured", "numerator": "A", "denominator": "A = 2"}, "numerator",
             "expression_condition_needed"),
            ({"confidence": "sure"}, "confidence", "description_value_unknown"),
            ({"numerator": "D_NOBODY_KNOWS = 1"}, "numerator", "expression_name_undefined"),
            ({"universe": "CAGE < P_NOBODY_KNOWS"}, "universe", "expression_name_undefined"),
            ({"code": "measured"}, "code", "recipe_table_twice"),
        ],
    )  # fmt: skip
    def test_a_mistake_is_named_with_its_cell(
        self, tmp_path: Path, changed: dict[str, str], column: str, told: str
    ) -> None:
        """The wrong row stands second, in line 3 of the table."""
        with pytest.raises(WrongDefinition) as problem:
            book(tmp_path, [RECIPE, {**RECIPE, "code": "other", **changed}])
        assert problem.value.place == Place("recipes.csv", 3, column)
        assert problem.value.rule == told

    def test_a_table_without_a_column_is_refused(self, tmp_path: Path) -> None:
        recipes = write(tmp_path / "recipes.csv", tuple(RECIPE), [RECIPE])
        names = write(tmp_path / "derived.csv", derived.COLUMNS, [])
        with pytest.raises(WrongDefinition, match=r"recipes.csv, row 1: The first row lacks these columns: rate_of"):
            load("mics6", recipes, names, {})


class TestDerivedNames:
    def names(self, tmp_path: Path, *rows: dict[str, str], parameters: dict[str, str] | None = None) -> None:
        book(tmp_path, [RECIPE], [{**DERIVED, **row} for row in rows], parameters)

    def test_a_circle_is_named_with_its_round_though_no_recipe_uses_it(self, tmp_path: Path) -> None:
        with pytest.raises(WrongDefinition, match="in a circle: D_A → D_B → D_C → D_A") as problem:
            self.names(
                tmp_path,
                {"name": "D_A", "expression": "D_B AND x = 1"},
                {"name": "D_B", "expression": "NOT D_C"},
                {"name": "D_C", "expression": "D_A"},
            )
        assert problem.value.place == Place("derived.csv", 4, "expression"), "where the round closes"

    def test_a_name_that_is_made_from_itself(self, tmp_path: Path) -> None:
        with pytest.raises(WrongDefinition, match=r"row 2, column expression: .* in a circle: D_A → D_A"):
            self.names(tmp_path, {"name": "D_A", "expression": "D_A"})

    def test_a_circle_through_the_parameters_of_a_survey(self, tmp_path: Path) -> None:
        with pytest.raises(WrongDefinition, match=r"parameters.P_A: .* in a circle: P_B → P_A → P_B"):
            book(tmp_path, parameters={"P_B": "P_A + 1", "P_A": "P_B + 1"})

    @pytest.mark.parametrize(
        ("row", "column", "told"),
        [
            ({"type": "logical"}, "type", "description_value_unknown"),
            ({"expression": "CAGE >"}, "expression", "expression_side_missing"),
            ({"expression": "D_NOWHERE"}, "expression", "expression_name_undefined"),
            ({"expression": "CAGE + 1"}, "expression", "derived_name_type"),
            ({"type": "integer"}, "expression", "derived_name_type"),
            ({"type": "carried", "from_file": "hh", "expression": "HH1"}, "expression", "derived_name_type"),
            ({"type": "summed", "from_file": "hh"}, "expression", "derived_name_type"),
            ({"type": "carried", "from_file": "hh", "first_by": "a;b"}, "first_by", "derived_name_order"),
            ({"type": "first", "first_by": "caseid"}, "first_by", "derived_name_order"),
            ({"file": "ch; ch"}, "name", "derived_name_twice"),
        ],
    )
    def test_a_mistake_is_named_with_its_cell(
        self, tmp_path: Path, row: dict[str, str], column: str, told: str
    ) -> None:
        with pytest.raises(WrongDefinition) as problem:
            self.names(tmp_path, row)
        assert problem.value.place == Place("derived.csv", 2, column)
        assert problem.value.rule == told

    def test_a_name_of_another_file_is_unknown(self, tmp_path: Path) -> None:
        told = "recipes.csv, row 2, column universe: D_OLD is not defined for file ch"
        with pytest.raises(WrongDefinition, match=told):
            book(tmp_path, [{**RECIPE, "universe": "D_OLD"}], [{**DERIVED, "file": "wm"}])

    def test_a_carried_name_may_use_names_of_the_file_it_comes_from(self, tmp_path: Path) -> None:
        rows = [
            {**DERIVED, "name": "D_POOR", "file": "hh", "expression": "windex5 = 1"},
            {**DERIVED, "name": "D_OF_POOR", "type": "carried", "from_file": "hh", "expression": "D_POOR"},
        ]
        found = book(tmp_path, [{**RECIPE, "numerator": "D_OF_POOR"}], rows)
        assert found["measured"].parts[0].numerator == Variable("d_of_poor", "truth")
        assert found.carried["d_of_poor", "ch"].meaning == parse("windex5 = 1", HERE)

    def test_a_sum_over_the_household_is_a_number(self, tmp_path: Path) -> None:
        sum_ = {**DERIVED, "name": "D_GOATS", "type": "summed", "from_file": "hh", "expression": "HC18D"}
        found = book(tmp_path, [{**RECIPE, "numerator": "D_GOATS > 2"}], [sum_])
        assert found["measured"].parts[0].numerator == Comparison(">", Variable("d_goats", "number"), Number(2))
        assert found.carried["d_goats", "ch"].summed
        with pytest.raises(WrongDefinition, match="column numerator: “AND” needs"):
            book(tmp_path, [{**RECIPE, "numerator": "D_GOATS AND CAGE > 2"}], [sum_])

    def test_names_are_replaced_by_their_meaning_whatever_their_case(self, tmp_path: Path) -> None:
        limit = {**DERIVED, "name": "P_LIMIT", "type": "parameter", "file": "*", "expression": "23"}
        rows = [{**DERIVED, "expression": "cage > p_limit"}, limit]
        found = book(tmp_path, [{**RECIPE, "universe": "d_old"}], rows)
        assert found["measured"].parts[0].universe == parse("CAGE > 23", HERE)


class TestKinds:
    def test_a_quantile_names_its_share_and_is_the_median_without_one(self, tmp_path: Path) -> None:
        rows = [{**RECIPE, "code": "half", "kind": "quantile", "numerator": "CAGE"},
                {**RECIPE, "code": "most", "kind": "quantile:0.9", "numerator": "CAGE"}]  # fmt: skip
        found = book(tmp_path, rows)
        assert [found[code].quantile for code in ("half", "most")] == [0.5, 0.9]
        assert found["half"].version != found["most"].version

    @pytest.mark.parametrize(
        "kind", ["quantile:0", "quantile:1", "quantile:90", "quantile:", "quantile:half", "mean:2"]
    )
    def test_a_share_that_is_none(self, tmp_path: Path, kind: str) -> None:
        with pytest.raises(WrongDefinition, match=r"recipes.csv, row 2, column kind: "):
            book(tmp_path, [{**RECIPE, "kind": kind, "numerator": "CAGE"}])
