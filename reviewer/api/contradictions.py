"""Cases of contradiction for programs: the list, one case, the outcome, and how often each rule was right."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import request
from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import opened, page, portion
from portal.api.shapes import USUAL, Asked, Given, Moment, Paging, entity_code, key_text, one_of, page_of, words
from portal.http.guard import SAFE
from portal.models.contradictions import Case
from portal.queries import cycles
from portal.queries.guidelines import guideline
from portal.rules.cases import OUTCOMES, RULES, STATES
from portal.rules.contradictions import APART, OTHER_UNIT, WHY_APART
from portal.rules.lines import Line, Pairing
from portal.services.act import Act
from portal.services.remarks import MOST as MOST_WORDS
from reviewer.queries import contradictions as queries
from reviewer.queries.contradictions import GONE, MOVED, OPEN, STANDS, Wanted
from reviewer.queries.grounds import grounds, indicators
from reviewer.rules import raising
from reviewer.services import contradictions as service
from reviewer.services.contradictions import Run

calls = Calls("Contradictions", __name__, "What channels tell differently, and what people made of it.")
COMPARED = "compared"


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
    mark = fields.Function(service.mark, metadata={"type": "string", "description": "Changes with what stands in it."})


class WhichCases(Paging):
    """Which cases are asked for; without a cycle those of the newest."""

    cycle = key_text()
    state = one_of((*STATES, OPEN, STANDS, MOVED, GONE))
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
    """What a person made of a case, with the reason. With `seen` nothing is decided upon what was not read."""

    outcome = one_of(OUTCOMES, required=True)
    reason = words(service.MOST, required=True)
    seen = words(
        16,
        load_default=None,
        metadata={"description": "`mark` of the case as it was read; leave it out to ask nothing."},
    )


class Question(Asked):
    """The question to the state, in the words of the reviewer, and by when an answer is asked for."""

    question = words(MOST_WORDS, required=True)
    due = fields.Date(load_default=None, allow_none=True)


class CycleToSearch(Asked):
    """The cycle whose evidence the rules look at; without one the newest."""

    cycle = key_text(load_default=None, allow_none=True)


class RunShape(Given):
    """What a run found: of how many states and territories it looked at the evidence, the cases that are new, those
    held before and found again, those of them whose figures moved, and those that are not found any more."""

    entities = fields.Integer()
    new = fields.Integer()
    again = fields.Integer()
    moved = fields.Integer()
    gone = fields.Integer()


class WhichCompared(WhichCycle):
    """The state whose figures are compared, in a cycle, the newest where none is named."""

    entity = entity_code(required=True)


class SeriesShape(Given):
    """One side of a comparison: a series with who tells it."""

    channel = fields.String()
    label = fields.String()
    source = fields.String()
    title = fields.String()
    area = fields.String()
    unit = fields.String()


class ComparedShape(Given):
    """A pair of series of two tellers for one indicator. `result` says what comparing gave: `compared`, with how many
    figures agree and differ; `apart`, not comparable, with the reason in `why`; `unit`, in other units, which the state
    is asked about."""

    indicator = fields.String()
    one = fields.Nested(SeriesShape)
    other = fields.Nested(SeriesShape)
    result = one_of((COMPARED, APART, OTHER_UNIT))
    agree = fields.Integer()
    differ = fields.Integer()
    why = one_of(WHY_APART, allow_none=True)


class CaseDecision(Given):
    """One outcome of a case with the sides as they stood then."""

    number = fields.Integer()
    outcome = one_of(OUTCOMES)
    reason = fields.String()
    sides = fields.List(fields.Nested(SideShape))
    settled_at = Moment()
    settled_by = fields.String()


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
    return page("contradictions", rows, limit, lambda last: (last.raised_at, last.id))


@calls.call(
    "GET", "/contradictions/rules", "contradiction:read", query=WhichCycle, gives=page_of(TallyShape), refuses=[404]
)
def list_rules_of_contradictions(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """How often each rule was right in a cycle."""
    return portion("rules of contradictions", queries.rightness(act.session, _key(act, which["cycle"])), which)


@calls.call(
    "GET",
    "/contradictions/compared",
    "contradiction:read",
    query=WhichCompared,
    gives=page_of(ComparedShape),
    refuses=[404],
)
def list_compared(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """What comparing the figures on a state gave, pair by pair: what agrees, what differs, what is not comparable and
    why."""
    cycle = cycles.counting(act.session, _key(act, which["cycle"]))
    entity = cycles.entity(act.session, which["entity"]).iso3
    [ground] = grounds(act.session, cycle.key, [entity])
    found = raising.compared(ground, indicators(guideline(act.session, cycle.edition)))
    return portion("compared", [_compared(code, pair) for code, each in found.items() for pair in each], which)


def _compared(indicator: str, pair: Pairing) -> dict[str, Any]:
    result = COMPARED if pair.agree or pair.differ else APART if pair.why else OTHER_UNIT
    sides = {"one": _series(pair.one), "other": _series(pair.other)}
    counted = {"agree": pair.agree, "differ": pair.differ, "why": pair.why or None}
    return {"indicator": indicator, **sides, "result": result, **counted}


def _series(line: Line) -> dict[str, Any]:
    of = {name: getattr(line.told, name) for name in ("source", "area", "unit")}
    return {"channel": line.channel, "label": line.label, "title": line.text, **of}


@calls.call(
    "POST",
    "/contradictions/find",
    "contradiction:find",
    body=CycleToSearch,
    gives=RunShape,
    refuses=[404],
)
def find_contradictions(act: Act, sent: dict[str, Any]) -> Run:
    """Lets every rule look at the evidence of a cycle; a second run raises nothing new."""
    return service.find(act, _key(act, sent["cycle"]))


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
    refuses=[409],
)
def settle_case(act: Act, found: Case, sent: dict[str, Any]) -> Case:
    """Writes down what a person made of a case; a later outcome stands beside it. 409 where it changed since."""
    return service.settle(act, found, sent["outcome"], sent["reason"], sent["seen"])


@calls.call(
    "GET",
    "/contradictions/<uuid:case_id>/outcomes",
    "contradiction:read",
    subject=case,
    by="case_id",
    conceal=None,
    query=Paging,
    gives=page_of(CaseDecision),
)
def list_outcomes(act: Act, found: Case, paging: dict[str, Any]) -> dict[str, Any]:
    """Everything that people decided of a case, newest first."""
    names = ("number", "outcome", "reason", "sides", "settled_at")
    rows = [
        {name: getattr(row.CaseOutcome, name) for name in names} | {"settled_by": row.name}
        for row in queries.outcomes(act.session, found.id)
    ]
    return portion("outcomes", rows, paging)


@calls.call(
    "POST",
    "/contradictions/<uuid:case_id>/question",
    "contradiction:settle",
    subject=case,
    by="case_id",
    conceal=None,
    body=Question,
    gives=CaseShape,
    refuses=[409],
)
def ask_state(act: Act, found: Case, sent: dict[str, Any]) -> Case:
    """Gathers the question as a remark on the report in review; the state sees it with the step `clarify`. 409
    `not_now` where no report is in review, the caller does not review it, or the state is asked already."""
    return service.ask(act, found, sent["question"], sent["due"])
