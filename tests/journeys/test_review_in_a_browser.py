"""A review in a real browser: approved, claimed, six remarks sent together, each answered in its own way, submitted
anew, the difference read, accepted, opened by the certifier and published.
"""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.demonstration import address, material
from portal.http.render import slug
from tests.journeys.conftest import Running
from tests.journeys.test_story_in_a_browser import control, saved, signed_in

pytestmark = pytest.mark.browser

STATE = "XAB"
DUE = "2025-07-14"
SUMMARY, PROCESS, CONTEXT, LINKS, RESULTS, PRACTICES = (
    "F.2/summary", "F.3/process", "F.4/context", "F.5/links", "3.1/results", "3.1/practices",
)  # fmt: skip
REMARKS = {
    SUMMARY: ("unclear", "Which year do the figures stand for?"),
    PROCESS: ("inconsistent", "Section F.4 names another ministry."),
    CONTEXT: ("unclear", "We propose shorter words."),
    LINKS: ("editorial", "The last sentence stands here twice."),
    RESULTS: ("evidence", "Is there a source for the share?"),
    PRACTICES: ("missing", "No practice is told."),
}
PROPOSED = "The country is urban and grows by two percent a year."
WRITTEN = {
    SUMMARY: "All figures stand for 2023.",
    PROCESS: "The ministry of urban affairs prepared the report.",
    LINKS: "The report follows the national plan.",
}
WORDS = {
    RESULTS: ("explained", "The share is that of the household survey of 2021."),
    PRACTICES: ("declined", "Practices are told in the next report."),
}
CHANGED = {**WRITTEN, CONTEXT: PROPOSED}
STANDING = {**dict.fromkeys(CHANGED, "Changed"), RESULTS: "Explained", PRACTICES: "Declined with a reason"}
WAITS = "Some remarks of the reporting team wait for an answer; the page of the remarks names each."


def test_a_review_from_the_first_submission_to_publication(served: Running, browser: Browser) -> None:
    name = str(material()["names"]["en"]).format(letter=STATE[-1])
    focal_point, certifier = address("focal_point", STATE), address("certifier", STATE)
    reviewer, lead = address("reviewer"), address("lead")
    with signed_in(browser, served, certifier) as page:
        report = _report_of(page, served, name)
        _approves(page, report, 1)
    with signed_in(browser, served, reviewer) as page:
        review = _claims(page, served, name)
        _reaches_what_stands_beside(page)
        _asks(page, review)
    with signed_in(browser, served, focal_point, refused=3) as page:
        _opens_what_is_asked_alone(page, report)
        _answers(page, report)
    with signed_in(browser, served, reviewer) as page:
        _knows_no_answer_yet(page, review)
    with signed_in(browser, served, certifier) as page:
        _approves(page, report, 2)
    with signed_in(browser, served, reviewer) as page:
        _reads_the_answers(page, review)
        _accepts(page, review)
    with signed_in(browser, served, certifier) as page:
        page.goto(report)
        page.get_by_role("button", name="Consent to publication").click()
        expect(page.get_by_text("Your state consented to publication:")).to_have_count(1)
        expect(page.get_by_role("button", name="Consent to publication")).to_have_count(0)
    with signed_in(browser, served, lead) as page:
        _chooses_all(page, served)
        page.goto(review)
        page.get_by_role("button", name="Publish").click()
        expect(page.locator("main .state").first).to_have_text("Published")
    _the_public_reads(browser, served, name)


def _report_of(page: Page, portal: Running, name: str) -> str:
    page.goto(f"{portal.address}/reports")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url


def _approves(page: Page, report: str, version: int) -> None:
    page.goto(f"{report}/clearance")
    if version == 2:
        changes = page.locator("main article.answer:has(ins, del) .text")
        assert sorted(_as_it_reads_now(one) for one in changes.all()) == sorted(CHANGED.values())
        answers = page.locator("#remarks article p", has=page.locator("strong")).all_inner_texts()
        wanted = [[STANDING[question], *WORDS.get(question, ())[1:]] for question in REMARKS]
        assert [one.split("\n") for one in answers] == wanted
    page.get_by_role("button", name="Approve and submit").click()
    page.goto(report)
    versions = page.locator("aside").get_by_role("link", name=re.compile(r"^Version \d+$"))
    expect(versions).to_have_text([f"Version {number}" for number in range(version, 0, -1)])


def _claims(page: Page, portal: Running, name: str) -> str:
    page.goto(f"{portal.address}/review?state=submitted&assigned=nobody")
    page.get_by_role("row", name=name).get_by_role("button", name="Claim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url.partition("#")[0].partition("?")[0]


def _chooses_all(page: Page, portal: Running) -> None:
    """One box chooses all rows and none; it says so when some are chosen."""
    page.goto(f"{portal.address}/review")
    everything, rows = page.get_by_label("Choose all on this page"), page.locator("tbody input[type=checkbox]")
    expect(page.get_by_role("link", name="Choose all")).to_have_count(0)
    assert rows.count() > 1
    everything.check()
    expect(page.locator("tbody input:checked")).to_have_count(rows.count())
    rows.first.uncheck()
    assert everything.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    rows.first.check()
    expect(everything).to_be_checked()
    everything.uncheck()
    expect(page.locator("tbody input:checked")).to_have_count(0)


def _reaches_what_stands_beside(page: Page) -> None:
    """Halfway down the report, the side column is beside the text on a wide screen, and all of it one link away."""
    usual = page.viewport_size
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
        if width == 1280:
            expect(page.locator("aside.beside")).to_be_in_viewport()
        expect(page.locator("#notes h2")).not_to_be_in_viewport()
        page.locator("nav.bar").get_by_role("link", name="Notes").click()
        expect(page.locator("#notes h2")).to_be_in_viewport(ratio=1)
    assert usual is not None
    page.set_viewport_size(usual)


def _asks(page: Page, review: str) -> None:
    """Six remarks, of each type, one with words for the answer; the state gets them together, or none."""
    for number, (question, (kind, words)) in enumerate(REMARKS.items(), 1):
        page.goto(review)
        _opens_the_form(page, question)
        form = page.locator("#remark-form")
        expect(form.get_by_text("About the text in")).to_have_count(0 if question == PRACTICES else 1)
        if form.get_by_role("link", name="English").count():
            form.get_by_role("link", name="English").click()
        form.get_by_label("Type").select_option(kind)
        form.get_by_label("What should the state look at?").fill(words)
        if question == SUMMARY:
            form.get_by_label("Answer asked for by").fill(DUE)
        if question == CONTEXT:
            form.get_by_label("Words that you propose for the answer, if you like").fill(PROPOSED)
        form.get_by_role("button", name="Gather the remark").click()
        expect(page.locator("#remarks li")).to_have_count(number)
    expect(page.locator("#remarks li .soft")).to_have_text(["Not sent yet"] * len(REMARKS))
    page.get_by_role("button", name="Ask the state for clarification").click()
    expect(page.locator("#remarks li .soft")).to_have_text(["With the state"] * len(REMARKS))
    expect(page.locator("main .state").first).to_have_text("Clarifying")


def _opens_the_form(page: Page, question: str) -> None:
    if question == PRACTICES:
        page.locator("details.small", has_text=question).locator("summary").click()
        page.get_by_role("link", name=question).click()
    else:
        page.locator(f'article[id="{slug(question)}"]').get_by_role("link", name="Write a remark").click()


def _opens_what_is_asked_alone(page: Page, report: str) -> None:
    page.goto(f"{report}/sections/F.3?language=en")
    fields = page.locator('textarea[name^="F.3/"]')
    expect(fields.first).to_be_visible()
    open_now = "all => all.filter(one => !one.readOnly && !one.disabled).map(one => one.name)"
    assert fields.evaluate_all(open_now) == [PROCESS]
    expect(page.locator(".remark-note .said")).to_have_text([REMARKS[PROCESS][1]])


def _answers(page: Page, report: str) -> None:
    page.goto(report)
    page.get_by_role("link", name="Remarks of the reporting team").click()
    remarks = page.url.partition("#")[0]
    expect(page.locator("main .lead")).to_have_text("6 remarks wait for an answer.")
    expect(_case(page, SUMMARY)).to_contain_text("answer asked for by 14 July 2025")
    _keeps(page, SUMMARY, "changed")
    expect(page.locator(".error-summary li, .problems li").first).to_have_text(
        "The answer is as it was submitted. Please change it first, or explain or decline the remark."
    )
    for question, words in WRITTEN.items():
        page.goto(f"{report}/sections/{question.partition('/')[0]}?language=en")
        control(page, question).fill(words)
        page.keyboard.press("Tab")
        saved(page, question)
        page.goto(remarks)
        _keeps(page, question, "changed")
    _case(page, CONTEXT).get_by_role("button", name="Take these words").click()
    expect(page.locator("main .lead")).to_have_text("2 remarks wait for an answer.")
    _cannot_ask_for_clearance(page, report)
    page.goto(remarks)
    for question, (answer, words) in WORDS.items():
        _keeps(page, question, answer)
        expect(page.locator(".error-summary li, .problems li").first).to_have_text(
            "Please write the explanation or the reason: the reporting team reads it."
        )
        _keeps(page, question, answer, words)
    expect(page.locator("main .lead")).to_have_text("Every remark is answered. The focal point can ask for clearance.")
    assert _table(page) == {question: _row(question, CHANGED.get(question)) for question in REMARKS}
    page.goto(report)
    page.get_by_role("button", name="Ask for clearance").click()
    expect(page.get_by_text("Waits for the certifier")).to_be_visible()


def _case(page: Page, question: str) -> Locator:
    return page.locator("article.remark", has=page.locator(".question-code", has_text=re.compile(rf"^{question}$")))


def _keeps(page: Page, question: str, answer: str, words: str = "") -> None:
    """Answers a remark on the page of the remarks and waits for the answer of the portal."""
    case = _case(page, question)
    case.locator(f'input[name="answer"][value="{answer}"]').check()
    case.get_by_label("Explanation or reason").fill(words)
    with page.expect_navigation():
        case.get_by_role("button", name="Keep the answer").click()


def _cannot_ask_for_clearance(page: Page, report: str) -> None:
    page.goto(report)
    button = page.get_by_role("button", name="Ask for clearance")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.locator(f'[id="{button.get_attribute("aria-describedby")}"] li')).to_have_text([WAITS])


def _table(page: Page) -> dict[str, tuple[str, ...]]:
    """The response table as it prints: question > version, type, remark, answer, text now."""
    found = {}
    for row in page.locator("#response-table tbody tr").all():
        question, version, kind, remark, answer, _before, now = [
            " ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()
        ]
        found[question] = (version, kind, remark, answer, now)
    return found


def _row(question: str, now: str | None) -> tuple[str, ...]:
    kind, words = REMARKS[question]
    if question == SUMMARY:
        words += " answer asked for by 14 July 2025"
    said = WORDS.get(question, ("", ""))[1]
    return ("1", kind.capitalize(), words, f"{STANDING[question]} {said}".strip(), now or "As before")


def _knows_no_answer_yet(page: Page, review: str) -> None:
    """What the certifier has not approved is the state's own."""
    page.goto(f"{review.replace('/review/', '/reports/')}/remarks")
    assert {question: row[3:] for question, row in _table(page).items()} == dict.fromkeys(
        REMARKS, ("With the state", "With the state")
    )


def _reads_the_answers(page: Page, review: str) -> None:
    page.goto(review)
    summary = page.locator("main details.notice")
    expect(summary.locator("summary")).to_have_text("4 answers changed since version 1")
    summary.locator("summary").click()
    assert set(summary.locator("li").all_inner_texts()) == set(CHANGED)
    page.get_by_role("link", name="Show every difference in the text").click()
    for question, words in CHANGED.items():
        change = page.locator(f'article[id="{slug(question)}"] > details[open]')
        assert _as_it_reads_now(change.locator(".text")) == words
    with page.expect_download() as download:
        page.goto(review)
        page.get_by_role("link", name="Response table").click()
        page.get_by_role("link", name="Take the table along (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert {row["question"]: (row["type"], row["answer_words"]) for row in rows} == {
        question: (kind, WORDS.get(question, ("", ""))[1]) for question, (kind, _words) in REMARKS.items()
    }
    assert {row["question"]: row["now"] for row in rows if row["now"] != row["before"]} == CHANGED


def _as_it_reads_now(difference: Locator) -> str:
    """The text that a difference leads to: what stays and what is added."""
    kept = "one => [...one.childNodes].filter(n => n.nodeName !== 'DEL').map(n => n.textContent).join('')"
    return " ".join(str(difference.evaluate(kept)).split())


def _accepts(page: Page, review: str) -> None:
    """Claims the version again, closes each remark, answers the checklist and accepts; before that, the button says
    what is missing.
    """
    page.goto(review)
    page.get_by_role("button", name="Claim for review").click()
    reasons = page.locator("#step-accept-reasons li")
    expect(reasons).to_have_text(
        [
            "Some remarks are still open; please close each, take it out, or send it to the state.",
            "The checklist still has points without an answer.",
        ]
    )
    for left in range(len(REMARKS), 0, -1):
        expect(page.get_by_role("button", name="Close the remark")).to_have_count(left)
        with page.expect_navigation():
            page.get_by_role("button", name="Close the remark").first.click()
    expect(reasons).to_have_text(["The checklist still has points without an answer."])
    for yes in page.locator('#checklist input[type="radio"][value="yes"]').all():
        yes.check()
    page.get_by_role("button", name="Save the checklist").click()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator("main .state").first).to_have_text("Accepted")


def _the_public_reads(browser: Browser, portal: Running, name: str) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{portal.address}/published")
    page.get_by_role("link", name=name).click()
    for question, words in CHANGED.items():
        expect(page.locator(f'article[id="{slug(question)}"]')).to_contain_text(words)
    for said in (*(words for _kind, words in REMARKS.values()), *(words for _answer, words in WORDS.values())):
        expect(page.get_by_text(said)).to_have_count(0)
    context.close()
