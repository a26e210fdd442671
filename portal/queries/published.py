"""Reads what is published: open to everyone."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.reports import Report
from portal.models.review import Publication
from portal.rules.refusals import Missing


def _published() -> AnySelect:
    return (
        select(Publication, Report, Entity.names, Entity.name_en, Entity.region, Cycle.label.label("cycle_label"))
        .join(Report, Report.id == Publication.report_id)
        .join(Entity, Entity.iso3 == Report.entity)
        .join(Cycle, Cycle.key == Report.cycle)
        .where(Publication.ended_at.is_(None), Report.state == "published")
    )


def publications(session: Session, cycle: str | None = None) -> list[AnyRow]:
    """What is published now, newest first: Publication, Report, names, name_en, region, cycle_label."""
    query = _published()
    if cycle is not None:
        query = query.where(Report.cycle == cycle)
    return list(session.execute(query.order_by(Publication.published_at.desc(), Report.id)).all())


def publication(session: Session, report_id: uuid.UUID) -> AnyRow:
    """The publication in force of one report; Missing when it is not published."""
    row = session.execute(_published().where(Report.id == report_id)).one_or_none()
    if row is None:
        raise Missing(N_("There is no such published report."))
    return row
