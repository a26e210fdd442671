"""Figures that states give in their reports, one row for each figure of an answer on an indicator."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Key
from portal.models.observations import Number


class ReportedFigure(Base):
    """One figure of a version: row `ordinal` of the answer to a question on an indicator, every text as typed.

    `year` is the last one of `period`, `value` and `bound` are what was read of `value_text`; None, None and "" where
    nothing could be read. `unit_asked` is the unit that the question asks for, and holds where `unit` is empty.
    `current` while its version is the newest and is not withdrawn.
    """

    __tablename__ = "reported_figures"
    __table_args__ = (
        UniqueConstraint("report_id", "version", "question", "ordinal"),
        Index("ix_reported_figures_place", "cycle", "current", "indicator", "region"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"))
    version: Mapped[int]
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    region: Mapped[str] = mapped_column(String(100))
    question: Mapped[str] = mapped_column(Key)
    indicator: Mapped[str] = mapped_column(Key)
    ordinal: Mapped[int]
    period: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None]
    value_text: Mapped[str] = mapped_column(Text)
    value: Mapped[float | None] = mapped_column(Float(53))
    bound: Mapped[str] = mapped_column(String(2))
    unit: Mapped[str] = mapped_column(Text)
    unit_asked: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    disaggregation: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    current: Mapped[bool] = mapped_column(default=False)
    laid_at: Mapped[dt.datetime]
