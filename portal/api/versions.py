"""Submitted versions, as they were frozen, and their receipts."""

from __future__ import annotations

from flask import Response

from portal.api.calls import Answer, Calls
from portal.http.guard import report
from portal.models.reports import Report
from portal.queries import reports
from portal.services.act import Act

calls = Calls(
    "Versions", __name__, "What was submitted: canonical bytes that never change, and a receipt that anyone can check."
)
ADDRESS = "/reports/<uuid:report_id>/versions/<int(min=1, max=99999):number>"


@calls.call("GET", ADDRESS, "version:read", gives=Answer(), subject=report)
def read_version(act: Act, found: Report, number: int) -> Response:
    """The canonical bytes of a version; their SHA-256 is the digest in the receipt."""
    return Response(reports.version(act.session, found.id, number).document, mimetype="application/json")


@calls.call("GET", f"{ADDRESS}/receipt", "version:read", gives=Answer(), subject=report)
def read_receipt(act: Act, found: Report, number: int) -> Response:
    """The receipt of a version; `python -m portal.verify` checks it without the portal."""
    return Response(reports.version(act.session, found.id, number).receipt, mimetype="application/json")
