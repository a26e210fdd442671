"""Statements, what they cite, and what becomes of them when the ground moves."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from portal.db import db
from portal.http.context import EXTENSION
from portal.models.accounts import User
from portal.models.contradictions import Case
from portal.models.events import Notice
from portal.models.observations import Cut, Observation, Series
from portal.models.passages import Coding, FileToRead, Passage
from portal.models.synthesis import Citation, Recheck, StatementRevision, Supplement, SynthesisRelease
from portal.queries import accounts as people
from portal.queries import words
from portal.rules.datasets import source_fact
from portal.rules.refusals import Forbidden, Invalid, NotNow, Stale
from portal.services import accounts, contributions, observations, rechecks, verifying
from reviewer.queries import statements as queries
from reviewer.queries import synthesis as reads
from reviewer.rules.statements import behind, touching
from reviewer.services import statements, synthesis
from reviewer.services.statements import Draft, Ground
from reviewer.services.synthesis import Effect, Settlement
from tests.factories import PASSWORD, World, address, csrf
from tests.portal import contributing
from tests.reviewer.synthesising import (
    ACTIONS,
    LATE,
    RESULTS,
    TEXTS,
    corrected,
    passage,
    stated,
    statement,
    submitted,
    waiting,
)


def cited_text(of: uuid.UUID) -> list[tuple[str, int]]:
    """The passages that a statement cites now: text, version."""
    rows = queries.citations(db.session, [of])[of]
    return [(row.text, row.version) for row in rows]


# writing, citing, supporting


def test_a_statement_without_a_citation_that_speaks_for_it_is_never_supported(world: World) -> None:
    report = submitted(world)
    act = world.acting("reviewer")
    made = statements.write(act, Draft("2026", "1.1.1.1", "Cash transfers reach the poor."))
    with pytest.raises(NotNow) as refused:
        statements.support(act, made.id, 1)
    assert refused.value.reasons == ["A statement is supported by at least one passage or figure that speaks for it."]
    statements.cite(act, made.id, [Ground("passage", passage(report).key, "against")])
    with pytest.raises(NotNow):
        statements.support(act, made.id, 1)
    (citation,) = statements.cite(act, made.id, [Ground("passage", passage(report, RESULTS).key, "for")])
    assert statements.support(act, made.id, 1).state == "supported"
    assert statements.uncite(act, made.id, citation.id).state == "draft"


def test_each_text_is_kept_and_a_new_text_is_a_draft(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    act = world.acting("lead")
    statements.reword(act, made, "Cash transfers reached 40,000 households.", 1, "With the number.")
    world.done()
    found = statement(made)
    assert (found.state, found.revision) == ("draft", 2)
    rows = db.session.scalars(select(StatementRevision).order_by(StatementRevision.number)).all()
    assert [(row.number, row.text, row.note) for row in rows] == [
        (1, "Cash transfers reach the poor.", ""),
        (2, "Cash transfers reached 40,000 households.", "With the number."),
    ]
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(StatementRevision.__table__.delete())


def test_two_people_write_the_same_statement_and_both_texts_are_kept(world: World) -> None:
    made = stated(world, supported=False)
    statements.reword(world.acting("lead"), made, "The lead writes this.", 1)
    world.done()
    with pytest.raises(Stale) as refused:
        statements.reword(world.acting("reviewer"), made, "The reviewer writes that.", 1)
    texts = refused.value.texts
    assert (texts.base, texts.theirs, texts.yours, texts.revision) == (
        "Cash transfers reach the poor.",
        "The lead writes this.",
        "The reviewer writes that.",
        2,
    )
    with pytest.raises(Stale):
        statements.support(world.acting("reviewer"), made, 1)


def test_what_cannot_be_cited_is_named_place_by_place_and_nothing_is_taken(world: World) -> None:
    report = submitted(world)
    first = passage(report)
    old_key = first.key
    corrected(world, report, {ACTIONS: "Something quite different is told now."})
    act = world.acting("reviewer")
    made = statements.write(act, Draft("2026", "1.1.1.1", "A statement."))
    grounds = [
        Ground("passage", passage(report, RESULTS).key, "for"),
        Ground("passage", "no such key", "for"),
        Ground("passage", old_key, "for"),
        Ground("observation", "77", "for"),
        Ground("passage", passage(report, RESULTS).key, "for"),
        Ground("passage", passage(report).key, "perhaps"),
    ]
    with pytest.raises(Invalid) as refused:
        statements.cite(act, made.id, grounds)
    assert [problem.where for problem in refused.value.problems] == [f"citations[{place}]" for place in (1, 2, 3, 4, 5)]
    assert db.session.scalars(select(Citation)).all() == []


def test_a_key_that_no_passage_can_have_is_named_as_any_other(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    with pytest.raises(Invalid, match="There is no passage with this key"):
        statements.cite(world.acting("lead"), made, [Ground("passage", "a\0b", "for")])


def test_a_text_is_written_again_where_the_first_cites_something(world: World) -> None:
    cited = passage(submitted(world))
    stated(world, cited, supported=False)
    assert statement(stated(world, cited, supported=False)).ordinal == 2


def test_order_and_heading(world: World) -> None:
    ids = [stated(world, text=f"Statement {number}.", supported=False) for number in (1, 2, 3)]
    act = world.acting("reviewer")
    statements.move(act, ids[2], -1)
    statements.move(act, ids[0], -1)
    assert [one.id for one in queries.of_heading(act.session, "2026", "1.1.1.1")] == [ids[0], ids[2], ids[1]]
    statements.put_under(act, ids[0], "S.1")
    assert [one.id for one in queries.of_heading(act.session, "2026", "1.1.1.1")] == [ids[2], ids[1]]
    with pytest.raises(Invalid):
        statements.put_under(act, ids[0], "9.9")


def test_what_stands_behind_a_statement_is_counted(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    made = stated(world, passage(kaz), passage(kaz, RESULTS), passage(ken))
    act = world.acting("reviewer")
    statements.cite(act, made, [Ground("passage", passage(ken, RESULTS).key, "against")])
    found = behind(queries.citations(act.session, [made])[made])
    assert (found.states, found.channels, found.languages) == (("KAZ", "KEN"), ("a",), ("en",))
    assert (found.speaking_for, found.against, found.cases, len(found.regions)) == (3, 1, 0, 2)


def case(
    *sides: dict[str, Any], entity: str | None = "KAZ", indicator: str | None = None, commitment: str = "1.1"
) -> Case:
    told = [{"kind": "passage", "ref": "", "label": "", "source": ""} | side for side in sides]
    about = {"entity": entity, "indicator": indicator, "commitment": commitment}
    return Case(cycle="2026", rule="figure", sides=told, question="?", key=uuid.uuid4().hex, **about)


def test_contradictions_count_where_they_touch_what_is_cited(world: World) -> None:
    kaz = submitted(world)
    first, other = passage(kaz), passage(kaz, RESULTS)
    made = stated(world, first, supported=False)
    rows = queries.citations(db.session, [made])[made]
    same = f"{kaz.id}:v9:{ACTIONS}:en:7"
    touch = {
        "the passage": case({"ref": first.key}, entity=None),
        "the same question of the same report": case({"ref": same}, entity=None),
        "the same section of the same state": case({"ref": other.key}),
        "an indicator of that section": case(indicator="NUA-01"),
    }
    not_touch = {
        "another state": case(indicator="NUA-01", entity="KEN"),
        "no state": case(indicator="NUA-01", entity=None),
        "an indicator of another section": case(indicator="NUA-20"),
        "a silent side": case({"ref": ""}),
        "a figure": case({"kind": "observation", "ref": str(first.id)}),
    }
    assert [name for name, one in (touch | not_touch).items() if touching(rows, [one])] == list(touch)
    found = behind(rows, [*touch.values(), *not_touch.values()])
    assert (found.cases, found.elsewhere) == (4, 5)


def test_contradictions_touch_a_figure_by_itself_or_by_its_indicator_and_area(world: World) -> None:
    take(world, "12.5", "one")
    made = figured(world)
    db.session.execute(update(Series).values(indicator=None))
    db.session.commit()
    bare = queries.citations(db.session, [made])[made]
    of_an_indicator()
    rows = queries.citations(db.session, [made])[made]
    (row,) = rows
    assert (bare[0].indicator, row.indicator) == (None, "NUA-01")
    title = source_fact("un_sdg").title
    side = {"kind": "observation", "source": "un_sdg", "label": title}
    touch = {
        "the figure": case(side | {"ref": str(row.observation_id)}, entity=None),
        "its indicator and area": case(side | {"ref": "0"}, indicator=row.indicator),
    }
    not_touch = {
        "another indicator": case(side | {"ref": "0"}, indicator="NUA-20"),
        "a city of the state": case(side | {"ref": "0", "label": f"{title}, Almaty"}, indicator=row.indicator),
        "another state": case(side | {"ref": "0"}, indicator=row.indicator, entity="KEN"),
        "words": case({"ref": f"{made}:v1:{ACTIONS}:en:1"}, indicator=None),
    }
    assert [name for name, one in (touch | not_touch).items() if touching(rows, [one])] == list(touch)
    assert [name for name, one in (touch | not_touch).items() if touching(bare, [one])] == ["the figure"]


def test_the_page_counts_what_touches_and_offers_the_others(world: World) -> None:
    kaz = submitted(world)
    made = stated(world, passage(kaz))
    act = world.act(None)
    for entity, state in (("KAZ", "raised"), ("KEN", "raised"), ("KEN", "asked"), ("KAZ", "settled")):
        one = case(entity=entity, indicator="NUA-01")
        one.state, one.raised_at, one.question = state, act.at, f"What of {entity}?"
        act.session.add(one)
    world.done()
    client = world.browser("reviewer")
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    assert "1 open contradiction on what it cites" in page
    assert [page.count(f"What of {entity}?") for entity in ("KAZ", "KEN")] == [1, 0]
    address = "/evidence/contradictions?cycle=2026&amp;commitment=1.1&amp;state=open"
    assert f'<a href="{address}">All 3 on commitment 1.1</a>' in page
    assert "3 cases of " in client.get(address.replace("&amp;", "&")).get_data(as_text=True)
    told = client.get("/synthesis/1.1.1.1").get_data(as_text=True)
    assert "1 open contradiction on what it cites" in told
    headers = {"Authorization": f"Bearer {world.token('reviewer')}"}
    one = world.app.test_client().get(f"/api/v1/statements/{made}", headers=headers).get_json()["behind"]
    assert (one["open_contradictions"], one["open_contradictions_elsewhere"]) == (1, 2)


# what partners send


SEVERAL = ["Kazakhstan", "city: Nairobi, Kenya", "Arab States"]


def sent(of: uuid.UUID, version: int) -> list[Passage]:
    db.session.rollback()
    query = select(Passage).where(Passage.contribution_id == of, Passage.version == version)
    return list(db.session.scalars(query.order_by(Passage.id)))


def test_only_what_was_accepted_is_cited_and_it_counts_for_each_place(world: World) -> None:
    made = contributing.contribution(world, state="sent", areas=SEVERAL).id
    act = world.acting("reviewer")
    statement_id = statements.write(act, Draft("2026", "1.1.1.1", "Rents rise.")).id
    world.done()
    ground = Ground("passage", sent(made, 1)[0].key, "for")
    with pytest.raises(Invalid, match="not accepted"):
        statements.cite(world.acting("reviewer"), statement_id, [ground])
    db.session.rollback()
    contributing.decide(world, made, "accepted")
    act = world.acting("reviewer")
    statements.cite(act, statement_id, [ground])
    assert statements.support(act, statement_id, 1).state == "supported"
    world.done()
    found = behind(queries.citations(db.session, [statement_id])[statement_id])
    assert (found.states, found.spoken_of) == ((), ("KAZ", "KEN"))
    assert found.regions == ("Africa", "Arab States", "Asia and the Pacific")


def test_what_is_returned_supports_nothing(world: World) -> None:
    made = contributing.contribution(world, state="returned").id
    act = world.acting("reviewer")
    with pytest.raises(Invalid, match="not accepted"):
        statements.write(act, Draft("2026", "1.1.1.1", "Rents rise."), [Ground("passage", sent(made, 1)[0].key, "for")])


def test_a_version_that_waits_moves_no_citation_and_an_accepted_one_does(world: World) -> None:
    made = contributing.contribution(world, state="accepted").id
    of = stated(world, sent(made, 1)[0])
    gone = stated(world, sent(made, 1)[1], text="Mostly in large cities.")
    values = contributing.VALUES["c"] | {"CC.2/text": "Rents rose faster than wages."}
    contributing.save(world, made, contributing.Draft(**contributing.HEAD, values=values), 1)
    contributing.send(world, made)
    assert [(statement(one).state, waiting(one)) for one in (of, gone)] == [("supported", [])] * 2
    assert cited_text(of) == [("Rents rose faster than wages.", 1)]
    contributing.decide(world, made, "accepted")
    assert (statement(of).state, cited_text(of)) == ("supported", [("Rents rose faster than wages.", 2)])
    assert [row.reason for row in waiting(gone)] == ["gone"]


def test_the_list_offers_what_was_accepted_and_not_what_waits(world: World) -> None:
    made = contributing.contribution(world, state="accepted").id
    of = stated(world, sent(made, 1)[0])
    for revision, text in ((1, "Rents rose much faster than wages."), (2, "Rents rose far faster than wages did.")):
        values = contributing.VALUES["c"] | {"CC.2/text": text}
        contributing.save(world, made, contributing.Draft(**contributing.HEAD, values=values), revision)
        contributing.send(world, made)
        if revision == 1:
            contributing.decide(world, made, "accepted")
    assert [(row.reason, row.new_passage_id) for row in waiting(of)] == [("edited", sent(made, 2)[0].id)]


def test_what_is_set_aside_goes_to_the_list_and_leaves_it_when_it_is_taken_up_again(world: World) -> None:
    made = contributing.contribution(world, state="accepted").id
    of = stated(world, sent(made, 1)[0])
    contributing.decide(world, made, "set_aside", "a reason")
    assert [row.reason for row in waiting(of)] == ["withdrawn"]
    contributing.decide(world, made, "accepted")
    assert (statement(of).state, waiting(of)) == ("supported", [])


def test_a_statement_is_offered_what_partners_say_on_its_commitment(world: World) -> None:
    ticked = {"CC.1/commitment": ["commitment_2_1", "commitment_1_1"]}
    contributing.contribution(world, state="accepted", values=ticked)
    made = stated(world, passage(submitted(world)), supported=False)
    page = world.browser("reviewer").get(f"/synthesis/statements/{made}").get_data(as_text=True)
    assert page.count("Passages of partners on commitment 1.1") == 1
    assert page.count("Rents rose faster than wages.") == 1
    other = world.browser("reviewer").get(f"/synthesis/statements/{made}?section=").get_data(as_text=True)
    assert "Passages of partners" not in other


@pytest.mark.parametrize("role", ["data_officer", "regional_officer", "partner", "administrator"])
def test_the_team_alone_writes_the_synthesis(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        statements.write(world.acting(role), Draft("2026", "1.1.1.1", "A statement."))


# a corrected version


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


# a report after the cut-off


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
    assert (row.SupplementMark.effect, row.SupplementMark.number) == ("weakens", 2)


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
    typed = {"csrf_token": csrf(page), "effect": "weakens", "reference": f" {key} "}
    assert client.post(address, data=typed).status_code == 303
    db.session.rollback()
    (row,) = reads.marks_of_statements(db.session, [made])[made]
    assert (row.SupplementMark.effect, row.key) == ("weakens", key)
    wrong = client.post(address, data=typed | {"reference": "no such key"})
    assert (wrong.status_code, 'value="no such key"' in wrong.text) == (422, True)


def test_a_report_in_time_makes_no_supplement_when_it_is_corrected_late(world: World) -> None:
    report = submitted(world)
    corrected(world, report, {RESULTS: "Poverty in cities fell by three points."}, at=LATE)
    assert db.session.scalars(select(Supplement)).all() == []


# the release, and where the words went


def test_a_release_is_the_leads_and_waits_for_the_list(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    with pytest.raises(Forbidden):
        synthesis.release(world.acting("reviewer"), "2026")
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    with pytest.raises(NotNow):
        synthesis.release(world.acting("lead"), "2026")
    (row,) = waiting(made)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("holds", "It holds."))
    world.done()
    assert synthesis.release(world.acting("lead"), "2026").number == 1


def test_a_state_sees_what_of_its_own_is_cited_as_it_was_released(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    both = stated(world, passage(kaz), passage(ken, RESULTS))
    stated(world, passage(ken), text="Kenya alone.")
    stated(world, passage(kaz), text="Only a draft.", supported=False)
    reader = words.of_state(db.session, "KAZ")
    assert words.released(db.session, "2026", reader) is None
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    statements.reword(world.acting("lead"), both, "Another text.", 1)
    world.done()
    found = words.released(db.session, "2026", reader)
    assert found is not None
    assert [(used.statement["text"], [one["text"] for one in used.own]) for used in found.used] == [
        ("Cash transfers reach the poor.", ["The cash transfer reached 40,000 households."])
    ]
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(SynthesisRelease.__table__.delete())


def test_those_who_are_cited_are_told(world: World) -> None:
    report = submitted(world)
    stated(world, passage(report))
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    inbox = world.browser("focal_point", "KAZ").get("/inbox").get_data(as_text=True)
    assert "/entities/KAZ/words?cycle=2026" in inbox
    page = world.browser("focal_point", "KAZ").get("/entities/KAZ/words").get_data(as_text=True)
    assert "The cash transfer reached 40,000 households." in page
    assert world.browser("focal_point", "KEN").get("/entities/KAZ/words").status_code == 403


def test_a_release_of_what_was_released_is_none_and_tells_nobody_again(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    world.at += dt.timedelta(minutes=1)
    with pytest.raises(NotNow, match="Nothing has changed since the last release"):
        synthesis.release(world.acting("lead"), "2026")
    db.session.rollback()
    cited = select(func.count()).select_from(Notice).where(Notice.kind == "synthesis.release")
    assert db.session.scalar(cited) == 1
    statements.reword(world.acting("lead"), made, "Cash transfers reach many of the poor.", 1)
    world.done()
    statements.support(world.acting("lead"), made, 2)
    world.done()
    assert synthesis.release(world.acting("lead"), "2026").number == 2


def told_of_release(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Who was told with a notice of this kind, and what, in order."""
    db.session.rollback()
    query = select(User.email, Notice.data).join(User, User.id == Notice.user_id).where(Notice.kind == kind)
    return sorted((row.email, row.data) for row in db.session.execute(query))


def test_who_was_cited_and_is_no_more_is_told_once_and_sees_what_was_cited(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    first = stated(world, passage(kaz))
    filed = contributing.contribution(world, state="accepted")
    partner = filed.partner_id
    held = db.session.scalars(select(Passage).where(Passage.contribution_id == filed.id)).first()
    assert held is not None
    second = stated(world, held, text="Rents rise.")
    third = stated(world, passage(ken), text="Kenya alone.")
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    assert told_of_release("synthesis.left_out") == []
    for made in (first, second):
        statements.withdraw(world.acting("lead"), made, "It is said elsewhere.")
        world.done()
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    left = [
        (address("focal_point", "KAZ"), {"cycle": "2026", "release": 1, "entity": "KAZ"}),
        (address("partner"), {"cycle": "2026", "release": 1, "partner": str(partner)}),
    ]
    assert told_of_release("synthesis.left_out") == sorted(left)
    statements.reword(world.acting("lead"), third, "Kenya by itself.", 1)
    world.done()
    statements.support(world.acting("lead"), third, 2)
    world.done()
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    assert told_of_release("synthesis.left_out") == sorted(left)
    state, own = world.browser("focal_point", "KAZ"), "The cash transfer reached 40,000 households."
    inbox = state.get("/inbox").get_data(as_text=True)
    assert "The newest release of the synthesis cites you no more." in inbox
    assert "/entities/KAZ/words?cycle=2026&amp;release=1" in inbox
    pages = [state.get(f"/entities/KAZ/words?release={number}") for number in (1, 2, 3, 4)]
    assert [page.status_code for page in pages] == [200, 200, 200, 404]
    assert [own in page.text for page in pages[:3]] == [True, False, False]
    assert ["This is an earlier release." in page.text for page in pages[:3]] == [True, True, False]
    assert state.get("/entities/KAZ/words").text.count("Release 2, the one before") == 1
    page = world.browser("partner").get(f"/partners/{partner}/words?release=1")
    assert (page.status_code, held.text in page.text) == (200, True)


# what is taken along


def test_every_footnote_resolves(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    stated(world, passage(kaz), passage(ken))
    stated(world, passage(ken, RESULTS), heading="S.1", text="In short <it> works.")
    lead = world.browser("lead")
    page = lead.get("/synthesis/report.html").get_data(as_text=True)
    table = lead.get("/synthesis/evidence.csv").get_data(as_text=True)
    refs = re.findall(r'id="ref-(\d+)" href="#note-(\d+)"', page)
    assert refs == [(str(n), str(n)) for n in (1, 2, 3)]
    assert re.findall(r'<li id="note-(\d+)"', page) == re.findall(r'href="#ref-(\d+)"', page) == ["1", "2", "3"]
    assert "In short &lt;it&gt; works." in page
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["note"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        held = db.session.scalars(select(Passage).where(Passage.key == row["reference"])).one()
        assert (held.text, held.entity, held.question) == (row["text"], row["entity"], row["question"])
        assert (
            f'href="#note-{row["note"]}"' in page.split(f'id="statement-{row["statement"]}"', 1)[1].split("</p>", 1)[0]
        )


# the API


def test_statements_by_the_api(world: World) -> None:
    report = submitted(world)
    key = passage(report).key
    client, token = world.app.test_client(), {"Authorization": f"Bearer {world.token('reviewer')}"}
    draft = {"cycle": "2026", "heading": "1.1.1.1", "text": "Cash transfers reach the poor."}
    ground = {"kind": "passage", "reference": key, "stance": "for"}
    made = client.post("/api/v1/statements", json=draft | {"citations": [ground]}, headers=token)
    assert made.status_code == 201, made.text
    told = made.get_json()
    address = f"/api/v1/statements/{told['id']}"
    assert (told["state"], told["behind"]["states"], told["citations"][0]["reference"]) == ("draft", ["KAZ"], key)
    assert client.post(f"{address}/support", json={"revision": 1}, headers=token).get_json()["state"] == "supported"
    stale = client.put(address, json={"text": "Another.", "base_revision": 9}, headers=token)
    assert (stale.status_code, stale.get_json()["theirs"]) == (409, "Cash transfers reach the poor.")
    assert client.post("/api/v1/statements", json=draft | {"score": 1}, headers=token).status_code == 422
    wrong = client.post("/api/v1/statements", json=draft | {"heading": "9"}, headers=token)
    assert [one["where"] for one in wrong.get_json()["problems"]] == ["heading"]
    listed = client.get("/api/v1/statements?state=supported&limit=1", headers=token).get_json()
    assert ([one["id"] for one in listed["items"]], listed["next"]) == ([told["id"]], None)
    state = {"Authorization": f"Bearer {world.token('focal_point', 'KAZ')}"}
    assert client.get("/api/v1/statements", headers=state).status_code == 403
    assert json.loads(client.get("/api/v1/statements?limit=1", headers=token).data)["items"][0]["waiting"] == 0


# figures and contributions


def take(world: World, value: str, edition: str) -> uuid.UUID:
    """Takes in one figure about Kazakhstan, and gives the import."""
    act = world.acting("data_officer")
    table = f"Year,UNIT_MEASURE,Value\n2022,PERCENT,{value}\n"
    files = world.app.extensions[EXTENSION].storage
    told = {"source": "un_sdg", "edition": edition, "entity": "KAZ"}
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


def test_a_revised_figure_puts_its_statements_on_the_list(world: World) -> None:
    take(world, "12.5", "one")
    made = figured(world)
    take(world, "12.5", "two")
    assert statement(made).state == "supported"
    take(world, "13.1", "three")
    (row,) = waiting(made)
    assert (row.reason, row.old_value, row.new_value) == ("figure_revised", "12.5", "13.1")
    take(world, "12.5", "four")
    assert (statement(made).state, waiting(made)) == ("supported", [])
    take(world, "14", "five")
    (row,) = waiting(made)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("reworded", text="It is at 14 per cent.", seen=1))
    world.done()
    (cited,) = queries.citations(db.session, [made])[made]
    assert (cited.value_text, cited.value_now, statement(made).state) == ("14", "14", "supported")


def test_a_figure_whose_file_was_withdrawn_cannot_stay(world: World) -> None:
    imported = take(world, "12.5", "one")
    made = figured(world)
    accounts.add(world.act(None), "second@example.org", "data_officer", None, PASSWORD)
    world.done()
    second = people.by_email(db.session, "second@example.org")
    verifying.say(world.act(second), imported, "withdrawn", "The file was another country's.")
    world.done()
    assert [row.reason for row in waiting(made)] == ["withdrawn"]
    number = db.session.scalars(select(Observation.id)).one()
    act = world.acting("reviewer")
    other = statements.write(act, Draft("2026", "1.1.1.1", "Another."))
    with pytest.raises(Invalid, match="withdrawn"):
        statements.cite(act, other.id, [Ground("observation", str(number), "for")])


def say(world: World, imported: uuid.UUID, verdict: str) -> None:
    """A second person says it of an import, a minute after what came before."""
    if people.by_email(db.session, "second@example.org") is None:
        accounts.add(world.act(None), "second@example.org", "data_officer", None, PASSWORD)
        world.done()
    world.at += dt.timedelta(minutes=1)
    verifying.say(
        world.act(people.by_email(db.session, "second@example.org")), imported, verdict, "The sample is small."
    )
    world.done()


def test_a_doubted_figure_goes_to_the_list_until_a_person_has_looked(world: World) -> None:
    imported = take(world, "12.5", "one")
    made = figured(world)
    say(world, imported, "verified")
    assert waiting(made) == []
    say(world, imported, "doubtful")
    (row,) = waiting(made)
    assert (row.reason, row.old_value, row.new_value, statement(made).state) == (
        "figure_doubted", "12.5", "", "check_again",
    )  # fmt: skip
    page = world.browser("reviewer").get("/synthesis/check-again").get_data(as_text=True)
    for words_shown in ("found doubtful", "The file that gave it: doubtful", '<q dir="auto">The sample is small.</q>'):
        assert page.count(words_shown) == 1, words_shown
    assert "Nothing stands there any more" not in page
    world.at += dt.timedelta(minutes=1)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("holds", "The sample is large enough."))
    world.done()
    rechecks.after_figures(world.act(None))
    world.done()
    assert (statement(made).state, waiting(made)) == ("supported", [])
    (cited,) = queries.citations(db.session, [made])[made]
    assert (cited.value_text, cited.standing) == ("12.5", "doubtful")
    say(world, imported, "doubtful")
    assert [one.reason for one in waiting(made)] == ["figure_doubted"]
    say(world, imported, "verified")
    assert (statement(made).state, waiting(made)) == ("supported", [])
    settled = db.session.scalars(select(Recheck.outcome).order_by(Recheck.raised_at))
    assert list(settled) == ["holds", "cleared"]


def test_who_cites_a_doubted_figure_knows_it(world: World) -> None:
    imported = take(world, "12.5", "one")
    number = db.session.scalars(select(Observation.id)).one()
    say(world, imported, "doubtful")
    world.at += dt.timedelta(minutes=1)
    made = figured(world)
    rechecks.after_figures(world.act(None))
    world.done()
    assert waiting(made) == []
    client = world.browser("reviewer")
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    assert page.count("The file that gave it: doubtful") == 1
    offered = stated(world, supported=False)
    of_an_indicator()
    page = client.get(f"/synthesis/statements/{offered}?entity=KAZ").get_data(as_text=True)
    assert (f'name="figure" value="{number}"' in page, page.count("The file that gave it: doubtful")) == (True, 1)


def test_a_figure_that_nobody_verified_says_so_beside_it(world: World) -> None:
    imported = take(world, "12.5", "one")
    made = figured(world)
    client = world.browser("reviewer")
    assert client.get(f"/synthesis/statements/{made}").text.count("The file that gave it: not verified yet") == 1
    say(world, imported, "verified")
    assert "The file that gave it" not in client.get(f"/synthesis/statements/{made}").text
    take(world, "13.1", "two")
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    now = page.index("The figure reads now:")
    assert [part.count("The file that gave it: not verified yet") for part in (page[:now], page[now:])] == [0, 1]


def test_a_withdrawn_contribution_and_its_partner(world: World) -> None:
    made = contributing.contribution(world, state="accepted")
    contribution, partner = made.id, made.partner_id
    held = db.session.scalars(select(Passage).where(Passage.contribution_id == contribution)).first()
    assert held is not None
    of = stated(world, held)
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    reader = words.of_partner(db.session, partner)
    found = words.released(db.session, "2026", reader)
    assert found is not None
    assert [[one["text"] for one in used.own] for used in found.used] == [[held.text]]
    page = world.browser("partner").get(f"/partners/{partner}/words")
    assert (page.status_code, held.text in page.text) == (200, True)
    assert world.browser("focal_point", "KAZ").get(f"/partners/{partner}/words").status_code == 403
    act = world.acting("partner")
    contributions.withdraw(act, contributing.filing(act, contribution))
    world.done()
    assert [row.reason for row in waiting(of)] == ["withdrawn"]
