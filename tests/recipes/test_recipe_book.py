"""What a book of recipes tells of them: kinds, parts, quotients, what they wait for, versions, codes that are near."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from everychild.recipes.book import UnknownRecipe, recipe_book
from everychild.recipes.nodes import TRUE, All, Comparison, Number, Variable, both, children, walk
from everychild.recipes.parsing import parse
from everychild.recipes.recipe import CONFIDENCE, KINDS, LAYOUTS, ROWWISE, Layout, Recipe
from everychild.vocabulary.errors import DefinitionError, Place
from tests.recipes.made_tables import DERIVED, RECIPE, book

HERE = Place("the test")
PARITY = {
    **RECIPE, "code": "gap", "kind": "parity", "rate_of": "measured", "numerator": "HL4 = 2", "denominator": "HL4 = 1",
}  # fmt: skip


def one(folder: Path, **changed: str) -> Recipe:
    return book(folder, [{**RECIPE, **changed}])[changed.get("code", RECIPE["code"])]


class TestParts:
    def test_the_four_expressions(self, tmp_path: Path) -> None:
        (part,) = one(tmp_path).parts
        assert part.universe == parse("UF17 = 1", HERE)
        assert part.numerator == parse("A = 1", HERE)
        assert part.denominator == TRUE, "1 stands for every row of the universe"
        assert part.weight == Variable("chweight")
        assert part.variables == {"uf17", "a", "chweight"}

    @pytest.mark.parametrize("kind", ["mean", "quantile"])
    def test_the_numerator_of_a_mean_is_a_value(self, tmp_path: Path, kind: str) -> None:
        (part,) = one(tmp_path, kind=kind, numerator="HAZ2").parts
        assert part.numerator == Variable("haz2")

    def test_rows_of_one_code_are_parts_put_under_each_other(self, tmp_path: Path) -> None:
        found = book(tmp_path, [RECIPE, {**RECIPE, "part": "2", "file": "fs", "weight": "fsweight"}])["measured"]
        assert [part.file for part in found.parts] == ["ch", "fs"]

    @pytest.mark.parametrize("second", [{"part": "1"}, {"part": "3"}, {"part": "2", "kind": "mean", "numerator": "A"}])
    def test_parts_follow_each_other_and_are_of_one_kind(self, tmp_path: Path, second: dict[str, str]) -> None:
        with pytest.raises(DefinitionError, match=r"row 3, column code: The recipe “measured” stands twice"):
            book(tmp_path, [RECIPE, {**RECIPE, **second}])

    @pytest.mark.parametrize("kind", ["life_table", "rate_exposure", "algorithm"])
    def test_what_has_a_procedure_of_its_own_has_no_parts(self, tmp_path: Path, kind: str) -> None:
        found = one(tmp_path, kind=kind, universe="", numerator="", denominator="")
        assert not found.is_rowwise
        assert found.parts == ()

    def test_conditions_that_always_hold_are_left_out(self) -> None:
        a, b = (Comparison("=", Variable(name), Number(1)) for name in "ab")
        assert both(TRUE, a, TRUE) == a
        assert both(a, TRUE, b) == All((a, b))
        assert both(TRUE, TRUE) == TRUE


class TestQuotients:
    def test_two_conditions_on_the_rows_of_another_rate(self, tmp_path: Path) -> None:
        found = book(tmp_path, [RECIPE, PARITY])["gap"]
        assert found.rate_of == "measured"
        assert found.when == (parse("HL4 = 2", HERE), parse("HL4 = 1", HERE))
        assert found.parts == ()

    def test_the_rate_may_stand_below_its_quotient(self, tmp_path: Path) -> None:
        assert book(tmp_path, [PARITY, RECIPE])["gap"].rate_of == "measured"

    def test_a_quotient_of_quotients_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DefinitionError, match=r"row 4, column rate_of: The table has no recipe “gap”"):
            book(tmp_path, [RECIPE, PARITY, {**PARITY, "code": "gap_of_gaps", "rate_of": "gap"}])

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_those_that_are_shipped_have_a_rate_and_split_it_in_two(self, layout: Layout) -> None:
        shipped = recipe_book(layout)
        quotients = [recipe for recipe in shipped if recipe.kind == "parity"]
        assert quotients
        for recipe in quotients:
            assert shipped[recipe.rate_of].kind in ROWWISE
            assert recipe.when is not None
            assert recipe.when[0] != recipe.when[1], recipe.code


class TestParameters:
    ROWS = (
        {**DERIVED, "name": "P_AGE", "type": "parameter", "file": "*", "expression": "7"},
        {**DERIVED, "name": "D_SCHOOL_AGE", "type": "survey", "expression": ""},
    )

    def test_a_survey_may_replace_a_parameter(self, tmp_path: Path) -> None:
        recipes = [{**RECIPE, "universe": "UB2 >= P_AGE"}]
        assert book(tmp_path, recipes, self.ROWS)["measured"].parts[0].universe == parse("UB2 >= 7", HERE)
        own = book(tmp_path, recipes, self.ROWS, {"p_age": "6"})
        assert own["measured"].parts[0].universe == parse("UB2 >= 6", HERE)

    def test_a_recipe_waits_for_what_every_survey_defines_for_itself(self, tmp_path: Path) -> None:
        recipes = [RECIPE, {**RECIPE, "code": "schooled", "universe": "D_SCHOOL_AGE >= 7"}]
        found = book(tmp_path, recipes, self.ROWS)
        assert (found["schooled"].waits_for, found["schooled"].parts) == ("D_SCHOOL_AGE", ())
        assert (found["measured"].waits_for, found["measured"].is_rowwise) == ("", True)
        told = book(tmp_path, recipes, self.ROWS, {"D_SCHOOL_AGE": "HL6 - 1"})["schooled"]
        assert told.waits_for == ""
        assert told.parts[0].universe == parse("HL6 - 1 >= 7", HERE)

    def test_a_parameter_that_is_no_expression_points_at_the_description(self, tmp_path: Path) -> None:
        with pytest.raises(DefinitionError) as problem:
            book(tmp_path, [{**RECIPE, "universe": "UB2 >= P_AGE"}], self.ROWS, {"P_AGE": "7 +"})
        assert problem.value.place == Place("survey description", None, "parameters.P_AGE")

    def test_the_shipped_book_says_what_it_waits_for(self) -> None:
        waiting = {recipe.code: recipe.waits_for for recipe in recipe_book("dhs") if recipe.waits_for}
        assert set(waiting.values()) == {"D_SCHOOL_AGE"}
        told = recipe_book("dhs", {"D_SCHOOL_AGE": "hv105 - 1"})
        assert all(told[code].is_rowwise for code in waiting)


class TestVersion:
    @pytest.mark.parametrize(
        "changed",
        [
            {"universe": "UF17 = 2"}, {"numerator": "A IN (1, 2)"}, {"denominator": "B = 1"}, {"weight": "1"},
            {"file": "fs"}, {"kind": "ratio"},
        ],
    )  # fmt: skip
    def test_it_changes_with_the_meaning(self, tmp_path: Path, changed: dict[str, str]) -> None:
        before = one(tmp_path).version
        assert len(before) == 8
        assert int(before, 16) >= 0
        assert one(tmp_path, **changed).version != before

    @pytest.mark.parametrize(
        "changed",
        [
            {"notes": "Said better."}, {"source": "Another page"}, {"confidence": "verified"}, {"table": "TC.1"},
            {"universe": "uf17=1"}, {"universe": "(UF17 = 1)"}, {"round_differences": "None"},
        ],
    )  # fmt: skip
    def test_it_stays_when_words_and_spelling_change(self, tmp_path: Path, changed: dict[str, str]) -> None:
        assert one(tmp_path, **changed).version == one(tmp_path).version

    def test_it_changes_with_a_derived_name_and_with_a_parameter(self, tmp_path: Path) -> None:
        recipes, rows = [{**RECIPE, "universe": "D_OLD"}], [DERIVED]
        before = book(tmp_path, recipes, rows)["measured"].version
        assert book(tmp_path, recipes, [{**DERIVED, "expression": "CAGE > 24"}])["measured"].version != before
        assert book(tmp_path, recipes, rows, {"D_OLD": "CAGE > 35"})["measured"].version != before

    def test_it_changes_with_the_conditions_of_a_quotient(self, tmp_path: Path) -> None:
        before = book(tmp_path, [RECIPE, PARITY])["gap"].version
        assert book(tmp_path, [RECIPE, {**PARITY, "numerator": "HL4 = 3"}])["gap"].version != before

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_two_recipes_of_one_version_have_one_meaning(self, layout: Layout) -> None:
        first: dict[str, Recipe] = {}
        for recipe in recipe_book(layout):
            like = first.setdefault(recipe.version, recipe)
            assert (like.kind, like.parts, like.when) == (recipe.kind, recipe.parts, recipe.when)


class TestLookingUp:
    def test_a_word_finds_the_codes_that_hold_it(self) -> None:
        shipped = recipe_book("mics6")
        found = shipped.like("stunting")
        assert len(found) > 1
        assert all("stunting" in code for code in found)

    def test_a_slip_finds_the_code_that_is_near(self) -> None:
        assert "birth_registration" in recipe_book("mics6").like("birth_registrtion")

    def test_nothing_is_near_to_nonsense(self) -> None:
        assert recipe_book("mics6").like("") == ()
        assert recipe_book("mics6").like("zzzzzz") == ()

    def test_an_unknown_code_is_refused_with_near_ones(self) -> None:
        with pytest.raises(UnknownRecipe, match="no recipe “birth_registratio” for mics6 files; near: birth_reg"):
            recipe_book("mics6")["birth_registratio"]
        with pytest.raises(UnknownRecipe, match=r"no recipe “zzzzzz” for dhs files; near: –$"):
            recipe_book("dhs")["zzzzzz"]


@pytest.mark.parametrize("layout", LAYOUTS)
class TestShippedBooks:
    def test_every_recipe_says_how_it_was_checked_and_where_it_is_from(self, layout: Layout) -> None:
        for recipe in recipe_book(layout):
            assert recipe.kind in KINDS
            assert recipe.confidence in CONFIDENCE
            assert recipe.source or recipe.confidence == "unverified", recipe.code

    def test_every_recipe_can_be_computed_or_says_why_not(self, layout: Layout) -> None:
        for recipe in recipe_book(layout):
            own_procedure = recipe.kind not in (*ROWWISE, "parity")
            assert recipe.is_rowwise or recipe.when or recipe.waits_for or own_procedure, recipe.code

    def test_every_carried_name_that_is_used_is_defined(self, layout: Layout) -> None:
        shipped = recipe_book(layout)
        used = {
            (part.name, piece.file)
            for recipe in shipped
            for piece in recipe.parts
            for tree in (piece.universe, piece.numerator, piece.denominator, piece.weight)
            for part in walk(tree)
            if isinstance(part, Variable) and part.kind != "unknown"
        }
        assert used
        assert used <= set(shipped.carried)

    def test_expressions_are_read_once(self, layout: Layout) -> None:
        assert recipe_book(layout) is recipe_book(layout, {})
        assert recipe_book(layout) is not recipe_book(layout, {"P_MADE": "1"})


def test_children_are_all_that_an_expression_is_made_of() -> None:
    """`walk` leaves no branch out: a node without its children differs from itself in nothing but them."""
    node = parse("CASE WHEN a BETWEEN b AND c THEN COALESCE(d, -e) ELSE FLOOR(f) * g END = 1", HERE)
    assert {part.name for part in walk(node) if isinstance(part, Variable)} == set("abcdefg")
    assert children(replace(Variable("a"))) == ()
