"""Two threads walked by hand from end to end: violence at home, and children in institutions."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from everychild.vocabulary.language import LANGUAGES
from tests.browser.test_browser import RULES, opened

pytestmark = pytest.mark.browser
NODES = ("article/19", "act/KZ-LAW-40", "recommendation/KZ-REC-31", "indicator/violent_discipline")


def followed(page: Page, node: str) -> None:
    """Take the link of the list, not of the picture, to a node."""
    page.locator(f"ul.edges a[href$='/graph/{node}']").first.click()
    page.wait_for_url(re.compile(re.escape(f"/graph/{node}")))


def test_violence_at_home_from_the_right_to_law_demand_and_figures(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/en/")
    page.locator("table.rights-grid a[href='/en/rights/19']").click()
    page.locator("a[href='/en/graph/article/19']").first.click()
    followed(page, "act/KZ-LAW-40")  # the law of 2024
    followed(page, "recommendation/KZ-REC-31")  # of 2015
    followed(page, "recommendation/KZ-REC-16")  # of 2007
    followed(page, "recommendation/KZ-REC-01")  # of 2003
    page.go_back()
    page.go_back()
    followed(page, "indicator/violent_discipline")
    page.locator("a[href='/en/indicators/violent_discipline']").first.click()
    assert "Violent discipline" in page.inner_text("h1")
    page.context.close()


def test_children_in_institutions_from_the_demand_to_law_figures_and_back(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/ru/graph/article/20", script=False)
    followed(page, "recommendation/KZ-REC-46")
    followed(page, "act/KZ-LAW-42")
    followed(page, "recommendation/KZ-REC-46")
    followed(page, "recommendation/KZ-REC-20")
    followed(page, "recommendation/KZ-REC-46")
    followed(page, "indicator/children_in_residential_care_number")
    followed(page, "recommendation/KZ-REC-46")
    followed(page, "article/20")
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("node", NODES)
def test_pages_of_the_graph_are_accessible_on_a_phone(browser: Browser, site: str, language: str, node: str) -> None:
    page = opened(browser, f"{site}/{language}/graph/{node}", width=360)
    found = Axe().run(page, options=RULES).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.context.close()
    assert [violation["id"] for violation in found] == []
    assert wide == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_the_door_of_the_desk_is_accessible(browser: Browser, site: str, width: int) -> None:
    page = opened(browser, f"{site}/desk/sign-in?language=ru", width=width)
    found = Axe().run(page, options=RULES).response["violations"]
    page.context.close()
    assert [violation["id"] for violation in found] == []
