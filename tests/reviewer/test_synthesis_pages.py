"""The pages of the synthesis, without script: writing, citing, settling, a late report; whole HTML on each."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from portal.db import db
from portal.models.synthesis import Citation, Statement, Supplement
from reviewer.queries import synthesis
from reviewer.services import statements
from tests.factories import World, csrf
from tests.house.test_pages import faults
from tests.portal.callers import Caller
from tests.reviewer.synthesising import (
    ACTIONS,
    LATE,
    TEXTS,
    corrected,
    passage,
    stated,
    statement,
    submitted,
    waiting,
)

pytestmark = pytest.mark.any_database


def read(client: FlaskClient, address: str) -> str:
    """A page that answers and keeps the rules of the house."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    page = answer.get_data(as_text=True)
    assert faults(page) == []
    return page


def send(client: FlaskClient, before: str, address: str, **sent: str) -> tuple[int, str]:
    """Sends a form of a page that was read; the page that answers keeps the rules too."""
    answer = client.post(address, data={"csrf_token": csrf(before), **sent})
    page = answer.get_data(as_text=True)
    if answer.status_code != 303:
        assert faults(page) == []
    return answer.status_code, page


def test_a_statement_is_written_cited_and_supported(world: World) -> None:
    report = submitted(world)
    key = passage(report).key
    client = world.browser("reviewer")
    page = read(client, "/synthesis/1.1.1.1")
    status, page = send(client, page, "/synthesis/1.1.1.1/statements", text=" ", language="en")
    assert (status, "Please write the statement." in page) == (422, True)
    status, _ = send(client, page, "/synthesis/1.1.1.1/statements", text="Transfers reach the poor.", language="en")
    assert status == 303
    db.session.rollback()
    made = db.session.scalars(select(Statement)).one().id
    address = f"/synthesis/statements/{made}"
    page = read(client, address)
    assert "The cash transfer reached 40,000 households." in page
    status, page = send(client, page, f"{address}/support", seen="1")
    assert (status, "at least one passage or figure that speaks for it" in page) == (409, True)
    status, page = send(client, page, f"{address}/citations", stance="for", reference="no such key")
    assert (status, 'value="no such key"' in page) == (422, True)
    assert send(client, page, f"{address}/citations", stance="for", passage=key)[0] == 303
    [cited] = re.findall(r'name="cited" value="(\w+)"', read(client, address))
    assert send(client, page, f"{address}/support", seen="1", cited=cited)[0] == 303
    assert statement(made).state == "supported"
    citation = db.session.scalars(select(Citation)).one()
    assert send(client, page, f"{address}/citations/{citation.id}/remove")[0] == 303
    assert statement(made).state == "draft"
    assert send(client, page, f"{address}/withdraw", reason="")[0] == 422
    assert send(client, page, f"{address}/withdraw", reason="It says too much.")[0] == 303
    assert send(client, read(client, address), f"{address}/text", text="Again.", seen="1")[0] == 409


def test_a_choice_that_is_refused_comes_back_as_it_was_made(world: World) -> None:
    key = passage(submitted(world)).key
    made = stated(world, supported=False)
    client, there = world.browser("reviewer"), f"/synthesis/statements/{made}"
    form = re.search(r'action="([^"]*/citations[^"]*)"', read(client, f"{there}?section=&entity=KAZ&q=cash"))
    assert form is not None
    sent = {"stance": "against", "passage": key, "reference": "no such key"}
    status, page = send(client, read(client, there), html.unescape(form[1]), **sent)
    assert status == 422
    ticked = re.findall(r'<input type="(?:radio|checkbox)"[^>]* value="([^"]*)" checked>', page)
    assert ticked == ["against", key]
    assert re.findall(r'id="filter-(?:entity|q)"[^>]* value="([^"]*)"', page) == ["KAZ", "cash"]
    assert send(client, page, f"{there}/citations", stance="for", passage="a\0b")[0] == 422


def test_the_same_text_sent_twice_is_one_statement(world: World) -> None:
    client = world.browser("reviewer")
    page = read(client, "/synthesis/1.1.1.1")
    typed = {"text": "Cash reaches the poor.", "language": "en"}
    answers = [send(client, page, "/synthesis/1.1.1.1/statements", **typed) for _time in range(2)]
    assert [answer[0] for answer in answers] == [303, 422]
    again = read(client, "/synthesis/1.1.1.1")
    assert again.count('class="statement"') == 1
    assert send(client, page, "/synthesis/1.1.1.2/statements", **typed)[0] == 303


def test_two_texts_of_one_statement_are_both_on_the_page(world: World) -> None:
    made = stated(world, supported=False)
    address = f"/synthesis/statements/{made}"
    lead, reviewer = world.browser("lead"), world.browser("reviewer")
    first, second = read(lead, address), read(reviewer, address)
    assert send(lead, first, f"{address}/text", text="The lead writes this.", seen="1")[0] == 303
    status, page = send(reviewer, second, f"{address}/text", text="Mine is another.", seen="1")
    assert status == 409
    assert "The lead writes this." in page
    assert ">Mine is another.</textarea>" in page
    assert send(reviewer, page, f"{address}/text", text="Both, joined.", seen="2")[0] == 303
    assert statement(made).text == "Both, joined."


def test_the_list_shows_old_and_new_and_is_settled(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    (row,) = waiting(made)
    client = world.browser("lead")
    page = read(client, "/synthesis/check-again")
    assert "The cash transfer reached 40,000 households." in page
    assert "<ins>" in page
    address = f"/synthesis/check-again/{row.id}"
    assert send(client, page, address, outcome="holds", words="")[0] == 422
    assert send(client, page, address, outcome="reworded", text="Transfers reach 45,000.", seen="9")[0] == 409
    assert send(client, page, address, outcome="holds", words="The number is not in it.")[0] == 303
    assert statement(made).state == "supported"
    assert "Nothing waits" in read(client, "/synthesis/check-again")
    assert send(client, page, address, outcome="holds", words="Again.")[0] == 409


def test_a_late_report_on_its_page(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    late = submitted(world, "KEN", at=LATE)
    key = passage(late).key
    supplement = db.session.scalars(select(Supplement)).one().id
    client = world.browser("reviewer")
    page = read(client, "/synthesis/supplements")
    assert "Kenya" in page
    address = f"/synthesis/supplements/{supplement}/statements/{made}"
    seen = {"seen": "1-0", "effect": "strengthens"}
    assert send(client, page, address, **seen)[0] == 422
    assert send(client, page, address, **seen, passage=key, words="The same.")[0] == 303
    assert "The same." in read(client, f"/synthesis/statements/{made}")


def test_what_a_colleague_chose_of_a_late_report_is_not_replaced_unseen(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    late = submitted(world, "KEN", at=LATE)
    key, supplement = passage(late).key, db.session.scalars(select(Supplement)).one().id
    client = world.browser("reviewer")
    page = read(client, "/synthesis/supplements")
    address = f"/synthesis/supplements/{supplement}/statements/{made}"
    old = {"seen": "1-0", "passage": key, "words": "A word of mine."}
    assert 'name="seen" value="1-0"' in page
    assert send(client, page, address, **old | {"words": ""}, effect="weakens")[0] == 303
    status, refused = send(client, page, address, **old, effect="contradicts")
    assert (status, refused.count("A colleague has chosen since")) == (409, 2)
    assert ('value="A word of mine."' in refused, 'name="seen" value="1-1"' in refused) == (True, True)
    assert re.findall(r'name="effect" value="(\w+)" checked', refused) == ["contradicts"]
    act = world.acting("lead")
    statements.reword(act, made, "Another text.", 1)
    world.done()
    assert send(client, page, address, **old | {"seen": "1-1"}, effect="contradicts")[0] == 409
    [[one]] = synthesis.marks_of_statements(db.session, [made]).values()
    assert one.mark.effect == "weakens"
    db.session.rollback()
    assert send(client, page, address, **old | {"seen": "2-1"}, effect="contradicts")[0] == 303


def test_a_statement_is_found_supported_by_the_citations_that_were_seen(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report), supported=False)
    client, lead = world.browser("reviewer"), Caller(world, "lead")
    page = read(client, f"/synthesis/statements/{made}")
    [seen] = re.findall(r'name="cited" value="(\w+)"', page)
    assert lead.get(f"/statements/{made}").json["cited"] == seen
    act = world.acting("lead")
    statements.cite(act, made, [statements.Ground("passage", passage(report, ordinal=2).key, "against")])
    world.done()
    status, refused = send(client, page, f"/synthesis/statements/{made}/support", seen="1", cited=seen)
    assert (status, refused.count("What the statement cites has changed since.")) == (409, 2)
    answer = lead.post(f"/statements/{made}/support", {"revision": 1, "cited": seen})
    assert (answer.status_code, answer.json["reasons"]) == (409, [statements.CITED_MEANWHILE])
    assert send(client, page, f"/synthesis/statements/{made}/support", seen="1")[0] == 409
    assert statement(made).state == "draft"
    db.session.rollback()
    now = lead.get(f"/statements/{made}").json["cited"]
    assert lead.post(f"/statements/{made}/support", {"revision": 1, "cited": now}).status_code == 200


def test_the_outline_and_the_release(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    lead = world.browser("lead")
    page = read(lead, "/synthesis")
    assert "1 of 195 states reported" in page
    for address in (
        "/synthesis/S.3.1",
        "/synthesis/1.1.1.1?lang=ar",
        "/synthesis/report.html",
        f"/synthesis/statements/{made}?q=cash",
        f"/synthesis/statements/{made}?q=%25",
    ):
        read(lead, address)
    assert lead.get("/synthesis/9.9.9").status_code == 404
    assert send(lead, page, "/synthesis/releases")[0] == 303
    assert send(world.browser("reviewer"), page, "/synthesis/releases")[0] in (400, 403)
    page = read(world.browser("certifier", "KAZ"), "/entities/KAZ/words")
    assert "Cash transfers reach the poor." in page


def test_lists_cost_the_same_for_one_statement_and_many(world: World) -> None:
    report = submitted(world)
    stated(world, passage(report))
    client = world.browser("reviewer")
    before = cost(client)
    for number in range(5):
        stated(world, passage(report), text=f"Statement {number}.")
    assert cost(client) == before


def cost(client: FlaskClient) -> list[int]:
    """How many statements each list sends to the database."""
    sent: list[str] = []

    def told(_connection: Any, _cursor: Any, words: str, *_rest: Any) -> None:
        sent.append(words)

    found = []
    event.listen(db.engine, "before_cursor_execute", told)
    try:
        for address in ("/synthesis", "/synthesis/1.1.1.1", "/synthesis/check-again", "/synthesis/supplements"):
            sent.clear()
            assert client.get(address).status_code == 200
            found.append(len(sent))
    finally:
        event.remove(db.engine, "before_cursor_execute", told)
    return found
