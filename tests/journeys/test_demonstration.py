"""The demonstration as it is found: people of every role, reports in every state, no word in a real state's mouth."""

from __future__ import annotations

from portal.demonstration import accounts_of, material
from portal.rules.lifecycle import STATES
from portal.rules.policy import ROLES
from portal.rules.remarks import ANSWERS, KINDS, UNANSWERED
from tests.journeys.calls import Caller
from tests.journeys.conftest import Running


def test_every_role_and_every_state_is_there(served: Running) -> None:
    given = material()
    assert {account.role for account in accounts_of(given)} == set(ROLES)
    assert {report["state"] for report in given["reports"]} == set(STATES)
    lead = Caller(served.address, served.token("lead@example.org"))
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
        focal = Caller(served.address, served.token(f"focal.point.{entity.lower()}@example.org"))
        assert [(row["entity"], row["state"]) for row in focal.get(f"/reports?entity={entity}").json["items"]] == [
            (entity, state)
        ]


def test_a_real_state_has_no_report_and_a_second_time_changes_nothing(served: Running) -> None:
    focal = Caller(served.address, served.token("focal.point.kaz@example.org"))
    assert focal.get("/reports?entity=KAZ").json["items"] == []
    before = served.flask("audit", "verify")
    assert "nothing was changed" in served.flask("demo")
    assert served.flask("audit", "verify") == before


def test_remarks_of_every_type_stand_answered_each_way_and_open(served: Running) -> None:
    focal = Caller(served.address, served.token("focal.point.xae@example.org"))
    [report] = focal.get("/reports?entity=XAE").json["items"]
    rows = focal.get(f"/reports/{report['id']}/remarks").json["items"]
    assert {row["kind"] for row in rows} == set(KINDS)
    assert sorted(row["standing"] for row in rows) == sorted([*ANSWERS, "changed", UNANSWERED, UNANSWERED])


def test_a_state_can_begin_from_its_accepted_report_of_the_cycle_before(served: Running) -> None:
    focal = Caller(served.address, served.token("focal.point.xai@example.org"))
    [old] = [row for row in focal.get("/reports?entity=XAI").json["items"] if row["cycle"] == "2022"]
    assert old["state"] == "accepted"
    draft = {"entity": "XAI", "cycle": "2026", "modality": "full", "languages": ["en"]}
    started = focal.post("/reports", draft | {"carry": {"report": old["id"], "version": 1}})
    assert started.status == 201
    answers = focal.get(f"/reports/{started.json['id']}/answers?limit=100").json["items"]
    assert "F.2/summary" in {row["question"] for row in answers if row["revision"] == 1}
