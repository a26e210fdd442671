"""Calls for input and partners for programs."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Moment, Paging, entity_code, key_text, one_of, page_of, words
from portal.http.contributing import call
from portal.models.contributions import Call
from portal.queries import calls_for_input as held
from portal.queries import cycles, partners
from portal.rules.contributions import CALL_STATES, CHANNELS, PARTNER_KINDS, REGISTRATIONS
from portal.rules.naming import REPORTING_REGIONS
from portal.services import calls_for_input as service
from portal.services import partners as partner_service
from portal.services.act import Act
from portal.services.calls_for_input import Terms
from portal.services.partners import NewPartner

calls = Calls("Calls for input", __name__, "Calls for input to the channels c to f, and the partners that contribute.")


class CallShape(Given):
    """A call for input: what it asks in which channel, until when, of whom."""

    id = fields.UUID()
    cycle = fields.String()
    channel = one_of(CHANNELS)
    title = fields.String()
    text = fields.String()
    edition = fields.String()
    registration = one_of(REGISTRATIONS)
    opens_at = Moment()
    closes_at = Moment()
    closed_at = Moment(allow_none=True)
    state = one_of(CALL_STATES)


class CallsWanted(Paging):
    """Which calls are listed: those of a cycle, the newest where none is named, and of a channel."""

    cycle = key_text()
    channel = one_of(CHANNELS)


class NewCall(Asked):
    """A call to open. `edition` is needed only where it is not the one that ships with the portal."""

    channel = one_of(CHANNELS, required=True)
    title = words(service.LONGEST_TITLE, required=True)
    text = words(service.LONGEST_TEXT, required=True)
    registration = one_of(REGISTRATIONS, required=True)
    opens_at = Moment(required=True)
    closes_at = Moment(required=True)
    partners = fields.List(fields.UUID(), load_default=list)
    edition = key_text()
    cycle = key_text()


class PartnerShape(Given):
    """A partner; `region` and `entity` tell where it works, null for the whole world."""

    id = fields.UUID()
    name = fields.String()
    kind = one_of(PARTNER_KINDS)
    region = fields.String(allow_none=True)
    entity = fields.String(allow_none=True)
    credit = fields.String()


class AddedPartner(Asked):
    """A partner to bring in."""

    name = words(partner_service.LONGEST_NAME, required=True)
    kind = one_of(PARTNER_KINDS, required=True)
    region = one_of(REPORTING_REGIONS, load_default=None, allow_none=True)
    entity = entity_code(load_default=None, allow_none=True)
    credit = words(partner_service.LONGEST_NAME, load_default="")


def _shape(act: Act, one: Call) -> dict[str, Any]:
    names = ("id", "cycle", "channel", "title", "text", "edition", "registration", "opens_at", "closes_at", "closed_at")
    return {name: getattr(one, name) for name in names} | {"state": held.window(one).state(act.at)}


@calls.call("GET", "/calls", "contribution:list", query=CallsWanted, gives=page_of(CallShape), refuses=[404])
def list_calls(act: Act, wanted: dict[str, Any]) -> dict[str, Any]:
    """The calls for input of a cycle, those that close last first."""
    cycle = cycles.counting(act.session, wanted["cycle"]) if wanted["cycle"] else cycles.current(act.session)
    rows = [_shape(act, one) for one in held.calls(act.session, cycle.key, wanted["channel"])]
    return portion("calls", rows, wanted)


@calls.call(
    "POST", "/calls", "call:write", body=NewCall, gives=Answer(CallShape, 201), refuses=[404, 409], idempotent=True
)
def open_call(act: Act, sent: dict[str, Any]) -> dict[str, Any]:
    """Opens a call for input, and tells the people of the partners on its list."""
    return _shape(act, service.open_call(act, Terms(**sent)))


@calls.call(
    "POST",
    "/calls/<uuid:call_id>/close",
    "call:write",
    gives=CallShape,
    refuses=[409],
    subject=call,
    by="call_id",
    conceal=None,
)
def close_call(act: Act, found: Call) -> dict[str, Any]:
    """Closes a call before its day."""
    return _shape(act, service.close_call(act, found.id))


class CallEnd(Asked):
    """Until when a call takes contributions."""

    closes_at = Moment(required=True)


@calls.call(
    "PATCH",
    "/calls/<uuid:call_id>",
    "call:write",
    body=CallEnd,
    gives=CallShape,
    subject=call,
    by="call_id",
    conceal=None,
)
def keep_call_open(act: Act, found: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """Sets another end of a call; one that was closed takes contributions again."""
    return _shape(act, service.keep_open(act, found.id, sent["closes_at"]))


class NamedPartner(Asked):
    """A partner to put on the list of a call."""

    partner = fields.UUID(required=True)


@calls.call(
    "POST",
    "/calls/<uuid:call_id>/partners",
    "call:write",
    body=NamedPartner,
    gives=CallShape,
    subject=call,
    by="call_id",
    conceal=None,
)
def name_partner(act: Act, found: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """Puts a partner on the list of a call, and tells its people; one that is there stays there."""
    service.name_partner(act, found.id, sent["partner"])
    return _shape(act, found)


@calls.call("GET", "/partners", "contribution:list", query=Paging, gives=page_of(PartnerShape))
def list_partners(act: Act, paging: dict[str, Any]) -> dict[str, Any]:
    """The partners: for the team all that are confirmed, for others those for whom the caller files."""
    team = {"reviewer", "lead"} & act.actor.roles
    found = partners.confirmed(act.session) if team else partners.of_person(act.session, act.actor.id)
    return portion("partners", found, paging)


@calls.call("POST", "/partners", "partner:manage", body=AddedPartner, gives=Answer(PartnerShape, 201), idempotent=True)
def add_partner(act: Act, sent: dict[str, Any]) -> Any:
    """Brings a partner in."""
    return partner_service.add_partner(act, NewPartner(**sent))
