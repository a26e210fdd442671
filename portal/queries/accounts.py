"""Reads who a request comes from, in one statement."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow, AnySelect
from portal.models.accounts import LoginAttempt, Membership, SignIn, Token, User
from portal.rules.policy import Grant, Person


def _people(*extra: Any) -> AnySelect:
    held = and_(Membership.user_id == User.id, Membership.ended_at.is_(None))
    columns = (User.id, User.email, User.name, User.language, Membership.role, Membership.entity)
    return (
        select(*columns, *extra)
        .outerjoin(Membership, held)
        .where(User.active)
        .order_by(Membership.role, Membership.entity)
    )


def _person(rows: Sequence[AnyRow]) -> Person | None:
    if not rows:
        return None
    first = rows[0]
    grants = tuple(Grant(row.role, row.entity) for row in rows if row.role)
    return Person(first.id, first.email, first.name, grants, first.language)


# Built once: it is read at the beginning of every page.
_BY_SIGN_IN = (
    _people(SignIn.seen_at)
    .join(SignIn, SignIn.user_id == User.id)
    .where(SignIn.digest == bindparam("digest"), SignIn.ended_at.is_(None))
    .where(SignIn.seen_at > bindparam("idle_since"), SignIn.began_at > bindparam("began_since"))
)
_BY_TOKEN = (
    _people()
    .join(Token, Token.user_id == User.id)
    .where(Token.digest == bindparam("digest"), Token.revoked_at.is_(None))
)


def by_sign_in(
    session: Session, digest: str, *, idle_since: dt.datetime, began_since: dt.datetime
) -> tuple[Person | None, dt.datetime | None]:
    """The person of a session cookie and when the session was last seen; nobody when it has ended or lapsed."""
    told = {"digest": digest, "idle_since": idle_since, "began_since": began_since}
    rows = session.execute(_BY_SIGN_IN, told).all()
    return _person(rows), rows[0].seen_at if rows else None


def by_token(session: Session, digest: str) -> Person | None:
    """The person of an API token that has not been revoked."""
    return _person(session.execute(_BY_TOKEN, {"digest": digest}).all())


def by_email(session: Session, email: str) -> Person | None:
    """The active person with this address."""
    return _person(session.execute(_people().where(User.email == email.strip().lower())).all())


def names(session: Session, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of these people, by id."""
    wanted = {i for i in ids if i}
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}


def hold_account(session: Session, account: str) -> None:
    """Keeps other attempts at this account (the digest of its address) waiting until the transaction ends, so that each
    is counted before the next is looked at. SQLite has one writer at a time.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(account[:15], 16))))


def attempts(session: Session, account: str, origin: str, since: dt.datetime) -> tuple[int, int]:
    """How many wrong passwords since then: for the account, and from the origin."""
    row = session.execute(
        select(
            func.count().filter(LoginAttempt.account == account),
            func.count().filter(LoginAttempt.origin == origin),
        ).where(LoginAttempt.at > since, (LoginAttempt.account == account) | (LoginAttempt.origin == origin))
    ).one()
    return int(row[0]), int(row[1])
