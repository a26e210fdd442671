"""The demonstration as it is found: people of every role, reports in every state, no word in a real state's mouth."""

from __future__ import annotations

from portal.demonstration import accounts_of, material
from portal.rules.lifecycle import STATES
from portal.rules.policy import ROLES
from tests.journeys.calls import Caller
from tests.journeys.conftest import Running


def test_every_role_and_every_state_is_there(portal: Running) -> None:
    given = material()
    assert {account.role for account in accounts_of(given)} == set(ROLES)
    assert {report["state"] for report in given["reports"]} == set(STATES)
    lead = Caller(portal.address, portal.token("lead@example.org"))
    queue = {row["entity"]: row["state"] for row in lead.get("/review/queue").json["items"]}
    assert queue == {
        "XAC": "submitted",
        "XAD": "in_review",
        "XAE": "clarifying",
        "XAF": "accepted",
        "XAG": "published",
        "XAH": "withdrawn",
    }
    for entity, state in (("XAA", "preparing"), ("XAB", "clearing")):
        focal = Caller(portal.address, portal.token(f"focal.point.{entity.lower()}@example.org"))
        assert [(row["entity"], row["state"]) for row in focal.get(f"/reports?entity={entity}").json["items"]] == [
            (entity, state)
        ]


def test_a_real_state_has_no_report_and_a_second_time_changes_nothing(portal: Running) -> None:
    focal = Caller(portal.address, portal.token("focal.point.kaz@example.org"))
    assert focal.get("/reports?entity=KAZ").json["items"] == []
    before = portal.flask("audit", "verify")
    assert "nothing was changed" in portal.flask("demo")
    assert portal.flask("audit", "verify") == before
