"""Reports received after the synthesis cut-off: what they do to statements, as people chose."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, update

from portal.db import db
from portal.models.passages import Coding, Passage
from portal.models.synthesis import Supplement
from portal.rules.refusals import Invalid
from reviewer.queries import synthesis as reads
from reviewer.services import statements, synthesis
from reviewer.services.statements import Ground
from reviewer.services.synthesis import Effect
from tests.factories import World, csrf
from tests.reviewer.synthesising import (
    ACTIONS,
    LATE,
    RESULTS,
    TEXTS,
    cited_text,
    corrected,
    passage,
    stated,
    statement,
    submitted,
)


def test_a_late_report_makes_a_supplement_and_is_never_merged(world: World) -> None:
    early = submitted(world)
    made = stated(world, passage(early))
    late = submitted(world, "KEN", at=LATE)
    (supplement,) = db.session.scalars(select(Supplement)).all()
    assert (supplement.entity, supplement.received_at) == ("KEN", LATE)
    act = world.acting("reviewer", at=LATE)
    with pytest.raises(Invalid, match="supplement"):
        statements.cite(act, made, [Ground("passage", passage(late).key, "for")])
    with pytest.raises(Invalid):
        synthesis.mark(act, supplement.id, made, Effect("strengthens"))
    with pytest.raises(Invalid):
        synthesis.mark(act, supplement.id, made, Effect("strengthens", passage(early).key))
    synthesis.mark(act, supplement.id, made, Effect("strengthens", passage(late).key, "Kenya tells the same."))
    synthesis.mark(act, supplement.id, made, Effect("weakens", passage(late).key))
    world.done()
    found = statement(made)
    assert (found.state, found.revision, len(cited_text(made))) == ("supported", 1, 1)
    (row,) = reads.marks_of_statements(db.session, [made])[made]
    assert (row.mark.effect, row.mark.number) == ("weakens", 2)


def test_what_a_late_report_says_no_more_is_marked_and_left_out_of_the_release(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    late = submitted(world, "KEN", at=LATE)
    supplement = db.session.scalars(select(Supplement.id)).one()
    chosen = Effect("weakens", passage(late).key)
    synthesis.mark(world.acting("reviewer", at=LATE), supplement, made, chosen)
    world.done()
    client, told = world.browser("reviewer"), "The late report no longer says what was chosen here"

    def shown() -> tuple[bool, bool, int]:
        db.session.rollback()
        (row,) = reads.marks_of_statements(db.session, [made])[made]
        page = client.get("/synthesis/supplements").get_data(as_text=True)
        return row.stands, told in page, len(reads.marks_told(db.session, "2026"))

    later = LATE + dt.timedelta(days=1)
    late = corrected(world, late, {ACTIONS: TEXTS[ACTIONS].replace("transfer reached", "transfer, reached")}, at=later)
    assert shown() == (True, False, 1)
    late = corrected(world, late, {ACTIONS: "The cash transfer reached 45,000 households."}, at=later)
    assert shown() == (False, True, 0)
    assert "the report no longer says this" in client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    world.step(late, "withdraw")
    assert "the report was withdrawn" in client.get("/synthesis/supplements").get_data(as_text=True)


def test_a_choice_about_a_statement_that_was_reworded_since_asks_to_be_made_anew(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    late = submitted(world, "KEN", at=LATE)
    supplement = db.session.scalars(select(Supplement.id)).one()
    synthesis.mark(world.acting("reviewer", at=LATE), supplement, made, Effect("weakens", passage(late).key))
    world.done()
    client, told = world.browser("reviewer"), "The statement was reworded after this was chosen."
    assert told not in client.get("/synthesis/supplements").get_data(as_text=True)
    statements.reword(world.acting("lead"), made, "Another text.", 1)
    world.done()
    assert told in client.get("/synthesis/supplements").get_data(as_text=True)
    synthesis.mark(world.acting("reviewer", at=LATE), supplement, made, Effect("untouched"))
    world.done()
    assert told not in client.get("/synthesis/supplements").get_data(as_text=True)


def test_a_late_report_speaks_by_its_codes_and_by_any_of_its_passages(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    late = submitted(world, "KEN", {"3.1/actions": "Heat plans were made."}, at=LATE)
    supplement = db.session.scalars(select(Supplement.id)).one()
    (one,) = db.session.scalars(select(Passage).where(Passage.report_id == late.id, Passage.section == "3.1"))
    key, number = one.key, one.id
    client = world.browser("reviewer")
    page = client.get("/synthesis/supplements").get_data(as_text=True)
    assert "No passage of the report stands in a section of this commitment, or was coded so." in page
    assert "/evidence?cycle=2026&amp;channel=a&amp;entity=KEN" in page
    act = world.acting("reviewer", at=LATE)
    act.session.add(Coding(passage_id=number, coder=act.actor.id, code="commitment:1.1", at=act.at))
    act.session.add(Coding(passage_id=number, coder=act.actor.id, code="commitment:2.1", at=act.at, removed_at=act.at))
    world.done()
    assert {of: [p.id for p in told] for of, told in reads.passages_of(db.session, late.id).items()} == {
        "1.1": [number]
    }
    page = client.get("/synthesis/supplements").get_data(as_text=True)
    assert f'value="{key}"' in page
    db.session.execute(update(Coding).values(removed_at=LATE))
    db.session.commit()
    address = f"/synthesis/supplements/{supplement}/statements/{made}"
    typed = {"csrf_token": csrf(page), "effect": "weakens", "reference": f" {key} ", "seen": "1-0"}
    assert client.post(address, data=typed).status_code == 303
    db.session.rollback()
    (row,) = reads.marks_of_statements(db.session, [made])[made]
    assert (row.mark.effect, row.passage and row.passage.key) == ("weakens", key)
    wrong = client.post(address, data=typed | {"reference": "no such key", "seen": "1-1"})
    assert (wrong.status_code, 'value="no such key"' in wrong.text) == (422, True)


def test_a_report_in_time_makes_no_supplement_when_it_is_corrected_late(world: World) -> None:
    report = submitted(world)
    corrected(world, report, {RESULTS: "Poverty in cities fell by three points."}, at=LATE)
    assert db.session.scalars(select(Supplement)).all() == []


def test_who_writes_into_the_supplement_is_told_that_the_state_reads_it(world: World) -> None:
    stated(world, passage(submitted(world)))
    submitted(world, "KEN", at=LATE)
    page = world.browser("reviewer").get("/synthesis/supplements").get_data(as_text=True)
    assert (page.count("The state reads it with the next release."), page.count("-words-hint")) == (1, 2)
