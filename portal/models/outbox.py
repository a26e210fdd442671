"""Mail that waits to be sent, what became of it, and who wants how much of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Json, Key, new_id


class Letter(Base):
    """One mail to one person about one notice or several; `tries` counts the attempts, `fault` tells the last one's."""

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_waiting", "sent_at", "next_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(Key)
    notices: Mapped[list[Any]] = mapped_column(Json)
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    written_at: Mapped[dt.datetime]
    next_at: Mapped[dt.datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[dt.datetime | None]
    given_up_at: Mapped[dt.datetime | None]
    fault: Mapped[str] = mapped_column(Text, default="")


class MailWish(Base):
    """How a person wants to be told by mail: each (at once), digest (once a day) or none; the inbox has all of it."""

    __tablename__ = "mail_wishes"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    manner: Mapped[str] = mapped_column(Key)
    changed_at: Mapped[dt.datetime]


class CycleReminder(Base):
    """A reminder that an entity was sent in a cycle, so that none is sent twice: of the calendar, of its own extension,
    of remarks whose answers are asked for by a day.
    """

    __tablename__ = "cycle_reminders"

    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"), primary_key=True)
    entity: Mapped[str] = mapped_column(ForeignKey("entities.iso3"), primary_key=True)
    kind: Mapped[str] = mapped_column(Key, primary_key=True)
    sent_at: Mapped[dt.datetime]
