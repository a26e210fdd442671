"""Reports over the API: who sees which, how one is started, and how it goes from step to step."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest

from tests.factories import World
from tests.portal.callers import Caller

FULL = {"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en", "ru"]}


def entities(caller: Caller, query: str = "") -> list[str]:
    return sorted(item["entity"] for item in caller.get(f"/reports{query}").json["items"])


def test_me_is_the_person_of_the_token(world: World) -> None:
    person = world.person("focal_point", "KAZ")
    assert Caller(world, "focal_point", "KAZ").get("/me").json == {
        "id": str(person.id),
        "email": person.email,
        "name": person.name,
        "language": "en",
        "roles": ["focal_point"],
        "entities": ["KAZ"],
        "grants": [{"role": "focal_point", "entity": "KAZ"}],
    }


def test_a_cycle_gives_its_phases_as_instants(world: World) -> None:
    partner = Caller(world, "partner")
    cycle = partner.get("/cycles/2026").json
    feedback = next(phase for phase in cycle["phases"] if phase["key"] == "feedback")
    assert feedback["closes"] == "2025-07-02T12:00:00Z"
    assert cycle["counts"] == {"received": 0, "entities": 195}
    assert [item["key"] for item in partner.get("/cycles").json["items"]] == ["2026"]
    assert partner.get(f"/guidelines/{cycle['edition']}").json["key"] == cycle["edition"]


def test_entities_have_names_in_six_languages(world: World) -> None:
    partner = Caller(world, "partner")
    listed = partner.get("/entities").json
    assert (listed["next"], sum(item["status"] in ("member", "observer") for item in listed["items"])) == (None, 195)
    kazakhstan = partner.get("/entities/KAZ").json
    assert sorted(kazakhstan["names"]) == ["ar", "en", "es", "fr", "ru", "zh"]
    assert kazakhstan in listed["items"]


def test_each_sees_the_reports_that_are_theirs_to_see(world: World) -> None:
    world.report("KAZ")
    world.report("KEN", "submitted")
    assert entities(Caller(world, "contributor", "KAZ")) == ["KAZ"]
    assert entities(Caller(world, "certifier", "KEN")) == ["KEN"]
    assert entities(Caller(world, "reviewer")) == ["KEN"]
    assert entities(Caller(world, "administrator")) == []


def test_clearance_inside_a_country_is_its_own_affair(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    focal_point, reviewer = Caller(world, "focal_point", "KAZ"), Caller(world, "reviewer")
    focal_point.put(
        f"/reports/{report.id}/answers/F.2/summary", {"value": "Anew.", "language": "en", "base_revision": 1}
    )
    assert focal_point.post(f"/reports/{report.id}/steps/ask", {}).json["state"] == "clearing"
    assert [(item["entity"], item["state"]) for item in reviewer.get("/reports?state=clarifying").json["items"]] == [
        ("KAZ", "clarifying")
    ]
    assert reviewer.get("/reports?state=clearing").json["items"] == []
    seen = reviewer.get(f"/reports/{report.id}").json
    assert (seen["state"], seen["state_since"], seen["progress"]) == ("clarifying", None, None)


def test_filters_narrow_and_pages_follow_one_another(world: World) -> None:
    world.report("KAZ", "published")
    world.at += dt.timedelta(minutes=1)
    world.report("KEN", "published")
    partner = Caller(world, "partner")
    assert entities(partner, "?entity=KEN&state=published&cycle=2026") == ["KEN"]
    assert entities(partner, "?state=accepted") == entities(partner, "?cycle=1999") == []
    first = partner.get("/reports?limit=1").json
    second = partner.get(f"/reports?limit=1&cursor={first['next']}").json
    assert [item["entity"] for page in (first, second) for item in page["items"]] == ["KEN", "KAZ"]
    assert second["next"] is None
    assert partner.get(f"/entities?cursor={first['next']}").status_code == 422


def test_the_focal_point_starts_a_report_once(world: World) -> None:
    focal_point = Caller(world, "focal_point", "KAZ")
    made = focal_point.post("/reports", FULL)
    assert (made.status_code, made.json["state"], made.json["languages"]) == (201, "preparing", ["en", "ru"])
    assert made.headers["Location"] == f"/api/v1/reports/{made.json['id']}"
    assert focal_point.get(f"/reports/{made.json['id']}").json == made.json
    again = focal_point.post("/reports", FULL)
    assert (again.status_code, again.json["type"]) == (409, "not_now")


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"entity": "KEN"}, 403, []),
        ({"entity": "kaz"}, 422, ["entity"]),
        ({"cycle": "1999"}, 422, ["cycle"]),
        ({"modality": "none"}, 422, ["modality"]),
        ({"modality": "a\x00"}, 422, ["modality"]),
        ({"languages": []}, 422, ["languages"]),
        ({"languages": ["en", "tlh"]}, 422, ["languages.1"]),
        ({"languages": "en"}, 422, ["languages"]),
        ({"surprise": 1}, 422, ["surprise"]),
    ],
)
def test_a_start_that_will_not_do_says_why(world: World, change: dict[str, Any], status: int, where: list[str]) -> None:
    refused = Caller(world, "focal_point", "KAZ").post("/reports", FULL | change)
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (status, where)


def test_a_report_tells_the_steps_open_to_the_caller_and_what_hinders_them(world: World) -> None:
    report = world.report()
    told = Caller(world, "focal_point", "KAZ").get(f"/reports/{report.id}").json
    sentence = "Some things must be filled in before the report can be submitted; the list of checks names each."
    assert told["steps"] == [
        {"name": "ask", "title": "Ask for clearance", "hindrances": [sentence], "reason_needed": False}
    ]
    assert told["progress"]["blockers"] == 5
    assert Caller(world, "contributor", "KAZ").get(f"/reports/{report.id}").json["steps"] == []


def test_the_whole_way_from_the_first_word_to_publication(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    here = f"/reports/{report.id}"
    focal_point, certifier = Caller(world, "focal_point", "KAZ"), Caller(world, "certifier", "KAZ")
    reviewer, lead = Caller(world, "reviewer"), Caller(world, "lead")
    assert focal_point.post(f"{here}/steps/ask", {}).json["state"] == "clearing"
    submitted = certifier.post(f"{here}/steps/submit", {}).json
    assert (submitted["state"], submitted["version"], submitted["timing"]) == ("submitted", 1, "in_time")
    assert reviewer.post(f"{here}/steps/claim", {}).json["assigned_to"]["id"] == str(world.person("reviewer").id)
    hindered = reviewer.post(f"{here}/steps/accept", {})
    assert (hindered.status_code, hindered.json["reasons"]) == (
        409,
        ["The checklist still has points without an answer."],
    )
    points = [{"point": item.key, "verdict": "yes"} for item in world.edition().checklist]
    checked = reviewer.put(f"/review/{report.id}/checks", {"points": points}).json
    assert {point["verdict"] for point in checked["points"]} == {"yes"}
    assert reviewer.get(f"/review/{report.id}/checks").json == checked
    assert reviewer.post(f"{here}/steps/accept", {}).json["state"] == "accepted"
    assert lead.post(f"{here}/steps/publish", {}).json["reasons"] == [
        "The state has not yet given its consent to publication."
    ]
    assert certifier.post(f"{here}/steps/consent", {"attachments": []}).json["state"] == "accepted"
    assert lead.post(f"{here}/steps/publish", {}).json["state"] == "published"
    public = Caller(world, "").get(f"/public{here}").json
    assert (public["entity"], public["version"], public["files"]) == ("KAZ", 1, [])
    assert public["sha256"] == submitted["versions"][0]["sha256"]
    assert [item["id"] for item in Caller(world, "").get("/public/reports").json["items"]] == [str(report.id)]


def test_steps_belong_to_roles(world: World) -> None:
    report = world.report(state="clearing")
    here = f"/reports/{report.id}/steps"
    assert Caller(world, "focal_point", "KAZ").post(f"{here}/submit", {}).status_code == 403
    assert Caller(world, "contributor", "KAZ").post(f"{here}/recall", {}).status_code == 403
    assert Caller(world, "certifier", "KEN").post(f"{here}/submit", {}).status_code == 404


def test_a_step_that_needs_a_reason_says_so(world: World) -> None:
    report = world.report(state="clearing")
    refused = Caller(world, "certifier", "KAZ").post(f"/reports/{report.id}/steps/decline", {"reason": "  "})
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (422, ["reason"])


def test_the_same_key_answers_the_same_and_does_nothing_twice(world: World) -> None:
    report = world.report(state="clearing")
    certifier = Caller(world, "certifier", "KAZ")
    address, key = f"/reports/{report.id}/steps/submit", {"Idempotency-Key": "a key of my own"}
    first = certifier.post(address, {}, headers=key)
    again = certifier.post(address, {}, headers=key)
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert [version["number"] for version in again.json["versions"]] == [1]
    other = certifier.post(address, {"reason": "another body"}, headers=key)
    assert (other.status_code, [problem["where"] for problem in other.json["problems"]]) == (422, ["Idempotency-Key"])
    without = certifier.post(address, {})
    assert (without.status_code, without.json["type"]) == (409, "not_now")


def test_a_key_whose_request_was_refused_can_be_used_again(world: World) -> None:
    report = world.report()
    focal_point = Caller(world, "focal_point", "KAZ")
    address, key = f"/reports/{report.id}/steps/ask", {"Idempotency-Key": "ask"}
    assert focal_point.post(address, {}, headers=key).status_code == 409
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    assert focal_point.post(address, {}, headers=key).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_1_to_200_characters(world: World, key: str) -> None:
    report = world.report()
    refused = Caller(world, "focal_point", "KAZ").post(
        f"/reports/{report.id}/steps/ask", {}, headers={"Idempotency-Key": key}
    )
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (
        422,
        ["Idempotency-Key"],
    )


def test_a_version_is_given_byte_for_byte_with_its_receipt(world: World) -> None:
    report = world.report(state="submitted")
    reviewer = Caller(world, "reviewer")
    version = reviewer.get(f"/reports/{report.id}/versions/1")
    told = reviewer.get(f"/reports/{report.id}").json["versions"]
    receipt = reviewer.get(f"/reports/{report.id}/versions/1/receipt").json["statement"]
    assert (
        json.dumps(json.loads(version.data), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        == version.data
    )
    assert [one["sha256"] for one in told] == [receipt["version"]["sha256"]]
    assert receipt["version"]["size"] == len(version.data)
    assert reviewer.get(f"/reports/{report.id}/versions/2").status_code == 404


def test_the_queue_holds_what_was_received(world: World) -> None:
    world.report("KAZ")
    waiting = world.report("KEN", "submitted")
    queue = Caller(world, "lead").get("/review/queue").json
    assert [
        (item["id"], item["entity"], item["state"], item["assigned_to"], item["timing"]) for item in queue["items"]
    ] == [(str(waiting.id), "KEN", "submitted", None, "in_time")]
    assert queue["items"][0]["submitted_at"] == "2025-06-16T09:00:00Z"
    assert Caller(world, "lead").get("/review/queue?assigned=somebody").json == {"items": [], "next": None}
    assert Caller(world, "lead").get("/review/queue?cycle=1999").status_code == 404
    assert Caller(world, "focal_point", "KEN").get("/review/queue").status_code == 403


def test_the_checklist_refuses_points_that_are_none(world: World) -> None:
    report = world.report(state="in_review")
    refused = Caller(world, "reviewer").put(
        f"/review/{report.id}/checks", {"points": [{"point": "none", "verdict": "yes"}]}
    )
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (422, ["none"])


def test_what_is_not_published_is_not_there_for_the_public(world: World) -> None:
    report = world.report(state="accepted")
    nobody = Caller(world, "")
    there, nowhere = (nobody.get(f"/public/reports/{one}") for one in (report.id, uuid.UUID(int=7)))
    assert (there.status_code, there.data) == (404, nowhere.data)
