"""What a country decides of the figures held of it: the overview, confirming many at once, and telling what moved."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, update

from forms.kinds.series import CONFIRMED
from forms.outline import Guideline, Question
from forms.words import N_
from portal.models.reports import Answer, AnswerRevision, Report
from portal.queries import observations, reports
from portal.queries.guidelines import guideline
from portal.rules import offers
from portal.rules.offers import Held, Moved
from portal.rules.refusals import NotNow
from portal.services.act import Act
from portal.services.drafting import Given, Saved, asked_question, demand_open, save

ANSWERED_MEANWHILE = N_("was answered meanwhile and is left as it is")
CHANGED_MEANWHILE = N_("This answer was changed meanwhile; please look at it again.")
NOTHING_HELD = N_("has no international figures")
OTHERS_NOW = N_("has other international figures now than the page showed; please look at them and confirm them again")


@dataclass(frozen=True)
class Standing:
    """How one indicator stands: its question, what channel b holds, the answer and its revision, and what moved."""

    question: Question
    held: Sequence[Held]
    value: Any
    revision: int
    moved: Sequence[Moved]

    @property
    def undecided(self) -> bool:
        """Whether nothing was said of it and no own figure given: what is offered for confirming."""
        return undecided(self.value)


@dataclass(frozen=True)
class Chosen:
    """An indicator to confirm: the revision of its answer and the mark of the figures that the page showed."""

    question: str
    revision: int
    mark: str


@dataclass
class Confirmed:
    """The outcome of confirming many: the questions confirmed, and those left alone, each with a sentence."""

    done: list[Question] = field(default_factory=list)
    left: list[tuple[Question, str]] = field(default_factory=list)


def undecided(value: Any) -> bool:
    """Whether a value says nothing yet and holds no own figure."""
    return not value or not (value["status"] or value["rows"])


def asked_indicators(asked: Guideline, report: Report) -> dict[str, Question]:
    """The questions for indicators that count for the report, by key in its order."""
    return {q.key: q for q in asked.counted(report.modality) if q.kind == "series" and q.indicator}


def overview(act: Act, report: Report) -> list[Standing]:
    """Every indicator of a report for which channel b holds figures of the country, in its order; two queries."""
    act.demand("report:draft", report)
    questions = asked_indicators(guideline(act.session, report.edition), report)
    held = _held(act, report, questions.values())
    rows = reports.answers(act.session, report.id, list(questions))
    found = []
    for question in questions.values():
        figures = held.get(str(question.indicator), [])
        row = rows.get((question.key, str(report.languages[0])))
        value = row.value if row else None
        if figures:
            moved = offers.moved(value, figures)
            found.append(Standing(question, figures, value, row.revision if row else 0, moved))
    return found


def _held(act: Act, report: Report, questions: Iterable[Question]) -> dict[str, list[Held]]:
    return observations.for_section(act.session, report.entity, [str(question.indicator) for question in questions])


def confirm(act: Act, report: Report, chosen: Sequence[Chosen]) -> Confirmed:
    """Confirms the international figures of many indicators at once, each as a save with its history, in a fixed number
    of statements; the row of the report is locked. What was answered meanwhile is left alone and said, as is what the
    page showed otherwise.
    """
    demand_open(act, report)
    questions = asked_indicators(guideline(act.session, report.edition), report)
    wanted = {one.question: one for one in chosen if one.question in questions}
    held = _held(act, report, [questions[key] for key in wanted])
    rows = reports.answers(act.session, report.id, list(wanted))
    outcome = Confirmed()
    saves = []
    for key, one in wanted.items():
        question, row = questions[key], rows.get((key, str(report.languages[0])))
        figures = held.get(str(question.indicator), [])
        hindrance = _hindrance(one, row, figures)
        if hindrance:
            outcome.left.append((question, hindrance))
            continue
        reason = row.value["reason"] if row else ""
        value = {"status": CONFIRMED, "reason": reason, "rows": [], "offered": offers.offered(figures)}
        saves.append((key, value, row.revision if row else 0))
        outcome.done.append(question)
    _write(act, report, saves)
    if saves:
        act.record("figures.confirm", {"questions": [key for key, _value, _revision in saves]}, report=report)
    return outcome


def settle(act: Act, report: Report, key: str, decision: str, revision: int) -> Saved:
    """Says of a confirmed indicator whose figures moved that the new ones are taken (`renew`) or that what was
    confirmed stays (`keep`), as an ordinary save. NotNow when the answer is no longer the one that the page showed.
    """
    demand_open(act, report)
    asked_question(guideline(act.session, report.edition), report, key)
    row = reports.answer(act.session, report.id, key, str(report.languages[0]))
    if row is None or row.revision != revision or row.value.get("status") != CONFIRMED:
        raise NotNow(CHANGED_MEANWHILE)
    return save(act, report, Given(key, str(report.languages[0]), row.value, revision, decision=decision))


def _hindrance(one: Chosen, row: Any, figures: Sequence[Held]) -> str:
    if (row.revision if row else 0) != one.revision or not undecided(row.value if row else None):
        return ANSWERED_MEANWHILE
    if not figures:
        return NOTHING_HELD
    return "" if offers.mark(figures) == one.mark else OTHERS_NOW


def _write(act: Act, report: Report, saves: Sequence[tuple[str, Any, int]]) -> None:
    """Many answers with their history rows: one statement for those that are new, one for the others, one for the
    history. The report is locked, and each revision is compared once more where it is written.
    """
    if not saves:
        return
    language = str(report.languages[0])
    rows = [
        {
            "report_id": report.id,
            "question": key,
            "language": language,
            "value": value,
            "revision": revision + 1,
            "changed_at": act.at,
            "changed_by": act.actor.id,
        }
        for key, value, revision in saves
    ]
    fresh = [row for row in rows if row["revision"] == 1]
    held = [{f"new_{name}": part for name, part in row.items()} for row in rows if row["revision"] != 1]
    if fresh:
        act.session.execute(insert(Answer), fresh)
    if held:
        table = Answer.__table__
        key_columns = ("report_id", "question", "language")
        same = [table.c[name] == bindparam(f"new_{name}") for name in key_columns]
        before = table.c.revision == bindparam("new_revision") - 1
        names = ("value", "revision", "changed_at", "changed_by")
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(table).where(*same, before).values(changed)  # type: ignore[arg-type]
        done = act.session.connection().execute(statement, held)
        if done.rowcount not in (len(held), -1):
            raise RuntimeError("an answer changed under the lock of its report")
    history = [row | {"base_revision": int(str(row["revision"])) - 1, "merged": False} for row in rows]
    act.session.execute(insert(AnswerRevision), history)


def tell_moved(act: Act, changed: Iterable[Held]) -> None:
    """Tells the focal points of each country how many of the figures it confirmed are among those that an import
    revised, or that stand again since one was withdrawn. A fixed number of statements.
    """
    held: dict[str, list[Held]] = {}
    for one in changed:
        held.setdefault(one.area, []).append(one)
    open_reports = reports.open_of(act.session, held) if held else []
    codes = {one.indicator for figures in held.values() for one in figures}
    keys = {
        question.key
        for edition in {row.edition for row in open_reports}
        for question in guideline(act.session, edition).questions.values()
        if question.indicator in codes
    }
    entities = {row.id: row.entity for row in open_reports}
    counts: dict[uuid.UUID, int] = {}
    for report_id, value in reports.answers_of(act.session, entities, keys) if keys else ():
        count = len(offers.moved(value, held[entities[report_id]]))
        counts[report_id] = counts.get(report_id, 0) + count
    moved = {report_id: count for report_id, count in counts.items() if count}
    if moved:
        people = act.holders_by_entity("focal_point", {entities[report_id] for report_id in moved})
        told = [(one, people.get(entities[one], ()), {"figures": count}) for one, count in moved.items()]
        act.notify_each("figures.moved", told)
