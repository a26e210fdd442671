"""Contributions by page and by API: the same services, each reader seeing what is theirs to see."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from portal.db import db
from portal.http.context import signer
from portal.models.contributions import Contribution
from portal.models.events import Notice
from portal.queries import calls_for_input as calls
from portal.queries import contributions as held
from portal.rules.contributions import LICENCES
from portal.rules.timeline import last_day
from portal.services import contribution_import, contributions, moderation
from portal.services.contributions import Draft
from tests.factories import World, csrf
from tests.house.test_pages import faults
from tests.portal.callers import Caller
from tests.portal.contributing import HEAD, VALUES, call, contribution, decide, filing, partner, save, send


def post(client: FlaskClient, path: str, data: dict[str, Any], page: str | None = None) -> Any:
    token = csrf(client.get(page or path).get_data(as_text=True))
    return client.post(path, data={"csrf_token": token, **data})


def test_a_partner_contributes_by_page_and_everybody_reads_it_once_it_is_accepted(world: World) -> None:
    of, to = partner(world), call(world)
    mine, public = world.browser("partner"), world.app.test_client()
    begun = post(mine, f"/calls/{to.id}/contributions", {"partner": str(of.id), "title": "Rents"}, f"/calls/{to.id}")
    draft = begun.headers["Location"]
    address = draft.removesuffix("/draft")
    form = {"revision": "1", "title": "Rents", "areas": "Kazakhstan\nAtlantis", "licence": "cc-by-4.0"}
    form |= {"credit": "Example agency", "CC.1/form": "trend", "CC.1/period-from": "2015", "CC.1/period-to": "2023"}
    form |= {"CC.2/text": "Rents rose.", "go": "send"}
    sent = post(mine, draft, form)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}/sending")
    page = mine.get(f"{address}/sending").get_data(as_text=True)
    assert "No area has the code or the name “Atlantis”" in page
    assert 'aria-disabled="true"' in page
    post(mine, draft, form | {"revision": "2", "areas": "Kazakhstan"})
    assert public.get(address).status_code == 404
    assert post(mine, f"{address}/sending", {}).status_code == 303
    assert public.get(address).status_code == 404
    reviewer = world.browser("reviewer")
    decision = {"version": "1", "state": "sent"}
    refused = post(reviewer, f"{address}/moderation", decision | {"outcome": "returned", "reason": ""}, address)
    assert (refused.status_code, "Please give a reason" in refused.get_data(as_text=True)) == (422, True)
    assert post(reviewer, f"{address}/moderation", decision | {"outcome": "accepted"}, address).status_code == 303
    read = public.get(address).get_data(as_text=True)
    assert ("Rents rose." in read, "Creative Commons Attribution 4.0" in read, "Example agency" in read) == (True,) * 3
    state = world.browser("focal_point", "KAZ")
    reply = {"entity": "KAZ", "text": "Our figure is 26 per cent.", "language": "en"}
    assert post(state, f"{address}/replies", reply, address).status_code == 303
    assert "Our figure is 26 per cent." in public.get(address).get_data(as_text=True)
    assert "1 reply of a state" in public.get("/contributions").get_data(as_text=True)


def test_no_version_is_decided_about_that_was_not_read(world: World) -> None:
    made = contribution(world, "c", "sent")
    address, reviewer, team = f"/contributions/{made.id}", world.browser("reviewer"), Caller(world, "lead")
    page = reviewer.get(address).get_data(as_text=True)
    seen = dict(re.findall(r'<input type="hidden" name="(version|state)" value="([^"]*)">', page))
    assert seen == {"version": "1", "state": "sent"}
    save(world, made.id, Draft(title="Rents, corrected"), 1)
    send(world, made.id)
    decision = seen | {"outcome": "accepted", "reason": "A word of mine."}
    for sent in (decision, decision | {"version": ""}):
        refused = post(reviewer, f"{address}/moderation", sent, address)
        told = refused.get_data(as_text=True)
        assert (refused.status_code, faults(told)) == (409, [])
        assert told.count("The partner has sent a newer version since.") == 2
        assert ("A word of mine.</textarea>" in told, 'name="version" value="2"' in told) == (True, True)
    by_api = team.post(f"{address}/moderation", {"version": 1, "outcome": "accepted"})
    assert (by_api.status_code, by_api.json["reasons"]) == (409, [moderation.NEWER_VERSION])
    missing = team.post(f"{address}/moderation", {"outcome": "accepted"})
    assert (missing.status_code, [one["where"] for one in missing.json["problems"]]) == (422, ["version"])
    assert held.moderations(db.session, made.id) == []
    db.session.rollback()
    assert post(reviewer, f"{address}/moderation", decision | {"version": "2"}, address).status_code == 303
    assert [(row.version, row.outcome) for row in held.moderations(db.session, made.id)] == [(2, "accepted")]


def test_a_colleagues_decision_is_not_overruled_unseen(world: World) -> None:
    made = contribution(world, "c", "sent")
    address, reviewer, team = f"/contributions/{made.id}", world.browser("reviewer"), Caller(world, "lead")
    decide(world, made.id, "accepted", role="lead")
    old = {"version": "1", "state": "sent", "outcome": "set_aside", "reason": "It repeats another."}
    refused = post(reviewer, f"{address}/moderation", old, address)
    told = refused.get_data(as_text=True)
    assert (refused.status_code, told.count("A colleague has decided about this version since.")) == (409, 2)
    assert ("It repeats another.</textarea>" in told, 'name="state" value="accepted"' in told) == (True, True)
    by_api = {"version": 1, "state": "sent", "outcome": "set_aside", "reason": "It repeats another."}
    told_so = team.post(f"{address}/moderation", by_api)
    assert (told_so.status_code, told_so.json["reasons"]) == (409, [moderation.DECIDED_MEANWHILE])
    withdrawn = world.acting("partner")
    contributions.withdraw(withdrawn, filing(withdrawn, made.id))
    world.done()
    late = post(reviewer, f"{address}/moderation", old, address).get_data(as_text=True)
    assert ("The partner has withdrawn the contribution." in late, "It repeats another.</p>" in late) == (True, True)
    assert [(row.version, row.outcome) for row in held.moderations(db.session, made.id)] == [(1, "accepted")]


@pytest.mark.parametrize("registration", ["open", "named"])
def test_a_call_says_to_everybody_how_to_contribute_or_why_not(world: World, registration: str) -> None:
    of = partner(world)
    to = call(world, "c", registration, (of.id,))
    told = {"open": "An organisation that is new can register.", "named": "you file for none of them"}[registration]
    people = (("focal_point", "KAZ"), ("partner", None), ("lead", None))
    shown = []
    for browser in (world.app.test_client(), *(world.browser(role, entity) for role, entity in people)):
        page = browser.get(f"/calls/{to.id}").get_data(as_text=True)
        assert faults(page) == []
        shown.append((told in page, "Register to contribute" in page, 'id="begin"' in page))
    open_ = registration == "open"
    assert shown == [(False, open_, False), (True, open_, False), (False, False, True), (False, False, False)]


def test_begin_pressed_twice_opens_one_draft(world: World) -> None:
    of, to = partner(world), call(world)
    mine, door = world.browser("partner"), f"/calls/{to.id}/contributions"

    def drawn() -> dict[str, str]:
        page = mine.get(f"/calls/{to.id}").get_data(as_text=True)
        (once,) = re.findall(r'name="once" value="([^"]+)"', page)
        return {"csrf_token": csrf(page), "once": once, "partner": str(of.id), "language": "en", "title": "Rents"}

    def begun(form: dict[str, str]) -> tuple[int, str]:
        answer = mine.post(door, data=form)
        return answer.status_code, answer.headers["Location"]

    form = drawn()
    first = begun(form)
    assert first[0] == 303
    assert begun(form) == first
    others = {begun(form | {"title": "Wages"}), begun(drawn())}
    assert len({first, *others}) == 3
    db.session.rollback()
    titles = ["Rents", "Rents", "Wages"]
    assert sorted(one.title for one in db.session.scalars(select(Contribution))) == titles
    form = drawn() | {"title": "x" * 301}
    assert [mine.post(door, data=form).status_code for _ in range(2)] == [422, 422]


def test_begin_pressed_twice_at_the_same_moment_opens_one_draft(world: World) -> None:
    of, to = partner(world), call(world)
    browsers = [world.browser("partner") for _ in range(2)]
    pages = [one.get(f"/calls/{to.id}").get_data(as_text=True) for one in browsers]
    form = {"once": "one press", "partner": str(of.id), "title": "Rents"}
    door = f"/calls/{to.id}/contributions"

    def press(client: FlaskClient, page: str) -> str:
        answer = client.post(door, data=form | {"csrf_token": csrf(page)})
        return str(answer.headers.get("Location"))

    db.session.rollback()
    with ThreadPoolExecutor(2) as pool:
        where = list(pool.map(press, browsers, pages))
    assert where == [f"/contributions/{db.session.scalars(select(Contribution.id)).one()}/draft"] * 2


def test_a_contribution_begun_again_by_api_with_its_key_is_the_same(world: World) -> None:
    of, to = partner(world), call(world)
    mine, body = Caller(world, "partner"), {"call": str(to.id), "partner": str(of.id), "title": "Rents"}
    key = {"Idempotency-Key": "rents"}
    answers = [mine.post("/contributions", body, headers=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert (answers[0].data, answers[0].headers["Location"]) == (answers[1].data, answers[1].headers["Location"])
    assert [one.title for one in db.session.scalars(select(Contribution))] == ["Rents"]
    other = mine.post("/contributions", body | {"title": "Wages"}, headers=key)
    assert (other.status_code, [one["where"] for one in other.json["problems"]]) == (422, ["Idempotency-Key"])


def test_two_windows_of_one_draft_lose_nothing(world: World) -> None:
    made = contribution(world)
    save(world, made.id, Draft(title="Theirs"), 1)
    form = {"revision": "1", "title": "Mine", "areas": "Kazakhstan", "licence": "cc-by-4.0", "credit": "Example agency"}
    mine, draft = world.browser("partner"), f"/contributions/{made.id}/draft"
    answer = post(mine, draft, form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{draft}#q-title")
    page = mine.get(draft).get_data(as_text=True)
    sides = page.split('class="side"')[2:]
    assert [re.findall("<ins>(.*?)</ins>", side) for side in sides] == [["Theirs"], ["Mine"]]
    db.session.rollback()
    kept = held.get(db.session, made.id)
    assert (kept.title, kept.areas, kept.revision) == ("Theirs", ["KAZ"], 3)


def test_a_file_is_judged_by_its_content_and_read_by_those_who_may(world: World) -> None:
    made = contribution(world)
    mine = world.browser("partner")
    page = f"/contributions/{made.id}/draft"
    form = {"revision": "1", **{key: HEAD[key] for key in ("title", "licence", "credit")}, "areas": "Kazakhstan"}
    bad = {"CC.3/files@file": (io.BytesIO(b"<svg onload=alert(1)>"), "picture.png")}
    told = post(mine, page, form | bad)
    assert told.status_code == 303
    assert "picture.png is not taken" in mine.get(page).get_data(as_text=True)
    form["revision"] = str(held.get(db.session, made.id).revision)
    post(mine, page, form | {"CC.3/files@file": (io.BytesIO(b"a,b\n1,2\n"), "table.csv")})
    db.session.rollback()
    (file,) = held.files(db.session, made.id)
    where = f"/contributions/files/{file.id}"
    seen = {name: one.get(where).status_code for name, one in {
        "partner": mine, "reviewer": world.browser("reviewer"), "public": world.app.test_client()
    }.items()}  # fmt: skip
    assert seen == {"partner": 200, "reviewer": 404, "public": 404}
    send(world, made.id)
    assert world.browser("reviewer").get(where).status_code == 200
    assert world.app.test_client().get(where).status_code == 404
    decide(world, made.id, "accepted")
    assert world.app.test_client().get(where).data == b"a,b\n1,2\n"


def test_what_may_only_be_quoted_is_not_published_whole(world: World) -> None:
    made = contribution(world, "c", "accepted", licence="quote")
    public = world.app.test_client()
    page = public.get(f"/contributions/{made.id}").get_data(as_text=True)
    assert (HEAD["title"] in page, "Rents rose faster" in page) == (True, False)
    assert public.get(f"/contributions/{made.id}/versions/1.json").status_code == 404
    shown = Caller(world, "data_officer").get(f"/contributions/{made.id}").json["shown"]
    assert sorted(shown) == ["areas", "credit", "licence", "number", "partner", "title"]
    assert "Rents rose faster" in world.browser("reviewer").get(f"/contributions/{made.id}").get_data(as_text=True)


def test_what_a_draft_says_after_it_was_sent_is_read_by_the_partner_alone(world: World) -> None:
    made = contribution(world, "c", "sent")
    draft = Draft(title="Not for you", credit="Not for you", licence="cc0-1.0", areas=["Kenya"])
    save(world, made.id, draft, made.revision)
    decide(world, made.id, "accepted")
    send(world, made.id)
    act = world.acting("partner")
    number = held.get(act.session, made.id).revision
    world.done()
    save(world, made.id, Draft(title="Nor for the team"), number)
    world.at += dt.timedelta(hours=1)

    def told(caller: Any) -> dict[str, Any]:
        (one,) = caller.get("/contributions").json["items"]
        same = caller.get(f"/contributions/{made.id}").json
        names = ("title", "credit", "licence", "areas")
        assert {name: same[name] for name in names} == {name: one[name] for name in names}
        return {name: one[name] for name in names}

    accepted = {"title": HEAD["title"], "credit": HEAD["credit"], "licence": "cc-by-4.0"}
    assert told(Caller(world, "data_officer")) == accepted | {"areas": ["KAZ", "M49:143"]}
    sent = {"credit": "Not for you", "licence": "cc0-1.0", "areas": ["KEN"]}
    assert told(Caller(world, "reviewer")) == {"title": "Not for you"} | sent
    assert told(Caller(world, "partner")) == {"title": "Nor for the team"} | sent
    for where in ("/contributions", "/channels/c", "/evidence", f"/contributions/{made.id}"):
        page = world.browser("data_officer").get(where).get_data(as_text=True)
        assert (HEAD["title"] in page, "or for" in page, "Not for" in page) == (True, False, False), where
        assert "Nor for" not in world.browser("reviewer").get(where).get_data(as_text=True), where
    assert "Nor for the team" in world.browser("partner").get("/channels/c").get_data(as_text=True)
    notices = select(Notice.data).where(Notice.kind.in_(("contribution.accepted", "contribution.named")))
    assert {one["title"] for one in world.act(None).session.scalars(notices)} == {HEAD["title"]}


def test_who_leads_a_named_state_reads_all_that_stands_accepted(world: World) -> None:
    made = contribution(world, "c", licence="quote")
    here = f"/contributions/{made.id}"
    form = {"revision": "1", **{key: HEAD[key] for key in ("title", "credit")}, "licence": "quote"}
    form |= {"areas": "Kazakhstan", "CC.2/text": "Rents rose faster.", "CC.1/form": "text"}
    form |= {"CC.3/files@file": (io.BytesIO(b"a,b\n1,2\n"), "table.csv")}
    post(world.browser("partner"), f"{here}/draft", form)
    db.session.rollback()
    (file,) = held.files(db.session, made.id)
    send(world, made.id)
    state = world.browser("focal_point", "KAZ")
    assert state.get(here).status_code == 404
    decide(world, made.id, "accepted")
    for role, entity, whole in (
        ("focal_point", "KAZ", True),
        ("certifier", "KAZ", True),
        ("focal_point", "KEN", False),
    ):
        reader = world.browser(role, entity)
        text = reader.get(here).get_data(as_text=True)
        read = ("Rents rose faster" in text, "The reporting team has the text" in text, "because your state" in text)
        assert read == (whole, not whole, whole), (role, entity)
        wanted = 200 if whole else 404
        documents = (f"{here}/versions/1.json", f"{here}/versions/1/receipt.json", f"/contributions/files/{file.id}")
        assert [reader.get(path).status_code for path in documents] == [wanted] * 3
        assert ("answers" in Caller(world, role, entity).get(here).json["shown"]) is whole
    save(world, made.id, Draft(values={"CC.2/text": "Rents fell."}), held.get(db.session, made.id).revision)
    send(world, made.id)
    assert "Rents fell." not in state.get(here).get_data(as_text=True)
    assert state.get(f"{here}/versions/2.json").status_code == 404


def test_warnings_are_told_before_sending_and_to_who_decides(world: World) -> None:
    made = contribution(world, "c", licence="quote")
    save(world, made.id, Draft(values={"CC.1/period": {"from": "2023", "to": "2015"}}), made.revision)
    page = world.browser("partner").get(f"/contributions/{made.id}/sending").get_data(as_text=True)
    told = re.findall(r'<li><a href="[^"]+#q-CC-[12]-(\w+)">([^<]+)</a></li>', page)
    assert [question for question, _sentence in told] == ["period", "basis"]
    promises = ("everybody reads it once it is accepted", "everybody reads its title, credit and areas")
    assert [words in page for words in promises] == [False, True]
    send(world, made.id)
    team = world.browser("reviewer").get(f"/contributions/{made.id}").get_data(as_text=True)
    shown = team.partition("What the check says of it")[2].partition("</ul>")[0]
    assert re.findall(r"<li>([^<]+)</li>", shown) == [sentence for _question, sentence in told]
    assert "What the check says" not in world.browser("partner").get(f"/contributions/{made.id}").get_data(as_text=True)


def test_what_is_needed_is_said_of_a_contribution_and_not_of_a_report(world: World) -> None:
    made = contribution(world, "c")
    save(world, made.id, Draft(values={"CC.2/text": ""}), made.revision)
    page = world.browser("partner").get(f"/contributions/{made.id}/draft").get_data(as_text=True)
    assert ("needed before the report" in page, "needed before the contribution can be sent" in page) == (False, True)


def test_what_happened_stands_in_the_order_of_time(world: World) -> None:
    made = contribution(world, "c", "returned")
    save(world, made.id, Draft(values={"CC.2/text": "Another text."}), held.get(db.session, made.id).revision)
    send(world, made.id, at=world.at + dt.timedelta(minutes=5))
    page = world.browser("partner").get(f"/contributions/{made.id}").get_data(as_text=True)
    listed = page.partition("What happened")[2]
    found = [
        listed.index(words)
        for words in ("Version 2 was sent", "Version 1, Returned with a reason", "Version 1 was sent")
    ]
    assert found == sorted(found)


def test_what_waits_for_the_team_is_not_crowded_out_by_what_is_decided(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.calls_for_input.SHOWN", 1)
    contribution(world, "c", "sent", title="It waits")
    world.at += dt.timedelta(minutes=5)
    contribution(world, "c", "returned", title="It is decided")
    page = world.browser("reviewer").get("/channels/c").get_data(as_text=True)
    assert re.findall("It waits|It is decided", page) == ["It waits", "It is decided"]


def test_a_partner_is_asked_by_the_channels_of_its_kind_alone(world: World) -> None:
    partner(world, "city", "City of Kisumu")
    for channel in "cdf":
        call(world, channel)
    desk = world.browser("partner").get("/desk").get_data(as_text=True)
    assert re.findall(r"Contribute to “Input to channel (\w)”", desk) == ["f"]


def test_the_task_of_a_named_state_leads_to_what_names_it(world: World) -> None:
    made = contribution(world, "c", "accepted")
    other = contribution(world, "f", "accepted", areas=["Kenya"], title="Of another state")
    state = world.browser("focal_point", "KAZ")
    task = re.search(r'href="([^"]+)"[^>]*>Read 1 contribution that names', state.get("/desk").get_data(as_text=True))
    assert task is not None
    assert task[1] == "/contributions?naming=KAZ"
    page = state.get(task[1]).get_data(as_text=True)
    assert re.findall(r'href="/contributions/([0-9a-f-]{36})"', page) == [str(made.id)]
    assert str(other.id) in state.get("/contributions").get_data(as_text=True)


@pytest.mark.any_database
def test_what_names_a_state_stays_asked_for_while_another_channel_is_chosen(world: World) -> None:
    made, other = (contribution(world, "c", "accepted", areas=[area]) for area in ("Kazakhstan", "Kenya"))
    public = world.app.test_client()
    kept = r'<input type="hidden" name="naming" value="(\w+)">'
    page = public.get("/contributions?naming=KEN&naming=KAZ&channel=c").get_data(as_text=True)
    assert (re.findall(kept, page), faults(page)) == (["KAZ", "KEN"], [])
    page = public.get("/contributions?naming=KAZ&naming=ZZZ").get_data(as_text=True)
    assert re.findall(r'href="/contributions/([0-9a-f-]{36})"', page) == [str(made.id)]
    page = public.get("/contributions?naming=ZZZ").get_data(as_text=True)
    assert (re.findall(kept, page), str(other.id) in page) == ([], True)
    assert public.get("/contributions?naming=KAZ&naming=%00AB").status_code == 404


def test_the_page_of_a_table_says_which_words_its_columns_take(world: World) -> None:
    of, to = partner(world), call(world)
    page = world.browser("partner").get(f"/calls/{to.id}").get_data(as_text=True)
    assert re.findall(r'<code dir="ltr">(cc[^<]*|quote)</code>', page) == [*LICENCES]
    assert '<code dir="ltr">trend</code> Trend' in page
    table = "mark,title,licence\nr1,Rents,CC BY 4.0\n"
    report = contribution_import.bring_in(
        world.acting("partner"), io.BytesIO(table.encode()), "t.csv", contribution_import.Wish(to.id, of.id), signer()
    )
    told = [one.sentence for one in report.rows[0].problems if one.where == "licence"]
    assert [all(key in sentence for key in LICENCES) for sentence in told] == [True]


def test_an_organisation_registers_by_page_without_an_account(world: World) -> None:
    to = call(world, "f")
    public, path = world.app.test_client(), f"/calls/{to.id}/registration"
    odd = post(public, path, {"name": "", "kind": "agency", "person": "", "email": "nowhere"})
    assert odd.status_code == 422
    assert re.findall(r'href="#(q-\w+)"', odd.get_data(as_text=True)) == ["q-name", "q-kind", "q-person", "q-email"]
    good = {"name": "Example network", "kind": "stakeholder", "person": "A role", "email": "network@example.org"}
    assert "Thank you" in post(public, path, good).get_data(as_text=True)
    lead = world.browser("lead")
    page = lead.get("/channels/f").get_data(as_text=True)
    (confirm,) = re.findall(r'action="(/registrations/[^"]+/confirm)"', page)
    code = re.search(
        r'<code class="digest" dir="ltr">([^<]+)<', post(lead, confirm, {}, "/channels/f").get_data(as_text=True)
    )
    assert code is not None
    wanted = {"code": code.group(1), "name": "Network office", "password": "a password for tests"}
    entered = post(public, "/partner-invitation", wanted)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/desk")
    assert "Contribute to" in public.get("/desk").get_data(as_text=True)


CLOSES = "the end of Tuesday, 1 July 2025 in the last time zone (UTC−12), that is Wednesday, 2 July 2025, 12:00 UTC"


def test_a_partner_reads_everywhere_when_a_call_closes_with_the_zone_and_the_day_of_the_week(world: World) -> None:
    of = partner(world, "city")
    of.entity = "KAZ"
    db.session.commit()
    lead, mine, public = world.browser("lead"), world.browser("partner"), world.app.test_client()
    hint = "until it has ended in the last time zone (UTC−12), that is at 12:00 UTC on the day after it."
    assert hint in lead.get("/channels/f/calls").get_data(as_text=True)
    form = {"title": "Voices", "text": "What moved?", "opens": "2025-06-01", "closes": "2025-07-01"}
    form |= {"registration": "open", "partners": str(of.id)}
    where = post(lead, "/channels/f/calls", form).headers["Location"]
    told = f"The call is open, and the partners on its list have been told. It is open until {CLOSES}."
    assert told in lead.get(where).get_data(as_text=True)
    page = mine.get(where).get_data(as_text=True)
    rows = re.findall(r"<div><dt>(Until|In your capital.*?)</dt><dd>(.*?)</dd>", page)
    capital = 'In your capital (<bdi dir="ltr">Asia/Almaty</bdi>)'
    assert rows == [("Until", CLOSES), (capital, "Wednesday, 2 July 2025, 17:00")]
    assert '<div hidden data-own-clock="2025-07-02T12:00:00+00:00">' in page
    assert "In your capital" not in public.get(where).get_data(as_text=True)
    assert f"to {CLOSES}" in public.get("/channels/f").get_data(as_text=True)
    assert f"until {CLOSES}" in mine.get("/desk").get_data(as_text=True)
    assert f"The call is open until {CLOSES}." in public.get(f"{where}/registration").get_data(as_text=True)
    asked = f"You are asked to contribute to the call “Voices”. It is open until {CLOSES}."
    assert asked in mine.get("/inbox").get_data(as_text=True)


def test_a_call_that_closes_within_a_day_names_the_moment_alone(world: World) -> None:
    to = call(world)
    assert last_day(to.closes_at) is None
    page = world.app.test_client().get(f"/calls/{to.id}").get_data(as_text=True)
    (until,) = re.findall(r"<div><dt>Until</dt><dd>(.*?)</dd>", page)
    assert until == f"{to.closes_at:%A, %-d %B %Y, %H:%M} UTC"


def test_the_lead_opens_and_closes_a_call_by_page(world: World) -> None:
    of = partner(world)
    lead = world.browser("lead")
    form = {"title": "Trends", "text": "What moved?", "opens": "2025-06-16", "closes": "2025-06-01"}
    form |= {"registration": "named", "partners": str(of.id)}
    odd = post(lead, "/channels/c/calls", form)
    assert (odd.status_code, "A call opens before it closes." in odd.get_data(as_text=True)) == (422, True)
    made = post(lead, "/channels/c/calls", form | {"closes": "2025-07-01"})
    where = made.headers["Location"]
    assert CLOSES in lead.get(where).get_data(as_text=True)
    assert post(lead, f"{where}/close", {}, where).status_code == 303
    assert "Closed" in world.app.test_client().get(where).get_data(as_text=True)
    assert post(lead, f"{where}/end", {"closes": "2025-06-01"}, where).status_code == 422
    assert post(lead, f"{where}/end", {"closes": "2025-07-31"}, where).status_code == 303
    reader = world.app.test_client().get(where).get_data(as_text=True)
    assert ("1 August 2025, 12:00 UTC" in reader, "Closed" in reader) == (True, False)
    program = Caller(world, "lead")
    ended = program("PATCH", where, json={"closes_at": "2025-09-01T12:00:00Z"})
    assert (ended.status_code, ended.json["closes_at"]) == (200, "2025-09-01T12:00:00Z")
    assert program("PATCH", where, json={"closes_at": "2025-01-01T12:00:00Z"}).status_code == 422


def test_a_partner_named_to_a_call_by_the_api_stands_on_its_list_once_and_is_told_once(world: World) -> None:
    first, other = partner(world), partner(world, name="Another agency")
    to = call(world, registration="named", named=(first.id,))
    program = Caller(world, "lead")
    for _ in range(2):
        assert program.post(f"/calls/{to.id}/partners", {"partner": str(other.id)}).status_code == 200
        assert [one.name for one in calls.partners_of(db.session, to.id)] == ["Another agency", "Example agency"]
    told = select(func.count()).select_from(Notice).where(Notice.kind == "call.open")
    assert db.session.scalar(told) == 2


def test_a_table_is_tried_by_page_with_a_report_of_each_row(world: World) -> None:
    of, to = partner(world), call(world)
    template = world.app.test_client().get(f"/calls/{to.id}/template.csv").get_data(as_text=True)
    text = template.lstrip("\ufeff").strip() + "\n" + "m1,Rents" + "," * 14 + "\n" + "m2," + "," * 14 + "\n"
    data = {"partner": str(of.id), "dry_run": "yes", "file": (io.BytesIO(text.encode()), "mine.csv")}
    page = post(world.browser("partner"), f"/calls/{to.id}/file", data, f"/calls/{to.id}").get_data(as_text=True)
    assert ("nothing is kept" in page, "The row has no title." in page, "Rents" in page) == (True,) * 3
    assert held.by_mark(db.session, of.id, "c", "2026") == {}


def test_a_contribution_by_api_from_draft_to_reply(world: World) -> None:
    of, to = partner(world), call(world)
    mine, team, state = Caller(world, "partner"), Caller(world, "reviewer"), Caller(world, "focal_point", "KAZ")
    body = {"call": str(to.id), "partner": str(of.id), **HEAD, "values": VALUES["c"] | {"CC.2/text": ""}}
    made = mine.post("/contributions", body)
    assert (made.status_code, [p["where"] for p in made.json["problems"]]) == (201, ["CC.2/text"])
    path = f"/contributions/{made.json['id']}"
    assert mine.post(f"{path}/send", {}).status_code == 422
    saved = mine.put(path, {"values": {"CC.2/text": VALUES["c"]["CC.2/text"]}, "base_revision": 1})
    assert (saved.status_code, saved.json["revision"], saved.json["problems"]) == (200, 2, [])
    assert [one.get(path).status_code for one in (mine, team, state)] == [200, 404, 404]
    sent = mine.post(f"{path}/send", {})
    assert (sent.json["state"], sent.json["versions"], sent.json["areas"]) == ("sent", 1, ["KAZ", "M49:143"])
    document = mine.get(f"{path}/versions/1").data
    assert json.loads(mine.get(f"{path}/versions/1/receipt").data)["statement"]["version"]["size"] == len(document)
    assert team.post(f"{path}/moderation", {"version": 1, "outcome": "set_aside"}).json["reasons"] == [
        "Please give a reason: the partner reads it."
    ]
    assert team.post(f"{path}/moderation", {"version": 1, "outcome": "accepted"}).json["accepted"] == 1
    reply = state.post(f"{path}/replies", {"entity": "KAZ", "text": "We count otherwise."})
    assert (reply.status_code, reply.json["version"]) == (201, 1)
    shown = Caller(world, "data_officer").get(path).json
    assert [one["text"] for one in shown["replies"]] == ["We count otherwise."]
    assert (shown["values"], shown["revision"], shown["decisions"]) == (None, None, [])
    listed = Caller(world, "data_officer").get("/contributions?channel=c&entity=KAZ").json["items"]
    assert [(one["id"], one["accepted"]) for one in listed] == [(made.json["id"], 1)]


def test_a_file_is_laid_in_and_taken_out_by_api(world: World) -> None:
    of, to, mine = partner(world), call(world), Caller(world, "partner")
    made = mine.post("/contributions", {"call": str(to.id), "partner": str(of.id), **HEAD}).json
    path = f"/contributions/{made['id']}/files"
    sent = {"question": "CC.3/files", "file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv")}
    laid = mine("POST", path, data=sent, content_type="multipart/form-data").json
    shown = mine.get(f"/contributions/{made['id']}").json
    assert [one["id"] for one in shown["files"]] == [laid["id"]]
    out = mine.post(f"{path}/{laid['id']}/remove", {})
    assert (out.status_code, out.json["files"], out.json["values"]) == (200, [], {})
    assert mine.post(f"{path}/{laid['id']}/remove", {}).status_code == 404


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"unknown": 1}, "unknown"),
        ({"values": {"CC.2/text": {"a": 1}}}, "values.CC.2/text"),
        ({"values": {"CC.9/x": "a"}}, "values.CC.9/x"),
        ({"licence": "mine"}, "licence"),
    ],
)
def test_the_api_refuses_what_it_does_not_know_by_its_place(world: World, change: dict[str, Any], where: str) -> None:
    made = contribution(world)
    answer = Caller(world, "partner").put(f"/contributions/{made.id}", {"base_revision": 1, **change})
    assert (answer.status_code, [problem["where"] for problem in answer.json["problems"]]) == (422, [where])


def test_a_list_of_contributions_costs_the_same_for_one_and_for_many(world: World) -> None:
    def statements() -> int:
        seen: list[str] = []
        listener = lambda _c, _cu, statement, *_rest: seen.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        try:
            assert world.app.test_client().get("/channels/c").status_code == 200
            assert world.app.test_client().get("/contributions").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    contribution(world, "c", "accepted")
    few = statements()
    for _ in range(3):
        contribution(world, "c", "accepted")
    assert statements() == few


def test_the_command_brings_a_table_in(world: World, tmp_path: Any) -> None:
    of, to = partner(world), call(world)
    table = tmp_path / "table.csv"
    table.write_text("mark,title,CC.1/form\nm1,Rents,trend\nm2,,text\n", "utf-8")
    options = ["contributions", "import", str(table), "--call", str(to.id), "--partner", str(of.id)]
    runner = world.app.test_cli_runner()
    db.session.rollback()
    tried = runner.invoke(args=[*options, "--as", "partner@example.org", "--dry-run"])
    assert (tried.exit_code, "a dry run, nothing kept" in tried.output) == (0, True)
    done = runner.invoke(args=[*options, "--as", "partner@example.org"])
    assert (done.exit_code, "row 2: new: Rents" in done.output, "row 3: left out" in done.output) == (0, True, True)
    assert list(held.by_mark(db.session, of.id, "c", "2026")) == ["m1"]
    refused = runner.invoke(args=[*options, "--as", "reviewer@example.org"])
    assert refused.exit_code == 1
