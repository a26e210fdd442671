"""Each page keeps the rules of the house: whole HTML, one h1, labelled fields, nothing inline, a language."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.factories import World
from tests.house.addresses import ADDRESSES, OF_A_REPORT
from tests.house.test_permissions import Case, furnish

NOT_PAGES = re.compile(
    r"\.(json|csv|ics)$|/file$|files/|attachments/|healthz|readyz|import_id|openapi|^/session|^/api/(?!v1/docs)"
)
PAGES = sorted(rule for (method, rule) in ADDRESSES if method == "GET" and not NOT_PAGES.search(rule))
CONTROLS = {"input", "select", "textarea"}
OF_NO_STATE = ("reviewer", "lead", "data_officer", "partner")
WHO = (("focal_point", "KAZ"), ("certifier", "KAZ"), *((role, None) for role in OF_NO_STATE))


def tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def faults(html: str) -> list[str]:
    """What a page breaks of the rules."""
    parser = html5lib.HTMLParser(strict=False)
    root = parser.parse(html)
    found = [f"not whole HTML: {code}" for _place, code, _data in parser.errors]
    elements = list(root.iter())
    if sum(tag(e) == "h1" for e in elements) != 1:
        found.append("not one h1")
    if not root.get("lang") or root.get("dir") not in {"ltr", "rtl"}:
        found.append("no language or direction")
    ids = [e.get("id") for e in elements if e.get("id")]
    found += [f"the id {one} twice" for one in {i for i in ids if ids.count(i) > 1}]
    labelled = {e.get("for") for e in elements if tag(e) == "label"}
    inside = {id(child) for e in elements if tag(e) == "label" for child in e.iter()}
    for element in elements:
        name = tag(element)
        if element.get("style") is not None or any(a.startswith("on") for a in element.attrib):
            found.append(f"inline style or script on {name}")
        if name == "style" or (name == "script" and not element.get("src")):
            found.append(f"an inline {name}")
        if name in CONTROLS and element.get("type") not in {"hidden", "submit"}:
            named = element.get("aria-label") or element.get("id") in labelled or id(element) in inside
            if not named:
                found.append(f"no label for {element.get('name')}")
        if name == "form" and (element.get("method") or "get").lower() == "post":
            sent = {e.get("name") for e in element.iter()}
            if "csrf_token" not in sent:
                found.append("a form without its token")
    return found


def visit(client: FlaskClient, case: Case, rule: str, language: str) -> tuple[int, list[str]]:
    answer = client.get(case.path(rule), query_string={"lang": language})
    if answer.status_code != 200:
        return answer.status_code, []
    return 200, faults(answer.get_data(as_text=True))


CASE = "/evidence/contradictions/<uuid:case_id>"  # tests/reviewer/test_contradiction_pages.py holds it to the rules


ALL_PAGES = ("clearing", "published")
"""In these states every page is read, in Arabic and in English; in the others those that may show the report."""


@pytest.mark.any_database
@pytest.mark.parametrize("state", ["preparing", "clearing", "in_review", "accepted", "published"])
def test_every_page_keeps_the_rules(world: World, state: str) -> None:
    case = furnish(world, state)
    seen, wrong = set(), []
    for role, entity in WHO:
        client = world.browser(role, entity)
        for rule in PAGES:
            if state not in ALL_PAGES and not OF_A_REPORT.search(rule):
                continue
            status, found = visit(client, case, rule, "ar" if state == "clearing" else "en")
            if status == 200:
                seen.add(rule)
            wrong += [(role, rule, fault) for fault in found]
    assert wrong == []
    if state == "published":
        unseen = {"/login", "/reports/<uuid:report_id>/clearance", "/channels/a", CASE}
        assert set(PAGES) - seen - unseen == set()


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>no heading", "not one h1"),
        ("<h1>a</h1><input name=x>", "no label for x"),
        ("<h1>a</h1><p style='color:red'>", "inline style or script on p"),
        ("<h1>a</h1><script>1</script>", "an inline script"),
        ("<h1>a</h1><form method=post></form>", "a form without its token"),
        ("<h1 id=a>a</h1><p id=a>", "the id a twice"),
    ],
)
def test_a_planted_fault_is_seen(html: str, fault: str) -> None:
    assert fault in faults(f"<!doctype html><html lang=en dir=ltr><title>t</title>{html}</html>")
