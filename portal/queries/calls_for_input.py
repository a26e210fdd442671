"""Reads calls for input, the partners on their lists, and who asks to register."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow
from portal.models.contributions import Call, CallPartner, Contribution, Partner, PartnerMember, Registration
from portal.rules.contributions import DRAFT, OPEN, Window, comes_in_by
from portal.rules.refusals import Missing

NO_CALL = N_("There is no such call for input.")
NO_REGISTRATION = N_("There is no such registration.")


def window(call: Call) -> Window:
    """When the call takes contributions."""
    return Window(call.opens_at, call.closes_at, call.closed_at)


def get(session: Session, call_id: uuid.UUID, *, lock: bool = False) -> Call:
    """The call; `lock` holds its row. Missing when there is none."""
    found = session.get(Call, call_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise Missing(NO_CALL)
    return found


def calls(session: Session, cycle: str, channel: str | None = None) -> list[Call]:
    """The calls of a cycle, in one channel where one is named, those that close last first."""
    query = select(Call).where(Call.cycle == cycle)
    if channel is not None:
        query = query.where(Call.channel == channel)
    return list(session.scalars(query.order_by(Call.closes_at.desc(), Call.id)))


def open_to(session: Session, user_id: uuid.UUID, at: dt.datetime) -> list[AnyRow]:
    """The calls that take contributions now from partners for whom this person files, of a kind that comes in by the
    channel of the call: Call, Partner.
    """
    listed = exists().where(CallPartner.call_id == Call.id, CallPartner.partner_id == Partner.id)
    query = (
        select(Call, Partner)
        .join(Partner, or_(Call.registration == OPEN, listed))
        .join(PartnerMember, PartnerMember.partner_id == Partner.id)
        .where(PartnerMember.user_id == user_id, PartnerMember.ended_at.is_(None), Partner.confirmed_at.is_not(None))
        .where(Call.closed_at.is_(None), Call.opens_at <= at, Call.closes_at > at)
        .order_by(Call.closes_at, Call.id, Partner.name)
    )
    return [row for row in session.execute(query) if comes_in_by(row.Call.channel, row.Partner.kind)]


def countries(session: Session, user_id: uuid.UUID) -> list[str]:
    """The countries in which the partners of a person work, of those that work in one."""
    query = (
        select(Partner.entity)
        .join(PartnerMember, PartnerMember.partner_id == Partner.id)
        .where(PartnerMember.user_id == user_id, PartnerMember.ended_at.is_(None), Partner.entity.is_not(None))
    )
    return sorted(entity for entity in session.scalars(query) if entity)


def on_list(session: Session, call: Call, partner_id: uuid.UUID) -> bool:
    """Whether a partner is on the list of a call."""
    return session.get(CallPartner, (call.id, partner_id)) is not None


def partners_of(session: Session, call_id: uuid.UUID) -> list[Partner]:
    """The partners on the list of a call, by name."""
    query = (
        select(Partner).join(CallPartner, CallPartner.partner_id == Partner.id).where(CallPartner.call_id == call_id)
    )
    return list(session.scalars(query.order_by(Partner.name, Partner.id)))


def registrations(session: Session, cycle: str, channel: str | None = None) -> list[AnyRow]:
    """Who asks to contribute and has no answer yet, oldest first: Registration, Partner, Call."""
    query = (
        select(Registration, Partner, Call)
        .join(Partner, Partner.id == Registration.partner_id)
        .join(Call, Call.id == Registration.call_id)
        .where(Registration.decided_at.is_(None), Call.cycle == cycle)
    )
    if channel is not None:
        query = query.where(Call.channel == channel)
    return list(session.execute(query.order_by(Registration.asked_at, Registration.id)).all())


def registration(session: Session, registration_id: uuid.UUID) -> tuple[Registration, Partner, Call]:
    """A registration with its partner and call, its row held; Missing when there is none."""
    row = session.execute(
        select(Registration, Partner, Call)
        .join(Partner, Partner.id == Registration.partner_id)
        .join(Call, Call.id == Registration.call_id)
        .where(Registration.id == registration_id)
        .with_for_update(of=Registration)
    ).one_or_none()
    if row is None:
        raise Missing(NO_REGISTRATION)
    return row.Registration, row.Partner, row.Call


def people_of(session: Session, call_id: uuid.UUID) -> list[uuid.UUID]:
    """Who files for a partner on the list of a call, or for one with a draft for it that was never sent; one query."""
    named = select(CallPartner.partner_id).where(CallPartner.call_id == call_id)
    begun = select(Contribution.partner_id).where(Contribution.call_id == call_id, Contribution.state == DRAFT)
    query = select(PartnerMember.user_id).where(
        PartnerMember.ended_at.is_(None), PartnerMember.partner_id.in_(named.union(begun))
    )
    return list(session.scalars(query.distinct()))
