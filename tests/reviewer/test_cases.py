"""Contradictions as cases, on the database: raised once, followed, asked, settled by people, and never removed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import DatabaseError

from portal.db import db
from portal.models.contradictions import CaseOutcome
from portal.models.events import Notice
from portal.models.observations import Observation
from portal.models.remarks import Remark
from portal.queries import reports
from portal.rules.cases import Tally
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import remarks
from reviewer.queries import contradictions as queries
from reviewer.services import contradictions as service
from reviewer.services.contradictions import Run
from tests.factories import World
from tests.reviewer.contradicting import (
    CYCLE,
    OTHERS,
    SLUMS,
    UN,
    asked,
    cases,
    differing,
    figures,
    report,
    run,
    series_answer,
    settle,
)


def test_a_second_run_raises_nothing_new(world: World) -> None:
    case = differing(world)
    assert run(world) == Run(1, 0, 1, 0, 0)
    assert [one.id for one in cases()] == [case.id]


def test_a_run_costs_the_same_statements_for_a_block_of_one_and_of_many(world: World) -> None:
    def statements() -> int:
        counted = 0

        def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            nonlocal counted
            counted += not statement.startswith("BEGIN")

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            run(world)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return counted

    differing(world)
    before = statements()
    made = figures(world)
    for entity in ("KEN", "FRA", "DEU", "BRA", "EGY", "CHN"):
        made.add(UN, {"2020": "10"}, location="urban", entity=entity)
        made.add(OTHERS, {"2020": "20"}, entity=entity)
    world.done()
    assert run(world).new == 6
    assert statements() == before


def test_one_notice_tells_the_team_of_new_cases(world: World) -> None:
    differing(world)
    run(world)
    told = db.session.execute(select(Notice.user_id, Notice.data).where(Notice.kind == "contradiction.find")).all()
    assert [(row.user_id, row.data["new"]) for row in told] == [(world.person("reviewer").id, 1)]


def test_a_case_whose_ground_went_away_is_marked_and_stays(world: World) -> None:
    case = differing(world)
    act = world.act(None)
    act.session.execute(update(Observation).where(Observation.value_text == "20.0").values(value_text="10.1"))
    world.done()
    assert run(world) == Run(1, 0, 0, 0, 1)
    [held] = cases()
    assert (held.id, held.state, held.gone_at) == (case.id, "raised", world.at)
    assert run(world) == Run(1, 0, 0, 0, 0)
    act = world.act(None)
    act.session.execute(update(Observation).where(Observation.value_text == "10.1").values(value_text="20.0"))
    world.done()
    run(world)
    assert [one.gone_at for one in cases()] == [None]


def test_an_outcome_is_of_a_person_with_a_reason_and_each_is_kept(world: World) -> None:
    case = differing(world)
    for outcome, reason, where in (("other", "Words", ["outcome"]), ("corrected", " ", ["reason"])):
        with pytest.raises(Invalid) as refused:
            settle(world, case, outcome, reason)
        assert [problem.where for problem in refused.value.problems] == where
    settle(world, case, "unresolved", "Nothing is known yet.")
    settle(world, case, "both_stand", "Another survey; both are published.")
    [held] = cases()
    assert (held.state, held.outcome, held.reason) == ("settled", "both_stand", "Another survey; both are published.")
    rows = db.session.execute(select(CaseOutcome.number, CaseOutcome.outcome).order_by(CaseOutcome.number))
    assert [tuple(row) for row in rows] == [(1, "unresolved"), (2, "both_stand")]


def test_outcomes_are_append_only(world: World) -> None:
    settle(world, differing(world), "both_stand")
    with pytest.raises(DatabaseError, match="append-only"):
        world.act(None).session.execute(update(CaseOutcome).values(reason="Other words"))


def test_what_was_decided_stays_and_is_marked_when_figures_move(world: World) -> None:
    case = differing(world)
    settle(world, case, "both_stand")
    world.act(None).session.execute(
        update(Observation).where(Observation.value_text == "20.0").values(value_text="30.0")
    )
    world.done()
    assert run(world) == Run(1, 0, 1, 1, 0)
    [held] = cases()
    assert (held.state, held.outcome, held.moved_at) == ("settled", "both_stand", world.at)
    assert held.sides[0]["value"] == "30.0"
    [kept] = db.session.scalars(select(CaseOutcome))
    assert kept.sides[0]["value"] == "20.0"


def test_who_may_do_what(world: World) -> None:
    case = differing(world)
    for role in ("reviewer", "data_officer", "administrator"):
        with pytest.raises(Forbidden):
            service.find(world.acting(role), CYCLE)
    for role, entity in (("data_officer", None), ("focal_point", "KAZ"), ("partner", None)):
        act = world.acting(role, entity)
        with pytest.raises(Forbidden):
            service.settle(act, queries.get(act.session, case.id), "both_stand", "Words")


def test_the_question_goes_to_the_state_as_a_remark(world: World) -> None:
    figures(world).add(UN, {"2020": "12.0"}, location="urban")
    world.done()
    made = report(world, {SLUMS: series_answer(("2020", "50"))})
    run(world)
    [case] = cases()
    with pytest.raises(NotNow):
        asked(world, case.id, "lead")
    asked(world, case.id)
    [held] = cases()
    remark = db.session.get_one(Remark, held.remark_id)
    assert (remark.report_id, remark.question, remark.kind, remark.words, remark.sent_at) == (
        made.id,
        SLUMS,
        "inconsistent",
        "Which of the two is meant?",
        None,
    )
    assert (held.state, held.question) == ("asked", "Which of the two is meant?")
    with pytest.raises(NotNow, match="asked already"):
        asked(world, case.id)


def test_a_remark_taken_out_lets_the_case_wait_again(world: World) -> None:
    figures(world).add(UN, {"2020": "12.0"}, location="urban")
    world.done()
    made = report(world, {SLUMS: series_answer(("2020", "50"))})
    run(world)
    [case] = cases()
    asked(world, case.id)
    act = world.acting("reviewer")
    remarks.remove(act, reports.get(act.session, made.id, lock=True), cases()[0].remark_id or uuid.uuid4())
    world.done()
    [held] = cases()
    assert (held.state, held.remark_id, held.asked_at, held.asked_by) == ("raised", None, None, None)


def test_without_a_report_there_is_nobody_to_ask(world: World) -> None:
    with pytest.raises(NotNow, match="No report of this state"):
        asked(world, differing(world).id)


def test_how_often_each_rule_was_right(world: World) -> None:
    made = figures(world)
    for entity in ("KAZ", "KEN", "FRA", "DEU", "BRA"):
        made.add(UN, {"2020": "10"}, location="urban", entity=entity)
        made.add(OTHERS, {"2020": "20"}, entity=entity)
    world.done()
    run(world)
    for case, outcome in zip(cases(), ("corrected", "both_stand", "definition_differs", "unresolved"), strict=False):
        settle(world, case, outcome)
    tallies = {one.rule: one for one in queries.rightness(db.session, CYCLE)}
    assert tallies["figure"] == Tally("figure", 5, 2, 1, 1, 0)
    assert tallies["figure"].right == pytest.approx(2 / 3)
    assert tallies["claim"].right is None
