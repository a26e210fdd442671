"""Partners and the people who file for them: made by the lead, invited by a code that serves once."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import select, update

from forms.kinds.base import tidy_line
from forms.words import N_
from portal.models.accounts import User
from portal.models.contributions import Partner, PartnerInvitation, PartnerMember
from portal.models.entities import Entity
from portal.queries import partners
from portal.rules.contributions import PARTNER_KINDS
from portal.rules.naming import REPORTING_REGIONS
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services import accounts
from portal.services.accounts import secret_digest
from portal.services.act import Act
from portal.services.invitations import ADDRESS, LONGEST_ADDRESS, OPEN_FOR, Chosen, open_account

LONGEST_NAME = 300
ROLE = "partner"
NOT_OPEN = N_(
    "This invitation cannot be accepted: the code is not right, or the invitation was used, or is older than 7 days. "
    "Please check the code, or ask the reporting team for a new one."
)


@dataclass(frozen=True)
class NewPartner:
    """What is told of a partner; `credit` is its name where nothing else is said."""

    name: str
    kind: str
    region: str | None = None
    entity: str | None = None
    credit: str = ""


def faults(act: Act, told: NewPartner) -> list[Problem]:
    """What will not do of a partner, each by its place."""
    problems = []
    if not 1 <= len(tidy_line(told.name)) <= LONGEST_NAME:
        problems.append(Problem("name", N_("Please give the name of the organisation, in up to 300 characters.")))
    if told.kind not in PARTNER_KINDS:
        problems.append(Problem("kind", N_("Please choose what kind of organisation it is.")))
    if told.region is not None and told.region not in REPORTING_REGIONS:
        problems.append(Problem("region", N_("Please choose one of the regions, or the whole world.")))
    if told.entity is not None and act.session.get(Entity, told.entity) is None:
        problems.append(Problem("entity", N_("There is no entity with this code.")))
    if len(tidy_line(told.credit)) > LONGEST_NAME:
        problems.append(Problem("credit", N_("Please keep the credit under 300 characters.")))
    return problems


def add_partner(act: Act, told: NewPartner) -> Partner:
    """The lead brings a partner in. Invalid names each part that will not do."""
    act.demand("partner:manage")
    problems = faults(act, told)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    return make(act, told, confirmed=True)


def make(act: Act, told: NewPartner, *, confirmed: bool) -> Partner:
    """Keeps a partner, as part of another act that has looked at it."""
    name = tidy_line(told.name)
    partner = Partner(
        name=name,
        kind=told.kind,
        region=told.region or None,
        entity=told.entity or None,
        credit=tidy_line(told.credit) or name,
        created_at=act.at,
        confirmed_at=act.at if confirmed else None,
    )
    act.session.add(partner)
    act.session.flush()
    act.record("partner.add", {"partner": str(partner.id), "kind": partner.kind}, entity=partner.entity)
    return partner


def invite(act: Act, partner_id: uuid.UUID, email: str) -> str | None:
    """Lets a person file for a partner. One who has an account does so at once and is told; for another the code of an
    invitation is returned here and kept nowhere, which the lead passes on. An earlier invitation to the same address
    closes.
    """
    me = act.demand("partner:manage")
    partner = partners.get(act.session, partner_id, lock=True)
    address = email.strip().lower()
    if not ADDRESS.fullmatch(address) or len(address) > LONGEST_ADDRESS:
        sentence = N_("Please give an e-mail address such as name@example.org.")
        raise Invalid(sentence, [Problem("email", sentence)])
    known = act.session.scalar(select(User.id).where(User.email == address, User.active))
    if known is not None:
        join(act, partner, known)
        act.notify("partner.join", [known], {"partner": str(partner.id), "title": partner.name})
        return None
    act.session.execute(
        update(PartnerInvitation)
        .where(PartnerInvitation.partner_id == partner.id, PartnerInvitation.email == address)
        .where(PartnerInvitation.accepted_at.is_(None), PartnerInvitation.closes_at > act.at)
        .values(closes_at=act.at)
    )
    secret = secrets.token_urlsafe(32)
    invitation = PartnerInvitation(
        digest=secret_digest(secret),
        partner_id=partner.id,
        email=address,
        invited_at=act.at,
        invited_by=me.id,
        closes_at=act.at + OPEN_FOR,
    )
    act.session.add(invitation)
    act.session.flush()
    act.record("partner.invite", {"partner": str(partner.id), "invitation": str(invitation.id)})
    return secret


def join(act: Act, partner: Partner, user_id: uuid.UUID) -> None:
    """A person files for a partner from now on, and holds the role of one."""
    held = act.session.get(PartnerMember, (partner.id, user_id))
    if held is None:
        act.session.add(PartnerMember(partner_id=partner.id, user_id=user_id, added_at=act.at))
    elif held.ended_at is not None:
        held.added_at, held.ended_at = act.at, None
    else:
        return
    email = act.session.scalar(select(User.email).where(User.id == user_id)) or ""
    accounts.add(act, email, ROLE, None, "")
    act.session.flush()
    act.record("partner.join", {"partner": str(partner.id), "user": str(user_id)})


def leave(act: Act, partner_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """The lead ends that a person files for a partner. What they wrote stays, and their account too."""
    act.demand("partner:manage")
    partners.get(act.session, partner_id, lock=True)
    held = act.session.get(PartnerMember, (partner_id, user_id))
    if held is None or held.ended_at is not None:
        raise Missing(N_("This person does not file for this partner."))
    held.ended_at = act.at
    act.record("partner.leave", {"partner": str(partner_id), "user": str(user_id)})


@dataclass(frozen=True)
class Offer:
    """An open invitation to file for a partner."""

    invitation: PartnerInvitation
    partner: Partner


def offer(act: Act, secret: str, *, lock: bool = False) -> Offer | None:
    """What the bearer of this code is invited to; None, whatever the cause, when it cannot be accepted."""
    query = (
        select(PartnerInvitation, Partner)
        .join(Partner, Partner.id == PartnerInvitation.partner_id)
        .where(PartnerInvitation.digest == secret_digest(secret.strip()))
        .where(PartnerInvitation.accepted_at.is_(None), PartnerInvitation.closes_at > act.at)
    )
    if lock:
        query = query.with_for_update(of=PartnerInvitation)
    row = act.session.execute(query).one_or_none()
    if row is None or accounts.known(act, row.PartnerInvitation.email):
        return None
    return Offer(row.PartnerInvitation, row.Partner)


def accept(act: Act, found: Offer, chosen: Chosen) -> uuid.UUID:
    """Opens the account of the invited address under the name and password that the person chose; it files for the
    partner from now on. Invalid when name or password will not do.
    """
    user_id = open_account(act, found.invitation.email, chosen)
    found.invitation.accepted_at, found.invitation.accepted_by = act.at, user_id
    join(act, found.partner, user_id)
    return user_id
