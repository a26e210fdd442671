"""Reads who reports for an entity: roles in force, those that ended, and open invitations."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import Membership, User
from portal.models.entities import Entity
from portal.models.reports import Report
from portal.models.sharing import Handout, Invitation
from portal.rules.policy import Grant, Person
from portal.rules.refusals import Missing

NO_ENTITY = N_("There is no entity with this code.")


@dataclass(frozen=True)
class Office:
    """Those who report for one entity: what `people:see` and `people:manage` look at."""

    entity: str
    names: dict[str, Any]


def office(session: Session, iso3: str, *, lock: bool = False) -> Office:
    """The office of an entity; `lock` holds its row, so that changes of its people take turns."""
    held: Any = {"key_share": True} if lock else None
    found = session.get(Entity, iso3.upper(), with_for_update=held)
    if found is None:
        raise Missing(NO_ENTITY)
    return Office(found.iso3, found.names)


def people(session: Session, entity: str) -> list[Person]:
    """Each active person who reports for an entity, with the roles held for it."""
    query = (
        select(User.id, User.email, User.name, User.language, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.entity == entity, Membership.ended_at.is_(None), User.active)
        .order_by(User.id, Membership.role)
    )
    found: dict[uuid.UUID, Person] = {}
    for row in session.execute(query):
        before = found[row.id].grants if row.id in found else ()
        found[row.id] = Person(row.id, row.email, row.name, (*before, Grant(row.role, entity)), row.language)
    return list(found.values())


def memberships(session: Session, entity: str) -> list[AnyRow]:
    """Every role ever held for an entity, those in force first: Membership, name, email."""
    query = (
        select(Membership, User.name, User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.entity == entity)
        .order_by(Membership.ended_at.is_not(None), Membership.role, Membership.granted_at, User.email)
    )
    return list(session.execute(query).all())


def membership(session: Session, user_id: uuid.UUID, role: str, entity: str | None) -> Membership | None:
    """The role of a person as it is in force; None when it is not held."""
    of = Membership.entity == entity if entity else Membership.entity.is_(None)
    return session.scalars(
        select(Membership).where(
            Membership.user_id == user_id, Membership.role == role, of, Membership.ended_at.is_(None)
        )
    ).first()


def holders(session: Session, role: str, entity: str) -> int:
    """How many active people hold a role for an entity."""
    return (
        session.scalar(
            select(func.count(Membership.user_id.distinct()))
            .join(User, User.id == Membership.user_id)
            .where(Membership.role == role, Membership.entity == entity, Membership.ended_at.is_(None), User.active)
        )
        or 0
    )


def reports_of(session: Session, entity: str) -> list[Report]:
    """The reports of an entity, their rows held until the end of the transaction, always in the same order."""
    query = select(Report).where(Report.entity == entity).order_by(Report.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def in_hands(session: Session, user_id: uuid.UUID, entity: str) -> list[AnyRow]:
    """What is in a person's hands of an entity's reports and not handed back: Handout, Report."""
    query = (
        select(Handout, Report)
        .join(Report, Report.id == Handout.report_id)
        .where(Handout.user_id == user_id, Report.entity == entity)
        .where(Handout.settled_at.is_(None), Handout.returned_at.is_(None))
        .order_by(Report.id, Handout.section, Handout.id)
    )
    return list(session.execute(query).all())


def invitations(session: Session, entity: str, at: dt.datetime) -> list[AnyRow]:
    """The invitations of an entity that are open now, newest first: Invitation, invited_by_name, succeeds_name."""
    inviter, predecessor = aliased(User), aliased(User)
    query = (
        select(Invitation, inviter.name.label("invited_by_name"), predecessor.name.label("succeeds_name"))
        .join(inviter, inviter.id == Invitation.invited_by)
        .outerjoin(predecessor, predecessor.id == Invitation.succeeds)
        .where(Invitation.entity == entity, *open_at(at))
        .order_by(Invitation.invited_at.desc(), Invitation.id)
    )
    return list(session.execute(query).all())


def invitations_to(session: Session, email: str, at: dt.datetime) -> list[AnyRow]:
    """The open invitations to an address, oldest first: Invitation, names of the entity."""
    query = (
        select(Invitation, Entity.names)
        .join(Entity, Entity.iso3 == Invitation.entity)
        .where(Invitation.email == email, *open_at(at))
        .order_by(Invitation.invited_at, Invitation.id)
    )
    return list(session.execute(query).all())


def open_at(at: dt.datetime) -> tuple[Any, ...]:
    """What is true of an invitation that can be accepted at this moment."""
    return Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.closes_at > at
