"""The card of a text that stands beside an answer: base, what is saved, and the other text, as words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from forms.answers import both
from forms.outline import Guideline, Question
from portal.http.comparing import word_steps
from portal.queries import accounts, asides
from portal.services.act import Act

Steps = tuple[tuple[str, str], ...]
IN_WORDS = ("narrative", "text")


@dataclass(frozen=True)
class Card:
    """Two texts for one answer: `theirs` is saved now, `yours` stands beside it; both are steps from `base`.
    `joinable` where a person can write a text that joins them, which then begins with `joined`. `choice` is the address
    that takes the choice.
    """

    id: uuid.UUID
    question: Question
    origin: str
    base: str
    theirs: Steps
    yours: Steps
    joined: str
    mine: bool
    writer: str
    kept_at: Any
    revision: int
    changed_by: str
    joinable: bool
    choice: str


@dataclass(frozen=True)
class Now:
    """What is saved now: the value, its revision, and the name of who saved it."""

    value: Any
    revision: int
    changed_by: str


def cards(
    act: Act, report_id: uuid.UUID, asked: Guideline, answers: Mapping[str, Any], languages: Mapping[str, str]
) -> dict[str, list[Card]]:
    """The open cards at these answers (rows by question, None before the first save), oldest first by question.
    `languages` says under which language the page holds each; a text in another waits on that language's page.
    """
    found: dict[str, list[Card]] = {}
    for row in asides.open_asides(act.session, report_id, list(answers)):
        question, answer = asked.questions[row.Aside.question], answers[row.Aside.question]
        if row.Aside.language == languages[question.key]:
            name = getattr(answer, "changed_by_name", "")
            found.setdefault(question.key, []).append(_card(act, question, row, answer, name))
    return found


def card(act: Act, report_id: uuid.UUID, asked: Guideline, aside_id: uuid.UUID, answer: Any) -> Card:
    """The card of one text that has just been kept."""
    kept = asides.aside(act.session, report_id, aside_id)
    row = next(r for r in asides.open_asides(act.session, report_id, [kept.question]) if r.Aside.id == aside_id)
    name = accounts.names(act.session, [answer.changed_by]).get(answer.changed_by, "")
    return _card(act, asked.questions[kept.question], row, answer, name)


def _card(act: Act, question: Question, row: Any, answer: Any, changed_by: str) -> Card:
    saved, revision = (answer.value, answer.revision) if answer is not None else (None, 0)
    choice = url_for("asides.choose", report_id=row.Aside.report_id, aside_id=row.Aside.id)
    now = Now(saved, revision, changed_by)
    return laid(act, question, row.Aside, row.Aside.origin, row.writer, row.base, now, choice)


def laid(act: Act, question: Question, aside: Any, origin: str, writer: str, base: Any, now: Now, choice: str) -> Card:
    """The card of a text that stands beside what is saved now; `base` is what its writer began from."""
    joinable = question.kind in IN_WORDS
    return Card(
        id=aside.id,
        question=question,
        origin=origin,
        base=_plain(word_steps(question, base, base)),
        theirs=word_steps(question, base, now.value),
        yours=word_steps(question, base, aside.value),
        joined=both(base or "", now.value or "", aside.value or "") if joinable else "",
        mine=aside.written_by == act.actor.id,
        writer=writer,
        kept_at=aside.kept_at,
        revision=now.revision,
        changed_by=now.changed_by,
        joinable=joinable,
        choice=choice,
    )


def _plain(steps: Iterable[tuple[str, str]]) -> str:
    return "".join(text for _kind, text in steps)
