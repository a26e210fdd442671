"""What the reporting team reads: the queue, the checklist, the consent."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Case, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from forms.outline import LANGUAGES
from portal.db import AnyRow, AnySelect
from portal.models.accounts import Membership, User
from portal.models.cycles import Cycle, Phase
from portal.models.entities import Entity
from portal.models.events import Event
from portal.models.phases import Extension
from portal.models.reports import Report, Version
from portal.models.review import Check
from portal.queries.guidelines import guideline
from portal.queries.reports import SEEN
from portal.rules.lifecycle import RECEIVED
from portal.rules.timeline import end_of_day, timing, within_extension
from portal.services.submission import CUT_OFF_PHASE, DEADLINE_PHASE
from reviewer.rules.review import AFTER, ASSIGNED, DAYS, TIMINGS, Line, Wanted, age, values, waited

ANYBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Calendar:
    """A cycle with the two moments that a submission is labelled by, and its phases in order: key, title, end."""

    key: str
    label: str
    edition: str
    deadline: dt.datetime
    cut_off: dt.datetime
    phases: tuple[tuple[str, str, dt.datetime], ...]

    def timing(self, submitted_at: dt.datetime) -> str:
        """`in_time`, `after_deadline` or `after_cut_off`."""
        return timing(submitted_at, self.deadline, self.cut_off)

    def phase(self, submitted_at: dt.datetime) -> str:
        """The key of the phase that was running at a moment, the first one before it opens, AFTER once all ended."""
        return next((key for key, _title, ends in self.phases if submitted_at < ends), AFTER)

    def line(self, row: AnyRow, untils: Mapping[str, dt.date], at: dt.datetime) -> Line:
        """A row of the queue with what this calendar says of it at a moment; `untils` are the extensions by entity."""
        came = row.first_submitted_at
        extended = within_extension(came, self.deadline, untils.get(row.entity))
        days, waits = age(row.state, came, at), waited(row.state, row.asked_at, at)
        return Line(row, self.timing(came), self.phase(came), extended, days, waits)


def calendars(session: Session) -> list[Calendar]:
    """Every cycle that counts and has a deadline and a cut-off, with its phases, newest first; one statement."""
    rows = session.execute(
        select(Cycle.key, Cycle.label, Cycle.edition, Phase.key.label("phase"), Phase.title, Phase.closes)
        .join(Phase, Phase.cycle == Cycle.key)
        .where(Cycle.practice_of.is_(None))
        .order_by(Cycle.opened_at.desc(), Cycle.key.desc(), Phase.position)
    )
    found: dict[tuple[str, str, str], list[tuple[str, str, dt.datetime]]] = {}
    for row in rows:
        phase = (row.phase, row.title, end_of_day(row.closes))
        found.setdefault((row.key, row.label, row.edition), []).append(phase)
    made = []
    for cycle, phases in found.items():
        ends = {phase: end for phase, _title, end in phases}
        if DEADLINE_PHASE in ends and CUT_OFF_PHASE in ends:
            made.append(Calendar(*cycle, ends[DEADLINE_PHASE], ends[CUT_OFF_PHASE], tuple(phases)))
    return made


def _asked_at() -> Case[Any]:
    """The moment at which the state of a report was last asked, of one that waits for it."""
    told, report = Event.__table__.c, Report.__table__.c
    asked = (
        select(func.max(told.at)).where(told.report_id == report.id, told.kind == "review.clarify").scalar_subquery()
    )
    return case((SEEN == "clarifying", asked))


def _queue(cycle: str) -> AnySelect:
    columns = (
        Report.id, Report.entity, Entity.name_en, Entity.names, Entity.region, Entity.regional_group,
        SEEN.label("state"), Report.state_since, Report.modality, Report.languages, Report.versions,
        Report.first_submitted_at, Report.assigned_to, User.name.label("assigned_name"), _asked_at().label("asked_at"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(Entity, Entity.iso3 == Report.entity)
        .outerjoin(User, User.id == Report.assigned_to)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None))
    )


def queue(session: Session, cycle: str, entity: str | None = None) -> list[AnyRow]:
    """The received reports of a cycle, or of one entity in it, longest waiting first; `asked_at` as in `lines`."""
    query = _queue(cycle)
    if entity is not None:
        query = query.where(Report.entity == entity)
    return list(session.execute(query.order_by(Report.first_submitted_at, Report.id)).all())


@functools.cache
def _lines(language: str) -> AnySelect:
    """The statement behind `lines`, built once a language: tables, not mapped classes, and as little JSON as can be."""
    report, entity, person = Report.__table__.c, Entity.__table__.c, User.__table__.c
    name = entity.name_en if language == "en" else func.coalesce(entity.names[language].as_string(), entity.name_en)
    columns = (
        report.id, report.entity, name.label("name"), entity.region, entity.regional_group, SEEN.label("state"),
        report.modality, report.languages, report.versions, report.first_submitted_at, report.assigned_to,
        person.name.label("assigned_name"), _asked_at().label("asked_at"),
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


def unknown(session: Session, calendar: Calendar, wanted: Wanted, lines: Collection[Line]) -> list[str]:
    """The filters whose value means nothing in this cycle, by name. What no received report has is looked up; what one
    has costs no statement.
    """
    found = []
    for name, value in wanted.asked().items():
        if name in DAYS:
            known = value.isdecimal()
        else:
            met = any(value in values(name, line, ANYBODY) for line in lines)
            known = met or _known(session, calendar, name, value)
        if not known:
            found.append(name)
    return found


def _known(session: Session, calendar: Calendar, name: str, value: str) -> bool:
    if name in ("region", "group"):
        column = Entity.region if name == "region" else Entity.regional_group
        return session.scalar(select(Entity.iso3).where(column == value).limit(1)) is not None
    if name == "modality":
        return value in guideline(session, calendar.edition).modalities
    if name == "assigned":
        return value in ASSIGNED or member(session, value) is not None
    if name == "phase":
        return value == AFTER or value in {key for key, _title, _ends in calendar.phases}
    return value in {"state": RECEIVED | {"withdrawn"}, "timing": TIMINGS, "language": LANGUAGES}[name]


def member(session: Session, written: str) -> str | None:
    """The name of the person with this id, as the portal writes it, who reviews or has reviewed; None for anything
    else.
    """
    try:
        person = uuid.UUID(written)
    except ValueError:
        return None
    if written != str(person):
        return None
    of_the_team = exists().where(Membership.user_id == User.id, Membership.role.in_(["reviewer", "lead"]))
    return session.scalar(select(User.name).where(User.id == person, of_the_team))


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
