"""Every main page for people who see, hear, move or read in another way: judged by axe at two widths, in English and in
Arabic, written by keyboard alone, and without script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from forms.guideline import shipped
from tests.journeys.conftest import Running

pytestmark = pytest.mark.browser

PASSWORD = "demonstration only"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
BETWEEN = {"width": 1024, "height": 800}
GRAVE = {"serious", "critical"}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
FOCUSED = """(wanted) => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const seen = one === document.body || (marked && box.width > 0 && box.height > 0);
  return { there: one.matches(wanted), seen, what: one.outerHTML.slice(0, 200) };
}"""
WITHOUT_SCRIPT = (
    ("F.2", "F.2/summary", "Saved without script."),
    ("F.1", "F.1/institution", "Ministry of Towns"),
    ("F.1", "F.1/contacts-1-name", "Office of towns"),
    ("A.2", "A.2/practices-0-title", "Homes by the canal"),
)
THINNED = """() => {
  for (const parent of document.querySelectorAll("main, main *, nav *, aside *")) {
    const seen = {};
    for (const child of [...parent.children]) {
      const kind = `${child.tagName} ${child.className}`;
      seen[kind] = (seen[kind] ?? 0) + 1;
      if (seen[kind] > 3 && /^(SECTION|ARTICLE|TR|LI|DETAILS|OPTION|P)$/.test(child.tagName)) child.remove();
    }
  }
}"""
JUMBLED = """() => {
  const place = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    for (const pair of node.data.matchAll(/[a-z][.,:?]|[0-9] [a-z]/gi)) {
      const [one, other] = [place(node, pair.index), place(node, pair.index + pair[0].length - 1)];
      const beside = one.width && other.width && Math.abs(one.top - other.top) < 2;
      if (beside && other.left < one.left) found.push(node.data.trim());
    }
  }
  return [...new Set(found)];
}"""
HEADINGS = """() => {
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility());
  return levels.map((one) => [Number(one.tagName[1]), one.textContent.trim()]);
}"""
NOBODY = ""
PAGES = {
    NOBODY: (
        "/",
        "/login",
        "/published",
        "{published}",
        "/practices",
        "/timeline",
        "/data",
        "/entities/XAG",
        "/receipts/key",
        "/api/v1/docs",
    ),
    "focal.point.xaa@example.org": (
        "/desk",
        "/inbox",
        "/reports",
        "{report}",
        "{report}/sections/F.1",
        "{report}/sections/F.2",
        "{report}/sections/1.1.1.1",
        "{report}/sections/A.2",
        "{report}/check",
        "{report}/clearance",
        "{report}/figures",
        "{report}/handing",
        "{report}/carry",
        "{report}/restore-points",
        "{report}/sources",
        "{report}/history/F.2/summary",
        "/entities/XAA/people",
        "/guidelines/{edition}/rules",
    ),
    "contributor.xaa@example.org": ("{report}", "{report}/sections/1.1.1.1"),
    "focal.point.xai@example.org": ("/practice", "{practice}"),
    "certifier.xab@example.org": ("{report}/clearance",),
    "certifier.xac@example.org": ("{report}/versions/1",),
    "reviewer@example.org": ("/review", "{reviewed}"),
    "lead@example.org": ("/bundles",),
    "data.officer@example.org": ("/channels/b",),
}
WALK = {  # pages looked at for their form, not by axe
    NOBODY: ("{published}", "/contributions", "/channels/c", "{call}", "{call}/registration", "{contribution}"),
    "focal.point.xaa@example.org": (
        "{report}/history/1.1.1.1/actions",
        "/inbox/wishes",
        "/notices/rules",
        "/entities/XAA/extension",
        "/entities/XAA/notices",
        "/entities/XAA/profile",
    ),
    "focal.point.xae@example.org": ("{report}/remarks", "{report}/clearance"),
    "focal.point.xai@example.org": ("{practised}/carry",),
    "partner@example.org": ("/desk", "/channels/f", "{call}", "{contribution}"),
    "regional.officer@example.org": ("/requests", "/evidence/matrix"),
    "lead@example.org": (
        "/channels/b/rules",
        "/channels/b/totals",
        "/channels/c/calls",
        "{import}",
        "{call}",
        "{contribution}",
        "{case}",
        "{passage}",
        "{statement}",
        "/evidence",
        "/evidence/agreement",
        "/evidence/contradictions",
        "/evidence/crosswalk",
        "/evidence/figures",
        "/evidence/holes",
        "/evidence/matrix",
        "/evidence/near-copies",
        "/evidence/profiles",
        "/evidence/requests",
        "/synthesis",
        "/synthesis/1.1.2.1",
        "/synthesis/check-again",
        "/synthesis/supplements",
        "/partners",
        "/notices/log",
        "/review",
        "/review/forecast",
        "/timeline/phases/synthesis",
        "/entities/XAG/words",
        "/entities/XAA/profile",
    ),
}
ID = "[0-9a-f-]{36}"
LINKED = {
    "{published}": ("/published", f"/published/{ID}"),
    "{report}": ("/reports", f"/reports/{ID}"),
    "{practised}": ("/practice", f"/reports/{ID}"),
    "{call}": ("/channels/c", f"/calls/{ID}"),
    "{contribution}": ("/contributions", f"/contributions/{ID}"),
    "{import}": ("/channels/b", f"/channels/b/{ID}"),
    "{case}": ("/evidence/contradictions", f"/evidence/contradictions/{ID}"),
    "{passage}": ("/evidence", "/evidence/passages/[0-9]+"),
    "{statement}": ("/synthesis/1.1.2.1", f"/synthesis/statements/{ID}"),
}


@contextmanager
def opened(browser: Browser, **more: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(**{"viewport": WIDE, "locale": "en-GB"} | more)
    context.set_default_timeout(15_000)
    yield context
    context.close()


def log_in(page: Page, portal: Running, email: str) -> None:
    page.goto(f"{portal.address}/login?lang=en")
    page.locator('[name="email"]').fill(email)
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('main button[type="submit"]').click()
    page.wait_for_url("**/desk")


def linked(page: Page, portal: Running, address: str, target: str) -> str:
    """The address of the first link of a page that leads to such a target."""
    page.goto(portal.address + address)
    found = page.locator("main a").evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
    return next(path for path in found if re.fullmatch(target, path))


def places(page: Page, portal: Running, email: str) -> dict[str, str]:
    """What the names in the addresses of this person's pages stand for."""
    if email == NOBODY:
        return {"published": linked(page, portal, "/published", "/published/[0-9a-f-]{36}")}
    if email == "reviewer@example.org":
        return {"reviewed": linked(page, portal, "/review?state=in_review", "/review/[0-9a-f-]{36}")}
    if email in ("lead@example.org", "data.officer@example.org"):
        return {}
    if email == "focal.point.xai@example.org":
        return {"practice": linked(page, portal, "/practice", "/reports/[0-9a-f-]{36}")}
    report = linked(page, portal, "/reports", "/reports/[0-9a-f-]{36}")
    return {"report": report, "edition": next(iter(shipped()))}


def sideways(page: Page) -> list[str]:
    """Whether the body of a page scrolls sideways."""
    return ["scrolls sideways"] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []


def stacked(page: Page) -> list[str]:
    """Cells of a table that do not stand beside each other, on a page as wide as a desk has it."""
    cells = page.locator("main tr > *:visible").evaluate_all(
        "cells => cells.filter((cell) => getComputedStyle(cell).display !== 'table-cell').map((cell) => cell.className)"
    )
    return [f"stacked cell: {name}" for name in dict.fromkeys(cells)]


def jumbled(page: Page) -> list[str]:
    """English words that stand in the wrong order, as they do on a page of the other direction that lets them."""
    return [f"jumbled: {words}" for words in page.evaluate(JUMBLED)]


def disordered(page: Page) -> list[str]:
    """Headings that leave out a level, and a first one that is not alone."""
    levels = page.evaluate(HEADINGS)
    firsts = [words for level, words in levels if level == 1]
    left_out = [words for (before, _), (level, words) in pairwise(levels) if level > before + 1]
    return [f"heading: {words}" for words in (firsts[1:] if firsts else ["none"]) + left_out]


def grave(page: Page) -> list[str]:
    """What axe finds grave on a page."""
    told = page.evaluate("(options) => axe.run(options)", RULES)
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:120]}"
        for one in told["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]


WIDTHS = {"en": (NARROW, WIDE), "ar": (NARROW,)}


def judged(page: Page, portal: Running, addresses: list[str], language: str) -> dict[tuple[str, int], list[str]]:
    """The faults of these pages by address and width, those of the page as a whole under the first width; a page with
    none is left out. Of what repeats itself, rows or
    sections, axe judges the first three: a report has thousands of elements.
    """
    wrong = {}
    for address in addresses:
        page.set_viewport_size(NARROW)
        answer = page.goto(f"{portal.address}{address}?lang={language}")
        assert answer is not None
        assert (address, answer.status) == (address, 200)
        assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
        found = sideways(page) + jumbled(page)
        page.set_viewport_size(WIDE)
        found += stacked(page)
        page.evaluate(THINNED)
        page.evaluate(AXE_SCRIPT)
        for width in WIDTHS[language]:
            page.set_viewport_size(width)
            if found := found + grave(page):
                wrong[address, width["width"]] = found
            found = []
    return wrong


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("email", PAGES)
def test_axe_finds_nothing_grave(served: Running, browser: Browser, email: str, language: str) -> None:
    with opened(browser) as context:
        page = context.new_page()
        if email != NOBODY:
            log_in(page, served, email)
        names = places(page, served, email)
        assert judged(page, served, [address.format(**names) for address in PAGES[email]], language) == {}


@pytest.mark.parametrize("email", WALK)
def test_no_page_of_the_walk_is_cut_or_jumbled(served: Running, browser: Browser, email: str) -> None:
    with opened(browser, viewport=NARROW) as context:
        page = context.new_page()
        if email != NOBODY:
            log_in(page, served, email)
        names = {
            name: linked(page, served, *target)
            for name, target in LINKED.items()
            if any(name in one for one in WALK[email])
        }
        wrong = {}
        for address in WALK[email]:
            for name, place in names.items():
                address = address.replace(name, place)
            for language in ("en", "ar"):
                answer = page.goto(f"{served.address}{address}?lang={language}")
                assert answer is not None
                assert (address, answer.status) == (address, 200)
                for width in (NARROW, BETWEEN, WIDE):
                    page.set_viewport_size(width)
                    if found := sideways(page) + jumbled(page) + disordered(page):
                        wrong[address, language, width["width"]] = found
        assert wrong == {}


@contextmanager
def drafting(served: Running, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A page of the focal point of the demonstration's draft, and where that report is."""
    with opened(browser) as context:
        page = context.new_page()
        log_in(page, served, "focal.point.xaa@example.org")
        yield page, linked(page, served, "/reports", "/reports/[0-9a-f-]{36}")


def test_the_demonstration_shows_a_choice_that_waits(served: Running, browser: Browser) -> None:
    with drafting(served, browser) as (page, report):
        page.goto(f"{served.address}{report}/sections/1.1.1.1?lang=en")
        expect(page.locator("[data-card]")).to_have_count(1)
        expect(page.locator("[data-card]")).to_contain_text("The national budget paid for two thirds of it.")
        log_in_as_practising(page, served)
        expect(page.locator("body")).to_contain_text("Practice: this report counts nowhere")


def log_in_as_practising(page: Page, portal: Running) -> None:
    page.context.clear_cookies()
    log_in(page, portal, "focal.point.xai@example.org")
    page.goto(portal.address + linked(page, portal, "/practice", "/reports/[0-9a-f-]{36}"))


def test_a_planted_fault_is_found(served: Running, browser: Browser) -> None:
    with opened(browser, viewport=NARROW) as context:
        page = context.new_page()
        page.goto(f"{served.address}/login")
        page.evaluate(AXE_SCRIPT)
        assert sideways(page) + grave(page) == []
        assert stacked(page) == []
        page.evaluate("document.querySelectorAll('main label').forEach((label) => label.remove())")
        page.evaluate("document.querySelector('main').style.inlineSize = '60rem'")
        assert {fault.partition(":")[0] for fault in sideways(page) + grave(page)} == {"label", "scrolls sideways"}
        page.goto(f"{served.address}/timeline?lang=ar")
        assert jumbled(page) + disordered(page) == []
        page.evaluate("document.querySelectorAll('main p').forEach((one) => { one.style.unicodeBidi = 'normal'; })")
        assert jumbled(page) != []
        page.evaluate("document.querySelector('main h2').outerHTML = '<h5>Far below</h5>'")
        assert disordered(page) == ["heading: Far below"]
        page.set_viewport_size(WIDE)
        assert stacked(page) == []
        page.evaluate("document.querySelector('main td').style.display = 'block'")
        assert [fault.partition(":")[0] for fault in stacked(page)] == ["stacked cell"]


def step_to(page: Page, wanted: str, most: int = 120) -> None:
    """Presses Tab until the control that this selector names has the focus; on the way every focus can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED, wanted)
        assert focused["seen"], focused["what"]
        if focused["there"]:
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_a_section_is_written_and_sent_on_by_keyboard_alone(served: Running, browser: Browser) -> None:
    with opened(browser) as context:
        page = context.new_page()
        page.goto(f"{served.address}/login?lang=en")
        step_to(page, '[name="email"]')
        page.keyboard.type("focal.point.xaa@example.org")
        step_to(page, '[name="password"]')
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk")
        report = linked(page, served, "/reports", "/reports/[0-9a-f-]{36}")
        page.goto(served.address + report)
        step_to(page, f'main a[href="{report}/sections/F.4"]')
        page.keyboard.press("Enter")
        page.wait_for_url("**/sections/F.4")
        question = page.locator("textarea").first.get_attribute("name")
        step_to(page, f'[name="{question}"]')
        page.keyboard.press("Control+End")
        page.keyboard.type(" Written by keyboard.")
        step_to(page, 'main button[type="submit"][name="go"]')
        page.keyboard.press("Enter")
        page.wait_for_url("**/sections/F.5*")
        page.goto(f"{served.address}{report}/sections/F.4")
        assert page.locator(f'[name="{question}"]').input_value().endswith(" Written by keyboard.")
        page.goto(served.address + report)
        step_to(page, f'main a[href="{report}/handing"]')
        page.keyboard.press("Enter")
        page.wait_for_url("**/handing")


def test_every_kind_of_drafting_page_saves_without_script(served: Running, browser: Browser) -> None:
    with opened(browser, java_script_enabled=False, viewport=NARROW) as context:
        page = context.new_page()
        log_in(page, served, "focal.point.xaa@example.org")
        report = places_without_script(page, served)
        for section, name, words in WITHOUT_SCRIPT:
            page.goto(f"{served.address}{report}/sections/{section}")
            control = page.locator(f'[name="{name}"]')
            card = control.locator("xpath=ancestor::details[not(@open)]")
            if card.count():
                card.locator("summary").first.click()
            control.fill(words)
            page.locator('form[method="post"] button[type="submit"]:visible').get_by_text(
                "Save", exact=False
            ).first.click()
            page.goto(f"{served.address}{report}/sections/{section}")
            assert (name, page.locator(f'[name="{name}"]').input_value()) == (name, words)


def places_without_script(page: Page, portal: Running) -> str:
    page.goto(f"{portal.address}/reports")
    found = re.search(r'href="(/reports/[0-9a-f-]{36})"', page.content())
    assert found is not None
    return found.group(1)


def test_what_is_to_put_right_leads_to_its_field(served: Running, browser: Browser) -> None:
    with opened(browser) as context:
        page = context.new_page()
        log_in(page, served, "data.officer@example.org")
        page.goto(f"{served.address}/channels/b")
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        page.get_by_role("button", name="Read the file").click()
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        step_to(page, '[role="alert"] a')
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "file"


def leads_to(page: Page, problem: int = 0) -> str:
    """The name of the control that has the focus after one of the links of the summary, which had it before."""
    expect(page.get_by_role("alert")).to_be_focused()
    link = page.get_by_role("alert").get_by_role("link").nth(problem)
    link.focus()
    page.keyboard.press("Enter")
    return str(page.evaluate("document.activeElement.name"))


def test_drafting_pages_lead_from_what_is_wrong_to_the_field(served: Running, browser: Browser) -> None:
    with drafting(served, browser) as (page, report):
        page.goto(f"{served.address}{report}/sections/1.3.2.3")
        figure = "1.3.2.3/NUA-26-0"
        page.locator(f'[name="{figure}-year"]').fill("20x4")
        page.locator(f'[name="{figure}-value"]').fill("abc")
        page.locator("main .actions button").first.click()
        assert leads_to(page, 1) == f"{figure}-value"
        page.goto(f"{served.address}/entities/XAA/people")
        page.locator('[name="email"]').fill("contributor.xaa@example.org")
        page.get_by_label("Contributor").check()
        page.get_by_role("button", name="Make the invitation").click()
        assert leads_to(page) == "email"
        page.goto(f"{served.address}/invitation")
        page.locator('[name="code"]').fill("nonsense")
        page.get_by_role("button", name="Go on").click()
        assert leads_to(page) == "code"
        page.goto(f"{served.address}{report}/sections/F.2")
        page.evaluate("document.getElementById('comment-new').open = true")
        page.locator("#comment-words").fill("   ")
        page.get_by_role("button", name="Send the comment").click()
        assert leads_to(page) == "words"


def test_a_practice_that_is_removed_says_where_it_is_kept(served: Running, browser: Browser) -> None:
    with drafting(served, browser) as (page, report):
        page.goto(f"{served.address}{report}/sections/A.2")
        cards = page.locator("details[data-row]")
        count = cards.count()
        last = cards.last
        last.evaluate("(card) => { card.open = true; }")
        last.locator('input[type="text"]').first.fill("Homes by the river")
        last.get_by_role("button", name="Remove").click()
        words = "Removed. What was saved of it stays in the history of this answer and can be taken back from there."
        expect(page.locator(".removed")).to_be_focused()
        assert page.locator(".removed").all_text_contents() == [words]
        assert cards.count() == max(1, count - 1)
