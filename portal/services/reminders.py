"""Sending the reminders of what was handed out: each once, each with its record and its notices."""

from __future__ import annotations

import datetime as dt

from portal.models.sharing import Reminder
from portal.queries import reminders
from portal.rules.reminders import HOLDER, Case, day_of, due, mark
from portal.services.act import Act

AHEAD = dt.timedelta(days=7)


def send(act: Act) -> int:
    """Sends the reminders that are due at the moment of the act; returns of how many hand-outs. Run again at the same
    moment, it sends none.
    """
    today = day_of(act.at)
    rows = reminders.outstanding(act.session, today + AHEAD)
    sent = reminders.sent(act.session, [row.Handout.id for row in rows])
    leaders = reminders.leaders(act.session, {row.Report.entity for row in rows})
    count = 0
    for handout, report, in_office in rows:
        case = Case(handout.due, day_of(handout.handed_out_at), True, in_office, report.state)
        standing = due(case, today, sent.get(handout.id, set()))
        if not standing:
            continue
        kind, count = standing[0][0], count + 1
        act.session.add(Reminder(handout_id=handout.id, kind=mark(kind, handout.due), sent_at=act.at))
        data = {"handout": str(handout.id), "section": handout.section, "due": handout.due.isoformat()}
        act.record("reminder.send", data | {"kind": kind}, report=report)
        for _kind, to in standing:
            people = [handout.user_id] if to == HOLDER else leaders[report.entity]
            act.notify(f"reminder.{kind}.{to}", people, data, report=report)
    return count
