"""Shipped recipes are read expression by expression as they are asked for; what is told without reading them is what
reading all of them tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from everychild.microdata.expected_types import expected_of_file, letters_of_file
from everychild.recipes import parsing
from everychild.recipes.book import RecipeBook, recipe_book
from everychild.recipes.recipe import LAYOUTS, Layout, Recipe
from everychild.vocabulary.errors import DefinitionError, Place, WrongDefinition
from tests.recipes.made_tables import DERIVED, RECIPE, book

GAP = {
    **RECIPE, "code": "gap", "kind": "parity", "file": "", "rate_of": "measured", "universe": "", "weight": "",
    "numerator": "HL4 = 2", "denominator": "HL4 = 1",
}  # fmt: skip
FILES = {"mics6": ("hh", "hl", "wm", "ch", "fs", "bh", "mn"), "dhs": ("HR", "PR", "IR", "KR", "BR", "MR")}


def reading(shipped: RecipeBook, file: str) -> list[Recipe]:
    """The slow, obvious version: read every recipe and look at its parts."""
    parts = {recipe.code: recipe.parts or shipped[recipe.rate_of].parts for recipe in shipped if recipe.is_rowwise}
    parts |= {recipe.code: shipped[recipe.rate_of].parts for recipe in shipped if recipe.when is not None}
    return [recipe for recipe in shipped if any(part.file == file for part in parts.get(recipe.code, ()))]


@pytest.mark.parametrize("layout", LAYOUTS)
class TestShipped:
    def test_every_expression_and_every_name_can_be_read(self, layout: Layout) -> None:
        """The one place where all are: a command reads those that it needs."""
        shipped = recipe_book(layout)
        shipped.names.check()
        assert len(list(shipped)) == len(shipped.recipes) > 100
        assert len(dict(shipped.carried)) == len(shipped.carried) > 0

    def test_the_recipes_on_a_file_are_those_that_read_it(self, layout: Layout) -> None:
        shipped = recipe_book(layout)
        for file in FILES[layout]:
            found = [r for r in shipped.on(file) if (shipped[r.rate_of] if r.when else r).parts]  # not those that wait
            assert found == reading(shipped, file)
            assert list(shipped.parts(file)) == [p for r in reading(shipped, file) for p in r.parts if p.file == file]

    def test_the_letters_are_those_that_all_recipes_tell(self, layout: Layout) -> None:
        told = set()
        for file in FILES[layout]:
            expected = expected_of_file(recipe_book(layout), file)
            letters = letters_of_file(recipe_book(layout), file)
            assert letters == (expected.letters if expected is not None else frozenset())
            told |= letters
        assert bool(told) == (layout == "mics6"), "DHS recode files hold codes where MICS files hold letters"

    def test_carried_values_are_told_by_the_file_they_are_worked_out_from(self, layout: Layout) -> None:
        shipped = recipe_book(layout)
        for file in FILES[layout]:
            obvious = [each for (_, to), each in shipped.carried.items() if (each.from_file or to) == file]
            assert list(shipped.names.carried_from(file)) == obvious


class TestLetters:
    def letters(self, folder: Path, recipes: list[dict[str, str]], *names: dict[str, str]) -> frozenset[str]:
        return letters_of_file(book(folder, recipes, [{**DERIVED, **name} for name in names]), "ch")

    @pytest.mark.parametrize("column", ["universe", "numerator", "denominator"])
    def test_in_any_expression_of_a_recipe(self, tmp_path: Path, column: str) -> None:
        assert "br2x" in self.letters(tmp_path, [{**RECIPE, column: "BR2X = 'X'"}])

    def test_by_way_of_a_name_that_uses_a_name(self, tmp_path: Path) -> None:
        names = ({"name": "D_TOLD", "expression": "BR2X = 'X'"}, {"name": "D_ANY", "expression": "NOT D_TOLD"})
        assert "br2x" in self.letters(tmp_path, [{**RECIPE, "universe": "d_any AND A = 1"}], *names)
        assert "br2x" not in self.letters(tmp_path, [RECIPE], *names), "a name that no recipe uses asks for nothing"

    def test_in_the_rate_of_a_parity_and_in_its_sides(self, tmp_path: Path) -> None:
        assert "br2x" in self.letters(tmp_path, [{**RECIPE, "numerator": "BR2X = 'X'"}, GAP])
        assert "sexl" in self.letters(
            tmp_path, [RECIPE, {**GAP, "numerator": "SEXL = 'F'", "denominator": "SEXL = 'M'"}]
        )


class TestReading:
    def test_a_recipe_that_is_not_asked_for_is_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read: list[str] = []
        tree = parsing._tree
        monkeypatch.setattr(parsing, "_tree", lambda text: read.append(text) or tree(text))
        fresh = recipe_book.__globals__["_shipped"].__wrapped__("mics6", ())
        assert "birth_registration" in fresh.recipes
        assert read == []
        fresh["birth_registration"]
        few = len(read)
        assert few > 0
        list(fresh)
        assert len(read) > 20 * few

    def test_with_parameters_of_a_survey_all_are_read(self) -> None:
        """They may make a recipe wrong that nobody asked for, and the mistake is theirs."""
        with pytest.raises(WrongDefinition) as problem:
            recipe_book("mics6", {"P_PRIMARY_COMPLETION_AGE": "D_SCHOOL_SUPPORT + 1"})
        assert problem.value.place == Place("survey description", None, "parameters.P_PRIMARY_COMPLETION_AGE")


class TestTwoTables:
    """A user's own table before the shipped one."""

    def both(self, folder: Path, *own: dict[str, str]) -> RecipeBook:
        shipped = recipe_book("mics6")
        return replace(shipped, tables=(*book(folder, own).tables, *shipped.tables))

    def test_what_is_read_is_what_the_first_table_means(self, tmp_path: Path) -> None:
        """The rate of a shipped parity may be the user's own, over another file."""
        found = self.both(tmp_path, {**RECIPE, "code": "anar_primary", "file": "wm"})
        for file in FILES["mics6"]:
            assert {r.code for r in found.on(file)} >= {r.code for r in reading(found, file)}
            assert {"anar_primary", "gpi_primary"} <= {r.code for r in found.on(file)} or file != "wm"
        assert "gpi_primary" not in {recipe.code for recipe in found.on("hl")}
        expected = expected_of_file(found, "wm")
        assert expected is not None
        assert "hl4" in expected.numbers, "which tells the two sides of the parity apart"

    def test_letters_of_an_own_recipe_are_seen(self, tmp_path: Path) -> None:
        assert "hc99" in letters_of_file(self.both(tmp_path, {**RECIPE, "numerator": "HC99 = 'A'"}), "ch")


class TestParts:
    def test_a_part_that_waits_for_the_survey_makes_the_whole_wait(self, tmp_path: Path) -> None:
        """Half of two files put under each other would be another indicator without a word."""
        waiting = {**DERIVED, "name": "D_SCHOOL_AGE", "file": "fs", "type": "survey", "expression": ""}
        second = {**RECIPE, "part": "2", "file": "fs", "universe": "D_SCHOOL_AGE > 6"}
        found = book(tmp_path, [RECIPE, second], [waiting])["measured"]
        assert (found.parts, found.waits_for) == ((), "D_SCHOOL_AGE")

    def test_a_mistake_behind_a_part_that_waits_is_told(self, tmp_path: Path) -> None:
        waiting = {**DERIVED, "name": "D_SCHOOL_AGE", "type": "survey", "expression": ""}
        second = {**RECIPE, "part": "2", "numerator": "A = ("}
        with pytest.raises(DefinitionError, match="row 3, column numerator"):
            book(tmp_path, [{**RECIPE, "universe": "D_SCHOOL_AGE > 6"}, second], [waiting])

    def test_one_share_in_two_spellings_is_one(self, tmp_path: Path) -> None:
        kinds = ("quantile", "quantile:0.50")
        rows = [
            {**RECIPE, "kind": kind, "part": str(part), "numerator": "HAZ2"} for part, kind in enumerate(kinds, start=1)
        ]
        assert len(book(tmp_path, rows)["measured"].parts) == 2

    @pytest.mark.parametrize("kind", ["parity", "life_table", "rate_exposure", "algorithm"])
    def test_what_is_no_expression_over_rows_has_one_part(self, tmp_path: Path, kind: str) -> None:
        rows = [RECIPE, {**GAP, "kind": kind}, {**GAP, "kind": kind, "part": "2", "numerator": "nonsense ("}]
        with pytest.raises(DefinitionError, match="row 4, column code: The recipe “gap” stands twice"):
            book(tmp_path, rows)

    def test_parts_of_two_shares_are_refused(self, tmp_path: Path) -> None:
        rows = [{**RECIPE, "kind": f"quantile:0.{part}", "part": part, "numerator": "HAZ2"} for part in "12"]
        with pytest.raises(DefinitionError) as problem:
            book(tmp_path, rows)
        assert problem.value.place == Place("recipes.csv", 3, "code")
