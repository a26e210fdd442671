"""The time of the demonstration: a day that a state has stated, a request for more time, a text of a phase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.demonstration.cast import acting, moment
from portal.models.reports import Report
from portal.queries import colleagues
from portal.queries import phases as held
from portal.services import extensions, intentions, phases
from portal.services.act import Act


def ask_for_time(act: Act, given: Mapping[str, Any], cycle: str) -> None:
    """One state says by which day it will report; another asks for more time, which waits for the lead."""
    act.at = moment(91)
    stated = given["intention"]
    acting(act, "focal_point", stated["entity"])
    whose = select(Report).where(Report.entity == stated["entity"], Report.cycle == cycle)
    intentions.state(act, act.session.scalars(whose).one(), dt.date.fromisoformat(stated["by_day"]))
    act.at = moment(103)
    wanted = given["extension"]
    acting(act, "focal_point", wanted["entity"])
    office = colleagues.office(act.session, wanted["entity"], lock=True)
    extensions.ask(act, office, dt.date.fromisoformat(wanted["wanted_until"]), wanted["reason"])


def deliver(act: Act, given: Mapping[str, Any], cycle: str) -> None:
    """The lead writes versions of the text that a phase delivers."""
    acting(act, "lead")
    told = given["deliverable"]
    phase = held.phase(act.session, cycle, told["phase"], lock=True)
    for number, one in enumerate(told["texts"]):
        act.at = moment(101 + number, 15)
        phases.write(act, phase, phases.Draft(one["title"], one["text"], one["note"], number))
