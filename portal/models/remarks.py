"""Clarification as cases: remarks of the reporting team, the talk about each, the country's answers; internal notes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Json, Key, new_id


class Remark(Base):
    """A remark on one question of one version. It is the team's own until `sent_at`; then the country answers it.

    `kind` is missing, unclear, inconsistent, evidence or editorial. `wording` is the text that the reviewer proposes.
    "" for none. `answer` is changed, explained or declined; `answered_revision` is that of the draft's answer at that
    moment. `closed_as` is settled or again; then another remark on a later version `follows` this one.
    """

    __tablename__ = "remarks"
    __table_args__ = (
        ForeignKeyConstraint(["report_id", "version"], ["versions.report_id", "versions.number"]),
        Index("ix_remarks_report", "report_id", "sent_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"))
    version: Mapped[int]
    question: Mapped[str] = mapped_column(Key)
    language: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(Key)
    words: Mapped[str] = mapped_column(Text)
    words_language: Mapped[str] = mapped_column(String(2), default="en")
    wording: Mapped[Any] = mapped_column(Json)
    due: Mapped[dt.date | None] = mapped_column(Date)
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[dt.datetime | None]
    answer: Mapped[str | None] = mapped_column(Key)
    answer_words: Mapped[str] = mapped_column(Text, default="")
    answered_revision: Mapped[int | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    closed_as: Mapped[str | None] = mapped_column(Key)
    follows: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remarks.id"))


class RemarkWord(Base):
    """One contribution to the talk about a remark (append-only), read by both sides."""

    __tablename__ = "remark_words"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    remark_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remarks.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="en")
    said_at: Mapped[dt.datetime]
    said_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class InternalNote(Base):
    """A note of the reporting team on a report or one of its questions; no country ever reads it (append-only)."""

    __tablename__ = "internal_notes"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    version: Mapped[int]
    question: Mapped[str | None] = mapped_column(Key)
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class SavedView(Base):
    """A filter of the queue that a member of the team keeps under a name."""

    __tablename__ = "saved_views"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    filters: Mapped[dict[str, Any]] = mapped_column(Json)
    kept_at: Mapped[dt.datetime]
