"""The state's side of a clarification: the remarks with their answers, as a page that prints and as a table."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.adapters.content import disposition
from portal.documents.tables import csv_text
from portal.http import guard
from portal.http.guard import guarded
from portal.http.remarking import Case, cases, inside
from portal.http.render import language
from portal.models.reports import Report
from portal.queries import cycles, reports
from portal.rules.policy import granted
from portal.rules.refusals import Invalid, NotNow, Problem, Stale
from portal.rules.remarks import ANSWERS, KINDS, STANDINGS, WAITING
from portal.services import remarks as service
from portal.services.act import Act
from portal.services.remarks import Reply

pages = Blueprint("remarks", __name__)
COLUMNS = (
    "question", "title", "language", "version", "type", "remark", "due", "sent_at", "standing", "answer_words",
    "before", "now", "closed_as",
)  # fmt: skip


@pages.get("/reports/<uuid:report_id>/remarks")
@guarded("remark:read", subject=guard.report)
def page(act: Act, report: Report) -> ResponseReturnValue:
    """Every remark that was sent, with its answer, the old and the new text: a page to work on, and to print."""
    return _page(act, report)


@pages.get("/reports/<uuid:report_id>/remarks.csv")
@guarded("remark:read", subject=guard.report)
def table(act: Act, report: Report) -> ResponseReturnValue:
    """The same as a table to take along."""
    body = csv_text([COLUMNS, *(_row(case) for case in cases(act, report))])
    name = f"remarks-{report.entity}-{report.cycle}.csv"
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": disposition(name)})


def _row(case: Case) -> Sequence[object]:
    remark = case.remark
    return (
        remark.question,
        case.question.title.get("en", ""),
        remark.language,
        remark.version,
        remark.kind,
        remark.words,
        remark.due.isoformat() if remark.due else None,
        remark.sent_at.isoformat() if remark.sent_at else None,
        case.standing,
        remark.answer_words if case.answered else None,
        case.before,
        case.now,
        remark.closed_as,
    )


@pages.post("/reports/<uuid:report_id>/remarks/<uuid:remark_id>/answer")
@guarded("report:fill", subject=guard.report)
def answer(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Answers a remark; the service demands it for the question the remark is about."""
    sent = {"answer": request.form.get("answer", ""), "words": request.form.get("words", "")}
    try:
        service.answer(act, report, remark_id, Reply(**sent))
    except Invalid as refusal:
        problems = [Problem(f"{remark_id}-{one.where}", _(one.sentence)) for one in refusal.problems]
        return _page(act, report, problems, {remark_id: sent}), 422
    except NotNow as refusal:
        return _page(act, report, [Problem(f"{remark_id}-words", _(refusal.sentence))], {remark_id: sent}), 409
    flash(
        _("The answer is kept. The reporting team gets it with the next version, once the certifier approves."),
        "success",
    )
    return _back(report, remark_id)


@pages.post("/reports/<uuid:report_id>/remarks/<uuid:remark_id>/take")
@guarded("report:fill", subject=guard.report)
def take(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Takes the words that the reviewer proposed."""
    seen = request.form.get("seen", "")
    try:
        service.take(act, report, remark_id, int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0)
    except (Stale, NotNow) as refusal:
        return _page(act, report, [Problem(f"remark-{remark_id}", _(refusal.sentence))]), 409
    flash(_("The proposed words are the answer now; the earlier text stays in its history."), "success")
    return _back(report, remark_id)


@pages.post("/reports/<uuid:report_id>/remarks/<uuid:remark_id>/words")
@guarded("remark:read", subject=guard.report)
def say(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Adds words to the talk about a remark, from either side."""
    sent = {name: request.form.get(name, "") for name in ("words", "words_language")}
    try:
        service.say(act, report, remark_id, sent["words"], sent["words_language"] or language())
    except Invalid as refusal:
        problems = [Problem(f"{remark_id}-say", _(one.sentence)) for one in refusal.problems]
        return _page(act, report, problems, {remark_id: {"talk": sent}}), 422
    except NotNow as refusal:
        return _page(act, report, [Problem(f"{remark_id}-say", _(refusal.sentence))], {remark_id: {"talk": sent}}), 409
    flash(_("Your words are sent; the other side has been told."), "success")
    return _back(report, remark_id)


def _back(report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("remarks.page", report_id=report.id, _anchor=f"remark-{remark_id}"), 303)


def _page(
    act: Act,
    report: Report,
    problems: Sequence[Problem] = (),
    sent: Mapping[uuid.UUID, Mapping[str, Any]] | None = None,
) -> str:
    """The page; `problems` are those of what was just refused, `sent` what it said, by remark: its form stands there
    with the words, be the remark closed meanwhile.
    """
    found = cases(act, report)
    may_say = granted(
        act.person, "remark:answer", report, {case.question.key: case.question for case in found}.values()
    )
    mine = {question.key for question in may_say} if inside(act, report) else set()
    rows: Mapping[tuple[str, str], Any] = {}
    if any(case.remark.wording for case in found):
        rows = reports.answers(act.session, report.id, mine)
    return render_template(
        "reports/remarks.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        at_home=inside(act, report),
        cases=found,
        mine=mine,
        open_now=report.state == "clarifying",
        revisions={key: row.revision for key, row in rows.items()},
        problems=problems,
        sent=sent or {},
        kinds=KINDS,
        answers=ANSWERS,
        standings=STANDINGS,
        waiting=WAITING,
    )
