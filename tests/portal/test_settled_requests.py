"""A decision about a request for clearance, by page and by API, holds for the request that it names and no other."""

from __future__ import annotations

import re
import uuid

import pytest

from portal.db import db
from portal.models.reports import Report
from portal.queries import reports
from tests.factories import World, csrf
from tests.portal.callers import Caller

SETTLED = "This request for clearance was settled before; please open the report again."


def asked_again(world: World) -> tuple[Report, str, str]:
    """A report whose first request was taken back and asked anew: the report, the request named on the certifier's
    older page, and the one that waits now.
    """
    report = world.report("KAZ", "clearing")
    shown = world.browser("certifier", "KAZ").get(f"/reports/{report.id}/clearance").get_data(as_text=True)
    [older] = set(re.findall(r'name="request" value="([^"]+)"', shown))
    world.step(report, "recall")
    world.step(report, "ask")
    waiting = reports.open_clearance(db.session, report.id)
    assert waiting is not None
    identifier = str(waiting.id)
    db.session.rollback()
    return report, older, identifier


def state(report: Report) -> str:
    db.session.rollback()
    return str(reports.get(db.session, report.id).state)


@pytest.mark.parametrize("step", ["submit", "decline"])
def test_an_older_page_decides_nothing(world: World, step: str) -> None:
    report, older, waiting = asked_again(world)
    browser = world.browser("certifier", "KAZ")
    token = csrf(browser.get(f"/reports/{report.id}/clearance").get_data(as_text=True))
    sent = {"csrf_token": token, "reason": "The figures of housing."}
    refused = browser.post(f"/reports/{report.id}/steps/{step}", data=sent | {"request": older})
    assert (refused.status_code, SETTLED in refused.get_data(as_text=True)) == (409, True)
    assert state(report) == "clearing"
    taken = browser.post(f"/reports/{report.id}/steps/{step}", data=sent | {"request": waiting})
    assert taken.status_code == 303
    assert state(report) == {"submit": "submitted", "decline": "preparing"}[step]


@pytest.mark.parametrize("step", ["submit", "decline"])
def test_a_call_that_names_another_request_decides_nothing(world: World, step: str) -> None:
    report, older, _waiting = asked_again(world)
    elsewhere = reports.open_clearance(db.session, world.report("KEN", "clearing").id)
    assert elsewhere is not None
    of_another_state = str(elsewhere.id)
    db.session.rollback()
    certifier = Caller(world, "certifier", "KAZ")
    for request in (older, of_another_state, str(uuid.UUID(int=7))):
        order = {"reason": "The figures of housing.", "request": request}
        refused = certifier.post(f"/reports/{report.id}/steps/{step}", order)
        assert (refused.status_code, refused.json["type"], refused.json["reasons"]) == (409, "not_now", [SETTLED])
    assert state(report) == "clearing"
