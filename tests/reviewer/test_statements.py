"""Statements: written, given what they cite, supported, put in order; and what stands behind each."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from portal.db import db
from portal.models.observations import Series
from portal.models.synthesis import Citation, StatementRevision
from portal.rules.cases import OUTCOMES
from portal.rules.datasets import source_fact
from portal.rules.refusals import Forbidden, Invalid, NotNow, Stale
from reviewer.queries import statements as queries
from reviewer.rules.statements import behind, touching
from reviewer.services import statements, synthesis
from reviewer.services.statements import Draft, Ground
from tests.factories import World
from tests.portal.callers import Caller
from tests.reviewer.synthesising import (
    ACTIONS,
    RESULTS,
    case,
    corrected,
    figured,
    of_an_indicator,
    passage,
    stated,
    statement,
    submitted,
    take,
)


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


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_was_settled_as_unresolved_or_as_both_standing_still_speaks_against(world: World, outcome: str) -> None:
    made = stated(world, passage(submitted(world)))
    act = world.act(None)
    for entity in ("KAZ", "KEN"):
        one = case(entity=entity, indicator="NUA-01")
        one.state, one.outcome, one.raised_at, one.question = "settled", outcome, act.at, f"What of {entity}?"
        act.session.add(one)
    world.done()
    stands = outcome in ("both_stand", "unresolved")
    client = world.browser("reviewer")
    words = "1 contradiction on what it cites that stands"
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    assert [page.count(one) for one in (words, "What of KAZ?", "What of KEN?")] == [stands, stands, 0]
    assert (f"<strong>{OUTCOMES[outcome]}</strong>" in page, "open contradiction" in page) == (stands, False)
    address = "/evidence/contradictions?cycle=2026&amp;commitment=1.1&amp;state=stands"
    assert (f'<a href="{address}">All 2 that stand on commitment 1.1</a>' in page) == stands
    listed = client.get(address.replace("&amp;", "&")).get_data(as_text=True)
    assert ("2 cases of " in listed) == stands
    heading = client.get("/synthesis/1.1.1.1").get_data(as_text=True)
    assert [heading.count(one) for one in (words, f'<a href="{address}">2 contradictions that stand</a>')] == [
        stands
    ] * 2
    text = client.get("/synthesis/report.html").get_data(as_text=True)
    assert ("<p>contradictions on what it cites that stand: 1</p>" in text) == stands
    asked = Caller(world, "reviewer").get(f"/statements/{made}").json["behind"]
    numbers = {name: value for name, value in asked.items() if "contradictions" in name}
    assert numbers == {
        "open_contradictions": 0,
        "open_contradictions_elsewhere": 0,
        "standing_contradictions": int(stands),
        "standing_contradictions_elsewhere": int(stands),
    }
    release = synthesis.release(world.acting("lead"), "2026")
    assert json.loads(release.document)["statements"][0]["behind"]["standing_contradictions"] == int(stands)


def test_the_page_counts_what_touches_and_offers_the_others(world: World) -> None:
    kaz = submitted(world)
    made = stated(world, passage(kaz))
    act = world.act(None)
    for entity, state in (("KAZ", "raised"), ("KEN", "raised"), ("KEN", "asked"), ("KAZ", "settled")):
        one = case(entity=entity, indicator="NUA-01")
        one.state, one.raised_at, one.question = state, act.at, f"What of {entity}?"
        one.outcome = "corrected" if state == "settled" else None
        act.session.add(one)
    world.done()
    client = world.browser("reviewer")
    page = client.get(f"/synthesis/statements/{made}").get_data(as_text=True)
    assert "1 open contradiction on what it cites" in page
    assert [page.count(f"What of {entity}?") for entity in ("KAZ", "KEN")] == [1, 0]
    address = "/evidence/contradictions?cycle=2026&amp;commitment=1.1&amp;state=open"
    assert f'<a href="{address}">All 3 open ones on commitment 1.1</a>' in page
    assert "3 cases of " in client.get(address.replace("&amp;", "&")).get_data(as_text=True)
    told = client.get("/synthesis/1.1.1.1").get_data(as_text=True)
    assert "1 open contradiction on what it cites" in told
    headers = {"Authorization": f"Bearer {world.token('reviewer')}"}
    one = world.app.test_client().get(f"/api/v1/statements/{made}", headers=headers).get_json()["behind"]
    assert (one["open_contradictions"], one["open_contradictions_elsewhere"]) == (1, 2)


@pytest.mark.parametrize("role", ["data_officer", "regional_officer", "partner", "administrator"])
def test_the_team_alone_writes_the_synthesis(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        statements.write(world.acting(role), Draft("2026", "1.1.1.1", "A statement."))
