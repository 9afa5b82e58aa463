"""What a page says of figures that rest on few cases: no mark hides another, and a number never loses its sign."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.texts import say
from tests.website.conftest import SmallSite

SURVEY: dict[str, Any] = {"quality": "survey", "source": "KAZSTAT_SDG"}


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def figure_page(site: SmallSite, language: Language, release: str, key: str) -> str:
    answer = site.client.get(f"/{language}/figures/{release}/{key}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("flag", ["recipe_unverified", "recipe_partly_verified", "invented", "suspect"])
def test_low_reliability_stands_beside_every_other_mark(small_site: SmallSite, language: Language, flag: str) -> None:
    release = small_site.publish(SURVEY | {"value": 12.3, "status": "U", "flag": flag, "n": 39})
    key = "u5mr:KAZ:2020:KAZSTAT_SDG"
    low, other = code_list("status").label("U", language).lower(), code_list("flag").label(flag, language)
    for page in (
        small_site.client.get(f"/{language}/indicators/u5mr").content.decode(),
        figure_page(small_site, language, release, key),
    ):
        marks = re.findall(r'class="mark mark-([\w-]+)"[^>]*>([^<]+)<', page)
        assert ("status-U", low) in [(code, unescape(said)) for code, said in marks]
        assert (f"flag-{flag}", other) in [(code, unescape(said)) for code, said in marks]
        assert re.search(r">\(12[.,]3\)<", page)
    assert say("mark.low_reliability.title", language) in words_of(page)


def test_a_citation_takes_the_parentheses_and_the_warning_with_it(small_site: SmallSite) -> None:
    release = small_site.publish(SURVEY | {"value": 12.3, "status": "U", "flag": "invented", "n": 39})
    page = words_of(figure_page(small_site, "en", release, "u5mr:KAZ:2020:KAZSTAT_SDG"))
    assert "(12.3 per 1,000 live births) [low reliability] [invented data]" in page


def test_groups_of_low_reliability_have_parentheses_and_their_legend_in_the_picture(small_site: SmallSite) -> None:
    shown = [SURVEY | {"residence": place, "value": value, "status": status, "flag": "invented", "n": n}
             for place, value, status, n in (("U", 10.0, "A", 400), ("R", 20.0, "U", 37))]  # fmt: skip
    small_site.publish(SURVEY | {"value": 15.0, "n": 437}, *shown)
    page = small_site.client.get("/en/indicators/u5mr").content.decode()
    picture = page.partition('id="groups-residence"')[2].partition("</section>")[0]
    assert ">(20.0)</text>" in picture
    assert ">10.0</text>" in picture
    assert ">(…)</text>" in picture
    assert "(20.0) · low reliability, invented data" in unescape(picture)


def test_a_figure_that_is_not_verified_does_not_say_so_twice(small_site: SmallSite) -> None:
    small_site.publish({"quality": "unverified", "value": 12.3, "status": "V"})
    page = small_site.client.get("/en/indicators/u5mr").content.decode()
    assert 'mark-unverified"' in page
    assert "mark-status-V" not in page
