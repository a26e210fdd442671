"""Reports with passages, and statements that cite them, for the tests of the synthesis."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlalchemy import select

from portal.db import db
from portal.models.passages import Passage
from portal.models.reports import Report
from portal.models.synthesis import Recheck, Statement
from portal.queries import reports
from portal.services import drafting
from reviewer.services import statements
from reviewer.services.statements import Draft, Ground
from tests.factories import World

ACTIONS, RESULTS = "1.1.1.1/actions", "1.1.1.1/results"
LATE = dt.datetime(2026, 1, 12, 9, 0, tzinfo=dt.UTC)
TEXTS = {
    ACTIONS: "The cash transfer reached 40,000 households.\n\nA register of the poorest was set up.",
    RESULTS: "Poverty in cities fell by two points.",
}


def submitted(
    world: World, entity: str = "KAZ", texts: Mapping[str, str] = TEXTS, at: dt.datetime | None = None
) -> Report:
    """A submitted report that says these texts."""
    report = world.report(entity)
    act = world.acting("focal_point", entity)
    world.fill(act, report)
    world.fill(act, report, dict(texts))
    world.done()
    world.step(report, "ask", at=at)
    world.step(report, "submit", at=at)
    return reports.get(db.session, report.id)


def corrected(world: World, report: Report, texts: Mapping[str, str], at: dt.datetime | None = None) -> Report:
    """The same report, asked for clarification and submitted anew with these texts in place of the old."""
    if report.state == "submitted":
        world.step(report, "claim", at=at)
        world.step(report, "clarify", at=at)
    act = world.acting("focal_point", report.entity, at)
    held = reports.answers(act.session, report.id)
    given = [drafting.Given(key, "en", text, held[key, "en"].revision) for key, text in texts.items()]
    drafting.save_section(act, reports.get(act.session, report.id, lock=True), given)
    world.done()
    world.step(report, "ask", at=at)
    world.step(report, "submit", at=at)
    return reports.get(db.session, report.id)


def passage(report: Report, question: str = ACTIONS, ordinal: int = 1) -> Passage:
    """A passage of the newest version of a report."""
    found = db.session.scalars(
        select(Passage)
        .where(Passage.report_id == report.id, Passage.version == report.versions, Passage.question == question)
        .order_by(Passage.ordinal)
    ).all()
    return found[ordinal - 1]


def stated(
    world: World,
    *cited: Passage,
    heading: str = "1.1.1.1",
    text: str = "Cash transfers reach the poor.",
    supported: bool = True,
) -> uuid.UUID:
    """A statement that these passages speak for, found supported."""
    keys = [one.key for one in cited]
    act = world.acting("reviewer")
    made = statements.write(act, Draft("2026", heading, text), [Ground("passage", key, "for") for key in keys])
    if supported:
        statements.support(act, made.id, 1)
    found = made.id
    world.done()
    return found


def statement(of: uuid.UUID) -> Statement:
    """The statement as it is in the database now."""
    db.session.rollback()
    return db.session.get_one(Statement, of)


def waiting(of: uuid.UUID) -> list[Recheck]:
    """What waits to be checked again of a statement."""
    db.session.rollback()
    query = select(Recheck).where(Recheck.statement_id == of, Recheck.settled_at.is_(None))
    return list(db.session.scalars(query.order_by(Recheck.raised_at)))
