"""Contradictions between channels as cases: what stands against what, the question drafted, what people made of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Json, Key, new_id


class Case(Base):
    """Two things told of one entity and indicator or commitment that do not go together. People decide; rules only ask.

    `key` names the rule and the pair, so that no pair is raised twice. `sides` is a list of {kind, ref, channel, label,
    text, value, unit, period, source, points}; `sides` of a case that is not settled follow the figures. `moved_at` is
    set when they changed after the outcome, `gone_at` when the last run did not find the contradiction any more.
    `outcome` and `reason` are those of the newest row of `case_outcomes`; `remark_id` is the remark that asks.
    """

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_cycle_state", "cycle", "state"), Index("ix_cases_entity", "entity", "indicator"))

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    rule: Mapped[str] = mapped_column(Key)
    entity: Mapped[str | None] = mapped_column(Iso3, ForeignKey("entities.iso3"))
    indicator: Mapped[str | None] = mapped_column(Key)
    commitment: Mapped[str | None] = mapped_column(Key)
    period: Mapped[str] = mapped_column(String(40), default="")
    sides: Mapped[list[Any]] = mapped_column(Json)
    question: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Key, default="raised")
    outcome: Mapped[str | None] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text, default="")
    raised_at: Mapped[dt.datetime]
    raised_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[dt.datetime | None]
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    remark_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remarks.id"))
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    moved_at: Mapped[dt.datetime | None]
    gone_at: Mapped[dt.datetime | None]


class CaseOutcome(Base):
    """What a person decided of a case, with the reason and the sides as they stood then (append-only)."""

    __tablename__ = "case_outcomes"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text)
    sides: Mapped[list[Any]] = mapped_column(Json)
    settled_at: Mapped[dt.datetime]
    settled_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
