"""What every call of the API has in common: who may come in, and what is refused before anything is done."""

from __future__ import annotations

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
    "cycle": "2026",
    "edition": "2026",
    "iso3": "KAZ",
    "question": "F.2/summary",
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


def test_without_a_token_only_what_is_public_answers(world: World) -> None:
    nobody = Caller(world, "")
    answers = {(method, path): nobody(method, path) for method, path, _ in operations(world.app)}
    assert {call for call, answer in answers.items() if answer.status_code != 401} == {
        ("GET", "/public/reports"),
        ("GET", f"/public/reports/{SOMETHING}"),
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
    for method, path, _ in operations(world.app):
        answer = lead(method, f"{path}?surprise=1")
        problems = [problem["where"] for problem in answer.json["problems"]]
        assert answer.status_code in (403, 404) or (answer.status_code, problems) == (422, ["surprise"])


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
