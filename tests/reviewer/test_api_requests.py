"""Requests for evidence by API: the same people, services and refusals as on the pages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.models.events import Notice
from portal.models.requests import Request
from tests.factories import DAY, World
from tests.portal.callers import Caller
from tests.portal.contributing import partner, send
from tests.reviewer.test_pages import statements
from tests.reviewer.test_requests import DUE, asked, city, draft

SENT = {
    "commitment": "1.3",
    "channel": "f",
    "region": "Arab States",
    "text": "What do cities do?",
    "due": "2025-07-31",
}


def notices(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == kind)) or 0


def made(world: World, **changes: Any) -> Any:
    return Caller(world, "lead").post("/requests", SENT | {"partner": str(city(world))} | changes)


def test_a_hole_becomes_a_request_that_a_contribution_answers(world: World) -> None:
    of = city(world)
    answer = Caller(world, "lead").post("/requests", SENT | {"partner": str(of)})
    assert answer.status_code == 201
    shown = answer.json
    assert answer.headers["Location"] == f"/api/v1/requests/{shown['id']}"
    assert shown == {
        "id": shown["id"], "cycle": "2026", "commitment": "1.3", "channel": "f", "region": "Arab States",
        "partner": str(of), "asked_of": "Example city", "text": "What do cities do?", "due": "2025-07-31",
        "state": "open", "asked_at": shown["asked_at"], "asked_by": world.acting("lead").actor.name,
        "contribution": None, "call": None, "answered_at": None, "withdrawn_at": None, "reason": "",
    }  # fmt: skip
    assert notices("request.make") == 1
    mine, team, path = Caller(world, "partner"), Caller(world, "reviewer"), f"/requests/{shown['id']}"
    assert mine.get("/requests").json == {"items": [shown], "next": None}
    chosen = draft(world, of)
    told = mine.post(f"{path}/answer", {"contribution": str(chosen)}).json
    assert (told["state"], told["contribution"]) == ("open", str(chosen))
    assert team.get(path).json["contribution"] is None  # a draft is the partner's own
    send(world, chosen, at=DAY + dt.timedelta(hours=1))
    told = team.get(path).json
    assert (told["state"], told["contribution"]) == ("answered", str(chosen))
    assert told["answered_at"] == (DAY + dt.timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert mine.get(path).json == told
    refused = mine.post(f"{path}/answer", {"contribution": str(chosen)})
    assert (refused.status_code, refused.json["detail"][:29]) == (409, "The request has been answered")
    late = team.post(f"{path}/withdraw", {"reason": "Found elsewhere."})
    assert (late.status_code, late.mimetype) == (409, "application/problem+json")


def test_a_person_is_asked_by_name(world: World) -> None:
    lead = Caller(world, "lead")
    (who,) = lead.get("/requests/people").json["items"]
    assert who == {"id": str(world.person("regional_officer").id), "name": who["name"]}
    shown = lead.post("/requests", SENT | {"region": "", "channel": "d", "person": who["id"]}).json
    assert (shown["partner"], shown["asked_of"], shown["region"]) == (None, who["name"], "")
    mine = Caller(world, "regional_officer").get("/requests?mine=true").json["items"]
    assert [one["id"] for one in mine] == [shown["id"]]


def test_a_request_is_taken_back_with_a_reason_that_is_read(world: World) -> None:
    one = made(world).json["id"]
    team, mine = Caller(world, "reviewer"), Caller(world, "partner")
    blank = team.post(f"/requests/{one}/withdraw", {"reason": "  "})
    assert (blank.status_code, [p["where"] for p in blank.json["problems"]]) == (422, ["reason"])
    told = team.post(f"/requests/{one}/withdraw", {"reason": "Found elsewhere."}).json
    assert (told["state"], told["reason"], notices("request.withdraw")) == ("withdrawn", "Found elsewhere.", 1)
    assert mine.get(f"/requests/{one}").json["reason"] == "Found elsewhere."
    assert [mine.get(f"/requests?state={state}").json["items"] for state in ("open", "answered")] == [[], []]
    assert [row["id"] for row in mine.get("/requests?state=withdrawn").json["items"]] == [one]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"commitment": "9.9"}, ["commitment"]),
        ({"region": "The Moon"}, ["region"]),
        ({"text": " "}, ["text"]),
        ({"due": "2025-06-01"}, ["due"]),
        ({"due": "2027-06-01"}, ["due"]),
        ({"channel": "c"}, ["partner"]),
        ({"partner": str(uuid.uuid4())}, ["partner"]),
        ({"partner": None}, ["partner"]),
        ({"partner": None, "person": str(uuid.uuid4())}, ["person"]),
        ({"person": str(uuid.uuid4())}, ["partner"]),
        ({"text": " ", "due": "2025-06-01"}, ["text", "due"]),
        ({"due": "soon"}, ["due"]),
        ({"channel": "a"}, ["channel"]),
        ({"more": 1}, ["more"]),
    ],
)
def test_what_will_not_do_is_named_by_its_place(world: World, change: dict[str, Any], where: list[str]) -> None:
    answer = made(world, **change)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [problem["where"] for problem in answer.json["problems"]] == where
    assert db.session.scalar(select(func.count()).select_from(Request)) == 0


def test_the_same_key_asks_once(world: World) -> None:
    lead, key, body = Caller(world, "lead"), {"Idempotency-Key": "one"}, SENT | {"partner": str(city(world))}
    first, again = (lead.post("/requests", body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, first.json == again.json) == (201, 201, True)
    assert again.headers["Location"] == first.headers["Location"]
    assert notices("request.make") == 1
    other = lead.post("/requests", body | {"text": "Another."}, headers=key)
    assert (other.status_code, [p["where"] for p in other.json["problems"]]) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("role", "entity", "statuses"),
    [
        # list, read, people, make, answer, withdraw
        ("lead", None, (200, 200, 200, 201, 403, 200)),
        ("reviewer", None, (200, 200, 200, 201, 403, 200)),
        ("data_officer", None, (200, 200, 403, 403, 403, 403)),
        ("regional_officer", None, (200, 200, 403, 403, 403, 403)),
        ("partner", None, (200, 200, 403, 403, 422, 403)),
        ("administrator", None, (200, 404, 403, 403, 404, 404)),
        ("focal_point", "KAZ", (200, 404, 403, 403, 404, 404)),
        ("", None, (401, 401, 401, 401, 401, 401)),
    ],
)
def test_who_may(world: World, role: str, entity: str | None, statuses: tuple[int, ...]) -> None:
    of = city(world)
    path, caller = f"/requests/{asked(world, of)}", Caller(world, role, entity)
    listing = caller.get("/requests")
    assert (
        listing.status_code,
        caller.get(path).status_code,
        caller.get("/requests/people").status_code,
        caller.post("/requests", SENT | {"partner": str(of), "commitment": "1.1"}).status_code,
        caller.post(f"{path}/answer", {"contribution": str(other(world))}).status_code,
        caller.post(f"{path}/withdraw", {"reason": "Found."}).status_code,
    ) == statuses
    seen = role in ("lead", "reviewer", "data_officer", "regional_officer", "partner")
    if listing.status_code == 200:
        assert len(listing.json["items"]) == int(seen)
        assert caller.get("/requests?mine=true").json["items"] == (listing.json["items"] if role == "partner" else [])


def other(world: World) -> uuid.UUID:
    """A contribution of the city's to another channel: no answer to the request."""
    return draft(world, partner(world, "stakeholder", "Example network").id, "e")


def test_a_contribution_of_another_channel_or_organisation_is_no_answer(world: World) -> None:
    of = city(world)
    path, mine = f"/requests/{asked(world, of)}/answer", Caller(world, "partner")
    for chosen, status in ((draft(world, of, "e"), 422), (other(world), 422), (uuid.uuid4(), 404)):
        answer = mine.post(path, {"contribution": str(chosen)})
        assert answer.status_code == status
        assert [one["where"] for one in answer.json["problems"]] == (["contribution"] if status == 422 else [])


def test_the_list_comes_in_pages_and_costs_the_same_for_few_and_many(world: World) -> None:
    of, lead = city(world), Caller(world, "lead")

    def cost() -> int:
        with statements() as seen:
            assert lead.get("/requests").status_code == 200
        return len(seen)

    days = [DUE + dt.timedelta(days=days) for days in (2, 0, 1)]
    lead.get("/me")  # its token is made before anything is counted
    ids = {days[0]: str(asked(world, of, due=days[0]))}
    few = cost()
    ids |= {day: str(asked(world, of, due=day, commitment=f"2.{number}")) for number, day in enumerate(days[1:], 1)}
    assert cost() == few
    found, cursor = list[str](), ""
    while True:
        page = lead.get(f"/requests?limit=2{cursor}").json
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == [ids[day] for day in sorted(days)]
    assert lead.get("/requests?cycle=1066").status_code == 404
    assert lead.get("/requests?cursor=mine").status_code == 422
