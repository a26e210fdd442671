"""The stage of a fault test: a fresh portal with reports of several states, and people with tokens."""

from __future__ import annotations

from dataclasses import dataclass

from portal.services import accounts
from tests.factories import PASSWORD, World, address
from tests.faults.server import Place

WRITING = ("KEN", "BRA", "FRA")
SUBMITTING = ("KAZ", "IND", "PER")
ROLES = ("focal_point", "contributor", "certifier")
QUESTIONS = ("1.1.2.1/actions", "1.1.2.1/results", "1.1.2.1/challenges")


@dataclass(frozen=True)
class Part:
    """One report on the stage, with the tokens of its people."""

    report: str
    focal_point: str
    contributor: str
    certifier: str
    email: str


@dataclass(frozen=True)
class Stage:
    """The reports that are only written in, and those that go through their steps."""

    writing: list[Part]
    submitting: list[Part]
    password: str = PASSWORD


def build(place: Place) -> Stage:
    """Furnishes a fresh portal by its own services."""
    with place.application() as app:
        world = World(app)
        world.build()
        act = world.act(None)
        for state in (*WRITING, *SUBMITTING):
            for role in ROLES:
                if state not in ("KAZ", "KEN"):
                    accounts.add(act, address(role, state), role, state, PASSWORD)
        world.done()
        return Stage(
            [_part(world, state, False) for state in WRITING], [_part(world, state, True) for state in SUBMITTING]
        )


def _part(world: World, state: str, complete: bool) -> Part:
    report = world.report(state)
    world.hand_out(report, "1.1.2.1")
    if complete:
        world.fill(world.acting("focal_point", state), report)
        world.done()
    focal_point, contributor, certifier = (world.token(role, state) for role in ROLES)
    return Part(str(report.id), focal_point, contributor, certifier, address("focal_point", state))
