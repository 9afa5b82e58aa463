"""Texts that name the country come from its pack; an invented country warns on every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everychild.vocabulary.errors import DefinitionError
from everychild.website import texts


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    texts.interface_texts.cache_clear()
    yield
    texts.interface_texts.cache_clear()


def test_texts_of_the_country_replace_the_general_ones(settings: Any) -> None:
    settings.COUNTRY = "KAZ"
    assert texts.say("site.name", "en") == "Children's rights in Kazakhstan"
    assert texts.banner("en") == ""


def test_an_invented_country_warns_in_every_language(settings: Any) -> None:
    settings.COUNTRY = "XEX"
    assert "invented" in texts.say("site.name", "en")
    assert "Вымышленная" in texts.banner("ru")
    assert "Ойдан шығарылған" in texts.banner("kk")


def test_a_text_that_no_page_says_is_refused_with_its_row(tmp_path: Path) -> None:
    own = tmp_path / "interface.csv"
    own.write_text("key,en,ru,kk,unreviewed\nsite.nmae,A,Б,Б,\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"interface\.csv.*2.*site\.nmae"):
        texts._read(own, frozenset({"site.name"}))
