"""The list to check again: what a corrected or withdrawn report does to the statements that cite it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.passages import FileToRead, Passage
from portal.models.synthesis import Recheck
from portal.rules.refusals import Invalid, NotNow, Stale
from portal.services import rechecks
from reviewer.services import statements, synthesis
from reviewer.services.synthesis import Settlement
from tests.factories import World
from tests.reviewer.synthesising import (
    ACTIONS,
    RESULTS,
    TEXTS,
    cited_text,
    corrected,
    passage,
    stated,
    statement,
    submitted,
    waiting,
)


def test_a_comma_and_a_place_changed_move_no_citation(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report, ordinal=1), passage(report, ordinal=2))
    text = "A register, of the poorest, was set up!\n\nThe cash transfer reached 40,000 households"
    report = corrected(world, report, {ACTIONS: text})
    assert statement(made).state == "supported"
    assert waiting(made) == []
    assert sorted(cited_text(made)) == [
        ("A register, of the poorest, was set up!", 2),
        ("The cash transfer reached 40,000 households", 2),
    ]


def test_an_edited_passage_puts_its_statement_on_the_list_with_both_texts(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report), passage(report, RESULTS))
    report = corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    assert statement(made).state == "check_again"
    (row,) = waiting(made)
    old, new = (db.session.get_one(Passage, of).text for of in (row.old_passage_id, row.new_passage_id))
    assert (row.reason, old, new) == (
        "edited",
        "The cash transfer reached 40,000 households.",
        "The cash transfer reached 45,000 households.",
    )
    act = world.acting("reviewer")
    with pytest.raises(NotNow):
        statements.support(act, made, 1)
    with pytest.raises(Invalid) as refused:
        synthesis.settle(act, row.id, Settlement("holds"))
    assert [problem.where for problem in refused.value.problems] == ["words"]
    synthesis.settle(act, row.id, Settlement("holds", "The number rose, the statement has none."))
    world.done()
    assert statement(made).state == "supported"
    assert (new, 2) in cited_text(made)
    with pytest.raises(NotNow, match="settled"):
        synthesis.settle(world.acting("lead"), row.id, Settlement("citation_removed"))


def test_a_deleted_paragraph_flags_its_statements_and_cannot_still_hold(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report, ordinal=2), passage(report, RESULTS))
    other = stated(world, passage(report, RESULTS))
    report = corrected(world, report, {ACTIONS: "The cash transfer reached 40,000 households."})
    (row,) = waiting(made)
    assert (row.reason, row.new_passage_id, statement(other).state) == ("gone", None, "supported")
    act = world.acting("reviewer")
    with pytest.raises(Invalid):
        synthesis.settle(act, row.id, Settlement("holds", "It holds."))
    synthesis.settle(act, row.id, Settlement("citation_removed"))
    world.done()
    assert (statement(made).state, cited_text(made)) == ("supported", [(TEXTS[RESULTS], 2)])


def test_a_statement_that_loses_its_last_ground_is_a_draft(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report, ordinal=2))
    corrected(world, report, {ACTIONS: "The cash transfer reached 40,000 households."})
    (row,) = waiting(made)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("citation_removed"))
    world.done()
    assert statement(made).state == "draft"


def test_a_rewording_is_a_revision_upon_the_text_that_was_seen(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    (row,) = waiting(made)
    act = world.acting("reviewer")
    with pytest.raises(Stale):
        synthesis.settle(act, row.id, Settlement("reworded", text="Transfers reach 45,000.", seen=7))
    with pytest.raises(Invalid):
        synthesis.settle(act, row.id, Settlement("reworded", text="Cash transfers reach the poor.", seen=1))
    synthesis.settle(act, row.id, Settlement("reworded", text="Transfers reach 45,000.", seen=1))
    world.done()
    found = statement(made)
    assert (found.text, found.revision, found.state) == ("Transfers reach 45,000.", 2, "supported")


def test_withdrawing_a_statement_settles_what_waits(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report, ordinal=1), passage(report, ordinal=2))
    corrected(world, report, {ACTIONS: "Nothing of this is told any more, and other things are."})
    first, _second = waiting(made)
    synthesis.settle(world.acting("reviewer"), first.id, Settlement("withdrawn", "The report says it no more."))
    world.done()
    assert (statement(made).state, waiting(made)) == ("withdrawn", [])


def test_a_paragraph_that_comes_back_leaves_the_list_by_itself(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report, ordinal=2))
    report = corrected(world, report, {ACTIONS: "The cash transfer reached 40,000 households."})
    assert statement(made).state == "check_again"
    report = corrected(world, report, {ACTIONS: TEXTS[ACTIONS]})
    assert (statement(made).state, waiting(made)) == ("supported", [])
    assert cited_text(made) == [("A register of the poorest was set up.", 3)]
    assert [row.outcome for row in db.session.scalars(select(Recheck))] == ["same_again"]


def test_a_withdrawn_report_puts_every_statement_that_cites_it_on_the_list(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    world.step(report, "withdraw")
    assert [row.reason for row in waiting(made)] == ["withdrawn"]
    assert statement(made).state == "check_again"
    world.step(report, "reopen")
    corrected(world, report, {RESULTS: "Poverty in cities fell by three points."})
    assert (statement(made).state, waiting(made)) == ("supported", [])


def test_a_file_read_after_the_withdrawal_leaves_what_is_cited_withdrawn(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    report = corrected(world, report, {ACTIONS: "The cash transfer reached 50,000 households.\n\nA register was made."})
    world.step(report, "withdraw")
    act = world.act(None)
    rechecks.after_file(act, FileToRead(version_of=report.id, version=2))
    world.done()
    assert [(row.reason, row.new_passage_id) for row in waiting(made)] == [("withdrawn", None)]
