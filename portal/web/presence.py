"""The sign that a page gives by itself: who is here, and what has moved on since the page was read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.kinds import KINDS
from portal.http import guard, render
from portal.http.guard import guarded
from portal.queries import presence as present
from portal.queries.asides import open_asides
from portal.queries.guidelines import guideline
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
    return jsonify(
        here=present.here(act.session, report.id, piece.section, act.at, act.actor.id),
        answers={
            row.question: {
                "revision": row.revision,
                "by": row.changed_by,
                "at": _("%(moment)s UTC", moment=render.clock_time(row.changed_at)),
            }
            for row in rows
            if row.language == kept[row.question]
        },
        asides=[str(row.Aside.id) for row in waiting if row.Aside.language == kept[row.Aside.question]],
    )
