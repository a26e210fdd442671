"""The report of an entity for a cycle: its draft, every saved value, its files, and the versions it was submitted
as.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.db import Base, Iso3, Json, Key, new_id
from portal.models.sharing import Handout


class Report(Base):
    """One report. `state` moves only by steps; `drafting` is the state in which its answers were last open;
    `first_submitted_at` is set once. A `practice` report stands in a practice cycle and counts nowhere. `handouts` are
    those not settled, read when a permission first asks for them.
    """

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("entity", "cycle"), Index("ix_reports_queue", "cycle", "state"))

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"))
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    edition: Mapped[str] = mapped_column(ForeignKey("editions.key"))
    modality: Mapped[str] = mapped_column(Key)
    languages: Mapped[list[Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(Key, default="preparing")
    state_since: Mapped[dt.datetime]
    drafting: Mapped[str] = mapped_column(Key, default="preparing")
    announced: Mapped[bool] = mapped_column(default=False)
    practice: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    first_submitted_at: Mapped[dt.datetime | None]
    versions: Mapped[int] = mapped_column(default=0)
    assigned_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    handouts: Mapped[list[Handout]] = relationship(
        viewonly=True,
        primaryjoin=lambda: (Report.id == foreign(Handout.report_id)) & Handout.settled_at.is_(None),
        order_by=lambda: (Handout.section, Handout.handed_out_at, Handout.id),
    )


class Answer(Base):
    """The value of one question in one language, with the revision it has reached."""

    __tablename__ = "answers"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    question: Mapped[str] = mapped_column(Key, primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    revision: Mapped[int]
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class AnswerRevision(Base):
    """Every value an answer ever had (append-only): the record of each save."""

    __tablename__ = "answer_revisions"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    question: Mapped[str] = mapped_column(Key, primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    base_revision: Mapped[int]
    merged: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Attachment(Base):
    """A file laid beside a question; its bytes stand in the storage under a key no user chose.

    `remarks` is what is told of it to those who laid it there, None where it was not looked at.
    """

    __tablename__ = "attachments"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    question: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str] = mapped_column(String(200), unique=True)
    added_at: Mapped[dt.datetime]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[dt.datetime | None]
    remarks: Mapped[list[Any] | None] = mapped_column(Json)


class Clearance(Base):
    """A request of the focal point that the certifier approves or declines."""

    __tablename__ = "clearances"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Key)
    reason: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int | None]


class Version(Base):
    """What was submitted, frozen (append-only): canonical bytes, their digest, the check's findings and the receipt."""

    __tablename__ = "versions"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    content_digest: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    files: Mapped[list[Any]] = mapped_column(Json)
    findings: Mapped[list[Any]] = mapped_column(Json)
    submitted_at: Mapped[dt.datetime]
    submitted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
