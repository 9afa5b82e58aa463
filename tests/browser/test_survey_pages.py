"""Pages of a published survey, with marks, hidden cells and groups within groups, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from everychild.estimation.publication import release
from everychild.estimation.survey import Survey
from everychild.vocabulary.language import LANGUAGES
from tests.browser.conftest import served
from tests.browser.test_browser import RULES, opened
from tests.microdata import made_survey as made

pytestmark = pytest.mark.browser
BREAKDOWNS = ["residence", "region", "sex_child", "residence:sex_child", "region:sex_child"]


@pytest.fixture(scope="module")
def survey_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("survey")
    estimates = Survey.open(made.write(folder).parent / "survey.yaml").estimate(["birth_registration"], BREAKDOWNS)
    release(estimates, folder / "store", "tester", publish=True)
    with served(folder / "store", "--country", "XEX") as address:
        yield address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_a_survey_are_accessible_and_fit_the_screen(
    browser: Browser, survey_site: str, language: str, width: int
) -> None:
    page = opened(browser, f"{survey_site}/{language}/indicators/birth_registration", width=width)
    assert page.locator("#crossed").count() == 1
    figure = page.locator("a.fig", has_text=re.compile(r"^\(\d")).first.get_attribute("href")
    for address in ("", figure):
        if address:
            page.goto(f"{survey_site}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert page.said == []  # type: ignore[attr-defined]
    page.context.close()
