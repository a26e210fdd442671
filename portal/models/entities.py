"""Member states, observers and demonstration entities."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Json, Key


class Entity(Base):
    """Who can report. Names stand as the United Nations writes them, by language code; regions are editable data."""

    __tablename__ = "entities"

    iso3: Mapped[str] = mapped_column(Iso3, primary_key=True)
    iso2: Mapped[str] = mapped_column(String(2), default="")
    m49: Mapped[str] = mapped_column(String(3), default="")
    status: Mapped[str] = mapped_column(Key)
    names: Mapped[dict[str, Any]] = mapped_column(Json)
    name_en: Mapped[str] = mapped_column(String(200), index=True)
    regional_group: Mapped[str] = mapped_column(String(100), default="")
    region: Mapped[str] = mapped_column(String(100), default="", index=True)
    commissions: Mapped[str] = mapped_column(String(100), default="")
    ldc: Mapped[bool] = mapped_column(default=False)
    lldc: Mapped[bool] = mapped_column(default=False)
    sids: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")
