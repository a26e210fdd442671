"""What people outside a state learn of its report: what was received, and nothing of what goes on inside."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.models.reports import Report
from portal.services.steps import Order
from tests.factories import World


def seen(world: World, report: Report) -> tuple[object, ...]:
    """What the reviewer's program and page show of the report: state, times, and its stage in the queue."""
    token = {"Authorization": f"Bearer {world.token('reviewer')}"}
    client: FlaskClient = world.app.test_client()
    document = client.get(f"/api/v1/reports/{report.id}", headers=token).json
    queue = client.get("/api/v1/review/queue", headers=token).json["items"]
    assert document is not None
    return document["state"], document["state_since"], document["created_at"], [row["state"] for row in queue]


def test_a_report_that_was_opened_again_stays_withdrawn_until_it_comes(world: World) -> None:
    report = world.report(state="withdrawn")
    before = seen(world, report)
    assert before == ("withdrawn", None, None, ["withdrawn"])
    world.step(report, "reopen")
    assert seen(world, report) == before
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report, {"F.4/context": "A new word."})
    world.done()
    world.step(report, "ask")
    assert seen(world, report) == before
    world.step(report, "submit")
    assert seen(world, report)[0] == "submitted"


def test_clearance_of_a_clarification_is_not_seen(world: World) -> None:
    report = world.report(state="clarifying")
    before = seen(world, report)
    assert before == ("clarifying", None, None, ["clarifying"])
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report, {"F.4/context": "A new word."})
    world.done()
    for step in ("ask", "decline", "ask", "recall"):
        world.step(report, step, Order(reason="because"))
        assert seen(world, report) == before


@pytest.mark.parametrize(
    "address", ["/timeline?cycle=%00", "/entities/%00", "/data?indicator=%00", "/published?cycle=%00"]
)
def test_an_address_with_a_character_that_no_database_holds(world: World, address: str) -> None:
    assert world.app.test_client().get(address).status_code == 404


@pytest.mark.parametrize("address", ["/data?after=9" + "9" * 30, "/data?from=9" + "9" * 30, "/data?to=9" + "9" * 30])
def test_a_number_that_no_database_holds(world: World, address: str) -> None:
    assert world.app.test_client().get(address).status_code < 500
