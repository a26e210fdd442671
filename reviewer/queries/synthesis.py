"""Reads the list to check again, the supplements of late reports, and what was released."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.accounts import User
from portal.models.contributions import Partner, PartnerMember
from portal.models.entities import Entity
from portal.models.observations import Area, Cut, Import, Observation, Series
from portal.models.passages import Passage
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report
from portal.models.synthesis import Citation, Recheck, Statement, Supplement, SupplementMark, SynthesisRelease
from portal.queries.contributions import credit_of, of_version
from portal.queries.imports import doubt
from portal.queries.passages import under_commitments
from portal.queries.reports import SEEN
from portal.rules.crosswalk import commitment_of_indicator
from portal.rules.refusals import Missing
from portal.rules.reported_figures import said_again
from portal.rules.synthesis import Entry
from reviewer.queries import statements
from reviewer.rules.statements import mark_told, statement_told

NO_SUPPLEMENT = N_("There is no such supplement.")
NO_RELEASE = N_("There is no such release.")


def waiting(session: Session, cycle: str) -> int:
    """How many entries of the list of a cycle are not settled."""
    query = select(func.count()).select_from(Recheck).join(Statement, Statement.id == Recheck.statement_id)
    return session.scalar(query.where(Statement.cycle == cycle, Recheck.settled_at.is_(None))) or 0


def rechecks(
    session: Session,
    cycle: str,
    *,
    settled: bool = False,
    statement: uuid.UUID | None = None,
    after: tuple[dt.datetime, uuid.UUID] | None = None,
    limit: int = 200,
) -> list[AnyRow]:
    """The list to check again, oldest first, or what was settled of it, newest first, behind a place: Recheck,
    Statement, stance, kind, old and new (a Passage as its texts, a ReportedFigure as old_figure and new_figure; or
    None), what names the figure, the state and the partner, who settled it, what is said of the file that gave the
    figure (standing), and the words in which it was found doubtful (doubt).
    """
    query = _rechecks().where(Statement.cycle == cycle)
    if statement is not None:
        query = query.where(Statement.id == statement)
    if settled:
        query = query.where(Recheck.settled_at.is_not(None)).order_by(Recheck.settled_at.desc(), Recheck.id)
    else:
        query = query.where(Recheck.settled_at.is_(None)).order_by(Recheck.raised_at, Recheck.id)
    if after is not None:
        moment, last = after
        at = Recheck.settled_at if settled else Recheck.raised_at
        further = at < moment if settled else at > moment
        query = query.where(further | ((at == moment) & (Recheck.id > last)))
    return list(session.execute(query.limit(limit)).all())


def recheck(session: Session, recheck_id: uuid.UUID) -> AnyRow:
    """One entry of the list, as `rechecks` gives it."""
    return session.execute(_rechecks().where(Recheck.id == recheck_id)).one()


def _rechecks() -> AnySelect:
    old, new = aliased(Passage), aliased(Passage)
    old_figure, new_figure = (aliased(ReportedFigure, name=name) for name in ("old_figure", "new_figure"))
    entity = func.coalesce(old.entity, old_figure.entity, Area.entity)
    return (
        select(
            *(old_figure, new_figure),
            *(Recheck, Statement, Citation.stance, Citation.kind, old.text.label("old_text"), old.key.label("old_key")),
            *(old.language.label("old_language"), old.question, old.version.label("old_version")),
            *(new.text.label("new_text"), new.key.label("new_key"), new.language.label("new_language")),
            *(new.version.label("new_version"), Series.title.label("series_title"), Observation.period, Cut.unit),
            *(Area.name.label("area_name"), Entity.names.label("entity_names"), Partner.name.label("partner_name")),
            credit_of(old.contribution_id, old.version).label("credit"),
            of_version("licence", old.contribution_id, old.version).label("licence"),
            *(User.name.label("settled_by_name"), old.report_id, old.contribution_id, Import.standing),
            *(entity.label("entity"), Citation.observation_id, doubt(Observation.import_number).label("doubt")),
        )
        .join(Statement, Statement.id == Recheck.statement_id)
        .join(Citation, Citation.id == Recheck.citation_id)
        .outerjoin(old, old.id == Recheck.old_passage_id)
        .outerjoin(new, new.id == Recheck.new_passage_id)
        .outerjoin(old_figure, old_figure.id == Recheck.old_reported_figure_id)
        .outerjoin(new_figure, new_figure.id == Recheck.new_reported_figure_id)
        .outerjoin(Observation, Observation.id == Citation.observation_id)
        .outerjoin(Import, Import.number == Observation.import_number)
        .outerjoin(Series, Series.id == Observation.series_id)
        .outerjoin(Area, Area.id == Observation.area_id)
        .outerjoin(Cut, Cut.id == Observation.cut_id)
        .outerjoin(Entity, Entity.iso3 == entity)
        .outerjoin(Partner, Partner.id == old.partner_id)
        .outerjoin(User, User.id == Recheck.settled_by)
    )


def supplements(session: Session, cycle: str) -> list[AnyRow]:
    """The supplements of a cycle, newest first: Supplement, names, region, state of the report as the team sees it,
    versions, and how many statements were looked at.
    """
    looked = (
        select(SupplementMark.supplement_id, func.count(SupplementMark.statement_id.distinct()).label("looked"))
        .group_by(SupplementMark.supplement_id)
        .subquery()
    )
    query = (
        select(
            *(Supplement, Entity.names, Entity.region, Entity.status, SEEN.label("state"), Report.versions),
            func.coalesce(looked.c.looked, 0).label("looked"),
        )
        .join(Entity, Entity.iso3 == Supplement.entity)
        .join(Report, Report.id == Supplement.report_id)
        .outerjoin(looked, looked.c.supplement_id == Supplement.id)
        .where(Supplement.cycle == cycle)
    )
    return list(session.execute(query.order_by(Supplement.received_at.desc(), Supplement.id)).all())


def supplement(session: Session, supplement_id: uuid.UUID) -> AnyRow:
    """One supplement with its state and report: Supplement, Entity, Report; Missing when there is none."""
    row = session.execute(
        select(Supplement, Entity, Report)
        .join(Entity, Entity.iso3 == Supplement.entity)
        .join(Report, Report.id == Supplement.report_id)
        .where(Supplement.id == supplement_id)
    ).one_or_none()
    if row is None:
        raise Missing(NO_SUPPLEMENT)
    return row


def passages_of(session: Session, report_id: uuid.UUID) -> dict[str, list[Passage]]:
    """The passages of the newest version of a report under each commitment that they are of, by their place or as
    coders gave it; one statement.
    """
    under = under_commitments(Passage.report_id == report_id, Passage.current.is_(True)).subquery()
    found: dict[str, list[Passage]] = defaultdict(list)
    query = select(Passage, under.c.commitment).join(under, under.c.id == Passage.id).order_by(Passage.id)
    for passage, commitment in session.execute(query):
        found[commitment].append(passage)
    return found


def figures_of(session: Session, report_id: uuid.UUID) -> dict[str | None, list[ReportedFigure]]:
    """The figures of the newest version of a report under the commitment of each; one statement."""
    found: dict[str | None, list[ReportedFigure]] = defaultdict(list)
    query = select(ReportedFigure).where(ReportedFigure.report_id == report_id, ReportedFigure.current)
    for one in session.scalars(query.order_by(ReportedFigure.id)):
        found[commitment_of_indicator(one.indicator)].append(one)
    return found


def told(session: Session, cycle: str, entries: Sequence[Entry], state: str | None = None) -> list[dict[str, Any]]:
    """The statements of a cycle as they leave, in the order of the outline: those that are not withdrawn, or those in
    one state; three statements to the database.
    """
    found = statements.standing(session, cycle, state)
    cited = statements.citations(session, [one.id for one in found])
    cases = statements.speaking_cases(session, cycle, {entry.commitment for entry in entries})
    under: dict[str, list[Statement]] = defaultdict(list)
    for one in found:
        under[one.heading].append(one)
    return [
        statement_told(one, entry.title, cited[one.id], cases[entry.commitment])
        for entry in entries
        for one in under[entry.key]
    ]


@dataclass(frozen=True)
class Marked:
    """What a late report does to a statement, the newest choice of it: with who chose it, the supplement, the names of
    the state, the passage and the figure that do so, each None where none is named. `stands` tells whether the late
    report still says what was chosen.
    """

    mark: SupplementMark
    supplement: Supplement
    names: Mapping[str, str]
    chosen_by: str
    passage: Passage | None
    figure: ReportedFigure | None
    stands: bool


def _passage_stands() -> ColumnElement[bool]:
    """True of a choice whose passage the late report still holds in the same words, and of one without a passage."""
    said, now = aliased(Passage), aliased(Passage)
    same = and_(now.report_id == said.report_id, now.hash == said.hash, now.current)
    held = select(said.id).join(now, same).where(said.id == SupplementMark.passage_id).correlate(SupplementMark)
    return or_(SupplementMark.passage_id.is_(None), held.exists())


def _marks(session: Session, *which: ColumnElement[bool]) -> list[Marked]:
    """The newest choice about each statement, in the order in which the late reports came; one statement, and another
    where figures are named.
    """
    later = aliased(SupplementMark)
    newer = (
        later.supplement_id == SupplementMark.supplement_id,
        later.statement_id == SupplementMark.statement_id,
        later.number > SupplementMark.number,
    )
    query = (
        select(SupplementMark, Supplement, Entity.names, User.name, Passage, ReportedFigure, _passage_stands())
        .join(Supplement, Supplement.id == SupplementMark.supplement_id)
        .join(Entity, Entity.iso3 == Supplement.entity)
        .join(User, User.id == SupplementMark.chosen_by)
        .outerjoin(Passage, Passage.id == SupplementMark.passage_id)
        .outerjoin(ReportedFigure, ReportedFigure.id == SupplementMark.reported_figure_id)
        .where(~select(later.id).where(*newer).correlate(SupplementMark).exists(), *which)
        .order_by(Supplement.received_at, Supplement.entity, SupplementMark.statement_id)
    )
    rows = session.execute(query).all()
    now = _figures_now(session, [row.ReportedFigure for row in rows if row.ReportedFigure])
    found = []
    for mark, supplement, names, chosen_by, passage, figure, passage_stands in rows:
        stands = passage_stands and (figure is None or said_again(figure, now[figure.report_id]))
        found.append(Marked(mark, supplement, names, chosen_by, passage, figure, stands))
    return found


def _figures_now(session: Session, named: Sequence[ReportedFigure]) -> Mapping[uuid.UUID, list[ReportedFigure]]:
    """The figures that the reports of these give now under the same questions, by report."""
    found: dict[uuid.UUID, list[ReportedFigure]] = defaultdict(list)
    if named:
        of_reports = ReportedFigure.report_id.in_({one.report_id for one in named})
        asked = ReportedFigure.question.in_({one.question for one in named})
        for one in session.scalars(select(ReportedFigure).where(of_reports, asked, ReportedFigure.current)):
            found[one.report_id].append(one)
    return found


def marks_of_supplement(session: Session, supplement_id: uuid.UUID) -> dict[uuid.UUID, Marked]:
    """The newest choice about each statement in the light of one late report, by statement."""
    return {one.mark.statement_id: one for one in _marks(session, SupplementMark.supplement_id == supplement_id)}


def marks_of_statements(session: Session, statements: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Marked]]:
    """What late reports do to each of these statements."""
    found: dict[uuid.UUID, list[Marked]] = defaultdict(list)
    for one in _marks(session, SupplementMark.statement_id.in_(list(statements))):
        found[one.mark.statement_id].append(one)
    return found


def marks_told(session: Session, cycle: str) -> list[dict[str, Any]]:
    """The choices about the late reports of a cycle as a release keeps them, without those that rest on a passage or a
    figure which the report holds no more.
    """
    return [mark_told(one) for one in _marks(session, Supplement.cycle == cycle) if one.stands]


def last_release(session: Session, cycle: str) -> SynthesisRelease | None:
    """The newest release of a cycle; None before the first."""
    query = select(SynthesisRelease).where(SynthesisRelease.cycle == cycle)
    return session.scalars(query.order_by(SynthesisRelease.number.desc()).limit(1)).first()


def releases(session: Session, cycle: str) -> list[AnyRow]:
    """The releases of a cycle, newest first: number, digest, released_at, name."""
    query = (
        select(SynthesisRelease.number, SynthesisRelease.digest, SynthesisRelease.released_at, User.name)
        .join(User, User.id == SynthesisRelease.released_by)
        .where(SynthesisRelease.cycle == cycle)
    )
    return list(session.execute(query.order_by(SynthesisRelease.number.desc())).all())


def release(session: Session, cycle: str, number: int) -> SynthesisRelease:
    """One release of a cycle; Missing when there is none."""
    found = session.get(SynthesisRelease, (cycle, number))
    if found is None:
        raise Missing(NO_RELEASE)
    return found


def members(session: Session, partners: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The active people who file for each of these partners."""
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    query = (
        select(PartnerMember.partner_id, PartnerMember.user_id)
        .join(User, User.id == PartnerMember.user_id)
        .where(PartnerMember.partner_id.in_(list(partners)), PartnerMember.ended_at.is_(None), User.active)
        .order_by(PartnerMember.partner_id, PartnerMember.user_id)
    )
    for row in session.execute(query):
        found[row.partner_id].append(row.user_id)
    return found
