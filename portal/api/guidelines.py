"""Editions of the guidelines as they were published."""

from __future__ import annotations

from flask import Response

from portal.api.calls import Answer, Calls
from portal.queries.guidelines import document
from portal.services.act import Act

calls = Calls("Guidelines", __name__, "Editions of the guidelines: what is asked, of whom, and how it is checked.")


@calls.call("GET", "/guidelines/<key:edition>", "facts:read", gives=Answer())
def read_edition(act: Act, edition: str) -> Response:
    """One edition, with the words in which it was published."""
    return Response(document(act.session, edition), mimetype="application/json")
