"""The people of an entity: who holds which role, invitations, and ending a role."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Moment, Paging, entity_code, one_of, page_of, words
from portal.http.guard import office
from portal.http.inviting import door
from portal.models.accounts import Membership
from portal.models.sharing import Invitation
from portal.queries import colleagues as people
from portal.queries.colleagues import Office
from portal.rules.policy import STATE_ROLES
from portal.services import colleagues, invitations
from portal.services.act import Act
from portal.services.invitations import LONGEST_ADDRESS, Call

calls = Calls("Colleagues", __name__, "Who reports for an entity, and who is invited to.")
PEOPLE = "/entities/<iso3:iso3>/people"
INVITATIONS = "/entities/<iso3:iso3>/invitations"
OF: dict[str, Any] = {"subject": office, "by": "iso3", "conceal": None}
ROLES = sorted(STATE_ROLES)


class RoleShape(Given):
    """A role that a person holds or held for an entity; `ended_at` is null while it is in force."""

    id = fields.UUID()
    person = fields.UUID()
    name = fields.String()
    email = fields.String()
    role = one_of(ROLES)
    granted_at = Moment()
    ended_at = Moment(allow_none=True)


class InvitationShape(Given):
    """An invitation that is open until `closes_at`; with `succeeds` the role of the focal point who invites ends when
    it is accepted."""

    id = fields.UUID()
    entity = entity_code()
    email = fields.String()
    role = one_of(ROLES)
    succeeds = fields.Boolean()
    invited_at = Moment()
    closes_at = Moment()


class FreshInvitation(InvitationShape):
    """An invitation just made. Its code and the link that holds it are given this once and kept nowhere; a repeated
    call makes another and closes this one."""

    code = fields.String()
    link = fields.String()


class NewInvitation(Asked):
    """Whom to invite to which role; `succeeds` makes it the invitation of the caller's own successor."""

    email = words(LONGEST_ADDRESS, required=True)
    role = one_of(ROLES, required=True)
    succeeds = fields.Boolean(load_default=False, truthy={True}, falsy={False})


def _role(held: Membership, name: str, email: str) -> dict[str, Any]:
    return {
        "id": held.id,
        "person": held.user_id,
        "name": name,
        "email": email,
        "role": held.role,
        "granted_at": held.granted_at,
        "ended_at": held.ended_at,
    }


def _invitation(one: Invitation) -> dict[str, Any]:
    return {
        "id": one.id,
        "entity": one.entity,
        "email": one.email,
        "role": one.role,
        "succeeds": one.succeeds is not None,
        "invited_at": one.invited_at,
        "closes_at": one.closes_at,
    }


@calls.call("GET", PEOPLE, "people:see", query=Paging, gives=page_of(RoleShape), **OF)
def list_people(act: Act, found: Office, paging: dict[str, Any]) -> dict[str, Any]:
    """Every role ever held for an entity, those in force first."""
    rows = people.memberships(act.session, found.entity)
    return portion("people", [_role(row.Membership, row.name, row.email) for row in rows], paging)


@calls.call("POST", f"{PEOPLE}/<uuid:membership_id>/end", "people:manage", gives=RoleShape, refuses=[409], **OF)
def end_role(act: Act, found: Office, membership_id: uuid.UUID) -> dict[str, Any]:
    """Ends a role from the next call on. What the person wrote stays; what was in their hands falls back to the focal
    point. 409 for the only focal point."""
    ended = colleagues.end(act, found, membership_id)
    rows = people.memberships(act.session, found.entity)
    return next(_role(row.Membership, row.name, row.email) for row in rows if row.Membership.id == ended.id)


@calls.call("GET", INVITATIONS, "people:see", query=Paging, gives=page_of(InvitationShape), **OF)
def list_invitations(act: Act, found: Office, paging: dict[str, Any]) -> dict[str, Any]:
    """The invitations that are open now, the newest first."""
    rows = people.invitations(act.session, found.entity, act.at)
    return portion("invitations", [_invitation(row.Invitation) for row in rows], paging)


@calls.call("POST", INVITATIONS, "people:manage", body=NewInvitation, gives=Answer(FreshInvitation, 201), **OF)
def invite(act: Act, found: Office, sent: dict[str, Any]) -> dict[str, Any]:
    """Opens an invitation. The portal does not send it: pass on the link or the code. An earlier one of the same
    address and role closes."""
    made, secret = invitations.invite(act, found, Call(**sent))
    return _invitation(made) | {"code": secret, "link": door(secret)}


@calls.call("POST", f"{INVITATIONS}/<uuid:invitation_id>/revoke", "people:manage", gives=InvitationShape, **OF)
def revoke_invitation(act: Act, found: Office, invitation_id: uuid.UUID) -> dict[str, Any]:
    """Takes an open invitation back; its link serves no longer."""
    return _invitation(invitations.revoke(act, found, invitation_id))
