"""What the review writes down: the checklist, the state's consent, publication."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Json, Key, new_id


class Check(Base):
    """A reviewer's answer to one point of the edition's checklist, for one version."""

    __tablename__ = "checks"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    point: Mapped[str] = mapped_column(Key, primary_key=True)
    verdict: Mapped[str] = mapped_column(Key)
    note: Mapped[str] = mapped_column(String(4000), default="")
    checked_at: Mapped[dt.datetime]
    checked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Consent(Base):
    """The state's consent to publish one version, with the attachments it opens (append-only). Given anew with other
    attachments it has the next `number`; the newest counts.
    """

    __tablename__ = "consents"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    attachments: Mapped[list[Any]] = mapped_column(Json)
    given_at: Mapped[dt.datetime]
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Publication(Base):
    """A published version; `ended_at` is set when the state withdraws it."""

    __tablename__ = "publications"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    version: Mapped[int]
    attachments: Mapped[list[Any]] = mapped_column(Json)
    published_at: Mapped[dt.datetime]
    published_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[dt.datetime | None]
