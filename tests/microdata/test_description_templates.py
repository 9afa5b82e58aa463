"""Descriptions to start from are usable as they are filled in, for every kind of survey and in every language."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.microdata.description import read_description
from everychild.microdata.description_templates import Template, description_text, template_for, templates
from everychild.microdata.located_yaml import WrongDescription
from everychild.microdata.survey_files import SurveyFiles
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import LANGUAGES, Language
from tests.microdata import made_survey as made

FILLED = {"<CODE_YEAR>": "MADE", "<XXX>": "XEX", "<year>": "2024", "<CODE>": "XEX_INVENTED_SURVEY",
          "<Survey, year>": "S", "<Обследование, год>": "О", "<Зерттеу, жыл>": "З"}  # fmt: skip


def filled(text: str) -> str:
    for waiting, answer in FILLED.items():
        text = text.replace(waiting, answer)
    return text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", templates(), ids=lambda t: t.name)
def test_every_template_reads_once_filled_in(template: Template, language: Language, tmp_path: Path) -> None:
    path = tmp_path / "survey.yaml"
    path.write_text(filled(description_text(template, language)), encoding="utf-8")
    told = read_description(path)
    book = SurveyFiles(told, tmp_path).book
    assert set(told.only) <= set(book.recipes)
    assert set(told.left_out) <= set(book.recipes)
    standard = {name for names in told.rename.values() for name in names.values()}
    assert all(name.lower() in SurveyFiles(told, tmp_path).expected_names("wm") | {"uf17"} or "ROUND5" in name
               for name in standard)  # fmt: skip


def test_what_waits_to_be_filled_in_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "survey.yaml"
    path.write_text(description_text(template_for("mics6"), "en"), encoding="utf-8")
    with pytest.raises(WrongDescription, match="<CODE_YEAR> waits to be filled in") as wrong:
        read_description(path)
    line = path.read_text(encoding="utf-8").splitlines()[(wrong.value.place.row or 0) - 1]
    assert line == "survey: <CODE_YEAR>"


def test_a_country_brings_its_own_survey_and_its_regions_of_that_year() -> None:
    text = description_text(template_for("mics5", "KAZ"), "ru", "KAZ")
    assert "survey: KAZ_MICS_2015" in text
    assert "code: KZ-YUZ, en: South Kazakhstan" in text
    assert "KZ-10" not in text
    later = description_text(template_for("kazakhstan_2024"), "kk")
    assert "code: KZ-10, en: Abai" in later
    assert "KZ-YUZ" not in later
    with pytest.raises(DataRefused, match="is none of mics5, mics6, mics7, dhs"):
        template_for("mics9")


def test_describe_writes_once_and_in_the_readers_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "survey.yaml"
    assert main(["--language", "ru", "survey", "describe", "--like", "dhs", "--out", str(out)]) == 0
    assert "# Заполните то, что стоит между < и >." in out.read_text(encoding="utf-8")
    capsys.readouterr()
    before = out.read_bytes()
    assert main(["survey", "describe", "--out", str(out)]) == 2
    assert "is there already; nothing was changed" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert main(["survey", "check", str(out)]) == 2
    assert "waits to be filled in" in capsys.readouterr().err


def test_recipes_of_another_round_are_not_computed_unless_matched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In round 5 the result of the interview is UF9; a column UF17 of another meaning must not be read for it."""

    def round_5(tables: dict[str, pl.DataFrame]) -> None:
        tables["ch"] = tables["ch"].rename({"UF17": "UF9"}).with_columns(pl.lit(2.0).alias("UF17"))

    told = made.DESCRIPTION + "rename: {ch: {UF9: UF17, UF17: UF17_ROUND5}}\nonly: [birth_registration]\n"
    path = made.write(tmp_path, "sav", round_5, told)
    plain = made.write(tmp_path / "plain")
    codes = "birth_registration,stunting_moderate_severe"
    main(["estimate", str(path), "--indicators", codes, "--format", "csv"])
    found = capsys.readouterr().out
    main(["estimate", str(plain), "--indicators", "birth_registration", "--format", "csv"])
    assert found == capsys.readouterr().out
    main(["estimate", str(path), "--indicators", codes])
    assert "its variables were not matched to this round" in " ".join(capsys.readouterr().out.split())


def test_a_new_name_that_is_taken_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.write(tmp_path, description=made.DESCRIPTION + "rename: {ch: {BR2: BR1}}\n")
    assert main(["estimate", str(path), "--indicators", "birth_registration"]) == 2
    assert "survey.yaml, rename.ch.BR2, line 21: The file has BR1 already" in " ".join(capsys.readouterr().err.split())
