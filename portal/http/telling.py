"""What an event or a notice says in plain words to the one who reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from forms.words import N_
from portal.http.render import closing, day
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
    "dataset.verdict": N_("A second person said what stands of an imported file of figures."),
    "dataset.ask": N_("A file of figures was confirmed for taking in."),
    "dataset.drop": N_("A file of figures was dropped before it was taken in."),
    "mapping.save": N_("The meaning of the columns of a kind of file was saved."),
    "alias.save": N_("The meaning of the name of an area was saved."),
    "mapping.forget": N_("The meaning of the columns of a kind of file is kept no longer."),
    "alias.forget": N_("The meaning of the name of an area is kept no longer."),
    "contradiction.find": N_("The rules of contradictions looked at the evidence of a cycle."),
    "contradiction.ask": N_("A contradiction was put to the state as a remark."),
    "contradiction.settle": N_("The outcome of a contradiction was written down."),
    "request.make": N_("A request for evidence was made."),
    "request.withdraw": N_("A request for evidence was taken back."),
    "request.choose": N_("A contribution was chosen as the answer to a request for evidence."),
    "request.answer": N_("A request for evidence was answered."),
    "request.remind": N_("A reminder of a request for evidence was sent."),
    "profile.compile": N_("A desk profile was compiled from the other channels."),
    "profile.answer": N_("Parts of a desk profile were answered."),
    "profile.release": N_("A desk profile was shown to others."),
    "call.open": N_("A call for input was opened."),
    "call.name": N_("A partner was put on the list of a call."),
    "call.close": N_("A call for input was closed."),
    "call.extend": N_("A call for input was given another end."),
    "registration.ask": N_("An organisation asked to contribute."),
    "registration.confirm": N_("An organisation that registered was confirmed."),
    "registration.decline": N_("An organisation that registered was declined."),
    "partner.add": N_("A partner was brought in."),
    "partner.invite": N_("A person was invited to file for a partner."),
    "partner.join": N_("A person files for a partner from now on."),
    "partner.leave": N_("A person does not file for a partner any more."),
    "contribution.start": N_("A contribution was begun."),
    "contribution.choose": N_("A choice was made between two texts of a contribution."),
    "contribution.send": N_("A contribution was sent."),
    "contribution.withdraw": N_("A contribution was withdrawn."),
    "contribution.moderate": N_("The reporting team decided about a contribution."),
    "contribution.reply": N_("A state replied to a contribution."),
    "contribution.attach": N_("A file was laid beside a contribution."),
    "contribution.detach": N_("A file was taken out of a contribution."),
    "contribution.import": N_("A table of contributions was brought in."),
    "bundle.ask": N_("A synthesis bundle was asked for."),
    "statement.write": N_("A statement of the synthesis was written."),
    "statement.reword": N_("A statement of the synthesis was given another text."),
    "statement.move": N_("A statement of the synthesis was moved under its heading."),
    "statement.put_under": N_("A statement of the synthesis was put under another heading."),
    "statement.cite": N_("A statement of the synthesis was given citations."),
    "statement.uncite": N_("A citation was taken away from a statement of the synthesis."),
    "statement.support": N_("A statement of the synthesis was found supported."),
    "statement.withdraw": N_("A statement of the synthesis was withdrawn."),
    "statement.check": N_("A citation that had moved was looked at again."),
    "statement.supplement": N_("It was said what a late report does to a statement of the synthesis."),
    "synthesis.moved": N_("Citations of the synthesis moved with what they cite."),
    "synthesis.supplement": N_("The supplement of a report received after the synthesis cut-off was begun."),
    "synthesis.release": N_("Statements of the synthesis were released to those whom they cite."),
    "evidence.code": N_("A passage was coded."),
    "team.note": N_("An internal note was written."),
    "team.remark": N_("A remark was written; it is not sent yet."),
    "team.remark.change": N_("A remark that was not sent was changed."),
    "team.remark.remove": N_("A remark that was not sent was taken out."),
    "cycle.practice": N_("A cycle to practise in was opened."),
    "bundle.ready": N_("A synthesis bundle was built."),
    "bundle.broken": N_("A synthesis bundle could not be built."),
    "dataset.broken": N_("A file of figures could not be taken in."),
    "entities.add": N_("Entities were brought in."),
    "token.issue": N_("A token for the API was made."),
    "login": N_("A person logged in."),
    "logout": N_("A person logged out."),
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
        "Remarks of the reporting team: %(remarks)s. Please answer each; the answers they name are open. "
        "The first is asked for by %(due)s."
    ),
    "remark.send.all.due": N_(
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
    "aside.left": N_(
        "In section %(section)s an answer was left as it is; your text beside it is kept in the history of the answer."
    ),
    "aside.joined": N_(
        "In section %(section)s somebody joined your text with the answer; yours is kept in the history of the answer."
    ),
    "handout.fallback": N_("Section %(section)s is in your hands again: the role of its holder has ended."),
    "extension.ask": N_("A country asks for more time; please look at its reason and answer it."),
    "extension.give": N_("Your country has been given more time, until %(due)s."),
    "extension.decline": N_(
        "The request for more time was answered: the deadline stays. A report is received at any time after it too."
    ),
    "request.make": N_(
        "The reporting team asks for evidence on commitment %(commitment)s and hopes for it by %(due)s. "
        "A contribution answers it."
    ),
    "request.withdraw": N_(
        "The reporting team has taken back its request for evidence on commitment %(commitment)s; "
        "its reason stands there."
    ),
    "request.week": N_("The reporting team hopes for evidence on commitment %(commitment)s by %(due)s."),
    "request.day": N_("The reporting team hopes for evidence on commitment %(commitment)s by %(due)s."),
    "request.after": N_(
        "Evidence on commitment %(commitment)s was hoped for by %(due)s and is welcome still. "
        "If nothing is to come, please tell the reporting team."
    ),
    "request.answer": N_("A contribution answers your request for evidence on commitment %(commitment)s."),
    "profile.compile": N_(
        "The reporting team has compiled a desk profile of your state from other channels. Your state sees it first, "
        "and may confirm, correct or refuse each part of it. It is no report."
    ),
    "profile.answer": N_("The state has answered parts of its desk profile."),
    "profile.release": N_(
        "The desk profile of your state is shown to others now, without what your state refused and with what it "
        "corrected."
    ),
    "contradiction.find": N_("Contradictions between channels: %(new)s new cases wait to be looked at."),
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
    "cycle.60.certifier": N_("The report of your state waits for your clearance; it is hoped for by %(due)s."),
    "cycle.14.certifier": N_(
        "The report of your state waits for your clearance; it is hoped for by %(due)s. "
        "You may approve or decline it; if more time is needed, it can be asked for."
    ),
    "cycle.3.certifier": N_(
        "The report of your state waits for your clearance; it is hoped for by %(due)s. "
        "It can be submitted after that day too; if more time is needed, it can be asked for."
    ),
    "cycle.extended.14.certifier": N_(
        "The report of your state waits for your clearance; your state has time until %(due)s. "
        "You may approve or decline it; if more time is needed, it can be asked for."
    ),
    "cycle.extended.3.certifier": N_(
        "The report of your state waits for your clearance; your state has time until %(due)s. "
        "It can be submitted after that day too; if more time is needed, it can be asked for."
    ),
    "dataset.verdict": N_(
        "A second person has looked at the file %(file)s that you took in; its page says what stands."
    ),
    "dataset.taken": N_("The file %(file)s is taken in; the page says what became of each figure."),
    "dataset.broken": N_("The file %(file)s could not be taken in; the page says why."),
    "synthesis.moved": N_(
        "What statements of the synthesis cite has moved; statements to check again: %(statements)s."
    ),
    "synthesis.supplement": N_(
        "A report was received after the synthesis cut-off; its supplement says what it does to the statements."
    ),
    "synthesis.release": N_(
        "The reporting team released statements that cite you; a page shows where your words went."
    ),
    "synthesis.left_out": N_(
        "The newest release of the synthesis cites you no more. What the one before it cited of you stands on a page."
    ),
    "call.open": N_("You are asked to contribute to the call “%(title)s”."),
    "call.open.closes": N_("You are asked to contribute to the call “%(title)s”. It is open until %(closes)s."),
    "call.extend": N_("The call “%(title)s” has another end; its page says until when it takes contributions."),
    "registration.ask": N_("An organisation asks to contribute to an open call; please confirm or decline it."),
    "partner.join": N_("You file for %(title)s from now on."),
    "contribution.send": N_("The contribution “%(title)s” was sent and can be looked at."),
    "contribution.receipt": N_("Your contribution “%(title)s” was sent; its receipt is ready."),
    "contribution.withdraw": N_("The partner has withdrawn the contribution “%(title)s”."),
    "contribution.accepted": N_("Your contribution “%(title)s” was accepted into the evidence base."),
    "contribution.returned": N_("Your contribution “%(title)s” was returned; please read the reason and send it anew."),
    "contribution.set_aside": N_("Your contribution “%(title)s” was set aside; the reason stands on its page."),
    "contribution.named": N_(
        "Your state is named in the contribution “%(title)s”, which the reporting team has accepted. "
        "Your state may reply; the reply stands beside it."
    ),
    "contribution.reply": N_("A state has replied to the contribution “%(title)s”."),
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


NAMED = ("section", "due", "title", "figures", "remarks", "file", "commitment", "new", "statements", "closes")
"""What the sentences of notices name, of all that a notice carries."""
TOLD = (*NAMED, "all_due")
"""The same, and what chooses between two sentences."""
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
    told = dict(data or {})
    more = ((f"{kind}.all.due", "all_due"), (f"{kind}.due", "due"), (f"{kind}.closes", "closes"))
    forms = [form for form, told_of in more if told.get(told_of)]
    source = NOTICES[next((form for form in forms if form in NOTICES), kind)]
    if "%(" not in source:
        return _(source)
    due = dt.date.fromisoformat(told["due"]) if told.get("due") else None
    closes = closing(dt.datetime.fromisoformat(told["closes"])) if told.get("closes") else ""
    return _(source) % {**{name: told.get(name, "") for name in NAMED}, "due": day(due), "closes": closes}


def point_words(name: str) -> str:
    """The name of a restore point, where the portal gave it in the language of the reader."""
    before, after = BEFORE.split("%(name)s")
    if name.startswith(before) and name.endswith(after):
        return _(BEFORE, name=point_words(name[len(before) : -len(after)]))
    return _(name) if name == CLEARANCE_ASKED else name


def reason_of(data: Mapping[str, Any]) -> str:
    """The words that the person gave with the act; "" for none."""
    return str(data.get("reason") or "")
