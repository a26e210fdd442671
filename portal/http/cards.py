"""The card of a text that stands beside an answer: base, what is saved, and the other text, as words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
    `joinable` where a person can write a text that joins them, which then begins with `joined`.
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
    saved = answer.value if answer is not None else None
    joinable = question.kind in IN_WORDS
    return Card(
        id=row.Aside.id,
        question=question,
        origin=row.Aside.origin,
        base=_plain(word_steps(question, row.base, row.base)),
        theirs=word_steps(question, row.base, saved),
        yours=word_steps(question, row.base, row.Aside.value),
        joined=both(row.base or "", saved or "", row.Aside.value or "") if joinable else "",
        mine=row.Aside.written_by == act.actor.id,
        writer=row.writer,
        kept_at=row.Aside.kept_at,
        revision=answer.revision if answer is not None else 0,
        changed_by=changed_by,
        joinable=joinable,
    )


def _plain(steps: Iterable[tuple[str, str]]) -> str:
    return "".join(text for _kind, text in steps)
