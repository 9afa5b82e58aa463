"""What the project itself wrote into data stands in the page's language, and numbers as that language writes them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from everychild.catalogue.countries import country
from everychild.cli.serve import publish_pack
from everychild.estimation.publication import release
from everychild.estimation.survey import Survey
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.display import exact
from everychild.website.texts import interface_texts, own_words, say
from tests.microdata import made_survey as made
from tests.website.conftest import SmallSite

SURVEY: dict[str, Any] = {"quality": "survey", "source": "KAZSTAT_SDG"}
KEY = "u5mr:KAZ:2020:KAZSTAT_SDG"


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("code", ["KAZ", "XEX"])
def test_every_remark_on_a_licence_is_in_three_languages(code: str) -> None:
    named = {text.en for key, text in interface_texts().items() if key.startswith("own.licence.")}
    assert {source.licence for source in country(code).sources.values()} - {""} <= named


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_pages_of_an_invented_survey_say_its_licence_file_and_name_in_their_language(
    tmp_path: Path, settings: Any, language: Language
) -> None:
    settings.DATA_FOLDER, settings.COUNTRY = tmp_path / "store", "XEX"
    survey = Survey.open(made.write(tmp_path).parent / "survey.yaml")
    release(survey.estimate(["birth_registration"], []), tmp_path / "store", "tester", publish=True)
    client = Client()
    page = client.get(f"/{language}/indicators/birth_registration").content.decode()
    figure = re.search(r'href="(/\w\w/figures/[^"]+)"', page)
    assert figure is not None
    for address in (figure[1], f"/{language}/data", f"/{language}/about"):
        said = words_of(client.get(address).content.decode())
        for text in (
            "free for any use; no data of any person",
            "Invented household survey, made by everychild survey simulate",
        ):
            assert text not in said
            assert own_words(text, language) in said
    said = words_of(client.get(figure[1]).content.decode())
    assert "estimates of" not in said
    assert say("figure.file.estimates", language, survey=survey.description.survey) in said


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_journal_names_the_pack_in_its_language(small_site: SmallSite, language: Language) -> None:
    publish_pack(small_site.store, "KAZ")
    said = words_of(small_site.client.get(f"/{language}/data").content.decode())
    assert "country pack" not in said
    assert own_words("country pack", language) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_unrounded_numbers_have_the_decimal_sign_of_the_language(small_site: SmallSite, language: Language) -> None:
    shown = small_site.publish(SURVEY | {"value": 12.345678901234567, "se": 0.25, "n": 400})
    page = small_site.client.get(f"/{language}/figures/{shown}/{KEY}").content.decode()
    sign = "." if language == "en" else ","
    assert f'<data value="12.345678901234567">12{sign}345678901234567</data>' in page
    assert f'<data value="0.25">0{sign}25</data>' in page


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (12.0, "12"), (1e-07, "0,0000001"), (-0.5, "−0,5"), (1234567.25, "1\u00a0234\u00a0567,25")],
)
def test_an_exact_number_loses_no_digit(value: float, said: str) -> None:
    assert exact(value, "ru") == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_says_why_there_is_no_number(small_site: SmallSite, language: Language) -> None:
    older = small_site.publish(SURVEY | {"value": 12.0, "n": 30})
    newer = small_site.publish(SURVEY | {"status": "Q", "n": 17, "flag": "few_cases"})
    page = small_site.client.get(f"/{language}/figures/{newer}/{KEY}").content.decode()
    table = page.partition("<tbody>")[2]
    rows = {name: row for row in table.split("<tr>") for name in (older, newer) if f"/releases/{name}" in row}
    assert say("figure.fewer", language, limit=25) in words_of(rows[newer])
    assert "12" in words_of(rows[older].partition("</td>")[2])
    assert "—" not in words_of(table)
