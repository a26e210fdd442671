"""Reads cases: the list with its filters, one case with all that was decided of it, how often each rule was right."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.accounts import User
from portal.models.contradictions import Case, CaseOutcome
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.queries.passages import NO_REGION
from portal.queries.reports import SEEN
from portal.rules.cases import SETTLED, STANDING, Tally, tallies
from portal.rules.refusals import Missing

NO_CASE = N_("There is no such case.")
OPEN, STANDS, GONE, MOVED = "open", "stands", "gone", "moved"
"""Filters beside the states: not settled and still there, settled and yet it stands, the ground went away, figures
moved after the outcome.
"""
SPEAKING: Mapping[str, ColumnElement[bool]] = {
    OPEN: and_(Case.state != SETTLED, Case.gone_at.is_(None)),
    STANDS: and_(Case.state == SETTLED, Case.outcome.in_(sorted(STANDING)), Case.gone_at.is_(None)),
}
"""The contradictions that speak against what rests on one of their sides: those that are open, and those that stand."""


@dataclass(frozen=True)
class Wanted:
    """Which cases are asked for; "" asks for all. `state` is raised, asked, settled, open, stands, gone or moved;
    `region` may be NO_REGION, which asks for cases on no state.
    """

    state: str = ""
    rule: str = ""
    outcome: str = ""
    entity: str = ""
    region: str = ""
    indicator: str = ""
    commitment: str = ""
    channel: str = ""


def _listed(cycle: str) -> AnySelect:
    columns = (
        *(Case.id, Case.cycle, Case.rule, Case.entity, Entity.name_en, Entity.names, Entity.region, Case.indicator),
        *(Case.commitment, Case.period, Case.sides, Case.question, Case.state, Case.outcome, Case.reason),
        *(Case.raised_at, Case.asked_at, Case.settled_at, Case.moved_at, Case.gone_at, Case.remark_id),
    )
    return select(*columns).outerjoin(Entity, Entity.iso3 == Case.entity).where(Case.cycle == cycle)


def _limited(query: AnySelect, wanted: Wanted) -> AnySelect:
    for column, value in (
        (Case.rule, wanted.rule),
        (Case.outcome, wanted.outcome),
        (Case.entity, wanted.entity),
        (Entity.region, "" if wanted.region == NO_REGION else wanted.region),
        (Case.indicator, wanted.indicator),
        (Case.commitment, wanted.commitment),
    ):
        if value:
            query = query.where(column == value)
    if wanted.region == NO_REGION:
        query = query.where(func.coalesce(Entity.region, "") == "")
    standing: dict[str, Any] = {
        **SPEAKING,
        GONE: Case.gone_at.is_not(None),
        MOVED: Case.moved_at.is_not(None),
    }
    if wanted.state:
        query = query.where(standing.get(wanted.state, Case.state == wanted.state))
    if wanted.channel:
        query = query.where(
            or_(*(Case.sides[place]["channel"].as_string() == wanted.channel for place in (0, 1)))  # two sides, always
        )
    return query


def listed(
    session: Session,
    cycle: str,
    wanted: Wanted,
    *,
    after: tuple[dt.datetime, uuid.UUID] | None = None,
    by_name: bool = False,
    start: int = 0,
    limit: int | None = None,
) -> list[AnyRow]:
    """The cases of a cycle that are asked for, newest first, those of one run by the name of the state where asked for;
    one statement.
    """
    query = _limited(_listed(cycle), wanted)
    if after is not None:
        moment, case_id = after
        query = query.where((Case.raised_at < moment) | ((Case.raised_at == moment) & (Case.id > case_id)))
    named = (Entity.name_en, Case.indicator, Case.commitment, Case.rule) if by_name else ()
    query = query.order_by(Case.raised_at.desc(), *named, Case.id)
    return list(session.execute(query.offset(start).limit(limit) if limit else query).all())


def counted(session: Session, cycle: str, wanted: Wanted) -> int:
    """How many cases are asked for."""
    query = _limited(_listed(cycle), wanted).with_only_columns(func.count(Case.id), maintain_column_froms=True)
    return int(session.scalar(query) or 0)


def get(session: Session, case_id: uuid.UUID, *, lock: bool = False) -> Case:
    """The case with this id; `lock` holds its row until the end of the transaction."""
    found = session.get(Case, case_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise Missing(NO_CASE)
    return found


def outcomes(session: Session, case_id: uuid.UUID) -> list[AnyRow]:
    """What people decided of a case, newest first, with who: CaseOutcome, name."""
    query = select(CaseOutcome, User.name).join(User, User.id == CaseOutcome.settled_by)
    return list(session.execute(query.where(CaseOutcome.case_id == case_id).order_by(CaseOutcome.number.desc())).all())


def around(session: Session, case: Case) -> AnyRow:
    """What stands beside a case: the entity's names, the report of the cycle that stands, the remark that asks."""
    asked_by = aliased(User)
    query = (
        select(
            *(Entity.names, Entity.name_en, Report.id.label("report_id"), SEEN.label("report_state")),
            *(
                Report.assigned_to,
                Remark.sent_at,
                Remark.question.label("remark_question"),
                Remark.report_id.label("asked_in"),
            ),
            asked_by.name.label("asked_by_name"),
        )
        .select_from(Case)
        .outerjoin(Entity, Entity.iso3 == Case.entity)
        .outerjoin(Report, (Report.entity == Case.entity) & (Report.cycle == Case.cycle) & (Report.versions > 0))
        .outerjoin(Remark, Remark.id == Case.remark_id)
        .outerjoin(asked_by, asked_by.id == Case.asked_by)
        .where(Case.id == case.id)
    )
    return session.execute(query).one()


def report_of(session: Session, case: Case) -> uuid.UUID | None:
    """The report of the case's entity and cycle that was received; None where there is none."""
    query = select(Report.id).where(Report.entity == case.entity, Report.cycle == case.cycle, Report.versions > 0)
    return session.scalar(query)


def hold(session: Session, cycle: str) -> None:
    """Holds the cycle until the end of the transaction, so that two runs over it take turns."""
    session.execute(select(Cycle.key).where(Cycle.key == cycle).with_for_update())


def held(session: Session, cycle: str, entities: Collection[str]) -> dict[str, Case]:
    """The cases of these entities in this cycle, by key."""
    query = select(Case).where(Case.cycle == cycle, Case.entity.in_(list(entities)))
    return {case.key: case for case in session.scalars(query)}


def of_silent(session: Session, cycle: str, entities: Iterable[str]) -> list[Case]:
    """The cases of this cycle that are not marked as gone and whose entity is none of these."""
    query = select(Case).where(Case.cycle == cycle, Case.gone_at.is_(None), Case.entity.not_in(list(entities)))
    return list(session.scalars(query))


def rightness(session: Session, cycle: str) -> list[Tally]:
    """How often each rule was right in this cycle; one statement."""
    gone = Case.gone_at.is_not(None)
    query = select(Case.rule, Case.outcome, gone, func.count()).where(Case.cycle == cycle)
    return tallies(
        (row[0], row[1], bool(row[2]), row[3]) for row in session.execute(query.group_by(Case.rule, Case.outcome, gone))
    )


def facets(session: Session, cycle: str) -> list[AnyRow]:
    """What there is to filter by: state, rule, region, indicator, with the number of cases; one statement."""
    columns = (Case.state, Case.rule, Entity.region, Case.indicator)
    query = select(*columns, func.count().label("number")).outerjoin(Entity, Entity.iso3 == Case.entity)
    return list(session.execute(query.where(Case.cycle == cycle).group_by(*columns).order_by(*columns)).all())
