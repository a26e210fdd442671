"""What a reviewer asks the queue for, how long a report has been waiting, and which acts the team reads of."""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

RECORD = (
    "report.submit",
    "report.consent",
    "report.withdraw",
    "review.claim",
    "review.assign",
    "review.check",
    "review.clarify",
    "review.accept",
    "review.publish",
)
"""The acts that the reporting team reads of: what a state does with its draft is its own affair."""

SETTLED = frozenset({"accepted", "published", "withdrawn"})
ASSIGNED = ("mine", "nobody", "somebody")
EXTENDED = "within_extension"
TIMINGS = ("in_time", "after_deadline", EXTENDED, "after_cut_off")
"""What the timing of a report is asked for by: its label, or that it came within the extension of its own state."""
AFTER = "afterwards"
"""In place of a phase: received when the last phase had ended."""
AGES = (7, 14, 30, 60, 90)
DAYS = ("age", "waits")
"""The filters that ask for at least so many days."""


class Line(NamedTuple):
    """A row of the queue with what the calendar and the clock say of it: its label, the phase in which it was first
    received, whether it came within the extension of its own state, and its whole days since it was received (None for
    one that is settled) and since its state was last asked (None for one that does not wait for its state).
    """

    row: Any
    timing: str
    phase: str
    extended: bool
    days: int | None
    waits: int | None


@dataclass(frozen=True)
class Wanted:
    """What a reviewer asks the queue for; an empty word asks for everything."""

    state: str = ""
    timing: str = ""
    phase: str = ""
    region: str = ""
    group: str = ""
    assigned: str = ""
    language: str = ""
    modality: str = ""
    age: str = ""
    waits: str = ""

    def asked(self) -> dict[str, str]:
        """The filters that ask for something, by name."""
        return {name: value for name, value in vars(self).items() if value}

    def holds(self, line: Line, person: uuid.UUID) -> bool:
        """Whether a line of the queue is asked for by this person."""
        return all(_holds(name, value, line, person) for name, value in self.asked().items())

    def waits_for_the_state(self) -> bool:
        """Whether only reports that wait for their state are asked for: those are told by how long they wait."""
        return self.state == "clarifying" or self.waits.isdecimal()


def _holds(name: str, value: str, line: Line, person: uuid.UUID) -> bool:
    """Whether one filter lets a line through; words that are no number of days ask for nothing."""
    if name in DAYS:
        days = line.days if name == "age" else line.waits
        return not value.isdecimal() or (days is not None and days >= int(value))
    return value in values(name, line, person)


def _timings(line: Line, _person: uuid.UUID) -> Sequence[str]:
    return (line.timing, EXTENDED) if line.extended else (line.timing,)


def _holders(line: Line, person: uuid.UUID) -> Sequence[str]:
    """By which words a report is found. Nobody's is one that still waits for a reviewer, and none that is settled."""
    holder = line.row.assigned_to
    if holder is None:
        return () if line.row.state in SETTLED else ("nobody",)
    return ("somebody", str(holder), "mine") if holder == person else ("somebody", str(holder))


def _reached(days: int | None) -> Sequence[str]:
    return () if days is None else _UP_TO[bisect_right(AGES, days)]


_UP_TO = [tuple(map(str, AGES[:number])) for number in range(len(AGES) + 1)]


ONE: dict[str, Callable[[Line], str]] = {
    "state": attrgetter("row.state"),
    "phase": attrgetter("phase"),
    "region": attrgetter("row.region"),
    "group": attrgetter("row.regional_group"),
    "modality": attrgetter("row.modality"),
}
"""Under which value of these filters a line is found."""
SEVERAL: dict[str, Callable[[Line, uuid.UUID], Sequence[str]]] = {
    "timing": _timings,
    "assigned": _holders,
    "language": lambda line, _person: line.row.languages,
    "age": lambda line, _person: _reached(line.days),
    "waits": lambda line, _person: _reached(line.waits),
}
"""Under which values of these."""


def values(name: str, line: Line, person: uuid.UUID) -> Sequence[str]:
    """Under which values of a filter this person finds a line."""
    return (ONE[name](line),) if name in ONE else SEVERAL[name](line, person)


def sift(lines: Iterable[Line], wanted: Wanted, person: uuid.UUID) -> tuple[list[Line], dict[str, Counter[str]]]:
    """The lines that are asked for, and for each filter how many each of its values would show while the other filters
    stay as they are. Those that wait for their state come by how long it was asked, all others as they stand.
    """
    asked = wanted.asked()
    found: list[Line] = []
    near: dict[str, list[Line]] = {name: [] for name in (*ONE, *SEVERAL)}
    for line in lines:
        against = [name for name, value in asked.items() if not _holds(name, value, line, person)]
        if not against:
            found.append(line)
        elif len(against) == 1:
            near[against[0]].append(line)
    counts = {name: Counter(map(one, chain(found, near[name]))) for name, one in ONE.items()}
    for name, several in SEVERAL.items():
        counts[name] = Counter(chain.from_iterable(several(line, person) for line in chain(found, near[name])))
    for name, value in asked.items():
        counts[name][value] = len(found)
    return in_order(found, wanted), counts


def in_order(lines: list[Line], wanted: Wanted) -> list[Line]:
    """The lines as they stand, or by how long each waits for its state, longest first, where only those are asked
    for.
    """
    return sorted(lines, key=asked_place) if wanted.waits_for_the_state() else lines


def received_place(line: Line) -> tuple[dt.datetime, uuid.UUID]:
    """Where a line stands in the queue: when it was first received."""
    return line.row.first_submitted_at, line.row.id


def asked_place(line: Line) -> tuple[dt.datetime, uuid.UUID]:
    """Where a line stands among those that wait for their state: when it was last asked."""
    return line.row.asked_at or line.row.first_submitted_at, line.row.id


def age(state: str, received_at: dt.datetime, at: dt.datetime) -> int | None:
    """Whole days since a report was received; None for one that waits for nobody any more."""
    return None if state in SETTLED else max(0, (at - received_at).days)


def waited(state: str, asked_at: dt.datetime | None, at: dt.datetime) -> int | None:
    """Whole days since a state was last asked; None for a report that does not wait for it, or was asked at no known
    moment.
    """
    return None if state != "clarifying" or asked_at is None else max(0, (at - asked_at).days)
