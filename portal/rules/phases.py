"""What must be true to write a text of a phase, to sign it and to close the phase: pure rules over counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from forms.words import N_

COLLECTING = "feedback"
SIGNATURES = 2
TEXT_LIMIT = 200_000

# Received in the cycle before this one, by the end of the month (HSP/OECPR.2025/2 and the pages of UN-Habitat on it);
# the last row is all that came.
LAST_CYCLE = (
    (dt.date(2021, 7, 31), 15),
    (dt.date(2021, 12, 31), 21),
    (dt.date(2022, 4, 30), 30),
    (dt.date(2022, 6, 30), 40),
)
LAST_CYCLE_OF = 193
YEARS_BETWEEN_CYCLES = 4


@dataclass(frozen=True)
class PhaseCase:
    """What the rules look at. `days` is ahead, open or closed; `newest` the number of the newest text, 0 for none,
    `held` its title and the digest of its text.
    """

    key: str
    days: str = "open"
    newest: int = 0
    held: tuple[str, str] = ("", "")
    signatures: int = 0
    signed_by_actor: bool = False
    closed: bool = False
    closed_before: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Condition:
    """One thing that must be true, and the sentence for when it is not."""

    met: Callable[[PhaseCase], bool]
    sentence: str


NOT_CLOSED = Condition(lambda case: not case.closed, N_("This phase is closed; its record stays as it is."))
IN_ORDER = Condition(lambda case: case.closed_before, N_("The phase before this one is still open; close that first."))
DAYS_OVER = Condition(
    lambda case: case.days == "closed" or bool(case.reason),
    N_("The last day of this phase has not ended everywhere; to close it all the same, give a reason."),
)
A_TEXT = Condition(lambda case: case.newest > 0, N_("There is no text yet; write what the phase delivers first."))
SIGNED = Condition(
    lambda case: case.newest == 0 or case.signatures >= SIGNATURES,
    N_("The newest version of the text needs the sign-off of two persons."),
)
NOT_YET_SIGNED = Condition(lambda case: not case.signed_by_actor, N_("You have signed this version already."))

WRITING = (NOT_CLOSED,)
SIGNING = (NOT_CLOSED, A_TEXT, NOT_YET_SIGNED)
CLOSING_THE_COLLECTION = (NOT_CLOSED, IN_ORDER, DAYS_OVER)
CLOSING_A_TEXT = (NOT_CLOSED, IN_ORDER, A_TEXT, SIGNED)


def closing(key: str) -> tuple[Condition, ...]:
    """What must be true to close this phase: days for the collection, a text with its sign-offs for the others."""
    return CLOSING_THE_COLLECTION if key == COLLECTING else CLOSING_A_TEXT


def hindrances(conditions: Iterable[Condition], case: PhaseCase) -> list[str]:
    """The sentences of what is not true yet; none when nothing stands against it."""
    return [condition.sentence for condition in conditions if not condition.met(case)]


def last_cycle_shifted() -> list[tuple[dt.date, int]]:
    """The arrivals of the last cycle laid over this one: the same months, four years on."""
    return [(day.replace(year=day.year + YEARS_BETWEEN_CYCLES), count) for day, count in LAST_CYCLE]


def running(moments: Iterable[dt.datetime]) -> list[tuple[dt.date, int]]:
    """How many had come by the end of each day (in UTC) on which one came; `moments` are in order."""
    counted: dict[dt.date, int] = {}
    for number, moment in enumerate(moments, 1):
        counted[moment.astimezone(dt.UTC).date()] = number
    return list(counted.items())


def by_day(curve: Iterable[tuple[dt.date, int]], day: dt.date) -> int:
    """How many had come by the end of this day, of a curve in order."""
    return max((count for at, count in curve if at <= day), default=0)
