"""The lifecycle as a model: every sequence of steps by every person up to length 7, over the tables alone.

Two sequences that lead to the same situation go on alike, so situations are visited once: the search is exhaustive.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.rules.lifecycle import STEPS, Case, Step, hindrances
from portal.rules.policy import Grant, Person, may, refusal
from tests.rules.test_policy import PEOPLE

LENGTH = 7  # the sixth step publishes, the seventh is refused there
# Written out by hand: who may take a step at all (the letters of test_policy; b is focal point and certifier in one
# person, s a second reviewer), and from which state into which. "back" is the state in which the draft was open last.
WHO = {
    "ask": "fkb",
    "recall": "fkb",
    "decline": "zb",
    "submit": "zb",
    "consent": "zb",
    "withdraw": "zb",
    "reopen": "zb",
    "claim": "rls",
    "clarify": "rls",
    "accept": "rls",
    "publish": "l",
}
MOVES = {
    ("preparing", "ask"): "clearing",
    ("clarifying", "ask"): "clearing",
    ("clearing", "recall"): "back",
    ("clearing", "decline"): "back",
    ("clearing", "submit"): "submitted",
    ("submitted", "claim"): "in_review",
    ("in_review", "clarify"): "clarifying",
    ("in_review", "accept"): "accepted",
    ("accepted", "consent"): "accepted",
    ("accepted", "publish"): "published",
    ("submitted", "withdraw"): "withdrawn",
    ("in_review", "withdraw"): "withdrawn",
    ("clarifying", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("published", "withdraw"): "withdrawn",
    ("withdrawn", "reopen"): "preparing",
}
FIRST_REACHED = {
    "preparing": 0,
    "clearing": 1,
    "submitted": 2,
    "in_review": 3,
    "withdrawn": 3,
    "clarifying": 4,
    "accepted": 4,
    "published": 6,
}
REFUSALS = {
    "The report is still being prepared.",
    "The report is with the certifier for clearance.",
    "The report is submitted and waits for a reviewer.",
    "The report is in review.",
    "The state has been asked for clarification.",
    "The report is accepted.",
    "The report is published.",
    "The report has been withdrawn.",
    "Some things must be filled in before the report can be submitted; the list of checks names each.",
    "Nothing has changed since the last submitted version.",
    "Please give a reason: the other side reads it.",
    "Some remarks of the reporting team wait for an answer; the page of the remarks names each.",
    "Some remarks are still open; please close each, take it out, or send it to the state.",
    "The checklist still has points without an answer.",
    "The state has not yet given its consent to publication.",
    "The report is assigned to a colleague.",
    "Your state has nobody else who could approve the report; please invite a certifier on the page of roles and "
    "invitations.",
    "The person who asked for clearance cannot approve it: preparing and certifying are acts of two people.",
    "Your role does not include this.",
}
FOLK = PEOPLE | {"b": (Grant("focal_point", "KAZ"), Grant("certifier", "KAZ")), "s": (Grant("reviewer"),)}
PERSONS = {code: Person(uuid.UUID(int=n), code, code, grants) for n, (code, grants) in enumerate(FOLK.items())}


@dataclass(frozen=True)
class Situation:
    """As much of a report as decides about its steps; the letters of who asked and of who reviews."""

    state: str = "preparing"
    drafting: str = "preparing"
    submitted: bool = False
    asked_by: str = ""
    assigned: str = ""
    consented: bool = False
    entity: str = "KAZ"
    handouts: tuple[object, ...] = ()

    @property
    def first_submitted_at(self) -> str | None:
        return "then" if self.submitted else None


@dataclass(frozen=True)
class Surroundings:
    """What the people did between the steps: each way it can be, at each step."""

    blockers: int
    unchecked: int
    unchanged: bool
    alone: bool
    reason: str
    remarks: str


EVERY_WAY = [
    Surroundings(*one)
    for one in itertools.product(
        (0, 2), (0, 1), (False, True), (False, True), ("because", " "), ("none", "gathered", "open", "answered")
    )
]


def allowed(now: Situation, code: str, name: str, way: Surroundings) -> bool:
    """Whether the step can be taken, written out by hand beside the tables."""
    hindered = (
        (name in ("ask", "submit") and (way.blockers or way.remarks == "open"))
        or (name in ("ask", "submit") and way.unchanged and way.remarks != "answered")
        or (name in ("decline", "withdraw", "reopen") and way.reason == " ")
        or (name == "clarify" and way.reason == " " and way.remarks != "gathered")
        or (name == "accept" and way.remarks in ("gathered", "open"))
        or (name == "submit" and now.asked_by == code)
        or (name == "ask" and way.alone)
        or (name in ("claim", "clarify", "accept") and now.assigned not in ("", code))
        or (name == "accept" and way.unchecked)
        or (name == "publish" and not now.consented)
    )
    not_yet = name in ("claim", "clarify", "accept", "publish") and not now.submitted
    return code in WHO[name] and (now.state, name) in MOVES and not hindered and not not_yet


def tried(now: Situation, code: str, step: Step, way: Surroundings) -> list[str]:
    """The sentences with which the lifecycle refuses; none when the step is taken."""
    case = Case(
        state=now.state,
        drafting=now.drafting,
        blockers=way.blockers,
        unchecked=way.unchecked,
        consented=now.consented,
        unchanged=way.unchanged,
        reason=way.reason if step.reason else None,
        assigned_elsewhere=now.assigned not in ("", code),
        prepared_by_actor=now.asked_by == code,
        nobody_certifies=way.alone,
        remarks=int(way.remarks in ("open", "answered")),
        gathered=int(way.remarks == "gathered"),
        unsettled=int(way.remarks in ("gathered", "open")),
        unanswered=2 * (way.remarks == "open"),
    )
    return list(hindrances(step, case))


def after(now: Situation, code: str, step: Step) -> Situation:
    """The situation when the step was taken, the state by the table of steps."""
    state = step.lands(Case(now.state, drafting=now.drafting))
    then = replace(now, state=state, drafting=state if state in ("preparing", "clarifying") else now.drafting)
    if step.name == "ask":
        return replace(then, asked_by=code)
    if step.name == "submit":
        return replace(then, submitted=True, asked_by="", consented=False)
    if step.name == "claim":
        return replace(then, assigned=code)
    return replace(then, consented=True) if step.name == "consent" else then


def explored() -> Iterator[tuple[int, Situation, str, Step, Surroundings, list[str]]]:
    """Every step tried by every person in every situation that at most six steps lead to, in every way. Where the
    policy refuses, it refuses whatever surrounds the report: once is enough.
    """
    seen, front = {Situation()}, [Situation()]
    for depth in range(LENGTH):
        reached: dict[Situation, None] = {}
        for now, code, step in itertools.product(front, PERSONS, STEPS.values()):
            if not may(PERSONS[code], step.permission, now):
                yield depth, now, code, step, EVERY_WAY[0], [refusal(PERSONS[code], step.permission)]
                continue
            for way in EVERY_WAY:
                said = tried(now, code, step, way)
                yield depth, now, code, step, way, said
                if not said:
                    reached[after(now, code, step)] = None
        front = [one for one in reached if one not in seen]
        seen.update(front)


def test_every_sequence_of_steps_leaves_only_what_the_table_allows() -> None:
    wrong, first, told = [], {"preparing": 0}, set()
    for depth, now, code, step, way, said in explored():
        if allowed(now, code, step.name, way) != (not said):
            wrong.append((now, code, step.name, way, said))
        told.update(said)
        if said:
            continue
        target = MOVES.get((now.state, step.name), "nowhere")
        state = after(now, code, step).state
        if state != (now.drafting if target == "back" else target):
            wrong.append((now, code, step.name, way, [state]))
        first.setdefault(state, depth + 1)
    assert wrong[:3] == []
    assert first == FIRST_REACHED
    assert told == REFUSALS
