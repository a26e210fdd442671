"""Reads extensions: what a country asked for and what it was given."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.entities import Entity
from portal.models.phases import Extension
from portal.rules.refusals import Missing


def extension(session: Session, extension_id: uuid.UUID, *, lock: bool = False) -> Extension:
    """The request with this id; `lock` holds its row. Missing when there is none."""
    found = session.get(Extension, extension_id, with_for_update=lock or None)
    if found is None:
        raise Missing(N_("There is no such request for more time."))
    return found


def of_entity(session: Session, cycle: str, entity: str) -> list[Extension]:
    """What this country asked for in this cycle, newest first."""
    query = select(Extension).where(Extension.cycle == cycle, Extension.entity == entity)
    return list(session.scalars(query.order_by(Extension.asked_at.desc(), Extension.id)))


def untils(session: Session, cycle: str) -> dict[str, dt.date]:
    """The day up to which each country was given more time in this cycle, the most distant where there are several."""
    query = select(Extension.entity, func.max(Extension.until)).where(
        Extension.cycle == cycle, Extension.until.is_not(None)
    )
    rows = session.execute(query.group_by(Extension.entity))
    return {str(entity): until for entity, until in rows if until is not None}


def given(session: Session, cycle: str, entities: Collection[str]) -> list[AnyRow]:
    """Those of these countries that were given more time in this cycle, with the most distant day: entity, names,
    until.
    """
    if not entities:
        return []
    until = func.max(Extension.until).label("until")
    newest = (
        select(Extension.entity, until)
        .where(Extension.cycle == cycle, Extension.until.is_not(None), Extension.entity.in_(sorted(entities)))
        .group_by(Extension.entity)
        .subquery()
    )
    query = select(Entity.iso3.label("entity"), Entity.names, newest.c.until)
    return list(session.execute(query.join(newest, newest.c.entity == Entity.iso3).order_by(Entity.iso3)).all())


def listing(session: Session, cycle: str) -> list[AnyRow]:
    """Every request of a cycle, those not answered first: Extension, names of the entity, name of who asked."""
    query = (
        select(Extension, Entity.names, User.name.label("asked_name"))
        .join(Entity, Entity.iso3 == Extension.entity)
        .join(User, User.id == Extension.asked_by)
        .where(Extension.cycle == cycle)
    )
    return list(session.execute(query.order_by(Extension.answered_at.is_not(None), Extension.asked_at)).all())
