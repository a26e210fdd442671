"""How a request is received: the form of a page holds no sign that no database can store."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from werkzeug.formparser import FormDataParser

from portal.http.people import is_api


class _Parser(FormDataParser):
    """Leaves the sign NUL, which no text holds and PostgreSQL takes in no value, out of what was typed."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        stream, form, files = super().parse(*args, **kwargs)
        return stream, self.cls([(name, typed.replace("\0", "")) for name, typed in form.items(multi=True)]), files


class _Received(Request):
    """A request of a page; the API refuses such a sign by its place instead."""

    def make_form_data_parser(self) -> FormDataParser:
        self.form_data_parser_class = FormDataParser if is_api() else _Parser
        return super().make_form_data_parser()


def install(app: Flask) -> None:
    """Has every request received in this way."""
    app.request_class = _Received
