"""Random walks along the life of a report on the real services: they go where the table written by hand says, else they
refuse with a sentence and leave everything as it was.
"""

from __future__ import annotations

import random

from sqlalchemy import func, select

from portal.db import db
from portal.http import steps
from portal.models.events import Event
from portal.models.reports import Report
from portal.queries import reports
from portal.rules.lifecycle import STEPS
from portal.rules.policy import Person
from portal.rules.refusals import Refusal
from portal.services import drafting
from portal.services.act import Act
from portal.services.steps import Order
from reviewer.services import review as services
from tests.factories import OF_A_STATE, WHO, World
from tests.rules.test_lifecycle_model import MOVES

WALKS, LENGTH, SEED = 30, 12, 20250701
WHO_MAY = {name: {WHO[name]} | ({"lead"} if WHO[name] == "reviewer" else set()) for name in STEPS}


def recorded(act: Act) -> int:
    """How many events there are."""
    return act.session.scalar(select(func.count()).select_from(Event)) or 0


def try_step(act: Act, report: Report, name: str) -> str:
    """Takes a step in a savepoint; the sentence of the refusal, or nothing when it was taken."""
    try:
        with act.session.begin_nested():
            steps.take(act, report, name, Order(reason="a reason"))
    except Refusal as refusal:
        act.session.refresh(report)
        return str(refusal)
    return ""


def surround(chance: random.Random, act: Act, report: Report, people: dict[str, Person], points: list[str]) -> None:
    """What makes a step possible, or does not: the draft changes in three of four cases, the checklist in half."""
    if report.state in ("preparing", "clarifying") and chance.random() < 0.75:
        answer = reports.answer(act.session, report.id, "F.2/summary", "en")
        writer = Act(act.session, people["focal_point"], act.at)
        words = f"Words {chance.random()}."
        given = drafting.Given("F.2/summary", "en", words, answer.revision if answer else 0)
        drafting.save_section(writer, report, [given])
    if report.state == "in_review" and chance.random() < 0.5:
        holder = next(person for person in people.values() if person.id == report.assigned_to)
        services.check(Act(act.session, holder, act.at), report, dict.fromkeys(points, ("yes", "")))


def test_random_walks_go_where_the_table_says(world: World) -> None:
    chance, taken, refused = random.Random(SEED), set(), set()
    found = world.report("KAZ", "preparing")
    world.fill(world.acting("focal_point", "KAZ"), found)
    world.done()
    roles = (*OF_A_STATE, "reviewer", "lead")
    people = {role: world.person(role, "KAZ" if role in OF_A_STATE else None) for role in roles}
    points = [item.key for item in world.edition().checklist]
    for _walk in range(WALKS):
        act = world.act(None)
        report = reports.get(act.session, found.id, lock=True)
        for _step in range(LENGTH):
            surround(chance, act, report, people, points)
            likely = [name for state, name in MOVES if state == report.state and name != "withdraw"]
            name = chance.choice([*likely, *likely, chance.choice(list(STEPS))])
            role = WHO[name] if chance.random() < 0.8 else chance.choice(list(people))
            before, drafting_before = report.state, report.drafting
            events = recorded(act)
            said = try_step(Act(act.session, people[role], act.at), report, name)
            if said:
                refused.add(said)
                assert (report.state, recorded(act)) == (before, events)
                continue
            taken.add(name)
            target = MOVES[before, name]
            assert role in WHO_MAY[name]
            assert report.state == (drafting_before if target == "back" else target)
        db.session.rollback()
    assert taken == set(STEPS)
    assert "" not in refused
    assert len(refused) >= 10
