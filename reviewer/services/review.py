"""What the reporting team does to a report: claim, check, clarify, accept, publish."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert

from forms.words import N_
from portal.models.reports import Report
from portal.models.review import Check, Publication
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import STEPS, WRONG_STATE
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services import remarks
from portal.services.act import Act
from portal.services.steps import Order, advance

VERDICTS = {
    "yes": N_("Yes"),
    "partly": N_("In part"),
    "no": N_("No"),
    "not_applicable": N_("Does not apply"),
}
NOTE_LENGTH = 4000


def claim(act: Act, report: Report, order: Order) -> None:
    """A reviewer takes a submitted report; it is theirs from now on."""
    advance(act, report, STEPS["claim"], order)
    report.assigned_to = act.actor.id
    act.record("review.claim", {"version": report.versions}, report=report)
    act.notify("review.claim", act.holders("focal_point", "certifier", entity=report.entity), {}, report=report)


def check(act: Act, report: Report, verdicts: Mapping[str, tuple[str, str]]) -> None:
    """Writes the answers to points of the checklist: point > (verdict, note). A blank verdict takes the answer back."""
    act.demand("review:check", report)
    if report.state != "in_review":
        raise NotNow(N_("The checklist is filled in while the report is in review."), [WRONG_STATE[report.state]])
    if report.assigned_to != act.actor.id:
        raise NotNow(N_("The report is assigned to a colleague."))
    points = {item.key for item in guideline(act.session, report.edition).checklist}
    verdicts = {point: (verdict, note.replace("\0", "")) for point, (verdict, note) in verdicts.items()}
    problems = [
        Problem(point, N_("Please choose one of the answers offered."))
        for point, (verdict, note) in verdicts.items()
        if point not in points or (verdict and verdict not in VERDICTS) or len(note) > NOTE_LENGTH
    ]
    if problems:
        raise Invalid(problems[0].sentence, problems)
    mine = (Check.report_id == report.id) & (Check.version == report.versions)
    act.session.execute(delete(Check).where(mine, Check.point.in_(list(verdicts))))
    rows = [
        {
            "report_id": report.id,
            "version": report.versions,
            "point": point,
            "verdict": verdict,
            "note": note,
            "checked_at": act.at,
            "checked_by": act.actor.id,
        }
        for point, (verdict, note) in verdicts.items()
        if verdict or note
    ]
    if rows:
        act.session.execute(insert(Check), rows)
    told = {point: {"verdict": verdict, "note": note} for point, (verdict, note) in verdicts.items()}
    act.record("review.check", {"version": report.versions, "answers": told}, report=report)


def clarify(act: Act, report: Report, order: Order) -> None:
    """The reviewer asks the state for clarification: sends the remarks that were gathered, together, and opens the
    draft for what they ask; without remarks all of it, for the reason given.
    """
    advance(act, report, STEPS["clarify"], order)
    told = {"reason": order.words, "version": report.versions}
    act.record("review.clarify", told, report=report)
    if remarks.send(act, report):
        return
    act.notify("review.clarify", act.holders("focal_point", "certifier", entity=report.entity), told, report=report)


def accept(act: Act, report: Report, order: Order) -> None:
    """The reviewer accepts the version in review, with the checklist answered."""
    advance(act, report, STEPS["accept"], order)
    act.record("review.accept", {"version": report.versions}, report=report)
    people = act.holders("focal_point", "certifier", entity=report.entity)
    act.notify("review.accept", people, {"version": report.versions}, report=report)


def publish(act: Act, report: Report, order: Order) -> Publication:
    """The lead publishes the accepted version with the files that the state has opened."""
    advance(act, report, STEPS["publish"], order)
    consent = reports.consent(act.session, report)
    if consent is None:
        raise RuntimeError("a report without consent cannot be published")
    publication = Publication(
        report_id=report.id,
        version=report.versions,
        attachments=list(consent.attachments),
        published_at=act.at,
        published_by=act.actor.id,
    )
    act.session.add(publication)
    act.record("review.publish", {"version": report.versions, "attachments": publication.attachments}, report=report)
    people = act.holders("focal_point", "certifier", "contributor", entity=report.entity)
    act.notify("review.publish", people, {"version": report.versions}, report=report)
    return publication
