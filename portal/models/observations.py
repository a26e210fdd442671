"""Channel b: areas, series, files taken in, figures, what earlier editions said, and what was left out."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Json, Key, new_id
from portal.rules.areas import LONGEST_KEY

Number = BigInteger().with_variant(Integer, "sqlite")
AreaKey = String(LONGEST_KEY)
SourceKey = String(120)


class Area(Base):
    """A place or a group of places that figures speak of. `kind` is told by a table or by the file, never guessed.

    `key` is `KAZ`, `ABW`, `M49:1`, `WB:AFE`, `KAZ/KZAKM`, `CITY:ae_dubayy` or `CITY:MEX/Guadalupe`.
    """

    __tablename__ = "areas"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    key: Mapped[str] = mapped_column(AreaKey, unique=True)
    kind: Mapped[str] = mapped_column(Key, index=True)
    entity: Mapped[str | None] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    names: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(String(500), default="")


class Series(Base):
    """One measure of one source. `indicator` is the code of the monitoring framework where the correspondence is sure;
    `edition` is the newest that gave figures.
    """

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("source", "code"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    source: Mapped[str] = mapped_column(SourceKey)
    code: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(500))
    sdg: Mapped[str] = mapped_column(Key, default="")
    indicator: Mapped[str | None] = mapped_column(Key, index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    licence: Mapped[str] = mapped_column(String(200), default="")
    credit: Mapped[str] = mapped_column(String(300), default="")
    edition: Mapped[str] = mapped_column(String(120), default="")


class Cut(Base):
    """What a figure of a series covers: its dimensions as canonical JSON text, and its unit as published."""

    __tablename__ = "cuts"
    __table_args__ = (UniqueConstraint("dimensions", "unit"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    dimensions: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(200))
    headline: Mapped[bool] = mapped_column(default=False)


class Import(Base):
    """One file taken in. `figures_read` is new plus revised plus unchanged plus left out.

    `standing` is the newest word of a second person: unverified before any, then verified, doubtful or withdrawn. The
    figures of a withdrawn import are offered nowhere.
    """

    __tablename__ = "imports"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_id)
    source: Mapped[str] = mapped_column(SourceKey)
    layout: Mapped[str] = mapped_column(Key)
    file_name: Mapped[str] = mapped_column(String(300))
    blob: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    edition: Mapped[str] = mapped_column(String(120), default="")
    imported_at: Mapped[dt.datetime]
    imported_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    rows_read: Mapped[int] = mapped_column(default=0)
    figures_read: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    revised: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    no_longer_given: Mapped[int] = mapped_column(default=0)
    standing: Mapped[str] = mapped_column(Key, default="unverified", server_default="unverified")
    mapping: Mapped[dict[str, Any]] = mapped_column(Json)


class Omission(Base):
    """What a file held that was left out: where, how many figures, why."""

    __tablename__ = "omissions"
    __table_args__ = (Index("ix_omissions_import_number_id", "import_number", "id"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    import_number: Mapped[int] = mapped_column(ForeignKey("imports.number"))
    place: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Key)
    sentence: Mapped[str] = mapped_column(String(500))
    content: Mapped[str] = mapped_column(String(500), default="")
    figures: Mapped[int] = mapped_column(default=1)


class Observation(Base):
    """One figure as the newest edition gives it: the text as published, beside it the number and bound that were read.

    `bound` is "" or one of < > <= >=; `nature` and `status` are the codes of the source for how the figure was made.
    PostgreSQL checks where figures refer to with each statement (docs/decisions/0009), so no foreign key stands there.
    """

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("series_id", "area_id", "cut_id", "period"),
        Index("ix_observations_area_id_series_id", "area_id", "series_id", "year"),
        Index("ix_observations_import_number", "import_number"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    cut_id: Mapped[int] = mapped_column(ForeignKey("cuts.id"))
    year: Mapped[int]
    period: Mapped[str] = mapped_column(String(40))
    value_text: Mapped[str] = mapped_column(String(80))
    value: Mapped[float | None] = mapped_column(Float(53))
    bound: Mapped[str] = mapped_column(String(2), default="")
    nature: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    import_number: Mapped[int] = mapped_column(ForeignKey("imports.number"))


class ObservationRevision(Base):
    """What an observation said before a newer edition said otherwise; append-only."""

    __tablename__ = "observation_revisions"
    __table_args__ = (UniqueConstraint("observation_id", "revision"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    observation_id: Mapped[int] = mapped_column(ForeignKey("observations.id"))
    revision: Mapped[int]
    value_text: Mapped[str] = mapped_column(String(80))
    value: Mapped[float | None] = mapped_column(Float(53))
    bound: Mapped[str] = mapped_column(String(2))
    nature: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    import_number: Mapped[int] = mapped_column(ForeignKey("imports.number"))
    superseded_by: Mapped[int] = mapped_column(ForeignKey("imports.number"))
    superseded_at: Mapped[dt.datetime]
