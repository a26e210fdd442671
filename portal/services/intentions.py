"""A state says by which day it will report: told to the reporting team as what it is, a day the state has stated."""

from __future__ import annotations

import datetime as dt

from forms.words import N_
from portal.models.phases import Intention
from portal.models.reports import Report
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act


def state(act: Act, report: Report, by_day: dt.date | None) -> Intention:
    """States the day, or takes back what was stated (None); the newest counts. NotNow once the report was received."""
    act.demand("report:announce", report)
    if report.practice:
        raise NotNow(N_("A practice report is never spoken of outside your state."))
    if report.first_submitted_at is not None:
        raise NotNow(N_("The report has been received; there is no day to state any more."))
    if by_day is not None and by_day < act.at.date():
        sentence = N_("Please state a day that has not passed.")
        raise Invalid(sentence, [Problem("by_day", sentence)])
    row = Intention(entity=report.entity, cycle=report.cycle, by_day=by_day, stated_at=act.at, stated_by=act.actor.id)
    act.session.add(row)
    act.record("report.intend", {"by_day": by_day.isoformat() if by_day else None}, report=report)
    return row
