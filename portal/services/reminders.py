"""Sending the reminders of what was handed out and of remarks that wait for an answer: each once, each with its record
and its notices.
"""

from __future__ import annotations

import datetime as dt
import itertools

from sqlalchemy import insert

from portal.models.outbox import CycleReminder
from portal.models.sharing import Reminder
from portal.queries import remarks, reminders
from portal.rules.reminders import HOLDER, Case, day_of, due, due_of_remarks, mark, mark_of_remarks
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


def send_of_remarks(act: Act) -> int:
    """Sends the reminders of remarks that wait for an answer and are due at the moment of the act, one for all remarks
    of a report that ask for it by the same day; returns how many. Run again at the same moment, it sends none.
    """
    today = day_of(act.at)
    rows = remarks.awaited(act.session, today + AHEAD)
    sent = reminders.sent_of_remarks(act.session, {row.Report.id for row in rows})
    leaders = reminders.leaders(act.session, {row.Report.entity for row in rows})
    noted = []
    for (report, due_on), waiting in itertools.groupby(rows, key=lambda row: (row.Report, row.Remark.due)):
        asked = [row.Remark for row in waiting]
        given_on = max(day_of(remark.sent_at) for remark in asked)
        kind = due_of_remarks(due_on, report.versions, given_on, today, sent[report.id])
        if kind is None:
            continue
        told = {"cycle": report.cycle, "entity": report.entity, "sent_at": act.at}
        noted.append(told | {"kind": mark_of_remarks(kind, due_on, report.versions)})
        data = {"remarks": len(asked), "due": due_on.isoformat()}
        act.record("remark.remind", data | {"kind": kind}, report=report)
        act.notify(f"reminder.remarks.{kind}", leaders[report.entity], data, report=report)
    if noted:
        act.session.execute(insert(CycleReminder), noted)
    return len(noted)
