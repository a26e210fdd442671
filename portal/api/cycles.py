"""Reporting cycles with their phases."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Given, Moment, Paging, one_of, page_of
from portal.queries import cycles
from portal.services.act import Act

calls = Calls("Cycles", __name__, "Reporting cycles: their phases and dates, and how many entities have reported.")


class CycleShape(Given):
    """A reporting cycle and the edition of the guidelines that it asks."""

    key = fields.String()
    label = fields.String()
    edition = fields.String()
    opened_at = Moment()


class PhaseShape(Given):
    """A phase: it is open from `opens` up to, not including, `closes`. Days end in the last time zone, UTC-12."""

    key = fields.String()
    title = fields.String()
    delivers = fields.String()
    opens = Moment()
    closes = Moment()
    state = one_of(("ahead", "open", "closed"))


class CycleCounts(Given):
    """Member states and observers that have submitted, of how many."""

    received = fields.Integer()
    entities = fields.Integer()


class WholeCycle(CycleShape):
    """A reporting cycle with its phases and counts."""

    phases = fields.List(fields.Nested(PhaseShape))
    counts = fields.Nested(CycleCounts)


@calls.call("GET", "/cycles", "facts:read", query=Paging, gives=page_of(CycleShape))
def list_cycles(act: Act, paging: dict[str, Any]) -> dict[str, Any]:
    """Every cycle, newest first."""
    return portion("cycles", cycles.cycles(act.session), paging)


@calls.call("GET", "/cycles/<key:cycle>", "facts:read", gives=WholeCycle)
def read_cycle(act: Act, cycle: str) -> dict[str, Any]:
    """One cycle with its phases and counts."""
    found = cycles.counting(act.session, cycle)
    received = cycles.received(act.session, cycle)
    phases = [
        {
            "key": phase.key,
            "title": _(phase.title),
            "delivers": _(phase.delivers) if phase.delivers else "",
            "opens": phase.opens_at,
            "closes": phase.closes_at,
            "state": phase.state(act.at),
        }
        for phase in cycles.phases(act.session, cycle)
    ]
    return {
        "key": found.key,
        "label": found.label,
        "edition": found.edition,
        "opened_at": found.opened_at,
        "phases": phases,
        "counts": {"received": received.reports, "entities": received.of},
    }
