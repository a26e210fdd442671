"""Extensions and phases over the API: written and read as the pages allow, by whom they allow, and refused in words."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.models.cycles import Phase
from portal.models.events import Event, Notice
from portal.models.phases import Extension, PhaseClosing
from portal.rules.phases import SIGNATURES
from tests.factories import World
from tests.portal.callers import Caller

ASKED = {"wanted_until": "2025-07-31", "reason": "The minister is new."}
SYNTHESIS = "/cycles/2026/phases/synthesis"
TEXT = {"title": "Extended report", "text": "What was found.", "note": "first words", "began": 0}


def ask(world: World, body: dict[str, Any] | None = None, **more: Any) -> Any:
    return Caller(world, "focal_point", "KAZ").post("/entities/KAZ/extensions", body or ASKED, **more)


def where(answer: Any) -> list[str]:
    return [problem["where"] for problem in answer.json["problems"]]


def test_a_request_is_asked_read_and_answered(world: World, session: Session) -> None:
    made = ask(world)
    assert made.status_code == 201
    waiting = {
        "id": made.json["id"],
        "entity": "KAZ",
        "cycle": "2026",
        **ASKED,
        "asked_at": made.json["asked_at"],
        "asked_by": "focal point kaz",
        "standing": "waits",
        "until": None,
        "answer": "",
        "answered_at": None,
    }
    assert made.json == waiting
    for caller, path in (
        (Caller(world, "lead"), "/extensions"),
        (Caller(world, "reviewer"), "/extensions?cycle=2026"),
        (Caller(world, "certifier", "KAZ"), "/entities/KAZ/extensions"),
    ):
        assert caller.get(path).json == {"items": [waiting], "next": None}
    lead = Caller(world, "lead")
    given = lead("PATCH", f"/extensions/{waiting['id']}", json={"answer": "give", "until": "2025-07-20"})
    assert (given.status_code, given.json["standing"], given.json["until"]) == (200, "given", "2025-07-20")
    kinds = select(Event.kind).where(Event.kind.like("extension.%")).order_by(Event.sequence)
    assert session.scalars(kinds).all() == ["extension.ask", "extension.give"]
    again = lead("PATCH", f"/extensions/{waiting['id']}", json={"answer": "keep", "words": "No."})
    assert (again.status_code, again.json["detail"]) == (409, "This request was answered already; the answer stands.")


def test_the_deadline_stays_with_a_reason(world: World, session: Session) -> None:
    path = f"/extensions/{ask(world).json['id']}"
    lead = Caller(world, "lead")
    for body, places in (
        ({"answer": "keep"}, ["words"]),
        ({"answer": "keep", "words": "The text is due.", "until": "2025-07-20"}, ["until"]),
        ({"answer": "give", "words": "Of course."}, ["until"]),
        ({"answer": "give", "until": "2025-07-01"}, ["until"]),
        ({"answer": "perhaps"}, ["answer"]),
        ({"answer": "keep", "words": "The text is due.", "day": "2025-07-20"}, ["day"]),
    ):
        refused = lead("PATCH", path, json=body)
        assert (refused.status_code, where(refused)) == (422, places)
    assert session.scalars(select(Extension.answered_at)).all() == [None]
    kept = lead("PATCH", path, json={"answer": "keep", "words": "The text is due."})
    assert (kept.json["standing"], kept.json["answer"], kept.json["until"]) == ("declined", "The text is due.", None)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"wanted_until": "2025-07-31"}, ["reason"]),
        ({**ASKED, "reason": " "}, ["reason"]),
        ({**ASKED, "wanted_until": "2025-07-01"}, ["wanted_until"]),
        ({**ASKED, "wanted_until": "soon"}, ["wanted_until"]),
        ({**ASKED, "entity": "KEN"}, ["entity"]),
    ],
)
def test_what_a_request_may_not_be(world: World, session: Session, body: dict[str, Any], places: list[str]) -> None:
    refused = ask(world, body)
    assert (refused.status_code, where(refused)) == (422, places)
    assert session.scalars(select(Extension.id)).all() == []


def test_a_repeated_request_is_one_and_a_second_waits_for_the_first(world: World, session: Session) -> None:
    key = {"Idempotency-Key": "one"}
    first, same = ask(world, headers=key), ask(world, headers=key)
    assert (first.status_code, same.status_code, first.json) == (201, 201, same.json)
    second = ask(world)
    assert second.status_code == 409
    assert second.json["detail"] == "A request of your country waits for its answer; please wait for it."
    assert len(session.scalars(select(Extension.id)).all()) == 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/extensions", {"reviewer", "lead"}),
        ("GET", "/entities/KAZ/extensions", {"focal_point", "contributor", "certifier", "reviewer", "lead"}),
        ("POST", "/entities/KAZ/extensions", {"focal_point"}),
        ("PATCH", "/extensions/ID", {"lead"}),
        ("GET", SYNTHESIS, {"reviewer", "lead"}),
        ("GET", f"{SYNTHESIS}/texts/1", {"reviewer", "lead"}),
        ("POST", f"{SYNTHESIS}/texts", {"lead"}),
        ("POST", f"{SYNTHESIS}/signatures", {"reviewer", "lead"}),
        ("POST", f"{SYNTHESIS}/closing", {"lead"}),
    ],
)
def test_who_may(world: World, method: str, path: str, allowed: set[str]) -> None:
    path = path.replace("ID", str(ask(world).json["id"]))
    state = ("focal_point", "contributor", "certifier")
    callers = {role: Caller(world, role, "KAZ") for role in state}
    callers |= {f"{role} of KEN": Caller(world, role, "KEN") for role in state}
    callers |= {role: Caller(world, role) for role in ("reviewer", "lead", "data_officer", "administrator")}
    more: dict[str, Any] = {} if method == "GET" else {"json": {}}
    let_in = {name for name, caller in callers.items() if caller(method, path, **more).status_code != 403}
    assert let_in == allowed


def test_a_phase_is_written_signed_and_closed(world: World, session: Session) -> None:
    lead, reviewer = Caller(world, "lead"), Caller(world, "reviewer")
    session.execute(update(Phase).where(Phase.key == "feedback").values(closes=dt.date(2025, 6, 1)))
    session.commit()
    assert lead.post("/cycles/2026/phases/feedback/closing", {}).status_code == 201
    written = lead.post(f"{SYNTHESIS}/texts", TEXT)
    assert (written.status_code, written.json["number"], written.json["signatures"]) == (201, 1, [])
    assert reviewer.get(f"{SYNTHESIS}/texts/1").json == written.json
    hindered = lead.post(f"{SYNTHESIS}/closing", {})
    needed = "The newest version of the text needs the sign-off of two persons."
    assert (hindered.status_code, hindered.json["reasons"]) == (409, [needed])
    assert lead.get(SYNTHESIS).json["hindrances"] == [needed]
    assert SIGNATURES == 2
    for caller, post in ((lead, "Head of the unit"), (reviewer, "Officer")):
        signed = caller.post(f"{SYNTHESIS}/signatures", {"number": 1, "post": post})
        assert (signed.status_code, signed.json["signatures"][-1]["post"]) == (201, post)
    closed = lead.post(f"{SYNTHESIS}/closing", {"reason": "Both have signed."})
    assert closed.status_code == 201
    assert (closed.json["closing"]["version"], closed.json["closing"]["reason"]) == (1, "Both have signed.")
    assert reviewer.get(SYNTHESIS).json["closing"] == closed.json["closing"]
    kinds = select(Event.kind).where(Event.kind.like("phase.%")).order_by(Event.sequence)
    assert session.scalars(kinds).all() == ["phase.close", "phase.write", "phase.sign", "phase.sign", "phase.close"]
    told = session.scalars(select(Notice.kind).where(Notice.kind == "phase.close")).all()
    assert len(told) == 2  # the reviewer alone, twice: the lead has done it


@pytest.mark.parametrize(
    ("path", "body", "places"),
    [
        ("texts", {**TEXT, "title": ""}, ["title"]),
        ("texts", {**TEXT, "text": "\u200b" * 200_001}, ["text"]),
        ("texts", {**TEXT, "began": 1}, ["text"]),
        ("texts", {**TEXT, "began": "0"}, ["began"]),
        ("texts", {**TEXT, "more": 1}, ["more"]),
        ("texts", {"title": "T", "text": "W"}, ["began"]),
        ("signatures", {"number": 1, "post": "x" * 201}, ["post"]),
        ("closing", {"words": "x"}, ["words"]),
    ],
)
def test_what_a_phase_refuses(
    world: World, session: Session, path: str, body: dict[str, Any], places: list[str]
) -> None:
    refused = Caller(world, "lead").post(f"{SYNTHESIS}/{path}", body)
    assert (refused.status_code, where(refused)) == (422, places)
    assert session.scalars(select(PhaseClosing.phase)).all() == []


def test_what_is_not_there(world: World) -> None:
    lead = Caller(world, "lead")
    for path in (
        "/cycles/2026/phases/no-such",
        "/cycles/none/phases/synthesis",
        f"{SYNTHESIS}/texts/1",
        "/extensions?cycle=none",
        "/entities/XXX/extensions",
    ):
        assert lead.get(path).status_code == 404
    assert lead("PATCH", f"/extensions/{uuid.UUID(int=7)}", json={"answer": "keep"}).status_code == 404
    assert lead.post(f"{SYNTHESIS}/signatures", {"number": 1}).status_code == 409
