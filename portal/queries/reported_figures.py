"""Reads the figures of reports: by cycle, place and indicator; and the versions that none were laid of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.entities import Entity
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report, Version
from portal.queries.passages import Reader
from portal.queries.reports import LATE
from portal.rules import crosswalk


@dataclass(frozen=True)
class Which:
    """Which figures are asked for, of those that stand now; "" for all. `late` is that of passages."""

    cycle: str = ""
    region: str = ""
    entity: str = ""
    commitment: str = ""
    indicator: str = ""
    late: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Which:
        """What an address asks for."""
        return cls(**{one.name: given.get(one.name, "").strip() for one in fields(cls)})


def _conditions(which: Which, reader: Reader) -> list[ColumnElement[bool]]:
    """What is asked for, left to what the reader may read: the team every figure, others those of published reports."""
    found: list[ColumnElement[bool]] = [ReportedFigure.current.is_(True)]
    if not reader.of_the_team:
        found.append(Report.state == "published")
    named = {name: getattr(which, name) for name in ("cycle", "region", "entity", "indicator")}
    found += [getattr(ReportedFigure, name) == wanted for name, wanted in named.items() if wanted]
    if which.late in LATE:
        found.append(LATE[which.late](ReportedFigure.report_id))
    if which.commitment:
        found.append(ReportedFigure.indicator.in_(crosswalk.indicators_of(which.commitment)))
    return found


def listed(session: Session, which: Which, reader: Reader, *, after: int = 0, limit: int) -> list[AnyRow]:
    """The figures asked for, in the order in which they came, behind a place: ReportedFigure, entity_names; one
    statement.
    """
    query = (
        select(ReportedFigure, Entity.names.label("entity_names"))
        .join(Report, Report.id == ReportedFigure.report_id)
        .join(Entity, Entity.iso3 == ReportedFigure.entity)
        .where(*_conditions(which, reader), ReportedFigure.id > after)
        .order_by(ReportedFigure.id)
        .limit(limit)
    )
    return list(session.execute(query).all())


def counted(session: Session, which: Which, reader: Reader) -> int:
    """How many figures are asked for."""
    query = (
        select(func.count())
        .select_from(ReportedFigure)
        .join(Report, Report.id == ReportedFigure.report_id)
        .where(*_conditions(which, reader))
    )
    return session.scalar(query) or 0


def is_laid(session: Session, report: uuid.UUID, version: int) -> bool:
    """Whether figures of a version are there already."""
    found = exists().where(ReportedFigure.report_id == report, ReportedFigure.version == version)
    return bool(session.scalar(select(found)))


def without_figures(session: Session) -> list[AnyRow]:
    """The submitted versions that no figure is there of, oldest first, without reports to practise with: report_id,
    number.
    """
    laid = exists().where(ReportedFigure.report_id == Version.report_id, ReportedFigure.version == Version.number)
    query = (
        select(Version.report_id, Version.number)
        .join(Report, Report.id == Version.report_id)
        .where(Report.practice.is_(False), ~laid)
        .order_by(Version.submitted_at, Version.report_id, Version.number)
    )
    return list(session.execute(query).all())
