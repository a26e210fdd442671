"""What the reporting team reads: the queue, the checklist, the consent."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow, AnySelect
from portal.models.accounts import User
from portal.models.cycles import Cycle, Phase
from portal.models.entities import Entity
from portal.models.events import Event
from portal.models.phases import Extension
from portal.models.reports import Report, Version
from portal.models.review import Check
from portal.queries.reports import SEEN
from portal.rules.timeline import end_of_day, timing, within_extension
from portal.services.submission import CUT_OFF_PHASE, DEADLINE_PHASE


@dataclass(frozen=True)
class Calendar:
    """A cycle with the two moments that a submission is labelled by."""

    key: str
    label: str
    edition: str
    deadline: dt.datetime
    cut_off: dt.datetime

    def timing(self, submitted_at: dt.datetime) -> str:
        """`in_time`, `after_deadline` or `after_cut_off`."""
        return timing(submitted_at, self.deadline, self.cut_off)

    def extended(self, row: AnyRow, untils: Mapping[str, dt.date]) -> bool:
        """Whether a line of the queue came after the deadline of all and within the extension of its own state."""
        return within_extension(row.first_submitted_at, self.deadline, untils.get(row.entity))


def calendars(session: Session) -> list[Calendar]:
    """Every cycle that counts with its deadline and its cut-off, newest first."""
    rows = session.execute(
        select(Cycle.key, Cycle.label, Cycle.edition, Phase.key.label("phase"), Phase.closes)
        .join(Phase, Phase.cycle == Cycle.key)
        .where(Phase.key.in_([DEADLINE_PHASE, CUT_OFF_PHASE]), Cycle.practice_of.is_(None))
        .order_by(Cycle.opened_at.desc(), Cycle.key.desc())
    )
    ends: dict[tuple[str, str, str], dict[str, dt.datetime]] = {}
    for row in rows:
        ends.setdefault((row.key, row.label, row.edition), {})[row.phase] = end_of_day(row.closes)
    return [Calendar(*cycle, each[DEADLINE_PHASE], each[CUT_OFF_PHASE]) for cycle, each in ends.items()]


def _queue(cycle: str) -> AnySelect:
    columns = (
        Report.id, Report.entity, Entity.name_en, Entity.names, Entity.region, Entity.regional_group,
        SEEN.label("state"), Report.state_since, Report.modality, Report.languages, Report.versions,
        Report.first_submitted_at, Report.assigned_to, User.name.label("assigned_name"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(Entity, Entity.iso3 == Report.entity)
        .outerjoin(User, User.id == Report.assigned_to)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None))
    )


def queue(session: Session, cycle: str, entity: str | None = None) -> list[AnyRow]:
    """The received reports of a cycle, or of one entity in it, longest waiting first."""
    query = _queue(cycle)
    if entity is not None:
        query = query.where(Report.entity == entity)
    return list(session.execute(query.order_by(Report.first_submitted_at, Report.id)).all())


@functools.cache
def _lines(language: str) -> AnySelect:
    """The statement behind `lines`, built once a language: tables, not mapped classes, and as little JSON as can be."""
    report, entity, person = Report.__table__.c, Entity.__table__.c, User.__table__.c
    name = entity.name_en if language == "en" else func.coalesce(entity.names[language].as_string(), entity.name_en)
    told = Event.__table__.c
    asked = (
        select(func.max(told.at)).where(told.report_id == report.id, told.kind == "review.clarify").scalar_subquery()
    )
    columns = (
        report.id, report.entity, name.label("name"), entity.region, entity.regional_group, SEEN.label("state"),
        report.modality, report.languages, report.versions, report.first_submitted_at, report.assigned_to,
        person.name.label("assigned_name"), case((SEEN == "clarifying", asked)).label("asked_at"),
    )  # fmt: skip
    tables = Report.__table__.join(Entity.__table__, entity.iso3 == report.entity)
    return (
        select(*columns)
        .select_from(tables.outerjoin(User.__table__, person.id == report.assigned_to))
        .where(report.cycle == bindparam("cycle"), report.first_submitted_at.is_not(None))
        .order_by(report.first_submitted_at, report.id)
    )


def lines(session: Session, cycle: str, language: str) -> Sequence[AnyRow]:
    """Every received report of a cycle as a line of the queue, longest waiting first; one statement. `asked_at` is the
    moment at which the state was last asked, of a report that waits for it.
    """
    return session.execute(_lines(language), {"cycle": cycle}).all()


def checks(session: Session, report_id: uuid.UUID, version: int) -> dict[str, Check]:
    """The answers to the checklist of one version, by point."""
    query = select(Check).where(Check.report_id == report_id, Check.version == version)
    return {check.point: check for check in session.scalars(query)}


def head(session: Session, report_id: uuid.UUID) -> AnyRow:
    """Whose report it is and who reviews it: names, name_en, region, regional_group, assigned_name; `until`, the day up
    to which the country was given more time, if it was.
    """
    until = (
        select(func.max(Extension.until))
        .where(Extension.cycle == Report.cycle, Extension.entity == Report.entity)
        .scalar_subquery()
    )
    columns = (Entity.names, Entity.name_en, Entity.region, Entity.regional_group, User.name.label("assigned_name"))
    query = (
        select(*columns, until.label("until"))
        .select_from(Report)
        .join(Entity, Entity.iso3 == Report.entity)
        .outerjoin(User, User.id == Report.assigned_to)
        .where(Report.id == report_id)
    )
    return session.execute(query).one()


def last_versions(session: Session, report_id: uuid.UUID, count: int = 2) -> list[Version]:
    """The newest versions of a report, newest first."""
    query = select(Version).where(Version.report_id == report_id).order_by(Version.number.desc()).limit(count)
    return list(session.scalars(query))
