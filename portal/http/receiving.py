"""How a request is received: its form holds no sign that no database can store."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from werkzeug.formparser import FormDataParser


class _Parser(FormDataParser):
    """Leaves the sign NUL, which no text holds and PostgreSQL takes in no value, out of what was typed."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        stream, form, files = super().parse(*args, **kwargs)
        return stream, self.cls([(name, typed.replace("\0", "")) for name, typed in form.items(multi=True)]), files


class _Received(Request):
    form_data_parser_class = _Parser


def install(app: Flask) -> None:
    """Has every request received in this way."""
    app.request_class = _Received
