"""Reads the outbox: the letter that is next, what letters told, who wants a digest of what."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.entities import Entity
from portal.models.events import Notice
from portal.models.outbox import Letter, MailWish
from portal.models.reports import Report
from portal.rules.notices import DIGEST


def next_waiting(session: Session, at: dt.datetime) -> Letter | None:
    """The letter that waits longest of those whose time has come, its row held; one that another worker holds is
    passed over.
    """
    waiting = (Letter.sent_at.is_(None), Letter.given_up_at.is_(None), Letter.next_at <= at)
    query = select(Letter).where(*waiting).order_by(Letter.next_at, Letter.id).limit(1)
    held = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.scalars(held).first()


def held(session: Session, letter_id: uuid.UUID) -> Letter:
    """A letter, its row held and read anew."""
    return session.get_one(Letter, letter_id, with_for_update=True, populate_existing=True)


def told_of(session: Session, ids: Collection[str]) -> list[AnyRow]:
    """The notices of a letter, oldest first: kind, data, at, entity, names of the entity (None where it is about none).

    A notice about no report names its entity in its data.
    """
    wanted = [uuid.UUID(one) for one in ids]
    code = func.coalesce(Report.entity, Notice.data["entity"].as_string())
    query = (
        select(Notice.id, Notice.kind, Notice.data, Notice.at, Notice.read_at, code.label("entity"), Entity.names)
        .outerjoin(Report, Report.id == Notice.report_id)
        .outerjoin(Entity, Entity.iso3 == code)
        .where(Notice.id.in_(wanted))
        .order_by(Notice.at, Notice.id)
    )
    return list(session.execute(query).all())


def wanting_digest(session: Session) -> dict[uuid.UUID, str]:
    """The active people who want one mail a day, as everybody does who has said nothing else: their language by id.
    Their rows are held, so that two workers gather for nobody twice; those whom another worker holds are passed over.
    """
    query = (
        select(User.id, User.language)
        .outerjoin(MailWish, MailWish.user_id == User.id)
        .where(User.active, or_(MailWish.manner == DIGEST, MailWish.manner.is_(None)))
        .order_by(User.id)
    )
    rows = session.execute(query.with_for_update(of=User, key_share=True, skip_locked=True))
    return {row.id: row.language for row in rows}


def unread_since(session: Session, people: Collection[uuid.UUID], since: dt.datetime) -> dict[uuid.UUID, list[str]]:
    """What these people were told since then and have not read: the ids of the notices, oldest first, by person."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    query = select(Notice.user_id, Notice.id).where(Notice.read_at.is_(None), Notice.at >= since)
    for row in session.execute(query.order_by(Notice.at, Notice.id)):
        if row.user_id in people:
            found[row.user_id].append(str(row.id))
    return found


def letters_since(session: Session, since: dt.datetime, people: Collection[uuid.UUID] | None = None) -> list[AnyRow]:
    """The letters written since then, to these people or to anybody: user_id, kind, notices, written_at, sent_at,
    given_up_at, tries, fault.
    """
    columns = (Letter.user_id, Letter.kind, Letter.notices, Letter.written_at)
    query = select(*columns, Letter.sent_at, Letter.given_up_at, Letter.tries, Letter.fault)
    if people is not None:
        query = query.where(Letter.user_id.in_(list(people)))
    return list(session.execute(query.where(Letter.written_at >= since).order_by(Letter.written_at)).all())


def wish(session: Session, user_id: uuid.UUID) -> str:
    """How a person wants mail; a digest where nothing was said."""
    return session.scalar(select(MailWish.manner).where(MailWish.user_id == user_id)) or DIGEST


def reader(session: Session, user_id: uuid.UUID) -> AnyRow:
    """Whom a letter goes to, as it is now: email, name, active, manner."""
    manner = func.coalesce(MailWish.manner, DIGEST).label("manner")
    query = select(User.email, User.name, User.active, manner).outerjoin(MailWish, MailWish.user_id == User.id)
    return session.execute(query.where(User.id == user_id)).one()
