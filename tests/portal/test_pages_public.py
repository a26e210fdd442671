"""The pages for everyone, of channel b and of bundles: what they show, what they hold back, and how bytes leave."""

from __future__ import annotations

import io
import json
import re
import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.db import db
from portal.http.context import storage
from portal.models.observations import Import
from portal.models.reports import Report
from portal.models.review import Consent
from portal.queries import bundles, reports
from portal.services import attachments
from portal.services import bundles as bundle_services
from portal.services.attachments import Upload
from portal.services.bundles import Built
from portal.services.drafting import announce
from portal.services.steps import Order
from tests.factories import World, csrf

NAME = "ddf--datapoints--en_lnd_slum--by--geo_area--location--nature--units--year.csv"
HEADER = "geo_area,location,nature,units,year,en_lnd_slum\n"
FIGURES = HEADER + "398,urban,g,percent,2020,17.4\n398,urban,g,percent,2021,>95\n99999,urban,g,percent,2020,3\n"


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, buffered=True)
    assert answer.status_code == status, answer.get_data(as_text=True)[-2000:]
    return answer.get_data(as_text=True)


def received(text: str) -> list[str]:
    return re.findall(r"Reports received from (\d+) of 195 states", text)


def version(report: Report) -> bytes:
    db.session.rollback()
    return reports.version(db.session, report.id, 1).document


@pytest.mark.parametrize(
    "address", ["/", "/timeline", "/published", "/entities/KAZ", "/entities/kaz", "/data", "/data.csv", "/receipts/key"]
)
def test_everyone_may_read(world: World, client: FlaskClient, address: str) -> None:
    page(client, address)


@pytest.mark.parametrize(
    ("language", "counts", "days"),
    [
        ("en", ("0", "195"), ("21 June 2024", "1 July 2025")),
        ("ar", ("\u20680\u2069", "\u2068195\u2069"), ("\u206821 يونيو 2024\u2069", "\u20681 يوليو 2025\u2069")),
    ],
)
def test_what_a_sentence_names_stands_apart_on_a_page_written_from_right_to_left(
    world: World, client: FlaskClient, language: str, counts: tuple[str, str], days: tuple[str, str]
) -> None:
    text = page(client, f"/?lang={language}")
    assert re.findall("Reports received from (.*?) of (.*?) states", text) == [counts]
    assert re.findall("</bdi><br>(.*?) – (.*?)<", text)[0] == days


def test_the_front_counts_what_is_received(world: World, client: FlaskClient) -> None:
    world.report("KEN", "clearing")
    before = received(page(client, "/"))
    world.report("KAZ", "submitted")
    assert (before, received(page(client, "/")), received(page(client, "/timeline"))) == (["0"], ["1"], ["1"])


def test_the_front_gives_the_deadline_in_the_last_zone_and_in_utc(world: World, client: FlaskClient) -> None:
    text = page(client, "/")
    sentence = "1 July 2025, 23:59 in the last time zone (UTC−12), that is 2 July 2025, 12:00 UTC"
    assert text.count(sentence) == 1


@pytest.mark.parametrize(
    ("state", "announced", "words"),
    [
        (None, False, "Not received yet"),
        ("preparing", False, "Not received yet"),
        ("clearing", False, "Not received yet"),
        ("preparing", True, "In preparation"),
        ("submitted", True, "Received, not published"),
        ("accepted", False, "Received, not published"),
        ("published", False, "Read the report"),
    ],
)
def test_what_is_said_of_a_state(
    world: World, client: FlaskClient, state: str | None, announced: bool, words: str
) -> None:
    if state:
        report = world.report("KAZ", state)
        act = world.acting("focal_point", "KAZ")
        announce(act, reports.get(act.session, report.id), announced)
        world.done()
    text = page(client, "/entities/KAZ")
    known = ("Not received yet", "In preparation", "Received, not published", "Read the report")
    assert [each for each in known if each in text] == [words]


@pytest.mark.parametrize(("state", "status"), [("submitted", 404), ("accepted", 404), ("published", 200)])
def test_only_what_is_published_is_there(world: World, client: FlaskClient, state: str, status: int) -> None:
    report = world.report("KAZ", state)
    endings = ("", ".json", ".csv", "/receipt.json")
    assert [client.get(f"/published/{report.id}{ending}").status_code for ending in endings] == [status] * 4


def test_a_withdrawn_report_is_gone(world: World, client: FlaskClient) -> None:
    report = world.report("KAZ", "published")
    world.step(report, "withdraw")
    assert client.get(f"/published/{report.id}").status_code == 404
    assert str(report.id) not in page(client, "/published")


def test_the_bytes_of_a_published_version(world: World, client: FlaskClient) -> None:
    report = world.report("KAZ", "published")
    answer = client.get(f"/published/{report.id}.json")
    assert (answer.get_data(), answer.mimetype) == (version(report), "application/json")
    table = client.get(f"/published/{report.id}.csv").get_data(as_text=True).split("\r\n")
    assert table[0].split(",")[:6] == ["entity", "cycle", "version", "submitted_at", "edition", "question"]
    assert sum(",F.2/summary," in line for line in table) == 1


def with_two_files(world: World, last: str = "publish") -> tuple[Report, list[uuid.UUID]]:
    """A published report with two files, of which the state opened the first; or as it stands after the step `last`."""
    report = world.report("KAZ", "preparing")
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    world.fill(act, mine)
    ids = []
    for name in ("opened.csv", "kept.csv"):
        blob = storage().put(io.BytesIO(name.encode()))
        upload = Upload(name, "text/csv", blob.key, blob.size, blob.sha256)
        ids.append(attachments.attach(act, mine, "F.2/summary", upload).id)
    world.done()
    for step in ("ask", "submit", "claim", "check", "accept"):
        world.step(report, step)
    world.step(report, "consent", Order(attachments=(ids[0],)))
    if last != "consent":
        world.step(report, last)
    return report, ids


def consented(text: str) -> list[str]:
    """What the page of a report says of the files that a consent opened."""
    return re.findall(r"Files that are opened with it: (?:<bdi>)?([\w.]+)", text)


def test_the_state_sees_its_consent_and_changes_the_files_until_publication(world: World, client: FlaskClient) -> None:
    report, ids = with_two_files(world, last="consent")
    address = f"/reports/{report.id}"
    certifier = world.browser("certifier", "KAZ")
    shown = page(certifier, address)
    assert consented(shown) == ["opened.csv"]
    assert re.findall(r'value="([^"]+)" checked', shown) == [str(ids[0])]
    for role, files in (("focal_point", ["opened.csv"]), ("contributor", [])):
        assert consented(page(world.browser(role, "KAZ"), address)) == files
    sent = {"csrf_token": csrf(shown), "attachments": [str(ids[1])]}
    assert certifier.post(f"{address}/steps/consent", data=sent).status_code == 303
    assert consented(page(certifier, address)) == ["kept.csv"]
    assert certifier.post(f"{address}/steps/consent", data=sent).status_code == 409
    db.session.rollback()
    given = select(Consent.number, Consent.attachments).order_by(Consent.number)
    assert [tuple(row) for row in db.session.execute(given)] == [(1, [str(ids[0])]), (2, [str(ids[1])])]
    world.step(report, "publish")
    assert [client.get(f"/published/{report.id}/files/{one}").status_code for one in ids] == [404, 200]


def test_only_opened_files_leave_and_none_can_run(world: World, client: FlaskClient) -> None:
    report, ids = with_two_files(world)
    answers = [client.get(f"/published/{report.id}/files/{one}") for one in (*ids, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0].get_data() == b"opened.csv"
    assert answers[0].headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answers[0].headers["Content-Disposition"].split(";")[0] == "attachment"
    text = page(client, f"/published/{report.id}")
    assert ("opened.csv" in text, "kept.csv" in text) == (True, False)


def test_the_key_of_the_receipts(world: World, client: FlaskClient) -> None:
    report = world.report("KAZ", "published")
    receipt = json.loads(client.get(f"/published/{report.id}/receipt.json").get_data())
    key = client.get("/receipts/key.json").get_json()
    assert (key["public_key"], key["key_id"]) == (receipt["public_key"], receipt["key_id"])


def test_a_year_that_is_none_is_named(world: World, client: FlaskClient) -> None:
    assert "Please write a year such as 2020." in page(client, "/data?from=soon", 422)


def send(client: FlaskClient, text: str, **more: str) -> TestResponse:
    token = csrf(page(client, "/channels/b"))
    file = (io.BytesIO(text.encode()), NAME)
    sent = {"csrf_token": token, "file": file, **more}
    return client.post("/channels/b", data=sent, content_type="multipart/form-data")


def imports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Import)) or 0


def test_a_trial_keeps_nothing(world: World) -> None:
    answer = send(world.browser("data_officer"), FIGURES, dry_run="yes")
    assert (answer.status_code, imports()) == (200, 0)


def test_a_file_is_taken_in_and_shown_to_everyone(world: World, client: FlaskClient) -> None:
    officer = world.browser("data_officer")
    answer = send(officer, FIGURES)
    assert (answer.status_code, imports()) == (303, 1)
    address = answer.headers["Location"]
    text = page(officer, address)
    counts = dict(re.findall(r'<li>([^<]+) <b class="number">(\d+)</b></li>', text))
    assert {name: counts[name] for name in ("Figures read", "Taken", "Left out")} == {
        "Figures read": "3",
        "Taken": "2",
        "Left out": "1",
    }
    assert len(officer.get(f"{address}/omissions.csv", buffered=True).get_data(as_text=True).strip().split("\r\n")) == 2
    row = r'data-label="Value"><bdi dir="ltr">(.*?)</bdi></td><td data-label="Unit">(.*?)</td>'
    assert re.findall(row, page(client, "/data?entity=kaz")) == [("17.4", "percent"), ("&gt;95", "percent")]
    assert (
        len(client.get("/data.csv?entity=KAZ&from=2021", buffered=True).get_data(as_text=True).strip().split("\r\n"))
        == 2
    )


def test_a_sign_that_no_text_holds_is_left_out_of_a_form(world: World) -> None:
    assert send(world.browser("data_officer"), FIGURES, source="The yea\0rbook").status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Import.source)).all() == ["The yearbook"]


def test_a_missing_or_unreadable_file_is_refused_by_the_form(world: World) -> None:
    officer = world.browser("data_officer")
    token = csrf(page(officer, "/channels/b"))
    empty = officer.post("/channels/b", data={"csrf_token": token}, content_type="multipart/form-data")
    assert (empty.status_code, "Please choose a file first." in empty.get_data(as_text=True)) == (422, True)
    assert (send(officer, "\0\0").status_code, imports()) == (422, 0)


def test_channels_that_are_not_there(world: World) -> None:
    officer = world.browser("data_officer")
    addresses = ("/channels/g", "/channels/x", f"/channels/b/{uuid.uuid4()}")
    assert [officer.get(address).status_code for address in addresses] == [404, 404, 404]


def test_every_channel_has_a_page_and_each_leads_to_all(world: World, client: FlaskClient) -> None:
    led = {key: client.get(f"/channels/{key}", follow_redirects=True).request.path for key in "acdef"}
    assert led == {"a": "/published", **{key: f"/channels/{key}" for key in "cdef"}}
    nav = page(client, "/channels/c").partition('<nav class="subnav"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', nav) == ["/published", "/data", *(f"/channels/{key}" for key in "cdef")]


def built(world: World, body: bytes) -> uuid.UUID:
    """A bundle of these bytes, ready."""
    act = world.acting("lead")
    made = bundle_services.ask(act, "2026")
    blob = storage().put(io.BytesIO(body))
    bundle_services.finish(act, made.id, Built(blob.key, blob.size, blob.sha256, "0" * 64))
    world.done()
    return made.id


def test_the_range_of_a_bundle(world: World) -> None:
    body = bytes(range(256)) * 40
    address = f"/bundles/{built(world, body)}/file"
    reader = world.browser("reviewer")
    whole = reader.get(address)
    part = reader.get(address, headers={"Range": "bytes=100-199"})
    assert (whole.status_code, whole.headers["Content-Length"], whole.get_data()) == (200, "10240", body)
    assert (part.status_code, part.headers["Content-Length"], part.get_data()) == (206, "100", body[100:200])
    assert part.headers["Content-Range"] == "bytes 100-199/10240"
    assert reader.get(address, headers={"Range": "bytes=20000-"}).status_code == 416


def test_the_page_loads_itself_only_while_a_bundle_is_built(world: World) -> None:
    lead = world.browser("lead")
    built(world, b"x")
    quiet = page(lead, "/bundles")
    assert lead.post("/bundles", data={"csrf_token": csrf(quiet), "cycle": "2026"}).status_code == 303
    assert ["http-equiv" in text for text in (quiet, page(lead, "/bundles"))] == [False, True]
    db.session.rollback()
    [waiting] = [row.Bundle.id for row in bundles.bundles(db.session) if row.Bundle.state == "waiting"]
    assert lead.get(f"/bundles/{waiting}/file").status_code == 409


@pytest.mark.parametrize(
    ("role", "entity", "statuses"),
    [
        ("reviewer", None, [200, 200]),
        ("lead", None, [200, 200]),
        ("data_officer", None, [403, 200]),
        ("focal_point", "KAZ", [403, 403]),
        ("partner", None, [403, 403]),
    ],
)
def test_who_may_see_bundles_and_imports(world: World, role: str, entity: str | None, statuses: list[int]) -> None:
    client = world.browser(role, entity)
    assert [client.get(address).status_code for address in ("/bundles", "/channels/b")] == statuses
