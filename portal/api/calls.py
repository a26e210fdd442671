"""How a call of the API is declared: permission, what it reads, what it gives, and everything it may refuse, documented in one place."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from flask import Request, request
from flask_babel import gettext as _
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser, abort
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.routing import BaseConverter

from forms.words import N_
from portal.api.shapes import Asked
from portal.http.guard import PUBLIC, guarded

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
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "A word of the caller's own choosing: the same key with the same request gets the same answer, and nothing is done twice.",
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

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as JSON; one that is empty is an object without fields."""
        data = req.get_data()
        if not req.is_json and (data or req.mimetype):
            _refuse(415, SEND_JSON)
        try:
            return json.loads(data.decode() or "{}", object_pairs_hook=_each_once, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            _refuse(400, NOT_JSON)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """What the address asks for; nothing may stand there twice."""
        return self._once(req.args, 422)

    def load_files(self, req: Request, schema: Schema) -> Any:
        """The fields and files of a form, together."""
        if req.mimetype != "multipart/form-data":
            _refuse(415, SEND_FORM)
        return self._once(CombinedMultiDict([req.form, req.files]), 422)  # type: ignore[list-item]

    def _once(self, given: MultiDict[str, Any], status: int) -> dict[str, Any]:
        for name, values in given.lists():
            if len(values) > 1:
                _refuse(status, ONCE_ONLY, name)
        return given.to_dict()


class Nothing(Asked):
    """The query of a call that takes none."""


def _without_query(view: Callable[..., Any]) -> Callable[..., Any]:
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
        gives: type[Schema] | None = None,
        media: str = "application/json",
        also: str | None = None,
        ranges: bool = False,
        status: int = 200,
        tried: int | None = None,
        headers: Iterable[str] = (),
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        form: type[Schema] | None = None,
        refuses: Iterable[int] = (),
        **guard: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declares a call. The view gets the act, the subject when there is one, then query and body as far as they are declared.

        `gives` is the shape of the answer, None where the view answers with bytes of `media`, in `ranges` if so told; `also` is a media type
        that may be asked for instead, and `tried` the status of an answer after which nothing is different. `refuses` names what is refused beyond what follows from the rest. The remaining arguments are
        those of `guarded`.
        """

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            made = self.response(
                status,
                gives or {},
                content_type=None if gives else media,
                headers={name: {"schema": {"type": "string"}} for name in headers},
            )(view)
            if tried is not None:
                made = self.alt_response(tried, schema=gives, success=True)(made)
            if also is not None:
                made = self.alt_response(status, schema={}, content_type=also, success=True)(made)
            if ranges:
                made = self.alt_response(206, schema={}, content_type=media, success=True)(made)
            if form is not None:
                made = self.arguments(form, location="files", content_type="multipart/form-data")(made)
            if body is not None:
                made = self.arguments(body, location="json")(made)
            made = self.arguments(query, location="query")(made) if query is not None else _without_query(made)
            told = _refusals(permission, rule, method, [*refuses, *([416] if ranges else [])])
            made = self.doc(
                operationId=view.__name__,
                security=[] if permission == PUBLIC else [{"token": []}],
                responses={number: f"Refusal{number}" for number in told},
            )(made)
            whole = guarded(permission, **guard)(made)
            parameters = [IDEMPOTENCY] if guard.get("idempotent") else []
            self.add_url_rule(rule, view.__name__, whole, methods=[method], parameters=parameters)
            return whole

        return decorate


def _refusals(permission: str, rule: str, method: str, more: Iterable[int]) -> list[int]:
    found = {422, 503, *more}
    if permission != PUBLIC:
        found |= {401, 403}
    if "<" in rule:
        found.add(404)
    if method != "GET":
        found |= {400, 413, 415}
    return sorted(found)

