"""The page of a section: its questions as a form, saving by button and by itself, the files beside an answer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from forms import build
from forms.findings import Finding
from forms.kinds import KINDS
from forms.outline import Guideline, Section
from forms.words import N_
from portal.http import guard, render
from portal.http.comparing import word_steps
from portal.http.guard import guarded
from portal.http.uploads import receive
from portal.models.reports import Report
from portal.queries import cycles, observations, reports
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING, WRONG_STATE
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Problem, Stale
from portal.services import attachments, drafting
from portal.services.act import Act
from portal.services.attachments import Upload
from portal.services.drafting import Given

pages = Blueprint("sections", __name__)

REVISION, FILE, KEEP = "@revision", "@file", "@keep"
SHOWN_FIGURES = 8


@dataclass(frozen=True)
class Shown:
    """A finding in the reader's language."""

    severity: str
    sentence: str
    place: str


@dataclass(frozen=True)
class Seen:
    """A figure of channel b as an indicator's question shows it; `number` is None where figures are no one series."""

    year: int
    value_text: str
    unit: str
    source_title: str
    edition: str
    number: float | None = None


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
    section = asked.sections.get(key)
    if section is None or not asked.counted(report.modality, key):
        raise Missing(N_("The guidelines ask no such section of this report."))
    return Place(asked, section, language if language and language in report.languages else str(report.languages[0]))


@pages.get("/reports/<uuid:report_id>/sections/<key>")
@guarded("report:draft", subject=guard.report)
def section(act: Act, report: Report, key: str) -> ResponseReturnValue:
    """The questions of a section with their answers."""
    return _page(act, report, _place(act, report, key, request.args.get("language")))


def _page(act: Act, report: Report, place: Place, stale: Sequence[tuple[Given, Stale]] = ()) -> str:
    """The page; texts that could not be joined stand in their fields again, under a card with all sides."""
    asked, counted = place.asked, place.asked.counted(report.modality, place.section.key)
    rows = reports.answers(act.session, report.id, [question.key for question in counted])
    answers = {q.key: rows.get((q.key, _kept_under(report, q, place.language))) for q in counted}
    values = {key: row.value for key, row in answers.items() if row is not None}
    yours = {given.question: given.value for given, _refusal in stale}
    fields = build.section_form(asked, place.section, report.modality, render.language())(data=values | yours)
    held = {pair: row.value for pair, row in rows.items()}
    return render_template(
        "sections/section.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        place=place,
        section=place.section,
        questions=counted,
        fields=fields,
        answers=answers,
        findings={q.key: _shown(_about(q, report, held, place.language)) for q in counted},
        attachments=_by_question(reports.attachments(act.session, report.id)),
        observations=_observations(act, report, counted),
        conflicts={given.question: _conflict(asked, given, refusal) for given, refusal in stale},
        can_edit=may(act.person, "report:write", report) and report.state in DRAFTING,
        closed=None if report.state in DRAFTING else WRONG_STATE[report.state],
        **_neighbours(asked, report, place),
    )


def _kept_under(report: Report, question: Any, language: str) -> str:
    return language if KINDS[question.kind].translatable else str(report.languages[0])


def _about(question: Any, report: Report, held: Mapping[tuple[str, str], Any], language: str) -> Iterable[Finding]:
    """The findings about a question that concern this page: those of its language, and those of none."""
    found = build.question_findings(question, report.languages, held)
    return (finding for finding in found if finding.language in ("", language))


def _shown(found: Iterable[Finding]) -> list[Shown]:
    return [Shown(f.severity, _(f.message) % f.params, f.place) for f in found]


def _by_question(files: Iterable[Any]) -> dict[str, list[Any]]:
    held: dict[str, list[Any]] = {}
    for file in files:
        held.setdefault(file.question, []).append(file)
    return held


def _observations(act: Act, report: Report, counted: Iterable[Any]) -> dict[str, list[Seen]]:
    """What channel b holds of the country for the indicators asked here, by question."""
    wanted = {question.indicator: question.key for question in counted if question.indicator}
    if not wanted:
        return {}
    found = observations.for_section(act.session, report.entity, list(wanted))
    return {wanted[code]: [_seen(figure) for figure in figures[:SHOWN_FIGURES]] for code, figures in found.items()}


def _seen(figure: Any) -> Seen:
    covers = ", ".join(str(value) for value in json.loads(figure.dimensions or "{}").values())
    title = f"{figure.credit or figure.source}: {figure.title}" + (f" ({covers})" if covers else "")
    return Seen(figure.year, figure.value_text, figure.unit, title, figure.edition)


def _conflict(asked: Guideline, given: Given, refusal: Stale) -> dict[str, Any]:
    """Three sides of an answer as words: the common base, what was saved meanwhile, and what was sent."""
    question, texts = asked.questions[given.question], refusal.texts
    sides = {
        "theirs": word_steps(question, texts.base, texts.theirs),
        "yours": word_steps(question, texts.base, texts.yours),
    }
    words = {"base": "".join(text for _kind, text in word_steps(question, texts.base, texts.base))}
    return words | sides | {"changed_by": texts.changed_by, "changed_at": texts.changed_at}


def _neighbours(asked: Guideline, report: Report, place: Place) -> dict[str, Any]:
    sections = asked.counted_sections(report.modality)
    at = sections.index(place.section)
    return {
        "previous": sections[at - 1] if at else None,
        "following": sections[at + 1] if at + 1 < len(sections) else None,
    }


@pages.post("/reports/<uuid:report_id>/sections/<key>")
@guarded("report:write", subject=guard.report_unheld, later=True)
def save(act: Act, report: Report, key: str) -> ResponseReturnValue:
    """Saves the whole page: every answer, the files added and taken out. Nothing in one field holds up another."""
    drafting.demand_open(act, report)
    report_id, place = report.id, _place(act, report, key, request.form.get("language"))
    taken = _received(place, request.files)
    act.write()
    report = reports.get(act.session, report_id, lock=True)
    outcome = drafting.save_section(act, report, _given(report, place))
    for question, upload in taken:
        attachments.attach_and_name(act, report, question, upload)
    for attachment in request.form.getlist("remove"):
        attachments.remove_and_forget(act, report, _identifier(attachment))
    _say(act, outcome, taken)
    if outcome.stale:
        return _page(act, report, place, outcome.stale)
    return redirect(_onward(report, place), 303)


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
    """The answers that the page sent; one for which the other side's text was chosen is left as it is saved."""
    made = build.section_form(place.asked, place.section, report.modality, render.language())
    sent = build.values(made(request.form))
    return [
        Given(key, place.language, value, _revision(request.form.get(key + REVISION)))
        for key, value in sent.items()
        if request.form.get(key + KEEP) != "theirs"
    ]


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
    if not count and not outcome.stale and not any(file.filename for file in request.files.values()):
        flash(_("Everything was saved already."), "info")


def _onward(report: Report, place: Place) -> str:
    """The same page, at the question whose button was pressed, or the next section where that was asked for."""
    following = _neighbours(place.asked, report, place)["following"]
    key = following.key if following is not None and request.form.get("go") == "next" else place.section.key
    language = place.language if len(report.languages) > 1 else None
    question = request.form.get("at")
    anchor = render.slug(question) if question and question in place.asked.questions else None
    return url_for("sections.section", report_id=report.id, key=key, language=language, _anchor=anchor)


@pages.post("/reports/<uuid:report_id>/answers")
@guarded("report:write", subject=guard.report, polling=True)
def autosave(act: Act, report: Report) -> ResponseReturnValue:
    """Saves one answer as it is typed, its controls read as the page's form reads them; 409 with all sides if stale."""
    drafting.demand_open(act, report)
    sent = _sent(request.get_json())
    place = _place(act, report, sent["question"].partition("/")[0], sent["language"])
    question = drafting.asked_question(place.asked, report, sent["question"])
    made = build.section_form(place.asked, place.section, report.modality, render.language(), question.key)
    read = build.values(made(sent["fields"]))
    if question.key not in read:
        raise _unreadable("fields", N_("The request carries no control of this question."))
    given = Given(question.key, sent["language"], read[question.key], sent["base_revision"])
    saved = drafting.save(act, report, given)
    return jsonify(
        revision=saved.revision,
        saved_at_text=_("%(moment)s UTC", moment=render.clock_time(act.at)),
        merged=saved.merged,
        value=saved.value if saved.merged else None,
        findings=[vars(found) for found in _shown(saved.findings)],
    )


def _sent(body: Any) -> dict[str, Any]:
    """The request of an autosave, in order; Invalid names what is missing."""
    wanted = {"question": str, "language": str, "fields": dict, "base_revision": int}
    if not isinstance(body, dict):
        raise _unreadable("", N_("The request must be a JSON object."))
    for name, shape in wanted.items():
        if not isinstance(body.get(name), shape):
            raise _unreadable(name, N_("The request lacks this part, or it is of another shape."))
    pairs = [
        (str(name), value)
        for name, values in body["fields"].items()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, str)
    ]
    return {**body, "fields": MultiDict(pairs)}


def _unreadable(where: str, sentence: str) -> Invalid:
    return Invalid(sentence, [Problem(where, sentence)])
