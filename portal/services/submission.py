"""Submission: the certifier approves, and the draft is frozen as a version with its receipt."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from forms.answers import digest
from portal.documents.receipt import Receipt, Signs, sign
from portal.documents.version import FrozenAnswer, FrozenFile, FrozenFinding, FrozenLetter, Submission, freeze
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Attachment, Clearance, Report, Version
from portal.queries import remarks, reports, sources
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import STEPS
from portal.rules.refusals import NotNow
from portal.rules.timeline import end_of_day, timing
from portal.services import passages, rechecks
from portal.services import remarks as clarification
from portal.services.act import Act
from portal.services.clearance import SETTLED, demand_request
from portal.services.explaining import Judged, judged_draft
from portal.services.steps import Order, advance, content_digest, phase_ends

CERTIFIER = "certifier"
DEADLINE_PHASE = "feedback"
CUT_OFF_PHASE = "synthesis"


def submit(act: Act, report: Report, order: Order, signer: Signs) -> Version:
    """The certifier approves: the draft is frozen as the next version, with a receipt.

    The row of the report is locked, so every save acknowledged before stands in the version and none after.
    Approving the same request
    a second time gives the same version and so the same receipt.
    """
    again = _approved_before(act, report, order)
    if again is not None:
        return again
    demand_request(act, report, order)
    request = reports.open_clearance(act.session, report.id)
    told_digest = content_digest(act.session, report)
    answered = remarks.of_round(act.session, report)
    advance(act, report, STEPS["submit"], order)
    number = report.versions + 1
    files, letters = _files(act, report, request)
    submission = _submission(act, report, number, files, letters)
    document = freeze(submission)
    recorded = act.record("report.submit", {"version": number, "sha256": digest(document)}, report=report)
    deadline, label = received(act, report, act.at)
    receipt = sign(
        Receipt(
            entity=report.entity,
            cycle=report.cycle,
            number=number,
            version_sha256=digest(document),
            version_size=len(document),
            files=submission.files,
            submitted_at=act.at,
            deadline=deadline,
            timing=label,
            chain_sequence=recorded.sequence,
            chain_head=recorded.digest,
            practice=report.practice,
        ),
        signer,
    )
    version = Version(
        report_id=report.id,
        number=number,
        document=document,
        digest=digest(document),
        content_digest=told_digest,
        receipt=receipt,
        files=[_kept(file, name) for file, name in files],
        findings=[asdict(finding) for finding in submission.findings],
        submitted_at=act.at,
        submitted_by=act.actor.id,
    )
    act.session.add(version)
    report.versions = number
    if not report.practice:
        report.first_submitted_at = report.first_submitted_at or act.at
    if request is not None:
        request.outcome, request.version = "approved", number
        request.decided_at, request.decided_by = act.at, act.actor.id
    act.session.flush()
    passages.cut_report(act, report, version)
    rechecks.after_version(act, report)
    if not report.practice:
        team = [report.assigned_to] if report.assigned_to else act.holders("lead", "reviewer")
        act.notify("report.submit", team, {"version": number}, report=report)
        clarification.tell_of_answers(act, report, answered, team)
    act.notify("report.receipt", act.holders("focal_point", entity=report.entity), {"version": number}, report=report)
    return version


def _approved_before(act: Act, report: Report, order: Order) -> Version | None:
    """The version that the approval of this request made already, when a certifier sends the approval twice."""
    if order.request is None:
        return None
    act.demand("report:submit", report)
    for request in reports.clearances(act.session, report.id):
        if request.id == order.request and request.version is not None:
            return reports.version(act.session, report.id, request.version)
        if request.id == order.request and request.outcome is not None:
            raise NotNow(SETTLED)
    return None


def received(act: Act, report: Report, at: dt.datetime) -> tuple[dt.datetime, str]:
    """The deadline of the report's cycle as an instant, and the label of a submission at this moment."""
    ends = phase_ends(act.session, report.cycle)
    deadline = end_of_day(ends[DEADLINE_PHASE])
    return deadline, timing(at, deadline, end_of_day(ends[CUT_OFF_PHASE]))


def _files(
    act: Act, report: Report, request: Clearance | None
) -> tuple[list[tuple[Attachment, str]], list[FrozenLetter]]:
    """What the version takes along, each with the name it goes under: files beside questions that count, and the
    letters of the request. A letter goes under a plain name, so that a published version names nobody."""
    counted = {question.key for question in guideline(act.session, report.edition).counted(report.modality)}
    held = reports.attachments(act.session, report.id)
    terms = act.session.get(ClearanceTerms, request.id) if request is not None else None
    dated = dict(terms.letters) if terms is not None else {}
    letters = [file for file in held if str(file.id) in dated]
    named = [(file, f"letter-{n}.{file.name.rpartition('.')[2].lower()}") for n, file in enumerate(letters, 1)]
    taken = [(file, file.name) for file in held if file.question in counted]
    return taken + named, [FrozenLetter(str(file.id), dated[str(file.id)]) for file in letters]


def _submission(
    act: Act, report: Report, number: int, files: list[tuple[Attachment, str]], letters: list[FrozenLetter]
) -> Submission:
    asked = guideline(act.session, report.edition)
    counted = {question.key: question for question in asked.counted(report.modality)}
    origins = sources.origins(act.session, report.id)
    answers = [
        FrozenAnswer(row.question, counted[row.question].kind, row.language, row.revision, row.value, **origins.of(row))
        for row in reports.answers(act.session, report.id).values()
        if row.question in counted
    ]
    told = judged_draft(act.session, report)
    return Submission(
        entity=report.entity,
        cycle=report.cycle,
        edition=report.edition,
        edition_digest=asked.digest,
        modality=report.modality,
        languages=tuple(report.languages),
        number=number,
        submitted_at=act.at,
        submitted_by=CERTIFIER,
        answers=answers,
        files=[FrozenFile(str(f.id), name, f.media_type, f.size, f.sha256, f.question) for f, name in files],
        letters=letters,
        practice=report.practice,
        findings=[_frozen(one) for one in told],
    )


def _frozen(one: Judged) -> FrozenFinding:
    """A finding with what the state says to it; words that were given for an earlier answer stay at home."""
    found = one.finding
    words = one.words if one.explained else ""
    return FrozenFinding(found.question, found.severity, found.rule, found.sentence, words)


def _kept(file: Attachment, name: str) -> dict[str, object]:
    return {
        "attachment": str(file.id),
        "question": file.question,
        "name": name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "blob": file.blob,
    }
