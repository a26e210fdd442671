"""Accounts: coming in, throttling, going out, tokens."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.db import begin_write, db
from portal.queries import accounts as people
from portal.rules.policy import Grant
from portal.rules.refusals import Invalid, Missing, NotNow
from portal.services import accounts
from portal.services.act import Act
from tests.factories import DAY, PASSWORD, World, address, csrf

WHO = address("focal_point", "KAZ")


def test_the_right_password_lets_in_and_the_wrong_one_not(world: World) -> None:
    act = world.act(None)
    assert accounts.verify_password(act, f" {WHO.upper()} ", PASSWORD, "here") == world.person("focal_point", "KAZ").id
    assert accounts.verify_password(act, WHO, PASSWORD + "x", "here") is None
    assert accounts.verify_password(act, "nobody@example.org", PASSWORD, "here") is None


def test_ten_wrong_passwords_close_the_account_for_a_quarter_of_an_hour(world: World) -> None:
    act = world.act(None)
    assert [accounts.verify_password(act, WHO, "wrong", "here") for _ in range(10)] == [None] * 10
    with pytest.raises(NotNow):
        accounts.verify_password(act, WHO, PASSWORD, "elsewhere")
    act.at += dt.timedelta(minutes=16)
    assert accounts.verify_password(act, WHO, PASSWORD, "here") is not None


def tried_apart(start: threading.Barrier, number: int) -> bool:
    """Whether a wrong password was looked at, tried in a transaction of its own while others are."""
    with Session(db.engine) as session:
        start.wait()
        begin_write(session)
        try:
            accounts.verify_password(Act(session, None, DAY), WHO, f"wrong {number}", f"place {number}")
        except NotNow:
            return False
        session.commit()
        return True


def test_of_many_wrong_passwords_at_the_same_moment_no_more_than_ten_are_looked_at(world: World) -> None:
    app, start = world.app, threading.Barrier(16)

    def tried(number: int) -> bool:
        with app.app_context():
            return tried_apart(start, number)

    db.session.rollback()
    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(tried, range(16))) == [False] * 6 + [True] * 10


def test_an_account_that_is_attacked_closes_no_other(world: World) -> None:
    act = world.act(None)
    for _ in range(10):
        accounts.verify_password(act, WHO, "wrong", "an attacker")
    assert accounts.verify_password(act, address("lead"), PASSWORD, "home") is not None


@pytest.mark.parametrize(
    ("email", "role", "entity", "password", "where"),
    [
        ("no address", "lead", None, "long enough password", ["email"]),
        ("x@example.org", "king", None, "long enough password", ["role"]),
        ("x@example.org", "focal_point", None, "long enough password", ["entity"]),
        ("x@example.org", "focal_point", "XXX", "long enough password", ["entity"]),
        ("x@example.org", "lead", None, "short", ["password"]),
        ("x@example.org", "lead", None, "x" * 129, ["password"]),
    ],
)
def test_an_account_that_will_not_do(
    world: World, email: str, role: str, entity: str | None, password: str, where: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.add(world.act(None), email, role, entity, password)
    assert [problem.where for problem in refusal.value.problems] == where


def test_a_second_role_for_the_same_person(world: World, session: Session) -> None:
    accounts.add(world.act(None), WHO, "reviewer", None, "not used because known")
    world.done()
    person = people.by_email(session, WHO)
    assert person is not None
    assert person.grants == (Grant("focal_point", "KAZ"), Grant("reviewer", None))


def test_a_token_names_its_person_and_nobody_else(world: World, session: Session) -> None:
    token = world.token("focal_point", "KAZ")
    found = people.by_token(session, accounts.secret_digest(token))
    assert found is not None
    assert found.email == WHO
    assert people.by_token(session, accounts.secret_digest(token + "x")) is None
    with pytest.raises(Missing):
        accounts.issue_token(world.act(None), "nobody@example.org")


def test_logging_in_gives_a_new_session_and_logging_out_ends_every_copy(world: World, app: Flask) -> None:
    client = app.test_client()
    page = client.get("/login").get_data(as_text=True)
    before = client.get_cookie("portal")
    assert before is not None
    sent = {"csrf_token": csrf(page), "email": WHO, "password": PASSWORD}
    assert client.post("/login", data=sent).status_code == 303
    after = client.get_cookie("portal")
    assert after is not None
    assert after.value != before.value
    copy = app.test_client()
    copy.set_cookie("portal", after.value)
    assert copy.get("/desk").status_code == 200
    token = csrf(client.get("/desk").get_data(as_text=True))
    assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    assert copy.get("/desk").status_code == 302


def test_logging_out_by_a_link_is_not_possible(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    assert client.get("/logout").status_code == 405
    assert client.get("/desk").status_code == 200


def test_a_form_without_its_token_is_refused(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    assert client.post("/logout").status_code == 400
    assert client.get("/desk").status_code == 200


def test_the_page_says_the_same_for_an_unknown_address(world: World, app: Flask) -> None:
    pages = []
    for email in (WHO, "nobody@example.org"):
        client = app.test_client()
        token = csrf(client.get("/login").get_data(as_text=True))
        answer = client.post("/login", data={"csrf_token": token, "email": email, "password": "wrong password"})
        text = answer.get_data(as_text=True)
        pages.append((answer.status_code, text.replace(csrf(text), "").replace(email, "")))
    assert accounts.WRONG in pages[0][1]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/reports?cycle=2026", "/reports?cycle=2026"),
        ("https://evil.example", "/desk"),
        ("//evil.example", "/desk"),
        ("/\\evil.example", "/desk"),
        ("/\t/evil.example", "/desk"),
        ("/\n/evil.example", "/desk"),
        ("/\r\n/evil.example", "/desk"),
        ("", "/desk"),
    ],
)
def test_after_the_log_in_nobody_is_led_elsewhere(world: World, asked: str, led: str) -> None:
    client = world.browser("focal_point", "KAZ")
    answer = client.get("/login", query_string={"next": asked})
    assert (answer.status_code, answer.headers["Location"]) == (302, led)
