"""Answers over the API: read, saved, joined, kept apart, and seen by nobody else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.factories import World
from tests.portal.callers import Caller

SUMMARY = "F.2/summary"


def save(caller: Caller, report: uuid.UUID, value: Any, base: int, question: str = SUMMARY) -> Any:
    return caller.put(
        f"/reports/{report}/answers/{question}", {"value": value, "language": "en", "base_revision": base}
    )


def test_every_question_that_counts_is_there_before_the_first_word(world: World) -> None:
    report = world.report()
    answer = Caller(world, "focal_point", "KAZ").get(f"/reports/{report.id}/answers").json
    asked = world.edition().counted("full")
    assert [item["question"] for item in answer["items"]] == [question.key for question in asked]
    assert answer["next"] is None
    assert {(item["revision"], item["value"], item["changed_by"]) for item in answer["items"]} == {(0, None, None)}


def test_a_list_of_answers_goes_on_where_it_stopped(world: World) -> None:
    report = world.report(languages=("en", "ru"))
    world.hand_out(report, "F.2", shared=True)
    caller = Caller(world, "contributor", "KAZ")
    whole = caller.get(f"/reports/{report.id}/answers").json["items"]
    found, cursor = [], ""
    while cursor is not None:
        page = caller.get(f"/reports/{report.id}/answers?limit=300{cursor}").json
        found += page["items"]
        cursor = page["next"] and f"&cursor={page['next']}"
    assert found == whole
    assert caller.get(f"/reports/{report.id}/problems?cursor={page['next'] or 'x'}").status_code == 422


def test_a_save_gives_the_next_revision_and_can_be_read_back(world: World) -> None:
    report = world.report()
    caller = Caller(world, "focal_point", "KAZ")
    assert save(caller, report.id, "The  country \r\nreports.", 0).json == {
        "question": SUMMARY,
        "language": "en",
        "value": "The  country\nreports.",
        "revision": 1,
        "merged": False,
        "findings": [],
    }
    read = caller.get(f"/reports/{report.id}/answers/{SUMMARY}?language=en").json
    assert read.pop("changed_at").endswith("Z")
    assert read == {
        "question": SUMMARY,
        "kind": "narrative",
        "language": "en",
        "value": "The  country\nreports.",
        "revision": 1,
        "changed_by": world.person("focal_point", "KAZ").name,
    }


def test_two_changes_in_different_places_are_joined(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    one, other = Caller(world, "focal_point", "KAZ"), Caller(world, "contributor", "KAZ")
    save(one, report.id, "First.\n\nSecond.", 0)
    save(one, report.id, "First, longer.\n\nSecond.", 1)
    joined = save(other, report.id, "First.\n\nSecond, longer.", 1)
    assert (joined.status_code, joined.json["value"], joined.json["revision"], joined.json["merged"]) == (
        200,
        "First, longer.\n\nSecond, longer.",
        3,
        True,
    )


def test_two_changes_of_one_sentence_come_back_with_all_three_texts(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    one, other = Caller(world, "focal_point", "KAZ"), Caller(world, "contributor", "KAZ")
    save(one, report.id, "A sentence.", 0)
    save(one, report.id, "My sentence.", 1)
    stale = save(other, report.id, "Your sentence.", 1)
    assert (stale.status_code, stale.mimetype) == (409, "application/problem+json")
    told = {name: stale.json[name] for name in ("type", "base", "theirs", "yours", "revision", "changed_by")}
    assert told == {
        "type": "stale",
        "base": "A sentence.",
        "theirs": "My sentence.",
        "yours": "Your sentence.",
        "revision": 2,
        "changed_by": world.person("focal_point", "KAZ").name,
    }
    assert one.get(f"/reports/{report.id}/answers/{SUMMARY}").json["value"] == "My sentence."


@pytest.mark.parametrize(
    ("question", "value", "where"),
    [
        (SUMMARY, ["a list"], ["value"]),
        (SUMMARY, 7, ["value"]),
        (SUMMARY, "a\x00b", ["value"]),
        ("F.1/contacts", [{"name": 7}], ["value.0.name"]),
        ("F.1/contacts", [{"surprise": "x"}], ["value.0.surprise"]),
        ("F.1/contacts", {"name": "x"}, ["value"]),
    ],
)
def test_only_the_shape_of_a_value_is_refused(world: World, question: str, value: Any, where: list[str]) -> None:
    report = world.report()
    refused = save(Caller(world, "focal_point", "KAZ"), report.id, value, 0, question)
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (422, where)


def test_half_of_a_surrogate_pair_is_refused(world: World) -> None:
    report = world.report()
    body = b'{"value": "\\ud800", "language": "en", "base_revision": 0}'
    address = f"/reports/{report.id}/answers/{SUMMARY}"
    refused = Caller(world, "focal_point", "KAZ")("PUT", address, data=body, content_type="application/json")
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (422, ["value"])


@pytest.mark.parametrize("base", [-1, 2**31, 10**30, True, "0", 0.5, None])
def test_a_revision_is_a_whole_number(world: World, base: Any) -> None:
    report = world.report()
    refused = save(Caller(world, "focal_point", "KAZ"), report.id, "x", base)
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (422, ["base_revision"])


def test_what_is_odd_in_a_value_is_said_and_kept(world: World) -> None:
    report = world.report()
    saved = save(Caller(world, "focal_point", "KAZ"), report.id, {"from": "2024", "to": "2021"}, 0, "F.1/period")
    assert (saved.status_code, saved.json["value"]) == (200, {"from": "2024", "to": "2021"})
    assert [(one["severity"], one["question"]) for one in saved.json["findings"]] == [("error", "F.1/period")]


def test_another_language_than_those_of_the_report_is_refused(world: World) -> None:
    report = world.report()
    caller = Caller(world, "focal_point", "KAZ")
    assert caller.get(f"/reports/{report.id}/answers/{SUMMARY}?language=ru").status_code == 422
    assert caller.get(f"/reports/{report.id}/answers/{SUMMARY}?language=xx").status_code == 422


def test_a_question_that_is_not_asked_is_not_there(world: World) -> None:
    report = world.report()
    caller = Caller(world, "focal_point", "KAZ")
    assert caller.get(f"/reports/{report.id}/answers/9.9/none").status_code == 404
    assert save(caller, report.id, "x", 0, "9.9/none").status_code == 404


def test_a_draft_is_the_state_s_own(world: World) -> None:
    """A stranger gets the same bytes for a draft as for a report that is none."""
    report, none = world.report().id, uuid.UUID(int=7)
    strangers = [
        Caller(world, "contributor", "KEN"),
        Caller(world, "reviewer"),
        Caller(world, "lead"),
        Caller(world, "administrator"),
    ]
    body = {"value": "x", "language": "en", "base_revision": 0}
    for stranger in strangers:
        for path in (
            "",
            "/answers",
            f"/answers/{SUMMARY}",
            "/problems",
            "/attachments",
            "/versions/1",
            "/versions/1/receipt",
        ):
            there, nowhere = (stranger.get(f"/reports/{one}{path}") for one in (report, none))
            assert (there.status_code, there.data, there.headers) == (404, nowhere.data, nowhere.headers)
        there, nowhere = (stranger.put(f"/reports/{one}/answers/{SUMMARY}", body) for one in (report, none))
        assert (there.status_code, there.data) == (404, nowhere.data)
        there, nowhere = (stranger.post(f"/reports/{one}/steps/ask", {}) for one in (report, none))
        assert (there.status_code, there.data) == (404, nowhere.data)


def test_a_reviewer_reads_what_was_submitted_and_never_the_draft(world: World) -> None:
    report = world.report(state="clarifying")
    reviewer = Caller(world, "reviewer")
    assert [
        reviewer.get(f"/reports/{report.id}{path}").status_code for path in ("", "/versions/1", "/versions/1/receipt")
    ] == [200] * 3
    assert [
        reviewer.get(f"/reports/{report.id}{path}").status_code
        for path in ("/answers", f"/answers/{SUMMARY}", "/problems", "/attachments")
    ] == [403] * 4
    assert save(reviewer, report.id, "x", 1).status_code == 403


def test_a_certifier_reads_and_does_not_write(world: World) -> None:
    report = world.report()
    certifier = Caller(world, "certifier", "KAZ")
    assert certifier.get(f"/reports/{report.id}/answers/{SUMMARY}").status_code == 200
    assert save(certifier, report.id, "x", 0).status_code == 403


def test_nothing_is_written_while_the_report_is_with_the_certifier(world: World) -> None:
    report = world.report(state="clearing")
    refused = save(Caller(world, "focal_point", "KAZ"), report.id, "x", 1)
    assert (refused.status_code, refused.json["type"], refused.json["reasons"]) == (
        409,
        "not_now",
        ["The report is with the certifier for clearance."],
    )


def test_the_check_tells_severity_question_and_sentence(world: World) -> None:
    report = world.report()
    found = Caller(world, "focal_point", "KAZ").get(f"/reports/{report.id}/problems").json["items"]
    blockers = {item["question"] for item in found if item["severity"] == "blocker"}
    assert blockers == {"F.1/institution", "F.1/period", "F.1/contacts", SUMMARY, "F.3/process"}
    assert {tuple(sorted(item)) for item in found} == {
        ("about", "explanation", "language", "place", "question", "rule", "sentence", "severity")
    }
