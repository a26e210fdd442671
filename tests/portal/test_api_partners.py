"""Registrations for calls and the people of partners, by API: the same people, services and refusals as on pages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.models.contributions import CallPartner, PartnerInvitation, PartnerMember, Registration
from portal.models.events import Event, Notice
from portal.services import partners
from tests.factories import PASSWORD, World, address, csrf
from tests.portal.callers import Caller
from tests.portal.contributing import call, partner

NOBODY = str(uuid.UUID(int=7))
ASKING = {
    "name": "City of Almaty",
    "kind": "agency",
    "entity": "KAZ",
    "person": "A. Person",
    "email": "Person@Almaty.example ",
    "words": "We know rents.",
}


def count(model: Any, kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(model.kind == kind)) or 0


def problems(answer: Any) -> tuple[int, list[str]]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, [one["where"] for one in answer.json["problems"]]


def asked(world: World, **changes: Any) -> Any:
    """An organisation asks, without a token, to contribute to an open call."""
    answer = Caller(world, "").post(f"/calls/{call(world).id}/registrations", ASKING | changes)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_an_organisation_registers_and_is_confirmed(world: World) -> None:
    shown = asked(world)
    assert shown == {
        "id": shown["id"],
        "call": shown["call"],
        "partner": shown["partner"],
        "name": "City of Almaty",
        "kind": "agency",
        "region": None,
        "entity": "KAZ",
        "person": "A. Person",
        "email": "person@almaty.example",
        "words": "We know rents.",
        "asked_at": shown["asked_at"],
        "decided_at": None,
        "confirmed": None,
        "reason": "",
    }
    assert (count(Event, "registration.ask"), count(Notice, "registration.ask")) == (1, 1)
    lead, path = Caller(world, "lead"), f"/registrations/{shown['id']}"
    assert Caller(world, "reviewer").get("/registrations?channel=c").json == {"items": [shown], "next": None}
    assert [lead.get(f"/registrations?{of}").json["items"] for of in ("channel=d", "cycle=2026")] == [[], [shown]]
    told = lead.post(f"{path}/confirm", {}).json
    assert told == {
        "partner": shown["partner"],
        "email": "person@almaty.example",
        "joined": False,
        "code": told["code"],
        "page": "http://127.0.0.1:8000/partner-invitation",
    }
    assert [one["id"] for one in lead.get("/partners").json["items"]] == [shown["partner"]]
    listed = select(func.count()).select_from(CallPartner).where(CallPartner.partner_id == uuid.UUID(shown["partner"]))
    assert (db.session.scalar(listed), count(Event, "registration.confirm")) == (1, 1)
    for step, body in (("confirm", {}), ("decline", {"reason": "Too late."})):
        late = lead.post(f"{path}/{step}", body)
        assert (late.status_code, late.json["detail"]) == (409, "This registration has been answered already.")
    assert lead.get("/registrations").json["items"] == []
    browser = world.app.test_client()
    page = browser.get("/partner-invitation").get_data(as_text=True)
    sent = {"csrf_token": csrf(page), "code": told["code"], "name": "A. Person", "password": PASSWORD}
    assert browser.post("/partner-invitation", data=sent).status_code == 303


def test_a_registration_is_declined_with_a_reason(world: World) -> None:
    shown = asked(world)
    lead, path = Caller(world, "lead"), f"/registrations/{shown['id']}/decline"
    assert problems(lead.post(path, {"reason": " "})) == (422, ["reason"])
    told = lead.post(path, {"reason": "It is no agency."}).json
    assert told == shown | {"decided_at": told["decided_at"], "confirmed": False, "reason": "It is no agency."}
    assert (lead.get("/registrations").json["items"], count(Event, "registration.decline")) == ([], 1)
    assert lead.get("/partners").json["items"] == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": " "}, ["name"]),
        ({"kind": "city"}, ["kind"]),
        ({"entity": "ZZZ"}, ["entity"]),
        ({"region": "The Moon"}, ["region"]),
        ({"person": " "}, ["person"]),
        ({"email": "nobody"}, ["email"]),
        ({"person": "", "email": ""}, ["person", "email"]),
        ({"more": 1}, ["more"]),
    ],
)
def test_what_will_not_do_is_named_by_its_place(world: World, change: dict[str, Any], where: list[str]) -> None:
    answer = Caller(world, "").post(f"/calls/{call(world).id}/registrations", ASKING | change)
    assert problems(answer) == (422, where)
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_a_call_that_takes_no_registration_says_so_and_nobody_asks_twice(world: World) -> None:
    nobody, shown = Caller(world, ""), asked(world)
    twice = nobody.post(f"/calls/{shown['call']}/registrations", ASKING)
    assert (twice.status_code, twice.json["detail"][:26]) == (409, "Somebody with this address")
    named = call(world, registration="named", named=(partner(world).id,))
    closed = nobody.post(f"/calls/{named.id}/registrations", ASKING)
    assert (closed.status_code, closed.json["detail"]) == (409, "This call takes no registrations now.")
    assert nobody.post(f"/calls/{NOBODY}/registrations", ASKING).status_code == 404


def test_people_come_to_file_for_a_partner_and_leave(world: World) -> None:
    of = partner(world, people=())
    lead, path = Caller(world, "lead"), f"/partners/{of.id}"
    known = lead.post(f"{path}/people", {"email": f" {address('partner').upper()}"})
    assert (known.status_code, known.json) == (
        201,
        {"partner": str(of.id), "email": address("partner"), "joined": True, "code": None, "page": None},
    )
    assert (count(Notice, "partner.join"), count(Event, "partner.join")) == (1, 1)
    first, second = (lead.post(f"{path}/people", {"email": "new@example.org"}).json for _ in range(2))
    assert (first["joined"], second["joined"], first["code"] == second["code"]) == (False, False, False)
    world.at += dt.timedelta(days=1)
    act = world.act(None)
    assert [bool(partners.offer(act, one["code"])) for one in (first, second)] == [False, True]
    rows = db.session.scalars(select(PartnerInvitation).order_by(PartnerInvitation.invited_at))
    open_ones = [one for one in rows if one.closes_at > world.at]
    (shown,) = Caller(world, "reviewer").get(f"{path}/invitations").json["items"]
    assert (shown["id"], shown["email"]) == (str(open_ones[0].id), "new@example.org")
    assert second["code"] not in Caller(world, "reviewer").get(f"{path}/invitations").text
    (member,) = Caller(world, "reviewer").get(f"{path}/people").json["items"]
    who = world.person("partner")
    assert member == {
        "person": str(who.id),
        "name": who.name,
        "email": address("partner"),
        "added_at": member["added_at"],
        "ended_at": None,
    }
    assert problems(lead.post(f"{path}/people", {"email": "nobody"})) == (422, ["email"])
    ended = lead.post(f"{path}/people/{who.id}/end", {}).json
    assert ended == member | {"ended_at": ended["ended_at"]}
    assert ended["ended_at"] is not None
    assert lead.post(f"{path}/people/{who.id}/end", {}).status_code == 404
    assert count(Event, "partner.leave") == 1
    assert db.session.scalars(select(PartnerMember.ended_at)).one() is not None


@pytest.mark.parametrize(
    ("role", "sees"),
    [("reviewer", 200), ("data_officer", 403), ("partner", 403), ("administrator", 403), ("focal_point", 403)],
)
def test_the_team_sees_and_the_lead_decides(world: World, role: str, sees: int) -> None:
    shown, of = asked(world), partner(world)
    who = world.person("partner").id
    caller = Caller(world, role, "KAZ" if role == "focal_point" else None)
    for path in ("registrations", f"partners/{of.id}/people", f"partners/{of.id}/invitations"):
        assert caller.get(f"/{path}").status_code == sees, path
    for path, body in (
        (f"registrations/{shown['id']}/confirm", {}),
        (f"registrations/{shown['id']}/decline", {"reason": "A reason."}),
        (f"partners/{of.id}/people", {"email": "new@example.org"}),
        (f"partners/{of.id}/people/{who}/end", {}),
    ):
        assert caller.post(f"/{path}", body).status_code == 403, path
    assert (
        db.session.scalar(select(func.count()).select_from(Registration).where(Registration.decided_at.is_(None))) == 1
    )
