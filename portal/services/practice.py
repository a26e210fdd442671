"""Practice: a report like any other that counts nowhere. It stands in a twin of the cycle, so that every count by cycle
leaves it out, and it is never received, so that nobody outside the state may know of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from forms.build import clean, empty
from forms.words import N_
from portal.models.cycles import Cycle, Phase
from portal.models.reports import Report
from portal.queries import cycles, reports
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING, WRONG_STATE
from portal.rules.refusals import NotNow
from portal.services import drafting
from portal.services.act import Act
from portal.services.drafting import Draft, Given
from portal.services.history import keep_point

AFTER = "-practice"
BEFORE = N_("Before the practice was begun again")
NO_PRACTICE = N_("Only a practice report can be begun again; a report that counts is never emptied.")


def start(act: Act, entity: str, modality: str, languages: Sequence[str]) -> Report:
    """Opens a practice report of an entity in the twin of the present cycle. NotNow when there is one already; its
    refusals are those of `drafting.start`."""
    key = cycles.current(act.session).key + AFTER
    draft = Draft(entity, key, modality, languages, practice=True)
    act.demand("report:start", draft)
    if act.session.get(Cycle, key) is None:
        _twin(act, cycles.current(act.session), key)
    return drafting.start(act, draft)


def _twin(act: Act, cycle: Cycle, key: str) -> None:
    """A cycle with the edition and the phases of this one; where somebody makes it at this moment, that one is it."""
    label = f"{cycle.label}, practice"
    row = {"key": key, "label": label, "edition": cycle.edition, "opened_at": cycle.opened_at, "practice_of": cycle.key}
    names = [column.name for column in Phase.__table__.columns if column.name != "cycle"]
    phases = act.session.execute(select(*(Phase.__table__.c[name] for name in names)).where(Phase.cycle == cycle.key))
    copied = [phase._asdict() | {"cycle": key} for phase in phases]
    try:
        with act.session.begin_nested():
            act.session.execute(insert(Cycle), [row])
            act.session.execute(insert(Phase), copied)
    except IntegrityError:
        return
    act.record("cycle.practice", {"cycle": key, "of": cycle.key})


def again(act: Act, report: Report, *, emptied: bool) -> None:
    """Opens a practice report, whose row is locked, for writing again; with `emptied` every answer is emptied too.

    Nothing is lost: versions and receipts stay, and the draft as it stood is kept as a restore point. NotNow for a
    report that counts, and while a request for clearance waits.
    """
    act.demand("practice:again", report)
    if not report.practice:
        raise NotNow(NO_PRACTICE)
    if report.state == "clearing":
        raise NotNow(WRONG_STATE["clearing"])
    keep_point(act, report, BEFORE)
    if report.state not in DRAFTING:
        report.state = report.drafting = "preparing"
        report.state_since = act.at
    act.session.flush()
    if emptied:
        _empty(act, report)
    act.record("practice.again", {"emptied": emptied}, report=report)


def _empty(act: Act, report: Report) -> None:
    asked = guideline(act.session, report.edition)
    for (key, language), row in reports.answers(act.session, report.id).items():
        question = asked.questions[key]
        if not empty(question, row.value):
            drafting.save(act, report, Given(key, language, clean(question, None), row.revision))
