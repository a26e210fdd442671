"""Statements cite what partners send, and what becomes of them when it is sent anew, set aside or withdrawn."""

from __future__ import annotations

import csv
import io
import re
import uuid

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.passages import Passage
from portal.queries import words
from portal.rules.refusals import Invalid
from portal.services import contributions
from reviewer.queries import statements as queries
from reviewer.rules.statements import behind
from reviewer.services import statements, synthesis
from reviewer.services.statements import Draft, Ground
from tests.factories import World
from tests.portal import contributing
from tests.reviewer.synthesising import (
    cited_text,
    passage,
    stated,
    statement,
    submitted,
    waiting,
)

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


def test_the_credit_that_was_chosen_is_what_is_printed_with_its_licence(world: World) -> None:
    credit, licence = "Joint Programme of Twelve Agencies (JP12)", "Creative Commons Attribution 4.0"
    made = contributing.contribution(world, state="accepted", credit=credit)
    first = sent(made.id, 1)[0]
    statement_id = stated(world, first)
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    lead, whose = world.browser("lead"), rf"<bdi>{re.escape(credit)}</bdi>"

    def found(address: str, pattern: str) -> list[str]:
        return re.findall(pattern, lead.get(address).get_data(as_text=True))

    assert found(f"/synthesis/statements/{statement_id}", rf"{whose} \((.*?)\), on") == [licence]
    told = rf"{whose} on <bdi>Kazakhstan</bdi>, <cite><bdi>[^<]*</bdi></cite> \((.*?)\)"
    assert found(f"/evidence/passages/{first.id}", told) == [licence]
    assert found("/evidence?channel=c", told) == [licence, licence]
    assert found("/synthesis/report.html", r'<li id="note-1" value="1"><bdi>(.*?)</bdi>') == [
        f"{credit}, on Kazakhstan"
    ]
    own = world.browser("partner").get(f"/partners/{made.partner_id}/words").get_data(as_text=True)
    assert re.findall(rf"Credit: {whose} · Licence: (.*?)</p>", own) == [licence]
    (row,) = csv.DictReader(io.StringIO(lead.get("/synthesis/evidence.csv").get_data(as_text=True)))
    names = ("partner", "credit", "licence", "licence_name")
    assert [row[name] for name in names] == ["Example agency", credit, "cc-by-4.0", licence]
    client, token = world.app.test_client(), {"Authorization": f"Bearer {world.token('reviewer')}"}
    for address in ("/api/v1/passages?channel=c", "/api/v1/statements"):
        items = client.get(address, headers=token).get_json()["items"]
        one = items[0]["citations"][0] if "citations" in items[0] else items[0]
        assert (one["credit"], one["licence"]) == (credit, "cc-by-4.0")
