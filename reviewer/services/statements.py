"""Statements of the synthesis: written, reworded, put in order, given their citations, supported, withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from forms.kinds.base import tidy
from forms.outline import LANGUAGES
from forms.words import N_
from portal.models.synthesis import Citation, Recheck, Statement, StatementRevision, Supplement
from portal.queries import accounts, cycles
from portal.queries.guidelines import guideline
from portal.rules.refusals import Invalid, Missing, NotNow, Problem, Stale, Texts
from portal.rules.synthesis import (
    DRAFT,
    OBSERVATION,
    PASSAGE,
    REMOVED,
    REPORTED,
    STANCES,
    STATEMENT_WITHDRAWN,
    SUPPORTED,
    WITHDRAWN,
    heading,
    hindrances,
)
from portal.services.act import Act
from portal.services.rechecks import restate, standing
from reviewer.queries import statements as queries
from reviewer.rules.statements import mark

MOST = 4_000
MOST_REASON = 2_000
MOST_GROUNDS = 100
MOVED_ON = N_("A colleague has saved another text of this statement. Both are here; please join them and save again.")
CITED_MEANWHILE = N_(
    "What the statement cites has changed since. Please look at its citations once more, for and against, and then "
    "find it supported."
)
NO_CITATION = N_("There is no such citation.")
THERE_ALREADY = N_("This text stands here already, as a draft that cites nothing yet.")
COLUMNS = {
    PASSAGE: ("passage_id", "cited_passage_id"),
    OBSERVATION: ("observation_id",),
    REPORTED: ("reported_figure_id", "cited_reported_figure_id"),
}
"""The columns of a citation that name what it cites, by kind."""
GONE_ALREADY = N_("The statement is withdrawn; it can be read, and no longer changed.")


@dataclass(frozen=True)
class Draft:
    """A new statement, under a heading of the outline of a cycle."""

    cycle: str
    heading: str
    text: str
    language: str = "en"


@dataclass(frozen=True)
class Ground:
    """What is cited: a passage by its key, or a figure of channel b (`observation`) or of a report (`reported`) by its
    number; and whether it speaks for or against.
    """

    kind: str
    reference: str
    stance: str


def write(act: Act, draft: Draft, grounds: Sequence[Ground] = ()) -> Statement:
    """Writes a statement, last under its heading, as a draft, and cites what is given with it. The same text is not
    written twice while the first cites nothing yet.
    """
    act.demand("synthesis:write")
    cycle = cycles.counting(act.session, draft.cycle)
    problems = text_problems(draft.text)
    if heading(guideline(act.session, cycle.edition), draft.heading) is None:
        problems.append(Problem("heading", N_("The outline of the report has no such heading.")))
    if draft.language not in LANGUAGES:
        problems.append(Problem("language", N_("Please choose one of ar, zh, en, fr, ru, es.")))
    if queries.bare(act.session, cycle.key, draft.heading, tidy(draft.text)):
        problems.append(Problem("text", THERE_ALREADY))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    last = select(func.max(Statement.ordinal)).where(Statement.cycle == cycle.key, Statement.heading == draft.heading)
    made = Statement(
        cycle=cycle.key,
        heading=draft.heading,
        ordinal=(act.session.scalar(last) or 0) + 1,
        text=tidy(draft.text),
        language=draft.language,
        revision=1,
        written_at=act.at,
        written_by=act.actor.id,
        changed_at=act.at,
        changed_by=act.actor.id,
    )
    act.session.add(made)
    act.session.flush()
    _keep_text(act, made, "")
    act.record("statement.write", _told(made))
    if grounds:
        cite(act, made.id, grounds)
    return made


def reword(act: Act, statement_id: uuid.UUID, text: str, seen: int, note: str = "") -> Statement:
    """Gives a statement another text, upon the revision that the person saw. What was supported is a draft again: a
    new text needs a new look. Stale where a colleague saved meanwhile, with both texts.
    """
    statement = held(act, statement_id)
    problems = text_problems(text)
    if len(note) > MOST_REASON:
        problems.append(Problem("note", N_("A note has at most 2,000 characters; please shorten it.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    if tidy(text) == statement.text:
        return statement
    if seen != statement.revision:
        raise stale(act, statement, text, seen)
    return take_text(act, statement, text, note)


def take_text(act: Act, statement: Statement, text: str, note: str) -> Statement:
    """Puts a text that was looked at in place as the next revision of a statement that is held."""
    statement.text, statement.revision = tidy(text), statement.revision + 1
    statement.changed_at, statement.changed_by = act.at, act.actor.id
    if statement.state == SUPPORTED:
        statement.state = DRAFT
    act.session.flush()
    _keep_text(act, statement, tidy(note))
    act.record("statement.reword", _told(statement))
    return statement


def move(act: Act, statement_id: uuid.UUID, step: int) -> Statement:
    """Moves a statement under its heading, one place up (-1) or down (1); at the end it stays."""
    statement = held(act, statement_id)
    if step not in (-1, 1):
        raise wrong("step", N_("Please choose up or down."))
    order = [one for one in queries.of_heading(act.session, statement.cycle, statement.heading) if _stands(one)]
    place = order.index(statement) + step
    if 0 <= place < len(order):
        order.remove(statement)
        order.insert(place, statement)
        for ordinal, one in enumerate(order, 1):
            one.ordinal = ordinal
        act.record("statement.move", _told(statement) | {"ordinal": statement.ordinal})
    return statement


def put_under(act: Act, statement_id: uuid.UUID, key: str) -> Statement:
    """Puts a statement under another heading, last there."""
    statement = held(act, statement_id)
    cycle = cycles.counting(act.session, statement.cycle)
    if heading(guideline(act.session, cycle.edition), key) is None:
        raise wrong("heading", N_("The outline of the report has no such heading."))
    if key != statement.heading:
        there = queries.of_heading(act.session, statement.cycle, key)
        statement.heading, statement.ordinal = key, max((one.ordinal for one in there), default=0) + 1
        act.record("statement.put_under", _told(statement))
    return statement


def cite(act: Act, statement_id: uuid.UUID, grounds: Sequence[Ground]) -> list[Citation]:
    """Cites passages and figures, each for or against. All are taken or none; Invalid names each that will not do.

    A passage and a figure of a report must stand: of the newest version of a report, of the accepted one of a
    contribution. What stands in a report received after the synthesis cut-off is not taken: what such a report does
    to a statement is said in its supplement.
    """
    statement = held(act, statement_id)
    if not 1 <= len(grounds) <= MOST_GROUNDS:
        raise wrong("citations", N_("Please choose between 1 and 100 passages or figures at once."))
    rows = named(act, [(one.kind, one.reference) for one in grounds])
    late = _late(act, [row.report_id for (kind, _key), row in rows.items() if kind != OBSERVATION and row.report_id])
    there = _cited(act, statement.id)
    problems, made = [], []
    for place, ground in enumerate(grounds):
        found = rows.get((ground.kind, ground.reference))
        sentence = _hindered(statement, ground, found, late)
        row = Citation(
            statement_id=statement.id,
            kind=ground.kind,
            value_text=found.value_text if found and ground.kind == OBSERVATION else "",
            stance=ground.stance,
            added_at=act.at,
            added_by=act.actor.id,
            **dict.fromkeys(COLUMNS.get(ground.kind, ()), found.id if found else None),
        )
        cited = (row.passage_id, row.observation_id, row.reported_figure_id)
        if sentence is None and cited in there:
            sentence = N_("The statement cites this already.")
        if sentence is not None:
            problems.append(Problem(f"citations[{place}]", sentence))
        there.add(cited)
        made.append(row)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    act.session.add_all(made)
    restate(act.session, [statement.id])
    told = [[one.stance, ground.reference] for one, ground in zip(made, grounds, strict=True)]
    act.record("statement.cite", _told(statement) | {"citations": told})
    return made


def uncite(act: Act, statement_id: uuid.UUID, citation_id: uuid.UUID) -> Statement:
    """Takes a citation away. A supported statement without one that speaks for it is a draft again."""
    statement = held(act, statement_id)
    citation = act.session.get(Citation, citation_id)
    if citation is None or citation.statement_id != statement.id or citation.removed_at is not None:
        raise Missing(NO_CITATION)
    drop(act, citation)
    restate(act.session, [statement.id])
    act.record("statement.uncite", _told(statement) | {"citation": str(citation.id)})
    return statement


def drop(act: Act, citation: Citation) -> None:
    """Removes a citation; what waits to be checked again about it is settled with that."""
    citation.removed_at, citation.removed_by = act.at, act.actor.id
    _settle_waiting(act, Recheck.citation_id == citation.id, REMOVED)


def support(act: Act, statement_id: uuid.UUID, seen: int, cited: str | None = None) -> Statement:
    """A person finds that the statement stands on what it cites. NotNow with each reason while something hinders it,
    Stale where the text is another than the person saw. `cited` is the mark of the citations that the person saw, None
    where nobody asks that: NotNow where a colleague cited more, or took something away.
    """
    statement = held(act, statement_id)
    if seen != statement.revision:
        raise stale(act, statement, statement.text, seen)
    speaking, waiting = standing(act.session, [statement.id])
    found = hindrances(statement.state, speaking.get(statement.id, 0), waiting.get(statement.id, 0))
    if found:
        raise NotNow(found[0], found)
    if cited not in (None, mark(queries.citations(act.session, [statement.id])[statement.id])):
        raise NotNow(CITED_MEANWHILE)
    statement.state = SUPPORTED
    act.record("statement.support", _told(statement))
    return statement


def withdraw(act: Act, statement_id: uuid.UUID, reason: str) -> Statement:
    """Withdraws a statement with a reason; it stays to be read, and what waits about it is settled with that."""
    statement = held(act, statement_id)
    words = tidy(reason)
    if not words or len(words) > MOST_REASON:
        raise wrong("reason", N_("Please write in up to 2,000 characters why the statement is withdrawn."))
    return end(act, statement, words)


def end(act: Act, statement: Statement, reason: str) -> Statement:
    """Withdraws a statement that is held."""
    statement.state = WITHDRAWN
    _settle_waiting(act, Recheck.statement_id == statement.id, STATEMENT_WITHDRAWN)
    act.record("statement.withdraw", _told(statement) | {"reason": reason})
    return statement


def held(act: Act, statement_id: uuid.UUID) -> Statement:
    """A statement that can be changed, its row held until the commit."""
    act.demand("synthesis:write")
    statement = queries.get(act.session, statement_id, lock=True)
    if not _stands(statement):
        raise NotNow(GONE_ALREADY)
    return statement


def _stands(statement: Statement) -> bool:
    return statement.state != WITHDRAWN


def _settle_waiting(act: Act, which: ColumnElement[bool], outcome: str) -> None:
    rows = act.session.scalars(select(Recheck).where(which, Recheck.settled_at.is_(None)).with_for_update())
    for row in rows:
        row.settled_at, row.settled_by, row.outcome = act.at, act.actor.id, outcome


def _cited(act: Act, statement_id: uuid.UUID) -> set[tuple[int | None, int | None, int | None]]:
    rows = act.session.execute(
        select(Citation.passage_id, Citation.observation_id, Citation.reported_figure_id)
        .where(Citation.statement_id == statement_id, Citation.removed_at.is_(None))
    )  # fmt: skip
    return {(row.passage_id, row.observation_id, row.reported_figure_id) for row in rows}


def named(act: Act, references: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Any]:
    """What these name, each by kind and reference, as far as it is there; at most three statements to the database."""
    keys = [reference for kind, reference in references if kind == PASSAGE]
    found: dict[tuple[str, str], Any] = {
        (PASSAGE, key): row for key, row in queries.passages_by_key(act.session, keys).items()
    }
    for kind, read in ((OBSERVATION, queries.figures_by_id), (REPORTED, queries.reported_by_id)):
        numbers = {one: number for of, one in references if of == kind and (number := _number(one))}
        rows = read(act.session, numbers.values()) if numbers else {}
        found |= {(kind, reference): rows[number] for reference, number in numbers.items() if number in rows}
    return found


def _late(act: Act, reports: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    if not reports:
        return frozenset()
    return frozenset(act.session.scalars(select(Supplement.report_id).where(Supplement.report_id.in_(reports))))


def _hindered(statement: Statement, ground: Ground, found: Any | None, late: frozenset[uuid.UUID]) -> str | None:
    """Why this cannot be cited; None when it can. `found` is what the ground names, None where nothing is there."""
    if ground.stance not in STANCES:
        return N_("Please choose whether it speaks for the statement or against it.")
    if found is None:
        by_number = ground.kind in (OBSERVATION, REPORTED)
        return N_("There is no figure with this number.") if by_number else N_("There is no passage with this key.")
    if ground.kind == OBSERVATION:
        return N_("The file that gave this figure was withdrawn.") if found.standing == WITHDRAWN else None
    if found.cycle != statement.cycle:
        return N_("This belongs to another cycle.")
    if found.report_id in late:
        return N_(
            "This report was received after the synthesis cut-off. "
            "What it does to the statement is said in its supplement."
        )
    if not found.current:
        return N_(
            "This is of an earlier version, was withdrawn, or is of a contribution that is not accepted; "
            "please cite what stands now."
        )
    return None


def _number(reference: str) -> int | None:
    return int(reference) if reference.isascii() and reference.isdecimal() and len(reference) < 19 else None


def stale(act: Act, statement: Statement, yours: str, seen: int) -> Stale:
    """The refusal of a text upon a revision that is no longer the newest, with the three texts."""
    before = act.session.get(StatementRevision, (statement.id, seen))
    texts = Texts(
        base=before.text if before else None,
        theirs=statement.text,
        yours=yours,
        revision=statement.revision,
        changed_by=accounts.names(act.session, [statement.changed_by])[statement.changed_by],
        changed_at=statement.changed_at.isoformat(),
    )
    return Stale(MOVED_ON, texts)


def _keep_text(act: Act, statement: Statement, note: str) -> None:
    row = StatementRevision(
        statement_id=statement.id,
        number=statement.revision,
        text=statement.text,
        language=statement.language,
        note=note,
        changed_at=act.at,
        changed_by=act.actor.id,
    )
    act.session.add(row)


def text_problems(text: str) -> list[Problem]:
    """What is to be put right in the text of a statement."""
    words = tidy(text)
    if not words:
        return [Problem("text", N_("Please write the statement."))]
    if len(words) > MOST:
        return [Problem("text", N_("A statement has at most 4,000 characters; please divide it."))]
    return []


def _told(statement: Statement) -> dict[str, object]:
    """What the record says of a statement: which, never its words."""
    return {"statement": str(statement.id), "heading": statement.heading, "revision": statement.revision}


def wrong(where: str, sentence: str) -> Invalid:
    """A refusal that names one place."""
    return Invalid(sentence, [Problem(where, sentence)])
