"""Channel b in earnest: files kept aside, saved mappings and names of areas, what a second person says, and totals."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key, new_id
from portal.models.observations import AreaKey, Number, SourceKey


class PendingFile(Base):
    """A file that is here and not taken in yet: shown, then confirmed and read by the worker, or dropped.

    `state` is shown, waiting, reading, writing, taken, dropped or broken; `told` is what the person says of the file
    (source, edition, entity), `mapping` the columns as the person confirmed them, empty where the layout is known.
    `done` of about `parts` rows are read, 0 before that is known.
    """

    __tablename__ = "pending_files"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(300))
    blob: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    told: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Key, default="shown", index=True)
    sent_at: Mapped[dt.datetime]
    sent_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_at: Mapped[dt.datetime | None]
    import_number: Mapped[int | None] = mapped_column(ForeignKey("imports.number"))
    trouble: Mapped[str] = mapped_column(String(500), default="")


class ColumnMapping(Base):
    """What the columns of one kind of file are, as a person confirmed it: used for the next file with these headings.

    `fingerprint` is the SHA-256 of the headings, years taken as one; `mapping` is the document of
    `portal.rules.mappings`.
    """

    __tablename__ = "column_mappings"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(SourceKey, default="")
    mapping: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class AreaAlias(Base):
    """What a code or name in files of a source means, as a person said; `wording` is simplified as names are."""

    __tablename__ = "area_aliases"
    __table_args__ = (UniqueConstraint("source", "wording"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    source: Mapped[str] = mapped_column(SourceKey)
    wording: Mapped[str] = mapped_column(String(300))
    area: Mapped[str] = mapped_column(AreaKey)
    said_at: Mapped[dt.datetime]
    said_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class ImportSeries(Base):
    """Which series an import gave figures of: the editions of a series are the imports that gave it."""

    __tablename__ = "import_series"

    import_number: Mapped[int] = mapped_column(ForeignKey("imports.number"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True, index=True)


class ImportVerdict(Base):
    """What a second person says of an import: verified, doubtful or withdrawn, with the reason; append-only."""

    __tablename__ = "import_verdicts"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    import_number: Mapped[int] = mapped_column(ForeignKey("imports.number"), index=True)
    verdict: Mapped[str] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    said_at: Mapped[dt.datetime]
    said_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class ObservationTotal(Base):
    """The figures of one series and cut in one year for the states of one region, those of withdrawn imports apart.

    `region` is that of the entities; `count` figures of `states` states with sum, least and greatest. What has no
    number is not counted. Regions have no state in common, so the totals of the regions add up to the whole.
    """

    __tablename__ = "observation_totals"
    __table_args__ = (Index("ix_observation_totals_region_year", "region", "year"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    cut_id: Mapped[int] = mapped_column(ForeignKey("cuts.id"), primary_key=True)
    region: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int]
    sum: Mapped[float] = mapped_column(Float(53))
    low: Mapped[float] = mapped_column(Float(53))
    high: Mapped[float] = mapped_column(Float(53))
    states: Mapped[int]
