"""The charts on a page of their own: words on focus, arrow keys, and texts that leave each other room."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from everychild.website import charts
from tests.website.charts.made_charts import EVERY, dots, row

STATIC = Path(charts.__file__).parents[1] / "static"


def opened(browser: Browser, *, width: int, drawn: int) -> Page:
    """A page of its own with all charts and one plot of many links."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    many = charts.render_dots(dots(*(row(f"Group {n}", float(n), href=f"#{n}") for n in range(30))), "many", drawn)
    pictures = [draw(drawn).svg for draw in EVERY.values()]
    page.set_content(
        f"<style>{(STATIC / 'charts.css').read_text(encoding='utf-8')}</style>{''.join(pictures)}{many.svg}"
    )
    page.add_script_tag(content=(STATIC / "charts.js").read_text(encoding="utf-8"))
    return page


@pytest.mark.browser
class TestInABrowser:
    def test_words_come_on_focus_and_go_on_escape(self, browser: Browser) -> None:
        page = opened(browser, width=800, drawn=720)
        page.locator("svg a[aria-label='A: 12.0 (10.0 – 15.0)']").focus()
        assert page.locator(".tip", has_text="A: 12.0 (10.0 – 15.0)").is_visible()
        page.keyboard.press("Escape")
        assert page.locator(".tip").is_hidden()
        page.close()

    def test_a_picture_of_many_marks_is_one_stop_of_tab_and_arrows_walk_it(self, browser: Browser) -> None:
        page = opened(browser, width=800, drawn=720)
        stops = page.locator("svg[aria-labelledby^=many] a:not([tabindex='-1'])")
        assert stops.count() == 1
        stops.first.focus()
        # The page has scrolled to the mark by now; its words have to stay.
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("scrollY") > 0
        assert page.locator(".tip", has_text="Group 0: 0.0").is_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Group 2: 2.0"
        assert stops.count() == 1
        assert page.evaluate("document.activeElement.getAttribute('tabindex')") == "0"
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Group 1: 1.0"
        page.close()

    @pytest.mark.parametrize(("width", "drawn"), [(360, 340), (1280, 720)])
    def test_texts_neither_overlap_nor_leave_the_picture(self, browser: Browser, width: int, drawn: int) -> None:
        page = opened(browser, width=width, drawn=drawn)
        assert page.evaluate(_CLASHES) == []
        page.close()


_CLASHES = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.chart")) {
    const frame = svg.getBoundingClientRect(), lap = 3 * frame.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([words, a], n) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.bottom > frame.bottom + 2) found.push([words]);
      for (const [other, b] of texts.slice(n + 1))
        if (a.left + 1 < b.right && b.left + 1 < a.right && a.top + lap < b.bottom && b.top + lap < a.bottom)
          found.push([words, other]);
    });
  }
  return found;
}"""
