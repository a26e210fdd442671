"""The page of a section: its questions as a form, saving by button, the files beside an answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from forms import build
from forms.findings import BLOCKER, ERROR, Finding
from forms.kinds import KINDS
from forms.outline import Guideline, Question, Section
from forms.words import N_
from portal.http import cards, guard, remarking, render
from portal.http.explaining import explainable, keep_explanations
from portal.http.figures import offer
from portal.http.guard import guarded
from portal.http.talking import NOTHING_SAID, talk
from portal.http.uploads import receive
from portal.http.weighing import place_of
from portal.models.keeping import Aside
from portal.models.reports import Report
from portal.queries import cycles, presence, reports, sources, standing
from portal.queries.guidelines import guideline
from portal.rules import plausible
from portal.rules.handing import PARTS, Piece
from portal.rules.lifecycle import DRAFTING, WRONG_STATE
from portal.rules.offers import KEEP, RENEW
from portal.rules.policy import granted, may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services import asides, attachments, carrying, drafting, handing, judging
from portal.services import presence as presence_service
from portal.services.act import Act
from portal.services.attachments import Upload
from portal.services.drafting import Given
from portal.web import sources as laying

pages = Blueprint("sections", __name__)

REVISION, FILE = "@revision", "@file"
JUST_SAVED = "just saved"
"""In the session: the section whose page was saved by its button and is shown next."""

ELSEWHERE = frozenset({"go", "at", "take", "still_right", RENEW, KEEP})
"""The buttons of the page after which a person looks at something else than the whole section."""


@dataclass(frozen=True)
class Shown:
    """A finding in the reader's language."""

    severity: str
    sentence: str
    place: str


@dataclass(frozen=True)
class Place:
    """A section within its report: what asks, and the language that is written in."""

    asked: Guideline
    section: Section
    language: str

    @property
    def translatable(self) -> bool:
        """Whether anything here is written once in each language."""
        return any(KINDS[question.kind].translatable for question in self.section.questions)


def _place(act: Act, report: Report, key: str, language: str | None) -> Place:
    """The section of an address; Missing where this report's modality asks nothing there."""
    asked = guideline(act.session, report.edition)
    section = drafting.asked_section(asked, report, key)
    return Place(asked, section, language if language and language in report.languages else str(report.languages[0]))


@pages.get("/reports/<uuid:report_id>/sections/<key>")
@guarded("section:read", subject=guard.section, by=("report_id", "key"))
def section(act: Act, piece: Piece) -> ResponseReturnValue:
    """The questions of a section with their answers: all, or those that were handed to this person. Straight after a
    save by the button it begins with what is to be put right.
    """
    summed_up = session.pop(JUST_SAVED, None) == [str(piece.report.id), piece.section]
    place = _place(act, piece.report, piece.section, request.args.get("language"))
    return _page(act, piece.report, place, summed_up=summed_up)


@pages.get("/reports/<uuid:report_id>/sections/<key>/again")
@guarded("section:read", subject=guard.section, by=("report_id", "key"), polling=True)
def again(act: Act, piece: Piece) -> ResponseReturnValue:
    """The same page for its own script, which takes over what somebody else has saved; it prolongs no session."""
    return _page(act, piece.report, _place(act, piece.report, piece.section, request.args.get("language")))


def shown_again(act: Act, piece: Piece, problems: Sequence[Problem]) -> str:
    """The page for a form on it other than that of the answers, with what is to be put right there."""
    return _page(act, piece.report, _place(act, piece.report, piece.section, request.form.get("language")), problems)


def _page(act: Act, report: Report, place: Place, problems: Sequence[Problem] = (), *, summed_up: bool = False) -> str:
    """The page; a text that could not be joined stands on a card above its question until somebody chooses. `problems`
    are those of another form of the page; `summed_up` lists what is to be put right in the answers. Both stand above
    everything, each with the way to its field.
    """
    asked = place.asked
    counted = granted(act.person, "section:read", report, asked.counted(report.modality, place.section.key))
    kept_under = {question.key: _kept_under(report, question, place.language) for question in counted}
    clarified = remarking.of_questions(act, report)
    writable = {q.key for q in granted(act.person, "section:write", report, counted) if clarified.opens(q.key)}
    rows = reports.answers(act.session, report.id, plausible.with_period(asked, counted))
    answers = {key: rows.get((key, kept)) for key, kept in kept_under.items()}
    values = {key: row.value for key, row in answers.items() if row is not None}
    fields = build.section_form(asked, place.section, report.modality, render.language())(data=values)
    held = {pair: row.value for pair, row in rows.items()}
    beside = judging.beside(act.session, report, asked, counted, held)
    found = {q.key: list(_about(q, report, held, place.language, beside)) for q in counted}
    there = standing.beside(act.session, report.id, place.section.key, act.at)
    answerable = explainable(act, report, found, held, "explanations" in there)
    return render_template(
        "sections/section.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        place=place,
        section=place.section,
        questions=counted,
        fields=fields,
        answers=answers,
        findings={key: _shown(told) for key, told in found.items()},
        explainable=answerable,
        summed_up=summed_up,
        problems=_to_put_right([q for q in counted if q.key in writable], found, answerable) if summed_up else problems,
        typed=request.form,
        attachments=_by_question(reports.attachments(act.session, report.id)) if "files" in there else {},
        offers={q.key: offer(beside.of(q), values.get(q.key)) for q in counted},
        cards=cards.cards(act, report.id, asked, answers, kept_under) if "asides" in there else {},
        here=_here(act, report, place) if "presences" in there else [],
        can_edit=bool(writable) and report.state in DRAFTING,
        writable=writable,
        clarified=clarified,
        hands=handing.in_own_hands(act, report, place.section.key),
        parts=PARTS,
        **laying.beside(act, report, counted, there),
        carried=_by_key(_carried(act, report, kept_under) if "carried" in there else {}, kept_under),
        talk=talk(act, report, place.section.key, counted) if "comments" in there else NOTHING_SAID,
        closed=None if report.state in DRAFTING else WRONG_STATE[report.state],
        **_neighbours(act, report, place),
    )


def _here(act: Act, report: Report, place: Place) -> list[str]:
    return presence.here(act.session, report.id, place.section.key, act.at, act.actor.id)


def _carried(act: Act, report: Report, kept_under: Mapping[str, str]) -> Mapping[tuple[str, str], Any]:
    return sources.carried(act.session, report.id, kept_under)


def _kept_under(report: Report, question: Any, language: str) -> str:
    return language if KINDS[question.kind].translatable else str(report.languages[0])


def _about(
    question: Any, report: Report, held: Mapping[tuple[str, str], Any], language: str, beside: judging.Beside
) -> Iterable[Finding]:
    """The findings about a question that concern this page: those of its language, and those of none."""
    found = beside.question_findings(question, report.languages, held)
    return (finding for finding in found if finding.language in ("", language))


def _by_key(rows: Mapping[tuple[str, str], Any], kept_under: Mapping[str, str]) -> dict[str, Any]:
    """What is told by (question, language) of the answers of this page, by question."""
    return {key: rows.get((key, language)) for key, language in kept_under.items()}


def _shown(found: Iterable[Finding]) -> list[Shown]:
    return [Shown(f.severity, _(f.message) % f.params, f.place) for f in found]


def _to_put_right(
    questions: Iterable[Question], found: Mapping[str, Sequence[Finding]], answerable: Mapping[str, Sequence[Any]]
) -> list[Problem]:
    """What hinders submission or is wrong in these questions and not explained, each with its place on the page."""
    explained = {id(judged.finding) for rows in answerable.values() for _sentence, judged in rows if judged.explained}
    problems = []
    for question in questions:
        for finding in found[question.key]:
            if finding.severity not in (BLOCKER, ERROR) or id(finding) in explained:
                continue
            sentence = _(finding.message) % finding.params
            if "row" in finding.params or "column" in finding.params:
                title = question.indicator or render.words(question.title)
                sentence = _("%(title)s: %(sentence)s", title=title, sentence=sentence)
            problems.append(Problem(place_of(finding), sentence))
    return problems


def _by_question(files: Iterable[Any]) -> dict[str, list[Any]]:
    held: dict[str, list[Any]] = {}
    for file in files:
        held.setdefault(file.question, []).append(file)
    return held


def _neighbours(act: Act, report: Report, place: Place) -> dict[str, Any]:
    counted = place.asked.counted_sections(report.modality)
    sections = [one for one in counted if may(act.person, "section:read", Piece(report, one.key))]
    at = sections.index(place.section)
    return {
        "previous": sections[at - 1] if at else None,
        "following": sections[at + 1] if at + 1 < len(sections) else None,
    }


@pages.post("/reports/<uuid:report_id>/sections/<key>")
@guarded("section:write", subject=guard.section_unheld, by=("report_id", "key"), later=True)
def save(act: Act, piece: Piece) -> ResponseReturnValue:
    """Saves the whole page: every answer, the files added and taken out. Nothing in one field holds up another."""
    report = piece.report
    drafting.demand_drafting(report)
    report_id, place = report.id, _place(act, report, piece.section, request.form.get("language"))
    taken, given = _received(place, request.files), _given(report, place)
    act.write()
    report = reports.get(act.session, report_id, lock=True)
    outcome = drafting.save_section(act, report, given)
    for question, upload in taken:
        attachments.attach_and_name(act, report, question, upload)
    for attachment in request.form.getlist("remove"):
        attachments.remove_and_forget(act, report, _identifier(attachment))
    keep_explanations(act, report, request.form)
    if (right := request.form.get("still_right")) and carrying.settle(act, report, right, place.language):
        flash(_("The answer of the earlier report stands as it is; it is marked as looked at."), "success")
    laying.take(act, report, place.language)
    kept = [asides.keep(act, report, given, asides.CONFLICT) for given, _stale in outcome.stale]
    _say(act, outcome, taken)
    presence_service.here(act, report, place.section.key)
    if not (kept or request.form.keys() & ELSEWHERE):
        session[JUST_SAVED] = [str(report.id), place.section.key]
    return redirect(_onward(act, report, place, kept[0] if kept else None), 303)


def _received(place: Place, files: MultiDict[str, Any]) -> list[tuple[str, Upload]]:
    """The files sent with the page that are taken; of the others the page says why, and goes on."""
    taken = []
    for question in place.section.questions:
        for file in files.getlist(question.key + FILE):
            if not file.filename:
                continue
            try:
                taken.append((question.key, receive(file)))
            except Invalid as refusal:
                flash(_("%(name)s is not taken. %(reason)s", name=file.filename, reason=_(refusal.sentence)), "problem")
    return taken


def _given(report: Report, place: Place) -> list[Given]:
    """The answers that the page sent."""
    made = build.section_form(place.asked, place.section, report.modality, render.language())
    sent = build.values(made(request.form))
    return [
        Given(key, place.language, value, _revision(request.form.get(key + REVISION)), decision=_decision(key))
        for key, value in sent.items()
    ]


def _decision(key: str) -> str:
    """What the button pressed says of a confirmed figure that moved; "" for any other button."""
    return next((said for said in (RENEW, KEEP) if key in request.form.getlist(said)), "")


def _revision(sent: Any) -> int:
    """The revision the writer saw; 0, from which nothing is overwritten unseen, where the page sent none."""
    return int(sent) if isinstance(sent, int | str) and str(sent).isdecimal() and len(str(sent)) < 10 else 0


def _identifier(sent: str) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except ValueError:
        raise Missing(N_("There is no such file.")) from None


def _say(act: Act, outcome: drafting.SectionSaved, taken: Sequence[tuple[str, Upload]]) -> None:
    """Says what was saved, in words."""
    moment = render.clock_time(act.at)
    count = len(outcome.saved)
    said = ngettext(
        "Saved %(moment)s UTC: %(num)d answer.", "Saved %(moment)s UTC: %(num)d answers.", count, moment=moment
    )
    if count:
        flash(said, "success")
    for _question, upload in taken:
        flash(_("The file %(name)s is attached.", name=upload.name), "success")
    if outcome.stale:
        flash(_(drafting.SOMEBODY_SAVED_FIRST), "problem")
    other = request.form.get("take") or request.form.get("still_right")
    if not count and not outcome.stale and not other and not any(file.filename for file in request.files.values()):
        flash(_("Everything was saved already."), "info")


def _onward(act: Act, report: Report, place: Place, kept: Aside | None) -> str:
    """The same page, at the text that waits for a choice or the question whose button was pressed, or the next section
    where that was asked for.
    """
    following = _neighbours(act, report, place)["following"] if request.form.get("go") == "next" and not kept else None
    key = following.key if following is not None else place.section.key
    language = place.language if len(report.languages) > 1 else None
    question = kept.question if kept else request.form.get("at") or request.form.get("still_right") or laying.into()
    anchor = render.slug(question) if question and question in place.asked.questions else None
    beside = laying.still_beside()
    return url_for("sections.section", report_id=report.id, key=key, language=language, _anchor=anchor, **beside)
