"""Carrying over: an earlier submitted version of the same state as the starting point of a draft."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import marshmallow
from sqlalchemy import delete, insert, tuple_, update

from forms.answers import canonical, digest
from forms.build import answer_schema, clean, empty
from forms.kinds import KINDS
from forms.kinds.series import ABOUT_OFFERED, CORRECTED, DATA
from forms.outline import Guideline
from forms.words import N_
from portal.models.reports import Report, Version
from portal.models.sources import Carried
from portal.queries import remarks, reports, sources
from portal.queries.guidelines import guideline
from portal.services.act import Act
from portal.services.drafting import asked_question, demand_drafting, demand_questioned, demand_writable, language_of
from portal.services.writing import write_next

GONE = N_("The present guidelines do not ask this any more.")
NOT_COUNTED = N_("This is not asked in the way of reporting that was chosen.")
OTHER_KIND = N_("The question is asked in another form now.")
OTHER_SHAPE = N_("Its columns or choices are others now.")
OTHER_LANGUAGE = N_("The report is not written in this language.")
ANSWERED = N_("This is answered already.")
ONLY_FILES = N_("It held nothing but files; they stay with the earlier report. Attach them anew where they still hold.")
DECISION = N_("It decided on international figures of that time; decide on those that are held now.")


@dataclass(frozen=True)
class Coming:
    """An answer that can come over: the value as it will stand, and how many files stay behind."""

    question: str
    language: str
    value: Any
    revision: int
    files: int


@dataclass(frozen=True)
class Staying:
    """An answer that stays behind, and why."""

    question: str
    language: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """What a version would bring: the answers that come over, and those that stay behind, in its order."""

    source: Version
    cycle: str
    edition: str
    coming: Sequence[Coming] = ()
    staying: Sequence[Staying] = ()

    @property
    def without_files(self) -> list[Coming]:
        """The answers that come over while files named in them stay behind."""
        return [one for one in self.coming if one.files]


@dataclass
class _Sorter:
    """Decides over each answer of an earlier version; `held` are the answers of the draft, `files` the old files."""

    report: Report
    asked: Guideline
    held: Mapping[tuple[str, str], Any]
    files: frozenset[str]
    coming: list[Coming] = field(default_factory=list)
    staying: list[Staying] = field(default_factory=list)

    def sort(self, answer: Mapping[str, Any]) -> None:
        decided = self._decide(answer)
        if isinstance(decided, Coming):
            self.coming.append(decided)
        else:
            self.staying.append(Staying(answer["question"], answer["language"], decided))

    def _decide(self, answer: Mapping[str, Any]) -> Coming | str:
        """The answer as it comes over, or the sentence why it does not."""
        question = self.asked.questions.get(answer["question"])
        if question is None:
            return GONE
        if question not in self.asked.counted(self.report.modality):
            return NOT_COUNTED
        if question.kind != answer["kind"]:
            return OTHER_KIND
        kind = KINDS[question.kind]
        language = answer["language"] if kind.translatable else str(self.report.languages[0])
        if language not in self.report.languages:
            return OTHER_LANGUAGE
        row = self.held.get((question.key, language))
        if row is not None and not empty(question, row.value):
            return ANSWERED
        value, left_out = without_files(answer["value"], self.files)
        if question.kind == "series" and not (value := own_figures(value)):
            return DECISION
        try:
            cleaned = clean(question, answer_schema(question).load({"value": value})["value"])
        except marshmallow.ValidationError:
            return OTHER_SHAPE
        if empty(question, cleaned):
            return ONLY_FILES if left_out else OTHER_SHAPE
        return Coming(question.key, language, cleaned, row.revision if row else 0, left_out)


def plan(act: Act, report: Report, source: uuid.UUID, number: int) -> Plan:
    """What would come over from a version of another report of this state, and what not. Missing for any other."""
    act.demand("report:carry", report)
    version = sources.earlier_version(act.session, report, source, number)
    document = json.loads(version.document)
    sorter = _Sorter(
        report,
        guideline(act.session, report.edition),
        reports.answers(act.session, report.id),
        sources.attachment_ids(act.session, source),
    )
    for answer in document["answers"]:
        sorter.sort(answer)
    return Plan(version, document["cycle"], document["edition"]["key"], sorter.coming, sorter.staying)


def carry(act: Act, report: Report, source: uuid.UUID, number: int) -> Plan:
    """Brings over, in one act, every answer that can come, into questions of this draft that are still empty; the row
    of the report is locked. NotNow when the draft is closed. Returns what was done and what stayed behind.
    """
    act.demand("report:carry", report)
    demand_drafting(report)
    made = plan(act, report, source, number)
    if not made.coming:
        return made
    demand_questioned([one.question for one in made.coming], remarks.questioned(act.session, report))
    _write(act, report, made)
    told = {"report": str(source), "version": number, "cycle": made.cycle, "answers": len(made.coming)}
    act.record("report.carry", told, report=report)
    act.notify("report.carry", act.holders("focal_point", "contributor", entity=report.entity), told, report=report)
    return made


def _write(act: Act, report: Report, made: Plan) -> None:
    """The answers with their history and where they came from, in a fixed number of statements."""
    changed = {"report_id": report.id, "changed_at": act.at, "changed_by": act.actor.id}
    rows = [
        {
            "question": one.question,
            "language": one.language,
            "value": one.value,
            "revision": one.revision + 1,
            "base_revision": one.revision,
            "merged": False,
            **changed,
        }
        for one in made.coming
    ]
    write_next(act, rows)
    keys = [(one.question, one.language) for one in made.coming if one.revision]
    if keys:
        there = (Carried.report_id == report.id) & tuple_(Carried.question, Carried.language).in_(keys)
        act.session.execute(delete(Carried).where(there).execution_options(synchronize_session=False))
    came = [
        {
            "report_id": report.id,
            "question": one.question,
            "language": one.language,
            "revision": one.revision + 1,
            "source_report": made.source.report_id,
            "source_version": made.source.number,
            "digest": digest(canonical(one.value)),
            "carried_at": act.at,
            "carried_by": act.actor.id,
            "settled_at": None,
            "settled_by": None,
        }
        for one in made.coming
    ]
    act.session.execute(insert(Carried), came)


def settle(act: Act, report: Report, question: str, language: str | None) -> bool:
    """Says of an answer that came over that it is still right as it stands; False where there is nothing to say it of.
    It becomes no new revision: the reviewer still sees since when it is unchanged.
    """
    asked = asked_question(guideline(act.session, report.edition), report, question)
    demand_writable(act, report, asked)
    kept_under = language_of(report, asked, language)
    row = sources.carried(act.session, report.id, [asked.key]).get((asked.key, kept_under))
    if row is None or not row.untouched:
        return False
    here = (Carried.report_id == report.id) & (Carried.question == asked.key) & (Carried.language == kept_under)
    settled = {"settled_at": act.at, "settled_by": act.actor.id}
    act.session.execute(update(Carried).where(here).values(**settled).execution_options(synchronize_session=False))
    told = {"question": asked.key, "language": kept_under, "cycle": row.cycle, "version": row.source_version}
    act.record("answer.still_right", told, report=report)
    return True


def without_files(value: Any, files: frozenset[str]) -> tuple[Any, int]:
    """A value without the names of these files, and how many were left out; a row that was nothing but a file goes."""
    if isinstance(value, Mapping):
        pairs = {key: without_files(item, files) for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, sum(count for _, count in pairs.values())
    if isinstance(value, list):
        items = [(None, 1) if _is_file(one, files) else without_files(one, files) for one in value]
        return [item for item, _ in items if item is not None], sum(count for _, count in items)
    return ("", 1) if isinstance(value, str) and value in files else (value, 0)


def _is_file(item: Any, files: frozenset[str]) -> bool:
    """Whether an item of a list is the name of a file, or a row about one."""
    named = item.get("attachment") if isinstance(item, Mapping) else item
    return isinstance(named, str) and named in files


def own_figures(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """An answer about an indicator without a decision on international figures; None where it was nothing else."""
    own = {**value, "offered": []} if "offered" in value else dict(value)
    if own.get("status") not in ABOUT_OFFERED:
        return own
    return {**own, "status": DATA} if own["status"] == CORRECTED and own.get("rows") else None
