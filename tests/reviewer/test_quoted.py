"""What may be quoted and not be published whole: who reads its words, door by door."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.contributions import Contribution
from portal.models.passages import NearCopy, Passage
from portal.queries import profiles as desks
from portal.services import profiles
from portal.services.contributions import Draft
from tests.factories import World
from tests.portal import contributing
from tests.portal.callers import Caller
from tests.portal.contributing import HEAD, contribution
from tests.reviewer.doors import told_at

WORDS = "Rents rose faster than wages."
TITLE = "Rents in cities of Central Asia"
PROFILE = "/entities/KAZ/profile"


def shown_to_others(world: World, licence: str) -> dict[str, Any]:
    """A contribution under this licence in a desk profile of Kazakhstan that is shown to others; its ids."""
    made = contribution(world, "c", "accepted", areas=["Kazakhstan"], licence=licence)
    of = {"contribution_id": made.id, "partner_id": made.partner_id}
    act = world.acting("lead")
    profiles.compile_profile(act, desks.desk(act.session, "KAZ", lock=True))
    world.done()
    act = world.acting("focal_point", "KAZ")
    profiles.answer_all(act, desks.desk(act.session, "KAZ", lock=True), "confirmed")
    world.done()
    act = world.acting("lead")
    profiles.release(act, desks.desk(act.session, "KAZ", lock=True))
    world.done()
    first = db.session.scalars(select(Passage.id).order_by(Passage.id)).first()
    return of | {"passage_id": first, "iso3": "KAZ", "number": 1, "version": 1, "cycle": "2026", "channel": "c"}


@pytest.mark.parametrize(
    ("role", "entity"),
    [
        ("focal_point", "KEN"),
        ("certifier", "KEN"),
        ("data_officer", None),
        ("regional_officer", None),
        ("contributor", "KAZ"),
        ("administrator", None),
    ],
)
def test_others_read_title_and_credit_alone_at_every_door(world: World, role: str, entity: str | None) -> None:
    named = shown_to_others(world, "quote")
    assert told_at(world, WORDS, named, role, entity) == set()


def test_the_state_that_is_named_and_the_team_read_it_whole(world: World) -> None:
    named = shown_to_others(world, "quote")
    for role, entity in (("focal_point", "KAZ"), ("certifier", "KAZ"), ("lead", None), ("reviewer", None)):
        read = told_at(world, WORDS, named, role, entity)
        assert {PROFILE, f"/api/v1{PROFILE}", f"/contributions/{named['contribution_id']}"} <= read


def test_the_profile_names_what_it_withholds_and_shows_what_is_free(world: World) -> None:
    named = shown_to_others(world, "quote")
    html = world.browser("focal_point", "KEN").get(PROFILE).text
    wanted = (TITLE, "Example agency", "quoted with its credit", "refused every")
    assert [html.count(one) for one in wanted] == [
        1,
        1,
        1,
        0,
    ]
    told = Caller(world, "focal_point", "KEN").get(PROFILE).get_json()
    assert told["parts"] == []
    assert told["withheld"] == [
        {
            "contribution": str(named["contribution_id"]),
            "title": TITLE,
            "credit": "Example agency",
            "licence": "quote",
        }
    ]
    whole = Caller(world, "certifier", "KAZ").get(PROFILE).get_json()
    assert (len(whole["parts"]), whole["withheld"]) == (2, [])


def test_under_another_licence_others_read_it(world: World) -> None:
    named = shown_to_others(world, "cc-by-4.0")
    assert PROFILE in told_at(world, WORDS, named, "focal_point", "KEN")
    assert told_at(world, WORDS, named, "data_officer") >= {"/evidence", "/api/v1/passages", PROFILE}


def test_the_licence_is_that_of_the_version_and_not_of_the_draft(world: World) -> None:
    named = shown_to_others(world, "quote")
    db.session.get_one(Contribution, named["contribution_id"]).licence = "cc-by-4.0"
    db.session.commit()
    assert told_at(world, WORDS, named, "data_officer") == set()
    told = Caller(world, "data_officer").get("/passages").get_json()
    assert told["items"] == []


def test_an_earlier_version_that_is_not_to_be_published_whole_stands_beside_none_that_is(world: World) -> None:
    named = shown_to_others(world, "quote")
    values = contributing.VALUES["c"] | {"CC.2/text": f"{WORDS[:-1]}, and faster still in 2024."}
    contributing.save(world, named["contribution_id"], Draft(**HEAD, values=values), 1)
    contributing.send(world, named["contribution_id"])
    contributing.decide(world, named["contribution_id"], "accepted")
    new = db.session.scalars(select(Passage).where(Passage.version == 2).order_by(Passage.id)).first()
    assert new is not None
    assert new.follows == named["passage_id"]
    page = f"/evidence/passages/{new.id}"
    read = {role: world.browser(role).get(page).text.count(WORDS) for role in ("data_officer", "reviewer")}
    assert read == {"data_officer": 0, "reviewer": 1}


def test_a_near_copy_that_is_not_to_be_published_whole_is_listed_for_the_team_alone(world: World) -> None:
    first = shown_to_others(world, "quote")["passage_id"]
    free = contribution(world, "f", "accepted", areas=["Kazakhstan"])
    other = db.session.scalars(select(Passage.id).where(Passage.contribution_id == free.id)).first()
    db.session.add(NearCopy(passage_id=first, other_id=other, likeness=0.9, kind="partner", found_at=world.at))
    db.session.commit()
    for page in ("/evidence/near-copies", f"/evidence/passages/{other}"):
        assert WORDS not in world.browser("data_officer").get(page).text
    assert WORDS in world.browser("reviewer").get("/evidence/near-copies").text
