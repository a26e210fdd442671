"""Documents of the country laid beside the form: added, taken out, and passages of them taken over into answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import insert

from forms.figures import parse_year
from forms.kinds import KINDS
from forms.words import N_
from portal.adapters.reading import Passage
from portal.models.reports import Report
from portal.models.sources import SourceDocument, SourcePassage, Taking
from portal.queries import reports, sources
from portal.queries.guidelines import guideline
from portal.rules.policy import may
from portal.rules.refusals import Forbidden, Invalid, Problem
from portal.services.act import Act
from portal.services.attachments import Upload
from portal.services.drafting import Given, Saved, asked_question, demand_drafting, demand_writable, language_of, save

KINDS_OF_DOCUMENT = {
    "vnr": N_("Voluntary national review (VNR)"),
    "vlr": N_("Voluntary local review (VLR)"),
    "report": N_("Earlier report"),
    "other": N_("Another document"),
}
LONGEST_TITLE = 300
NO_TITLE = N_("Please give the document a title; it stands beside what is taken over from it.")
LONG_TITLE = N_("The title of a document has at most 300 characters.")
NOT_A_YEAR = N_("Please write the year of the document as 2022 or 2021/22, or leave it blank.")
NO_KIND = N_("Please choose what the document is.")
LONG_YEAR = N_("The year has at most 20 characters.")
NOT_PROSE = N_("Passages are taken over into narrative answers only.")
NOT_YOURS = N_("The focal point, or who added the document, can take it out.")


def about(title: str, kind: str, year: str) -> tuple[str, str, str]:
    """What is said of a document, in order. Invalid names each part that will not do."""
    title, year = (" ".join(word.replace("\0", "").split()) for word in (title, year))
    problems = [Problem("title", NO_TITLE)] if not title else []
    problems += [Problem("title", LONG_TITLE)] if len(title) > LONGEST_TITLE else []
    problems += [Problem("kind", NO_KIND)] if kind not in KINDS_OF_DOCUMENT else []
    if len(year) > 20:
        problems.append(Problem("year", LONG_YEAR))
    elif year and parse_year(year).problem:
        problems.append(Problem("year", NOT_A_YEAR))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    return title, kind, year


def add(
    act: Act, report: Report, said: tuple[str, str, str], upload: Upload, passages: Sequence[Passage]
) -> SourceDocument:
    """Lays a stored document, read into passages, beside the form of a report whose row is locked. It stays with the
    country: no version holds it.
    """
    act.demand("source:add", report)
    demand_drafting(report)
    title, kind, year = said
    made = SourceDocument(title=title, kind=kind, year=year, **upload.laid(act, report))
    act.session.add(made)
    act.session.flush()
    rows = [
        {"document_id": made.id, "ordinal": at, "heading": one.heading, "page": one.page, "text": one.text}
        for at, one in enumerate(passages, 1)
    ]
    if rows:
        act.session.execute(insert(SourcePassage), rows)
    told = {"document": str(made.id), "title": title, "sha256": upload.sha256, "passages": len(rows)}
    act.record("source.add", told, report=report)
    return made


def remove(act: Act, report: Report, document_id: uuid.UUID) -> SourceDocument:
    """Takes a document away from beside the form; what was taken over from it stays, and says from where."""
    act.demand("source:add", report)
    found = sources.document(act.session, report.id, document_id)
    if found.added_by != act.actor.id and not may(act.person, "report:write", report):
        raise Forbidden(NOT_YOURS)
    if found.removed_at is None:
        found.removed_at = act.at
        act.record("source.remove", {"document": str(found.id), "title": found.title}, report=report)
    return found


def take(act: Act, report: Report, passage: tuple[uuid.UUID, int], question: str, language: str | None) -> Saved:
    """Appends a passage to a narrative answer of a report whose row is locked, and keeps where it came from. Missing
    for a document that is not beside this form.
    """
    asked = asked_question(guideline(act.session, report.edition), report, question)
    demand_writable(act, report, asked)
    act.demand("source:read", report)
    if not KINDS[asked.kind].prose:
        raise Invalid(NOT_PROSE, [Problem("question", NOT_PROSE)])
    document_id, ordinal = passage
    taken = sources.passage(act.session, report.id, document_id, ordinal)
    kept_under = language_of(report, asked, language)
    row = reports.answer(act.session, report.id, asked.key, kept_under)
    value = "\n\n".join(text for text in (row.value if row else "", taken.text) if text)
    saved = save(act, report, Given(asked.key, kept_under, value, row.revision if row else 0))
    key = {"report_id": report.id, "question": asked.key, "language": kept_under, "revision": saved.revision}
    act.session.add(Taking(document_id=document_id, ordinal=ordinal, taken_at=act.at, taken_by=act.actor.id, **key))
    told = {"question": asked.key, "language": kept_under, "document": str(document_id), "passage": ordinal}
    act.record("source.take", told | {"revision": saved.revision}, report=report)
    return saved
