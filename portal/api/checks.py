"""The check over the API: what a country says to a finding, and the list of all checks."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.reports import ReportFinding, finding_of_draft
from portal.api.shapes import Asked, Given, Paging, key_text, one_of, page_of, words
from portal.http.guard import report
from portal.models.reports import Report
from portal.queries.guidelines import guideline
from portal.rules import plausible
from portal.services import explaining
from portal.services.act import Act
from portal.services.explaining import Said

calls = Calls("Checks", __name__, "The checks of a report: all of them in words, and what a country says to a finding.")


class RuleShape(Given):
    """A check in words: how much it weighs and the questions that it looks at."""

    rule = fields.String()
    severity = one_of(("blocker", "error", "warning", "note"))
    says = fields.String()
    questions = fields.List(fields.String())


class Explain(Asked):
    """What the country says to one finding of `problems`, which the first four name. Empty `words` take it back."""

    question = words(200, required=True)
    language = words(2, load_default="")
    rule = key_text(required=True)
    about = words(64, required=True)
    words = words(4000, required=True)


@calls.call("GET", "/guidelines/<key:edition>/rules", "facts:read", query=Paging, gives=page_of(RuleShape))
def list_rules(act: Act, paging: dict[str, Any], edition: str) -> dict[str, Any]:
    """Every check of an edition."""
    rows = [
        {"rule": rule.key, "severity": rule.severity, "says": rule.says, "questions": list(rule.questions)}
        for rule in plausible.rules(guideline(act.session, edition))
    ]
    return portion(f"rules {edition}", rows, paging)


@calls.call(
    "PUT",
    "/reports/<uuid:report_id>/problems/explanations",
    "report:write",
    subject=report,
    body=Explain,
    gives=ReportFinding,
    refuses=[409],
)
def explain_problem(act: Act, found: Report, given: dict[str, Any]) -> dict[str, Any]:
    """Says why an error or a warning is right as it is; the reporting team reads it with the version.

    409 `not_now` when the check says no such thing any more. A finding that hinders submission is not explained: 422.
    """
    return finding_of_draft(explaining.explain(act, found, Said(**given)))
