"""Who reviews what: the assignment of received reports to reviewers, planned before it is done."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from forms.words import N_

OPEN = ("submitted", "in_review", "clarifying")
OWN_COUNTRY = N_("Nobody reviews the own country.")
NO_REVIEWER = N_("None of the chosen reviewers can take it: nobody reviews the own country.")
REVIEW_OVER = N_("Its review is over; it keeps its reviewer.")
BEING_REVIEWED = N_("It is in review and needs a reviewer; please assign it to a colleague.")
AS_IT_IS = N_("It stays as it is.")
CHANGED = N_("It has changed since you looked; it is left as it is now.")


@dataclass(frozen=True)
class Held:
    """A received report as the assignment sees it: its state as the team knows it, and who reviews it."""

    id: uuid.UUID
    entity: str
    state: str
    assigned_to: uuid.UUID | None


@dataclass(frozen=True)
class Reviewer:
    """A member of the team, the entities this person reports for, and how many open reports are assigned."""

    id: uuid.UUID
    name: str
    entities: frozenset[str] = frozenset()
    load: int = 0


@dataclass(frozen=True)
class Move:
    """What will happen to one report: `to` reviews it (None for nobody), or a sentence says why it is left alone."""

    report: Held
    to: uuid.UUID | None
    left: str | None = None


def refused(report: Held, to: Reviewer | None) -> str | None:
    """Why a report cannot go to this reviewer, or to nobody; None when it can."""
    if report.state not in OPEN:
        return REVIEW_OVER
    if to is None:
        if report.assigned_to is None:
            return AS_IT_IS
        return BEING_REVIEWED if report.state == "in_review" else None
    if report.entity in to.entities:
        return OWN_COUNTRY
    return AS_IT_IS if report.assigned_to == to.id else None


def by_hand(reports: Iterable[Held], to: Reviewer | None) -> list[Move]:
    """Every report to this reviewer, or to nobody."""
    return [_move(report, to) for report in reports]


def _move(report: Held, to: Reviewer | None) -> Move:
    left = refused(report, to)
    return Move(report, report.assigned_to if left else (to.id if to else None), left)


def evenly(reports: Sequence[Held], reviewers: Sequence[Reviewer]) -> list[Move]:
    """The reports spread over these reviewers by what each holds already, in the order of the reports.

    Those that the fewest can take are given out first, each to whoever holds least then; between two who hold as much
    the name decides, so that the same question has the same answer. The reports themselves do not count as held.
    """
    chosen = [report for report in reports if report.state in OPEN]
    held = _without(reviewers, chosen)
    able = {report.id: [r for r in reviewers if report.entity not in r.entities] for report in chosen}
    given: dict[uuid.UUID, Reviewer] = {}
    for report in sorted(chosen, key=lambda one: len(able[one.id])):
        if able[report.id]:
            taker = min(able[report.id], key=lambda one: (held[one.id], one.name, one.id))
            held[taker.id] += 1
            given[report.id] = taker
    return [_given(report, given.get(report.id)) for report in reports]


def _without(reviewers: Iterable[Reviewer], chosen: Iterable[Held]) -> dict[uuid.UUID, int]:
    """What each reviewer holds beside the reports that are given out anew."""
    held = {one.id: one.load for one in reviewers}
    for report in chosen:
        if report.assigned_to in held:
            held[report.assigned_to] -= 1
    return held


def _given(report: Held, taker: Reviewer | None) -> Move:
    if taker is not None:
        return _move(report, taker)
    return Move(report, report.assigned_to, NO_REVIEWER if report.state in OPEN else REVIEW_OVER)


def loads(plan: Iterable[Move], reviewers: Iterable[Reviewer]) -> Mapping[uuid.UUID, int]:
    """How many open reports each reviewer holds once the plan is done."""
    held = {one.id: one.load for one in reviewers}
    for move in plan:
        if move.left is None:
            if move.report.assigned_to in held:
                held[move.report.assigned_to] -= 1
            if move.to in held:
                held[move.to] += 1
    return held
