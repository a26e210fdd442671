"""Cases of contradiction for programs: the list, one case, the outcome, and how often each rule was right."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import request
from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import opened, page
from portal.api.shapes import USUAL, Asked, Given, Moment, Paging, entity_code, key_text, one_of, page_of, words
from portal.http.guard import SAFE
from portal.models.contradictions import Case
from portal.queries import cycles
from portal.rules.cases import OUTCOMES, RULES, STATES
from portal.services.act import Act
from reviewer.queries import contradictions as queries
from reviewer.queries.contradictions import GONE, MOVED, OPEN, Wanted
from reviewer.services import contradictions as service

calls = Calls("Contradictions", __name__, "What channels tell differently, and what people made of it.")


class SideShape(Given):
    """What one teller says. `ref` is `<report>/<question>`, the id of an observation or the key of a passage; empty
    for a side that is silent. `points` are the years that show the contradiction, each with its figure."""

    kind = one_of(("answer", "observation", "passage"))
    ref = fields.String()
    channel = fields.String()
    label = fields.String()
    text = fields.String()
    value = fields.String()
    unit = fields.String()
    period = fields.String()
    source = fields.String()
    points = fields.List(fields.List(fields.String()))


class CaseShape(Given):
    """Two things that do not go together. `moved_at` is set where the figures changed after the outcome, `gone_at`
    where the last run did not find the contradiction any more."""

    id = fields.UUID()
    cycle = fields.String()
    rule = one_of(RULES)
    entity = fields.String(allow_none=True)
    indicator = fields.String(allow_none=True)
    commitment = fields.String(allow_none=True)
    period = fields.String()
    sides = fields.List(fields.Nested(SideShape))
    question = fields.String()
    state = one_of(STATES)
    outcome = one_of(OUTCOMES, allow_none=True)
    reason = fields.String()
    raised_at = Moment()
    asked_at = Moment(allow_none=True)
    settled_at = Moment(allow_none=True)
    moved_at = Moment(allow_none=True)
    gone_at = Moment(allow_none=True)
    remark_id = fields.UUID(allow_none=True)


class WhichCases(Paging):
    """Which cases are asked for; without a cycle those of the newest."""

    cycle = key_text()
    state = one_of((*STATES, OPEN, MOVED, GONE))
    rule = one_of(RULES)
    outcome = one_of(OUTCOMES)
    entity = entity_code()
    region = words(100)
    indicator = key_text()
    commitment = key_text()
    channel = one_of(("a", "b", "c", "d", "e", "f"))


class WhichCycle(Paging):
    """The cycle that is asked for; without one the newest."""

    cycle = key_text()


class Outcome(Asked):
    """What a person made of a case, with the reason."""

    outcome = one_of(OUTCOMES, required=True)
    reason = words(service.MOST, required=True)


class TallyShape(Given):
    """How often a rule was right: of the cases settled, those that did not go together, those that could not be
    compared, those that stay unresolved. `right` is the share of the first among the first two."""

    rule = one_of(RULES)
    raised = fields.Integer()
    confirmed = fields.Integer()
    not_comparable = fields.Integer()
    unresolved = fields.Integer()
    gone = fields.Integer()
    right = fields.Float(allow_none=True)


def case(act: Act, case_id: uuid.UUID) -> Case:
    """Loads the case of an address; a request that writes holds its row until the commit."""
    return queries.get(act.session, case_id, lock=request.method not in SAFE)


def _key(act: Act, given: str | None) -> str:
    return cycles.counting(act.session, given).key if given else cycles.current(act.session).key


@calls.call("GET", "/contradictions", "contradiction:read", query=WhichCases, gives=page_of(CaseShape), refuses=[404])
def list_cases(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The cases of a cycle, newest first."""
    limit = which["limit"] or USUAL
    wanted = Wanted(**{name: which[name] or "" for name in Wanted.__dataclass_fields__})
    after = opened("contradictions", which["cursor"], dt.datetime.fromisoformat, uuid.UUID)
    rows = queries.listed(act.session, _key(act, which["cycle"]), wanted, after=after, limit=limit + 1)
    shown = [dict(row._mapping) for row in rows]
    return page("contradictions", shown, limit, lambda last: (last["raised_at"], last["id"]))


@calls.call(
    "GET", "/contradictions/rules", "contradiction:read", query=WhichCycle, gives=page_of(TallyShape), refuses=[404]
)
def list_rules_of_contradictions(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """How often each rule was right in a cycle."""
    return {"items": queries.rightness(act.session, _key(act, which["cycle"])), "next": None}


@calls.call(
    "GET",
    "/contradictions/<uuid:case_id>",
    "contradiction:read",
    subject=case,
    by="case_id",
    conceal=None,
    gives=CaseShape,
)
def read_case(_act: Act, found: Case) -> Case:
    """One case."""
    return found


@calls.call(
    "PATCH",
    "/contradictions/<uuid:case_id>",
    "contradiction:settle",
    subject=case,
    by="case_id",
    conceal=None,
    body=Outcome,
    gives=CaseShape,
)
def settle_case(act: Act, found: Case, sent: dict[str, Any]) -> Case:
    """Writes down what a person made of a case; a later outcome stands beside it."""
    return service.settle(act, found, sent["outcome"], sent["reason"])
