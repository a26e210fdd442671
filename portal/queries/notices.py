"""Reads who was told what and when, and where each entity stands in a cycle for its reminders."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from portal.db import AnyRow, AnySelect
from portal.models.accounts import Membership, User
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.events import Notice
from portal.models.keeping import ClearanceTerms
from portal.models.outbox import CycleReminder
from portal.models.phases import Extension
from portal.models.reports import Clearance, Report
from portal.queries import letters
from portal.rules.notices import Standing
from portal.rules.policy import STATE_ROLES
from portal.rules.reminders import day_of

ROWS = 100
_code = func.coalesce(Report.entity, Notice.data["entity"].as_string())


def _log() -> AnySelect:
    """Who was told what: id, at, kind, data, user_id, name, email, entity, names."""
    columns = (Notice.id, Notice.at, Notice.kind, Notice.data, Notice.user_id, User.name, User.email)
    return (
        select(*columns, _code.label("entity"), Entity.names)
        .join(User, User.id == Notice.user_id)
        .outerjoin(Report, Report.id == Notice.report_id)
        .outerjoin(Entity, Entity.iso3 == _code)
    )


def _page(session: Session, query: AnySelect, page: int) -> tuple[list[AnyRow], int]:
    """One page of a log, newest first, and how many pages there are."""
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Notice.at.desc(), Notice.id).limit(ROWS).offset((page - 1) * ROWS)
    return list(session.execute(ordered).all()), max(1, -(-count // ROWS))


def log_of_the_team(session: Session, kinds: Collection[str], page: int) -> tuple[list[AnyRow], int]:
    """A page of what was told in these kinds about received reports and about no report at all; never of a report to
    practise with, and never of a draft.
    """
    received = Report.first_submitted_at.is_not(None) & Report.practice.is_(False)
    about = or_(Notice.report_id.is_(None), received)
    return _page(session, _log().where(Notice.kind.in_(kinds), about), page)


def log_of_a_state(session: Session, entity: str, kinds: Collection[str], page: int) -> tuple[list[AnyRow], int]:
    """A page of what was told in these kinds about an entity to people who report or reported for it."""
    own = exists().where(
        Membership.user_id == Notice.user_id, Membership.entity == entity, Membership.role.in_(STATE_ROLES)
    )
    return _page(session, _log().where(Notice.kind.in_(kinds), own, _code == entity), page)


def mail_of(session: Session, rows: Collection[AnyRow]) -> dict[uuid.UUID, AnyRow]:
    """The letter that told each of these notices, by the id of the notice; a notice that no letter told is missing."""
    if not rows:
        return {}
    of = {row.id for row in rows}
    found: dict[uuid.UUID, Any] = {}
    for letter in letters.letters_since(session, min(row.at for row in rows), {row.user_id for row in rows}):
        found |= {uuid.UUID(one): letter for one in letter.notices if uuid.UUID(one) in of}
    return found


def held_cycle(session: Session) -> Cycle | None:
    """The newest cycle that counts, its row held, so that its reminders are sent by one alone; None before the
    first.
    """
    query = select(Cycle).where(Cycle.practice_of.is_(None)).order_by(Cycle.opened_at.desc(), Cycle.key.desc())
    return session.scalars(query.limit(1).with_for_update(key_share=True)).first()


def standings(session: Session, cycle: str) -> dict[str, Standing]:
    """Where each entity stands in a cycle that has begun a report or was given more time; the others have done
    neither.
    """
    reports = session.execute(select(Report.entity, Report.first_submitted_at).where(Report.cycle == cycle))
    submitted = {row.entity: row.first_submitted_at is not None for row in reports}
    given = session.execute(
        select(Extension.entity, Extension.until, Extension.answered_at)
        .where(Extension.cycle == cycle, Extension.until.is_not(None))
        .order_by(Extension.until, Extension.answered_at.desc())
    )
    extended = {row.entity: row for row in given}
    found = {}
    for entity in submitted.keys() | extended.keys():
        more = extended.get(entity)
        until, at = (more.until, more.answered_at) if more else (None, None)
        given_on = day_of(at) if at else None
        found[entity] = Standing(entity in submitted, submitted.get(entity, False), until, given_on)
    return found


def reminded(session: Session, cycle: str) -> dict[str, set[str]]:
    """The reminders of a cycle that each entity was sent."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = session.execute(select(CycleReminder.entity, CycleReminder.kind).where(CycleReminder.cycle == cycle))
    for entity, kind in rows:
        found[entity].add(kind)
    return found


def focal_points(session: Session) -> dict[str, list[uuid.UUID]]:
    """The active focal points of every entity that has one."""
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    rows = session.execute(
        select(Membership.entity, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == "focal_point", Membership.ended_at.is_(None), User.active)
        .order_by(Membership.entity, Membership.user_id)
    )
    for entity, user in rows:
        found[str(entity)].append(user)
    return found


def clearing(session: Session, cycle: str) -> dict[str, list[uuid.UUID]]:
    """The active certifiers with whom the first version of an entity's report waits for clearance, by entity: the one
    who was asked, all of them where nobody was named or the request went to the others too; never the one who asked.
    """
    asked = or_(ClearanceTerms.asked_of.is_(None), ClearanceTerms.escalated_at.is_not(None))
    rows = session.execute(
        select(Report.entity, Membership.user_id)
        .join(Membership, (Membership.entity == Report.entity) & (Membership.role == "certifier"))
        .join(User, User.id == Membership.user_id)
        .join(Clearance, (Clearance.report_id == Report.id) & Clearance.outcome.is_(None))
        .outerjoin(ClearanceTerms, ClearanceTerms.clearance_id == Clearance.id)
        .where(Report.cycle == cycle, Report.state == "clearing", Report.first_submitted_at.is_(None))
        .where(Membership.ended_at.is_(None), User.active, Clearance.asked_by != Membership.user_id)
        .where(asked | (ClearanceTerms.asked_of == Membership.user_id))
        .order_by(Report.entity, Membership.user_id)
    )
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for entity, user in rows:
        found[entity].append(user)
    return found
