"""Whether the portal is alive, and whether what it stands on answers."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from portal.http.context import storage
from portal.http.guard import PUBLIC, guarded
from portal.queries.health import database_answers
from portal.services.act import Act

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@guarded(PUBLIC)
def alive(_act: Act) -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@pages.get("/readyz")
@guarded(PUBLIC)
def ready(act: Act) -> ResponseReturnValue:
    """The database and the storage answer; 503 by the error pages when one does not."""
    database_answers(act.session)
    storage().check()
    return jsonify(status="ready", database="answers", storage="answers")
