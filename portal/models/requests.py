"""Requests: a hole of the evidence matrix that a partner or a colleague is asked to fill, with a day."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Date, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key, new_id


class Request(Base):
    """A request for evidence on a commitment, through a channel, in a region ("" for all), to a partner or a person.

    `contribution_id` is what the partner means to answer with; `answered_at` is the moment at which it was sent.
    `reason` is why the request was withdrawn, "" while it stands.
    """

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_cycle", "cycle", "due"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    commitment: Mapped[str] = mapped_column(Key)
    channel: Mapped[str] = mapped_column(String(1))
    region: Mapped[str] = mapped_column(String(100), default="")
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partners.id"), index=True)
    person: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[dt.date] = mapped_column(Date)
    made_at: Mapped[dt.datetime]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    contribution_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    answered_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class RequestReminder(Base):
    """A reminder of a request that was sent; `kind` carries the day it was about."""

    __tablename__ = "request_reminders"

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Key, primary_key=True)
    sent_at: Mapped[dt.datetime]
