"""What the team does with contradictions: find them, ask the state, write down what people made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from forms.answers import canonical, digest
from forms.outline import Question
from forms.words import N_
from portal.db import AnyRow
from portal.models.contradictions import Case, CaseOutcome
from portal.queries import cycles, reports
from portal.queries.guidelines import guideline
from portal.rules.cases import ANSWER, ASKED, OUTCOMES, RAISED, SETTLED, Found
from portal.rules.crosswalk import measures
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services import remarks
from portal.services.act import Act
from reviewer.queries import contradictions, grounds
from reviewer.rules.raising import raised

MOST = 4_000
INCONSISTENT = "inconsistent"
NO_REPORT = N_("No report of this state has been received in this cycle, so there is nobody to ask here yet.")
CHANGED = N_(
    "A colleague has decided about this case since, or what stands in it has changed. If your outcome is to stand, "
    "please write it down once more."
)
NO_QUESTION = N_("The report has no question for this, so it cannot be asked as a remark.")


@dataclass(frozen=True)
class Run:
    """What a run found: cases that are new, those held before and found again, and those whose ground went away."""

    entities: int
    new: int
    again: int
    moved: int
    gone: int


def find(act: Act, cycle: str) -> Run:
    """Lets every rule look at the evidence of a cycle, for a person who may; a second run raises nothing new."""
    act.demand("contradiction:find")
    return find_from_console(act, cycle)


def find_from_console(act: Act, cycle: str) -> Run:
    """The same without asking for a permission: whoever runs commands on the server holds the database already.

    Six statements a block of entities. The cases of a run are recorded as one event; the team gets one notice.
    """
    counting = cycles.counting(act.session, cycle)
    contradictions.hold(act.session, cycle)
    asked = grounds.indicators(guideline(act.session, counting.edition))
    entities = grounds.entities(act.session, cycle)
    total = Run(len(entities), 0, 0, 0, 0)
    for start in range(0, len(entities), grounds.BLOCK):
        total = _sum(total, _block(act, cycle, entities[start : start + grounds.BLOCK], asked))
    silent = contradictions.of_silent(act.session, cycle, entities)
    for case in silent:
        case.gone_at = act.at
    total = _sum(total, Run(0, 0, 0, 0, len(silent)))
    told = {"cycle": cycle, "new": total.new, "again": total.again, "moved": total.moved, "gone": total.gone}
    act.record("contradiction.find", told)
    if total.new:
        act.notify("contradiction.find", act.holders("lead", "reviewer"), told)
    return total


def _sum(one: Run, other: Run) -> Run:
    return Run(
        one.entities + other.entities,
        one.new + other.new,
        one.again + other.again,
        one.moved + other.moved,
        one.gone + other.gone,
    )


def _block(act: Act, cycle: str, entities: Sequence[str], asked: Mapping[str, Question]) -> Run:
    found = {
        one.key(cycle): one for ground in grounds.grounds(act.session, cycle, entities) for one in raised(ground, asked)
    }
    held = contradictions.held(act.session, cycle, entities)
    new = [_row(act, cycle, key, one) for key, one in found.items() if key not in held]
    if new:
        act.session.execute(insert(Case), new)
    moved = gone = 0
    for key, case in held.items():
        if key in found:
            moved += _follow(act, case, found[key])
        elif case.gone_at is None:
            case.gone_at, gone = act.at, gone + 1
    act.session.flush()
    return Run(0, len(new), len(found) - len(new), moved, gone)


def _row(act: Act, cycle: str, key: str, found: Found) -> dict[str, Any]:
    return {
        "key": key,
        "cycle": cycle,
        "rule": found.rule,
        "entity": found.entity,
        "indicator": found.indicator,
        "commitment": found.commitment,
        "period": found.period[:40],
        "sides": [side.told() for side in found.sides],
        "question": found.question,
        "state": RAISED,
        "reason": "",
        "raised_at": act.at,
        "raised_by": act.person.id if act.person else None,
    }


def _follow(act: Act, case: Case, found: Found) -> bool:
    """Lets a case follow the evidence; tells whether anything moved. What was decided stays, with a mark that the
    figures are others now.
    """
    case.gone_at = None
    sides = [side.told() for side in found.sides]
    if sides == case.sides and found.rule == case.rule:
        return False
    case.sides, case.period = sides, found.period[:40]
    if case.state == SETTLED:
        case.moved_at = act.at
    else:
        case.rule = found.rule
        if case.state == RAISED:
            case.question = found.question
    return True


def ask(act: Act, case: Case, words: str, due: dt.date | None = None) -> Case:
    """Sends the question to the state as a remark on its report in review; the state sees it with the step that asks
    for clarification. NotNow where no report is in review, or a colleague reviews it; Invalid names `question` or
    `due`.
    """
    act.demand("contradiction:settle", case)
    if case.state == SETTLED:
        raise NotNow(N_("This case is settled."))
    if case.remark_id is not None:
        raise NotNow(N_("The state is asked already; the remark is with the review of the report."))
    report_id = contradictions.report_of(act.session, case)
    if report_id is None:
        raise NotNow(NO_REPORT)
    report = reports.get(act.session, report_id, lock=True)
    question = next(_askable(case, guideline(act.session, report.edition).counted(report.modality)), None)
    if question is None:
        raise NotNow(NO_QUESTION)
    try:
        remark = remarks.write(act, report, remarks.Order(question, INCONSISTENT, words, due=due))
    except Invalid as refusal:
        named = [Problem("due" if one.where == "due" else "question", one.sentence) for one in refusal.problems]
        raise Invalid(refusal.sentence, named) from refusal
    case.remark_id, case.state, case.question = remark.id, ASKED, remark.words
    case.asked_at, case.asked_by = act.at, act.actor.id
    act.session.flush()
    act.record("contradiction.ask", _told(case) | {"remark": str(remark.id)}, report=report)
    return case


def _askable(case: Case, counted: Sequence[Question]) -> Iterator[str]:
    """The questions of the report under which the case can be asked: that of a side in the report, that of the
    indicator, the first text of its section.
    """
    keys = {question.key for question in counted}
    for side in case.sides:
        key = side["ref"].partition("/")[2] if side["kind"] == ANSWER else _question_of_passage(side)
        if key in keys:
            yield key
    yield from (question.key for question in counted if case.indicator and question.indicator == case.indicator)
    measure = measures().get(case.indicator or "")
    yield from (question.key for question in counted if measure and question.section == measure.section)


def _question_of_passage(side: Mapping[str, Any]) -> str:
    """The question in the key of a passage, `<report>:v<version>:<question>:<language>:<ordinal>`, of a report."""
    parts = side["ref"].split(":")
    return parts[2].partition("@")[0] if side["source"] == "report" and len(parts) == 5 else ""


def mark(case: Case | AnyRow) -> str:
    """A mark of what stands in a case and of what was decided: a form sends it back, so that nobody decides anew upon
    what it did not show.
    """
    settled = case.settled_at.isoformat() if case.settled_at else ""
    return digest(canonical([case.outcome, case.reason, settled, case.sides]))[:16]


def settle(act: Act, case: Case, outcome: str, reason: str, seen: str | None = None) -> Case:
    """Writes down what a person made of the case, with the sides as they stand; a later outcome stands beside it.
    `seen` is the mark of the case as the person saw it, None where nobody asks what was seen: NotNow where it is
    another, unless the outcome only repeats what stands.
    """
    act.demand("contradiction:settle", case)
    kept = reason.replace("\0", "").strip()
    if seen not in (None, mark(case)):
        if (case.outcome, case.reason, case.moved_at) == (outcome, kept, None):
            return case
        raise NotNow(CHANGED)
    problems = []
    if outcome not in OUTCOMES:
        problems.append(Problem("outcome", N_("Please choose one of the outcomes.")))
    if not kept:
        problems.append(Problem("reason", N_("Please write the reason: whoever reads the case later needs it.")))
    if len(kept) > MOST:
        problems.append(Problem("reason", N_("A reason has at most 4,000 characters; please shorten it.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    number = len(contradictions.outcomes(act.session, case.id)) + 1
    act.session.add(
        CaseOutcome(
            case_id=case.id,
            number=number,
            outcome=outcome,
            reason=kept,
            sides=case.sides,
            settled_at=act.at,
            settled_by=act.actor.id,
        )
    )
    case.state, case.outcome, case.reason = SETTLED, outcome, kept
    case.settled_at, case.settled_by, case.moved_at = act.at, act.actor.id, None
    act.session.flush()
    act.record("contradiction.settle", _told(case) | {"outcome": outcome, "number": number}, entity=case.entity)
    return case


def _told(case: Case) -> dict[str, Any]:
    return {"case": str(case.id), "rule": case.rule, "indicator": case.indicator}
