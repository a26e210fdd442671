"""The pages of focal point, contributor and certifier: what they show, save and refuse, and at which cost."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.db import db
from portal.models.reports import Attachment, Report
from portal.queries import reports
from portal.services import drafting
from portal.services.drafting import Given
from tests.factories import World, csrf

BODY = b"""%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>
endobj
"""
PLACES = [BODY.index(b"%d 0 obj" % number) for number in (1, 2, 3)]
PDF = b"%sxref\n0 4\n0000000000 65535 f \n%strailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
    BODY,
    b"".join(b"%010d 00000 n \n" % place for place in PLACES),
    len(BODY),
)


@contextmanager
def counted() -> Iterator[dict[str, list[str]]]:
    """The statements and the commits of what runs inside."""
    seen: dict[str, list[str]] = {"statements": [], "commits": []}

    def statement(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if not sql.startswith(("BEGIN", "PRAGMA")):
            seen["statements"].append(sql)

    def commit(_connection: Any) -> None:
        seen["commits"].append("commit")

    engine = db.engine
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def post(client: FlaskClient, address: str, token: str, **sent: Any) -> TestResponse:
    return client.post(address, data={"csrf_token": token, **sent}, content_type="multipart/form-data")


def autosave(client: FlaskClient, report: Report, token: str, **body: Any) -> TestResponse:
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.post(f"/reports/{report.id}/answers", json=body, headers=headers)


def value_of(report_id: uuid.UUID, question: str, language: str = "en") -> Any:
    db.session.rollback()
    row = reports.answer(db.session, report_id, question, language)
    return row.value if row else None


def files_of(report_id: uuid.UUID) -> list[Attachment]:
    db.session.rollback()
    return reports.attachments(db.session, report_id)


def notices(text: str) -> list[str]:
    """The messages after an act."""
    return re.findall(r'<div class="notice notice-\w+" role="\w+"><p>(.*?)</p>', text)


def summary(text: str) -> list[tuple[str, str]]:
    """What is to be put right at the head of a page: the place each line leads to, which is there, and its sentence."""
    found = re.search(r'<div class="problems" role="alert" tabindex="-1" data-focus.*?</ul>', text, re.S)
    lines = re.findall(r'<li><a href="#(.*?)">(.*?)</a></li>', found.group(0)) if found else []
    assert [place for place, _sentence in lines if f'id="{place}"' not in text] == []
    return [(place, html.unescape(sentence)) for place, sentence in lines]


def refusal_of(text: str, step: str) -> list[str]:
    """The reasons beside the refused button of a step."""
    found = re.search(rf'id="step-{step}-reasons">(.*?)</ul>', text, re.S)
    return re.findall("<li>(.*?)</li>", found.group(1)) if found else []


def tasks(text: str) -> list[str]:
    """The titles of the task list of a page, in order."""
    return [re.sub("<.*?>", "", title) for title in re.findall(r"<li>\s*<span><a [^>]*>(.*?)</a>", text)]


@pytest.mark.parametrize(
    ("role", "entity", "state", "expected"),
    [
        ("focal_point", "KAZ", None, "Start the report of Kazakhstan"),
        ("focal_point", "KAZ", "preparing", "Go on with the draft of Kazakhstan"),
        ("contributor", "KAZ", "preparing", "See the report of Kazakhstan"),
        ("certifier", "KAZ", "preparing", "Read the draft of Kazakhstan"),
        ("certifier", "KAZ", "clearing", "Approve or decline the report of Kazakhstan"),
        ("focal_point", "KAZ", "clearing", "See the report of Kazakhstan"),
        ("focal_point", "KAZ", "clarifying", "Answer the clarification asked of Kazakhstan"),
        ("certifier", "KAZ", "accepted", "Consent to the publication of the report of Kazakhstan"),
        ("reviewer", None, "submitted", "Claim 1 report"),
        ("reviewer", None, "in_review", "Go on with 1 review"),
        ("data_officer", None, None, "Import a file of indicator data"),
    ],
)
def test_desk_says_first_what_waits(
    world: World, role: str, entity: str | None, state: str | None, expected: str
) -> None:
    if state:
        world.report("KAZ", state)
    assert tasks(page(world.browser(role, entity), "/desk"))[0] == expected


def test_report_is_started_from_the_form(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, "/reports"))
    sent = {"csrf_token": token, "entity": "KAZ", "modality": "update", "first_language": "ru", "languages": ["en"]}
    answer = client.post("/reports", data=sent)
    assert answer.status_code == 303
    report = reports.get(db.session, uuid.UUID(answer.headers["Location"].rsplit("/", 1)[1]))
    assert (report.entity, report.modality, report.languages) == ("KAZ", "update", ["ru", "en"])


def test_start_form_keeps_what_was_chosen_when_something_is_missing(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    sent = {"csrf_token": csrf(page(client, "/reports")), "entity": "KAZ", "first_language": "fr"}
    answer = client.post("/reports", data=sent)
    assert answer.status_code == 422
    assert '<option selected value="fr">' in answer.get_data(as_text=True)
    assert "Choose a way of reporting." in answer.get_data(as_text=True)


def test_ask_stands_refused_with_the_reason_until_nothing_hinders_it(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}"
    assert refusal_of(page(client, address), "ask") == [
        "Some things must be filled in before the report can be submitted; the list of checks names each."
    ]
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    text = page(client, address)
    assert refusal_of(text, "ask") == []
    answer = client.post(f"{address}/steps/ask", data={"csrf_token": csrf(text)})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    db.session.rollback()
    assert reports.get(db.session, report.id, lock=True).state == "clearing"


def test_every_draft_page_is_closed_to_others(world: World) -> None:
    report = world.report()
    for role, entity in (("reviewer", None), ("lead", None), ("focal_point", "KEN"), ("administrator", None)):
        client = world.browser(role, entity)
        for rest in ("", "/check", "/clearance", "/sections/F.2", "/history/F.2/summary", "/rules.csv", "/versions/1"):
            assert client.get(f"/reports/{report.id}{rest}").status_code == 404, (role, rest)


def test_section_page_takes_few_statements_and_never_writes(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/1.1.2.4"
    page(client, address)
    with counted() as seen:
        page(client, address)
    assert len(seen["statements"]) <= 8, seen["statements"]
    assert [sql for sql in seen["statements"] if not sql.startswith("SELECT")] == []


def test_every_section_of_every_modality_is_a_form_without_script(world: World) -> None:
    client = world.browser("focal_point", "KAZ")
    for entity, modality in (("KAZ", "full"),):
        report = world.report(entity, modality=modality)
        for section in world.edition().counted_sections(modality):
            text = page(client, f"/reports/{report.id}/sections/{section.key}")
            assert text.count("<h1>") == 1
            for question in world.edition().counted(modality, section.key):
                assert f'name="{question.key}@revision" value="0"' in text


def test_save_keeps_every_field_whatever_is_odd_in_one(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.1")
    client = world.browser("contributor", "KAZ")
    address = f"/reports/{report.id}/sections/F.1"
    sent = {
        "language": "en",
        "F.1/institution": "  Ministry of   Industry ",
        "F.1/period-from": "2021",
        "F.1/period-to": "soon",
        "F.1/contacts-0-name": "Office of the focal point",
        "F.1/contacts-0-email": "no address",
    }
    answer = post(client, address, csrf(page(client, address)), **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert value_of(report.id, "F.1/institution") == "Ministry of Industry"
    assert value_of(report.id, "F.1/period") == {"from": "2021", "to": "soon"}
    text = page(client, address)
    assert notices(text) == ["Saved " + notices(text)[0].split()[1] + " UTC: 3 answers."]
    assert "“soon” is not a year" in text
    assert "“no address” is not an e-mail address." in text


def test_save_that_changes_nothing_says_so(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    client = world.browser("contributor", "KAZ")
    address = f"/reports/{report.id}/sections/F.2"
    post(client, address, csrf(page(client, address)), language="en", **{"F.2/summary": ""})
    assert notices(page(client, address)) == ["Everything was saved already."]


def test_autosave_takes_six_statements_at_most_and_one_commit(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    client = world.browser("contributor", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/sections/F.2"))
    body = {"question": "F.2/summary", "language": "en"}
    for base, words in enumerate(("Where the country stands.", "Where the country stands now.")):
        with counted() as seen:
            answer = autosave(client, report, token, **body, fields={"F.2/summary": words}, base_revision=base)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert len(seen["statements"]) <= 6, seen["statements"]
        assert seen["commits"] == ["commit"]
        told = json.loads(answer.data)
        assert (told["revision"], told["merged"], told["findings"]) == (base + 1, False, [])
    assert value_of(report.id, "F.2/summary") == "Where the country stands now."


def test_autosave_joins_what_can_be_joined_and_asks_where_it_cannot(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    client = world.browser("contributor", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/sections/F.2"))
    body = {"question": "F.2/summary", "language": "en"}
    autosave(client, report, token, **body, fields={"F.2/summary": "One.\n\nTwo."}, base_revision=0)
    autosave(client, report, token, **body, fields={"F.2/summary": "One, changed.\n\nTwo."}, base_revision=1)
    joined = autosave(client, report, token, **body, fields={"F.2/summary": "One.\n\nTwo, changed."}, base_revision=1)
    told = json.loads(joined.data)
    assert (told["merged"], told["value"], told["revision"]) == (True, "One, changed.\n\nTwo, changed.", 3)
    stale = autosave(client, report, token, **body, fields={"F.2/summary": "One, otherwise.\n\nTwo."}, base_revision=1)
    told = json.loads(stale.data)["stale"]
    assert (stale.status_code, told["revision"]) == (200, 3)
    assert (told["base"], told["yours"]) == ("One.\n\nTwo.", "One, otherwise.\n\nTwo.")
    assert told["theirs"] == "One, changed.\n\nTwo, changed."


@pytest.mark.parametrize(
    "change",
    [
        {"question": None},
        {"fields": "text"},
        {"base_revision": "1"},
        {"fields": {}},
        {"language": "fr"},
        {"base_revision": -1},
    ],
)
def test_autosave_tells_a_request_it_cannot_read(world: World, change: dict[str, Any]) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    client = world.browser("contributor", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/sections/F.2"))
    body = {"question": "F.2/summary", "language": "en", "fields": {"F.2/summary": "Text."}, "base_revision": 0}
    if change == {"base_revision": -1}:
        autosave(client, report, token, **body)
    answer = autosave(client, report, token, **body | change)
    assert (answer.status_code, json.loads(answer.data)["type"]) == (422, "invalid")


def test_nobody_writes_while_the_report_is_with_the_certifier(world: World) -> None:
    report = world.report("KAZ", "clearing")
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/F.2"
    text = page(client, address)
    assert "The report is with the certifier for clearance." in text
    assert post(client, address, csrf(text), **{"F.2/summary": "New."}).status_code == 409
    body = {"question": "F.2/summary", "language": "en", "fields": {"F.2/summary": "New."}, "base_revision": 1}
    assert autosave(client, report, csrf(text), **body).status_code == 409


def test_file_is_attached_named_downloaded_and_taken_out(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/A.4"
    sent = {"language": "en", "at": "A.4/files", "A.4/files@file": (io.BytesIO(PDF), "../plan\u202e.exe")}
    answer = post(client, address, csrf(page(client, address)), **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#q-A-4-files")
    (file,) = files_of(report.id)
    assert (file.name, file.media_type, file.size) == ("plan.exe.pdf", "application/pdf", len(PDF))
    assert value_of(report.id, "A.4/files") == [{"attachment": str(file.id), "caption": ""}]
    got = client.get(f"/attachments/{file.id}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert set(got.headers["Content-Security-Policy"].split("; ")) == {"sandbox", "default-src 'none'"}
    assert post(client, address, csrf(page(client, address)), language="en", remove=str(file.id)).status_code == 303
    assert files_of(report.id) == []
    assert value_of(report.id, "A.4/files") == []


def test_refused_file_says_why_and_loses_nothing_typed(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/1.1.1.1"
    sent = {
        "language": "en",
        "1.1.1.1/actions": "Typed before the file was chosen.",
        "1.1.1.1/actions@file": (io.BytesIO(b"MZ\x90\x00 a program"), "plan.pdf"),
    }
    assert post(client, address, csrf(page(client, address)), **sent).status_code == 303
    said = notices(page(client, address))
    assert said[0] == "plan.pdf is not taken. This is a program. The portal takes PDF, DOCX, XLSX, CSV, PNG and JPEG."
    assert value_of(report.id, "1.1.1.1/actions") == "Typed before the file was chosen."
    assert files_of(report.id) == []
    direct = {"question": "1.1.1.1/actions", "file": (io.BytesIO(b"MZ\x90\x00 a program"), "plan.pdf")}
    assert post(client, f"/reports/{report.id}/attachments", csrf(page(client, address)), **direct).status_code == 415


def test_file_of_a_draft_is_closed_to_the_team_until_a_version_holds_it(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/sections/A.4"))
    sent = {"question": "A.4/files", "file": (io.BytesIO(PDF), "plan.pdf")}
    assert post(client, f"/reports/{report.id}/attachments", token, **sent).status_code == 303
    (file,) = files_of(report.id)
    reviewer = world.browser("reviewer")
    assert reviewer.get(f"/attachments/{file.id}").status_code == 404
    for step in ("ask", "submit"):
        world.step(report, step)
    assert reviewer.get(f"/attachments/{file.id}").status_code == 200


def test_certifier_approves_twice_and_gets_one_receipt(world: World) -> None:
    report = world.report("KAZ", "clearing")
    client = world.browser("certifier", "KAZ")
    text = page(client, f"/reports/{report.id}/clearance")
    request = re.search(r'name="request" value="([^"]+)"', text)
    assert request is not None
    addresses = []
    for _click in range(2):
        sent = {"csrf_token": csrf(text), "request": request.group(1)}
        answer = client.post(f"/reports/{report.id}/steps/submit", data=sent)
        addresses.append((answer.status_code, answer.headers.get("Location")))
    assert addresses == [(303, f"/reports/{report.id}/versions/1")] * 2
    db.session.rollback()
    assert [row.number for row in reports.versions(db.session, report.id)] == [1]
    kept = reports.version(db.session, report.id, 1)
    shown = page(client, f"/reports/{report.id}/versions/1")
    assert json.loads(kept.receipt)["short_code"] in shown
    assert kept.digest in shown
    assert client.get(f"/reports/{report.id}/versions/1/version.json").data == kept.document
    assert client.get(f"/reports/{report.id}/versions/1/receipt.json").data == kept.receipt


def declined(text: str) -> list[tuple[str, str]]:
    """What a report's page says beside the next step of a request that was declined."""
    told = re.search(r'id="declined">\s*<p>(.*?)</p>\s*<p class="text" dir="auto">(.*?)</p>', text)
    return [told.groups()] if told else []  # type: ignore[list-item]


def test_decline_needs_a_reason_and_opens_the_draft(world: World) -> None:
    report = world.report("KAZ", "clearing")
    client = world.browser("certifier", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}/clearance"))
    address = f"/reports/{report.id}/steps/decline"
    assert client.post(address, data={"csrf_token": token, "reason": " "}).status_code == 422
    assert client.post(address, data={"csrf_token": token, "reason": "The summary is too short."}).status_code == 303
    leader = world.browser("focal_point", "KAZ")
    ((when, reason),) = declined(page(leader, f"/reports/{report.id}"))
    said = re.sub(r"\d\d:\d\d", "", when)
    assert (said, reason) == (
        "Clearance was declined on 16 June 2025,  UTC by certifier kaz:",
        "The summary is too short.",
    )
    assert "The summary is too short." in page(world.browser("focal_point", "KAZ"), "/inbox")


def test_a_declined_request_is_told_until_the_next_one(world: World) -> None:
    report = world.report("KAZ", "clearing")
    client = world.browser("focal_point", "KAZ")
    assert declined(page(client, f"/reports/{report.id}")) == []
    world.step(report, "decline")
    assert [reason for _when, reason in declined(page(client, f"/reports/{report.id}"))] == ["a reason"]
    for step in ("ask", "recall"):
        world.step(report, step, at=world.at + dt.timedelta(hours=1))
        assert declined(page(client, f"/reports/{report.id}")) == []


def test_clearance_shows_what_changed_since_the_last_version(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    client = world.browser("certifier", "KAZ")
    assert "No answer has changed." in page(client, f"/reports/{report.id}/clearance")
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    row = reports.answer(act.session, report.id, "F.3/process", "en")
    assert row is not None
    drafting.save(act, mine, Given("F.3/process", "en", "Who led and who checked.", row.revision))
    world.done()
    text = page(client, f"/reports/{report.id}/clearance")
    assert text.count("<ins>") == 1
    assert "<del>wrote</del><ins>checked</ins>" in text


def test_check_links_to_the_fields_and_its_rules_can_be_taken_along(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    text = page(client, f"/reports/{report.id}/check")
    assert f'href="/reports/{report.id}/sections/F.2#q-F-2-summary"' in text
    table = client.get(f"/reports/{report.id}/rules.csv")
    assert table.headers["Content-Disposition"].startswith("attachment;")
    assert table.get_data(as_text=True).splitlines()[0] == "\ufeffrule,severity,says,questions"


FIGURE = "1.3.2.3/NUA-26"
WRONG = {f"{FIGURE}-0-year": "20x4", f"{FIGURE}-0-value": "abc", f"{FIGURE}-0-source": "Census"}
AT_YEAR = "NUA-26: “20x4” is not a year; write 2020, 2020/21 or 2015-2019, between 1900 and 2100."
AT_VALUE = "NUA-26: “abc” cannot be read as a figure; write a number such as 17.4, >95 or 1,234."


def test_a_saved_section_begins_with_what_is_to_be_put_right(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/1.3.2.3"
    token = csrf(page(client, address))
    assert post(client, address, token, language="en", **WRONG).headers["Location"] == address
    text = page(client, address)
    assert summary(text) == [("q-1-3-2-3-NUA-26-0-year--in", AT_YEAR), ("q-1-3-2-3-NUA-26-0-value--in", AT_VALUE)]
    assert "Your answers are saved. This is still to be put right" in text
    assert summary(page(client, address)) == []
    assert post(client, address, token, language="en", **WRONG, go="next").status_code == 303
    assert summary(page(client, address)) == []
    assert post(client, address, token, language="en", **WRONG).status_code == 303
    assert summary(page(client, f"/reports/{report.id}/sections/F.2")) == []


def test_what_is_missing_and_not_explained_is_summed_up_alone(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/F.1"
    token = csrf(page(client, address))
    contact = {"F.1/contacts-0-name": "Office", "F.1/contacts-0-email": "no address"}
    period = {"F.1/period-from": "2021", "F.1/period-to": "2024"}
    post(client, address, token, language="en", **{"F.1/institution": ""}, **contact, **period)
    found = [
        ("q-F-1-institution", "“Lead institution” is needed before the report can be submitted."),
        ("q-F-1-contacts-0-email--in", "Contacts: “no address” is not an e-mail address."),
    ]
    assert summary(page(client, address)) == found
    explained = re.search(r'name="(F\.1/contacts@explain-[^"]*?)-of"', page(client, address))
    assert explained is not None
    of = re.search(rf'name="{re.escape(explained.group(1))}-of" value="(.*?)"', page(client, address))
    assert of is not None
    said = {explained.group(1): "It is an address of ours.", f"{explained.group(1)}-of": html.unescape(of.group(1))}
    post(client, address, token, language="en", **{"F.1/institution": ""}, **contact, **period, **said)
    assert summary(page(client, address)) == found[:1]


@pytest.mark.parametrize("step", ["decline", "withdraw", "reopen"])
def test_a_step_without_its_reason_comes_back_in_its_form(world: World, step: str) -> None:
    state = {"decline": "clearing", "withdraw": "submitted", "reopen": "submitted"}[step]
    report = world.report("KAZ", state)
    if step == "reopen":
        world.step(report, "withdraw")
    client = world.browser("certifier", "KAZ")
    token = csrf(page(client, f"/reports/{report.id}"))
    sent = {"csrf_token": token, "reason": "  "}
    answer = client.post(f"/reports/{report.id}/steps/{step}", data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert summary(text) == [(f"q-{step}-reason", "Please give a reason: the other side reads it.")]
    assert re.findall(r'<span class="field-error" id="(.*?)">', text) == [f"{step}-reason-error"]
    assert f'aria-invalid="true" aria-describedby="{step}-reason-hint {step}-reason-error">\n  </textarea>' in text


@pytest.mark.parametrize("address", ["/reports", "/practice"])
def test_what_is_wrong_in_the_start_of_a_report_is_summed_up(world: World, address: str) -> None:
    client = world.browser("focal_point", "KAZ")
    sent = {"csrf_token": csrf(page(client, address)), "entity": "XYZ", "first_language": "xx"}
    further = {"languages": "yy"} if address == "/reports" else {}
    answer = client.post(address, data=sent | further)
    none_of_these = "Choose one of those that are offered."
    assert answer.status_code == 422
    assert summary(answer.get_data(as_text=True)) == [
        ("q-entity", none_of_these),
        ("q-modality", "Choose a way of reporting."),
        ("q-first-language", none_of_these),
        *((f"q-{name}", none_of_these) for name in further),
    ]


def test_announcing_is_the_only_thing_that_changes(world: World, session: Session) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}"
    for announced, expected in (("yes", True), ("no", False)):
        sent = {"csrf_token": csrf(page(client, address)), "announced": announced}
        assert client.post(f"{address}/announce", data=sent).status_code == 303
        session.rollback()
        assert reports.get(session, report.id).announced is expected


def test_inbox_is_marked_as_read(world: World) -> None:
    world.report("KAZ", "clearing")
    client = world.browser("certifier", "KAZ")
    text = page(client, "/inbox")
    assert "You are asked to look at the report and to approve or decline it." in text
    assert text.count('<span class="label">new</span>') == 2
    assert client.post("/inbox", data={"csrf_token": csrf(text)}).status_code == 303
    assert page(client, "/inbox").count('<span class="label">new</span>') == 0


def test_second_language_is_written_beside_the_first(world: World) -> None:
    report = world.report(languages=("ar", "en"))
    world.hand_out(report, "F.2")
    client = world.browser("contributor", "KAZ")
    address = f"/reports/{report.id}/sections/F.2"
    for language, words in (("ar", "ملخص"), ("en", "Summary")):
        token = csrf(page(client, f"{address}?language={language}"))
        answer = post(client, address, token, language=language, **{"F.2/summary": words})
        assert answer.headers["Location"] == f"{address}?language={language}"
    assert (value_of(report.id, "F.2/summary", "ar"), value_of(report.id, "F.2/summary")) == ("ملخص", "Summary")
    assert '<html lang="ar" dir="rtl">' in page(client, f"{address}?lang=ar")
