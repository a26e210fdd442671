"""How a call of the API is declared: its permission, what it reads and gives, and everything that it may refuse."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from flask import Request, request
from flask_babel import gettext as _
from flask_smorest.blueprint import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser, abort
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.routing import BaseConverter

from forms.words import N_
from portal.api.shapes import Asked
from portal.http.guard import PUBLIC, guarded

View = Callable[..., Any]
PREFIX = "/api/v1"
PROBLEM_TYPE = "application/problem+json"
NOT_JSON = N_("The body is not JSON as RFC 8259 has it, each key once in each object.")
SEND_JSON = N_("Please send JSON, with Content-Type: application/json.")
SEND_FORM = N_("Please send a form with a file, with Content-Type: multipart/form-data.")
ONCE_ONLY = N_("Please give this once only.")

REFUSALS = {
    400: N_("The body cannot be read."),
    401: N_("There is no token, or one that is not in force."),
    403: N_("The role of the caller does not include this."),
    404: N_("There is no such thing, or none that the caller may know of."),
    409: N_("It cannot be done now; the reasons are given. Or somebody else saved first; both texts are given."),
    413: N_("The body, a file or what it unpacks to is too large."),
    415: N_("This kind of body or file is not taken."),
    416: N_("The file has no such range."),
    422: N_("Something is to be put right; `problems` names each place."),
    503: N_("The database or the storage does not answer; please try again."),
}

IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The caller's own word: the same key with the same request gets the same answer, once done.",
}


class Iso3(BaseConverter):
    """The code of an entity in an address."""

    regex = "[A-Z]{3}"


class Key(BaseConverter):
    """The key of a cycle or an edition in an address."""

    regex = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


CONVERTERS: Mapping[str, type[BaseConverter]] = {"iso3": Iso3, "key": Key}


def pattern_of(converter: BaseConverter) -> dict[str, str]:
    """What OpenAPI says of a part of an address that one of these converters reads."""
    return {"type": "string", "pattern": f"^{converter.regex}$"}


def _refuse(status: int, sentence: str, where: str = "") -> NoReturn:
    abort(status, messages={"request": {where: [_(sentence)]}})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class StrictParser(FlaskParser):
    """Reads what a caller sends, and guesses nothing."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = dict.fromkeys(("query", "json", "files"))

    def load_json(self, req: Request, *_schema: Schema) -> Any:
        """The body as JSON; one that is empty is an object without fields."""
        data = req.get_data()
        if not req.is_json and (data or req.mimetype):
            _refuse(415, SEND_JSON)
        try:
            return json.loads(data.decode() or "{}", object_pairs_hook=_each_once, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            _refuse(400, NOT_JSON)

    def load_querystring(self, req: Request, *_schema: Schema) -> Any:
        """What the address asks for; nothing may stand there twice."""
        return self._once(req.args, 422)

    def load_files(self, req: Request, *_schema: Schema) -> Any:
        """The fields and files of a form, together."""
        if req.mimetype != "multipart/form-data":
            _refuse(415, SEND_FORM)
        return self._once(CombinedMultiDict([req.form, req.files]), 422)

    def _once(self, given: MultiDict[str, Any], status: int) -> dict[str, Any]:
        for name, values in given.lists():
            if len(values) > 1:
                _refuse(status, ONCE_ONLY, name)
        return given.to_dict()


@dataclass(frozen=True)
class Answer:
    """What a call gives: a shape as JSON, or bytes of a media type, in `ranges` if so told. `also` is a media type that
    may be asked for instead; `tried` is the status of an answer after which nothing is different."""

    shape: type[Schema] | None = None
    status: int = 200
    headers: tuple[str, ...] = ()
    media: str = "application/json"
    ranges: bool = False
    also: str | None = None
    tried: int | None = None


class Nothing(Asked):
    """The query of a call that takes none."""


def _without_query(view: View) -> View:
    @functools.wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        Calls.ARGUMENTS_PARSER.parse(Nothing, request, location="query")
        return view(*args, **kwargs)

    return wrapped


class Calls(Blueprint):
    """The calls of one noun."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, noun: str, module: str, description: str) -> None:
        super().__init__(noun, module, url_prefix=PREFIX, description=description)

    def call(
        self,
        method: str,
        rule: str,
        permission: str,
        *,
        gives: type[Schema] | Answer,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        form: type[Schema] | None = None,
        refuses: Iterable[int] = (),
        **guard: Any,
    ) -> Callable[[View], View]:
        """Declares a call. The view gets the act, the subject when there is one, then query, body and form as far as
        they are declared.

        `refuses` names what is refused beyond what follows from the rest. The remaining arguments are those of
        `guarded`.
        """
        answer = gives if isinstance(gives, Answer) else Answer(gives)

        def decorate(view: View) -> View:
            told = _refusals(permission, rule, method, [*refuses, *([416] if answer.ranges else [])])
            made = self.doc(
                operationId=view.__name__,
                security=[] if permission == PUBLIC else [{"token": []}],
                responses={number: f"Refusal{number}" for number in told},
                **({"parameters": [IDEMPOTENCY]} if guard.get("idempotent") else {}),
            )(self._reading(self._answering(view, answer), query, body, form))
            whole = guarded(permission, **guard)(made)
            self.add_url_rule(rule, view.__name__, whole, methods=[method])
            return whole

        return decorate

    def _answering(self, view: View, answer: Answer) -> View:
        headers = {name: {"schema": {"type": "string"}} for name in answer.headers}
        media = None if answer.shape else answer.media
        made = self.response(answer.status, answer.shape or {}, content_type=media, headers=headers)(view)
        if answer.tried is not None:
            made = self.alt_response(answer.tried, schema=answer.shape, success=True)(made)
        if answer.also is not None:
            made = self.alt_response(answer.status, schema={}, content_type=answer.also, success=True)(made)
        if answer.ranges:
            made = self.alt_response(206, schema={}, content_type=answer.media, success=True)(made)
        return cast("View", made)

    def _reading(
        self, view: View, query: type[Schema] | None, body: type[Schema] | None, form: type[Schema] | None
    ) -> View:
        if form is not None:
            view = self.arguments(form, location="files", content_type="multipart/form-data")(view)
        if body is not None:
            view = self.arguments(body, location="json")(view)
        return self.arguments(query, location="query")(view) if query is not None else _without_query(view)


def _refusals(permission: str, rule: str, method: str, more: Iterable[int]) -> list[int]:
    found = {422, 503, *more}
    if permission != PUBLIC:
        found |= {401, 403}
    if "<" in rule:
        found.add(404)
    if method != "GET":
        found |= {400, 413, 415}
    return sorted(found)
