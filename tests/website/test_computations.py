"""How a figure was computed, in the reader's words on pages and as columns in downloads."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import polars as pl
import pytest

from everychild.recipes.recipe import CONFIDENCE
from everychild.vocabulary.computations import Computation
from everychild.vocabulary.language import LANGUAGES, Language
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
