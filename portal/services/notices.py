"""Notices: marking one's own as read, and the reminders of the cycle's calendar."""

from __future__ import annotations

import uuid
from collections import defaultdict

from sqlalchemy import insert, update

from portal.models.events import Notice
from portal.models.outbox import CycleReminder
from portal.queries import cycles, notices
from portal.rules.notices import Standing, cycle_reminder
from portal.rules.reminders import day_of
from portal.services.act import Act

FEEDBACK = "feedback"


def read_all(act: Act) -> int:
    """Marks every unread notice of the person who acts as read now; returns how many there were."""
    mine = (Notice.user_id == act.actor.id) & Notice.read_at.is_(None)
    done = act.session.execute(
        update(Notice).where(mine).values(read_at=act.at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def remind(act: Act) -> int:
    """Sends the reminders of the newest cycle that are due at the moment of the act, each once, to the focal points
    of the entities that they concern; returns to how many entities. One without a focal point is not noted as told.
    """
    cycle = notices.held_cycle(act.session)
    if cycle is None:
        return 0
    phase = next(one for one in cycles.phases(act.session, cycle.key) if one.key == FEEDBACK)
    stands, sent = notices.standings(act.session, cycle.key), notices.reminded(act.session, cycle.key)
    today = day_of(act.at)
    due: dict[str, list[tuple[str, list[uuid.UUID]]]] = defaultdict(list)
    for entity, people in notices.focal_points(act.session).items():
        standing = stands.get(entity, Standing())
        kind = cycle_reminder(phase.opens, phase.closes, today, standing, sent.get(entity, set()))
        if kind is not None:
            due[kind].append((entity, people))
    for kind, told in due.items():
        data = {"cycle": cycle.key, "due": phase.closes.isoformat()}
        act.notify_each(f"cycle.{kind}", [(None, people, data | {"entity": entity}) for entity, people in told])
    rows = [
        {"cycle": cycle.key, "entity": entity, "kind": kind, "sent_at": act.at}
        for kind, told in due.items()
        for entity, _people in told
    ]
    if rows:
        act.session.execute(insert(CycleReminder), rows)
        act.record("cycle.remind", {"cycle": cycle.key, "told": {row["entity"]: row["kind"] for row in rows}})
    return len(rows)
