"""Inviting and removing colleagues, and the succession of the focal point: one link, one use, nothing lost."""

from __future__ import annotations

import datetime as dt
import logging
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.db import db
from portal.models.accounts import Membership, User
from portal.models.events import Event, Notice
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Answer, Clearance
from portal.models.sharing import Handout, Invitation
from portal.queries import accounts as people
from portal.queries import colleagues as office_queries
from portal.queries import events, reports
from portal.rules.policy import Grant, Person
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow
from portal.services import accounts, colleagues, invitations
from portal.services.invitations import Call, Chosen
from tests.factories import PASSWORD, World, address, csrf
from tests.portal.test_comments import hand_out, told
from tests.portal.test_pages_drafting import page, summary

NEW = "new.colleague.kaz@example.org"
LEAVER = address("focal_point", "KAZ")
CHOSEN = Chosen("New Colleague", "a password for tests")


def invite(world: World, email: str = NEW, role: str = "contributor", succeeds: bool = False, **more: Any) -> str:
    """The secret of an invitation that the focal point of Kazakhstan makes."""
    act = world.acting("focal_point", "KAZ", **more)
    office = office_queries.office(act.session, "KAZ", lock=True)
    _made, secret = invitations.invite(act, office, Call(email, role, succeeds))
    world.done()
    return secret


def accept(world: World, secret: str, chosen: Chosen = CHOSEN) -> uuid.UUID:
    """Accepts as a person without an account."""
    act = world.act(None)
    offer = invitations.offer(act, secret, lock=True)
    assert offer is not None
    user = invitations.accept_anew(act, offer, chosen)
    world.done()
    return user


def is_open(world: World, secret: str, at: dt.datetime | None = None) -> bool:
    found = invitations.offer(world.act(None, at), secret) is not None
    world.done()
    return found


def grants(session: Session, email: str) -> tuple[Grant, ...]:
    session.rollback()
    found = people.by_email(session, email)
    session.rollback()
    return found.grants if found else ()


def membership(world: World, role: str, entity: str = "KAZ") -> uuid.UUID:
    held = office_queries.membership(db.session, world.person(role, entity).id, role, entity)
    assert held is not None
    which = held.id
    db.session.rollback()
    return which


def end(world: World, role: str, by: str = "focal_point") -> None:
    """The focal point ends the role of a colleague of Kazakhstan."""
    which = membership(world, role)
    act = world.acting(by, "KAZ")
    colleagues.end(act, office_queries.office(act.session, "KAZ", lock=True), which)
    world.done()


def test_the_database_holds_the_digest_alone(world: World, session: Session) -> None:
    secret = invite(world)
    session.rollback()
    held = session.scalars(select(Invitation)).one()
    assert held.digest == accounts.secret_digest(secret)
    assert secret not in repr(vars(held))
    assert secret not in repr(session.scalars(select(Event.data)).all())
    assert session.scalar(select(func.count()).select_from(User).where(User.email == NEW)) == 0


def test_an_invitation_gives_its_role_once(world: World, session: Session) -> None:
    secret = invite(world)
    accept(world, secret)
    assert grants(session, NEW) == (Grant("contributor", "KAZ"),)
    assert is_open(world, secret) is False
    assert told(session, "invitation.accept") == [LEAVER]


@pytest.mark.parametrize(("days", "expected"), [(0, True), (6, True), (7, False), (30, False)])
def test_it_closes_after_seven_days(world: World, days: int, expected: bool) -> None:
    assert is_open(world, invite(world), world.at + dt.timedelta(days=days)) is expected


def test_it_can_be_taken_back_and_inviting_again_replaces_it(world: World, session: Session) -> None:
    first, second = invite(world), invite(world)
    assert (is_open(world, first), is_open(world, second)) == (False, True)
    act = world.acting("focal_point", "KAZ")
    office = office_queries.office(act.session, "KAZ", lock=True)
    row = office_queries.invitations(act.session, "KAZ", act.at)
    assert [one.Invitation.email for one in row] == [NEW]
    invitations.revoke(act, office, row[0].Invitation.id)
    world.done()
    assert is_open(world, second) is False
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Missing):
        invitations.revoke(act, office_queries.office(act.session, "KAZ"), row[0].Invitation.id)


def test_another_state_takes_no_invitation_back(world: World, session: Session) -> None:
    invite(world)
    session.rollback()
    which = session.scalars(select(Invitation.id)).one()
    act = world.acting("focal_point", "KEN")
    with pytest.raises(Missing):
        invitations.revoke(act, office_queries.office(act.session, "KEN"), which)


@pytest.mark.parametrize(
    ("email", "role", "where"),
    [
        ("no address", "contributor", ["email"]),
        ("a b@example.org", "contributor", ["email"]),
        ("x" * 250 + "@example.org", "contributor", ["email"]),
        (NEW, "reviewer", ["role"]),
        (NEW, "administrator", ["role"]),
        (address("certifier", "KAZ").upper(), "certifier", ["email"]),
    ],
)
def test_whom_nobody_can_invite(world: World, email: str, role: str, where: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        invite(world, email, role)
    assert [problem.where for problem in refusal.value.problems] == where


@pytest.mark.parametrize(
    ("role", "entity"), [("contributor", "KAZ"), ("certifier", "KAZ"), ("focal_point", "KEN"), ("administrator", None)]
)
def test_only_the_focal_point_invites_and_ends(world: World, role: str, entity: str | None) -> None:
    which = membership(world, "contributor")
    act = world.acting(role, entity)
    office = office_queries.office(act.session, "KAZ")
    with pytest.raises(Forbidden):
        invitations.invite(act, office, Call(NEW, "contributor"))
    with pytest.raises(Forbidden):
        colleagues.end(act, office, which)


def test_a_known_person_accepts_without_a_code_and_nobody_else_can(world: World, session: Session) -> None:
    invite(world, address("focal_point", "KEN"), "certifier")
    assert told(session, "invitation.open") == [address("focal_point", "KEN")]
    stranger = world.browser("contributor", "KEN")
    session.rollback()
    which = session.scalars(select(Invitation.id)).one()
    token = csrf(page(stranger, "/invitation"))
    assert stranger.post(f"/invitation/{which}/accept", data={"csrf_token": token}).status_code == 404
    invited = world.browser("focal_point", "KEN")
    token = csrf(page(invited, "/invitation"))
    assert invited.post(f"/invitation/{which}/accept", data={"csrf_token": token}).status_code == 303
    assert grants(session, address("focal_point", "KEN")) == (Grant("certifier", "KAZ"), Grant("focal_point", "KEN"))
    assert invited.post(f"/invitation/{which}/accept", data={"csrf_token": token}).status_code == 404


# The page of the invited -----


def send(client: FlaskClient, path: str, **sent: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(page(client, "/invitation")), **sent})


def bare(answer: TestResponse) -> tuple[int, str]:
    """An answer without the token of its form."""
    text = answer.get_data(as_text=True)
    return answer.status_code, text.replace(csrf(text), "")


def test_a_new_colleague_chooses_name_and_password_and_is_in(world: World, session: Session) -> None:
    secret = invite(world)
    client = world.app.test_client()
    shown = send(client, "/invitation", code=f" {secret} ")
    assert shown.status_code == 200
    assert f"as contributor, under the address {NEW}" in shown.get_data(as_text=True)
    short = send(client, "/invitation", code=secret, name="New Colleague", password="too short")
    assert (short.status_code, is_open(world, secret)) == (422, True)
    answer = send(client, "/invitation", code=secret, name="New  Colleague", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert "New Colleague" in page(client, "/desk")
    assert grants(session, NEW) == (Grant("contributor", "KAZ"),)
    act = world.act(None)
    assert accounts.verify_password(act, NEW, PASSWORD, "here") is not None


def test_a_known_address_needs_its_own_password(world: World, session: Session) -> None:
    who = address("contributor", "KEN")
    secret = invite(world, who, "contributor")
    client = world.app.test_client()
    wrong = send(client, "/invitation", code=secret, password="not the password", name="Thief")
    assert (wrong.status_code, is_open(world, secret)) == (200, True)
    assert grants(session, who) == (Grant("contributor", "KEN"),)
    right = send(client, "/invitation", code=secret, password=PASSWORD)
    assert right.status_code == 303
    assert grants(session, who) == (Grant("contributor", "KAZ"), Grant("contributor", "KEN"))


def test_guessing_a_password_through_an_invitation_is_throttled(world: World) -> None:
    secret = invite(world, address("contributor", "KEN"), "contributor")
    client = world.app.test_client()
    for _ in range(10):
        send(client, "/invitation", code=secret, password="not the password")
    assert send(client, "/invitation", code=secret, password=PASSWORD).status_code == 200
    assert is_open(world, secret) is True


def test_wrong_used_closed_and_revoked_codes_get_the_same_answer(world: World, session: Session) -> None:
    used, revoked = invite(world), invite(world, "another@example.org")
    accept(world, used)
    invite(world, "another@example.org")
    closed = invite(world, "third@example.org", at=world.at - dt.timedelta(days=8))
    gone = invite(world, address("contributor", "KEN"))
    world.act(None).session.execute(
        update(User).where(User.email == address("contributor", "KEN")).values(active=False)
    )
    world.done()
    codes = ["wrong", "", "\0", used, revoked, closed, gone, "x" * 5000]
    sent = ({}, {"name": "A", "password": PASSWORD})
    answers = {bare(send(world.app.test_client(), "/invitation", code=code, **more)) for code in codes for more in sent}
    assert [status for status, _text in answers] == [422]
    assert session.scalar(select(func.count()).select_from(User).where(User.email.like("%rd@example.org"))) == 0


def test_no_header_shapes_the_link(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, "/entities/KAZ/people"))
    found = []
    for number in range(3):
        answer = client.post(
            "/entities/KAZ/people",
            data={"csrf_token": token, "email": f"n{number}@example.org", "role": "contributor"},
            headers={
                "X-Forwarded-Host": "evil.example",
                "X-Forwarded-Proto": "gopher",
                "Forwarded": "host=evil.example",
            },
        )
        text = answer.get_data(as_text=True)
        assert "evil.example" not in text
        found += re.findall(r">(http[^<]+)/invitation#[\w-]{43}<", text)
    assert found == ["http://127.0.0.1:8000"] * 3


def test_the_host_header_shapes_no_link(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    cookie = client.get_cookie("portal")
    assert cookie is not None
    client.set_cookie("portal", cookie.value, domain="evil.example")
    there = {"base_url": "http://evil.example"}
    token = csrf(client.get("/entities/KAZ/people", **there).get_data(as_text=True))
    sent = {"csrf_token": token, "email": NEW, "role": "contributor"}
    text = client.post("/entities/KAZ/people", data=sent, **there).get_data(as_text=True)
    assert re.findall(r">(http[^<]+)/invitation#", text) == ["http://127.0.0.1:8000"]
    assert "evil.example" not in text


def test_the_code_stands_in_no_address_cookie_or_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, "/entities/KAZ/people"))
    answer = client.post("/entities/KAZ/people", data={"csrf_token": token, "email": NEW, "role": "contributor"})
    found = re.search(r"/invitation#([\w-]{43})<", answer.get_data(as_text=True))
    assert found is not None
    secret = found.group(1)
    guest = world.app.test_client()
    send(guest, "/invitation", code=secret)
    done = send(guest, "/invitation", code=secret, name="New Colleague", password=PASSWORD)
    assert done.status_code == 303
    for seen in (answer, done):
        assert secret not in repr(list(seen.headers))
    assert secret not in caplog.text
    assert secret not in page(client, "/entities/KAZ/people")


def test_the_page_does_not_tell_whether_an_address_has_an_account(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, "/entities/KAZ/people"))
    pages = []
    for email in (address("lead"), "nobody.at.all@example.org"):
        sent = {"csrf_token": token, "email": email, "role": "contributor"}
        text = client.post("/entities/KAZ/people", data=sent).get_data(as_text=True)
        pages.append(
            re.sub(r"[\w-]{43}", "CODE", text.split('<caption id="invitations-caption">')[0].replace(email, ""))
        )
    assert pages[0] == pages[1]


# Removing -----


def test_a_removed_colleague_is_out_with_the_next_request(world: World) -> None:
    report = world.report()
    client = world.browser("certifier", "KAZ")
    token = {"Authorization": f"Bearer {world.token('certifier', 'KAZ')}"}
    program = world.app.test_client()
    assert client.get(f"/reports/{report.id}").status_code == 200
    assert program.get(f"/api/v1/reports/{report.id}", headers=token).status_code == 200
    end(world, "certifier")
    assert client.get(f"/reports/{report.id}").status_code == 404
    assert program.get(f"/api/v1/reports/{report.id}", headers=token).status_code == 404


def test_what_was_in_their_hands_falls_back_and_their_text_stays(world: World, session: Session) -> None:
    report = world.report()
    mine, returned = hand_out(world, report, "F.2"), hand_out(world, report, "F.3", returned_at=world.at)
    act = world.acting("contributor", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True), {"F.2/summary": "The words of a colleague."})
    world.done()
    end(world, "contributor")
    session.rollback()
    rows = session.execute(select(Handout.id, Handout.outcome, Handout.settled_by)).all()
    leader = world.person("focal_point", "KAZ").id
    assert {row.id: (row.outcome, row.settled_by) for row in rows} == {
        mine: ("withdrawn", leader),
        returned: (None, None),
    }
    written = session.scalars(select(Answer).where(Answer.report_id == report.id)).one()
    assert written.value == "The words of a colleague."
    saved = reports.history(session, report.id, "F.2/summary", "en")
    assert [row.name for row in saved] == ["contributor kaz"]
    assert [row.kind for row in events.events(session, report.id, ("handout.withdraw",))] == ["handout.withdraw"]
    assert told(session, "account.end") == [address("contributor", "KAZ")]
    assert "Roles that ended (1)" in page(world.browser("focal_point", "KAZ"), "/entities/KAZ/people")


def test_a_request_that_waited_for_a_removed_certifier_waits_for_all(world: World, session: Session) -> None:
    report = world.report(state="clearing")
    who = world.person("certifier", "KAZ").id
    act = world.act(None)
    other = accounts.add(act, "second.certifier.kaz@example.org", "certifier", "KAZ", PASSWORD)
    request = act.session.scalars(select(Clearance.id).where(Clearance.report_id == report.id)).one()
    terms = act.session.get(ClearanceTerms, request)
    if terms is None:
        act.session.add(ClearanceTerms(clearance_id=request, asked_of=who, revisions=[]))
    else:
        terms.asked_of = who
    world.done()
    end(world, "certifier")
    session.rollback()
    assert session.scalars(select(ClearanceTerms.asked_of)).one() is None
    asked = select(Notice.id).where(Notice.kind == "report.ask", Notice.user_id == other)
    assert len(session.scalars(asked).all()) == 1


def test_the_last_focal_point_stays(world: World, session: Session) -> None:
    with pytest.raises(NotNow) as refusal:
        end(world, "focal_point")
    assert refusal.value.sentence == colleagues.LAST
    assert grants(session, LEAVER) == (Grant("focal_point", "KAZ"),)
    accept(world, invite(world, role="focal_point"))
    end(world, "focal_point")
    assert (grants(session, LEAVER), grants(session, NEW)) == ((), (Grant("focal_point", "KAZ"),))


def test_an_inactive_focal_point_is_none_to_stay_behind(world: World) -> None:
    second = accept(world, invite(world, role="focal_point"))
    world.act(None).session.execute(update(User).where(User.id == second).values(active=False))
    world.done()
    with pytest.raises(NotNow):
        end(world, "focal_point")


def test_what_a_removed_focal_point_opened_is_closed(world: World) -> None:
    accept(world, invite(world, role="focal_point"))
    secret = invite(world, "back.door@example.org", "focal_point")
    end(world, "focal_point")
    assert is_open(world, secret) is False


def test_a_role_of_another_state_is_not_ended(world: World) -> None:
    which = membership(world, "contributor", "KEN")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Missing):
        colleagues.end(act, office_queries.office(act.session, "KAZ"), which)


# Succession -----


def test_the_successor_has_everything_and_the_predecessor_nothing(world: World, session: Session) -> None:
    report = world.report(state="clearing")
    other = invite(world, "colleague@example.org")
    world.step(report, "decline")
    hand_out(world, report, "F.2", returned_at=world.at)
    before = [row.Notice.kind for row in events.notices(session, world.person("focal_point", "KAZ").id)]
    secret = invite(world, role="focal_point", succeeds=True)
    assert grants(session, LEAVER) == (Grant("focal_point", "KAZ"),)
    user = accept(world, secret)
    assert (grants(session, LEAVER), grants(session, NEW)) == ((), (Grant("focal_point", "KAZ"),))
    assert [row.Notice.kind for row in events.notices(session, user)] == before == ["report.decline"]
    assert is_open(world, other) is True
    assert told(session, "account.succeed") == [address("certifier", "KAZ"), address("contributor", "KAZ")]
    act = world.act(Person(user, NEW, "New Colleague", (Grant("focal_point", "KAZ"),)))
    held = reports.get(act.session, report.id, lock=True)
    world.fill(act, held, {"F.4/context": "The successor goes on."})
    assert len(reports.history(act.session, report.id, "F.2/summary", "en")) == 1
    world.done()


def test_a_succession_that_was_overtaken_takes_no_role_away(world: World, session: Session) -> None:
    """Two successors in turn: naming the second closes the invitation of the first."""
    first = invite(world, role="focal_point", succeeds=True)
    second = invite(world, "second@example.org", "focal_point", succeeds=True)
    assert (is_open(world, first), is_open(world, second)) == (False, True)
    accept(world, second)
    assert grants(session, "second@example.org") == (Grant("focal_point", "KAZ"),)


def test_the_successor_may_have_an_account(world: World, session: Session) -> None:
    who = address("contributor", "KAZ")
    invite(world, who, "focal_point", succeeds=True)
    session.rollback()
    which = session.scalars(select(Invitation.id)).one()
    act = world.acting("contributor", "KAZ")
    invitations.accept(act, which, act.actor.id, act.actor.email)
    world.done()
    assert (grants(session, LEAVER), grants(session, who)) == (
        (),
        (Grant("contributor", "KAZ"), Grant("focal_point", "KAZ")),
    )


def test_nothing_moves_when_the_acceptance_fails(world: World, session: Session) -> None:
    secret = invite(world, role="focal_point", succeeds=True)
    act = world.act(None)
    offer = invitations.offer(act, secret, lock=True)
    assert offer is not None
    with pytest.raises(Invalid):
        invitations.accept_anew(act, offer, Chosen("", "short"))
    session.rollback()
    assert (grants(session, LEAVER), is_open(world, secret)) == ((Grant("focal_point", "KAZ"),), True)


def test_the_administrator_hands_over_by_command(world: World, session: Session) -> None:
    runner = world.app.test_cli_runner()
    done = runner.invoke(args=["user", "succeed", LEAVER, NEW, "--entity", "kaz"])
    assert done.exit_code == 0, done.output
    assert f"{NEW} is focal_point of KAZ in place of {LEAVER}." in done.output
    assert (grants(session, LEAVER), grants(session, NEW)) == ((), (Grant("focal_point", "KAZ"),))
    again = runner.invoke(args=["user", "succeed", LEAVER, "third@example.org", "--entity", "KAZ"])
    assert (again.exit_code, again.stderr) == (1, f"Error: {LEAVER} is not focal_point of KAZ.\n")
    assert grants(session, "third@example.org") == ()
    same = runner.invoke(args=["user", "succeed", NEW, NEW, "--entity", "KAZ"])
    assert (same.exit_code, grants(session, NEW)) == (1, (Grant("focal_point", "KAZ"),))


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([LEAVER, "--role", "focal_point", "--entity", "kaz"], 0),
        ([address("lead"), "--role", "lead"], 0),
        ([LEAVER, "--role", "focal_point", "--entity", "KEN"], 1),
        (["nobody@example.org", "--role", "lead"], 1),
    ],
)
def test_a_role_is_ended_by_command(world: World, session: Session, arguments: list[str], status: int) -> None:
    before = session.scalar(select(func.count()).select_from(Membership).where(Membership.ended_at.is_not(None)))
    session.rollback()
    done = world.app.test_cli_runner().invoke(args=["user", "end", *arguments])
    assert done.exit_code == status, done.output
    session.rollback()
    after = session.scalar(select(func.count()).select_from(Membership).where(Membership.ended_at.is_not(None)))
    assert (after or 0) - (before or 0) == (1 if status == 0 else 0)


def test_the_pages_of_the_people(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, "/entities/KAZ/people"))
    wrong = client.post("/entities/KAZ/people", data={"csrf_token": token, "email": "none", "role": "contributor"})
    assert (wrong.status_code, "name@example.org" in wrong.get_data(as_text=True)) == (422, True)
    none = client.post("/entities/KAZ/people", data={"csrf_token": token, "email": NEW})
    assert (none.status_code, "Choose a role." in none.get_data(as_text=True)) == (422, True)
    last = client.post(f"/entities/KAZ/people/{membership(world, 'focal_point')}/end", data={"csrf_token": token})
    assert (last.status_code, "name a successor first" in last.get_data(as_text=True)) == (409, True)
    gone = client.post(f"/entities/KAZ/people/{membership(world, 'contributor')}/end", data={"csrf_token": token})
    assert gone.status_code == 303
    seen = page(world.browser("certifier", "KAZ"), "/entities/KAZ/people")
    assert ("Invite somebody" in seen, address("focal_point", "KAZ") in seen) == (False, True)


def test_the_inbox_leads_to_the_invitation_and_to_the_people(world: World) -> None:
    invite(world, address("contributor", "KEN"), "contributor")
    text = page(world.browser("contributor", "KEN"), "/inbox")
    assert re.findall(r'<a href="(/invitation)">(You are invited[^<]*)</a>', text) == [
        ("/invitation", "You are invited to report for a state; the invitation is open for 7 days.")
    ]
    accept(world, invite(world))
    assert '<a href="/entities/KAZ/people">A colleague has accepted' in page(
        world.browser("focal_point", "KAZ"), "/inbox"
    )


def test_what_is_wrong_in_an_invitation_is_summed_up(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    here = "/entities/KAZ/people"
    token = csrf(page(client, here))

    def told(address: str = here, **sent: str) -> tuple[int, list[tuple[str, str]]]:
        answer = client.post(address, data={"csrf_token": token, **sent})
        return answer.status_code, summary(answer.get_data(as_text=True))

    assert told() == (422, [("q-email", "Enter the e-mail address."), ("q-role", "Choose a role.")])
    holds = told(email=address("contributor", "KAZ"), role="contributor")
    assert holds == (422, [("q-email", "This person holds this role already.")])
    assert told("/invitation", code="none") == (422, [("q-code", invitations.NOT_OPEN)])
    secret = invite(world)
    wrong = told("/invitation", code=secret, name="", password="short")
    assert wrong == (
        422,
        [("q-name", "Enter your name."), ("q-password", "A password has 15 to 128 characters.")],
    )
    secret = invite(world, address("contributor", "KAZ"), "certifier")
    sentence = "The password is not right. Please check it and try again."
    assert told("/invitation", code=secret, password="not the password") == (200, [("q-password", sentence)])
