"""The key that seals what a browser has not saved yet: whose it is, when it is given again, and when never more."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.models.accounts import SignIn
from portal.models.reports import AnswerRevision
from portal.services.local_keys import KEPT, local_key
from tests.factories import PASSWORD, World, address

HOUR = dt.timedelta(hours=1)


def told(client: FlaskClient, path: str = "/session") -> Any:
    answer = client.get(path, headers={"Accept": "application/json"})
    return answer.get_json() if answer.status_code == 200 else answer.status_code


def log_out(client: FlaskClient) -> None:
    answer = client.post("/logout", data={"csrf_token": told(client)["csrf"]})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache", "storage"')


def lapse(session: Session, by: dt.timedelta = HOUR) -> None:
    session.rollback()
    session.execute(update(SignIn).values(seen_at=dt.datetime.now(dt.UTC) - by))
    session.commit()


def autosave(client: FlaskClient, report: Any, words: str, base: int, **more: Any) -> Any:
    body = {"question": "F.2/summary", "language": "en", "fields": {"F.2/summary": words}, "base_revision": base}
    headers = {"X-CSRFToken": told(client)["csrf"], "Accept": "application/json"}
    return client.post(f"/reports/{report.id}/answers", json=body | more, headers=headers)


def test_nobody_gets_no_key(client: FlaskClient) -> None:
    answer = told(client)
    assert (answer["person"], sorted(answer)) == (None, ["csrf", "person"])
    assert told(client, "/session/keys/any") == 401


def test_each_session_has_a_key_of_its_own(world: World) -> None:
    first, second = (told(world.browser("focal_point", "KAZ"))["key"] for _ in range(2))
    assert len(base64.b64decode(first["secret"])) == 32
    assert first["name"] != second["name"]
    assert first["secret"] != second["secret"]
    assert local_key("one secret", "sign-in") != local_key("another secret", "sign-in")


def test_the_key_stands_in_no_page(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    key = told(client)["key"]
    page = client.get(f"/reports/{report.id}/sections/F.2")
    assert key["secret"] not in page.get_data(as_text=True)
    assert client.get("/session").headers["Cache-Control"] == "no-store"


def test_the_key_of_a_lapsed_session_comes_back_to_the_same_person_alone(world: World, session: Session) -> None:
    key = told(world.browser("focal_point", "KAZ"))["key"]
    lapse(session)
    assert told(world.browser("focal_point", "KAZ"), f"/session/keys/{key['name']}") == key
    assert told(world.browser("contributor", "KAZ"), f"/session/keys/{key['name']}") == 404


def test_log_out_ends_the_key_for_good(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    key = told(client)["key"]
    log_out(client)
    assert told(world.browser("focal_point", "KAZ"), f"/session/keys/{key['name']}") == 404


def test_a_key_is_not_given_for_ever(world: World, session: Session) -> None:
    key = told(world.browser("focal_point", "KAZ"))["key"]
    lapse(session, KEPT)
    assert told(world.browser("focal_point", "KAZ"), f"/session/keys/{key['name']}") == 404


@pytest.mark.parametrize("what", ["autosave", "presence", "again", "session"])
def test_what_a_page_does_by_itself_prolongs_no_session(world: World, session: Session, what: str) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    lapse(session, dt.timedelta(minutes=10))
    before = session.scalars(select(SignIn.seen_at)).all()
    headers = {"X-CSRFToken": told(client)["csrf"], "Accept": "application/json"}
    if what == "autosave":
        answer = autosave(client, report, "Words.", 0)
    elif what == "presence":
        answer = client.post(f"/reports/{report.id}/sections/F.2/presence", json={"language": "en"}, headers=headers)
    else:
        answer = client.get("/session" if what == "session" else f"/reports/{report.id}/sections/F.2/again")
    assert answer.status_code == 200
    session.rollback()
    assert session.scalars(select(SignIn.seen_at)).all() == before
    client.get(f"/reports/{report.id}/sections/F.2")
    session.rollback()
    assert session.scalars(select(SignIn.seen_at)).all() != before


def test_autosave_of_a_lapsed_session_is_refused(world: World, session: Session) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    token = told(client)["csrf"]
    lapse(session)
    body = {"question": "F.2/summary", "language": "en", "fields": {"F.2/summary": "Words."}, "base_revision": 0}
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    assert client.post(f"/reports/{report.id}/answers", json=body, headers=headers).status_code == 401


def test_log_in_in_place_goes_on_without_a_page(world: World, session: Session) -> None:
    client = world.browser("focal_point", "KAZ")
    person = told(client)["person"]
    lapse(session)
    sent = {"csrf_token": told(client)["csrf"], "email": address("focal_point", "KAZ"), "password": "not the password"}
    headers = {"Accept": "application/json"}
    wrong = client.post("/login", data=sent, headers=headers).get_json()
    assert wrong["person"] is None
    assert wrong["wrong"].startswith("The e-mail address or the password is not right.")
    assert client.post("/login", data=sent | {"password": PASSWORD}, headers=headers).get_json() == {"person": person}
    assert told(client)["person"] == person


def test_nothing_is_saved_under_another_name(world: World, session: Session) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    other = str(world.person("certifier", "KAZ").id)
    refused = autosave(client, report, "Words of somebody else.", 0, person=other)
    assert (refused.status_code, refused.get_json()["detail"]) == (
        403,
        "This text was written by somebody else who was logged in here before. It is not saved under your name.",
    )
    session.rollback()
    assert session.scalars(select(AnswerRevision)).all() == []
    assert autosave(client, report, "My words.", 0, person=told(client)["person"]).status_code == 200


def test_sent_twice_is_saved_once(world: World, session: Session) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    first = autosave(client, report, "One.", 0).get_json()
    again = autosave(client, report, "One.", 0).get_json()
    assert (first["revision"], again["revision"], again["merged"]) == (1, 1, False)
    session.rollback()
    assert [row.revision for row in session.scalars(select(AnswerRevision))] == [1]


def test_what_follows_a_text_whose_outcome_was_not_heard_makes_no_conflict(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    autosave(client, report, "One sentence", 0)
    unheard = {"since": {"F.2/summary": "One sentence"}}
    longer = autosave(client, report, "One sentence and more", 0, **unheard).get_json()
    assert (longer["revision"], longer["merged"]) == (2, False)
    assert "stale" in autosave(client, report, "One sentence otherwise", 0).get_json()


def test_a_text_that_never_arrived_is_no_base(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    autosave(client, report, "A colleague's words.", 0)
    lost = autosave(client, report, "Mine, and more", 0, since={"F.2/summary": "Mine"}).get_json()
    assert "stale" in lost


def test_typing_on_while_two_texts_are_joined_loses_neither(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    autosave(client, report, "One.\n\nTwo.", 0)
    autosave(client, report, "One, by a colleague.\n\nTwo.", 1)
    joined = autosave(client, report, "One.\n\nTwo, by me", 1).get_json()
    assert (joined["merged"], joined["value"]) == (True, "One, by a colleague.\n\nTwo, by me")
    further = {"since": {"F.2/summary": "One.\n\nTwo, by me"}}
    told_ = autosave(client, report, "One.\n\nTwo, by me, and more.", 1, **further).get_json()
    assert (told_["merged"], told_["value"]) == (True, "One, by a colleague.\n\nTwo, by me, and more.")
