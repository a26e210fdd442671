"""Remarks for programs: the team gathers and closes them, the state answers them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Moment, Paging, language_code, one_of, page_of
from portal.api.shapes import words as words_field
from portal.http.guard import report
from portal.http.remarking import GATHERED, WITH_THE_STATE, Case, cases
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import remarks, reports
from portal.rules.policy import may
from portal.rules.refusals import Missing
from portal.rules.remarks import ANSWERS, KINDS, STANDINGS
from portal.services import remarks as service
from portal.services.act import Act
from portal.services.remarks import MOST, Order, Reply

calls = Calls("Remarks", __name__, "What the reporting team asks a state to make clear, and the answers of the state.")
SETTLE, AGAIN = "settle", "again"


class RemarkShape(Given):
    """A remark on one question of one version. The team gets `standing` `with_the_state`, and neither the answer nor
    `now`, until the state has submitted anew; the state never gets one that is `gathered` and not sent."""

    id = fields.UUID()
    question = fields.String()
    language = language_code()
    version = fields.Integer()
    kind = one_of(KINDS)
    words = fields.String()
    words_language = language_code()
    wording = fields.String()
    due = fields.Date(allow_none=True)
    sent_at = Moment(allow_none=True)
    standing = one_of((*STANDINGS, GATHERED, WITH_THE_STATE))
    answer_words = fields.String()
    before = fields.String()
    now = fields.String(allow_none=True)
    closed_as = fields.String(allow_none=True)
    follows = fields.UUID(allow_none=True)


class NewRemark(Asked):
    """A remark to gather; it is sent with the step `clarify`."""

    question = words_field(64, required=True)
    kind = one_of(KINDS, required=True)
    words = words_field(MOST, required=True)
    language = language_code(load_default=None, allow_none=True)
    words_language = language_code(load_default="en")
    wording = words_field(MOST, load_default="")
    due = fields.Date(load_default=None, allow_none=True)


class Turn(Asked):
    """What becomes of a remark: an answer of the state (changed, explained, declined), or an act of the reviewer:
    settle closes it, again closes it and gathers one that follows it."""

    answer = one_of((*ANSWERS, SETTLE, AGAIN), required=True)
    words = words_field(MOST, load_default="")


@dataclass(frozen=True)
class Found:
    """A remark with its report: the policy looks at the report through it."""

    remark: Remark
    report: Report

    @property
    def entity(self) -> str:
        return self.report.entity

    @property
    def state(self) -> str:
        return self.report.state

    @property
    def first_submitted_at(self) -> dt.datetime | None:
        return self.report.first_submitted_at

    @property
    def handouts(self) -> list[Handout]:
        return self.report.handouts


def remark_of(act: Act, remark_id: uuid.UUID) -> Found:
    """Loads the remark of an address, and holds the row of its report."""
    remark, of = remarks.find(act.session, remark_id)
    return Found(remark, reports.get(act.session, of.id, lock=True))


def _shape(case: Case) -> dict[str, Any]:
    remark = case.remark
    return {
        "id": remark.id,
        "question": remark.question,
        "language": remark.language,
        "version": remark.version,
        "kind": remark.kind,
        "words": remark.words,
        "words_language": remark.words_language,
        "wording": remark.wording,
        "due": remark.due,
        "sent_at": remark.sent_at,
        "standing": case.standing,
        "answer_words": remark.answer_words if case.answered else "",
        "before": case.before,
        "now": case.now,
        "closed_as": remark.closed_as,
        "follows": remark.follows,
    }


def _seen(act: Act, found: Report) -> list[dict[str, Any]]:
    return [_shape(case) for case in cases(act, found, gathered=may(act.person, "review:remark", found))]


def _one(act: Act, found: Report, remark_id: uuid.UUID) -> dict[str, Any]:
    for shape in _seen(act, found):
        if shape["id"] == remark_id:
            return shape
    raise Missing(remarks.NO_REMARK)


@calls.call(
    "GET",
    "/reports/<uuid:report_id>/remarks",
    "remark:read",
    subject=report,
    query=Paging,
    gives=page_of(RemarkShape),
)
def list_remarks(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """The remarks on a report that the caller may read, in the order of versions."""
    return portion("remarks", _seen(act, found), paging)


@calls.call(
    "POST",
    "/reports/<uuid:report_id>/remarks",
    "review:remark",
    subject=report,
    body=NewRemark,
    gives=Answer(RemarkShape, status=201),
    refuses=[409],
    idempotent=True,
)
def gather_remark(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Gathers a remark on the version in review. The state sees it once the step `clarify` is taken."""
    made = service.write(act, found, Order(**sent))
    return _one(act, found, made.id)


@calls.call(
    "PATCH",
    "/remarks/<uuid:remark_id>",
    "remark:read",
    subject=remark_of,
    by="remark_id",
    body=Turn,
    gives=RemarkShape,
    refuses=[409],
)
def turn_remark(act: Act, found: Found, sent: dict[str, Any]) -> dict[str, Any]:
    """Answers a remark for the state, or closes it for the team.

    "changed" is taken where the answer differs from that in the version that the remark is about; "explained" and
    "declined" need words, and so does "again".
    """
    remark_id = found.remark.id
    if sent["answer"] in ANSWERS:
        service.answer(act, found.report, remark_id, Reply(sent["answer"], sent["words"]))
    elif sent["answer"] == SETTLE:
        service.settle(act, found.report, remark_id)
    else:
        remark_id = service.open_again(act, found.report, remark_id, sent["words"]).id
    return _one(act, found.report, remark_id)
