"""What the API says of itself: the OpenAPI document, and the same as a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_smorest import Api

from portal.api.calls import CONVERTERS, PREFIX, PROBLEM_TYPE, REFUSALS, pattern_of
from portal.api.shapes import Problem
from portal.http.guard import PUBLIC, guarded
from portal.services.act import Act

pages = Blueprint("api", __name__, url_prefix=PREFIX)

ABOUT = (
    "Times are RFC 3339 in UTC, entities ISO 3166-1 alpha-3, languages ar zh en fr ru es. Lists are `items` "
    "and `next`, a cursor or null. Errors are problem documents; fields that are not known are refused. "
    "A token comes from `flask token issue`."
)


class PortalApi(Api):
    """The API; its errors are those of the whole portal, and every one is declared by its status."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # type: ignore[assignment]

    def _register_error_handlers(self) -> None:
        """The portal answers errors itself, as problem documents."""


def begin(app: Flask) -> Api:
    """The API without any call yet: its title, how a caller is known, and every refusal."""
    app.config.update(API_TITLE="New Urban Agenda reporting portal", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = PortalApi(app, spec_kwargs={"info": {"description": ABOUT}})
    for converter in CONVERTERS.values():
        api.register_converter(converter, pattern_of)
    components = api.spec.components
    components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    components.schema("Problem", schema=Problem)
    for status, sentence in REFUSALS.items():
        content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components.response(f"Refusal{status}", {"description": sentence, "content": content})
    return api


def described() -> dict[str, Any]:
    """The OpenAPI document of this application."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.spec.to_dict()
    return document


@pages.get("/openapi.json")
@guarded(PUBLIC)
def openapi(_act: Act) -> ResponseReturnValue:
    """The OpenAPI 3.1 document."""
    return Response(json.dumps(described(), ensure_ascii=False), mimetype="application/json")


@dataclass(frozen=True)
class Told:
    """One call as the page tells it."""

    method: str
    path: str
    summary: str
    description: str
    public: bool
    parameters: list[dict[str, Any]]
    body: tuple[str, dict[str, Any]] | None
    answers: list[tuple[str, str, str]]


@pages.get("/docs")
@guarded(PUBLIC)
def docs(_act: Act) -> ResponseReturnValue:
    """The API for people to read."""
    document = described()
    groups = {tag["name"]: (tag["description"], list[Told]()) for tag in document["tags"]}
    for noun, told in _calls(document):
        groups[noun][1].append(told)
    return render_template(
        "api/docs.html", about=document["info"], groups=groups, schemas=document["components"]["schemas"]
    )


def _calls(document: dict[str, Any]) -> Iterator[tuple[str, Told]]:
    for path, item in document["paths"].items():
        for method, call in item.items():
            if method == "parameters":
                continue
            yield (
                call["tags"][0],
                Told(
                    method=method.upper(),
                    path=path,
                    summary=call["summary"],
                    description=call.get("description", ""),
                    public=call.get("security") == [],
                    parameters=[*item.get("parameters", []), *call.get("parameters", [])],
                    body=_body(call),
                    answers=[_answer(document, status, answer) for status, answer in sorted(call["responses"].items())],
                ),
            )


def _body(call: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    for media, held in call.get("requestBody", {}).get("content", {}).items():
        return media, held["schema"]
    return None


def _answer(document: dict[str, Any], status: str, answer: dict[str, Any]) -> tuple[str, str, str]:
    """Status, what it means, and the name of the shape."""
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    shapes = [held.get("schema", {}).get("$ref", media) for media, held in answer.get("content", {}).items()]
    return (
        status,
        answer["description"],
        ", ".join(shape.rpartition("/")[2] if "#" in shape else shape for shape in shapes),
    )
