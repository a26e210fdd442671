"""What the phases of a cycle bring: deliverables with their versions, sign-offs, closings; extensions, intentions."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Key, new_id


class Deliverable(Base):
    """One version of the text that a phase delivers (append-only)."""

    __tablename__ = "deliverables"
    __table_args__ = (ForeignKeyConstraint(["cycle", "phase"], ["phases.cycle", "phases.key"]),)

    cycle: Mapped[str] = mapped_column(Key, primary_key=True)
    phase: Mapped[str] = mapped_column(Key, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class SignOff(Base):
    """A person's sign-off of one version of a deliverable (append-only)."""

    __tablename__ = "sign_offs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle", "phase", "number"], ["deliverables.cycle", "deliverables.phase", "deliverables.number"]
        ),
    )

    cycle: Mapped[str] = mapped_column(Key, primary_key=True)
    phase: Mapped[str] = mapped_column(Key, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    post: Mapped[str] = mapped_column(String(200), default="")
    signed_at: Mapped[dt.datetime]


class PhaseClosing(Base):
    """The closing of a phase, with what stood against it and why it was closed all the same (append-only)."""

    __tablename__ = "phase_closings"
    __table_args__ = (ForeignKeyConstraint(["cycle", "phase"], ["phases.cycle", "phases.key"]),)

    cycle: Mapped[str] = mapped_column(Key, primary_key=True)
    phase: Mapped[str] = mapped_column(Key, primary_key=True)
    deliverable: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[dt.datetime]
    closed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Extension(Base):
    """More time for one country, asked for by it and given by the lead; the deadline of the others stays."""

    __tablename__ = "extensions"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    wanted_until: Mapped[dt.date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    until: Mapped[dt.date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class Intention(Base):
    """The day by which a state says that it will report; the newest counts (append-only)."""

    __tablename__ = "intentions"
    __table_args__ = (UniqueConstraint("entity", "cycle", "stated_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"))
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    by_day: Mapped[dt.date | None] = mapped_column(Date)
    stated_at: Mapped[dt.datetime]
    stated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
