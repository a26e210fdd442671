"""Partners, calls and contributions for tests, made by the services themselves."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from portal.db import db
from portal.http.context import signer
from portal.models.contributions import Call, Contribution, Partner
from portal.queries import contributions as held
from portal.rules.contributions import Filing
from portal.services import calls_for_input, contributions, moderation, partners
from portal.services.act import Act
from portal.services.contributions import Begin, Draft
from portal.services.partners import NewPartner
from tests.factories import DAY, World, address

HEAD: dict[str, Any] = {
    "title": "Rents in cities of Central Asia",
    "licence": "cc-by-4.0",
    "credit": "Example agency",
    "areas": ["Kazakhstan", "Central Asia"],
}
VALUES: dict[str, dict[str, Any]] = {
    "c": {
        "CC.1/form": "trend",
        "CC.1/period": {"from": "2015", "to": "2023"},
        "CC.2/text": "Rents rose faster than wages.\n\nMost in the largest cities.",
    },
    "d": {
        "CD.1/scope": "country",
        "CD.1/period": {"from": "2020", "to": "2024"},
        "CD.2/progress": "Plans are made in the open.",
    },
    "e": {"CE.1/practices": [{"id": "homes", "title": "Homes by the canal", "place": "Almaty"}]},
    "f": {"CF.1/form": "statement", "CF.2/text": "Cities ask to be heard."},
}
KIND = {"c": "agency", "d": "country_office", "e": "stakeholder", "f": "city"}


def partner(
    world: World, kind: str = "agency", name: str = "Example agency", *, people: tuple[str, ...] = ("partner",)
) -> Partner:
    """A confirmed partner for which the people of these roles file."""
    act = world.acting("lead")
    made = partners.add_partner(act, NewPartner(name, kind))
    for role in people:
        partners.invite(act, made.id, address(role))
    world.done()
    return made


def call(world: World, channel: str = "c", registration: str = "open", named: tuple[uuid.UUID, ...] = ()) -> Call:
    """A call for input that is open on the day of the world."""
    terms = calls_for_input.Terms(
        channel,
        f"Input to channel {channel}",
        "Please send what you know.",
        registration,
        DAY - dt.timedelta(days=7),
        DAY + dt.timedelta(days=30),
        partners=named,
    )
    made = calls_for_input.open_call(world.acting("lead"), terms)
    world.done()
    return made


def filing(act: Act, contribution_id: uuid.UUID) -> Filing:
    """The contribution with its row held."""
    return held.filing(act.session, held.get(act.session, contribution_id, lock=True))


def contribution(world: World, channel: str = "c", state: str = "draft", **head: Any) -> Contribution:
    """A contribution in this state, moved there by the services; `values` are answers beside the usual ones."""
    of = partner(world, KIND[channel])
    to = call(world, channel)
    act = world.acting("partner")
    told = HEAD | {"values": VALUES[channel]} | head
    told["values"] = VALUES[channel] | told["values"]
    made = contributions.start(act, Begin(to.id, of.id), Draft(**told)).id
    world.done()
    if state != "draft":
        send(world, made)
    if state not in ("draft", "sent", "withdrawn"):
        decide(world, made, state, "a reason")
    if state == "withdrawn":
        act = world.acting("partner")
        contributions.withdraw(act, filing(act, made))
        world.done()
    return held.get(db.session, made)


def save(world: World, contribution_id: uuid.UUID, draft: Draft, base: int, role: str = "partner") -> bool:
    """Saves as a person of this role."""
    act = world.acting(role)
    joined = contributions.save(act, filing(act, contribution_id), draft, base)
    world.done()
    return joined


def send(world: World, contribution_id: uuid.UUID, at: dt.datetime | None = None) -> int:
    """Sends the draft; the number of the version."""
    act = world.acting("partner", at=at)
    number = contributions.send(act, filing(act, contribution_id), signer()).number
    world.done()
    return number


def decide(world: World, contribution_id: uuid.UUID, outcome: str, reason: str = "", role: str = "reviewer") -> None:
    """The team decides, a minute after what came before."""
    world.at += dt.timedelta(minutes=1)
    act = world.acting(role)
    found = filing(act, contribution_id)
    moderation.moderate(act, found, moderation.Seen(found.contribution.versions), outcome, reason)
    world.done()
