"""What every call of the API has in common: who may come in, and what is refused before anything is done."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from flask import Flask

from tests.factories import World
from tests.portal.callers import Caller

SOMETHING = str(uuid.UUID(int=7))
STAND_INS = {
    "report_id": SOMETHING,
    "attachment_id": SOMETHING,
    "bundle_id": SOMETHING,
    "dataset_id": SOMETHING,
    "point_id": SOMETHING,
    "handout_id": SOMETHING,
    "comment_id": SOMETHING,
    "membership_id": SOMETHING,
    "invitation_id": SOMETHING,
    "remark_id": SOMETHING,
    "request_id": SOMETHING,
    "extension_id": SOMETHING,
    "call_id": SOMETHING,
    "case_id": SOMETHING,
    "contribution_id": SOMETHING,
    "attached_id": SOMETHING,
    "file_id": SOMETHING,
    "partner_id": SOMETHING,
    "passage_id": "7",
    "statement_id": SOMETHING,
    "citation_id": SOMETHING,
    "recheck_id": SOMETHING,
    "supplement_id": SOMETHING,
    "registration_id": SOMETHING,
    "user_id": SOMETHING,
    "mapping_id": SOMETHING,
    "cycle": "2026",
    "phase": "synthesis",
    "edition": "2026",
    "iso3": "KAZ",
    "question": "F.2/summary",
    "key": "F.2",
    "step": "ask",
    "number": "1",
}


def operations(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address with stand-ins, and what the description says, of every call."""
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    return [
        (method.upper(), path.removeprefix("/api/v1").format(**STAND_INS), call)
        for path, item in document["paths"].items()
        for method, call in item.items()
        if method != "parameters"
    ]


def dataset(world: World) -> str:
    """A file of channel b that was taken in."""
    name = "ddf--datapoints--en_lnd_slum--by--geo_area--location--nature--units--year.csv"
    figures = b"geo_area,location,nature,units,year,en_lnd_slum\n398,urban,g,percent,2018,5.5\n"
    taken = Caller(world, "data_officer")("POST", "/datasets", data={"file": (io.BytesIO(figures), name)})
    assert taken.status_code == 201
    return str(taken.json["id"])


def test_without_a_token_only_what_is_public_answers(world: World) -> None:
    nobody = Caller(world, "")
    answers = {(method, path): nobody(method, path) for method, path, _ in operations(world.app)}
    assert {call for call, answer in answers.items() if answer.status_code != 401} == {
        ("GET", "/public/practices"),
        ("GET", "/public/reports"),
        ("GET", f"/public/reports/{SOMETHING}"),
        ("POST", f"/calls/{SOMETHING}/registrations"),
    }
    refused = answers["GET", "/me"]
    assert (refused.mimetype, refused.headers["WWW-Authenticate"]) == ("application/problem+json", "Bearer")
    assert refused.json == {
        "type": "unauthorized",
        "title": "Please log in",
        "status": 401,
        "detail": "Please send a token that is in force: Authorization: Bearer TOKEN.",
        "problems": [],
    }


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "bearer \u00e9", "Basic YTpi", "Token x"])
def test_a_token_that_is_none_opens_nothing(world: World, header: str) -> None:
    nobody = Caller(world, "")
    for method, path, call in operations(world.app):
        if call["security"]:
            assert nobody(method, path, headers={"Authorization": header}).status_code == 401


def test_a_session_of_the_pages_opens_nothing_here(world: World) -> None:
    browser = world.browser("lead")
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post("/api/v1/bundles", json={"cycle": "2026"}).status_code == 401


def test_every_call_refuses_what_it_does_not_know_in_the_address(world: World) -> None:
    lead = Caller(world, "lead")
    for method, path, call in operations(world.app):
        answer = lead(method, f"{path}?surprise=1")
        problems = [problem["where"] for problem in answer.json["problems"]]
        needed = [p["name"] for p in call.get("parameters", []) if p["in"] == "query" and p.get("required")]
        assert answer.status_code in (403, 404) or (answer.status_code, problems) == (422, [*needed, "surprise"])


def test_every_refusal_is_declared(world: World) -> None:
    for _method, _path, call in operations(world.app):
        declared = {int(status) for status in call["responses"]}
        assert {422, 503} < declared
        assert ({401, 403} <= declared) == bool(call["security"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"cycle": "2026", "cycle": "2026"}', 400),
        (b'{"cycle": NaN}', 400),
        (b'{"cycle": "\xff"}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"[" * 100_000, 400),
        (b'{"cycle": ' + b"9" * 5_000 + b"}", 400),
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"2026"', 422),
        (b"{}", 422),
        (b'{"cycle": null}', 422),
        (b'{"cycle": "20\\u000026"}', 422),
        (b'{"cycle": "\\ud800"}', 422),
        (b'{"cycle": "2026", "\\ud800": 1}', 422),
        (b'{"cycle": "1999"}', 422),
        (b'{"cycle": "2026"}', 202),
    ],
)
def test_a_body_is_read_strictly(world: World, body: bytes, status: int) -> None:
    answer = Caller(world, "lead")("POST", "/bundles", data=body, content_type="application/json")
    assert answer.status_code == status
    if status >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["problems"] != []


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "; ;"])
def test_another_kind_of_body_is_told_which_is_taken(world: World, media: str) -> None:
    answer = Caller(world, "lead")("POST", "/bundles", data=b'{"cycle": "2026"}', content_type=media)
    assert (answer.status_code, answer.json["detail"]) == (
        415,
        "Please send JSON, with Content-Type: application/json.",
    )


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=99999999999999999999",
        "limit=1e2",
        "limit=%00",
        "limit=1&limit=2",
        "limit= 5",
        "limit=\u0665",
        "cursor=",
        "cursor=WzFd.x",
        "cursor=%00",
        "cursor=%ff%fe",
        "state=lost",
        "entity=kaz",
        "entity=%00%00%00",
        "cycle=%00",
        "cycle=2026%0a",
        "region=%00",
        "surprise",
    ],
)
def test_an_odd_query_is_refused_with_its_place(world: World, query: str) -> None:
    for role, path in (("reviewer", "/review/queue"), ("focal_point", "/reports")):
        answer = Caller(world, role, "KAZ" if role == "focal_point" else None).get(f"{path}?{query}")
        where = [problem["where"] for problem in answer.json["problems"]]
        assert (answer.status_code, where) == (422, [query.partition("=")[0]])


@pytest.mark.parametrize(
    "path",
    [
        "/entities/kaz",
        "/entities/%00%00%00",
        "/entities/ZZZ",
        "/cycles/%00",
        "/cycles/%ff",
        "/cycles/1999",
        "/guidelines/none",
        "/reports/not-a-uuid",
        f"/reports/{SOMETHING}/versions/99999999999999999999999",
        f"/reports/{SOMETHING}/versions/0",
        f"/reports/{SOMETHING}/steps/jump",
        f"/reports/{SOMETHING}/answers/%00",
        "/nothing",
    ],
)
def test_an_odd_address_leads_nowhere(world: World, path: str) -> None:
    answer = Caller(world, "lead").get(path)
    assert (answer.status_code, answer.mimetype) == (
        405 if "jump" not in path and "steps" in path else 404,
        "application/problem+json",
    )


HUGE = "9" * 11, "9" * 30, "-" + "9" * 30
NUMBERED = {
    "/reports/{report}/versions/{n}": ("focal_point", 404),
    "/reports/{report}/versions/{n}/receipt.json": ("focal_point", 404),
    "/channels/b/{dataset}?page={n}": ("data_officer", 200),
    "/data?after={n}": ("data_officer", 200),
    "/data?from={n}": ("data_officer", 422),
    "/data.csv?to={n}": ("data_officer", 422),
    "/published?cycle={n}": ("focal_point", 200),
    "/timeline?cycle={n}": ("focal_point", 404),
    "/review?cycle={n}": ("reviewer", 404),
    "/reports/{report}/sections/{n}": ("focal_point", 404),
    "/api/v1/reports/{report}/versions/{n}": ("focal_point", 404),
    "/api/v1/reports/{report}/versions/{n}/receipt": ("focal_point", 404),
    "/api/v1/reports?limit={n}": ("focal_point", 422),
    "/api/v1/review/queue?limit={n}": ("reviewer", 422),
    "/api/v1/observations?from={n}": ("focal_point", 422),
    "/api/v1/public/reports?limit={n}": ("focal_point", 422),
}


def test_a_number_larger_than_any_database_holds_spoils_nothing(world: World) -> None:
    report = world.report("KAZ", "submitted")
    places = {"report": report.id, "dataset": dataset(world)}
    answers = {}
    for address, (role, _status) in NUMBERED.items():
        entity = "KAZ" if role == "focal_point" else None
        browser, caller = world.browser(role, entity), Caller(world, role, entity)
        for n in HUGE:
            path = address.format(n=n, **places)
            called = caller.get(path.removeprefix("/api/v1")) if path.startswith("/api/") else browser.get(path)
            answers[address, n] = called.status_code
    assert answers == {(address, n): status for address, (_role, status) in NUMBERED.items() for n in HUGE}


def test_a_repeated_request_gets_the_address_of_what_the_first_made(world: World) -> None:
    focal_point = Caller(world, "focal_point", "KAZ")
    wanted = {"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en"]}
    first, second = (
        focal_point.post("/reports", wanted, headers={"Idempotency-Key": "the report of 2026"}) for _ in range(2)
    )
    assert (second.status_code, second.headers.get("Location"), second.data) == (
        201,
        f"/api/v1/reports/{first.json['id']}",
        first.data,
    )
    assert first.headers.get("Location") == second.headers["Location"]


def test_another_method_is_told_which_are_taken(world: World) -> None:
    answer = Caller(world, "lead")("DELETE", "/reports")
    assert (answer.status_code, answer.json["type"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_the_description_is_readable_by_people_and_programs(app: Flask) -> None:
    client = app.test_client()
    document = json.loads(client.get("/api/v1/openapi.json").data)
    assert (document["openapi"], document["components"]["securitySchemes"]) == (
        "3.1.0",
        {"token": {"type": "http", "scheme": "bearer"}},
    )
    page = client.get("/api/v1/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = page.get_data(as_text=True)
    assert [path for path in document["paths"] if path not in text] == []


def test_errors_never_say_where_the_code_stands(world: World) -> None:
    answer = Caller(world, "lead").get("/reports/not-a-uuid")
    assert set(answer.json) == {"type", "title", "status", "detail", "problems"}
