"""Desk profiles by API: compiled by the team, answered by the state, shown to others as far as the state agreed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.api.profiles import SEEN_BEFORE
from portal.db import db
from portal.models.profiles import ProfileAnswer
from portal.rules.profiles import ALL_REFUSED, LABEL, NOTHING_TO_TELL, STATE_FIRST
from portal.services.profiles import Said
from tests.factories import World
from tests.portal.callers import Caller
from tests.portal.contributing import contribution
from tests.portal.test_profiles import TABLE, compiled, figures, furnished, rows, said, without_contribution

KAZ = "/entities/KAZ/profile"


def known(world: World) -> None:
    """What the other channels hold on Kazakhstan, of which no profile is compiled yet."""
    figures(world)
    contribution(world, "c", "accepted", areas=["Kazakhstan"])


def answers() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ProfileAnswer)) or 0


def test_a_profile_is_compiled_answered_and_shown(world: World) -> None:
    known(world)
    team, state, other = Caller(world, "lead"), Caller(world, "focal_point", "KAZ"), Caller(world, "partner")
    assert state.get(KAZ).status_code == 404
    told = team.post(KAZ, {})
    assert told.status_code == 200
    profile = state.get(KAZ).json
    assert profile == told.json
    assert (profile["entity"], profile["cycle"], profile["label"]) == ("KAZ", "2026", LABEL)
    assert (profile["waiting"], profile["hindering"], profile["reported"]) == (3, [STATE_FIRST], False)
    kinds = [(part["kind"], part["channel"], part["answer"], part["words"]) for part in profile["parts"]]
    assert sorted(kinds) == [("figure", "b", None, ""), ("passage", "c", None, ""), ("passage", "c", None, "")]
    assert [bool(part["contribution"]) for part in profile["parts"]] == [
        part["kind"] == "passage" for part in profile["parts"]
    ]
    one, two, three = (part["id"] for part in profile["parts"])
    sent = [
        {"part": one, "answer": "confirmed"},
        {"part": two, "answer": "corrected", "words": " It is 12. ", "language": "ru"},
    ]
    profile = state.post(f"{KAZ}/answers", {"answers": sent}).json
    given = [(part["answer"], part["words"], part["words_language"]) for part in profile["parts"]]
    assert given == [("confirmed", "", "en"), ("corrected", "It is 12.", "ru"), (None, "", None)]
    early = team.post(f"{KAZ}/release", {})
    assert (early.status_code, early.json["reasons"]) == (409, [STATE_FIRST])
    assert other.get(KAZ).status_code == 403
    state.post(f"{KAZ}/answers", {"answers": [{"part": three, "answer": "refused"}]})
    assert team.post(f"{KAZ}/release", {}).json["released_at"] is not None
    shown = other.get(KAZ).json
    assert [part["id"] for part in shown["parts"]] == [one, two]
    assert (shown["waiting"], shown["hindering"]) == (None, None)
    assert len(state.get(KAZ).json["parts"]) == 3


def test_nothing_new_and_nothing_at_all_are_refused(world: World) -> None:
    team = Caller(world, "reviewer")
    empty = team.post(KAZ, {})
    assert (empty.status_code, empty.json["detail"]) == (409, NOTHING_TO_TELL)
    known(world)
    assert [team.post(KAZ, {}).status_code for _ in range(2)] == [200, 409]


def test_all_parts_are_confirmed_or_the_whole_is_refused(world: World) -> None:
    furnished(world)
    first = rows(world)[0].ProfileItem.id
    state = Caller(world, "certifier", "KAZ")
    state.post(f"{KAZ}/answers", {"answers": [{"part": first, "answer": "corrected", "words": "It is 12."}]})
    parts = state.post(f"{KAZ}/answers", {"all": "confirmed"}).json["parts"]
    assert [part["answer"] for part in parts] == ["corrected", "confirmed", "confirmed"]
    profile = state.post(f"{KAZ}/answers", {"all": "refused"}).json
    assert ([part["answer"] for part in profile["parts"]], profile["hindering"]) == (["refused"] * 3, [ALL_REFUSED])


def part(**changes: Any) -> dict[str, Any]:
    return {"part": 0, "answer": "confirmed"} | changes


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({}, ["answers"]),
        ({"answers": [part()], "all": "confirmed"}, ["answers"]),
        ({"answers": [part(), part(answer="corrected", part=1, words=" ")]}, ["answers.1.words"]),
        ({"answers": [part(part=7)]}, ["answers.0.answer"]),
        ({"answers": [part(), part()]}, ["answers.0.part"]),
        ({"answers": [part(answer="perhaps")]}, ["answers.0.answer"]),
        ({"all": "corrected"}, ["all"]),
        ({"answers": [part(more=1)]}, ["answers.0.more"]),
        ({"answers": [part(seen=0)]}, ["answers.0.seen"]),
        ({"answers": [part()], "upto": 1}, ["upto"]),
    ],
)
def test_what_will_not_do_is_named_by_its_place_and_nothing_is_kept(
    world: World, sent: dict[str, Any], where: list[str]
) -> None:
    furnished(world)
    ids = [row.ProfileItem.id for row in rows(world)]
    for one in sent.get("answers", ()):
        one["part"] = ids[one["part"]] if one["part"] < len(ids) else 2**30
    answer = Caller(world, "focal_point", "KAZ").post(f"{KAZ}/answers", sent)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert ([problem["where"] for problem in answer.json["problems"]], answers()) == (where, 0)


def test_an_older_look_takes_back_no_answer_of_a_colleague(world: World) -> None:
    furnished(world)
    state = Caller(world, "focal_point", "KAZ")
    ids = [row.ProfileItem.id for row in rows(world)]
    said(world, {ids[0]: Said("confirmed")})
    seen = [part["answer_id"] for part in state.get(KAZ).json["parts"]]
    assert (type(seen[0]), seen[1:]) == (int, [None, None])
    said(world, {ids[0]: Said("refused", "Not ours."), ids[1]: Said("refused")}, "certifier")

    def send(*given: str) -> Any:
        sent = [part(part=ids[n], answer=one, seen=seen[n]) for n, one in enumerate(given)]
        return state.post(f"{KAZ}/answers", {"answers": sent})

    answer = send("confirmed", "confirmed", "confirmed")
    assert (answer.status_code, answer.json["problems"]) == (
        422,
        [{"where": "answers.1.seen", "sentence": SEEN_BEFORE}],
    )
    assert [row.answer for row in rows(world)] == ["refused", "refused", None]
    assert [one["answer"] for one in send("confirmed").json["parts"]] == ["refused", "refused", None]
    seen = [part["answer_id"] for part in state.get(KAZ).json["parts"]]
    answer = send("confirmed", "confirmed", "confirmed")
    assert [one["answer"] for one in answer.json["parts"]] == ["confirmed"] * 3


def test_parts_that_came_since_a_look_are_confirmed_by_nobody_unseen(world: World) -> None:
    furnished(world)
    state = Caller(world, "focal_point", "KAZ")
    upto = max(part["id"] for part in state.get(KAZ).json["parts"])
    figures(world, TABLE + "2020,PT,11.75\n", "2025")
    compiled(world)
    parts = state.post(f"{KAZ}/answers", {"all": "confirmed", "upto": upto}).json["parts"]
    assert [(part["id"] > upto, part["answer"]) for part in parts if part["id"] > upto or not part["answer"]] == [
        (True, None)
    ]
    parts = state.post(f"{KAZ}/answers", {"all": "confirmed"}).json["parts"]
    assert [part["answer"] for part in parts] == ["confirmed"] * 4


def test_a_part_whose_source_withdrew_it_is_marked_and_given_to_nobody_else(world: World) -> None:
    furnished(world)
    state, other = Caller(world, "focal_point", "KAZ"), Caller(world, "focal_point", "KEN")
    state.post(f"{KAZ}/answers", {"all": "confirmed"})
    Caller(world, "lead").post(f"{KAZ}/release", {})
    assert [part["withdrawn"] for part in other.get(KAZ).json["parts"]] == [False] * 3
    without_contribution(world, "withdrawn")
    assert sorted((part["channel"], part["withdrawn"]) for part in state.get(KAZ).json["parts"]) == [
        ("b", False),
        ("c", True),
        ("c", True),
    ]
    assert [part["channel"] for part in other.get(KAZ).json["parts"]] == ["b"]


def test_the_same_key_answers_once(world: World) -> None:
    furnished(world)
    state, key = Caller(world, "focal_point", "KAZ"), {"Idempotency-Key": "one"}
    first = state.post(f"{KAZ}/answers", {"all": "confirmed"}, headers=key)
    said(world, {rows(world)[0].ProfileItem.id: Said("refused")})
    again = state.post(f"{KAZ}/answers", {"all": "confirmed"}, headers=key)
    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    assert answers() == 4


@pytest.mark.parametrize(
    ("role", "entity", "statuses"),
    [
        # read, answer, compile, release, list
        ("focal_point", "KAZ", (200, 200, 403, 403, 403)),
        ("certifier", "KAZ", (200, 200, 403, 403, 403)),
        ("contributor", "KAZ", (200, 403, 403, 403, 403)),
        ("focal_point", "KEN", (403, 403, 403, 403, 403)),
        ("reviewer", None, (200, 403, 409, 403, 200)),
        ("lead", None, (200, 403, 409, 409, 200)),
        ("data_officer", None, (403, 403, 403, 403, 403)),
        ("partner", None, (403, 403, 403, 403, 403)),
        ("", None, (401, 401, 401, 401, 401)),
    ],
)
def test_who_may(world: World, role: str, entity: str | None, statuses: tuple[int, ...]) -> None:
    furnished(world)
    caller, first = Caller(world, role, entity), rows(world)[0].ProfileItem.id
    assert (
        caller.get(KAZ).status_code,
        caller.post(f"{KAZ}/answers", {"answers": [{"part": first, "answer": "confirmed"}]}).status_code,
        caller.post(KAZ, {}).status_code,
        caller.post(f"{KAZ}/release", {}).status_code,
        caller.get("/profiles").status_code,
    ) == statuses


def test_the_states_without_a_report_are_listed_with_their_profiles(world: World) -> None:
    furnished(world)
    said(world, {rows(world)[0].ProfileItem.id: Said("refused")})
    team = Caller(world, "reviewer")
    found, cursor = [], ""
    while True:
        page = team.get(f"/profiles?limit=50{cursor}").json
        found += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len({one["entity"] for one in found}) == len(found) > 50
    (kaz,) = [one for one in found if one["entity"] == "KAZ"]
    assert (kaz["parts"], kaz["answered"], kaz["released_at"], bool(kaz["compiled_at"])) == (3, 1, None, True)
    (ken,) = [one for one in found if one["entity"] == "KEN"]
    assert (ken["parts"], ken["compiled_at"]) == (0, None)
    region = team.get("/profiles", query_string={"region": kaz["region"], "limit": 500}).json["items"]
    assert {one["entity"] for one in region} == {one["entity"] for one in found if one["region"] == kaz["region"]}
