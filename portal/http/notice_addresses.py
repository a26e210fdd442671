"""Where a notice leads for the one who reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from portal.queries.colleagues import Office
from portal.rules.policy import Person, may

ENDED = ("handout.withdraw", "handout.accepted", "handout.beside", "aside.left", "aside.joined")
"""Notices of what is settled: they lead to the report, no longer to the section."""


def notice_address(person: Person, notice: Any, entity: str | None) -> str:
    """Where a notice leads for this person: the section it names, the own report, the review of another's; "" where it
    leads nowhere.
    """
    data = notice.data or {}
    if notice.report_id is None:
        return _address_beside_reports(person, notice.kind, data)
    if notice.kind == "figures.moved" and entity in person.entities:
        return url_for("figures.overview", report_id=notice.report_id)
    anchor = f"remark-{data['remark']}" if data.get("remark") else None
    if entity not in person.entities:
        review = f"/review/{notice.report_id}"
        return (f"{review}#{anchor}" if anchor else review) if may(person, "review:queue") else ""
    if notice.kind.startswith(("remark.", "reminder.remarks.")):
        return url_for("remarks.page", report_id=notice.report_id, _anchor=anchor)
    if notice.kind.startswith("aside.") and _is_focal_point(person, entity):
        asked = {"question": data["question"], "language": data["language"]}
        return url_for("history.answer", report_id=notice.report_id, **asked)
    if notice.kind == "handout.return":
        return url_for("handing.handout", report_id=notice.report_id, handout_id=data["handout"])
    if data.get("section") and notice.kind not in ENDED:
        anchor = f"thread-{data['comment']}" if data.get("comment") else None
        return url_for("sections.section", report_id=notice.report_id, key=data["section"], _anchor=anchor)
    return url_for("reports.report", report_id=notice.report_id)


def _is_focal_point(person: Person, entity: str) -> bool:
    return any(grant.role == "focal_point" and grant.entity == entity for grant in person.grants)


def _address_beside_reports(person: Person, kind: str, data: Mapping[str, Any]) -> str:
    """Where a notice leads that is about no report."""
    of = data.get("entity")
    noun = kind.partition(".")[0]
    if noun in _BY_NOUN:
        return _BY_NOUN[noun](kind, data)
    if kind == "invitation.open":
        return url_for("invitations.page")
    if kind == "phase.close":
        return url_for("timeline.phase", phase=data["phase"])
    if kind == "extension.ask":
        return url_for("extensions.listing")
    if noun == "cycle":
        return url_for("reports.listing", entity=of)
    if data.get("import"):
        return url_for("channels.report", import_id=data["import"])
    if of and noun == "extension":
        return url_for("extensions.page", iso3=of)
    return url_for("people.listing", iso3=of) if of and may(person, "people:see", Office(of, {})) else ""


def _address_of_dataset(_kind: str, data: Mapping[str, Any]) -> str:
    """Where a notice leads that is about a file of figures: the file as it was taken in, or as it waits."""
    if data.get("import"):
        return url_for("channels.report", import_id=data["import"])
    return url_for("pending.page", file_id=data["pending"])


def _address_of_contributions(kind: str, data: Mapping[str, Any]) -> str:
    """Where a notice leads that is about a call, a registration, a partner or a contribution."""
    if data.get("contribution"):
        anchor = "replies" if kind in ("contribution.named", "contribution.reply") else None
        return url_for("contributions.contribution", contribution_id=data["contribution"], _anchor=anchor)
    if kind == "registration.ask":
        return url_for("calls_for_input.channel", channel=data["channel"], _anchor="registrations")
    return url_for("calls_for_input.page", call_id=data["call"]) if data.get("call") else url_for("desk.desk")


def _address_of_evidence(kind: str, data: Mapping[str, Any]) -> str:
    """Where a notice leads that is about a request for evidence or a desk profile."""
    if kind.startswith("profile."):
        return url_for("profiles.page", iso3=data["entity"])
    if kind == "request.answer":
        return url_for("requests_of_the_team.listing")
    return url_for("requests.mine", _anchor=f"request-{data['request']}")


def _address_of_synthesis(kind: str, data: Mapping[str, Any]) -> str:
    """Where a notice leads that is about the synthesis: a release to the reader's own page, of the
    earlier one where the newest cites the reader no more.
    """
    if kind == "synthesis.moved":
        return url_for("statements.check_again")
    if kind == "synthesis.supplement":
        return url_for("statements.supplements", of=data["supplement"], cycle=data["cycle"])
    which = {"cycle": data["cycle"], "release": data.get("release")}
    if data.get("partner"):
        return url_for("words.partner", partner_id=data["partner"], **which)
    return url_for("words.state", iso3=data["entity"], **which)


_BY_NOUN: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "contradiction": lambda _kind, _data: url_for("contradictions.listing", state="open"),
    "synthesis": _address_of_synthesis,
    "request": _address_of_evidence,
    "profile": _address_of_evidence,
    "dataset": _address_of_dataset,
    **dict.fromkeys(("call", "registration", "partner", "contribution"), _address_of_contributions),
}
