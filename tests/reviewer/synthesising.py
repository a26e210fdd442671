"""Reports with passages, and statements that cite them, for the tests of the synthesis."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from portal.db import db
from portal.http.context import EXTENSION
from portal.models.contradictions import Case
from portal.models.observations import Cut, Observation, Series
from portal.models.passages import Passage
from portal.models.reports import Report
from portal.models.synthesis import Recheck, Statement
from portal.queries import reports
from portal.services import drafting, observations
from reviewer.queries import statements as queries
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
    world: World, entity: str = "KAZ", texts: Mapping[str, Any] = TEXTS, at: dt.datetime | None = None
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


def corrected(world: World, report: Report, texts: Mapping[str, Any], at: dt.datetime | None = None) -> Report:
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


def cited_text(of: uuid.UUID) -> list[tuple[str, int]]:
    """The passages that a statement cites now: text, version."""
    rows = queries.citations(db.session, [of])[of]
    return [(row.text, row.version) for row in rows]


def case(
    *sides: dict[str, Any], entity: str | None = "KAZ", indicator: str | None = None, commitment: str = "1.1"
) -> Case:
    told = [{"kind": "passage", "ref": "", "label": "", "source": ""} | side for side in sides]
    about = {"entity": entity, "indicator": indicator, "commitment": commitment}
    return Case(cycle="2026", rule="figure", sides=told, question="?", key=uuid.uuid4().hex, **about)


def take(world: World, value: str, edition: str, source: str = "un_sdg") -> uuid.UUID:
    """Takes in one figure about Kazakhstan, and gives the import."""
    act = world.acting("data_officer")
    table = f"Year,UNIT_MEASURE,Value\n2022,PERCENT,{value}\n"
    files = world.app.extensions[EXTENSION].storage
    told = {"source": source, "edition": edition, "entity": "KAZ"}
    taken = observations.take_in(act, files, io.BytesIO(table.encode()), "data_indicator_1-1-1.csv", **told)
    world.done()
    return taken.report.id


def of_an_indicator() -> None:
    """The figure is one of the indicator that section 1.1.1.1 asks for."""
    db.session.execute(update(Series).values(indicator="NUA-01"))
    db.session.execute(update(Cut).values(headline=True))
    db.session.commit()


def figured(world: World) -> uuid.UUID:
    """A supported statement that rests on the figure alone."""
    number = db.session.scalars(select(Observation.id)).one()
    act = world.acting("reviewer")
    draft = Draft("2026", "1.1.1.1", "Poverty is at 12.5 per cent.")
    made = statements.write(act, draft, [Ground("observation", str(number), "for")]).id
    statements.support(act, made, 1)
    world.done()
    return made
