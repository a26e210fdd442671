"""Passages of what was submitted or sent, their codes, where they resemble each other, and which files were read."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Key, new_id
from portal.models.observations import Number


class Passage(Base):
    """One passage of a version, cited by its `key`: report or contribution, v and the version, question, language,
    ordinal, apart by colons; behind the question stands `@` and the file where it is of an attached file.

    `hash` is that of `portal.rules.anchors.anchor`. `follows` is the passage of the version before that this one
    continues, `change` how: new, same, edited or moved. `current` while its version stands: the newest of a report that
    is not withdrawn, the newest of a contribution that the team accepted. `file` is the name of the attached file,
    `page` its page in a PDF. `commitment` is the first that it is of, the others stand in `passage_commitments`;
    `entity` and `region` are those of what speaks of one alone, all stand in `contribution_places`. `until` is the last
    year that its version says it covers, None where it says none.
    """

    __tablename__ = "passages"
    __table_args__ = (
        Index("ix_passages_report", "report_id", "version"),
        Index("ix_passages_contribution", "contribution_id", "version"),
        Index("ix_passages_place", "cycle", "current", "commitment", "channel", "region"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    key: Mapped[str] = mapped_column(String(240), unique=True)
    source: Mapped[str] = mapped_column(Key)
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reports.id"))
    contribution_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contributions.id"))
    version: Mapped[int]
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    channel: Mapped[str] = mapped_column(String(1))
    entity: Mapped[str | None] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partners.id"), index=True)
    region: Mapped[str | None] = mapped_column(String(100))
    question: Mapped[str] = mapped_column(Key)
    section: Mapped[str] = mapped_column(Key)
    commitment: Mapped[str | None] = mapped_column(Key)
    language: Mapped[str] = mapped_column(String(2))
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64), index=True)
    current: Mapped[bool] = mapped_column(default=True)
    follows: Mapped[int | None] = mapped_column(ForeignKey("passages.id"), index=True)
    change: Mapped[str] = mapped_column(Key, default="new")
    file: Mapped[str] = mapped_column(String(200), default="")
    page: Mapped[int | None]
    until: Mapped[int | None]
    cut_at: Mapped[dt.datetime]


class PassageCommitment(Base):
    """A commitment that a passage is of, beside the one in its own row: a partner may tick several."""

    __tablename__ = "passage_commitments"
    __table_args__ = (Index("ix_passage_commitments_commitment", "commitment", "passage_id"),)

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True, autoincrement=False)
    commitment: Mapped[str] = mapped_column(Key, primary_key=True)


class ContributionPlace(Base):
    """What a version of a contribution speaks of: a region, and a state of it, "" for the region as such. It counts in
    each of these places; a version without a row is of the world.
    """

    __tablename__ = "contribution_places"
    __table_args__ = (Index("ix_contribution_places_entity", "entity"),)

    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region: Mapped[str] = mapped_column(String(100), primary_key=True)
    entity: Mapped[str] = mapped_column(String(3), primary_key=True)


class FileToRead(Base):
    """An attached file of a version whose text is read into passages, by the worker. `read_at` is None while it waits;
    `problem` says why a file gave no passages. `version_of` is the report or contribution.
    """

    __tablename__ = "files_to_read"
    __table_args__ = (Index("ix_files_to_read_waiting", "read_at", "laid_at"),)

    version_of: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    source: Mapped[str] = mapped_column(Key)
    question: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    blob: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    laid_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
    passages: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")


class Coding(Base):
    """A code that a coder gave to a passage: `<kind>:<key>` of the crosswalk, such as commitment:1.1 or kind:progress.

    One that was taken back keeps its row with `removed_at`. `carried_from` is the coding of the version before, where
    the passage stayed as it was.
    """

    __tablename__ = "codings"
    __table_args__ = (Index("ix_codings_code", "code", "removed_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), index=True)
    coder: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    code: Mapped[str] = mapped_column(Key)
    at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]
    carried_from: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class Coded(Base):
    """A coder has gone through a passage: the codes not given were not forgotten. It counts for the agreement."""

    __tablename__ = "coded"

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    coder: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[dt.datetime]


class PassageBand(Base):
    """One band of the sketch of a passage: passages that share a band are compared word by word."""

    __tablename__ = "passage_bands"

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True, autoincrement=False)


class NearCopy(Base):
    """Two passages of different reports or contributions with nearly the same words: `passage_id` came later.

    `likeness` is the share of runs of words that both have among those that either has, from 0 to 1. `kind` is
    last_cycle, partner, state or own (the same state or partner).
    """

    __tablename__ = "near_copies"
    __table_args__ = (UniqueConstraint("passage_id", "other_id"), Index("ix_near_copies_kind", "kind", "likeness"))

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), index=True)
    likeness: Mapped[float] = mapped_column(Float)
    kind: Mapped[str] = mapped_column(Key)
    found_at: Mapped[dt.datetime]
