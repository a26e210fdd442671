"""The record: a chain of events that shows tampering, notices to people, and the answers given to repeated requests."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Json, Key, new_id


class Event(Base):
    """One act (append-only). `digest` covers the row and the digest before it, so that a changed row breaks
    the chain.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_report_id", "report_id", "sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    kind: Mapped[str] = mapped_column(Key)
    actor: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reports.id"))
    entity: Mapped[str | None] = mapped_column(Iso3)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class ChainHead(Base):
    """The last event: locked by whoever appends the next one."""

    __tablename__ = "chain_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class Notice(Base):
    """Something a person is told, written in the transaction of the act it tells of."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_inbox", "user_id", "read_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(Key)
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reports.id"))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]


class Reply(Base):
    """The answer given to a request that carried an Idempotency-Key; the same key gets the same bytes again."""

    __tablename__ = "replies"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]
    status: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(100))
    location: Mapped[str | None] = mapped_column(String(300))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
