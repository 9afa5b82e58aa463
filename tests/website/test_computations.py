"""How a figure was computed, in the reader's words on pages and as columns in downloads."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import polars as pl
import pytest

from everychild.recipes.recipe import CONFIDENCE
from everychild.vocabulary.computations import Computation, Procedure
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.display import computed_words
from everychild.website.texts import interface_texts
from tests.website.conftest import SmallSite

MADE = Computation("u5mr", "a304bef8", "verified_syntax", deff=1.0412, df=412, lonely=2)
FIGURE: dict[str, Any] = {"quality": "survey", "value": 12.3, "n": 2555, "note": MADE.note}
WORDS: dict[Language, str] = {
    "en": "recipe u5mr, version a304bef8, checked against the producer's syntax; design effect 1.04; "
    "degrees of freedom: 412; strata with a single cluster: 2",
    "ru": "рецепт u5mr, версия a304bef8, сверен с синтаксисом разработчика; эффект дизайна 1,04; "
    "степеней свободы: 412; страт с единственным кластером: 2",
    "kk": "u5mr рецепті, a304bef8 нұсқасы, әзірлеушінің синтаксисімен салыстырылған; дизайн әсері 1,04; "
    "еркіндік дәрежелері: 412; жалғыз кластері бар страталар: 2",
}


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_and_its_indicator_say_how_it_was_computed(small_site: SmallSite, language: Language) -> None:
    release = small_site.publish(FIGURE)
    for address in ("indicators/u5mr", f"figures/{release}/u5mr:KAZ:2020:KAZSTAT_SDG"):
        page = words_of(small_site.client.get(f"/{language}/{address}").content.decode())
        assert WORDS[language] in page
        assert "verified_syntax" not in page


PROCEDURES: dict[Language, tuple[str, str, str]] = {
    "en": (
        "life table of a synthetic cohort (DHS, MICS); 0–4 years before the interview; errors by the jackknife over "
        "clusters; clusters: 1,412",
        "indirect estimate (Brass, Trussell); children of mothers aged 20–24; about 2011",
        "z-scores of measured children; as the file gives them; implausible values by the rule who; oedema was not "
        "asked; design effect 1.04; errors by linearisation; clusters: 12",
    ),
    "ru": (
        "таблица смертности синтетической когорты (DHS, MICS); 0–4 лет до интервью; ошибки методом складного ножа по "
        "кластерам; кластеров: 1412",
        "косвенная оценка (Брасс, Трассел); дети матерей в возрасте 20–24; около 2011",
        "z-оценки измеренных детей; как они даны в файле; неправдоподобные значения по правилу who; отёки не "
        "отмечались; эффект дизайна 1,04; ошибки линеаризацией; кластеров: 12",
    ),
    "kk": (
        "синтетикалық когортаның өлім кестесі (DHS, MICS); сұхбатқа дейінгі 0–4 жыл; қателер кластерлер бойынша "
        "«бүктемелі пышақ» әдісімен; кластерлер: 1412",
        "жанама бағалау (Брасс, Трассел); 20–24 жастағы аналардың балалары; шамамен 2011",
        "өлшенген балалардың z-бағалары; файлда берілгендей; шындыққа жатпайтын мәндер who ережесі бойынша; ісіну "
        "сұралмаған; дизайн әсері 1,04; қателер сызықтандыру арқылы; кластерлер: 12",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_methods_of_their_own_are_told_in_words(language: Language) -> None:
    made = (
        Procedure("child_mortality", {"window": "0-4", "errors": "jackknife", "psus": "1412", "interval": "published"}),
        Procedure("indirect_mortality", {"mothers": "20-24", "about": "2011"}),
        Procedure("growth", {"standard": "file", "flags": "who", "oedema": "none", "deff": "1.0400"}
                  | {"errors": "taylor", "psus": "12"}),
    )  # fmt: skip
    assert tuple(computed_words({"note": each.note}, language) for each in made) == PROCEDURES[language]


def test_every_mark_of_a_recipe_has_words() -> None:
    assert {f"recipe.checked.{mark}" for mark in CONFIDENCE} == {
        key for key in interface_texts() if key.startswith("recipe.checked.")
    }


def test_a_note_in_words_is_shown_as_its_release_holds_it(small_site: SmallSite) -> None:
    release = small_site.publish(FIGURE | {"note": "recipe u5mr a304bef8 (verified_syntax); design effect 1.04"})
    page = small_site.client.get(f"/kk/figures/{release}/u5mr:KAZ:2020:KAZSTAT_SDG").content.decode()
    assert '<dd lang="en">recipe u5mr a304bef8 (verified_syntax); design effect 1.04</dd>' in page
    assert small_site.client.get("/kk/indicators/u5mr").status_code == 200


@pytest.mark.parametrize("whole", [False, True], ids=["indicator", "release"])
def test_downloads_have_the_codes_as_columns(small_site: SmallSite, *, whole: bool) -> None:
    release = small_site.publish(FIGURE, {"period": "2019", "value": 13.0})
    address = f"data/releases/{release}/figures" if whole else "indicators/u5mr/figures"
    text = b"".join(small_site.client.get(f"/en/{address}.csv").streaming_content)
    rows = pl.read_csv(io.BytesIO(text), infer_schema=False).sort("period", descending=True).to_dicts()
    names = ("recipe", "version", "checked", "deff", "df", "lonely", "n")
    assert [rows[0][name] for name in names] == ["u5mr", "a304bef8", "verified_syntax", "1.0412", "412", "2", "2555"]
    assert [rows[1][name] for name in names] == [None] * 7


def test_downloads_without_such_figures_have_no_such_columns(small_site: SmallSite) -> None:
    small_site.publish({"value": 13.0, "note": "counted"})
    head = b"".join(small_site.client.get("/en/indicators/u5mr/figures.csv").streaming_content).split(b"\n")[0]
    assert b"deff" not in head
