"""The synthesis on a narrow screen, from left to right and from right to left: what could be cited stays near what is,
a citation is taken away, the list to check again is settled.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.demonstration import address
from tests.journeys.conftest import Running
from tests.journeys.test_story_in_a_browser import signed_in

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 375, 800


def narrow(page: Page, portal: Running, path: str, direction: str) -> None:
    """Opens a page on a narrow screen, in a language of this direction; nothing of it lies beside the screen."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{portal.address}{path}?lang={'ar' if direction == 'rtl' else 'en'}")
    assert page.evaluate("document.documentElement.dir") == direction
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH


def gap(page: Page, above: str, below: str) -> float:
    """How far the one ends before the other begins."""
    upper, lower = (page.locator(one).bounding_box() for one in (above, below))
    assert upper is not None
    assert lower is not None
    return lower["y"] - upper["y"] - upper["height"]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_synthesis_on_a_narrow_screen(served: Running, browser: Browser, direction: str) -> None:
    with signed_in(browser, served, address("reviewer")) as page:
        narrow(page, served, "/synthesis/1.1.2.1", direction)
        links = [one.get_attribute("href") or "" for one in page.locator(".statement .said a").all()]
        cited, bare = _by_citations(page, served, links, direction)
        narrow(page, served, bare, direction)
        assert 32 <= gap(page, "#choose summary", "#citations h2") <= 3 * HEIGHT
        page.locator("#choose summary").click()
        assert 32 <= gap(page, "#choose summary", "#citations h2") <= 64
        narrow(page, served, cited, direction)
        taken = page.locator("#citations article").count()
        page.locator("#citations article").first.get_by_role("button").click()
        expect(page.locator("#citations article")).to_have_count(taken - 1)
        narrow(page, served, "/synthesis/check-again", direction)
        waiting = page.locator("article.recheck")
        expect(waiting).to_have_count(1)
        if direction == "rtl":  # one waits in the demonstration, and both directions share it
            waiting.locator("input[value=citation_removed]").check()
            waiting.get_by_role("button").click()
            expect(waiting).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
        narrow(page, served, "/synthesis/supplements", direction)


def _by_citations(page: Page, portal: Running, links: list[str], direction: str) -> tuple[str, str]:
    """A statement that cites something, and one that cites nothing."""
    held = {}
    for link in links:
        narrow(page, portal, re.sub(r"\?.*", "", link), direction)
        held[link] = page.locator("#citations article").count()
    assert min(held.values()) == 0
    return max(held, key=lambda one: held[one]), min(held, key=lambda one: held[one])
