"""Texts that stand beside an answer until a person chooses: kept, changed by their writer, and settled."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from forms.findings import NOTE, Finding, Rule
from forms.kinds import KINDS
from forms.words import N_
from portal.models.keeping import Aside
from portal.models.reports import Report
from portal.queries import asides
from portal.queries.guidelines import guideline
from portal.rules.policy import STATE_ROLES, granted
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services import drafting
from portal.services.act import Act
from portal.services.drafting import Given, Saved
from portal.services.explaining import Judged, about

CONFLICT, HANDOUT = "conflict", "handout"
TAKEN, JOINED, LEFT = "taken", "joined", "left"
WAITING = Rule(
    "beside",
    NOTE,
    N_("Nobody has chosen yet between an answer and a text that stands beside it."),
    N_("A text by %(writer)s stands beside this answer and waits for a choice."),
)
WAITS = N_("This text still waits for a choice; please choose on its card in the section.")


def keep(
    act: Act,
    report: Report,
    given: Given,
    origin: str,
    *,
    written_by: uuid.UUID | None = None,
    instead_of: uuid.UUID | None = None,
) -> Aside:
    """Keeps a text beside the answer it did not become. `written_by` is the person who acts unless another is named;
    `instead_of` names an open aside of the same writer whose text this one continues. The same text waits once.
    """
    asked = guideline(act.session, report.edition)
    question = drafting.asked_question(asked, report, given.question)
    drafting.demand_writable(act, report, question)
    language = drafting.language_of(report, question, given.language)
    writer = written_by or act.actor.id
    value = KINDS[question.kind].clean(question, given.value)
    waiting = _waiting(act, report, question.key, language, writer)
    same = next((row for row in waiting if (row.value, row.base_revision) == (value, given.base_revision)), None)
    found = next((row for row in waiting if row.id == instead_of), None) or same
    if found is None:
        found = Aside(report_id=report.id, question=question.key, language=language, origin=origin, written_by=writer)
        act.session.add(found)
    found.value, found.base_revision, found.kept_at = value, given.base_revision, act.at
    act.session.flush()
    return found


def _waiting(act: Act, report: Report, question: str, language: str, writer: uuid.UUID) -> list[Aside]:
    query = select(Aside).where(
        Aside.report_id == report.id,
        Aside.question == question,
        Aside.language == language,
        Aside.written_by == writer,
        Aside.settled_at.is_(None),
    )
    return list(act.session.scalars(query))


def take(act: Act, report: Report, aside: Aside, revision: int, value: Any = None) -> Saved:
    """Makes the text the answer, upon the revision that the person who chooses has seen; `value` is the text that
    joins both, None for the aside's own. Stale, with the aside still open, when somebody has saved since.
    """
    _demand_open(act, report, aside)
    chosen = aside.value if value is None else value
    saved = drafting.save(act, report, Given(aside.question, aside.language, chosen, revision))
    _settle(act, report, aside, TAKEN if value is None else JOINED)
    return saved


def leave(act: Act, report: Report, aside: Aside) -> None:
    """Lets the answer stand as it is; the text stays in the history of the answer."""
    _demand_open(act, report, aside)
    _settle(act, report, aside, LEFT)


def take_back(act: Act, report: Report, aside: Aside, seen: int) -> Saved:
    """Makes a text that stood beside the answer its newest value, after a choice was made, by a person who saw revision
    `seen` as the newest; joined, or Stale, as any earlier value. NotNow while the text still waits for a choice.
    """
    if aside.settled_at is None:
        raise NotNow(WAITS)
    saved = drafting.save(act, report, Given(aside.question, aside.language, aside.value, seen))
    told = {"question": aside.question, "language": aside.language, "aside": str(aside.id), "revision": saved.revision}
    act.record("answer.take_back", told, report=report)
    return saved


def notes(act: Act, report: Report) -> list[Judged]:
    """A note for each text that waits for a choice beside an answer which the person who acts may read: said with the
    check of a draft, and in no version.
    """
    asked = guideline(act.session, report.edition)
    readable = granted(act.person, "section:read", report, asked.counted(report.modality))
    questions = {question.key: question for question in readable}
    found = []
    for row in asides.waiting(act.session, report.id):
        if row.question in questions:
            language = row.language if KINDS[questions[row.question].kind].translatable else ""
            told = {"writer": row.writer, "aside": str(row.id)}
            note = Finding(NOTE, row.question, WAITING.key, WAITING.message, told, language)
            found.append(Judged(note, about(note)))
    return found


def by_section(notes: Iterable[Judged]) -> Counter[str]:
    """How many of these there are, by section."""
    return Counter(note.finding.question.partition("/")[0] for note in notes)


def continued(act: Act, report: Report, aside_id: uuid.UUID, saved: Saved) -> None:
    """Settles an aside whose writer went on writing until the text could be saved after all."""
    aside = asides.aside(act.session, report.id, aside_id)
    mine = aside.written_by == act.actor.id and (aside.question, aside.language) == (saved.question, saved.language)
    if mine and aside.settled_at is None:
        _settle(act, report, aside, JOINED if saved.merged else TAKEN)


def _demand_open(act: Act, report: Report, aside: Aside) -> None:
    question = drafting.asked_question(guideline(act.session, report.edition), report, aside.question)
    drafting.demand_writable(act, report, question)
    if aside.settled_at is not None:
        raise NotNow(N_("Somebody has chosen between these texts already; the page shows what stands now."))


def _settle(act: Act, report: Report, aside: Aside, outcome: str) -> None:
    aside.settled_at, aside.settled_by, aside.outcome = act.at, act.actor.id, outcome
    act.session.flush()
    told = {"question": aside.question, "language": aside.language, "outcome": outcome}
    act.record("aside.settle", told, report=report)
    if outcome != TAKEN and aside.written_by in act.holders(*STATE_ROLES, entity=report.entity):
        section = {"section": aside.question.partition("/")[0]}
        act.notify(f"aside.{outcome}", [aside.written_by], told | section, report=report)


def joined_text(asked: Any, aside: Aside, text: str | None) -> str:
    """The text that a person wrote to join both; Invalid where the answer is no text, or nothing was written."""
    question = asked.questions[aside.question]
    if not text or not text.strip() or question.kind not in ("narrative", "text"):
        sentence = N_("Please write the text that joins both, or choose one of the two.")
        raise Invalid(sentence, [Problem("text", sentence)])
    return text
