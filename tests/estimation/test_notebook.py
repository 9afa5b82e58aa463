"""How a survey and its table show themselves in Python: short, in three languages, with what a reader has to know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import everychild
from everychild.estimation.procedures import COMMANDS
from everychild.estimation.survey import Survey
from everychild.estimation.women_rates import CODES as FERTILITY
from everychild.methods.mortality.cohorts import RATES as MORTALITY
from everychild.recipes.book import recipe_book
from everychild.recipes.recipe import LAYOUTS
from everychild.vocabulary.language import LANGUAGES, Language
from tests.microdata import made_survey as made

CODES = ("birth_registration", "skilled_birth_attendance", "wasting_moderate_severe")
SIGNS: dict[Language, str] = {"en": "fewer than 25, hidden", "ru": "менее 25, скрыто", "kk": "25-тен аз, жасырылған"}
HEAD: dict[Language, str] = {"en": "95 % interval", "ru": "95 %-й интервал", "kk": "95 % сенім аралығы"}
LEFT: dict[Language, str] = {"en": "Not computed (1)", "ru": "Не рассчитано (1)", "kk": "Есептелмеді (1)"}


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return Survey.open(made.write(tmp_path_factory.mktemp("made")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_shows_itself_in_a_language_with_its_signs_and_what_is_missing(
    survey: Survey, language: Language
) -> None:
    table = survey.estimate(CODES, ["region", "sex_child"])
    for text in (table.text(language), table.html(language)):
        told = " ".join(text.split())
        assert SIGNS[language] in told
        assert HEAD[language] in told
        assert LEFT[language] in told
        assert "wasting_moderate_severe" in told
        assert re.search(r"sex_child.*wm\.sav", told)
    shown = table.in_language(language)
    assert repr(shown) == table.text(language)
    assert shown._repr_html_() == table.html(language)


def test_english_is_the_language_where_none_is_told(survey: Survey) -> None:
    table = survey.estimate("birth_registration")
    assert repr(table) == table.text("en")
    assert table._repr_html_() == table.html("en")


def test_numbers_stand_to_the_right(survey: Survey) -> None:
    page = survey.estimate("birth_registration").html()
    assert re.search(r'<td style="text-align: right; white-space: nowrap">133</td>', page)
    assert "<td>Total</td>" in page


def test_long_tables_and_lists_of_reasons_are_cut_and_say_so(survey: Survey) -> None:
    table = survey.estimate(None, ["region", "residence:sex_child", "wealth_quintile"])
    rows = table.rows.filter(table.rows["n"] > 0).height
    assert rows > 60
    for text in (table.text(), table.html()):
        assert f"… and {rows - 60} more rows" in text
        assert re.search(r"… and \d+ more reasons", text)


def test_a_plain_text_is_not_taken_for_its_letters(survey: Survey) -> None:
    one = survey.estimate("birth_registration", "residence")
    assert one.rows.equals(survey.estimate(["birth_registration"], ["residence"]).rows)
    two = survey.estimate("birth_registration, skilled_birth_attendance", "residence,region")
    assert two.rows.equals(survey.estimate(CODES[:2], ["residence", "region"]).rows)


def test_a_survey_says_briefly_what_it_is(survey: Survey) -> None:
    lines = repr(survey).splitlines()
    assert lines[0] == "Survey MADE_2024: Made survey"
    assert "INVENTED DATA" in lines
    assert any(line.startswith("files: ") and "ch (ch.sav)" in line for line in lines)
    assert len(repr(survey)) < 600


def test_the_package_offers_survey_and_costs_nothing_before(survey: Survey) -> None:
    assert everychild.Survey is Survey  # type: ignore[comparison-overlap]
    assert "Survey" in dir(everychild)
    with pytest.raises(AttributeError, match="nothing"):
        everychild.nothing  # noqa: B018
    asked = "import sys, everychild; print(*(name for name in sys.modules if name.startswith('everychild')))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["everychild"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_commands_that_are_named_compute_what_is_asked_of_them(layout: str) -> None:
    known = {"everychild mortality": set(MORTALITY), "everychild fertility": set(FERTILITY.values())}
    for recipe in recipe_book(layout):
        if recipe.kind in COMMANDS:
            assert recipe.code in known[COMMANDS[recipe.kind]]


def test_a_coefficient_of_variation_is_never_negative(survey: Survey, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,"
        "notes\nheight_z,1,mean,ch,UF17 = 1 AND HAZFLAG = 0,HAZ2 - 9,1,,chweight,,unverified,,,\n",
        encoding="utf-8",
    )
    table = Survey.open(survey.description.path, recipes=own).estimate("height_z")
    value, se, cv = table.rows.select("value", "se", "cv").row(0)
    assert value < 0
    assert cv == pytest.approx(se / -value)
