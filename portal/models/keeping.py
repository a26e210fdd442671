"""What is kept of a draft beside its answers: texts that wait for a choice, restore points, and explanations."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Json, Key, new_id


class Aside(Base):
    """A text that stands beside an answer until a person chooses; `origin` is conflict or handout.

    `base_revision` is the revision its writer began from; `outcome` is taken, joined or left.
    """

    __tablename__ = "asides"
    __table_args__ = (Index("ix_asides_open", "report_id", "settled_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"))
    question: Mapped[str] = mapped_column(Key)
    language: Mapped[str] = mapped_column(String(2))
    value: Mapped[Any] = mapped_column(Json)
    base_revision: Mapped[int]
    origin: Mapped[str] = mapped_column(Key)
    kept_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Key)


class RestorePoint(Base):
    """The whole draft as it stood at a named moment (append-only): [question, language, revision, digest of the value]
    of each answer.
    """

    __tablename__ = "restore_points"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    revisions: Mapped[list[Any]] = mapped_column(Json)
    made_at: Mapped[dt.datetime]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Explanation(Base):
    """What a country says to a finding instead of changing the answer; the reviewer reads it with the version.

    `about` is the digest of the finding's parameters and `said_of` that of the value it was given for: a changed answer
    asks for the explanation to be looked at again.
    """

    __tablename__ = "explanations"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    question: Mapped[str] = mapped_column(Key, primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    rule: Mapped[str] = mapped_column(Key, primary_key=True)
    about: Mapped[str] = mapped_column(String(64), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    said_of: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class ClearanceTerms(Base):
    """What goes with a request for clearance: who is asked first, when others are asked too, the letters, the draft.

    `letters` are [attachment, day] of each letter that belongs to the request or to its approval; `point` is the
    restore point of the draft as it stood, so that the next request can show what changed since.
    """

    __tablename__ = "clearance_terms"

    clearance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clearances.id"), primary_key=True)
    asked_of: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    escalates_at: Mapped[dt.datetime | None]
    escalated_at: Mapped[dt.datetime | None]
    letters: Mapped[list[Any]] = mapped_column(Json)
    point: Mapped[uuid.UUID] = mapped_column(ForeignKey("restore_points.id"))
