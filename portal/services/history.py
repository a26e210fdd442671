"""Going back: to an earlier value of one answer, or to a restore point of the whole draft. What stands is never lost by
it: an earlier value is saved as a new revision, and the draft as it stands is kept as a restore point first.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from forms.build import clean
from forms.outline import Guideline
from forms.words import N_
from portal.models.keeping import RestorePoint
from portal.models.reports import Report
from portal.queries import history, remarks, reports
from portal.queries.guidelines import guideline
from portal.queries.history import Difference
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services import drafting
from portal.services.act import Act
from portal.services.drafting import Given, Saved
from portal.services.writing import write_next

LONGEST_NAME = 200
CLEARANCE_ASKED = N_("Clearance asked for")
BEFORE = N_("Before going back to “%(name)s”")
NO_REVISION = N_("This answer has no such revision.")


def take_back(act: Act, report: Report, question: str, language: str | None, revision: int, seen: int) -> Saved:
    """Saves an earlier value of an answer as its newest, by a person who saw revision `seen` as the newest.

    What somebody saved since then is joined with it or, where both touch the same words, Stale. Missing when the
    answer never had this revision.
    """
    asked = drafting.asked_question(guideline(act.session, report.edition), report, question)
    drafting.demand_writable(act, report, asked)
    kept_under = drafting.language_of(report, asked, language)
    earlier = reports.history(act.session, report.id, asked.key, kept_under, only=[revision])
    if not earlier:
        raise Missing(NO_REVISION)
    saved = drafting.save(act, report, Given(asked.key, kept_under, earlier[0].value, seen))
    told = {"question": asked.key, "language": kept_under, "to": revision, "revision": saved.revision}
    act.record("answer.take_back", told, report=report)
    return saved


def keep_point(act: Act, report: Report, name: str) -> RestorePoint:
    """Keeps the whole draft as it stands, as part of another act that has demanded its permission."""
    made = RestorePoint(
        report_id=report.id,
        name=name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…",
        revisions=history.standing(act.session, report.id),
        made_at=act.at,
        made_by=act.actor.id,
    )
    act.session.add(made)
    act.session.flush()
    return made


def make_point(act: Act, report: Report, name: str) -> RestorePoint:
    """The focal point keeps the whole draft as it stands, under a name. Invalid without one, NotNow when the draft is
    closed.
    """
    _demand(act, report)
    chosen = " ".join(name.replace("\0", "").split())
    if not chosen:
        raise _misnamed(N_("Please give the restore point a name, so that others know what it holds."))
    if len(chosen) > LONGEST_NAME:
        raise _misnamed(N_("The name of a restore point has at most 200 characters."))
    made = keep_point(act, report, chosen)
    act.record("draft.keep", {"point": str(made.id), "name": made.name}, report=report)
    return made


def go_back(act: Act, report: Report, point_id: uuid.UUID) -> int:
    """The focal point takes the whole draft back to a restore point; how many answers changed by it.

    The draft as it stands is kept as a restore point first, unless nothing differs. Each answer that differs gets a new
    revision; one that was not written then becomes empty. Files are left as they are.
    """
    _demand(act, report)
    point = history.point(act.session, report.id, point_id)
    asked = guideline(act.session, report.edition)
    differing = history.differences(act.session, report.id, asked, point)
    if not differing:
        return 0
    drafting.demand_questioned([one.question for one in differing], remarks.questioned(act.session, report))
    before = keep_point(act, report, BEFORE % {"name": point.name})
    _write(act, report, asked, differing)
    told = {"point": str(point.id), "name": point.name, "before": str(before.id), "answers": len(differing)}
    act.record("draft.restore", told, report=report)
    writing = act.holders("focal_point", "contributor", entity=report.entity)
    act.notify("draft.restore", writing, {"name": point.name}, report=report)
    return len(differing)


def _demand(act: Act, report: Report) -> None:
    act.demand("report:restore", report)
    drafting.demand_open(act, report)


def _misnamed(sentence: str) -> Invalid:
    return Invalid(sentence, [Problem("name", sentence)])


def _write(act: Act, report: Report, asked: Guideline, differing: Sequence[Difference]) -> None:
    """The next revision of all these answers with its history."""
    change = {"changed_at": act.at, "changed_by": act.actor.id, "report_id": report.id}
    rows = [
        {
            "question": one.question,
            "language": one.language,
            "value": clean(asked.questions[one.question], None) if one.then is None else one.then,
            "revision": one.revision + 1,
            "base_revision": one.revision,
            "merged": False,
            **change,
        }
        for one in differing
    ]
    write_next(act, rows)
