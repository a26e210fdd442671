"""Requests for evidence: where one stands, who is asked, and what a request needs to say."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from forms.words import N_

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
OWN_ALONE = N_("Please choose a contribution of your own organisation.")


@dataclass(frozen=True)
class Asked:
    """A request with the people who are asked: those who file for its partner, or the one person it names."""

    request: Any
    members: Collection[uuid.UUID]


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
