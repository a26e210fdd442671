"""Reads statements of the synthesis with what they cite: each a fixed number of statements to the database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.accounts import User
from portal.models.contradictions import Case
from portal.models.contributions import Partner
from portal.models.entities import Entity
from portal.models.observations import Area, Cut, Import, Observation, Series
from portal.models.passages import ContributionPlace, Passage
from portal.models.reported_figures import ReportedFigure
from portal.models.synthesis import Citation, Recheck, Statement, StatementRevision
from portal.queries.contributions import credit_of, of_version
from portal.queries.imports import doubt
from portal.rules.refusals import Missing
from portal.rules.synthesis import DRAFT, REPORTED, WITHDRAWN
from reviewer.queries.contradictions import SPEAKING

NO_STATEMENT = N_("There is no such statement.")
MOST_FIGURES = 40


def get(session: Session, statement_id: uuid.UUID, *, lock: bool = False) -> Statement:
    """The statement with this id; Missing when there is none. With `lock` its row is held until the commit."""
    query = select(Statement).where(Statement.id == statement_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise Missing(NO_STATEMENT)
    return found


def of_heading(session: Session, cycle: str, heading: str) -> list[Statement]:
    """The statements under a heading in their order, withdrawn ones last."""
    query = select(Statement).where(Statement.cycle == cycle, Statement.heading == heading)
    found = session.scalars(query.order_by(Statement.ordinal, Statement.written_at, Statement.id))
    return sorted(found, key=lambda statement: statement.state == WITHDRAWN)


def bare(session: Session, cycle: str, heading: str, text: str) -> bool:
    """Whether a draft with this text and without a citation stands under a heading."""
    cited = exists().where(Citation.statement_id == Statement.id, Citation.removed_at.is_(None))
    same = (Statement.cycle == cycle, Statement.heading == heading, Statement.text == text)
    return bool(session.scalar(select(exists().where(*same, Statement.state == DRAFT, ~cited))))


def listed(
    session: Session,
    cycle: str,
    *,
    heading: str | None = None,
    state: str | None = None,
    after: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[Statement]:
    """The statements of a cycle by id, from the one after `after`; for lists that are paged."""
    query = select(Statement).where(Statement.cycle == cycle)
    for column, value in ((Statement.heading, heading), (Statement.state, state)):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(Statement.id > after)
    return list(session.scalars(query.order_by(Statement.id).limit(limit)))


def counts(session: Session, cycle: str) -> dict[str, dict[str, int]]:
    """How many statements of each state stand under each heading."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    query = select(Statement.heading, Statement.state, func.count()).where(Statement.cycle == cycle)
    for heading, state, number in session.execute(query.group_by(Statement.heading, Statement.state)):
        found[heading][state] = number
    return found


def revisions(session: Session, statement_id: uuid.UUID) -> list[AnyRow]:
    """Every text of a statement, newest first: StatementRevision, name."""
    query = (
        select(StatementRevision, User.name)
        .join(User, User.id == StatementRevision.changed_by)
        .where(StatementRevision.statement_id == statement_id)
    )
    return list(session.execute(query.order_by(StatementRevision.number.desc())).all())


def _grounds() -> AnySelect:
    """Citations with everything that names what they cite. `entity` is the state that reports or that the figure is
    about, `places` what a contribution speaks of, a line each: the state or "", a colon, the region. `ReportedFigure`
    is the figure of a report, None for other citations.
    """
    about = aliased(Entity)
    places = (
        select(func.aggregate_strings(ContributionPlace.entity + ":" + ContributionPlace.region, "\n"))
        .where(ContributionPlace.contribution_id == Passage.contribution_id)
        .where(ContributionPlace.version == Passage.version)
        .correlate(Passage)
        .scalar_subquery()
    )
    entity = func.coalesce(Passage.entity, ReportedFigure.entity, Area.entity)

    def either(name: str) -> ColumnElement[Any]:
        return func.coalesce(getattr(Passage, name), getattr(ReportedFigure, name)).label(name)

    columns = (
        *(Citation.id, Citation.statement_id, Citation.kind, Citation.stance, Citation.passage_id, Citation.added_at),
        *(Citation.observation_id, Citation.reported_figure_id, ReportedFigure),
        func.coalesce(ReportedFigure.value_text, Citation.value_text).label("value_text"),
        *(either("question"), either("version"), either("current"), either("report_id")),
        *(Passage.key, Passage.text, Passage.section, Passage.language, Passage.contribution_id),
        *(Passage.file, Passage.page, Passage.partner_id, Partner.name.label("partner_name")),
        *(_credit().label("credit"), _licence().label("licence")),
        func.coalesce(Passage.channel, case((Citation.kind == REPORTED, "a"), else_="b")).label("channel"),
        entity.label("entity"),
        *(about.names.label("entity_names"), about.status.label("entity_status")),
        func.coalesce(Passage.region, ReportedFigure.region, about.region, "").label("region"),
        places.label("places"),
        *(Observation.value_text.label("value_now"), Cut.dimensions),
        func.coalesce(Observation.period, ReportedFigure.period).label("period"),
        func.coalesce(Cut.unit, func.nullif(ReportedFigure.unit, ""), ReportedFigure.unit_asked).label("unit"),
        func.coalesce(Series.indicator, ReportedFigure.indicator).label("indicator"),
        *(Series.title.label("series_title"), Series.source.label("series_source")),
        *(Area.key.label("area"), Area.name.label("area_name"), Import.edition.label("data_edition"), Import.standing),
        doubt(Observation.import_number).label("doubt"),
    )
    return (
        select(*columns)
        .outerjoin(Passage, Passage.id == Citation.passage_id)
        .outerjoin(Partner, Partner.id == Passage.partner_id)
        .outerjoin(ReportedFigure, ReportedFigure.id == Citation.reported_figure_id)
        .outerjoin(Observation, Observation.id == Citation.observation_id)
        .outerjoin(Series, Series.id == Observation.series_id)
        .outerjoin(Area, Area.id == Observation.area_id)
        .outerjoin(Cut, Cut.id == Observation.cut_id)
        .outerjoin(Import, Import.number == Observation.import_number)
        .outerjoin(about, about.iso3 == entity)
        .order_by(Citation.added_at, Citation.id)
    )


def _credit() -> ColumnElement[str]:
    """How the partner or the source of what is cited wants to be named."""
    return func.coalesce(credit_of(Passage.contribution_id, Passage.version), Series.credit)


def _licence() -> ColumnElement[str]:
    return func.coalesce(of_version("licence", Passage.contribution_id, Passage.version), Series.licence)


def citations(session: Session, statements: Collection[uuid.UUID]) -> dict[uuid.UUID, list[AnyRow]]:
    """What each of these statements cites now, in the order in which it was cited; one statement."""
    found: dict[uuid.UUID, list[AnyRow]] = defaultdict(list)
    if statements:
        query = _grounds().where(Citation.statement_id.in_(list(statements)), Citation.removed_at.is_(None))
        for row in session.execute(query):
            found[row.statement_id].append(row)
    return found


def standing(session: Session, cycle: str, state: str | None = None) -> list[Statement]:
    """The statements of a cycle that are not withdrawn, or those in one state, by heading and order."""
    query = select(Statement).where(Statement.cycle == cycle)
    query = query.where(Statement.state == state) if state else query.where(Statement.state != WITHDRAWN)
    return list(
        session.scalars(query.order_by(Statement.heading, Statement.ordinal, Statement.written_at, Statement.id))
    )


def passages_by_key(session: Session, keys: Sequence[str]) -> dict[str, Passage]:
    """The passages with these keys; a key that no database could hold has none."""
    held = [key for key in keys if "\0" not in key]
    return {row.key: row for row in session.scalars(select(Passage).where(Passage.key.in_(held)))}


def figures_by_id(session: Session, ids: Iterable[int]) -> dict[int, AnyRow]:
    """The figures with these numbers: id, value_text, standing of their import."""
    query = (
        select(Observation.id, Observation.value_text, Import.standing)
        .join(Import, Import.number == Observation.import_number)
        .where(Observation.id.in_(list(ids)))
    )
    return {row.id: row for row in session.execute(query)}


def reported_by_id(session: Session, ids: Iterable[int]) -> dict[int, ReportedFigure]:
    """The figures of reports with these numbers."""
    return {row.id: row for row in session.scalars(select(ReportedFigure).where(ReportedFigure.id.in_(list(ids))))}


def figures_at_hand(
    session: Session, indicators: Sequence[str], entity: str, limit: int = MOST_FIGURES
) -> list[AnyRow]:
    """Headline figures of these indicators that a statement could cite, newest first: id, value, unit, period, title,
    source, area_name, standing and doubt of its file. Without an entity those of groups of places, such as the world
    and its regions.
    """
    if not indicators:
        return []
    query = (
        select(
            *(Observation.id, Observation.value_text, Observation.period, Cut.unit, Series.title, Series.source),
            *(Series.indicator, Series.code, Area.name.label("area_name"), Import.standing),
            doubt(Observation.import_number).label("doubt"),
        )
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .join(Cut, Cut.id == Observation.cut_id)
        .join(Import, Import.number == Observation.import_number)
        .where(Series.indicator.in_(list(indicators)), Cut.headline, Import.standing != WITHDRAWN)
    )
    query = query.where(Area.key == entity) if entity else query.where(Area.entity.is_(None))
    return list(session.execute(query.order_by(Observation.year.desc(), Series.indicator, Area.key).limit(limit)).all())


def speaking_cases(session: Session, cycle: str, commitments: Collection[str]) -> dict[str, list[Case]]:
    """The contradictions of a cycle that are open, and those that were settled and stand, by commitment."""
    found: dict[str, list[Case]] = defaultdict(list)
    wanted = [key for key in set(commitments) if key]
    if wanted:
        query = select(Case).where(Case.cycle == cycle, Case.commitment.in_(wanted))
        query = query.where(or_(*SPEAKING.values()))
        for case in session.scalars(query.order_by(Case.raised_at, Case.id)):
            found[str(case.commitment)].append(case)
    return found


def waiting(session: Session, statements: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many citations of each of these statements wait to be checked again."""
    query = select(Recheck.statement_id, func.count()).where(
        Recheck.statement_id.in_(list(statements)), Recheck.settled_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Recheck.statement_id))}
