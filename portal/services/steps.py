"""Moving a report along its life: every step asks the policy and the lifecycle, and leaves its record and its
notices.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.answers import canonical, digest
from forms.words import N_
from portal.models.cycles import Phase
from portal.models.reports import Report
from portal.models.review import Consent, Publication
from portal.queries import clearance, remarks, reports
from portal.queries.explaining import explanations
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING, STEPS, Case, Step, hindrances, reason_given, seen_state
from portal.rules.policy import Person, may
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.services import passages, rechecks
from portal.services.act import Act
from portal.services.drafting import State, check

LETTER = "letter"  # in the place of a question: a letter of clearance, which belongs to a request


@dataclass(frozen=True)
class Order:
    """What a person says when taking a step: words where the step needs them, and for consent the files it opens."""

    reason: str | None = None
    attachments: tuple[uuid.UUID, ...] = ()
    request: uuid.UUID | None = None

    @property
    def words(self) -> str:
        """The reason as it is kept: without blanks at its ends, and without characters that no database holds."""
        return (self.reason or "").replace("\0", "").strip()


@dataclass(frozen=True)
class Opening:
    """A step as it stands for one person: the sentences that hinder it, none when it can be taken."""

    step: Step
    hindrances: list[str]


def case_of(
    session: Session, report: Report, person: Person | None, reason: str | None = None, judged: State | None = None
) -> Case:
    """Counts what the guards look at. The draft is judged only where a step out of this state asks for it, and not
    again where the caller has `judged` it."""
    blockers, unchanged, prepared = 0, False, False
    if report.state in DRAFTING or report.state == "clearing":
        blockers = (judged or check(session, report)).blockers
        version = reports.versions(session, report.id)[-1] if report.versions else None
        unchanged = version is not None and version.content_digest == content_digest(session, report)
    nobody_certifies = False
    if report.state in DRAFTING and person is not None:
        nobody_certifies = {one.id for one in clearance.certifiers(session, report.entity)} <= {person.id}
    if report.state == "clearing" and person is not None:
        request = reports.open_clearance(session, report.id)
        prepared = request is not None and request.asked_by == person.id
    unchecked = gathered = unsettled = 0
    consented = report.state == "accepted" and reports.consent(session, report) is not None
    if report.state == "in_review":
        answered, gathered, unsettled = remarks.in_review(session, report)
        unchecked = len(guideline(session, report.edition).checklist) - answered
    return Case(
        state=report.state,
        drafting=report.drafting,
        blockers=blockers,
        unchecked=unchecked,
        consented=consented,
        unchanged=unchanged,
        reason=reason,
        assigned_elsewhere=bool(person and report.assigned_to and report.assigned_to != person.id),
        prepared_by_actor=prepared,
        nobody_certifies=nobody_certifies,
        remarks=len(remarks.of_round(session, report)),
        gathered=gathered,
        unsettled=unsettled,
        unanswered=remarks.unanswered(session, report),
    )


def content_digest(session: Session, report: Report) -> str:
    """The digest of what the country wrote, without times: two drafts with the same words have the same digest."""
    values = reports.values(session, report.id)
    held = [file for file in reports.attachments(session, report.id) if file.question != LETTER]
    files = sorted((f.question, f.sha256, f.name) for f in held)
    told = [[question, language, value] for (question, language), value in sorted(values.items())]
    content: dict[str, Any] = {"modality": report.modality, "answers": told, "files": [list(f) for f in files]}
    explained = explanations(session, report.id)
    if explained:
        content["explanations"] = [[*key, explained[key].words] for key in sorted(explained)]
    return digest(canonical(content))


def open_steps(session: Session, report: Report, person: Person | None, judged: State | None = None) -> list[Opening]:
    """The steps that this person's roles include and that start from the report's state, each with its hindrances."""
    if person is None:
        return []
    candidates = [s for s in STEPS.values() if report.state in s.source and may(person, s.permission, report)]
    if not candidates:
        return []
    case = case_of(session, report, person, judged=judged)
    return [Opening(step, list(hindrances(step, case))) for step in candidates]


def step_named(name: str) -> Step:
    """The step of the lifecycle with this name; Missing when there is none."""
    if name not in STEPS:
        raise Missing(N_("There is no such step."))
    return STEPS[name]


def advance(act: Act, report: Report, step: Step, order: Order) -> str:
    """Demands the permission, refuses while anything hinders, then moves the state. Returns the state before."""
    act.demand(step.permission, report)
    reason = order.words
    case = case_of(act.session, report, act.person, reason if step.reason else None)
    standing = list(hindrances(step, case))
    if standing:
        if step.reason and standing == [reason_given(case)]:
            raise Invalid(standing[0], [Problem("reason", standing[0])])
        raise NotNow(standing[0], standing)
    before, report.state = report.state, step.lands(case)
    report.state_since = act.at
    if report.state in DRAFTING:
        report.drafting = report.state
    return before


def consent(act: Act, report: Report, order: Order) -> None:
    """The certifier consents to publication of the accepted version, and opens none, some or all of its files; until it
    is published, the consent can be given anew with other files.
    """
    advance(act, report, STEPS["consent"], order)
    held = {entry["attachment"] for entry in reports.version(act.session, report.id, report.versions).files}
    unknown = [str(a) for a in order.attachments if str(a) not in held]
    if unknown:
        sentence = N_("A file named in the consent is no part of the version.")
        raise Invalid(sentence, [Problem("attachments", f"{file}: {sentence}") for file in unknown])
    opened = sorted(str(a) for a in order.attachments)
    before = reports.consent(act.session, report)
    if before is not None and before.attachments == opened:
        raise NotNow(N_("The state has consented to the publication of this version already, with the same files."))
    row = Consent(
        report_id=report.id,
        version=report.versions,
        number=before.number + 1 if before else 1,
        attachments=opened,
        given_at=act.at,
        given_by=act.actor.id,
    )
    act.session.add(row)
    act.record("report.consent", {"version": report.versions, "attachments": opened}, report=report)
    act.notify("report.consent", act.holders("lead"), {}, report=report)


def withdraw(act: Act, report: Report, order: Order) -> None:
    """The certifier withdraws the report with a reason; a publication ends with it, the versions stay."""
    before = advance(act, report, STEPS["withdraw"], order)
    end_publication(act, report)
    passages.settle_report(act, report)
    rechecks.after_withdrawal(act, report)
    reason = order.words
    act.record("report.withdraw", {"reason": reason, "from": before}, report=report)
    if not report.practice:
        act.notify("report.withdraw", act.holders("lead", "reviewer"), {"reason": reason}, report=report)


def end_publication(act: Act, report: Report) -> None:
    """Ends the publication in force, if there is one."""
    shown = act.session.scalars(
        select(Publication).where(Publication.report_id == report.id, Publication.ended_at.is_(None))
    ).first()
    if shown is not None:
        shown.ended_at = act.at


def reopen(act: Act, report: Report, order: Order) -> None:
    """The certifier opens a withdrawn report for writing again; its first submission date stays."""
    advance(act, report, STEPS["reopen"], order)
    reason = order.words
    act.record("report.reopen", {"reason": reason}, report=report)
    act.notify("report.reopen", act.holders("focal_point", entity=report.entity), {"reason": reason}, report=report)


def phase_ends(session: Session, cycle: str) -> dict[str, Any]:
    """The closing day of each phase of a cycle, by phase key."""
    return {row.key: row.closes for row in session.execute(select(Phase.key, Phase.closes).where(Phase.cycle == cycle))}


def shown_state(report: Report, person: Person | None) -> str:
    """The state of a report as this person may know it."""
    if person is not None and report.entity in person.entities:
        return report.state
    return seen_state(report.state, report.drafting, report.versions)
