"""Invitations to report for an entity: the secret is shown once, kept as a digest, serves once, closes by itself."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, select, update

from forms.words import N_
from portal.db import new_id
from portal.models.accounts import User
from portal.models.entities import Entity
from portal.models.sharing import Invitation
from portal.queries import colleagues
from portal.queries.colleagues import Office, open_at
from portal.rules.policy import STATE_ROLES
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services.accounts import HASHER, PASSWORD_LENGTH, normal_password, secret_digest
from portal.services.act import Act
from portal.services.colleagues import grant, hand_over

OPEN_FOR = dt.timedelta(days=7)
ADDRESS = re.compile(r"[^@\s\0]+@[^@\s\0]+\.[^@\s\0]+")
LONGEST_ADDRESS, LONGEST_NAME = 254, 200
NOT_OPEN = N_(
    "This invitation cannot be accepted: the code is not right, or the invitation was used, taken back, or is "
    "older than 7 days. Please check the code, or ask the focal point for a new one."
)
NO_INVITATION = N_("This invitation is not open any more; please reload the page.")


@dataclass(frozen=True)
class Call:
    """Whom a focal point invites to what; `succeeds` makes it the invitation of the own successor."""

    email: str
    role: str
    succeeds: bool = False


@dataclass(frozen=True)
class Offer:
    """An open invitation as the invited person sees it. `account` is that of the address, None where there is none."""

    invitation: Invitation
    names: dict[str, str]
    account: uuid.UUID | None


@dataclass(frozen=True)
class Chosen:
    """What an invited person chooses for the new account."""

    name: str
    password: str
    language: str = "en"


def invite(act: Act, office: Office, call: Call) -> tuple[Invitation, str]:
    """Opens an invitation; its secret is returned here and kept nowhere. An earlier one of the same address and role
    closes, so that a lost link is replaced by inviting again. Invalid when address or role will not do.
    """
    me = act.demand("people:manage", office)
    email, role = call.email.strip().lower(), "focal_point" if call.succeeds else call.role
    _demand_fit(act, office, email, role)
    same = (Invitation.email == email) & (Invitation.role == role)
    if call.succeeds:
        same |= Invitation.succeeds == me.id
    _close(act, Invitation.entity == office.entity, same)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        digest=secret_digest(secret),
        entity=office.entity,
        role=role,
        email=email,
        succeeds=me.id if call.succeeds else None,
        invited_at=act.at,
        invited_by=me.id,
        closes_at=act.at + OPEN_FOR,
    )
    act.session.add(invitation)
    act.session.flush()
    told = {"invitation": str(invitation.id), "role": role, "succession": call.succeeds}
    act.record("invitation.open", told, entity=office.entity)
    known = act.session.scalars(select(User.id).where(User.email == email, User.active)).all()
    act.notify("invitation.open", known, {"role": role, "entity": office.entity})
    return invitation, secret


def _demand_fit(act: Act, office: Office, email: str, role: str) -> None:
    problems = []
    if not ADDRESS.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        problems.append(Problem("email", N_("Please give an e-mail address such as name@example.org.")))
    if role not in STATE_ROLES:
        problems.append(Problem("role", N_("Please choose one of the roles of a state.")))
    held = [person for person in colleagues.people(act.session, office.entity) if person.email == email]
    if any(role in person.roles for person in held):
        problems.append(Problem("email", N_("This person holds this role already.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)


def _close(act: Act, *which: ColumnElement[bool]) -> None:
    act.session.execute(update(Invitation).where(*which, *open_at(act.at)).values(revoked_at=act.at))


def revoke(act: Act, office: Office, invitation_id: uuid.UUID) -> Invitation:
    """Takes an open invitation back; Missing when it is none of this entity, or no longer open."""
    act.demand("people:manage", office)
    found = act.session.get(Invitation, invitation_id)
    if found is None or found.entity != office.entity or not _is_open(found, act.at):
        raise Missing(NO_INVITATION)
    found.revoked_at = act.at
    act.record("invitation.revoke", {"invitation": str(found.id), "role": found.role}, entity=office.entity)
    return found


def _is_open(invitation: Invitation, at: dt.datetime) -> bool:
    return invitation.accepted_at is None and invitation.revoked_at is None and invitation.closes_at > at


def offer(act: Act, secret: str, *, lock: bool = False) -> Offer | None:
    """What the bearer of this secret is invited to; None, whatever the cause, when it cannot be accepted. `lock` holds
    the office of the entity first, so that a secret that is sent twice at once serves once.
    """
    digest = secret_digest(secret.strip())
    if lock:
        _hold_office(act, Invitation.digest == digest)
    query = (
        select(Invitation, Entity.names, User.id, User.active)
        .join(Entity, Entity.iso3 == Invitation.entity)
        .outerjoin(User, User.email == Invitation.email)
        .where(Invitation.digest == digest, *open_at(act.at))
    )
    row = act.session.execute(query).one_or_none()
    if row is None or row.active is False:
        return None
    return Offer(row.Invitation, row.names, row.id)


def accept_anew(act: Act, open_offer: Offer, chosen: Chosen) -> uuid.UUID:
    """Opens the account of the invited address under the name and password that the person chose, and accepts.

    Only here does the account begin to exist. Invalid when name or password will not do.
    """
    user_id = open_account(act, open_offer.invitation.email, chosen)
    accept(act, open_offer.invitation.id, user_id, open_offer.invitation.email)
    return user_id


def open_account(act: Act, email: str, chosen: Chosen) -> uuid.UUID:
    """Opens the account of an address that was invited, as part of another act. Invalid when name or password will not
    do.
    """
    name = " ".join(unicodedata.normalize("NFC", chosen.name.replace("\0", "")).split())
    problems = []
    if not 1 <= len(name) <= LONGEST_NAME:
        problems.append(Problem("name", N_("Please write how you want to be shown, in up to 200 characters.")))
    if not PASSWORD_LENGTH[0] <= len(chosen.password) <= PASSWORD_LENGTH[1]:
        problems.append(Problem("password", N_("A password has 15 to 128 characters.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    user_id = new_id()
    row = {
        "id": user_id,
        "email": email,
        "name": name,
        "language": chosen.language,
        "password_hash": HASHER.hash(normal_password(chosen.password)),
        "active": True,
        "created_at": act.at,
    }
    act.session.execute(insert(User), [row])
    return user_id


def accept(act: Act, invitation_id: uuid.UUID, user_id: uuid.UUID, email: str) -> Invitation:
    """Gives the invited person the role, once; with a succession the predecessor's role ends in the same transaction.
    Missing when the invitation is not open, or is not to this address.
    """
    _hold_office(act, Invitation.id == invitation_id)
    found = act.session.get(Invitation, invitation_id, populate_existing=True)
    if found is None or found.email != email or not _is_open(found, act.at):
        raise Missing(NO_INVITATION)
    found.accepted_at, found.accepted_by = act.at, user_id
    told = {"invitation": str(found.id), "role": found.role, "user": str(user_id)}
    act.record("invitation.accept", told, entity=found.entity)
    leaders = [who for who in act.holders("focal_point", entity=found.entity) if who != user_id]
    if found.succeeds is not None and found.succeeds in leaders:
        hand_over(act, found.succeeds, user_id, found.entity)
    else:
        grant(act, user_id, found.role, found.entity)
        act.notify("invitation.accept", leaders, {"role": found.role, "entity": found.entity})
    return found


def _hold_office(act: Act, which: ColumnElement[bool]) -> None:
    """Holds the office of an invitation until the end of the transaction: changes of its people take turns."""
    entity = act.session.scalar(select(Invitation.entity).where(which))
    if entity is not None:
        colleagues.office(act.session, entity, lock=True)
