"""The pages as a person meets them: accessible, within the screen, in the dark, by keyboard, and without script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from everychild.vocabulary.language import LANGUAGES
from tests.website.pages_list import PAGES

pytestmark = pytest.mark.browser
KINDS = [page for page in PAGES if "?" not in page or page.startswith("my?region=KZ-43")]
KINDS += ["laws/KZ-LAW-40", "recommendations/KZ-REC-31", "programmes/KZ-PRG-03", "graph/partner/unfpa"]
"""Of these only the served site has the records."""
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


def opened(browser: Browser, address: str, width: int = 1280, scheme: str = "light", script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, bypass_csp=False
    )
    page = context.new_page()
    page.said = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.said.append(message.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.said.append(str(error)))  # type: ignore[attr-defined]
    page.goto(address)
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_accessibility_violation_and_nothing_wider_than_the_screen(
    browser: Browser, site: str, published_pack: str, language: str, kind: str
) -> None:
    page = opened(browser, f"{site}/{language}/{kind.format(release=published_pack)}", width=360)
    found = Axe().run(page, options=RULES).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    said = page.said  # type: ignore[attr-defined]
    page.context.close()
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []
    assert wide <= 0
    assert said == []


@pytest.mark.parametrize("kind", ["", "indicators/u5mr", "places/KZ-61", "seed-audit"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_in_light_and_dark_on_a_wide_screen(
    browser: Browser, site: str, published_pack: str, kind: str, scheme: str
) -> None:
    page = opened(browser, f"{site}/kk/{kind}", width=1280, scheme=scheme)
    found = Axe().run(page, options=RULES).response["violations"]
    page.context.close()
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


@pytest.mark.parametrize("width", [320, 1920])
def test_smallest_and_largest_screens(browser: Browser, site: str, published_pack: str, width: int) -> None:
    for kind in ("", "indicators/u5mr", "places/KZ-61", "left-behind", "my?region=KZ-43&age=15"):
        page = opened(browser, f"{site}/kk/{kind}", width=width)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.context.close()
        assert wide <= 0, kind


def test_one_click_from_a_number_to_its_source_row(browser: Browser, site: str, published_pack: str) -> None:
    page = opened(browser, f"{site}/en/places/KZ-61")
    page.locator("a.fig").first.click()
    assert "/figures/" in page.url
    assert page.get_by_text("Where it comes from").is_visible()
    assert page.locator("dd code").first.is_visible()
    page.context.close()


def test_marks_of_a_chart_lead_to_figures_and_obey_the_arrow_keys(
    browser: Browser, site: str, published_pack: str
) -> None:
    page = opened(browser, f"{site}/en/indicators/u5mr")
    marks = page.locator("figure.wide-only svg").first.locator("a[data-tip]")
    marks.first.focus()
    tip = page.locator(".tip")
    first = tip.inner_text()
    assert re.search(r", \d{4}: \d", first)
    page.keyboard.press("ArrowRight")
    assert tip.inner_text() != first
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures/**")
    page.context.close()


def test_tiles_of_the_map_are_reached_by_tab_and_named_with_their_value(
    browser: Browser, site: str, published_pack: str
) -> None:
    page = opened(browser, f"{site}/en/indicators/u5mr")
    tile = page.locator("section[aria-labelledby=map] figure.wide-only a[aria-label^='Kyzylorda']")
    assert tile.get_attribute("aria-label") == "Kyzylorda: 13.1"
    tile.focus()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Kyzylorda: 13.1"
    page.context.close()


def test_everything_works_without_script(browser: Browser, site: str, published_pack: str) -> None:
    page = opened(browser, f"{site}/ru/my", script=False)
    page.select_option("select[name=region]", "KZ-43")
    page.select_option("select[name=age]", "15")
    page.click("button")
    assert page.locator("article.answer").count() > 5
    page.goto(f"{site}/ru/indicators/u5mr")
    page.locator("details summary").first.click()
    assert page.locator("details table").first.is_visible()
    page.context.close()


def test_language_switch_stays_on_the_page(browser: Browser, site: str, published_pack: str) -> None:
    page = opened(browser, f"{site}/en/rights/24?verified=1")
    page.get_by_role("link", name="Қазақша").click()
    assert page.url == f"{site}/kk/rights/24?verified=1"
    assert page.locator("html").get_attribute("lang") == "kk"
    page.context.close()


def test_a_printed_page_keeps_the_numbers_and_drops_the_menu(browser: Browser, site: str, published_pack: str) -> None:
    page = opened(browser, f"{site}/en/indicators/u5mr")
    page.emulate_media(media="print")
    assert page.locator("nav.menu").is_hidden()
    assert page.locator(".big-figure").is_visible()
    page.context.close()
