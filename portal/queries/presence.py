"""Reads who is in which section of a report or in which contribution now, and which answers have moved on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.contributions import ContributionPresence
from portal.models.reports import Answer
from portal.models.sharing import Presence

FADES = dt.timedelta(seconds=60)


def here(session: Session, report_id: uuid.UUID, section: str, at: dt.datetime, but: uuid.UUID) -> list[str]:
    """The names of those who are in this section at this moment, without one person, by name."""
    query = (
        select(User.name)
        .join(Presence, Presence.user_id == User.id)
        .where(Presence.report_id == report_id, Presence.section == section, Presence.user_id != but)
        .where(Presence.seen_at > at - FADES)
    )
    return list(session.scalars(query.order_by(User.name, User.id)))


def writing(session: Session, contribution_id: uuid.UUID, at: dt.datetime, but: uuid.UUID) -> list[str]:
    """The names of those who are in the form of a contribution at this moment, without one person, by name."""
    sign = ContributionPresence
    query = (
        select(User.name)
        .join(sign, sign.user_id == User.id)
        .where(sign.contribution_id == contribution_id, sign.user_id != but, sign.seen_at > at - FADES)
    )
    return list(session.scalars(query.order_by(User.name, User.id)))


def by_section(session: Session, report_id: uuid.UUID, at: dt.datetime, but: uuid.UUID) -> dict[str, list[str]]:
    """Who is in each section of a report at this moment, without one person."""
    query = (
        select(Presence.section, User.name)
        .join(User, User.id == Presence.user_id)
        .where(Presence.report_id == report_id, Presence.user_id != but, Presence.seen_at > at - FADES)
    )
    found: dict[str, list[str]] = {}
    for section, name in session.execute(query.order_by(User.name, User.id)):
        found.setdefault(section, []).append(name)
    return found


def revisions(session: Session, report_id: uuid.UUID, questions: Iterable[str]) -> list[AnyRow]:
    """The revision of each answer to these questions: question, language, revision, changed_at, changed_by (a name)."""
    query = (
        select(Answer.question, Answer.language, Answer.revision, Answer.changed_at, User.name.label("changed_by"))
        .join(User, User.id == Answer.changed_by)
        .where(Answer.report_id == report_id, Answer.question.in_(list(questions)))
    )
    return list(session.execute(query).all())
