"""Synthesis bundles: asked for, built by the worker, kept in the storage."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Key, new_id


class Bundle(Base):
    """One bundle. `state` is waiting, building, ready or broken; `done` of `parts` tells how far the worker is."""

    __tablename__ = "bundles"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    state: Mapped[str] = mapped_column(Key, default="waiting")
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    done: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[dt.datetime | None]
    blob: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    manifest: Mapped[str | None] = mapped_column(String(64))
    trouble: Mapped[str | None] = mapped_column(String(500))
