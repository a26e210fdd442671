"""What an event or a notice says in plain words to the one who reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forms.words import N_
from portal.http.render import day
from portal.queries.colleagues import Office
from portal.rules.policy import Person, may
from portal.services.history import BEFORE, CLEARANCE_ASKED

EVENTS = {
    "report.start": N_("The report was started."),
    "report.ask": N_("Clearance was asked for."),
    "answer.take_back": N_("An earlier text of an answer was taken back."),
    "draft.keep": N_("A restore point of the draft was made."),
    "draft.restore": N_("The draft was taken back to a restore point."),
    "report.recall": N_("The request for clearance was taken back."),
    "report.decline": N_("The certifier declined the request for clearance."),
    "report.submit": N_("The report was approved and submitted."),
    "report.consent": N_("The state consented to publication."),
    "report.withdraw": N_("The state withdrew the report."),
    "report.reopen": N_("The report was opened again for writing."),
    "handout.give": N_("A section was handed out."),
    "handout.return": N_("A section was handed back."),
    "handout.again": N_("A section was given back to its contributor."),
    "handout.withdraw": N_("A hand-out was taken back."),
    "handout.settle": N_("A hand-out was settled."),
    "explanation.give": N_("A finding of the check was explained."),
    "explanation.remove": N_("An explanation was taken back."),
    "practice.again": N_("The practice report was begun again."),
    "clearance.escalate": N_("The other certifiers were asked too."),
    "aside.settle": N_("A choice was made between two texts of an answer."),
    "comment.write": N_("A comment was written."),
    "comment.settle": N_("A thread of comments was settled."),
    "comment.reopen": N_("A thread of comments was opened again."),
    "reminder.send": N_("A reminder of a section that was handed out was sent."),
    "remark.remind": N_("A reminder of remarks that wait for an answer was sent."),
    "figures.confirm": N_("International figures were confirmed."),
    "report.carry": N_("Answers of an earlier report were taken over into the draft."),
    "answer.still_right": N_("An answer of an earlier report was looked at and is still right."),
    "source.add": N_("A document was laid beside the form."),
    "source.remove": N_("A document was taken away from beside the form."),
    "source.take": N_("A passage of a document was taken over into an answer."),
    "attachment.add": N_("A file was added."),
    "attachment.remove": N_("A file was taken out of the draft."),
    "review.claim": N_("The report was claimed for review."),
    "report.intend": N_("The day by which the state will report was stated or taken back."),
    "review.assign": N_("The report was assigned anew within the reporting team."),
    "review.view_keep": N_("A view of the queue was kept."),
    "review.view_remove": N_("A view of the queue was removed."),
    "review.check": N_("Points of the checklist were answered."),
    "review.clarify": N_("The reporting team asked for clarification."),
    "review.accept": N_("The reporting team accepted the report."),
    "remark.send": N_("The reporting team sent its remarks."),
    "remark.answer": N_("A remark was answered."),
    "remark.take": N_("Words that the reporting team proposed were taken as the answer."),
    "remark.say": N_("Words were added to the talk about a remark."),
    "remark.settle": N_("The reporting team closed a remark."),
    "review.publish": N_("The report was published."),
    "extension.ask": N_("More time was asked for."),
    "extension.give": N_("More time was given."),
    "extension.decline": N_("The request for more time was answered: the deadline stays."),
    "phase.write": N_("A version of the text of a phase was written."),
    "phase.sign": N_("A version of the text of a phase was signed."),
    "phase.close": N_("A phase was closed."),
    "observations.imported": N_("A file of figures was imported."),
    "bundle.ask": N_("A synthesis bundle was asked for."),
    "cycle.open": N_("A reporting cycle was opened."),
    "guidelines.publish": N_("An edition of the guidelines was published."),
    "account.grant": N_("An account was given a role."),
    "mail.wish": N_("A person chose how much mail to get."),
    "cycle.remind": N_("Reminders of the reporting cycle were sent."),
    "account.end": N_("A role was ended."),
    "account.succeed": N_("The role of the focal point was handed over."),
    "invitation.open": N_("A colleague was invited."),
    "invitation.revoke": N_("An invitation was taken back."),
    "invitation.accept": N_("An invitation was accepted."),
}

NOTICES = {
    "report.start": N_("The report has been started; it is open for writing."),
    "report.ask": N_("You are asked to look at the report and to approve or decline it."),
    "clearance.escalate": N_("A request for clearance has waited for its set time; you are asked to look at it too."),
    "clearance.waits": N_(
        "The request for clearance has waited for its set time; the other certifiers were asked too."
    ),
    "clearance.nobody_else": N_(
        "The request for clearance has waited for its set time, and your state has no other certifier to be asked."
    ),
    "report.decline": N_("The certifier declined; the draft is open for writing again."),
    "report.submit": N_("The report has been submitted and can be claimed for review."),
    "draft.restore": N_("The draft was taken back to a restore point; how it stood before is a restore point too."),
    "report.receipt": N_("The report has been submitted; its receipt is ready."),
    "report.carry": N_("Answers of an earlier report were taken over into the draft; each is marked until looked at."),
    "report.consent": N_("The state has consented to publication."),
    "report.withdraw": N_("The state has withdrawn the report."),
    "report.reopen": N_("The report is open for writing again."),
    "review.claim": N_("The reporting team has begun to review the report."),
    "review.assign": N_("A report was assigned to you for review."),
    "review.assign_away": N_(
        "A report that was assigned to you is no longer; its review is with somebody else, or open."
    ),
    "review.clarify": N_("The reporting team asks for clarification; the draft is open for writing."),
    "review.accept": N_("The reporting team has accepted the report; it can be published once the state consents."),
    "review.publish": N_("The report has been published."),
    "remark.send": N_(
        "Remarks of the reporting team: %(remarks)s. Please answer each; the answers they name are open."
    ),
    "remark.send.due": N_(
        "Remarks of the reporting team: %(remarks)s. Please answer each by %(due)s; the answers they name are open."
    ),
    "remark.answer": N_("The state answered the remarks and submitted anew. Remarks with an answer: %(remarks)s."),
    "remark.say": N_("There are new words about a remark."),
    "figures.moved": N_("International figures that your state confirmed have moved since: %(figures)s of them."),
    "comment.write": N_("A colleague wrote a comment in section %(section)s."),
    "comment.settle": N_("A colleague settled a thread of comments in section %(section)s."),
    "comment.reopen": N_("A colleague opened a thread of comments in section %(section)s again."),
    "reminder.week.holder": N_("Section %(section)s is in your hands; the focal point counts on it by %(due)s."),
    "reminder.day.holder": N_("Section %(section)s is in your hands; the focal point counts on it by %(due)s."),
    "reminder.after.holder": N_(
        "Section %(section)s is in your hands still; it was asked for by %(due)s. "
        "If you need more time or help, please tell the focal point."
    ),
    "reminder.after.leaders": N_(
        "Section %(section)s has not come back yet; it was asked for by %(due)s. "
        "You may want to ask whether more time or help is needed."
    ),
    "reminder.remarks.week": N_(
        "Remarks of the reporting team that wait for an answer: %(remarks)s. The answers are asked for by %(due)s."
    ),
    "reminder.remarks.day": N_(
        "Remarks of the reporting team that wait for an answer: %(remarks)s. The answers are asked for by %(due)s."
    ),
    "reminder.remarks.after": N_(
        "Remarks of the reporting team that wait for an answer still: %(remarks)s. The answers were asked for by "
        "%(due)s and are as welcome after it; if you need more time, please tell the reviewer under a remark."
    ),
    "handout.give": N_("Section %(section)s was handed to you."),
    "handout.return": N_("Section %(section)s was handed back to you."),
    "handout.again": N_("Section %(section)s is in your hands again; the focal point asks for something more."),
    "handout.withdraw": N_("The focal point took section %(section)s back; what you wrote stays in the report."),
    "handout.accepted": N_("What you wrote in section %(section)s was accepted into the report."),
    "handout.beside": N_("Of what you wrote in section %(section)s, some is kept beside the answers of the report."),
    "handout.fallback": N_("Section %(section)s is in your hands again: the role of its holder has ended."),
    "extension.ask": N_("A country asks for more time; please look at its reason and answer it."),
    "extension.give": N_("Your country has been given more time, until %(due)s."),
    "extension.decline": N_(
        "The request for more time was answered: the deadline stays. A report is received at any time after it too."
    ),
    "phase.close": N_("A phase of the cycle was closed; its record is on the page of the phase."),
    "invitation.open": N_("You are invited to report for a state; the invitation is open for 7 days."),
    "invitation.accept": N_("A colleague has accepted your invitation."),
    "cycle.invite": N_("Your state is invited to report on the New Urban Agenda by %(due)s."),
    "cycle.60": N_("The report of your state is hoped for by %(due)s."),
    "cycle.14": N_("The report of your state is hoped for by %(due)s. If more time is needed, it can be asked for."),
    "cycle.3": N_(
        "The report of your state is hoped for by %(due)s. It can be submitted after that day too; "
        "if more time is needed, it can be asked for."
    ),
    "cycle.extended.14": N_(
        "Your state has time until %(due)s for its report. If more time is needed, it can be asked for."
    ),
    "cycle.extended.3": N_(
        "Your state has time until %(due)s for its report. It can be submitted after that day too; "
        "if more time is needed, it can be asked for."
    ),
    "bundle.ready": N_("The synthesis bundle that you asked for is ready."),
    "bundle.broken": N_("The synthesis bundle that you asked for could not be built; its page says why."),
    "account.end": N_("A role of yours has ended. What you wrote stays, under your name."),
    "account.succeed": N_("The role of the focal point has gone over to a successor."),
}


ENDED = ("handout.withdraw", "handout.accepted", "handout.beside")
ANNOUNCED = N_("It was said in public that the state is preparing a report.")
NOT_ANNOUNCED = N_("It was taken back that the state is preparing a report.")


def event_words(kind: str, data: Mapping[str, Any] | None = None) -> str:
    """What happened, as one sentence; a kind without words of its own is named as the record names it."""
    if kind == "report.announce":
        return _(ANNOUNCED if (data or {}).get("announced") else NOT_ANNOUNCED)
    return _(EVENTS[kind]) if kind in EVENTS else _("Recorded: %(kind)s", kind=kind)


def notice_words(kind: str, data: Mapping[str, Any] | None = None) -> str:
    """What a person is told, as a sentence or two; `data` names the section and the day where the words need them."""
    if kind not in NOTICES:
        return event_words(kind)
    source = NOTICES[f"{kind}.due" if f"{kind}.due" in NOTICES and (data or {}).get("due") else kind]
    if "%(" not in source:
        return _(source)
    told = dict(data or {})
    due = dt.date.fromisoformat(told["due"]) if told.get("due") else None
    return _(source) % {"section": told.get("section", ""), "due": day(due), **_counts(told)}


def _counts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told.get(name, "") for name in ("figures", "remarks")}


def notice_address(person: Person, notice: Any, entity: str | None) -> str:
    """Where a notice leads for this person: the section it names, the own report, the review of another's; "" where it
    leads nowhere.
    """
    data = notice.data or {}
    if notice.report_id is None:
        return _address_beside_reports(person, notice.kind, data)
    if notice.kind == "figures.moved" and entity in person.entities:
        return url_for("figures.overview", report_id=notice.report_id)
    if entity not in person.entities:
        return f"/review/{notice.report_id}" if may(person, "review:queue") else ""
    if notice.kind.startswith(("remark.", "reminder.remarks.")):
        anchor = f"remark-{data['remark']}" if data.get("remark") else None
        return url_for("remarks.page", report_id=notice.report_id, _anchor=anchor)
    if notice.kind == "handout.return":
        return url_for("handing.handout", report_id=notice.report_id, handout_id=data["handout"])
    if data.get("section") and notice.kind not in ENDED:
        anchor = f"thread-{data['comment']}" if data.get("comment") else None
        return url_for("sections.section", report_id=notice.report_id, key=data["section"], _anchor=anchor)
    return url_for("reports.report", report_id=notice.report_id)


def _address_beside_reports(person: Person, kind: str, data: Mapping[str, Any]) -> str:
    """Where a notice leads that is about no report."""
    of = data.get("entity")
    if kind == "invitation.open":
        return url_for("invitations.page")
    if kind == "phase.close":
        return url_for("timeline.phase", phase=data["phase"])
    if kind == "extension.ask":
        return url_for("extensions.listing")
    if kind.startswith("cycle."):
        return url_for("reports.listing", entity=of)
    if of and kind.startswith("extension."):
        return url_for("extensions.page", iso3=of)
    return url_for("people.listing", iso3=of) if of and may(person, "people:see", Office(of, {})) else ""


def point_words(name: str) -> str:
    """The name of a restore point, where the portal gave it in the language of the reader."""
    before, after = BEFORE.split("%(name)s")
    if name.startswith(before) and name.endswith(after):
        return _(BEFORE, name=point_words(name[len(before) : -len(after)]))
    return _(name) if name == CLEARANCE_ASKED else name


def reason_of(data: Mapping[str, Any]) -> str:
    """The words that the person gave with the act; "" for none."""
    return str(data.get("reason") or "")
