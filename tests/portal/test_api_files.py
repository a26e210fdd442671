"""Files over the API: brought in by their content, sent out whole or in ranges, and figures as JSON and CSV."""

from __future__ import annotations

import hashlib
import io
import uuid
from typing import Any

import pytest

from portal.http import context
from portal.services import bundles
from tests.factories import World
from tests.portal.callers import Caller

TABLE = b"year,value\n2020,17.4\n2021,17.9\n"


def lay(caller: Caller, report: uuid.UUID, data: bytes = TABLE, name: str = "table.csv", **more: Any) -> Any:
    form = {"question": "F.2/summary", "file": (io.BytesIO(data), name)} | more
    return caller("POST", f"/reports/{report}/attachments", data=form)


def test_a_file_is_laid_beside_a_question_and_comes_back_as_it_was(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    caller = Caller(world, "contributor", "KAZ")
    laid = lay(caller, report.id, name="../..\\\u202etable.csv")
    assert (laid.status_code, laid.json["media_type"], laid.json["name"]) == (201, "text/csv", "table.csv")
    assert laid.json["sha256"] == hashlib.sha256(TABLE).hexdigest()
    assert laid.headers["Location"] == f"/api/v1/attachments/{laid.json['id']}"
    assert caller.get(f"/reports/{report.id}/attachments").json == {"items": [laid.json], "next": None}
    sent = caller.get(f"/attachments/{laid.json['id']}")
    assert (sent.status_code, sent.data, sent.mimetype) == (200, TABLE, "text/csv")
    told = {name: sent.headers[name] for name in ("Content-Security-Policy", "X-Content-Type-Options", "Accept-Ranges")}
    assert told == {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    assert sent.headers["Content-Disposition"].startswith('attachment; filename="table.csv"')


@pytest.mark.parametrize(
    ("asked", "status", "body", "span"),
    [
        ("bytes=0-3", 206, b"year", "bytes 0-3/31"),
        ("bytes=5-", 206, TABLE[5:], "bytes 5-30/31"),
        ("bytes=-3", 206, b".9\n", "bytes 28-30/31"),
        ("bytes=0-999", 206, TABLE, "bytes 0-30/31"),
        ("bytes=0-3,6-8", 200, TABLE, None),
        ("lines=1-2", 200, TABLE, None),
        ("nonsense", 200, TABLE, None),
        ("bytes=31-", 416, None, "bytes */31"),
    ],
)
def test_a_file_can_be_fetched_in_ranges(
    world: World, asked: str, status: int, body: bytes | None, span: str | None
) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    caller = Caller(world, "contributor", "KAZ")
    address = f"/attachments/{lay(caller, report.id).json['id']}"
    sent = caller.get(address, headers={"Range": asked})
    assert (sent.status_code, sent.headers.get("Content-Range")) == (status, span)
    assert body is None or sent.data == body
    other = caller.get(address, headers={"Range": asked, "If-Range": '"another file"'})
    assert (other.status_code, other.data) == (200, TABLE)


@pytest.mark.parametrize(
    ("data", "name", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture.png", 415),
        (b"MZ\x90\x00 a program", "report.pdf", 415),
        (b"", "empty.csv", 422),
        (b"%PDF-1.7 cut off", "cut.pdf", 422),
    ],
)
def test_a_file_is_refused_by_its_content(world: World, data: bytes, name: str, status: int) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    caller = Caller(world, "contributor", "KAZ")
    refused = lay(caller, report.id, data, name)
    assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (status, [name])
    assert caller.get(f"/reports/{report.id}/attachments").json["items"] == []


def test_a_file_needs_its_question_and_the_question_its_file(world: World) -> None:
    report = world.report()
    world.hand_out(report, "F.2")
    caller = Caller(world, "contributor", "KAZ")
    address = f"/reports/{report.id}/attachments"
    for form, where in (
        ({"question": "F.2/summary"}, ["file"]),
        ({"file": (io.BytesIO(TABLE), "t.csv")}, ["question"]),
        ({"question": "F.2/summary", "file": "not a file"}, ["file"]),
        ({"question": "F.2/summary", "file": [(io.BytesIO(TABLE), "a.csv"), (io.BytesIO(TABLE), "b.csv")]}, ["file"]),
    ):
        refused = caller("POST", address, data=form, content_type="multipart/form-data")
        assert (refused.status_code, [problem["where"] for problem in refused.json["problems"]]) == (422, where)
    assert caller.post(address, {}).status_code == 415
    assert lay(caller, report.id, question="9.9/none").status_code == 404


def test_files_follow_the_policy(world: World) -> None:
    report = world.report(state="clarifying")
    laid = lay(Caller(world, "focal_point", "KAZ"), report.id).json["id"]
    none = uuid.UUID(int=7)
    for stranger in (Caller(world, "reviewer"), Caller(world, "focal_point", "KEN")):
        there, nowhere = (stranger.get(f"/attachments/{one}") for one in (laid, none))
        assert (there.status_code, there.data) == (404, nowhere.data)
    assert lay(Caller(world, "certifier", "KAZ"), report.id).status_code == 403
    assert lay(Caller(world, "focal_point", "KEN"), report.id).status_code == 404
    closed = world.report("KEN", "submitted")
    assert lay(Caller(world, "focal_point", "KEN"), closed.id).status_code == 409


def test_a_bundle_is_asked_for_watched_and_fetched(world: World) -> None:
    world.report("KAZ", "submitted")
    lead = Caller(world, "lead")
    asked = lead.post("/bundles", {"cycle": "2026"})
    here = asked.headers["Location"].removeprefix("/api/v1")
    assert (asked.status_code, asked.json["state"]) == (202, "waiting")
    assert lead.get(here).json == asked.json
    assert lead.get(f"{here}/file").status_code == 409
    built = bundles.build(world.act(None).session, context.storage(), uuid.UUID(asked.json["id"]), lambda _done: None)
    bundles.finish(world.act(None), uuid.UUID(asked.json["id"]), built)
    world.done()
    ready = lead.get(here).json
    whole = lead.get(f"{here}/file")
    assert (ready["state"], whole.mimetype, hashlib.sha256(whole.data).hexdigest()) == (
        "ready",
        "application/zip",
        ready["sha256"],
    )
    tail = lead.get(f"{here}/file", headers={"Range": f"bytes={len(whole.data) - 22}-"})
    assert (tail.status_code, tail.data) == (206, whole.data[-22:])
    assert Caller(world, "reviewer").get(here).status_code == 200
    assert Caller(world, "reviewer").post("/bundles", {"cycle": "2026"}).status_code == 403
    assert Caller(world, "focal_point", "KAZ").get(here).status_code == 403
