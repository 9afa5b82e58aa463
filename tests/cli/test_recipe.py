"""`everychild recipe`: what an indicator means, on a page that fits a terminal, in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from everychild.cli.main import main
from everychild.recipes.book import recipe_book
from everychild.recipes.recipe import CONFIDENCE, KINDS, LAYOUTS
from everychild.vocabulary.command_words import command_words
from everychild.vocabulary.language import LANGUAGES
from tests.microdata import made_survey as made

Output = pytest.CaptureFixture[str]


def shown(capsys: Output, *arguments: str, language: str = "en") -> str:
    assert main(["--language", language, "recipe", "show", *arguments]) == 0
    return capsys.readouterr().out


def test_a_definition_stands_in_few_brackets(capsys: Output) -> None:
    page = shown(capsys, "stunting_moderate_severe")
    assert "  rows: UF17 = 1\n  numerator: HAZ2 < -2\n  denominator: HAZFLAG = 0 AND HAZ2 IS NOT NULL\n" in page
    assert "  weight: CHWEIGHT\n" in page


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_eighty_columns(capsys: Output, layout: str, language: str) -> None:
    """But for single words that are longer, such as the address of a source."""
    assert main(["--language", language, "recipe", "show", "--layout", layout, "a"]) == 0
    page = capsys.readouterr().out.splitlines()
    assert len(page) > 1000
    assert [line for line in page if len(line) > 80 and " " in line.strip()] == []


def test_no_page_shows_what_is_only_for_engines(capsys: Output) -> None:
    assert main(["recipe", "show", "--layout", "dhs", "a"]) == 0
    page = capsys.readouterr().out
    assert "CAST(" not in page
    assert "NULLIF(" not in page
    assert "TRUE\n" not in page, "a denominator of all rows is told in words"


@pytest.mark.parametrize(("language", "word"), [("en", "every row"), ("ru", "каждая строка"), ("kk", "әр жол")])
def test_a_denominator_of_all_rows_is_told_in_words(capsys: Output, language: str, word: str) -> None:
    assert f": {word}\n" in shown(capsys, "violent_discipline", language=language)


def test_a_long_count_stands_in_lines(capsys: Output) -> None:
    page = shown(capsys, "ecdi2030")
    assert "    + CASE WHEN EC22 = 1 THEN 1 ELSE 0 END\n" in page
    assert "         WHEN CAGE <= 29 THEN 7\n" in page


def test_a_quotient_shows_the_rate_that_it_compares(capsys: Output) -> None:
    page = shown(capsys, "gpi_primary")
    assert "Quotient of the rates of anar_primary with these conditions:\n    HL4 = 2\n    HL4 = 1\n" in page
    assert "  rows: SCHAGE BETWEEN" in page


def test_a_carried_name_shows_its_meaning(capsys: Output) -> None:
    page = " ".join(shown(capsys, "social_transfers_population").split())
    assert "D_HH_SCHOOL_SUPPORT is true of a row when in file hl this is true of any row of the household: HL6" in page
    page = " ".join(shown(capsys, "--layout", "dhs", "min_dietary_diversity_6_23m").split())
    assert "D_IYCF is true of the first row of each CASEID, by BIDX, of which this is true: COALESCE(B19" in page


def test_a_summed_name_shows_its_meaning_in_three_languages(capsys: Output) -> None:
    told = {
        "en": "D_HH_MPI_YEARS_TOLD is the sum of this over the rows of the household in file hl: CASE WHEN HL6 >= 10",
        "ru": "D_HH_MPI_YEARS_TOLD – сумма этого значения по строкам домохозяйства в файле hl: CASE WHEN HL6 >= 10",
        "kk": "D_HH_MPI_YEARS_TOLD – мына мәннің hl файлындағы үй шаруашылығының жолдары бойынша қосындысы: CASE WHEN",
    }
    for language, words in told.items():
        assert main(["--language", language, "recipe", "show", "mpi_headcount_children"]) == 0
        assert words in " ".join(capsys.readouterr().out.split())


def test_what_waits_for_the_description_of_a_survey_says_so(capsys: Output) -> None:
    page = " ".join(shown(capsys, "--layout", "dhs", "nar_primary").split())
    assert "D_SCHOOL_AGE has to be defined by the description of the survey (section parameters)." in page
    assert "procedure of its own" not in page


@pytest.mark.parametrize(
    ("layout", "code", "told"),
    [
        ("mics6", "nmr", "It is computed by: everychild mortality"),
        ("dhs", "total_fertility_rate", "It is computed by: everychild fertility"),
        ("dhs", "perinatal_mortality_rate", "no command has its procedure yet"),
    ],
)
def test_what_is_no_expression_over_rows_names_its_command(capsys: Output, layout: str, code: str, told: str) -> None:
    assert told in " ".join(shown(capsys, "--layout", layout, code).split())


def test_a_word_shows_every_recipe_that_holds_it(capsys: Output) -> None:
    page = shown(capsys, "stunting")
    assert all(f"({code})" in page for code in recipe_book("mics6").holding("stunting"))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "There is no recipe “birth_registratoin” for mics6 files; near: birth_registration"),
        ("ru", "Рецепта «birth_registratoin» для файлов mics6 нет; близкие: birth_registration"),
        ("kk", "mics6 файлдары үшін «birth_registratoin» рецепті жоқ; ұқсастары: birth_registration"),
    ],
)
def test_a_misspelled_code_names_near_ones_and_shows_no_other_recipe(capsys: Output, language: str, told: str) -> None:
    assert main(["--language", language, "recipe", "show", "birth_registratoin"]) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    assert told in " ".join(heard.err.split())


def test_with_a_survey_what_it_lacks_is_told(capsys: Output, tmp_path: Path) -> None:
    survey = made.write(tmp_path)
    page = shown(capsys, "stunting_moderate_severe", "--survey", str(survey))
    assert "not in this survey" not in page
    page = shown(capsys, "wasting_moderate_severe", "--survey", str(survey))
    assert "  not in this survey: WHZ2 WHZFLAG\n" in page


def test_every_kind_and_every_mark_has_words() -> None:
    known = command_words("recipe").keys()
    assert {key.rpartition(".")[2] for key in known if key.startswith("recipe.kind.")} == set(KINDS)
    assert {key.rpartition(".")[2] for key in known if key.startswith("recipe.checked.")} == set(CONFIDENCE)


@pytest.mark.parametrize(("language", "marked"), [("ru", "(на английском): "), ("kk", "(ағылшын тілінде): ")])
def test_remarks_that_exist_in_english_alone_are_marked_so(capsys: Output, language: str, marked: str) -> None:
    page = " ".join(shown(capsys, "nmr", language=language).split())
    assert page.count(marked) == 3
    assert "(in English)" not in shown(capsys, "nmr")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [60, 80])
def test_the_list_fits_the_terminal_and_names_every_recipe(
    capsys: Output, monkeypatch: pytest.MonkeyPatch, layout: str, language: str, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["--language", language, "recipe", "list", "--layout", layout]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert [line.split()[0] for line in lines if line[0] != " "] == [recipe.code for recipe in recipe_book(layout)]


def test_the_list_has_a_row_for_every_recipe(capsys: Output) -> None:
    assert main(["recipe", "list", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.strip().splitlines()
    assert rows[0].startswith("indicator,name,kind,files")
    assert len(rows) - 1 == len(list(recipe_book("mics6")))
