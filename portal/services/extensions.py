"""More time for one country: its focal point asks, the lead answers; the deadline of all others stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from forms.words import N_
from portal.models.entities import Entity
from portal.models.phases import Extension
from portal.models.reports import Report
from portal.queries import cycles, extensions
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from portal.services.steps import phase_ends
from portal.services.submission import DEADLINE_PHASE

WORDS_LIMIT = 4000
NO_DAY = N_("Please give the day, such as 2025-07-31.")
DAY_TOO_MANY = N_("Please give no day where the deadline stays.")


def ask(act: Act, office: Any, wanted_until: dt.date | None, reason: str) -> Extension:
    """Asks for more time in the present cycle, up to the end of a day, for the entity of this office.

    NotNow while an earlier request waits for its answer or once the report has been received; Invalid without a
    reason or with a day that is not between the deadline and the end of the cycle.
    """
    person = act.demand("extension:ask", office)
    act.session.get(Entity, office.entity, with_for_update={"key_share": True})
    cycle = cycles.current(act.session).key
    if any(one.answered_at is None for one in extensions.of_entity(act.session, cycle, office.entity)):
        raise NotNow(N_("A request of your country waits for its answer; please wait for it."))
    if _received(act, cycle, office.entity):
        raise NotNow(N_("The report of your country has been received; it needs no more time."))
    problems = _day_problems(act, cycle, "wanted_until", wanted_until) + _word_problems("reason", reason)
    if problems or wanted_until is None:
        raise Invalid(problems[0].sentence, problems)
    made = Extension(
        entity=office.entity,
        cycle=cycle,
        wanted_until=wanted_until,
        reason=_clean(reason),
        asked_at=act.at,
        asked_by=person.id,
    )
    act.session.add(made)
    act.session.flush()
    told = {"extension": str(made.id), "cycle": cycle, "wanted_until": wanted_until.isoformat(), "reason": made.reason}
    act.record("extension.ask", told, entity=office.entity)
    act.notify("extension.ask", act.holders("lead"), {"entity": office.entity})
    return made


def answer(act: Act, extension: Extension, until: dt.date | None, words: str) -> None:
    """The lead's answer: more time up to the end of a day, or none (`until` None), which needs words.

    NotNow when it was answered already; Invalid as for `ask`.
    """
    person = act.demand("extension:answer", extension)
    if extension.answered_at is not None:
        raise NotNow(N_("This request was answered already; the answer stands."))
    problems = _day_problems(act, extension.cycle, "until", until) if until else _word_problems("words", words)
    if len(words) > WORDS_LIMIT:
        problems = problems or _word_problems("words", words)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    extension.until, extension.answer = until, _clean(words)
    extension.answered_at, extension.answered_by = act.at, person.id
    act.session.flush()
    kind = "extension.give" if until else "extension.decline"
    told = {"extension": str(extension.id), "cycle": extension.cycle, "reason": extension.answer}
    act.record(kind, told | {"until": until.isoformat() if until else None}, entity=extension.entity)
    people = act.holders("focal_point", "certifier", entity=extension.entity)
    act.notify(kind, people, {"entity": extension.entity, "due": until.isoformat() if until else None})


def _received(act: Act, cycle: str, entity: str) -> bool:
    query = select(Report.id).where(
        Report.cycle == cycle, Report.entity == entity, Report.first_submitted_at.is_not(None)
    )
    return act.session.scalars(query).first() is not None


def _clean(words: str) -> str:
    return words.replace("\0", "").strip()


def _word_problems(where: str, words: str) -> list[Problem]:
    if not _clean(words):
        return [Problem(where, N_("Please give your reason in a few words."))]
    if len(words) > WORDS_LIMIT:
        return [Problem(where, N_("Please use at most 4000 characters."))]
    return []


def _day_problems(act: Act, cycle: str, where: str, day: dt.date | None) -> list[Problem]:
    if day is None:
        return [Problem(where, NO_DAY)]
    ends = phase_ends(act.session, cycle)
    if day <= ends[DEADLINE_PHASE]:
        return [Problem(where, N_("Please give a day after the deadline of all countries."))]
    if day > max(ends.values()):
        return [Problem(where, N_("Please give a day before the end of the cycle."))]
    return []
