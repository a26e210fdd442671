"""Steps of a report: one call for all of them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from portal.api.calls import Calls
from portal.api.reports import WholeReport, document
from portal.api.shapes import Asked, words
from portal.http.guard import report
from portal.http.steps import take
from portal.models.reports import Report
from portal.rules.lifecycle import STEPS
from portal.services.act import Act
from portal.services.steps import Order

calls = Calls("Steps", __name__, "The steps of a report from its preparation to its publication.")
NAMES = ", ".join(STEPS)


class OrderShape(Asked):
    """What is said with a step: `reason` where the step needs one, with `consent` the `attachments` that it opens,
    with `submit` the `request` for clearance that is approved."""

    reason = words(4000, load_default=None, allow_none=True)
    attachments = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=1000))
    request = fields.UUID(load_default=None, allow_none=True)


@calls.call(
    "POST",
    f"/reports/<uuid:report_id>/steps/<any({NAMES}):step>",
    "report:see",
    body=OrderShape,
    gives=WholeReport,
    refuses=[409],
    subject=report,
    idempotent=True,
)
def take_step(act: Act, found: Report, order: dict[str, Any], step: str) -> dict[str, Any]:
    """Takes a step. 409 `not_now` says what hinders it; the same Idempotency-Key answers the same. `ask` asks every
    certifier at once; with a note, a letter or a named certifier it is asked under `clearance`."""
    take(act, found, step, Order(order["reason"], tuple(order["attachments"]), order["request"]))
    act.session.flush()
    return document(act, found)
