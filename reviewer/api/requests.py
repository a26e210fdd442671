"""Requests for evidence, for programs of the team: a hole of the matrix becomes a request, or it is taken back."""

from __future__ import annotations

from typing import Any

from flask import url_for
from marshmallow import fields

from forms.words import N_
from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.requests import HERE, ONE, RequestShape, one_told
from portal.api.shapes import Asked as Sent
from portal.api.shapes import Given, Paging, key_text, one_of, page_of, words
from portal.queries import cycles, requests
from portal.rules.contributions import CHANNELS
from portal.rules.refusals import Invalid, Problem
from portal.rules.requests import MOST, Asked
from portal.services.act import Act
from reviewer.queries import matrix
from reviewer.services import requests as service
from reviewer.services.requests import Wish

calls = Calls("Asking for evidence", __name__, "The reporting team asks partners and colleagues for evidence.")
ONE_OF_THEM = N_("Please name a partner or a person, one of the two.")


class NewRequest(Sent):
    """A request for evidence, of a partner or of a person; in a region, "" for all."""

    cycle = key_text(load_default=None)
    commitment = words(64, required=True)
    channel = one_of(CHANNELS, required=True)
    region = words(100, load_default="")
    text = words(MOST, required=True)
    due = fields.Date(required=True)
    partner = fields.UUID(load_default=None, allow_none=True)
    person = fields.UUID(load_default=None, allow_none=True)


class Reason(Sent):
    """Why a request is taken back; those who were asked read it."""

    reason = words(MOST, required=True)


class Askable(Given):
    """A person who can be asked by name."""

    id = fields.UUID()
    name = fields.String()


@calls.call("GET", "/requests/people", "request:make", query=Paging, gives=page_of(Askable))
def list_people_to_ask(act: Act, paging: dict[str, Any]) -> dict[str, Any]:
    """The people who can be asked by name; the partners that can be asked stand in the list of partners."""
    return portion("people to ask", requests.persons(act.session, service.PERSONS), paging)


@calls.call(
    "POST",
    "/requests",
    "request:make",
    body=NewRequest,
    gives=Answer(RequestShape, 201, ("Location",)),
    refuses=[404],
    idempotent=True,
)
def make_request(act: Act, sent: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Asks for evidence; those who are asked are told."""
    key, partner, person = sent.pop("cycle"), sent.pop("partner"), sent.pop("person")
    if (partner is None) is (person is None):
        raise Invalid(ONE_OF_THEM, [Problem("partner", ONE_OF_THEM)])
    cycle = cycles.counting(act.session, key) if key else cycles.current(act.session)
    place = "partner" if partner else "person"
    try:
        made = service.make(
            act, Wish(cycle.key, **sent, partner_id=partner, person=person), matrix.regions(act.session)
        )
    except Invalid as refusal:
        found = [Problem(place if one.where == "asked" else one.where, one.sentence) for one in refusal.problems]
        raise Invalid(refusal.sentence, found) from None
    where = url_for("Requests for evidence.read_request", request_id=made.id)
    return one_told(act, requests.request(act.session, made.id)), {"Location": where}


@calls.call(
    "POST",
    f"{ONE}/withdraw",
    "request:make",
    body=Reason,
    gives=RequestShape,
    refuses=[409],
    idempotent=True,
    **HERE,
)
def withdraw_request(act: Act, found: Asked, sent: dict[str, Any]) -> dict[str, Any]:
    """Takes a request back with a reason, which those who were asked read."""
    service.withdraw(act, found, sent["reason"])
    return one_told(act, found)
