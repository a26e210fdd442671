"""Requests for evidence: where one stands, who is asked, and what a request needs to say."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from forms.words import N_
from portal.rules.contributions import Window

OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"
STATES = {
    OPEN: N_("waits for an answer"),
    ANSWERED: N_("answered"),
    WITHDRAWN: N_("withdrawn"),
}
MOST = 4_000
LONGEST = dt.timedelta(days=366)
SETTLED = {
    ANSWERED: N_("The request has been answered; it stays here to be read."),
    WITHDRAWN: N_("The request was withdrawn; it stays here to be read."),
}
OTHER_CHANNEL = N_("Please choose a contribution to the channel and the cycle that the request names.")
NO_WAY_IN = N_(
    "No call for input of this channel takes a new contribution from them until that day. Please have one opened, or "
    "the last day of one set later."
)
OWN_ALONE = N_("Please choose a contribution of your own organisation.")


@dataclass(frozen=True)
class Asked:
    """A request with the people who are asked: those who file for its partner, or the one person it names."""

    request: Any
    members: Collection[uuid.UUID]


@dataclass(frozen=True)
class Door:
    """A call for input as a way in: its channel and window, and the partners on its list, None where any may come."""

    call_id: uuid.UUID
    channel: str
    window: Window
    partners: frozenset[uuid.UUID] | None

    def takes(self, request: Any, at: dt.datetime) -> bool:
        """Whether what a request asks for can come in here until its day. Of a person it is not asked for whom they
        file.
        """
        window = self.window
        there = window.closed_at is None and at < window.closes_at and window.opens_at.date() <= request.due
        listed = self.partners is None or request.partner_id is None or request.partner_id in self.partners
        return there and listed and self.channel == request.channel


def way_in(request: Any, doors: Iterable[Door], at: dt.datetime) -> Door | None:
    """The call for input by which a request can be answered until its day, the first that opens; None for none, and of
    a request that does not wait.
    """
    if state_of(request) != OPEN:
        return None
    found = (one for one in doors if one.takes(request, at))
    return min(found, key=lambda one: (one.window.opens_at, one.call_id), default=None)


def state_of(request: Any) -> str:
    """Where a request stands: open, answered or withdrawn."""
    if request.withdrawn_at is not None:
        return WITHDRAWN
    return ANSWERED if request.answered_at is not None else OPEN


def day_problem(due: dt.date | None, today: dt.date) -> str | None:
    """What is wrong with the day by which an answer is hoped for; None for nothing."""
    if due is None:
        return N_("Please write the day by which you hope for an answer, for instance 2025-09-30.")
    if due <= today:
        return N_("Please choose a day after today.")
    return N_("Please choose a day within a year from today.") if due - today > LONGEST else None
