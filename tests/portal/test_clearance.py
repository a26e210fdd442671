"""The clearance chain: who is asked first and when the others are, what changed since the last request, letters."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import uuid
from typing import Any

import pytest
from flask import Flask

from portal.db import db
from portal.http.context import storage
from portal.models.events import Notice
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import accounts as people
from portal.queries import events, reports
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import accounts, clearance, colleagues
from portal.services.attachments import Upload
from portal.services.clearance import Letter, Terms
from portal.services.drafting import Given, save
from portal.services.steps import Order, content_digest
from tests.factories import DAY, PASSWORD, World, address, csrf
from tests.portal.test_pages_drafting import PDF, notices, page, post

OTHER = PDF.replace(b"200 200", b"300 300")
SECOND = "second.certifier.kaz@example.org"


def ready(world: World, entity: str = "KAZ") -> Report:
    """A draft that can be sent to clearance."""
    report = world.report(entity)
    act = world.acting("focal_point", entity)
    world.fill(act, reports.get(act.session, report.id, lock=True))
    world.done()
    return report


def second(world: World) -> uuid.UUID:
    """Another certifier of Kazakhstan."""
    accounts.add(world.act(None), SECOND, "certifier", "KAZ", PASSWORD)
    world.done()
    found = people.by_email(db.session, SECOND)
    assert found is not None
    return found.id


def ask(world: World, report: Report, terms: Terms, at: dt.datetime = DAY) -> None:
    act = world.acting("focal_point", report.entity, at)
    clearance.ask(act, reports.get(act.session, report.id, lock=True), Order(), terms)
    world.done()


def told(kind: str) -> list[str]:
    db.session.rollback()
    rows = db.session.query(Notice.user_id).filter(Notice.kind == kind).all()
    names = people.names(db.session, [row.user_id for row in rows])
    return sorted(names[row.user_id] for row in rows)


def escalate(world: World, at: dt.datetime) -> int:
    count = clearance.escalate(world.act(None, at))
    world.done()
    return count


def letter(dated: str = "2025-06-10") -> Letter:
    blob = storage().put(io.BytesIO(PDF))
    return Letter(Upload("Letter of the ministry.pdf", "application/pdf", blob.key, blob.size, blob.sha256), dated)


def test_all_certifiers_are_told_unless_one_is_named(world: World) -> None:
    first, report = world.person("certifier", "KAZ"), ready(world)
    second(world)
    ask(world, report, Terms())
    assert told("report.ask") == ["certifier kaz", "second certifier kaz"]
    assert escalate(world, DAY + dt.timedelta(days=90)) == 0
    world.step(report, "recall")
    ask(world, report, Terms(asked_of=first.id))
    assert told("report.ask") == ["certifier kaz", "certifier kaz", "second certifier kaz"]


def test_the_others_are_asked_once_after_the_set_working_days(world: World) -> None:
    named = second(world)
    report = ready(world)
    ask(world, report, Terms(asked_of=named, days=5))  # Monday
    assert escalate(world, DAY + dt.timedelta(days=6, hours=23)) == 0
    assert told("clearance.escalate") == []
    assert escalate(world, DAY + dt.timedelta(days=7)) == 1
    assert told("clearance.escalate") == ["certifier kaz"]
    assert told("clearance.waits") == ["focal point kaz"]
    assert escalate(world, DAY + dt.timedelta(days=8)) == 0
    kinds = [row.kind for row in events.events(db.session, report.id)]
    assert kinds.count("clearance.escalate") == 1
    world.step(report, "submit")


def test_a_decided_request_goes_to_nobody_else(world: World) -> None:
    report = ready(world)
    ask(world, report, Terms(asked_of=second(world), days=1))
    world.step(report, "submit")  # by the one who was not named: any certifier may decide at any time
    assert escalate(world, DAY + dt.timedelta(days=30)) == 0
    assert told("clearance.escalate") == []


def test_a_state_with_one_certifier_is_told_that_there_is_nobody_else(world: World) -> None:
    report = ready(world)
    ask(world, report, Terms(asked_of=world.person("certifier", "KAZ").id, days=1))
    assert escalate(world, DAY + dt.timedelta(days=3)) == 1
    assert told("clearance.nobody_else") == ["focal point kaz"]


def test_the_command_escalates(world: World, app: Flask) -> None:
    report = ready(world)
    ask(world, report, Terms(asked_of=second(world), days=1), DAY - dt.timedelta(days=30))
    said = app.test_cli_runner().invoke(args=["clearance", "escalate"])
    assert said.output == "Requests whose other certifiers were asked: 1\n"
    assert told("clearance.escalate") == ["certifier kaz"]


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        ({"asked_of": uuid.UUID(int=7)}, ["asked_of"]),
        ({"days": 0}, ["days"]),
        ({"days": 61}, ["days"]),
        ({"note": "x" * 4001}, ["note"]),
        ({"days": 61, "note": "x" * 4001}, ["note", "days"]),
    ],
)
def test_odd_terms_ask_for_nothing(world: World, terms: dict[str, Any], where: list[str]) -> None:
    report = ready(world)
    with pytest.raises(Invalid) as refused:
        ask(world, report, Terms(**terms))
    assert [problem.where for problem in refused.value.problems] == where
    db.session.rollback()
    assert reports.get(db.session, report.id).state == "preparing"


def test_nobody_asks_themselves_and_no_certifier_of_another_state(world: World) -> None:
    report = ready(world)
    accounts.add(world.act(None), "focal.point.kaz@example.org", "certifier", "KAZ", PASSWORD)
    world.done()
    for person in (world.person("certifier", "KEN"), world.person("focal_point", "KAZ")):
        with pytest.raises(Invalid):
            ask(world, report, Terms(asked_of=person.id))


def test_the_next_request_shows_what_changed_since(world: World) -> None:
    report = ready(world)
    ask(world, report, Terms(note="Look at the summary first."))
    certifier = world.browser("certifier", "KAZ")
    text = page(certifier, f"/reports/{report.id}/clearance")
    assert "Look at the summary first." in text
    assert "This is the first request" in text
    world.step(report, "decline", Order(reason="The summary is too short."))
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    save(act, mine, Given("F.2/summary", "en", "Where the country stands.\n\nWhat comes next, and when.", 1))
    world.done()
    ask(world, report, Terms())
    text = page(certifier, f"/reports/{report.id}/clearance")
    since = text.split('id="since"', 1)[1].split("<section", 1)[0]
    assert "The summary is too short." in since
    assert re.findall(r'<h3><span class="number">(.*?)</span>', since) == ["F.2"]
    assert re.findall("<ins>(.*?)</ins>", since) == [", and when"]
    assert 'id="changed"' not in text


def test_sections_still_handed_out_are_named_and_hold_nothing_back(world: World) -> None:
    report = ready(world)
    act = world.acting("focal_point", "KAZ")
    row = Handout(
        report_id=report.id, section="1.1.2.4", user_id=world.person("contributor", "KAZ").id, began=[],
        handed_out_at=act.at, handed_out_by=act.actor.id, part="all", shared=False, note="", returned_note="",
    )  # fmt: skip
    act = world.acting("focal_point", "KAZ")
    act.session.add(row)
    world.done()
    client = world.browser("focal_point", "KAZ")
    text = page(client, f"/reports/{report.id}/clearance")
    assert "1 section is still in the hands of colleagues" in text
    answer = post(client, f"/reports/{report.id}/clearance", csrf(text), note="", asked_of="", days="5")
    assert answer.status_code == 303
    db.session.rollback()
    assert reports.get(db.session, report.id).state == "clearing"


def test_a_letter_is_part_of_the_version_and_public_only_by_consent(world: World) -> None:
    report = ready(world)
    unchanged = content_digest(db.session, report)
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/clearance"))
    sent = {"letter": (io.BytesIO(PDF), "Letter of the ministry.pdf"), "dated": "2025-06-01", "days": "5"}
    answer = post(client, f"/reports/{report.id}/clearance", token, **sent)
    assert answer.status_code == 303
    told_now = notices(page(client, answer.location))
    assert any("before the day on which the report was started" in one for one in told_now)
    certifier = world.browser("certifier", "KAZ")
    text = page(certifier, f"/reports/{report.id}/clearance")
    assert "Letter of the ministry.pdf" in text
    second_one = {"letter": (io.BytesIO(OTHER), "Approval.PDF"), "dated": "2025-06-16"}
    assert post(certifier, f"/reports/{report.id}/clearance/letters", csrf(text), **second_one).status_code == 303
    db.session.rollback()
    assert content_digest(db.session, reports.get(db.session, report.id)) == unchanged
    for step in ("submit", "claim", "check", "accept"):
        world.step(report, step)
    version = reports.version(db.session, report.id, 1)
    document, receipt = json.loads(version.document), json.loads(version.receipt)
    held = {file["id"]: file for file in document["files"] if file["question"] == "letter"}
    assert sorted(file["name"] for file in held.values()) == ["letter-1.pdf", "letter-2.pdf"]
    assert {one["dated"] for one in document["letters"]} == {"2025-06-01", "2025-06-16"}
    assert {one["file"] for one in document["letters"]} == set(held)
    assert receipt["statement"]["files"] == document["files"]
    reviewer = world.browser("reviewer")
    assert all(reviewer.get(f"/attachments/{file}").status_code == 200 for file in held)
    opened, closed = sorted(held)
    world.step(report, "consent", Order(attachments=(uuid.UUID(opened),)))
    world.step(report, "publish")
    public = world.app.test_client()
    assert public.get(f"/published/{report.id}/files/{opened}").data in (PDF, OTHER)
    assert public.get(f"/published/{report.id}/files/{closed}").status_code == 404
    assert "ministry" not in page(public, f"/published/{report.id}.json")
    assert held[closed]["name"] not in page(public, f"/published/{report.id}")


def test_letters_of_a_declined_request_are_no_part_of_the_next(world: World) -> None:
    report = ready(world)
    ask(world, report, Terms(letter=letter()))
    world.step(report, "decline")
    ask(world, report, Terms())
    world.step(report, "submit")
    document = json.loads(reports.version(db.session, report.id, 1).document)
    assert (document["files"], "letters" in document) == ([], False)


def test_who_lays_a_letter_and_when(world: World) -> None:
    report = ready(world)
    given = letter()

    def lay(role: str, entity: str, dated: str = "2025-06-10") -> None:
        act = world.acting(role, entity)
        clearance.attach_letter(act, reports.get(act.session, report.id, lock=True), Letter(given.upload, dated))

    with pytest.raises(NotNow):
        lay("certifier", "KAZ")
    with pytest.raises(Invalid):
        ask(world, report, Terms(letter=Letter(given.upload, "2025-06-18")))
    ask(world, report, Terms())
    for role, entity in (("contributor", "KAZ"), ("certifier", "KEN")):
        with pytest.raises(Forbidden):
            lay(role, entity)
    for dated in ("2025-06-18", "", "10.6.2025"):
        with pytest.raises(Invalid):
            lay("certifier", "KAZ", dated)
    lay("certifier", "KAZ")
    world.done()
    terms = db.session.query(ClearanceTerms).one()
    assert [day for _file, day in terms.letters] == ["2025-06-10"]


def test_clearance_is_not_asked_where_nobody_else_could_give_it(world: World) -> None:
    report = ready(world)
    colleagues.end_of(world.act(None), address("certifier", "KAZ"), "certifier", "KAZ")
    world.done()
    sentence = (
        "Your state has nobody else who could approve the report; please invite a certifier on the page of roles "
    )
    with pytest.raises(NotNow, match=sentence):
        ask(world, report, Terms())
    db.session.rollback()
    assert sentence in page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}")
    assert reports.get(db.session, report.id).state == "preparing"


def test_everything_that_is_wrong_with_a_request_is_said_at_once_and_each_at_its_field(world: World) -> None:
    report = ready(world)
    client = world.browser("focal_point", "KAZ")
    form = f"/reports/{report.id}/clearance"
    for letter, dated, days, places in (
        ((io.BytesIO(b""), ""), "2025-06-10", "5", ["letter"]),
        ((io.BytesIO(b""), ""), "2031-01-01", "0", ["days", "letter", "dated"]),
        ((io.BytesIO(b"a,b\n1,2\n3,4\n"), "figures.csv"), "", "ten", ["days", "letter", "dated"]),
        ((io.BytesIO(b"MZ"), "run.exe"), "2031-01-01", "5", ["letter", "dated"]),
    ):
        sent = {"letter": letter, "dated": dated, "days": days}
        answer = post(client, form, csrf(page(client, form)), **sent)
        assert answer.status_code == 422
        assert re.findall(r'href="#q-(\w+)"', answer.get_data(as_text=True)) == places
    db.session.rollback()
    assert reports.get(db.session, report.id).state == "preparing"


def test_a_refused_letter_says_so_on_the_page_and_keeps_the_note(world: World) -> None:
    report = ready(world)
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/clearance"))
    sent = {
        "letter": (io.BytesIO(PDF), "letter.pdf"),
        "dated": "2031-01-01",
        "note": "Please read <b>all</b>.",
    }
    answer = post(client, f"/reports/{report.id}/clearance", token, **sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert (text.count('href="#q-dated"'), text.count('aria-describedby="dated-hint dated-error"')) == (1, 1)
    assert text.count('<span class="field-error" id="dated-error">') == 1
    assert html.escape("Please read <b>all</b>.") in text
    db.session.rollback()
    assert reports.get(db.session, report.id).state == "preparing"
    assert reports.attachments(db.session, report.id) == []
