"""Where the words of a draft came from: an earlier report carried over, and documents laid beside the form."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key, new_id


class Carried(Base):
    """An answer that came over from an earlier version: untouched while its revision is still `revision` and nobody has
    said that it is still right (`settled_at`).

    `source_version` is the number of the version of `source_report`; `digest` is that of the value carried.
    """

    __tablename__ = "carried"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    question: Mapped[str] = mapped_column(Key, primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    revision: Mapped[int]
    source_report: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"))
    source_version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    carried_at: Mapped[dt.datetime]
    carried_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class SourceDocument(Base):
    """A Word or PDF document of the country, such as a voluntary review, laid beside the form."""

    __tablename__ = "source_documents"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(Key)
    year: Mapped[str] = mapped_column(String(20), default="")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str] = mapped_column(String(200), unique=True)
    added_at: Mapped[dt.datetime]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[dt.datetime | None]


class SourcePassage(Base):
    """One passage of a document in its order: the heading it stands under, its page where there are pages, its text."""

    __tablename__ = "source_passages"

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source_documents.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    heading: Mapped[str] = mapped_column(Text, default="")
    page: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)


class Taking(Base):
    """A passage taken over into an answer (append-only); `revision` is the one that the taking wrote."""

    __tablename__ = "takings"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    question: Mapped[str] = mapped_column(Key)
    language: Mapped[str] = mapped_column(String(2))
    revision: Mapped[int]
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source_documents.id"))
    ordinal: Mapped[int]
    taken_at: Mapped[dt.datetime]
    taken_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
