"""The sign that a page gives by itself: who is here, and what has moved on since the page was read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.kinds import KINDS
from portal.http import guard, render
from portal.http.contributing import filing_unheld
from portal.http.guard import guarded
from portal.queries import contribution_drafts as drafts
from portal.queries import presence as present
from portal.queries.asides import open_asides
from portal.queries.guidelines import guideline
from portal.rules.contributions import Filing
from portal.rules.handing import Piece
from portal.rules.policy import granted
from portal.services import presence
from portal.services.act import Act

pages = Blueprint("presence", __name__)


@pages.post("/reports/<uuid:report_id>/sections/<key>/presence")
@guarded("section:read", subject=guard.section_unheld, by=("report_id", "key"), polling=True)
def here(act: Act, piece: Piece) -> ResponseReturnValue:
    """Notes that the person is in this section, and tells who else is and the revision of each answer on the page in
    the language asked for. It does not prolong the session.
    """
    report = piece.report
    presence.here(act, report, piece.section)
    sent: Any = request.get_json(silent=True)
    language = sent.get("language") if isinstance(sent, dict) else None
    asked = guideline(act.session, report.edition)
    counted = granted(act.person, "section:read", report, asked.counted(report.modality, piece.section))
    first = str(report.languages[0])
    kept = {q.key: language if KINDS[q.kind].translatable else first for q in counted}
    rows = present.revisions(act.session, report.id, list(kept))
    waiting = open_asides(act.session, report.id, list(kept))
    answers = {
        row.question: _moved(row.revision, row.changed_by, row.changed_at)
        for row in rows
        if row.language == kept[row.question]
    }
    return jsonify(
        here=present.here(act.session, report.id, piece.section, act.at, act.actor.id),
        answers=answers,
        asides=[str(row.Aside.id) for row in waiting if row.Aside.language == kept[row.Aside.question]],
    )


@pages.post("/contributions/<uuid:contribution_id>/presence")
@guarded("contribution:write", subject=filing_unheld, by="contribution_id", conceal=None, polling=True)
def writing(act: Act, found: Filing) -> ResponseReturnValue:
    """Notes that the person is in the form of this contribution, and tells who else is and the revision at which each
    part became what it is. It does not prolong the session.
    """
    one = found.contribution
    presence.writing(act, found)
    changed = drafts.last_changes(act.session, one.id)
    beside = [row.ContributionAside for row in drafts.asides(act.session, one.id)]
    return jsonify(
        here=present.writing(act.session, one.id, act.at, act.actor.id),
        answers={part: _moved(last.revision, last.name, last.changed_at) for part, last in changed.items()},
        asides=[str(row.id) for row in beside if row.settled_at is None],
    )


def _moved(revision: int, by: str, changed_at: dt.datetime) -> dict[str, Any]:
    """What the script of the page is told of a text: the revision it has reached, who wrote it, and when."""
    return {"revision": revision, "by": by, "at": _("%(moment)s UTC", moment=render.clock_time(changed_at))}
