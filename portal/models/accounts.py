"""People, the roles they hold, and how they come in: sign-ins, attempts, tokens."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Key, new_id


class User(Base):
    """A person with an account; `email` is kept in lower case."""

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="en")
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class Membership(Base):
    """A role of a person, for one entity or for none, until it ends."""

    __tablename__ = "memberships"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(Key)
    entity: Mapped[str | None] = mapped_column(Iso3, ForeignKey("entities.iso3"))
    granted_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class SignIn(Base):
    """One session of a person in a browser; the cookie holds the secret, the table its digest."""

    __tablename__ = "sign_ins"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    began_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class LoginAttempt(Base):
    """A log-in tried with a wrong password, counted against the account and against the address it came from."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_account", "account", "at"),
        Index("ix_login_attempts_origin", "origin", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class Token(Base):
    """An API token; shown once, kept as a digest."""

    __tablename__ = "tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    issued_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
