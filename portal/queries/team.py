"""Reads what the reporting team works on: the reports it holds, its reviewers, and the views its members keep."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import Membership, User
from portal.models.entities import Entity
from portal.models.remarks import SavedView
from portal.models.reports import Report
from portal.queries.reports import SEEN
from portal.rules.assigning import OPEN, Held, Reviewer
from portal.rules.policy import STATE_ROLES


def held(session: Session, ids: Iterable[uuid.UUID] | None = None, *, lock: bool = False) -> list[Held]:
    """These received reports, longest waiting first, all open ones without `ids`; no practice report is ever among
    them. `lock` holds their rows until the end of the transaction.
    """
    query = select(Report.id, Report.entity, SEEN.label("state"), Report.assigned_to).where(
        Report.first_submitted_at.is_not(None), Report.practice.is_(False)
    )
    query = query.where(SEEN.in_(OPEN)) if ids is None else query.where(Report.id.in_(list(ids)))
    query = query.order_by(Report.first_submitted_at, Report.id)
    rows = session.execute(query.with_for_update(of=Report) if lock else query)
    return [Held(row.id, row.entity, row.state, row.assigned_to) for row in rows]


def reviewers(session: Session) -> list[Reviewer]:
    """Everybody who can review, by name, with the entities each reports for and the open reports each holds."""
    team = select(Membership.user_id).where(Membership.role.in_(["reviewer", "lead"]), Membership.ended_at.is_(None))
    query = (
        select(User.id, User.name, Membership.role, Membership.entity)
        .join(Membership, (Membership.user_id == User.id) & Membership.ended_at.is_(None))
        .where(User.id.in_(team), User.active)
        .order_by(User.name, User.id)
    )
    own: dict[tuple[uuid.UUID, str], set[str]] = {}
    for row in session.execute(query):
        found = own.setdefault((row.id, row.name), set())
        if row.entity and row.role in STATE_ROLES:
            found.add(row.entity)
    load = _loads(session)
    return [Reviewer(who, name, frozenset(entities), load.get(who, 0)) for (who, name), entities in own.items()]


def _loads(session: Session) -> dict[uuid.UUID, int]:
    query = (
        select(Report.assigned_to, func.count().label("reports"))
        .where(Report.assigned_to.is_not(None), SEEN.in_(OPEN), Report.practice.is_(False))
        .group_by(Report.assigned_to)
    )
    return {row.assigned_to: row.reports for row in session.execute(query)}


def entity_names(session: Session, codes: Iterable[str]) -> dict[str, AnyRow]:
    """The names of these entities by code: names, name_en."""
    query = select(Entity.iso3, Entity.names, Entity.name_en).where(Entity.iso3.in_(sorted(set(codes))))
    return {row.iso3: row for row in session.execute(query)}


def views(session: Session, user_id: uuid.UUID) -> list[AnyRow]:
    """The views of the queue that this person keeps, by name: id, name, filters."""
    query = select(SavedView.id, SavedView.name, SavedView.filters).where(SavedView.user_id == user_id)
    return list(session.execute(query.order_by(SavedView.name, SavedView.id)).all())
