"""What an event or a notice says in plain words to the one who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from forms.words import N_

EVENTS = {
    "report.start": N_("The report was started."),
    "report.ask": N_("Clearance was asked for."),
    "report.recall": N_("The request for clearance was taken back."),
    "report.decline": N_("The certifier declined the request for clearance."),
    "report.submit": N_("The report was approved and submitted."),
    "report.consent": N_("The state consented to publication."),
    "report.withdraw": N_("The state withdrew the report."),
    "report.reopen": N_("The report was opened again for writing."),
    "attachment.add": N_("A file was added."),
    "attachment.remove": N_("A file was taken out of the draft."),
    "review.claim": N_("The report was claimed for review."),
    "review.check": N_("Points of the checklist were answered."),
    "review.clarify": N_("The reporting team asked for clarification."),
    "review.accept": N_("The reporting team accepted the report."),
    "review.publish": N_("The report was published."),
    "observations.imported": N_("A file of figures was imported."),
    "bundle.ask": N_("A synthesis bundle was asked for."),
    "cycle.open": N_("A reporting cycle was opened."),
    "guidelines.publish": N_("An edition of the guidelines was published."),
    "account.grant": N_("An account was given a role."),
}

NOTICES = {
    "report.start": N_("The report has been started; it is open for writing."),
    "report.ask": N_("You are asked to look at the report and to approve or decline it."),
    "report.decline": N_("The certifier declined; the draft is open for writing again."),
    "report.submit": N_("The report has been submitted and can be claimed for review."),
    "report.receipt": N_("The report has been submitted; its receipt is ready."),
    "report.consent": N_("The state has consented to publication."),
    "report.withdraw": N_("The state has withdrawn the report."),
    "report.reopen": N_("The report is open for writing again."),
    "review.claim": N_("The reporting team has begun to review the report."),
    "review.clarify": N_("The reporting team asks for clarification; the draft is open for writing."),
    "review.accept": N_("The reporting team has accepted the report; it can be published once the state consents."),
    "review.publish": N_("The report has been published."),
}


ANNOUNCED = N_("It was said in public that the state is preparing a report.")
NOT_ANNOUNCED = N_("It was taken back that the state is preparing a report.")


def event_words(kind: str, data: Mapping[str, Any] | None = None) -> str:
    """What happened, as one sentence; a kind without words of its own is named as the record names it."""
    if kind == "report.announce":
        return _(ANNOUNCED if (data or {}).get("announced") else NOT_ANNOUNCED)
    return _(EVENTS[kind]) if kind in EVENTS else _("Recorded: %(kind)s", kind=kind)


def notice_words(kind: str) -> str:
    """What a person is told, as one sentence."""
    return _(NOTICES[kind]) if kind in NOTICES else event_words(kind)


def reason_of(data: Mapping[str, Any]) -> str:
    """The words that the person gave with the act; "" for none."""
    return str(data.get("reason") or "")
