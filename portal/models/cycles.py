"""Reporting cycles, their phases, and the published editions of the guidelines."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key


class Edition(Base):
    """A published edition of the guidelines: its document never changes (append-only)."""

    __tablename__ = "editions"

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    published_at: Mapped[dt.datetime]


class Cycle(Base):
    """One reporting cycle, asked by one edition. `practice_of` names the cycle that a practice cycle is a twin of."""

    __tablename__ = "cycles"

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    label: Mapped[str] = mapped_column(String(200))
    edition: Mapped[str] = mapped_column(ForeignKey("editions.key"))
    opened_at: Mapped[dt.datetime]
    practice_of: Mapped[str | None] = mapped_column(Key)


class Phase(Base):
    """A phase of a cycle; its days are counted in the last time zone."""

    __tablename__ = "phases"

    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"), primary_key=True)
    key: Mapped[str] = mapped_column(Key, primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    delivers: Mapped[str] = mapped_column(String(300), default="")
    opens: Mapped[dt.date] = mapped_column(Date)
    closes: Mapped[dt.date] = mapped_column(Date)
