"""Migrations: up, down and up again with data on both databases, and the newest equals the models."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import column, delete, select, table, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal import migrations
from portal.config import ROOT
from portal.db import Json, db
from portal.models.contributions import ContributionRevision
from portal.models.passages import Passage
from portal.models.registry import metadata
from portal.models.reported_figures import ReportedFigure
from portal.models.review import Consent
from portal.models.synthesis import Citation, Recheck, Statement, Supplement, SupplementMark
from portal.queries import contributions as held
from portal.services.contributions import Draft
from reviewer.services import statements, synthesis
from reviewer.services.statements import Draft as StatementDraft
from reviewer.services.statements import Ground
from reviewer.services.synthesis import Effect
from tests.factories import World
from tests.portal.contributing import contribution, save
from tests.portal.test_passages import again
from tests.portal.test_reported_figures import SLUMS, reported, series
from tests.reviewer.synthesising import LATE, TEXTS, passage, stated, submitted


def before(revision: str) -> str:
    """The revision upon which this one stands."""
    found = ScriptDirectory.from_config(migrations.configuration()).get_revision(revision).down_revision
    assert isinstance(found, str)
    return found


def test_up_down_and_up_again_with_data(world: World, session: Session) -> None:
    reported(world, "KAZ", {SLUMS: series(("2020", "9"))}, "published")
    session.close()
    engine = db.engine
    revisions = [script.revision for script in ScriptDirectory.from_config(migrations.configuration()).walk_revisions()]
    for revision in [*revisions[1:], "base"]:
        migrations.downgrade(engine, revision)
        assert migrations.current(engine) == (None if revision == "base" else revision)
    for revision in reversed(revisions):
        migrations.upgrade(engine, revision)
    again = World(world.app)
    again.build()
    assert again.report(state="published").state == "published"


def test_of_several_consents_the_last_goes_down_and_comes_up_again(world: World, session: Session) -> None:
    report = world.report(state="published")
    first = session.scalars(select(Consent)).one()
    again = {"given_at": first.given_at, "given_by": first.given_by, "attachments": ["a file"]}
    session.add(Consent(report_id=report.id, version=1, number=2, **again))
    session.commit()
    session.close()
    migrations.downgrade(db.engine, "0010")
    migrations.upgrade(db.engine, "0011")
    assert [(one.number, one.attachments) for one in session.scalars(select(Consent))] == [(1, ["a file"])]
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(update(Consent).values(version=3))
    session.rollback()


def test_drafts_of_contributions_are_whole_below_and_changes_above(world: World, session: Session) -> None:
    made = contribution(world)
    for base, draft in enumerate([Draft(title="Rents"), Draft(values={"CC.2/text": None}), Draft(areas=["Kenya"])], 1):
        save(world, made.id, draft, base)
    session.rollback()
    kept = list(session.execute(select(ContributionRevision.__table__).order_by("revision", "part")).mappings())
    drafts = [held.revision(session, made.id, number) for number in (1, 2, 3, 4)]
    session.close()
    migrations.downgrade(db.engine, "0015")
    columns = column("revision"), column("draft", Json)
    below = select(*columns).select_from(table("contribution_revisions")).order_by("revision")
    assert [tuple(row) for row in session.execute(below)] == list(enumerate(drafts, 1))
    session.close()
    migrations.upgrade(db.engine, "0018")
    again = list(session.execute(select(ContributionRevision.__table__).order_by("revision", "part")).mappings())
    assert again == kept
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(update(ContributionRevision).values(revision=9))
    session.rollback()


def test_the_years_of_what_was_sent_before_are_read_from_it(world: World, session: Session) -> None:
    submitted(world)
    for channel, told in {"d": {}, "f": {"CF.1/date": "2019-03-20"}, "e": {}}.items():
        contribution(world, channel, "sent", values=told)
    query = select(Passage.channel, Passage.until).distinct().order_by(Passage.channel)
    kept = [("a", 2024), ("d", 2024), ("e", None), ("f", 2019)]
    assert session.execute(query).all() == kept
    session.close()
    migrations.downgrade(db.engine, before("0019"))
    migrations.upgrade(db.engine, "0019")
    assert session.execute(query).all() == kept


def test_the_newest_migration_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": False, "target_metadata": metadata, "include_name": migrations.is_ours}
        context = MigrationContext.configure(connection, opts=options)
        found = sorted((verb, str(what.name)) for verb, what in compare_metadata(context, metadata))
        as_sets = ("area_id_areas", "cut_id_cuts", "import_number_imports", "series_id_series")
        keys = [("add_fk", f"fk_observations_{name}") for name in as_sets]
        assert found == (keys if connection.dialect.name == "postgresql" else [])


def test_the_migrations_are_one_line_and_head_names_the_newest() -> None:
    script = ScriptDirectory.from_config(migrations.configuration())
    assert script.get_heads() == [(ROOT / "migrations" / "HEAD.txt").read_text("utf-8").strip()]
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_without_cited_figures_of_reports_a_statement_rests_on_what_else_it_cites(
    world: World, session: Session
) -> None:
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"))})
    figure = Ground("reported", str(session.scalars(select(ReportedFigure.id)).one()), "for")
    passage = Ground("passage", session.scalars(select(Passage.key).limit(1)).one(), "for")
    act = world.acting("reviewer")
    for text, grounds in {"Alone.": [figure], "Both.": [passage, figure]}.items():
        made = statements.write(act, StatementDraft("2026", "1.1.2.4", text), grounds)
        statements.support(act, made.id, 1)
    world.done()
    again(world, report, {SLUMS: series(("2020", "8"))})
    session.rollback()
    told = select(Statement.text, Statement.state).order_by(Statement.ordinal)
    assert session.execute(told).all() == [("Alone.", "check_again"), ("Both.", "check_again")]
    session.close()
    migrations.downgrade(db.engine, "0014")
    migrations.upgrade(db.engine, "0015")
    assert session.execute(told).all() == [("Alone.", "draft"), ("Both.", "supported")]
    assert list(session.scalars(select(Citation.kind))) == ["passage"]
    assert session.scalars(select(Recheck)).all() == []


def test_without_figures_in_supplements_what_a_passage_told_stays(world: World, session: Session) -> None:
    late = submitted(world, "KEN", TEXTS | {SLUMS: series(("2020", "9"))}, at=LATE)
    key, figure = passage(late).key, str(session.scalars(select(ReportedFigure.id)).one())
    supplement = session.scalars(select(Supplement.id)).one()
    for text, named in (("By a figure.", {"figure": figure}), ("By both.", {"passage": key, "figure": figure})):
        of = stated(world, text=text, supported=False)
        synthesis.mark(world.acting("reviewer", at=LATE), supplement, of, Effect("weakens", **named))
        world.done()
    session.close()
    migrations.downgrade(db.engine, before("0017"))
    migrations.upgrade(db.engine, "0017")
    told = select(Statement.text, SupplementMark.passage_id.is_not(None), SupplementMark.reported_figure_id)
    rows = session.execute(told.join(Statement, Statement.id == SupplementMark.statement_id)).all()
    assert rows == [("By both.", True, None)]
    for change in (update(SupplementMark).values(words="Others."), delete(SupplementMark)):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(change)
        session.rollback()
