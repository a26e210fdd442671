"""The minutes of the reporting team: how long reports stood in each state, how often a state was asked, who holds what.

The times come from the record of steps. Clearance inside a country is its own affair: the report counts as clarifying
until the next version is received.
"""

from __future__ import annotations

import datetime as dt
import statistics
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ENTERS = {
    "report.submit": "submitted",
    "review.claim": "in_review",
    "review.clarify": "clarifying",
    "review.accept": "accepted",
    "review.publish": "published",
    "report.withdraw": "withdrawn",
}
KINDS = tuple(ENTERS)
STATES = tuple(ENTERS.values())
OPEN = ("submitted", "in_review", "clarifying")
AGES = (7, 14, 30, 60, 90)


@dataclass(frozen=True)
class Stay:
    """A time in one state; `ended` is None while it lasts."""

    state: str
    began: dt.datetime
    ended: dt.datetime | None = None

    def days(self, at: dt.datetime) -> float:
        """Its length in days, up to this moment while it lasts."""
        return max(0.0, ((self.ended or at) - self.began).total_seconds() / 86400)


@dataclass
class Life:
    """One received report: its stays in order, and how often the state was asked for clarification."""

    report: Any
    stays: list[Stay] = field(default_factory=list)
    rounds: int = 0

    def days_in(self, state: str, at: dt.datetime) -> float:
        """All its time in one state, in days."""
        return sum(stay.days(at) for stay in self.stays if stay.state == state)


def lives(reports: Iterable[Any], steps: Iterable[Any]) -> list[Life]:
    """The lives of these reports out of the steps in their order (report_id, kind, at)."""
    found = {report.id: Life(report) for report in reports}
    for step in steps:
        life = found.get(step.report_id)
        if life is None:
            continue
        if life.stays:
            last = life.stays[-1]
            life.stays[-1] = Stay(last.state, last.began, step.at)
        life.stays.append(Stay(ENTERS[step.kind], step.at))
        life.rounds += step.kind == "review.clarify"
    return list(found.values())


@dataclass(frozen=True)
class TimeIn:
    """What the stays in one state say: how many, how many last, the middle and the longest length in days."""

    state: str
    stays: int
    lasting: int
    middle: float
    longest: float


def times(found: Iterable[Life], at: dt.datetime) -> list[TimeIn]:
    """The time in each state in the order of the life, states without a stay left out."""
    stays: dict[str, list[Stay]] = {state: [] for state in STATES}
    for life in found:
        for stay in life.stays:
            stays[stay.state].append(stay)
    told = []
    for state, each in stays.items():
        if each:
            lengths = [stay.days(at) for stay in each]
            lasting = sum(1 for stay in each if stay.ended is None)
            told.append(TimeIn(state, len(each), lasting, statistics.median(lengths), max(lengths)))
    return told


@dataclass(frozen=True)
class Load:
    """What one reviewer holds: open reports by state, and how many were accepted."""

    person: uuid.UUID | None
    name: str
    open: Mapping[str, int]
    accepted: int

    @property
    def total(self) -> int:
        return sum(self.open.values())


def workload(found: Iterable[Life], accepted_by: Iterable[uuid.UUID], names: Mapping[uuid.UUID, str]) -> list[Load]:
    """What each reviewer holds, most first; what nobody holds stands last, under no name. `accepted_by` has the person
    of each acceptance once.
    """
    held: dict[uuid.UUID | None, Counter[str]] = {person: Counter() for person in names}
    for life in found:
        if life.report.state in OPEN:
            held.setdefault(life.report.assigned_to, Counter())[life.report.state] += 1
    accepted = Counter(accepted_by)
    rows = [
        Load(person, names.get(person, "") if person else "", dict(states), accepted[person] if person else 0)
        for person, states in held.items()
    ]
    return sorted(rows, key=lambda row: (row.person is None, -row.total, row.name))


def rounds(found: Iterable[Life]) -> list[tuple[int, int]]:
    """How many reports went through how many rounds of clarification: (rounds, reports)."""
    return sorted(Counter(life.rounds for life in found).items())


def ages(days: Sequence[int]) -> list[tuple[int, int | None, int]]:
    """How many open reports are how old: (from, below, reports); the last has no end."""
    edges = (0, *AGES)
    ends: tuple[int | None, ...] = (*AGES, None)
    return [
        (begin, end, sum(1 for day in days if day >= begin and (end is None or day < end)))
        for begin, end in zip(edges, ends, strict=True)
    ]
