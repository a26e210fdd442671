"""Files of figures as they come in by a form: kept aside, with what the form says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, cast

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from forms.words import N_
from portal.adapters.tabular_layouts import Told
from portal.http.context import storage
from portal.rules.indicators import PLACE
from portal.rules.refusals import Invalid, Problem
from portal.services import pending
from portal.services.act import Act

NO_FILE = N_("Please choose a file first.")
STATES: Mapping[str, str] = {
    "shown": N_("to be looked at"),
    "waiting": N_("waits for the worker"),
    "reading": N_("is read"),
    "writing": N_("is written down"),
    "taken": N_("taken in"),
    "dropped": N_("dropped"),
    "broken": N_("could not be taken in"),
}


def told() -> Told:
    """What the form says of the file."""
    said = {name: request.form.get(name, "").strip() for name in ("source", "edition", "entity")}
    ties = {name.removeprefix(PLACE): words for name, words in request.form.items() if name.startswith(PLACE)}
    return Told(**said, indicators=ties)


def lay_aside(act: Act, sent: FileStorage | None) -> ResponseReturnValue:
    """Keeps a file aside and leads to its page; its bytes are kept before the writing transaction begins, and are
    deleted again where the file is refused.
    """
    if sent is None or not sent.filename:
        raise Invalid(NO_FILE, [Problem("file", NO_FILE)])
    sent.stream.seek(0)
    blob = storage().put(cast("BinaryIO", sent.stream))
    act.write()
    try:
        row = pending.lay_aside(act, storage(), blob, sent.filename, told())
    except Invalid:
        storage().delete(blob.key)
        raise
    return redirect(url_for("pending.page", file_id=row.id), 303)
