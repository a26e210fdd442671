"""Practice: a report that goes the whole way of a country and is known nowhere outside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal import verify
from portal.db import db
from portal.http import context, guard
from portal.models.events import Notice
from portal.models.reports import Report
from portal.queries import accounts as people
from portal.queries import history, reports
from portal.rules.policy import may
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import bundles, drafting, practice
from portal.services.drafting import Draft
from tests.factories import BLOCKERS, World, csrf
from tests.house.addresses import ADDRESSES
from tests.portal.test_pages_drafting import page, post, value_of

CANARY = "Zanzibarine canary of the practice"
CLOCKS = ("/session", "/readyz")  # answers that count seconds
OUTSIDE = ("reviewer", "lead", "data_officer", "regional_officer", "partner", "administrator")


def practise(world: World, entity: str = "KAZ", *steps: str) -> Report:
    act = world.acting("focal_point", entity)
    made = practice.start(act, entity, "full", ["en"])
    world.fill(act, made, BLOCKERS | {"F.2/summary": CANARY})
    world.done()
    for step in steps:
        world.step(made, step)
    return reports.get(db.session, made.id)


def addresses(report: Report) -> list[str]:
    """Every address that is read, of the practice report and its cycle where it names one."""
    named = {
        "report_id": str(report.id), "iso3": report.entity, "n": "1", "number": "1", "key": "F.2",
        "cycle": report.cycle, "edition": report.edition, "question": "F.2/summary", "section": "F.2",
    }  # fmt: skip
    found = []
    for method, rule in ADDRESSES:
        names = re.findall(r"<(?:[^:<>]+:)?([a-z0-9_]+)>", rule)
        if method == "GET" and set(names) <= set(named):
            found.append(re.sub(r"<(?:[^:<>]+:)?([a-z0-9_]+)>", lambda match: named[match.group(1)], rule))
    extra = [f"/timeline?cycle={report.cycle}", f"/published?cycle={report.cycle}", f"/review?cycle={report.cycle}",
             f"/api/v1/review/queue?cycle={report.cycle}", f"/api/v1/reports?cycle={report.cycle}",
             f"/bundles?cycle={report.cycle}", f"/api/v1/public/reports?cycle={report.cycle}"]  # fmt: skip
    return sorted(found) + extra


def seen(world: World, paths: list[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """What everybody outside the state is answered at these addresses, without what changes from page to page."""
    answers = {}
    clients: dict[str, tuple[FlaskClient, dict[str, str]]] = {"public": (world.app.test_client(), {})}
    for role in OUTSIDE:
        clients[role] = (world.browser(role), {"Authorization": f"Bearer {world.token(role)}"})
    clients["KEN"] = (
        world.browser("focal_point", "KEN"),
        {"Authorization": f"Bearer {world.token('focal_point', 'KEN')}"},
    )
    for who, (client, headers) in clients.items():
        for path in paths:
            answer = client.get(path, headers=headers if path.startswith("/api/") else {})
            text = re.sub(r'(csrf[-_]token"[^>]*(?:content|value)=)"[^"]*"', r"\1", answer.get_data(as_text=True))
            answers[who, path] = (answer.status_code, text)
    return answers


@pytest.mark.any_database
def test_a_practice_report_is_known_nowhere_outside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for reading in (context, guard):  # pages that count days up to now must not differ by the hour of the test
        monkeypatch.setattr(reading, "now", lambda: world.at)
    world.report("KEN", "published")
    report = practise(world)
    paths = addresses(report)
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        drafting.announce(act, reports.get(act.session, report.id, lock=True), True)
    db.session.rollback()
    before = seen(world, paths)
    for step in ("ask", "submit"):
        world.step(report, step)
    after = seen(world, paths)
    assert {place: text for place, (_status, text) in after.items() if CANARY in text or (report.cycle in text
            and report.cycle not in place[1])} == {}  # fmt: skip
    differing = [place for place in before if before[place] != after[place] and place[1] not in CLOCKS]
    assert differing == []
    told = db.session.query(Notice.user_id).filter(Notice.report_id == report.id).all()
    roles = {grant.entity for row in told for grant in _person(world, row.user_id)}
    assert roles == {"KAZ"}
    mine = page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}/clearance")
    assert CANARY in mine, "the crawl looks for words that the country itself reads"


def _person(world: World, user_id: object) -> tuple[object, ...]:
    names = people.names(db.session, [user_id])
    email = names[user_id].replace(" ", ".") + "@example.org"
    found = people.by_email(db.session, email)
    assert found is not None
    return found.grants


def test_the_team_may_nothing_with_it(world: World) -> None:
    report = practise(world, "KAZ", "ask", "submit")
    for role in ("reviewer", "lead"):
        person = world.person(role)
        for permission in ("report:see", "review:read", "review:claim", "version:read", "attachment:read"):
            assert may(person, permission, report) is False, permission
    with pytest.raises(Forbidden):
        world.step(report, "claim")
    db.session.rollback()
    client = world.browser("reviewer")
    token = csrf(page(client, "/review"))
    assert post(client, f"/review/{report.id}/steps/claim", token).status_code == 404


def test_the_cycle_to_practise_in_is_none(world: World) -> None:
    report = practise(world)
    assert report.cycle == "2026-practice"
    token = {"Authorization": f"Bearer {world.token('lead')}"}
    client = world.app.test_client()
    assert [row["key"] for row in client.get("/api/v1/cycles", headers=token).json["items"]] == ["2026"]
    assert client.get("/api/v1/cycles/2026-practice", headers=token).status_code == 404
    assert client.get("/timeline?cycle=2026-practice").status_code == 404
    with pytest.raises(Invalid):
        bundles.ask(world.acting("lead"), "2026-practice")
    act = world.acting("focal_point", "KEN")
    with pytest.raises(Invalid):
        drafting.start(act, Draft("KEN", "2026-practice", "full", ["en"]))
    with pytest.raises(Invalid):
        drafting.start(act, Draft("KEN", "2026", "full", ["en"], practice=True))
    real = drafting.start(act, Draft("KEN", "2026", "full", ["en"]))
    assert (real.cycle, real.practice) == ("2026", False)


def test_the_receipt_says_practice_and_the_verifier_too(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = practise(world, "KAZ", "ask", "submit")
    kept = reports.version(db.session, report.id, 1)
    assert (report.state, report.first_submitted_at) == ("submitted", None)
    document, receipt = json.loads(kept.document), json.loads(kept.receipt)
    assert (document["practice"], receipt["statement"]["practice"]) == (True, True)
    (tmp_path / "receipt.json").write_bytes(kept.receipt)
    (tmp_path / "version.json").write_bytes(kept.document)
    arguments = [str(tmp_path / "receipt.json"), str(tmp_path / "version.json")]
    assert verify.main([*arguments, "--key", receipt["public_key"]]) == 0
    assert "says practice: the version was made to practise with, and counts nowhere." in capsys.readouterr().out
    del receipt["statement"]["practice"]
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    assert verify.main(arguments) == 1
    world.report("KEN", "submitted")
    real = db.session.query(Report).filter(Report.entity == "KEN").one()
    version = reports.version(db.session, real.id, 1)
    assert "practice" not in json.loads(version.document)
    assert "practice" not in json.loads(version.receipt)["statement"]


def test_each_page_of_it_says_practice(world: World) -> None:
    report = practise(world, "KAZ", "ask", "submit")
    for role in ("focal_point", "certifier"):
        client = world.browser(role, "KAZ")
        for rest in ("", "/check", "/clearance", "/sections/F.2", "/history/F.2/summary", "/versions/1"):
            assert "Practice: this report counts nowhere" in page(client, f"/reports/{report.id}{rest}"), rest
    real = world.report("KAZ")
    assert "Practice: this report" not in page(world.browser("focal_point", "KAZ"), f"/reports/{real.id}")


@pytest.mark.parametrize("emptied", [True, False])
def test_beginning_again_loses_nothing(world: World, emptied: bool) -> None:
    report = practise(world, "KAZ", "ask", "submit")
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}"))
    sent = {"emptied": "yes"} if emptied else {}
    assert post(client, f"/reports/{report.id}/practice", token, **sent).status_code == 303
    assert (value_of(report.id, "F.2/summary") == CANARY) is not emptied
    again = reports.get(db.session, report.id)
    assert (again.state, again.versions) == ("preparing", 1)
    point = history.points(db.session, report.id)[0].RestorePoint
    moved = history.differences(db.session, report.id, world.edition(), point)
    assert ("F.2/summary" in {one.question for one in moved}) is emptied
    assert page(client, f"/reports/{report.id}/versions/1")


def test_only_a_practice_report_begins_again_and_only_by_its_focal_point(world: World) -> None:
    report = practise(world, "KAZ", "ask")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        practice.again(act, reports.get(act.session, report.id, lock=True), emptied=False)
    world.step(report, "submit")
    act = world.acting("certifier", "KAZ")
    with pytest.raises(Forbidden):
        practice.again(act, reports.get(act.session, report.id, lock=True), emptied=False)
    real = world.report("KEN", "submitted")
    act = world.acting("focal_point", "KEN")
    with pytest.raises(NotNow):
        practice.again(act, reports.get(act.session, real.id, lock=True), emptied=True)
    db.session.rollback()
    assert reports.get(db.session, real.id).state == "submitted"


def test_starting_on_the_page(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, "/practice"))
    sent = {"entity": "KAZ", "modality": "full", "first_language": "en"}
    answer = post(client, "/practice", token, **sent)
    assert answer.status_code == 303
    assert "Start a practice report" not in page(client, "/practice")
    assert post(client, "/practice", token, **sent).status_code == 422
    listing = page(client, "/reports")
    assert ", practice" in listing
    assert "Start a report" in listing, "the real report is still to be started"
    other = world.browser("certifier", "KEN")
    token = csrf(page(other, "/practice"))
    assert post(other, "/practice", token, entity="KEN", modality="full", first_language="en").status_code == 422
