"""Reads partners, the people who file for them, and open invitations."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.contributions import Contribution, Partner, PartnerInvitation, PartnerMember
from portal.rules.refusals import Missing

NO_PARTNER = N_("There is no such partner.")


def get(session: Session, partner_id: uuid.UUID, *, lock: bool = False) -> Partner:
    """The partner; `lock` holds its row, so that changes of its people take turns. Missing when there is none."""
    found = session.get(Partner, partner_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise Missing(NO_PARTNER)
    return found


def confirmed(session: Session, kinds: Iterable[str] | None = None) -> list[Partner]:
    """The partners that are confirmed, by name; only those of these kinds where some are named."""
    query = select(Partner).where(Partner.confirmed_at.is_not(None))
    if kinds is not None:
        query = query.where(Partner.kind.in_(list(kinds)))
    return list(session.scalars(query.order_by(Partner.name, Partner.id)))


def with_counts(session: Session) -> list[AnyRow]:
    """Each confirmed partner by name: Partner, people (who file for it), filed (contributions that were sent)."""
    people = (
        select(func.count())
        .where(PartnerMember.partner_id == Partner.id, PartnerMember.ended_at.is_(None))
        .scalar_subquery()
    )
    filed = (
        select(func.count())
        .where(Contribution.partner_id == Partner.id, Contribution.first_sent_at.is_not(None))
        .scalar_subquery()
    )
    query = select(Partner, people.label("people"), filed.label("filed")).where(Partner.confirmed_at.is_not(None))
    return list(session.execute(query.order_by(Partner.name, Partner.id)).all())


def of_person(session: Session, user_id: uuid.UUID) -> list[Partner]:
    """The partners for whom this person files, by name."""
    query = (
        select(Partner)
        .join(PartnerMember, PartnerMember.partner_id == Partner.id)
        .where(PartnerMember.user_id == user_id, PartnerMember.ended_at.is_(None), Partner.confirmed_at.is_not(None))
    )
    return list(session.scalars(query.order_by(Partner.name, Partner.id)))


def people(session: Session, partner_id: uuid.UUID) -> list[AnyRow]:
    """Who files or filed for a partner, those in force first: PartnerMember, name, email."""
    query = (
        select(PartnerMember, User.name, User.email)
        .join(User, User.id == PartnerMember.user_id)
        .where(PartnerMember.partner_id == partner_id)
    )
    in_force = PartnerMember.ended_at.is_not(None)
    return list(session.execute(query.order_by(in_force, User.email)).all())


def invitations(session: Session, partner_id: uuid.UUID, at: dt.datetime) -> list[PartnerInvitation]:
    """The invitations to a partner that are open at this moment."""
    query = select(PartnerInvitation).where(
        PartnerInvitation.partner_id == partner_id,
        PartnerInvitation.accepted_at.is_(None),
        PartnerInvitation.closes_at > at,
    )
    return list(session.scalars(query.order_by(PartnerInvitation.invited_at, PartnerInvitation.id)))
