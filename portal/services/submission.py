"""Submission: the certifier approves, and the draft is frozen as a version with its receipt."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from forms.answers import digest
from portal.documents.receipt import Receipt, Signs, sign
from portal.documents.version import FrozenAnswer, FrozenFile, FrozenFinding, Submission, freeze
from portal.models.reports import Attachment, Report, Version
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import STEPS
from portal.rules.refusals import NotNow
from portal.rules.timeline import end_of_day, timing
from portal.services.act import Act
from portal.services.drafting import check
from portal.services.steps import SETTLED, Order, advance, content_digest, demand_request, phase_ends

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
    advance(act, report, STEPS["submit"], order)
    number = report.versions + 1
    files = reports.attachments(act.session, report.id)
    submission = _submission(act, report, number, files)
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
        files=[_kept(file) for file in files if str(file.id) in {f.id for f in submission.files}],
        findings=[asdict(finding) for finding in submission.findings],
        submitted_at=act.at,
        submitted_by=act.actor.id,
    )
    act.session.add(version)
    report.versions = number
    report.first_submitted_at = report.first_submitted_at or act.at
    if request is not None:
        request.outcome, request.version = "approved", number
        request.decided_at, request.decided_by = act.at, act.actor.id
    act.session.flush()
    team = [report.assigned_to] if report.assigned_to else act.holders("lead", "reviewer")
    act.notify("report.submit", team, {"version": number}, report=report)
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


def _submission(act: Act, report: Report, number: int, files: list[Attachment]) -> Submission:
    asked = guideline(act.session, report.edition)
    counted = {question.key: question for question in asked.counted(report.modality)}
    answers = [
        FrozenAnswer(row.question, counted[row.question].kind, row.language, row.revision, row.value)
        for row in reports.answers(act.session, report.id).values()
        if row.question in counted
    ]
    state = check(act.session, report)
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
        files=[
            FrozenFile(str(f.id), f.name, f.media_type, f.size, f.sha256, f.question)
            for f in files
            if f.question in counted
        ],
        findings=[FrozenFinding(f.question, f.severity, f.rule, f.sentence) for f in state.findings],
    )


def _kept(file: Attachment) -> dict[str, object]:
    return {
        "attachment": str(file.id),
        "question": file.question,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "blob": file.blob,
    }
