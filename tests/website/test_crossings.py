"""Groups within groups: shown beside single groups, the worst-off first, none of a published survey left out."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from everychild.estimation.publication import release
from everychild.estimation.survey import Survey
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.crossings import MOST_ROWS
from everychild.website.texts import say, say_count
from tests.microdata import made_survey as made
from tests.website.conftest import SmallSite

SURVEY: dict[str, Any] = {"quality": "survey", "n": 200}


def words_of(cell: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", "", cell)).split())


def crossed(page: str) -> list[tuple[str, list[list[str]]]]:
    """Title and rows of each table of groups within groups."""
    section = page.partition('<h2 id="crossed">')[2].partition("</section>")[0]
    found = []
    for part in re.findall(r"<details.*?</details>", section, re.DOTALL):
        title = re.search(r"<summary>(.*?) <span", part)
        rows = [re.findall(r"<t[hd].*?</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", part)][1:]
        assert title is not None
        found.append((unescape(title[1]), [[words_of(cell) for cell in row] for row in rows]))
    return found


PLACES: dict[Language, list[str]] = {
    "en": ["Rural", "Urban", "Rural"], "ru": ["Село", "Город", "Село"], "kk": ["Ауыл", "Қала", "Ауыл"],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_within_groups_stand_the_worst_off_first(small_site: SmallSite, language: Language) -> None:
    small_site.publish(
        SURVEY | {"value": 20.0},
        *(
            SURVEY | {"residence": place, "wealth": fifth, "value": value, "status": status, "flag": flag}
            for place, fifth, value, status, flag in (
                ("U", "Q1", 25.0, "A", ""),
                ("R", "Q1", 31.0, "U", "recipe_unverified"),
                ("R", "Q5", 12.0, "A", ""),
                ("U", "Q5", None, "Q", "few_cases"),
            )
        ),
    )
    page = small_site.client.get(f"/{language}/indicators/u5mr").content.decode()
    ((title, rows),) = crossed(page)
    both = [say(f"dimension.{kind}", language) for kind in ("residence", "wealth")]
    assert title.startswith(f"{both[0]} × {both[1]}: 2020")
    assert [row[0].split(" · ")[0] for row in rows[:3]] == PLACES[language]
    assert rows[0][1] in ("(31.0)", "(31,0)")
    assert rows[0][2] == "200"
    assert rows[3][1] not in ("", "0")
    assert "<details open>" in page.partition('<h2 id="crossed">')[2]


def test_regions_and_keys_of_other_breakdowns_are_named_too(small_site: SmallSite) -> None:
    small_site.publish(
        *(SURVEY | {"area": area, "sex": "F", "value": value} for area, value in (("KZ-11", 9.0), ("KZ-15", 11.0))),
        *(SURVEY | {"sex": sex, "other": "level=primary", "value": 5.0} for sex in ("F", "M")),
        SURVEY | {"area": "KGZ", "sex": "F", "residence": "U", "value": 9.0},
        SURVEY | {"area": "KGZ", "sex": "M", "residence": "U", "value": 9.0},
    )
    found = crossed(small_site.client.get("/en/indicators/u5mr").content.decode())
    assert [[row[0] for row in rows] for _, rows in found] == [
        ["Aktobe · Female", "Akmola · Female"], ["Female · primary", "Male · primary"],
    ]  # fmt: skip


def test_only_the_newest_period_is_a_table_and_long_ones_say_what_is_left(small_site: SmallSite) -> None:
    ages = [f"Y{age}" for age in range(MOST_ROWS // 2 + 3)]
    small_site.publish(
        *(SURVEY | {"period": "2015", "sex": sex, "residence": "U", "value": 9.0} for sex in ("F", "M")),
        *(SURVEY | {"sex": sex, "age": age, "value": 9.0} for sex in ("F", "M") for age in ages),
        *(SURVEY | {"period": "2018", "sex": sex, "residence": "R", "value": 8.0} for sex in ("F", "M")),
    )
    page = small_site.client.get("/en/indicators/u5mr").content.decode()
    tables = dict(crossed(page))
    assert [title.split(",")[0] for title in tables] == ["Sex × Age: 2020", "Sex × Town and village: 2018"]
    assert [len(rows) for rows in tables.values()] == [MOST_ROWS, 2]
    assert say_count("picture.crossed.left", 6, "en") in page
    assert "<details>" in page.partition('<h2 id="crossed">')[2].partition("</section>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_a_survey_shows_as_many_figures_as_it_says(tmp_path: Path, settings: Any, language: Language) -> None:
    settings.DATA_FOLDER, settings.COUNTRY = tmp_path / "store", "XEX"
    survey = Survey.open(made.write(tmp_path).parent / "survey.yaml")
    estimates = survey.estimate(["birth_registration"], ["residence", "sex_child", "residence:sex_child"])
    release(estimates, tmp_path / "store", "tester", publish=True)
    page = Client().get(f"/{language}/indicators/birth_registration").content.decode()
    shown = set(re.findall(r'href="(/\w\w/figures/[^"]+)"', page))
    figures = estimates.rows.filter(estimates.rows["n"] > 0).height
    assert figures > 5
    assert len(shown) == figures
    assert say_count("unit.rows", figures, language) in page
