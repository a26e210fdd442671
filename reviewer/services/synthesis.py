"""What becomes of a moved citation, of a late report, and of the synthesis once it is released: chosen by people."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forms.answers import canonical, digest
from forms.kinds.base import tidy
from forms.words import N_
from portal.models.passages import Passage
from portal.models.reported_figures import ReportedFigure
from portal.models.synthesis import Citation, Recheck, Statement, Supplement, SupplementMark, SynthesisRelease
from portal.queries import cycles
from portal.queries.guidelines import guideline
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.rules.synthesis import (
    EFFECTS,
    GONE,
    HOLDS,
    PASSAGE,
    REMOVED,
    REPORTED,
    REWORDED,
    STATEMENT_WITHDRAWN,
    SUPPORTED,
    TAKEN_BACK,
    UNTOUCHED,
    outcomes_of,
    outline,
)
from portal.services.act import Act
from portal.services.rechecks import restate
from reviewer.queries import contradictions, synthesis
from reviewer.queries import statements as queries
from reviewer.rules.statements import FORMAT
from reviewer.services import statements

MOST = 2_000
NEED_WORDS = frozenset({HOLDS, STATEMENT_WITHDRAWN})
NO_RECHECK = N_("There is no such entry on the list.")
CHOSEN_MEANWHILE = N_(
    "A colleague has chosen since, or has reworded the statement. If your choice is to stand, please keep it once more."
)
NO_SUPPLEMENT = N_("There is no such supplement.")
RELEASED_ALREADY = N_("Nothing has changed since the last release, and those who are cited have been told of it.")
Cited = str | uuid.UUID
Told = tuple[uuid.UUID | None, Sequence[uuid.UUID], Mapping[str, Any]]


@dataclass(frozen=True)
class Settlement:
    """What a person decides of a moved citation: an outcome, why, and for a rewording the text upon revision `seen`."""

    outcome: str
    words: str = ""
    text: str = ""
    seen: int = 0


def settle(act: Act, recheck_id: uuid.UUID, given: Settlement) -> Recheck:
    """Settles one entry of the list. Where the statement still holds or is reworded, the citation goes over to what
    stands there now; where nothing does, it is taken away. Stale where a rewording is upon an older text.
    """
    act.demand("synthesis:write")
    found = act.session.get(Recheck, recheck_id)
    if found is None:
        raise Missing(NO_RECHECK)
    statement = statements.held(act, found.statement_id)
    act.session.refresh(found, with_for_update=True)
    if found.settled_at is not None:
        raise NotNow(N_("A colleague has settled this already; the page of the statement shows how."))
    problems = _problems(found, given, statement.text)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    citation = act.session.get_one(Citation, found.citation_id)
    if given.outcome == REWORDED:
        if given.seen != statement.revision:
            raise statements.stale(act, statement, given.text, given.seen)
        statements.take_text(act, statement, given.text, given.words)
    found.settled_at, found.settled_by, found.outcome = act.at, act.actor.id, given.outcome
    found.words = tidy(given.words)
    if given.outcome == STATEMENT_WITHDRAWN:
        statements.end(act, statement, found.words)
    elif given.outcome == REMOVED or found.reason in (GONE, TAKEN_BACK):
        statements.drop(act, citation)
    else:
        citation.passage_id = found.new_passage_id or citation.passage_id
        citation.reported_figure_id = found.new_reported_figure_id or citation.reported_figure_id
        citation.value_text = found.new_value or citation.value_text
    restate(act.session, [statement.id])
    told = {"recheck": str(found.id), "statement": str(statement.id), "reason": found.reason, "outcome": found.outcome}
    act.record("statement.check", told)
    return found


def _problems(found: Recheck, given: Settlement, text: str) -> list[Problem]:
    if given.outcome not in outcomes_of(found.reason):
        return [Problem("outcome", N_("Please choose one of the outcomes that are offered."))]
    problems = []
    words = tidy(given.words)
    if given.outcome in NEED_WORDS and not words:
        problems.append(Problem("words", N_("Please write why, in a sentence.")))
    if len(words) > MOST:
        problems.append(Problem("words", N_("A reason has at most 2,000 characters; please shorten it.")))
    if given.outcome == REWORDED:
        problems += statements.text_problems(given.text)
        if tidy(given.text) == text:
            problems.append(Problem("text", N_("The text is as it was. Please change it, or choose another outcome.")))
    return problems


@dataclass(frozen=True)
class Effect:
    """What a late report does to a statement: the effect, the passage that does it by its key, the figure of the report
    that does it by its number, or both, and a sentence. `seen` is the mark of what stood there when the person
    looked, None where nobody asks that.
    """

    effect: str
    passage: str = ""
    words: str = ""
    figure: str = ""
    seen: str | None = None


def mark_of(statement: Statement, number: int) -> str:
    """A mark of a statement and of the choices made about it in the light of a late report, by how many there are."""
    return f"{statement.revision}-{number}"


def mark(act: Act, supplement_id: uuid.UUID, statement_id: uuid.UUID, given: Effect) -> SupplementMark:
    """A person says what a late report does to one statement. The statement stays as it is; a choice made anew stands
    beside the earlier one, which is kept. NotNow where a colleague chose, or reworded the statement, since the person
    saw it.
    """
    act.demand("synthesis:write")
    supplement = act.session.get(Supplement, supplement_id)
    if supplement is None:
        raise Missing(NO_SUPPLEMENT)
    statement = statements.held(act, statement_id)
    if statement.cycle != supplement.cycle:
        raise Missing(queries.NO_STATEMENT)
    found = statements.named(act, list(_named(given)))
    passage, figure = found.get((PASSAGE, given.passage)), found.get((REPORTED, given.figure))
    last = act.session.scalar(
        select(SupplementMark)
        .where(SupplementMark.supplement_id == supplement.id, SupplementMark.statement_id == statement.id)
        .order_by(SupplementMark.number.desc())
        .limit(1)
    )
    number = last.number if last else 0
    if given.seen not in (None, mark_of(statement, number)):
        raise NotNow(CHOSEN_MEANWHILE)
    problems = _effect_problems(supplement, given, passage, figure)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    made = SupplementMark(
        supplement_id=supplement.id,
        statement_id=statement.id,
        number=number + 1,
        statement_revision=statement.revision,
        effect=given.effect,
        passage_id=passage.id if passage else None,
        reported_figure_id=figure.id if figure else None,
        words=tidy(given.words),
        chosen_at=act.at,
        chosen_by=act.actor.id,
    )
    act.session.add(made)
    act.session.flush()
    told = {"supplement": str(supplement.id), "statement": str(statement.id), "effect": given.effect}
    act.record("statement.supplement", told)
    return made


def _named(given: Effect) -> Iterator[tuple[str, str]]:
    """What an effect names: kind and reference."""
    for kind, reference in ((PASSAGE, given.passage), (REPORTED, given.figure)):
        if reference:
            yield kind, reference


def _effect_problems(
    supplement: Supplement, given: Effect, passage: Passage | None, figure: ReportedFigure | None
) -> list[Problem]:
    def of_it(found: Passage | ReportedFigure | None) -> bool:
        return found is not None and found.report_id == supplement.report_id and found.current

    problems = []
    if given.effect not in EFFECTS:
        problems.append(Problem("effect", N_("Please choose strengthens, weakens, contradicts or does not touch it.")))
    if len(tidy(given.words)) > MOST:
        problems.append(Problem("words", N_("A reason has at most 2,000 characters; please shorten it.")))
    if given.passage and not of_it(passage):
        problems.append(Problem("passage", N_("This is no passage of the newest version of the late report.")))
    if given.figure and not of_it(figure):
        problems.append(Problem("figure", N_("This is no figure of the newest version of the late report.")))
    if given.effect != UNTOUCHED and not (given.passage or given.figure):
        sentence = N_("Please choose the passage or the figure of the late report that does so.")
        problems.append(Problem("passage", sentence))
    return problems


def release(act: Act, key: str) -> SynthesisRelease:
    """The lead releases the supported statements of a cycle to those whom they cite: frozen as they stand, with their
    citations and the supplements. NotNow while something waits to be checked again, nothing is supported, or all of it
    is in the last release already: nobody is told the same twice. Those whom the last release cited and this one does
    not are told that too.
    """
    act.demand("synthesis:sign")
    cycle = cycles.counting(act.session, key)
    contradictions.hold(act.session, cycle.key)
    waiting = synthesis.waiting(act.session, cycle.key)
    if waiting:
        raise NotNow(N_("Some statements wait to be checked again. Please settle the list before the release."))
    told = synthesis.told(act.session, cycle.key, outline(guideline(act.session, cycle.edition)), SUPPORTED)
    if not told:
        raise NotNow(N_("No statement is supported yet, so there is nothing to release."))
    inside = {"statements": told, "supplements": synthesis.marks_told(act.session, cycle.key)}
    last = synthesis.last_release(act.session, cycle.key)
    before: list[dict[str, Any]] = []
    if last is not None:
        there = json.loads(last.document)
        before = there["statements"]
        if json.loads(canonical(inside)) == {name: there[name] for name in inside}:
            raise NotNow(RELEASED_ALREADY)
    number = last.number + 1 if last else 1
    document = canonical(
        {"format": FORMAT, "cycle": cycle.key, "number": number, "released_at": act.at.isoformat(), **inside}
    )
    made = SynthesisRelease(
        cycle=cycle.key,
        number=number,
        document=document,
        digest=digest(document),
        released_at=act.at,
        released_by=act.actor.id,
    )
    act.session.add(made)
    act.session.flush()
    act.record("synthesis.release", {"cycle": cycle.key, "number": number, "sha256": made.digest})
    now, then = _cited(told), _cited(before)
    _tell(act, "synthesis.release", {"cycle": cycle.key}, now)
    _tell(act, "synthesis.left_out", {"cycle": cycle.key, "release": number - 1}, then - now)
    return made


def _cited(statements: Sequence[Mapping[str, Any]]) -> set[Cited]:
    """The states and the partners that these statements cite: the code of the one, or the id of the other."""
    cited = [citation for one in statements for citation in one["citations"]]
    partners = {uuid.UUID(one["partner"]) for one in cited if one.get("partner")}
    return partners | {one["entity"] for one in cited if one["entity"] and not one.get("partner")}


def _tell(act: Act, kind: str, about: Mapping[str, Any], cited: Collection[Cited]) -> None:
    """Tells the focal points of these states and the people of these partners, each of their own page."""
    states = sorted(one for one in cited if isinstance(one, str))
    partners = {one for one in cited if not isinstance(one, str)}
    people = act.holders_by_entity("focal_point", states)
    told: list[Told] = [(None, people[state], {**about, "entity": state}) for state in states if state in people]
    members = synthesis.members(act.session, partners)
    told += [(None, ids, {**about, "partner": str(partner)}) for partner, ids in members.items()]
    act.notify_each(kind, told)
