"""How the people of one country share a draft: who is where, what was handed to whom, their talk, and invitations.
Nothing of this ever leaves the country.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Json, Key, new_id


class Presence(Base):
    """The last sign of a person in a section; it locks nothing and fades by itself."""

    __tablename__ = "presences"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    section: Mapped[str] = mapped_column(Key, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[dt.datetime]


class Handout(Base):
    """A section, or its figures or its narrative alone, in the hands of a contributor until it is settled.

    `part` is all, figures or narrative; `shared` lets the contributor read the rest of the report. `began` holds
    [question, language, revision] of each answer as it stood. `outcome` is accepted, beside (some text was kept beside
    the report's own) or withdrawn.
    """

    __tablename__ = "handouts"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    section: Mapped[str] = mapped_column(Key)
    part: Mapped[str] = mapped_column(Key, default="all")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    due: Mapped[dt.date | None] = mapped_column(Date)
    shared: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    began: Mapped[list[Any]] = mapped_column(Json)
    handed_out_at: Mapped[dt.datetime]
    handed_out_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    returned_at: Mapped[dt.datetime | None]
    returned_note: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Key)


class Reminder(Base):
    """A reminder of a hand-out that was sent, so that none is sent twice; `kind` names it and the day it was about."""

    __tablename__ = "reminders"

    handout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("handouts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Key, primary_key=True)
    sent_at: Mapped[dt.datetime]


class Comment(Base):
    """A word between colleagues about a section or one of its questions; `follows` is the comment it answers."""

    __tablename__ = "comments"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    section: Mapped[str] = mapped_column(Key)
    question: Mapped[str | None] = mapped_column(Key)
    follows: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("comments.id"))
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class Invitation(Base):
    """An invitation to a role for an entity; the link holds the secret, the table its digest, and it serves once.

    `succeeds` names the focal point whose role ends when the invited person accepts.
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64))
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    role: Mapped[str] = mapped_column(Key)
    email: Mapped[str] = mapped_column(String(254))
    succeeds: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    invited_at: Mapped[dt.datetime]
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    closes_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[dt.datetime | None]
