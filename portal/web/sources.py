"""Documents of the country beside the form: the list, adding one, reading it, and its passages beside a section."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from forms.kinds import KINDS
from forms.outline import Question
from forms.words import N_
from portal.adapters.content import recognise
from portal.adapters.reading import Read, read
from portal.http import guard
from portal.http.files import send_blob
from portal.http.guard import guarded
from portal.http.uploads import receive
from portal.models.reports import Report
from portal.models.sources import SourceDocument
from portal.queries import cycles, reports, sources
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING
from portal.rules.policy import granted, may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services import sources as service
from portal.services.act import Act

pages = Blueprint("sources", __name__)

PORTION = 12
NO_FILE = N_("Please choose a file first.")
NO_QUESTION = N_("Please choose the question into which the passage is taken over.")


@dataclass(frozen=True)
class Laid:
    """A document with those of its passages that were asked for, and the questions they can be taken over into."""

    document: SourceDocument
    passages: Sequence[Any]
    headings: Sequence[str]
    find: str
    heading: str
    start: int
    count: int
    into: Sequence[Question] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """What asks for the same passages again."""
        return {"beside": self.document.id, "find": self.find or None, "heading": self.heading or None}

    @property
    def earlier(self) -> int | None:
        return max(0, self.start - PORTION) if self.start else None

    @property
    def later(self) -> int | None:
        return self.start + PORTION if self.start + PORTION < self.count else None


def folded(text: str) -> str:
    """A text as it is searched: without case, accents, vowel signs and forms of print."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def laid(act: Act, report: Report, document_id: uuid.UUID, asked: Mapping[str, str]) -> Laid:
    """The passages of a document that hold all the words asked for, under the heading asked for, in portions."""
    found = sources.document(act.session, report.id, document_id)
    if found.removed_at is not None:
        raise Missing(sources.NO_DOCUMENT)
    passages = sources.passages(act.session, document_id)
    headings = list(dict.fromkeys(one.heading for one in passages if one.heading))
    find, heading = asked.get("find", "").strip(), asked.get("heading", "")
    wanted = folded(find).split()
    kept = [
        one
        for one in passages
        if (not heading or one.heading == heading or one.heading.startswith(f"{heading} › "))
        and all(word in folded(f"{one.heading} {one.text}") for word in wanted)
    ]
    start = _number(asked.get("start", "")) if kept else 0
    start = start if start < len(kept) else 0
    return Laid(found, kept[start : start + PORTION], headings, find, heading, start, len(kept))


def _number(sent: str) -> int:
    return int(sent) if sent.isdecimal() and len(sent) < 6 else 0


def beside(act: Act, report: Report, counted: Sequence[Question], there: Container[str]) -> dict[str, Any]:
    """What a section page shows of documents: those there are, the one laid beside it, and from where answers came.
    Only what is `there` is read."""
    if not may(act.person, "source:read", report):
        return {"documents": [], "laid": None, "taken": {}}
    chosen, shown = request.args.get("beside", ""), None
    if chosen:
        found = laid(act, report, _identifier(chosen), request.args)
        open_ = granted(act.person, "section:write", report, counted) if report.state in DRAFTING else []
        into = tuple(question for question in open_ if KINDS[question.kind].prose)
        shown = Laid(**{**vars(found), "into": into})
    asked = [question.key for question in counted]
    taken = sources.takings(act.session, report.id, asked) if "takings" in there else {}
    documents = sources.titles(act.session, report.id) if "documents" in there else []
    return {"documents": documents, "laid": shown, "taken": taken}


def take(act: Act, report: Report, language: str) -> None:
    """Takes over the passage whose button was pressed in the form of a section."""
    ordinal = request.form.get("take", "")
    if not ordinal:
        return
    question = request.form.get(f"into-{ordinal}", "")
    if not question:
        raise Invalid(NO_QUESTION, [Problem("take", NO_QUESTION)])
    document = _identifier(request.form.get("beside", ""))
    service.take(act, report, (document, _number(ordinal)), question, language)
    flash(_("The passage stands at the end of the answer now; its source is kept with it."), "success")


def into() -> str | None:
    """The question into which a passage was taken over, None where the form was sent for something else."""
    return request.form.get(f"into-{request.form['take']}") if request.form.get("take") else None


def still_beside() -> dict[str, Any]:
    """What keeps the document beside the section after its form was sent."""
    if not request.form.get("beside"):
        return {}
    asked = {name: request.form.get(f"beside-{name}") or None for name in ("find", "heading", "start")}
    return {"beside": request.form["beside"], **asked}


def _identifier(sent: str) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except ValueError:
        raise Missing(sources.NO_DOCUMENT) from None


@pages.get("/reports/<uuid:report_id>/sources")
@guarded("source:read", subject=guard.report)
def listing(act: Act, report: Report) -> ResponseReturnValue:
    """The documents beside the form, and the form that adds one."""
    return _listing(act, report, [])


def _listing(act: Act, report: Report, problems: Sequence[Problem]) -> str:
    return render_template(
        "reports/sources.html",
        **_heading(act, report),
        documents=sources.documents(act.session, report.id),
        kinds=service.KINDS_OF_DOCUMENT,
        problems=problems,
        sent=request.form,
        can_add=may(act.person, "source:add", report) and report.state in DRAFTING,
        whole=may(act.person, "report:write", report),
    )


def _heading(act: Act, report: Report) -> dict[str, Any]:
    return {"report": report, "entity": cycles.entity(act.session, report.entity)}


@pages.post("/reports/<uuid:report_id>/sources")
@guarded("source:add", subject=guard.report_unheld, later=True)
def add(act: Act, report: Report) -> ResponseReturnValue:
    """Lays a document beside the form. It is judged, read and kept first; only then is the draft held."""
    report_id, form = report.id, request.form
    try:
        said = service.about(form.get("title", ""), form.get("kind", ""), form.get("year", ""))
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid(NO_FILE, [Problem("file", NO_FILE)])
        read_ = _read(file)
        upload = receive(file, told=False)
    except Invalid as refusal:
        problems = [Problem(p.where if p.where in _PLACES else "file", p.sentence) for p in refusal.problems]
        return _listing(act, report, problems or [Problem("file", refusal.sentence)]), 422
    act.write()
    report = reports.get(act.session, report_id, lock=True)
    made = service.add(act, report, said, upload, read_.passages)
    _say(read_)
    return redirect(url_for("sources.source", report_id=report_id, document_id=made.id), 303)


_PLACES = ("title", "kind", "year", "file")


def _read(file: FileStorage) -> Read:
    stream = cast("BinaryIO", file.stream)
    return read(stream, recognise(stream, file.filename or "").media_type)


def _say(read_: Read) -> None:
    """Says how much was read, and which pages hold no text."""
    count = len(read_.passages)
    flash(ngettext("%(num)d passage was read.", "%(num)d passages were read.", count), "success")
    if read_.blank:
        numbers = ", ".join(str(number) for number in read_.blank)
        flash(_("These pages hold no text that can be taken over: %(numbers)s.", numbers=numbers), "info")


@pages.get("/reports/<uuid:report_id>/sources/<uuid:document_id>")
@guarded("source:read", subject=guard.report)
def source(act: Act, report: Report, document_id: uuid.UUID) -> ResponseReturnValue:
    """A document for reading and searching, with the way to lay it beside each section."""
    asked = guideline(act.session, report.edition)
    open_ = granted(act.person, "section:read", report, asked.counted(report.modality))
    keys = {question.section for question in open_}
    return render_template(
        "reports/source.html",
        **_heading(act, report),
        laid=laid(act, report, document_id, request.args),
        sections=[one for one in asked.counted_sections(report.modality) if one.key in keys],
        kinds=service.KINDS_OF_DOCUMENT,
    )


@pages.get("/reports/<uuid:report_id>/sources/<uuid:document_id>/file")
@guarded("source:read", subject=guard.report)
def download(act: Act, report: Report, document_id: uuid.UUID) -> ResponseReturnValue:
    """The bytes of a document, for the country alone."""
    found = sources.document(act.session, report.id, document_id)
    return send_blob(found.blob, found.name, found.media_type, size=found.size, etag=found.sha256)


@pages.post("/reports/<uuid:report_id>/sources/<uuid:document_id>/remove")
@guarded("source:add", subject=guard.report)
def remove(act: Act, report: Report, document_id: uuid.UUID) -> ResponseReturnValue:
    """Takes a document away from beside the form."""
    found = service.remove(act, report, document_id)
    flash(_("%(title)s is no longer beside the form. What was taken over from it stays.", title=found.title), "success")
    return redirect(url_for("sources.listing", report_id=report.id), 303)
