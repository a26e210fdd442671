"""Registrations for calls for input, and the people of partners, for programs."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, url_for
from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Moment, Paging, entity_code, key_text, one_of, page_of, words
from portal.http.context import settings
from portal.http.contributing import call
from portal.http.guard import PUBLIC, SAFE
from portal.models.contributions import Call, Partner, Registration
from portal.queries import calls_for_input as held
from portal.queries import cycles, partners
from portal.rules.contributions import CHANNELS, PARTNER_KINDS
from portal.rules.naming import REPORTING_REGIONS
from portal.services import calls_for_input as service
from portal.services import partners as partner_service
from portal.services.act import Act
from portal.services.calls_for_input import LONGEST_NAME, LONGEST_TEXT, Asking
from portal.services.invitations import LONGEST_ADDRESS
from portal.services.partners import NewPartner

calls = Calls("Partners", __name__, "Who asks to contribute to a call, and who files for a partner.")
ONE = "/partners/<uuid:partner_id>"


def partner(act: Act, partner_id: uuid.UUID) -> Partner:
    """Loads the partner of an address; a request that writes holds its row until the commit."""
    return partners.get(act.session, partner_id, lock=request.method not in SAFE)


OF: dict[str, Any] = {"subject": partner, "by": "partner_id", "conceal": None}


class RegistrationShape(Given):
    """An organisation that asks to contribute to a call, and the person who would file for it. Before the lead answers,
    `decided_at` and `confirmed` are null; `reason` is why it was declined."""

    id = fields.UUID()
    call = fields.UUID()
    partner = fields.UUID()
    name = fields.String()
    kind = one_of(PARTNER_KINDS)
    region = fields.String(allow_none=True)
    entity = fields.String(allow_none=True)
    person = fields.String()
    email = fields.String()
    words = fields.String()
    asked_at = Moment()
    decided_at = Moment(allow_none=True)
    confirmed = fields.Boolean(allow_none=True)
    reason = fields.String()


class NewRegistration(Asked):
    """An organisation that asks to contribute, and who would file for it."""

    name = words(partner_service.LONGEST_NAME, required=True)
    kind = one_of(PARTNER_KINDS, required=True)
    region = one_of(REPORTING_REGIONS, load_default=None, allow_none=True)
    entity = entity_code(load_default=None, allow_none=True)
    person = words(LONGEST_NAME, required=True)
    email = words(LONGEST_ADDRESS, required=True)
    words = words(LONGEST_TEXT, load_default="")


class RegistrationsWanted(Paging):
    """Which registrations are listed: those for calls of a cycle, the newest where none is named, and of a channel."""

    cycle = key_text()
    channel = one_of(CHANNELS)


class AccessShape(Given):
    """How a person comes to file for a partner. One who has an account does so at once: `joined`. For another, `code`
    is the code of an invitation, given this once and kept nowhere, and `page` where it is accepted; a repeated call
    makes another and closes this one."""

    partner = fields.UUID()
    email = fields.String()
    joined = fields.Boolean()
    code = fields.String(allow_none=True)
    page = fields.String(allow_none=True)


class WhyNot(Asked):
    """Why a registration is declined; the reason is kept with it."""

    reason = words(LONGEST_TEXT, required=True)


def _registration(row: Registration, of: Partner) -> dict[str, Any]:
    names = ("id", "email", "words", "asked_at", "decided_at", "confirmed", "reason")
    about = {name: getattr(of, name) for name in ("name", "kind", "region", "entity")}
    of_it = {"call": row.call_id, "partner": of.id, "person": row.name}
    return {name: getattr(row, name) for name in names} | about | of_it


def _access(partner_id: uuid.UUID, email: str, code: str | None) -> dict[str, Any]:
    page = settings().base_url + url_for("partners.invitation") if code else None
    return {"partner": partner_id, "email": email, "joined": code is None, "code": code, "page": page}


@calls.call(
    "POST",
    "/calls/<uuid:call_id>/registrations",
    PUBLIC,
    body=NewRegistration,
    gives=Answer(RegistrationShape, 201),
    refuses=[409],
    subject=call,
    by="call_id",
)
def register_for_call(act: Act, found: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """Asks to contribute to a call with open registration; needs no token. The lead is told, and answers."""
    organisation = NewPartner(*(sent[name] for name in ("name", "kind", "region", "entity")))
    row = service.register(act, found.id, Asking(organisation, sent["person"], sent["email"], sent["words"]))
    return _registration(row, partners.get(act.session, row.partner_id))


@calls.call(
    "GET", "/registrations", "partner:see", query=RegistrationsWanted, gives=page_of(RegistrationShape), refuses=[404]
)
def list_registrations(act: Act, wanted: dict[str, Any]) -> dict[str, Any]:
    """The registrations that wait for an answer, oldest first."""
    cycle = cycles.counting(act.session, wanted["cycle"]) if wanted["cycle"] else cycles.current(act.session)
    rows = held.registrations(act.session, cycle.key, wanted["channel"])
    return portion("registrations", [_registration(row.Registration, row.Partner) for row in rows], wanted)


@calls.call(
    "POST",
    "/registrations/<uuid:registration_id>/confirm",
    "partner:manage",
    gives=AccessShape,
    refuses=[409],
)
def confirm_registration(act: Act, registration_id: uuid.UUID) -> dict[str, Any]:
    """Confirms an organisation that registered: the partner stands, is on the list of the call, and the person files
    for it. The portal does not send the code: pass it on."""
    row, code = service.confirm(act, registration_id)
    return _access(row.partner_id, row.email, code)


@calls.call(
    "POST",
    "/registrations/<uuid:registration_id>/decline",
    "partner:manage",
    body=WhyNot,
    gives=RegistrationShape,
    refuses=[409],
)
def decline_registration(act: Act, sent: dict[str, Any], registration_id: uuid.UUID) -> dict[str, Any]:
    """Declines an organisation that registered, with a reason."""
    row = service.decline(act, registration_id, sent["reason"])
    return _registration(row, partners.get(act.session, row.partner_id))


class MemberShape(Given):
    """A person who files or filed for a partner; `ended_at` is null while that is so."""

    person = fields.UUID()
    name = fields.String()
    email = fields.String()
    added_at = Moment()
    ended_at = Moment(allow_none=True)


class OpenInvitation(Given):
    """An invitation to file for a partner that is open until `closes_at`; its code is kept nowhere."""

    id = fields.UUID()
    email = fields.String()
    invited_at = Moment()
    closes_at = Moment()


class Invited(Asked):
    """The address of a person who is to file for a partner."""

    email = words(LONGEST_ADDRESS, required=True)


def _members(act: Act, partner_id: uuid.UUID) -> list[dict[str, Any]]:
    names = ("added_at", "ended_at")
    return [
        {"person": row.PartnerMember.user_id, "name": row.name, "email": row.email}
        | {name: getattr(row.PartnerMember, name) for name in names}
        for row in partners.people(act.session, partner_id)
    ]


@calls.call("GET", f"{ONE}/people", "partner:see", query=Paging, gives=page_of(MemberShape), **OF)
def list_members(act: Act, found: Partner, paging: dict[str, Any]) -> dict[str, Any]:
    """Everybody who files or filed for a partner, those who do first."""
    return portion("members", _members(act, found.id), paging)


@calls.call("POST", f"{ONE}/people", "partner:manage", body=Invited, gives=Answer(AccessShape, 201), **OF)
def invite_member(act: Act, found: Partner, sent: dict[str, Any]) -> dict[str, Any]:
    """Lets a person file for a partner. The portal does not send the code: pass it on. An earlier invitation to the
    same address closes."""
    email = sent["email"].strip().lower()
    return _access(found.id, email, partner_service.invite(act, found.id, email))


@calls.call("POST", f"{ONE}/people/<uuid:user_id>/end", "partner:manage", gives=MemberShape, **OF)
def end_membership(act: Act, found: Partner, user_id: uuid.UUID) -> dict[str, Any]:
    """Ends that a person files for a partner. What they wrote stays, and their account too."""
    partner_service.leave(act, found.id, user_id)
    return next(one for one in _members(act, found.id) if one["person"] == user_id)


@calls.call("GET", f"{ONE}/invitations", "partner:see", query=Paging, gives=page_of(OpenInvitation), **OF)
def list_partner_invitations(act: Act, found: Partner, paging: dict[str, Any]) -> dict[str, Any]:
    """The invitations to a partner that are open now."""
    names = ("id", "email", "invited_at", "closes_at")
    rows = partners.invitations(act.session, found.id, act.at)
    return portion("invitations", [{name: getattr(row, name) for name in names} for row in rows], paging)
