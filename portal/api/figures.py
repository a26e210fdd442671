"""Figures as decisions over the API: what is held of each indicator, confirming many, settling what moved."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from forms.kinds.series import OFFERED
from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Paging, StrictWhole, one_of, page_of, words
from portal.http.guard import report
from portal.models.reports import Report
from portal.rules import offers
from portal.services import figures
from portal.services.act import Act
from portal.services.figures import Chosen, Standing

calls = Calls(
    "Figures", __name__, "What channel b holds of the indicators of a report, and what the country says of it."
)

OfferedFigure = Given.from_dict({name: fields.String() for name in OFFERED}, name="FigureOffered")


class MovedFigure(Given):
    """A confirmed figure that an import has changed since: what it was, what it is now, and in which edition."""

    year = fields.String()
    was = fields.String()
    now = fields.String()
    unit = fields.String()
    title = fields.String()
    covers = fields.String()
    edition = fields.String()


class IndicatorStanding(Given):
    """One indicator for which figures are held. `offered` is what a decision is about now; `mark` names exactly these
    figures; `status` is what the country says, empty where it says nothing yet."""

    question = fields.String()
    indicator = fields.String()
    status = fields.String()
    revision = fields.Integer()
    undecided = fields.Boolean()
    mark = fields.String()
    offered = fields.List(fields.Nested(OfferedFigure))
    moved = fields.List(fields.Nested(MovedFigure))


class ChosenIndicator(Asked):
    """An indicator to confirm, with the revision of its answer and the mark of the figures as they were read."""

    question = words(200, required=True)
    revision = StrictWhole(required=True)
    mark = words(64, required=True)


class ConfirmMany(Asked):
    """The indicators whose international figures are confirmed."""

    indicators = fields.List(fields.Nested(ChosenIndicator), required=True)


class LeftAlone(Given):
    """An indicator that was left as it is, and why."""

    question = fields.String()
    sentence = fields.String()


class ConfirmedMany(Given):
    """The questions confirmed, and those left as they are."""

    confirmed = fields.List(fields.String())
    left = fields.List(fields.Nested(LeftAlone))


class Settle(Asked):
    """What is said of a confirmed indicator whose figures moved: take the new ones, or keep what was confirmed."""

    question = words(200, required=True)
    revision = StrictWhole(required=True)
    decision = one_of((offers.RENEW, offers.KEEP), required=True)


class Settled(Given):
    """The revision that the answer has now."""

    question = fields.String()
    revision = fields.Integer()


def _shown(one: Standing) -> dict[str, Any]:
    return {
        "question": one.question.key,
        "indicator": one.question.indicator,
        "status": (one.value or {}).get("status", ""),
        "revision": one.revision,
        "undecided": one.undecided,
        "mark": offers.mark(one.held),
        "offered": offers.offered(one.held),
        "moved": one.moved,
    }


@calls.call(
    "GET",
    "/reports/<uuid:report_id>/figures",
    "report:draft",
    subject=report,
    query=Paging,
    gives=page_of(IndicatorStanding),
)
def list_indicators(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """Every indicator of the report for which channel b holds figures of the country, in the order of the report."""
    return portion("indicators", [_shown(one) for one in figures.overview(act, found)], paging)


@calls.call(
    "POST",
    "/reports/<uuid:report_id>/figures/confirm",
    "report:write",
    subject=report,
    body=ConfirmMany,
    gives=ConfirmedMany,
    refuses=[409],
)
def confirm_indicators(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Confirms the international figures of many indicators at once, each as a save with its history.

    What was answered meanwhile, or has other figures than those read, is left as it is and listed in `left`.
    """
    outcome = figures.confirm(act, found, [Chosen(**one) for one in sent["indicators"]])
    left = [{"question": question.key, "sentence": sentence} for question, sentence in outcome.left]
    return {"confirmed": [question.key for question in outcome.done], "left": left}


@calls.call(
    "POST",
    "/reports/<uuid:report_id>/figures/moved",
    "report:write",
    subject=report,
    body=Settle,
    gives=Settled,
    refuses=[409],
)
def settle_indicator(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Says of a confirmed indicator whose figures moved that the new ones are taken, or that what was confirmed stays.

    409 `not_now` when the answer is no longer the one that was read.
    """
    saved = figures.settle(act, found, sent["question"], sent["decision"], sent["revision"])
    return {"question": saved.question, "revision": saved.revision}
