"""What a page says of figures that rest on few cases: no mark hides another, and a number never loses its sign."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from everychild.estimation.named_tables import HIDDEN
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.display import FEWEST_CASES
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
    assert "(20.0) · n = 37 · low reliability, invented data" in unescape(picture)


def test_a_figure_that_is_not_verified_does_not_say_so_twice(small_site: SmallSite) -> None:
    small_site.publish({"quality": "unverified", "value": 12.3, "status": "V"})
    page = small_site.client.get("/en/indicators/u5mr").content.decode()
    assert 'mark-unverified"' in page
    assert "mark-status-V" not in page


def table_of(page: str, picture: str) -> list[list[str]]:
    section = page.partition(f'id="{picture}"')[2].partition("</section>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", section, re.DOTALL)
    return [[unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_of_survey_figures_tell_their_unweighted_cases(small_site: SmallSite, language: Language) -> None:
    """Above all over time and by group; a table whose figures tell none has no such column."""
    groups = [SURVEY | {"sex": sex, "value": value, "n": n} for sex, value, n in (("F", 9.0, 1234), ("M", 11.0, 1321))]
    official = [{"residence": place, "value": value, "period": "2019"} for place, value in (("U", 9.0), ("R", 11.0))]
    small_site.publish(SURVEY | {"value": 10.0, "n": 2555}, *groups, *official)
    page = small_site.client.get(f"/{language}/indicators/u5mr").content.decode()
    head = say("chart.cases", language)
    for picture, told in (("trend", ["2555"]), ("groups-sex", ["1321", "1234"])):
        first, *rows = table_of(page, picture)
        at = first.index(head)
        assert [re.sub(r"\D", "", row[at]) for row in rows] == told
    assert head not in table_of(page, "groups-residence")[0]
    assert re.search(rf"{say('figure.cases', language)}: <strong>2\D?555</strong>", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_few_cases_are_told_apart_from_children_who_are_protected(
    small_site: SmallSite, language: Language
) -> None:
    small_site.publish(
        SURVEY | {"value": 10.0},
        SURVEY | {"residence": "U", "status": "Q", "n": 17, "flag": "invented|few_cases"},
        SURVEY | {"residence": "R", "value": 12.0},
        {"sex": "F", "status": "Q"},
        {"sex": "M", "value": 12.0},
    )
    page = small_site.client.get(f"/{language}/indicators/u5mr").content.decode()
    few = say("figure.fewer", language, limit=25)
    hidden = code_list("missing_reason").label("suppressed", language)
    assert [row[1] for row in table_of(page, "groups-residence")[1:]][-1] == few
    assert [row[1] for row in table_of(page, "groups-sex")[1:]][-1] == hidden
    assert hidden not in page.partition('id="groups-residence"')[2].partition("</section>")[0]


def test_the_fewest_cases_of_the_words_are_those_of_the_estimates() -> None:
    assert FEWEST_CASES == HIDDEN
