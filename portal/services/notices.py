"""Notices: marking one's own as read, and the reminders of the cycle's calendar."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass

from sqlalchemy import insert, update

from portal.models.events import Notice
from portal.models.outbox import CycleReminder
from portal.queries import cycles, notices
from portal.rules.notices import CERTIFIER, Standing, cycle_reminder, extension_reminder, mark_of_extension
from portal.rules.reminders import day_of
from portal.services.act import Act

FEEDBACK = "feedback"


@dataclass(frozen=True)
class _Due:
    """A reminder that is due to people of an entity: of which day, and what is noted of it."""

    kind: str
    mark: str
    entity: str
    people: list[uuid.UUID]
    day: dt.date


def read_all(act: Act) -> int:
    """Marks every unread notice of the person who acts as read now; returns how many there were."""
    mine = (Notice.user_id == act.actor.id) & Notice.read_at.is_(None)
    done = act.session.execute(
        update(Notice).where(mine).values(read_at=act.at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def remind(act: Act) -> int:
    """Sends the reminders of the newest cycle that are due at the moment of the act, each once, to those of the
    entities that they concern who must act: the focal points, and while the report waits for clearance the certifiers
    who were asked, in their place. Of the calendar, and of the day up to which an entity was given more time. Returns
    to how many entities. One without anybody to tell is not noted as told.
    """
    cycle = notices.held_cycle(act.session)
    if cycle is None:
        return 0
    phase = next(one for one in cycles.phases(act.session, cycle.key) if one.key == FEEDBACK)
    stands, sent = notices.standings(act.session, cycle.key), notices.reminded(act.session, cycle.key)
    today = day_of(act.at)
    due: list[_Due] = []
    leading, asked = notices.focal_points(act.session), notices.clearing(act.session, cycle.key)
    for entity in sorted(leading.keys() | asked.keys()):
        people, to = (asked[entity], CERTIFIER) if entity in asked else (leading[entity], "")
        standing, told = stands.get(entity, Standing()), sent.get(entity, set())
        kind = cycle_reminder(phase.opens, phase.closes, today, standing, told)
        if kind is not None:
            due.append(_Due(f"cycle.{kind}{to}", kind, entity, people, phase.closes))
        kind = extension_reminder(today, standing, told)
        if kind is not None and standing.extended is not None:
            mark = mark_of_extension(kind, standing.extended)
            due.append(_Due(f"cycle.extended.{kind}{to}", mark, entity, people, standing.extended))
    for kind, group in itertools.groupby(sorted(due, key=lambda one: one.kind), key=lambda one: one.kind):
        data = {"cycle": cycle.key}
        told_of = [(None, one.people, data | {"due": one.day.isoformat(), "entity": one.entity}) for one in group]
        act.notify_each(kind, told_of)
    rows = [{"cycle": cycle.key, "entity": one.entity, "kind": one.mark, "sent_at": act.at} for one in due]
    if rows:
        act.session.execute(insert(CycleReminder), rows)
        act.record("cycle.remind", {"cycle": cycle.key, "told": {row["entity"]: row["kind"] for row in rows}})
    return len(rows)
