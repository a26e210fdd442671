"""Two texts for the same words: both are kept by the portal until a person chooses, with script and without."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.keeping import Aside
from portal.models.reports import Report
from portal.queries import asides as kept
from portal.queries import reports
from portal.rules.refusals import Forbidden, Missing, NotNow, Stale
from portal.services import asides, drafting
from portal.services.drafting import Given
from tests.factories import World, csrf

KEY = "F.2/summary"
MINE, THEIRS, BASE = "The text of one.", "The text of another.", "The text of both."
JSON = {"Accept": "application/json"}


def write(world: World, report: Report, words: str, base: int) -> None:
    """A save by a colleague."""
    act = world.acting("focal_point", "KAZ")
    drafting.save(act, reports.get(act.session, report.id, lock=True), Given(KEY, "en", words, base))
    world.done()


def conflicting(world: World) -> Report:
    report = world.report()
    write(world, report, BASE, 0)
    write(world, report, THEIRS, 1)
    return report


def autosave(client: FlaskClient, report: Report, words: str, base: int, **more: Any) -> Any:
    token = csrf(client.get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True))
    body = {"question": KEY, "language": "en", "fields": {KEY: words}, "base_revision": base}
    headers = {"X-CSRFToken": token, **JSON}
    return client.post(f"/reports/{report.id}/answers", json=body | more, headers=headers).get_json()


def choose(client: FlaskClient, report: Report, aside: Any, headers: Any = None, **sent: str) -> Any:
    token = csrf(client.get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True))
    path = f"/reports/{report.id}/asides/{aside}"
    return client.post(path, data={"csrf_token": token, **sent}, headers=headers)


def rows(session: Session) -> list[Aside]:
    session.rollback()
    return list(session.scalars(select(Aside).order_by(Aside.kept_at)))


def saved(session: Session, report: Report) -> tuple[Any, int]:
    session.rollback()
    row = reports.answer(session, report.id, KEY, "en")
    assert row is not None
    return row.value, row.revision


def test_a_text_that_cannot_be_joined_is_kept_in_the_same_request(world: World, session: Session) -> None:
    report = conflicting(world)
    stale = autosave(world.browser("focal_point", "KAZ"), report, MINE, 1)["stale"]
    assert (stale["base"], stale["theirs"], stale["yours"], stale["revision"]) == (BASE, THEIRS, MINE, 2)
    (row,) = rows(session)
    assert (str(row.id), row.value, row.base_revision, row.origin, row.settled_at) == (
        stale["aside"], MINE, 1, "conflict", None,
    )  # fmt: skip
    assert saved(session, report) == (THEIRS, 2)
    assert "<ins>one</ins>" in stale["card"]
    assert "<ins>another</ins>" in stale["card"]


def test_what_is_typed_further_goes_on_into_the_text_beside(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    assert autosave(client, report, f"{MINE} More.", 1, aside=aside)["stale"]["aside"] == aside
    assert [row.value for row in rows(session)] == [f"{MINE} More."]
    assert autosave(client, report, "Another window.", 1)["stale"]["aside"] != aside
    assert autosave(client, report, "Another window.", 1)["stale"]["aside"] != aside
    assert sorted(row.value for row in rows(session)) == ["Another window.", f"{MINE} More."]


def test_a_text_that_can_be_saved_after_all_waits_no_longer(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    assert autosave(client, report, f"{THEIRS} And mine.", 2, aside=aside)["revision"] == 3
    assert [(row.outcome, row.settled_at is None) for row in rows(session)] == [("taken", False)]


def test_the_card_stands_on_the_page_of_every_colleague_who_may_write(world: World) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    page = client.get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True)
    assert re.findall(r'<div class="conflict"[^>]* data-aside="([^"]+)"', page) == [aside]
    assert f'<form method="post" id="choice-{aside}" action="/reports/{report.id}/asides/{aside}">' in page
    reader = world.browser("certifier", "KAZ").get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True)
    assert "data-aside" not in reader


@pytest.mark.parametrize(
    ("sent", "value", "revision", "outcome"),
    [
        ({"choice": "beside", "revision": "2"}, MINE, 3, "taken"),
        ({"choice": "saved", "revision": "2"}, THEIRS, 2, "left"),
        ({"choice": "joined", "revision": "2", "text": "Both texts."}, "Both texts.", 3, "joined"),
    ],
)
def test_a_choice_without_script(
    world: World, session: Session, sent: dict[str, str], value: str, revision: int, outcome: str
) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    answer = choose(client, report, aside, **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/reports/{report.id}/sections/F.2#q-F-2-summary")
    assert saved(session, report) == (value, revision)
    assert [row.outcome for row in rows(session)] == [outcome]
    assert choose(client, report, aside, **sent).status_code == 409


def test_a_choice_upon_a_text_that_has_moved_on_leaves_the_card_open(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    write(world, report, "The text of a third.", 2)
    told = choose(client, report, aside, JSON, choice="beside", revision="2").get_json()
    assert (told["chosen"], told["value"], told["revision"]) == (False, "The text of a third.", 3)
    assert [row.settled_at for row in rows(session)] == [None]
    told = choose(client, report, aside, JSON, choice="beside", revision="3").get_json()
    assert (told["chosen"], told["value"], told["revision"]) == (True, MINE, 4)


@pytest.mark.parametrize("sent", [{"choice": "none"}, {"choice": "joined"}, {"choice": "joined", "text": "  "}])
def test_a_choice_that_says_nothing_changes_nothing(world: World, session: Session, sent: dict[str, str]) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    assert choose(client, report, aside, JSON, revision="2", **sent).status_code == 422
    assert [row.settled_at for row in rows(session)] == [None]


def test_the_save_button_keeps_both_texts_and_saves_the_rest(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    path = f"/reports/{report.id}/sections/F.2"
    sent = {"language": "en", KEY: MINE, f"{KEY}@revision": "1"}
    token = csrf(client.get(path).get_data(as_text=True))
    answer = client.post(path, data={"csrf_token": token, **sent}, content_type="multipart/form-data")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}#q-F-2-summary")
    assert saved(session, report) == (THEIRS, 2)
    assert [(row.value, row.origin) for row in rows(session)] == [(MINE, "conflict")]
    page = client.get(path).get_data(as_text=True)
    assert "Both texts are kept; please choose." in page
    assert f"{THEIRS}</textarea>" in page


def test_who_may_not_write_keeps_and_chooses_nothing(world: World, session: Session) -> None:
    report = conflicting(world)
    aside = autosave(world.browser("focal_point", "KAZ"), report, MINE, 1)["stale"]["aside"]
    for role, entity, refusal in (("certifier", "KAZ", Forbidden), ("focal_point", "KEN", Missing)):
        act = world.acting(role, entity)
        mine = reports.get(act.session, report.id, lock=True)
        with pytest.raises(refusal):
            asides.keep(act, mine, Given(KEY, "en", "Words.", 1), "conflict")
        with pytest.raises(refusal):
            asides.leave(act, mine, kept.aside(act.session, report.id, uuid.UUID(aside)))
        with pytest.raises(refusal):
            asides.take(act, mine, kept.aside(act.session, report.id, uuid.UUID(aside)), 2)
    with pytest.raises(Missing):
        kept.aside(session, uuid.uuid4(), uuid.UUID(aside))


def test_nothing_is_chosen_while_the_certifier_decides(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    write(world, report, THEIRS, 1)
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    with pytest.raises(Stale):
        drafting.save(act, mine, Given(KEY, "en", MINE, 0))
    row = asides.keep(act, mine, Given(KEY, "en", MINE, 0), "conflict")
    world.done()
    world.step(report, "ask")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        asides.leave(act, reports.get(act.session, report.id, lock=True), kept.aside(act.session, report.id, row.id))
