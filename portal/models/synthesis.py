"""The synthesis: statements with their history and citations, what is to be checked again, supplements, releases."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Key, new_id
from portal.models.observations import Number


class Statement(Base):
    """One statement of the extended report, under a heading of its outline. `revision` counts its texts; `state` is
    draft, supported, check_again or withdrawn, and moves only by portal.rules.synthesis.
    """

    __tablename__ = "statements"
    __table_args__ = (Index("ix_statements_heading", "cycle", "heading", "ordinal"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    heading: Mapped[str] = mapped_column(Key)
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(Key, default="draft")
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class StatementRevision(Base):
    """Every text a statement ever had (append-only); `note` says why it was changed."""

    __tablename__ = "statement_revisions"

    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    note: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Citation(Base):
    """A passage or a figure that speaks `for` or `against` a statement. `value_text` is an observation as it was cited.
    `passage_id` and `reported_figure_id`, a figure that a state gives in its report, follow into a corrected version;
    `cited_passage_id` and `cited_reported_figure_id` are those first cited.
    """

    __tablename__ = "citations"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statements.id"), index=True)
    kind: Mapped[str] = mapped_column(Key)
    passage_id: Mapped[int | None] = mapped_column(Number, ForeignKey("passages.id"), index=True)
    cited_passage_id: Mapped[int | None] = mapped_column(Number, ForeignKey("passages.id"))
    observation_id: Mapped[int | None] = mapped_column(Number, ForeignKey("observations.id"), index=True)
    reported_figure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("reported_figures.id"), index=True)
    cited_reported_figure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("reported_figures.id"))
    value_text: Mapped[str] = mapped_column(String(80), default="")
    stance: Mapped[str] = mapped_column(Key)
    added_at: Mapped[dt.datetime]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[dt.datetime | None]
    removed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class Recheck(Base):
    """A citation whose ground has moved, until a person settles it. `reason` is edited, gone, withdrawn or
    figure_revised. Old and new are passages, figures of a report, or the values of an observation; the new is none
    where nothing follows.
    """

    __tablename__ = "rechecks"
    __table_args__ = (
        Index(
            "uq_rechecks_open",
            "citation_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statements.id"), index=True)
    citation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("citations.id"))
    reason: Mapped[str] = mapped_column(Key)
    old_passage_id: Mapped[int | None] = mapped_column(Number, ForeignKey("passages.id"))
    new_passage_id: Mapped[int | None] = mapped_column(Number, ForeignKey("passages.id"))
    old_reported_figure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("reported_figures.id"))
    new_reported_figure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("reported_figures.id"))
    old_value: Mapped[str] = mapped_column(String(80), default="")
    new_value: Mapped[str] = mapped_column(String(80), default="")
    raised_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Key)
    words: Mapped[str] = mapped_column(Text, default="")


class Supplement(Base):
    """A report first received after the synthesis cut-off: what it says is laid beside the synthesis, with its date."""

    __tablename__ = "supplements"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"), index=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), unique=True)
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"))
    received_at: Mapped[dt.datetime]


class SupplementMark(Base):
    """What a late report does to one statement, as a person chose it (append-only): strengthens, weakens, contradicts
    or untouched, by a passage of it, a figure that it gives, or both. The newest counts; the rows before it are its
    history.
    """

    __tablename__ = "supplement_marks"
    __table_args__ = (UniqueConstraint("supplement_id", "statement_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    supplement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplements.id"))
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statements.id"), index=True)
    number: Mapped[int]
    statement_revision: Mapped[int]
    effect: Mapped[str] = mapped_column(Key)
    passage_id: Mapped[int | None] = mapped_column(Number, ForeignKey("passages.id"))
    reported_figure_id: Mapped[int | None] = mapped_column(Number, ForeignKey("reported_figures.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    chosen_at: Mapped[dt.datetime]
    chosen_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class SynthesisRelease(Base):
    """What the lead released to those who are cited (append-only): the supported statements with their citations as
    canonical JSON, and its digest. What is written afterwards is not in it.
    """

    __tablename__ = "synthesis_releases"

    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    released_at: Mapped[dt.datetime]
    released_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
