"""Requests for evidence: made from a hole, told, reminded of, answered by what is sent, taken back with a reason."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.db import db
from portal.models.contributions import Call
from portal.models.events import Notice
from portal.models.requests import Request
from portal.queries import requests as queries
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.rules.requests import NO_WAY_IN, state_of
from portal.services import contributions
from portal.services import requests as asked_side
from portal.services.contributions import Begin, Draft
from reviewer.services import requests as team_side
from reviewer.services.requests import Wish
from tests.factories import DAY, World, csrf
from tests.portal.callers import Caller
from tests.portal.contributing import HEAD, VALUES, call, contribution, partner, send

DUE = dt.date(2025, 7, 31)
WISH = Wish("2026", "1.3", "f", "Arab States", "What do cities do against heat?", DUE)
REGIONS = ["Africa", "Arab States"]


def city(world: World) -> uuid.UUID:
    return partner(world, "city", "Example city").id


def asked(world: World, of: uuid.UUID, at: dt.datetime = DAY, **changes: Any) -> uuid.UUID:
    """A request to a partner, made by the lead."""
    made = team_side.make(world.acting("lead", at=at), replace(WISH, partner_id=of, **changes), REGIONS).id
    world.done()
    return made


def draft(world: World, of: uuid.UUID, channel: str = "f") -> uuid.UUID:
    """A contribution of a partner that is not sent yet."""
    to = call(world, channel)
    made = contributions.start(world.acting("partner"), Begin(to.id, of), Draft(**HEAD, values=VALUES[channel])).id
    world.done()
    return made


def choose(world: World, request: uuid.UUID, chosen: uuid.UUID, role: str = "partner") -> None:
    act = world.acting(role)
    asked_side.answer_with(act, queries.request(act.session, request, lock=True), chosen)
    world.done()


def held(request: uuid.UUID) -> Request:
    db.session.rollback()
    return db.session.get_one(Request, request)


def told(world: World, kind: str) -> list[str]:
    """Who got notices of this kind, by role."""
    act = world.act(None)
    people = {world.person(role).id: role for role in ("partner", "lead", "reviewer", "regional_officer")}
    found = [people[user] for user in act.session.scalars(select(Notice.user_id).where(Notice.kind == kind))]
    world.done()
    return found


def remind(world: World, day: dt.date) -> int:
    act = world.act(None, dt.datetime.combine(day, dt.time(12, 30), dt.UTC))
    count = asked_side.remind(act)
    world.done()
    return count


def test_a_hole_becomes_a_request_and_the_partner_is_told(world: World) -> None:
    request = held(asked(world, city(world)))
    assert (request.commitment, request.channel, request.region, request.due) == ("1.3", "f", "Arab States", DUE)
    assert state_of(request) == "open"
    assert told(world, "request.make") == ["partner"]
    assert list(queries.open_places(db.session, "2026")) == [("1.3", "f", "Arab States")]


def test_the_request_is_answered_at_the_moment_at_which_the_contribution_is_sent(world: World) -> None:
    of = city(world)
    request, chosen = asked(world, of), draft(world, of)
    choose(world, request, chosen)
    assert state_of(held(request)) == "open"
    send(world, chosen, DAY + dt.timedelta(hours=3))
    assert held(request).answered_at == DAY + dt.timedelta(hours=3)
    assert told(world, "request.answer") == ["lead"]
    assert queries.open_places(db.session, "2026") == {}


def test_what_was_sent_after_the_request_answers_at_once_and_what_was_sent_before_with_its_next_version(
    world: World,
) -> None:
    of = city(world)
    before, after = draft(world, of), draft(world, of)
    send(world, before, DAY - dt.timedelta(days=1))
    early, late = asked(world, of), asked(world, of, commitment="1.1")
    send(world, after, DAY + dt.timedelta(days=1))
    choose(world, early, before)
    choose(world, late, after)
    assert (state_of(held(early)), state_of(held(late))) == ("open", "answered")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"commitment": "9.9"}, "commitment"),
        ({"channel": "a"}, "channel"),
        ({"channel": "b"}, "channel"),
        ({"channel": "c"}, "asked"),
        ({"region": "Atlantis"}, "region"),
        ({"text": " "}, "text"),
        ({"text": "a" * 4001}, "text"),
        ({"due": None}, "due"),
        ({"due": DAY.date() - dt.timedelta(days=1)}, "due"),
        ({"due": dt.date(2030, 1, 1)}, "due"),
        ({"partner_id": None}, "asked"),
        ({"partner_id": uuid.uuid4()}, "asked"),
        ({"partner_id": None, "person": uuid.uuid4()}, "asked"),
    ],
)
def test_a_request_that_will_not_do_names_the_place(world: World, change: dict[str, Any], where: str) -> None:
    of = city(world)
    with pytest.raises(Invalid) as refused:
        team_side.make(world.acting("lead"), replace(WISH, **({"partner_id": of} | change)), REGIONS)
    assert [problem.where for problem in refused.value.problems] == [where]


def test_the_same_is_not_asked_twice_while_it_waits_for_an_answer(world: World) -> None:
    of, other = city(world), partner(world, "city", "Another city").id
    first = asked(world, of)
    with pytest.raises(Invalid, match="The same is asked of them already") as refused:
        asked(world, of, text="In other words?", due=DUE + dt.timedelta(days=1))
    assert [problem.where for problem in refused.value.problems] == ["asked"]
    for change in ({"commitment": "1.1"}, {"region": "Africa"}, {"region": ""}):
        asked(world, of, **change)
    asked(world, other)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Request)) == 5
    act = world.acting("lead")
    team_side.withdraw(act, queries.request(act.session, first, lock=True), "Not now.")
    world.done()
    again = asked(world, of)
    chosen = draft(world, of)
    choose(world, again, chosen)
    send(world, chosen, DAY + dt.timedelta(days=1))
    assert state_of(held(asked(world, of))) == "open"


def test_a_request_that_no_call_lets_in_says_so_to_the_team_and_to_those_who_are_asked(world: World) -> None:
    of = city(world)
    other = partner(world, "city", "Another city", people=("reviewer",)).id
    lead, mine = world.browser("lead"), world.browser("partner")
    form = {"commitment": "1.3", "channel": "f", "region": "", "text": "What is known?", "due": "2025-06-30"}
    form |= {"asked": f"partner:{of}", "csrf_token": csrf(lead.get("/evidence/requests").text)}
    made = lead.post("/evidence/requests", data=form, follow_redirects=True).text
    assert made.count(NO_WAY_IN) == 2
    assert ("No call for input takes a new" in mine.get("/requests").text, "Begin a" in mine.get("/requests").text) == (
        *(True, False),
    )

    def shown() -> tuple[int, list[str], Any]:
        told = Caller(world, "partner").get("/requests").json["items"][0]["call"]
        page = mine.get("/requests").text
        return lead.get("/evidence/requests").text.count(NO_WAY_IN), re.findall(r'href="/calls/([^"]+)"', page), told

    named = call(world, "f", "named", (other,))
    assert shown() == (1, [], None)
    act = world.acting("lead")
    act.session.get_one(Call, named.id).registration = "open"
    world.done()
    assert shown() == (0, [str(named.id)], str(named.id))
    for days, there in ((14, (0, [str(named.id)], str(named.id))), (15, (1, [], None))):
        act = world.acting("lead")
        act.session.get_one(Call, named.id).opens_at = DAY + dt.timedelta(days=days)
        world.done()
        assert shown() == there
        assert ("The call for input opens 30 June 2025." in mine.get("/requests").text) is (days == 14)


def test_a_draft_that_cannot_be_sent_any_more_is_no_answer_and_an_older_one_is_told(world: World) -> None:
    of = city(world)
    unsent, before = draft(world, of), draft(world, of)
    send(world, before, DAY - dt.timedelta(days=1))
    asked(world, of)
    page = world.browser("partner").get("/requests").text
    assert (str(unsent) in page, page.count("sent before; answers with its next version")) == (True, 1)
    act = world.acting("lead")
    act.session.execute(update(Call).values(closed_at=act.at))
    world.done()
    page = world.browser("partner").get("/requests").text
    assert (str(unsent) in page, f'value="{before}"' in page) == (False, True)


def test_a_sign_that_no_text_holds_is_left_out_of_a_request(world: World) -> None:
    request = asked(world, city(world), text="Heat\0 in cities?\r\n")
    assert held(request).text == "Heat in cities?"
    act = world.acting("lead")
    team_side.withdraw(act, queries.request(act.session, request, lock=True), "Not\0 now.")
    world.done()
    assert held(request).reason == "Not now."


def test_the_same_is_not_asked_twice_of_a_person(world: World) -> None:
    wish = replace(WISH, channel="d", person=world.person("regional_officer").id)
    team_side.make(world.acting("lead"), wish, REGIONS)
    world.done()
    with pytest.raises(Invalid, match="The same is asked of them already"):
        team_side.make(world.acting("reviewer"), wish, REGIONS)


def test_nothing_is_asked_of_a_partner_for_whom_nobody_files(world: World) -> None:
    of = partner(world, "city", "Example city", people=()).id
    with pytest.raises(Invalid, match="Nobody files for this partner"):
        team_side.make(world.acting("lead"), replace(WISH, partner_id=of), REGIONS)
    assert queries.partners(db.session) == []


def test_a_regional_officer_can_be_asked_by_name(world: World) -> None:
    officer = world.person("regional_officer").id
    made = team_side.make(world.acting("lead"), replace(WISH, channel="d", person=officer), REGIONS).id
    world.done()
    assert told(world, "request.make") == ["regional_officer"]
    desk = world.browser("regional_officer").get("/desk").get_data(as_text=True)
    assert "Answer 1 request for evidence" in desk
    assert [row.Request.id for row in queries.of_person(db.session, officer)] == [made]


def test_only_the_team_asks_and_only_those_who_are_asked_answer(world: World) -> None:
    of = city(world)
    with pytest.raises(Forbidden):
        team_side.make(world.acting("data_officer"), replace(WISH, partner_id=of), REGIONS)
    request, chosen = asked(world, of), draft(world, of)
    with pytest.raises(Forbidden):
        choose(world, request, chosen, "lead")


def test_another_channel_and_another_partner_answer_nothing(world: World) -> None:
    of = city(world)
    request = asked(world, of)
    other = contribution(world, "f")
    with pytest.raises(Invalid, match="of your own organisation"):
        choose(world, request, other.id)
    wrong = draft(world, of, "e")
    with pytest.raises(Invalid, match="the channel and the cycle"):
        choose(world, request, wrong)


def test_a_request_is_taken_back_with_a_reason_and_then_neither_answered_nor_reminded_of(world: World) -> None:
    of = city(world)
    request, chosen = asked(world, of), draft(world, of)
    act = world.acting("reviewer")
    with pytest.raises(Invalid, match="write a reason"):
        team_side.withdraw(act, queries.request(act.session, request, lock=True), "  ")
    act = world.acting("reviewer")
    team_side.withdraw(act, queries.request(act.session, request, lock=True), "It has come by another way.")
    world.done()
    assert (state_of(held(request)), held(request).reason) == ("withdrawn", "It has come by another way.")
    assert told(world, "request.withdraw") == ["partner"]
    with pytest.raises(NotNow, match="was withdrawn"):
        choose(world, request, chosen)
    assert remind(world, DUE) == 0


def test_each_reminder_goes_once_to_those_who_are_asked_and_stops_with_the_answer(world: World) -> None:
    of = city(world)
    request = asked(world, of)
    days = [DUE - dt.timedelta(days=8), DUE - dt.timedelta(days=7), DUE - dt.timedelta(days=7)]
    assert [remind(world, day) for day in days] == [0, 1, 0]
    assert [remind(world, DUE - dt.timedelta(days=1)), remind(world, DUE)] == [1, 0]
    assert (told(world, "request.week"), told(world, "request.day")) == (["partner"], ["partner"])
    chosen = draft(world, of)
    choose(world, request, chosen)
    send(world, chosen, DAY + dt.timedelta(days=1))
    assert remind(world, DUE + dt.timedelta(days=1)) == 0
    assert told(world, "request.after") == []


def test_the_pages_carry_a_request_from_the_hole_to_the_answer(world: World) -> None:
    of = city(world)
    lead = world.browser("lead")
    page = lead.get("/evidence/requests?cycle=2026&commitment=1.3&channel=f&region=Arab+States").get_data(as_text=True)
    assert '<option value="1.3" selected>' in page
    assert '<option value="Arab States" selected>' in page
    sent = {"csrf_token": csrf(page), "commitment": "1.3", "channel": "f", "region": "Arab States", "text": "Heat?"}
    sent |= {"asked": f"partner:{of}", "due": "2025-07-31"}
    wrong = lead.post("/evidence/requests?cycle=2026", data=sent | {"due": "soon"})
    assert (wrong.status_code, "Heat?" in wrong.get_data(as_text=True)) == (422, True)
    assert lead.post("/evidence/requests?cycle=2026", data=sent).status_code == 303
    twice = lead.post("/evidence/requests?cycle=2026", data=sent)
    assert (twice.status_code, "The same is asked of them already" in twice.get_data(as_text=True)) == (422, True)
    (request,) = world.act(None).session.scalars(select(Request.id))
    assert "Asked for by 31 July 2025" in lead.get("/evidence/holes?region=Arab States").get_data(as_text=True)
    chosen = draft(world, of)
    browser = world.browser("partner")
    mine = browser.get("/requests").get_data(as_text=True)
    assert "Heat?" in mine
    answer = {"csrf_token": csrf(mine), "contribution": str(chosen)}
    assert browser.post(f"/requests/{request}/answer", data=answer).status_code == 303
    assert held(request).contribution_id == chosen
    nothing = browser.post(f"/requests/{request}/answer", data=answer | {"contribution": "x"})
    assert (nothing.status_code, "Please choose a contribution" in nothing.get_data(as_text=True)) == (422, True)
    page = lead.get("/evidence/requests").get_data(as_text=True)
    taken = lead.post(f"/evidence/requests/{request}/withdraw", data={"csrf_token": csrf(page), "reason": "Enough."})
    assert taken.status_code == 303
    assert "Enough." in browser.get("/requests").get_data(as_text=True)
