"""Pages of what was: the history of an answer with the way back to an earlier text, and restore points of a draft."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.build import empty
from forms.outline import Guideline
from forms.words import N_
from portal.http import guard
from portal.http.comparing import changes, word_steps
from portal.http.guard import guarded
from portal.http.telling import point_words
from portal.models.keeping import Aside, RestorePoint
from portal.models.reports import Report
from portal.queries import asides as beside
from portal.queries import cycles, events, reports
from portal.queries import history as past
from portal.queries.guidelines import guideline
from portal.rules.handing import Asking
from portal.rules.lifecycle import DRAFTING
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Stale
from portal.services import asides
from portal.services import history as going
from portal.services.act import Act
from portal.services.drafting import language_of

pages = Blueprint("history", __name__)

SAVES_A_PAGE = 20
POINTS_A_PAGE = 20
OUTCOMES = {
    asides.TAKEN: N_("It became the answer."),
    asides.JOINED: N_("It was joined with the answer."),
    asides.LEFT: N_("The answer was left as it was."),
}
SAVED_MEANWHILE = N_(
    "Nothing was changed: somebody saved this answer while you were looking at it, and touched the same words. "
    "The newest text stands first now; please look at it, and take the earlier text back again if you still want to."
)


@pages.get("/reports/<uuid:report_id>/history/<path:question>")
@guarded("section:read", subject=guard.question, by=("report_id", "question"))
def answer(act: Act, asking: Asking) -> ResponseReturnValue:
    """Every saved value of one answer, who saved it and when, and the difference between any two."""
    return _answer(act, asking)


def _answer(act: Act, asking: Asking) -> str:
    report, question = asking.report, asking.question
    language = language_of(report, question, _language(report))
    key = (report.id, question.key, language)
    held = reports.answer(act.session, *key)
    newest = held.revision if held else 0
    page, pages_ = _page(newest, SAVES_A_PAGE)
    rows = reports.history(
        act.session, *key, upto=newest - (page - 1) * SAVES_A_PAGE, most=SAVES_A_PAGE + 1
    )  # one more, so that the oldest of the page has something to differ from
    before = [*rows[1:], None][: len(rows)]
    chosen = _chosen(newest)
    picked = {row.revision: row for row in reports.history(act.session, *key, only={1, newest, *chosen})}
    pair = [picked[number] for number in chosen]
    kept = beside.of_answer(act.session, *key) if page == 1 or request.args.get("beside") else []
    laid = next((row for row in kept if str(row.Aside.id) == request.args.get("beside")), None)
    return render_template(
        "reports/history.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        question=question,
        shown=language,
        newest=newest,
        saves=[
            (row, word_steps(question, old.value if old else None, row.value), empty(question, row.value))
            for row, old in zip(rows, before, strict=True)
        ][:SAVES_A_PAGE],
        offered=sorted({row.revision: row for row in [*rows[:SAVES_A_PAGE], *picked.values()]}.items(), reverse=True),
        pair=pair,
        steps=word_steps(question, pair[0].value, pair[1].value) if pair else (),
        beside=[(row, word_steps(question, row.base, row.Aside.value)) for row in kept],
        laid=laid,
        to_now=word_steps(question, laid.Aside.value, held.value if held else None) if laid else (),
        outcomes=OUTCOMES,
        returns=_returns(act, report, question.key, language),
        proposed=_proposed(act, report, question.key, language),
        page=page,
        pages=pages_,
        can_edit=may(act.person, "section:write", asking) and report.state in DRAFTING,
    )


def _language(report: Report) -> str:
    language = request.values.get("language", str(report.languages[0]))
    if language not in report.languages:
        raise Missing(N_("The report is not written in this language."))
    return language


def _number(name: str, most: int) -> int | None:
    """A whole number from 1 that was sent; None where it is none or more than `most`."""
    sent = request.values.get(name, "")
    number = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0
    return number if 1 <= number <= most else None


def _page(of: int, size: int) -> tuple[int, int]:
    """The page of a list that was asked for, the first where there is none such, and how many pages there are."""
    count = max(1, -(-of // size))
    return _number("page", count) or 1, count


def _chosen(newest: int) -> list[int]:
    """The two revisions to be compared, in the order asked for; none where the address names none or a wrong one."""
    pair = [_number(name, newest) for name in ("from", "to")]
    return [number for number in pair if number is not None] if None not in pair else []


def _returns(act: Act, report: Report, question: str, language: str) -> dict[int, int | None]:
    """Which revisions were made by taking an earlier one back, with the number of that one; None for a text that stood
    beside the answer.
    """
    told = events.events(act.session, report.id, ("answer.take_back",))
    mine = (row.data for row in told if (row.data["question"], row.data["language"]) == (question, language))
    return {data["revision"]: data.get("to") for data in mine}


def _proposed(act: Act, report: Report, question: str, language: str) -> set[int]:
    """Which revisions were made by taking the words that the reporting team proposed."""
    told = [row.data for row in events.events(act.session, report.id, ("remark.take",))]
    return {data["revision"] for data in told if (data["question"], data["language"]) == (question, language)}


@pages.post("/reports/<uuid:report_id>/history/<path:question>")
@guarded("section:write", subject=guard.question, by=("report_id", "question"))
def take_back(act: Act, asking: Asking) -> ResponseReturnValue:
    """Takes an earlier text of an answer back as its newest."""
    report, question = asking.report, asking.question
    language = _language(report)
    revision, seen = _number("revision", 10**9), _number("seen", 10**9)
    aside = _stood_beside(act, report, question.key, language)
    try:
        if aside is not None:
            saved = asides.take_back(act, report, aside, seen or 0)
        elif revision is not None and seen is not None:
            saved = going.take_back(act, report, question.key, language, revision, seen)
        else:
            raise Missing(going.NO_REVISION)
    except Stale:
        flash(_(SAVED_MEANWHILE), "problem")
        return _answer(act, asking), 409
    if aside is not None:
        joined = _("The text that stood beside is joined with what was saved meanwhile.")
        stands = _("The text that stood beside is the answer now; the others stay in the history.")
    else:
        joined = _("The text of revision %(number)s is joined with what was saved meanwhile.", number=revision)
        stands = _("The text of revision %(number)s stands again; the others stay in the history.", number=revision)
    flash(joined if saved.merged else stands, "success")
    address = url_for("history.answer", report_id=report.id, question=question.key, language=language)
    return redirect(address, 303)


def _stood_beside(act: Act, report: Report, question: str, language: str) -> Aside | None:
    """The text beside this answer that the form names, None for none; Missing where there is no such text."""
    sent = request.form.get("beside", "")
    if not sent:
        return None
    rows = beside.of_answer(act.session, report.id, question, language)
    found: Aside | None = next((row.Aside for row in rows if str(row.Aside.id) == sent), None)
    if found is None:
        raise Missing(beside.NO_TEXT)
    return found


@pages.get("/reports/<uuid:report_id>/restore-points")
@guarded("report:draft", subject=guard.report)
def points(act: Act, report: Report) -> ResponseReturnValue:
    """The restore points of a draft, and how many answers differ from each."""
    return _points(act, report)


def _points(act: Act, report: Report, refusal: Invalid | None = None) -> str:
    page, pages_ = _page(past.points_count(act.session, report.id), POINTS_A_PAGE)
    rows = past.points(act.session, report.id, most=POINTS_A_PAGE, skip=(page - 1) * POINTS_A_PAGE)
    asked = guideline(act.session, report.edition)
    kept = [row.RestorePoint for row in rows]
    return render_template(
        "reports/restore_points.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        rows=rows,
        differing=past.differing_counts(act.session, report.id, asked, kept) if kept else {},
        point_words=point_words,
        page=page,
        pages=pages_,
        can_restore=_can_restore(act, report),
        name=request.form.get("name", ""),
        problems=refusal.problems if refusal else [],
    )


def _can_restore(act: Act, report: Report) -> bool:
    return may(act.person, "report:restore", report) and report.state in DRAFTING


@pages.post("/reports/<uuid:report_id>/restore-points")
@guarded("report:restore", subject=guard.report)
def make_point(act: Act, report: Report) -> ResponseReturnValue:
    """Keeps the draft as it stands under a name."""
    try:
        made = going.make_point(act, report, request.form.get("name", ""))
    except Invalid as refusal:
        return _points(act, report, refusal), 422
    flash(_("The draft as it stands is kept as “%(name)s”.", name=made.name), "success")
    return redirect(url_for("history.points", report_id=report.id), 303)


@pages.get("/reports/<uuid:report_id>/restore-points/<uuid:point_id>")
@guarded("report:draft", subject=guard.report)
def point(act: Act, report: Report, point_id: uuid.UUID) -> ResponseReturnValue:
    """What going back to a restore point would change, section by section, before anything is changed."""
    kept = past.point(act.session, report.id, point_id)
    asked = guideline(act.session, report.edition)
    return render_template(
        "reports/restore_point.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        kept=kept,
        title=point_words(kept.name),
        sections=_by_section(act, report, asked, kept),
        can_restore=_can_restore(act, report),
    )


def _by_section(act: Act, report: Report, asked: Guideline, kept: RestorePoint) -> list[tuple[Any, list[Any]]]:
    """What would change, in the order of the report: sections, each with its answers that differ."""
    found = past.differences(act.session, report.id, asked, kept)
    now: Mapping[tuple[str, str], Any] = {(one.question, one.language): one.now for one in found}
    then = {(one.question, one.language): one.then for one in found}
    told = changes(asked, report.modality, now, then)
    return [
        (asked.sections[key], list(several))
        for key, several in itertools.groupby(told, key=lambda change: change.question.section)
    ]


@pages.post("/reports/<uuid:report_id>/restore-points/<uuid:point_id>")
@guarded("report:restore", subject=guard.report)
def go_back(act: Act, report: Report, point_id: uuid.UUID) -> ResponseReturnValue:
    """Takes the whole draft back to a restore point."""
    count = going.go_back(act, report, point_id)
    if count:
        said = ngettext(
            "The draft stands as it stood then: %(num)d answer was taken back. "
            "How it stood before is the newest restore point.",
            "The draft stands as it stood then: %(num)d answers were taken back. "
            "How it stood before is the newest restore point.",
            count,
        )
        flash(said, "success")
    else:
        flash(_("The draft stands as it stood then already; nothing was changed."), "info")
    return redirect(url_for("history.points", report_id=report.id), 303)
