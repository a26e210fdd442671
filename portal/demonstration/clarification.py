"""The clarification of the demonstration: remarks of every type, some answered, some waiting for the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from portal.demonstration.cast import DUE, acting
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.queries import remarks as held
from portal.queries import reports
from portal.services import drafting, remarks
from portal.services.act import Act

TAKE = "take"
"""The state takes the wording that was proposed, where others are answered with words."""


def remark(act: Act, report: Report, given: Mapping[str, Any]) -> None:
    """The reviewer gathers the remarks, and keeps a note that the state never sees."""
    for one in given["remarks"]:
        order = remarks.Order(one["question"], one["kind"], one["words"], wording=one.get("wording", ""), due=DUE)
        remarks.write(act, report, order)
    remarks.note(act, report, given["note"])


def answer(act: Act, report: Report, given: Mapping[str, Any]) -> None:
    """The focal point answers some of what was sent, and asks back about another."""
    acting(act, "focal_point", report.entity)
    sent = {one.question: one for one in held.of_round(act.session, report)}
    for one in given["remarks"]:
        act.at += dt.timedelta(minutes=20)
        _answer(act, report, sent[one["question"]], one)


def _answer(act: Act, report: Report, asked: Remark, one: Mapping[str, Any]) -> None:
    if "value" in one or one.get("answer") == TAKE:
        before = reports.answer(act.session, report.id, asked.question, asked.language)
        seen = before.revision if before else 0
        if "value" not in one:
            remarks.take(act, report, asked.id, seen)
            return
        drafting.save(act, report, drafting.Given(asked.question, asked.language, one["value"], seen))
    if "answer" in one:
        remarks.answer(act, report, asked.id, remarks.Reply(one["answer"], one["reply"]))
    if "asked" in one:
        remarks.say(act, report, asked.id, one["asked"], asked.language)
