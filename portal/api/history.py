"""What was: the saved values of an answer, and the restore points of a draft with the way back to one."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import opened, page, portion
from portal.api.shapes import USUAL, Asked, Given, Moment, Paging, language_code, page_of, words
from portal.http.guard import question, report
from portal.models.reports import Report
from portal.queries import history as past
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.handing import Asking
from portal.services import history as going
from portal.services.act import Act
from portal.services.drafting import language_of

calls = Calls("History", __name__, "What an answer and a draft once were, and the way back.")

POINTS = "/reports/<uuid:report_id>/restore-points"


class SaveShape(Given):
    """One saved value of an answer. `base_revision` is the revision it was written upon; `merged` tells that it was
    joined with what somebody else had saved."""

    revision = fields.Integer()
    base_revision = fields.Integer()
    value = fields.Raw(allow_none=True)
    merged = fields.Boolean()
    changed_at = Moment()
    changed_by = fields.String()


class PointShape(Given):
    """A restore point: the whole draft as it stood at one moment. `differing` counts the answers that are not what they
    were then; files are no part of it."""

    id = fields.UUID()
    name = fields.String()
    made_at = Moment()
    made_by = fields.String()
    differing = fields.Integer()


class WentBack(Given):
    """How many answers were taken back. How they stood before is the newest restore point, unless none was."""

    answers = fields.Integer()


class WhichSaves(Paging):
    """The saved values of an answer in one language, a part of them."""

    language = language_code()


class NewPoint(Asked):
    """A restore point to be made."""

    name = words(going.LONGEST_NAME, required=True)


@calls.call(
    "GET",
    "/reports/<uuid:report_id>/answers/<path:question>/history",
    "section:read",
    subject=question,
    by=("report_id", "question"),
    query=WhichSaves,
    gives=page_of(SaveShape),
)
def list_saves(act: Act, piece: Asking, which: dict[str, Any]) -> dict[str, Any]:
    """The saved values of an answer, newest first. An earlier one is taken back by saving it again upon the newest."""
    kept_under = language_of(piece.report, piece.question, which["language"])
    key = (piece.report.id, piece.question.key, kept_under)
    (upto,) = opened("saves", which["cursor"], int) or (None,)
    limit = which["limit"] or USUAL
    rows = reports.history(act.session, *key, upto=upto, most=limit + 1)
    told = [{**row._mapping, "changed_by": row.name} for row in rows]
    return page("saves", told, limit, lambda row: [row["revision"] - 1])


@calls.call("GET", POINTS, "report:draft", subject=report, query=Paging, gives=page_of(PointShape))
def list_restore_points(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """The restore points of a draft, newest first."""
    rows = past.points(act.session, found.id)
    asked = guideline(act.session, found.edition)
    differing = past.differing_counts(act.session, found.id, asked, [row.RestorePoint for row in rows])
    shown = [_shown(row.RestorePoint, row.name, differing[row.RestorePoint.id]) for row in rows]
    return portion("points", shown, paging)


def _shown(point: Any, made_by: str, differing: int) -> dict[str, Any]:
    return {
        "id": point.id,
        "name": point.name,
        "made_at": point.made_at,
        "made_by": made_by,
        "differing": differing,
    }


@calls.call(
    "POST", POINTS, "report:restore", subject=report, body=NewPoint, gives=Answer(PointShape, 201), refuses=[409]
)
def make_restore_point(act: Act, found: Report, asked: dict[str, Any]) -> dict[str, Any]:
    """Keeps the whole draft as it stands under a name."""
    return _shown(going.make_point(act, found, asked["name"]), act.actor.name, 0)


@calls.call(
    "POST", f"{POINTS}/<uuid:point_id>/restore", "report:restore", subject=report, gives=WentBack, refuses=[409]
)
def go_back_to_restore_point(act: Act, found: Report, point_id: uuid.UUID) -> dict[str, Any]:
    """Takes the whole draft back to a restore point. The draft as it stands is kept as a restore point first."""
    return {"answers": going.go_back(act, found, point_id)}
