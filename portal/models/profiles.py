"""Desk profiles: what the secretariat compiled of a state that has not reported, and what the state says to it."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Key, new_id

Number = BigInteger().with_variant(Integer, "sqlite")


class Profile(Base):
    """The desk profile of one state for one cycle. It is no report and is counted apart from reports everywhere.

    The state sees it at `compiled_at`; others than the state and the team see it from `released_at` on.
    """

    __tablename__ = "profiles"
    __table_args__ = (UniqueConstraint("cycle", "entity"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    compiled_at: Mapped[dt.datetime]
    compiled_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    released_at: Mapped[dt.datetime | None]
    released_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class ProfileItem(Base):
    """One passage or figure of a profile as it stood when it was compiled (append-only).

    `reference` names the piece, so that compiling again adds none twice: `passage:<key>` or `figure:<observation>:
    <revision>`. `text` is the passage, or the title of the series; `value` and `unit` are "" for a passage.
    """

    __tablename__ = "profile_items"
    __table_args__ = (UniqueConstraint("profile_id", "reference"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    profile_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("profiles.id"))
    reference: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(Key)
    channel: Mapped[str] = mapped_column(String(1))
    commitment: Mapped[str] = mapped_column(Key)
    language: Mapped[str] = mapped_column(String(2), default="en")
    text: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(String(80), default="")
    unit: Mapped[str] = mapped_column(String(200), default="")
    year: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300))
    added_at: Mapped[dt.datetime]


class ProfileAnswer(Base):
    """What the state says to one item (append-only): confirmed, corrected or refused. The last one stands."""

    __tablename__ = "profile_answers"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("profile_items.id"), index=True)
    answer: Mapped[str] = mapped_column(Key)
    words: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    answered_at: Mapped[dt.datetime]
    answered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
