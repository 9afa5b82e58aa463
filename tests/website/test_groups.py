"""Groups of an indicator: every published figure of the newest survey stands on its page, compared or not."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest

from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.texts import say
from tests.website.conftest import SmallSite

SURVEY: dict[str, Any] = {"quality": "survey", "n": 200}
REGIONS = ("KZ-10", "KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-27")


def page_of(site: SmallSite, language: Language = "en", indicator: str = "u5mr") -> str:
    answer = site.client.get(f"/{language}/indicators/{indicator}")
    assert answer.status_code == 200
    return answer.content.decode()


def linked(page: str) -> set[str]:
    """Keys of the figures that a page leads to."""
    return {unquote(unescape(key)) for key in re.findall(r'href="/\w\w/figures/[^/"]+/([^"]+)"', page)}


def section(page: str, picture: str) -> str:
    return unescape(page.partition(f'<h2 id="{picture}"')[2].partition("</section>")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_regions_that_nobody_could_compare_stand_on_the_page(small_site: SmallSite, language: Language) -> None:
    """Of few cases, hidden: the findings rank none of them."""
    few = [SURVEY | {"area": area, "value": 30.0 + n, "status": "U", "n": 30} for n, area in enumerate(REGIONS[:3])]
    hidden = [SURVEY | {"area": area, "status": "Q", "n": 12, "flag": "few_cases"} for area in REGIONS[3:]]
    small_site.publish(SURVEY | {"value": 31.0}, *few, *hidden)
    page = page_of(small_site, language)
    assert linked(page) == {f"u5mr:{area}:2020:KAZSTAT_SDG" for area in ("KAZ", *REGIONS)}
    plot = section(page, "groups-region")
    assert re.search(r"\(32[.,]0\)", plot)
    assert plot.count(say("figure.fewer", language, limit=25)) >= len(hidden)


def test_regions_that_are_all_alike_have_a_map_with_one_class(small_site: SmallSite) -> None:
    alike = [SURVEY | {"area": area, "value": 100.0, "indicator": "birth_registration", "unit": "percent"}
             for area in REGIONS]  # fmt: skip
    small_site.publish(*alike)
    page = page_of(small_site, indicator="birth_registration")
    assert len(linked(page)) == len(REGIONS)
    wide = section(page, "map").partition("</svg>")[0]
    assert set(re.findall(r"c-c(\d)", wide)) == {"0"}
    assert "100.0 – 100.0" not in wide


def test_a_breakdown_with_a_single_group_is_shown(small_site: SmallSite) -> None:
    small_site.publish(
        SURVEY | {"value": 10.0},
        SURVEY | {"sex": "F", "value": 9.0},
        SURVEY | {"area": "KZ-11", "value": 8.0},
        SURVEY | {"residence": "U", "wealth": "Q1", "value": 12.0},
        {"other": "mother_age=under_20", "value": 11.0},
    )
    page = page_of(small_site)
    assert len(linked(page)) == 5
    for picture in ("groups-sex", "groups-region", "groups-mother_age", "crossed"):
        assert section(page, picture)


def test_a_single_newer_group_takes_the_place_of_several_only_when_a_survey_made_it(small_site: SmallSite) -> None:
    older = [{"sex": sex, "value": 9.0, "period": "2019"} for sex in ("F", "M")]
    small_site.publish(*older, {"sex": "F", "value": 8.0})
    assert "2019" in section(page_of(small_site), "groups-sex")
    small_site.publish(*older, SURVEY | {"sex": "F", "value": 8.0})
    assert section(page_of(small_site), "groups-sex").startswith(">Sex: 2020")


def test_a_survey_newer_than_the_comparison_stands_beside_it(small_site: SmallSite) -> None:
    """The comparison is of the year in which groups had cases enough."""
    older = [{"residence": place, "value": value, "period": "2015"} for place, value in (("U", 9.0), ("R", 19.0))]
    newer = [SURVEY | {"residence": place, "value": 12.0, "status": "U", "n": 30} for place in "UR"]
    small_site.publish({"value": 12.0, "period": "2015"}, *older, SURVEY | {"value": 12.0}, *newer)
    page = page_of(small_site)
    assert section(page, "groups-residence").startswith(">Town and village: 2015")
    assert "(12.0)" in section(page, "groups-residence-newer")
    drawn = small_site.client.get("/en/indicators/u5mr/groups-residence-newer.svg")
    assert drawn.status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_called_worst_off_where_neither_side_is_better(small_site: SmallSite, language: Language) -> None:
    common = SURVEY | {"indicator": "gpi_primary", "unit": "ratio"}
    small_site.publish(
        *(common | {"residence": place, "value": value} for place, value in (("U", 0.9), ("R", 1.1))),
        *(common | {"residence": "U", "wealth": fifth, "value": 1.0} for fifth in ("Q1", "Q5")),
    )
    page = page_of(small_site, language, "gpi_primary")
    for picture, key in (("groups-residence", "picture.groups"), ("crossed", "picture.crossed.lead")):
        assert say(f"{key}.neutral", language) in section(page, picture)
        assert say(key, language) not in section(page, picture)
