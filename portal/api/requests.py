"""Requests for evidence for programs: what is asked of a partner or a person, and the contribution that answers it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from flask import request
from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked as Sent
from portal.api.shapes import Given, Moment, Paging, key_text, one_of, page_of
from portal.db import AnyRow
from portal.http.guard import SAFE
from portal.queries import cycles, requests
from portal.rules.contributions import CHANNELS
from portal.rules.policy import may
from portal.rules.refusals import Missing
from portal.rules.requests import STATES, Asked, Door, state_of, way_in
from portal.services import requests as service
from portal.services.act import Act

calls = Calls(
    "Requests for evidence",
    __name__,
    "A hole of the evidence matrix that a partner or a colleague is asked to fill, with a day that is hoped for.",
)
ONE = "/requests/<uuid:request_id>"


class RequestShape(Given):
    """A request for evidence on a commitment through a channel, in a region ("" for all), of a partner or a person.
    `contribution` is what answers it: those who are asked see it from the moment they choose it, others once it is
    sent. `call` is the call for input by which a request that waits can be answered until its day, null where there is
    none. `reason` is why it was taken back.
    """

    id = fields.UUID()
    cycle = fields.String()
    commitment = fields.String()
    channel = one_of(CHANNELS)
    region = fields.String()
    partner = fields.UUID(allow_none=True)
    asked_of = fields.String()
    text = fields.String()
    due = fields.Date()
    state = one_of(STATES)
    asked_at = Moment()
    asked_by = fields.String()
    contribution = fields.UUID(allow_none=True)
    call = fields.UUID(allow_none=True)
    answered_at = Moment(allow_none=True)
    withdrawn_at = Moment(allow_none=True)
    reason = fields.String()


class RequestsWanted(Paging):
    """Which requests are listed: those of a cycle, the newest where none is named. With `mine` those alone that are
    asked of the caller.
    """

    cycle = key_text()
    state = one_of(STATES)
    mine = fields.Boolean(truthy={"true"}, falsy={"false"})


class AnswerGiven(Sent):
    """The contribution that answers a request: one of the own organisation to the channel and the cycle asked for."""

    contribution = fields.UUID(required=True)


def known(act: Act, request_id: uuid.UUID) -> Asked:
    """Loads the request of an address; one that writes holds its row until the commit. One that this person may not
    know of and one that is not there get the same answer.
    """
    found = requests.request(act.session, request_id, lock=request.method not in SAFE)
    if not may(act.person, "request:read", found):
        raise Missing(requests.NO_REQUEST)
    return found


HERE: dict[str, Any] = {"subject": known, "by": "request_id", "conceal": None}


def told(row: AnyRow, doors: Sequence[Door], at: dt.datetime, *, inside: bool) -> dict[str, Any]:
    """A request for a reader; `inside` for those who are asked."""
    one = row.Request
    door = way_in(one, doors, at)
    names = ("id", "cycle", "commitment", "channel", "region", "text", "due", "answered_at", "withdrawn_at", "reason")
    return {name: getattr(one, name) for name in names} | {
        "partner": one.partner_id,
        "asked_of": row.partner or row.person,
        "state": state_of(one),
        "asked_at": one.made_at,
        "asked_by": row.asked_by,
        "contribution": one.contribution_id if inside or row.first_sent_at else None,
        "call": door.call_id if door else None,
    }


def one_told(act: Act, found: Asked) -> dict[str, Any]:
    """One request for this person."""
    row, doors = requests.listed(act.session, found.request.id), requests.doors(act.session, found.request.cycle)
    return told(row, doors, act.at, inside=act.actor.id in found.members)


@calls.call("GET", "/requests", "request:mine", query=RequestsWanted, gives=page_of(RequestShape), refuses=[404])
def list_requests(act: Act, wanted: dict[str, Any]) -> dict[str, Any]:
    """The requests of a cycle, those that wait first, by their day: for those who read the evidence all of them, for
    others those that are asked of them.
    """
    cycle = cycles.counting(act.session, wanted["cycle"]) if wanted["cycle"] else cycles.current(act.session)
    mine = [row for row in requests.of_person(act.session, act.actor.id) if row.Request.cycle == cycle.key]
    own = {row.Request.id for row in mine}
    every = may(act.person, "evidence:read") and not wanted["mine"]
    rows = requests.of_cycle(act.session, cycle.key) if every else mine
    asked = [row for row in rows if wanted["state"] in (None, state_of(row.Request))]
    found = portion("requests", asked, wanted)
    doors = requests.doors(act.session, cycle.key)
    return found | {"items": [told(row, doors, act.at, inside=row.Request.id in own) for row in found["items"]]}


@calls.call("GET", ONE, "request:read", gives=RequestShape, **HERE)
def read_request(act: Act, found: Asked) -> dict[str, Any]:
    """One request."""
    return one_told(act, found)


@calls.call(
    "POST",
    f"{ONE}/answer",
    "request:answer",
    body=AnswerGiven,
    gives=RequestShape,
    refuses=[409],
    idempotent=True,
    **HERE,
)
def answer_request(act: Act, found: Asked, sent: dict[str, Any]) -> dict[str, Any]:
    """Those who are asked name the contribution by which they answer. Where it was sent after the request was made the
    request is answered at once, else when it is sent.
    """
    service.answer_with(act, found, sent["contribution"])
    return one_told(act, found)
