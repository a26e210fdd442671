"""Writing a report: starting it, saving its answers one by one, and judging the draft."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import insert, select, update

from forms.answers import merge
from forms.build import Progress, progress
from forms.findings import Finding
from forms.guideline import Guideline, Question, Section
from forms.kinds import KINDS
from forms.words import N_
from portal.documents.version import instant
from portal.models.accounts import User
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.reports import Answer, AnswerRevision, Report
from portal.queries import remarks, reports
from portal.queries.guidelines import guideline
from portal.rules import offers, plausible
from portal.rules.bases import Base, begun_from
from portal.rules.handing import Asking, Piece
from portal.rules.lifecycle import DRAFTING, WRONG_STATE
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, NotNow, Problem, Stale, Texts
from portal.rules.remarks import NOT_QUESTIONED, opens
from portal.services import judging
from portal.services.act import Act

AnyPiece = TypeVar("AnyPiece", bound=Piece)
NO_QUESTION = N_("There is no such question in this report, or none that you may read.")
NO_SECTION = N_("There is no such section in this report, or none that you may read.")
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
SOMEBODY_SAVED_FIRST = N_(
    "Somebody saved this answer while you were writing, and both of you changed the same sentence. "
    "Both texts are kept; please choose."
)


@dataclass(frozen=True)
class Draft:
    """What the start of a report names. Invalid tells which part will not do."""

    entity: str
    cycle: str
    modality: str
    languages: Sequence[str]
    practice: bool = False


@dataclass(frozen=True)
class Saved:
    """The outcome of a save: the value as it now stands, its revision, and whether two texts were joined."""

    question: str
    language: str
    value: Any
    revision: int
    merged: bool
    findings: list[Finding]


@dataclass(frozen=True)
class Given:
    """One answer sent: the value, and the revision the writer saw when beginning.

    `since` is what the writer had sent before upon that revision without hearing the outcome, or with the outcome that
    it was joined there: where it was kept, the value goes on from it. `decision` is "renew" or "keep" where a figure
    that the answer confirmed has moved.
    """

    question: str
    language: str
    value: Any
    base_revision: int
    since: Any = None
    decision: str = ""


@dataclass
class SectionSaved:
    """The outcome of saving a page: what was saved, and what somebody else had changed meanwhile."""

    saved: list[Saved] = field(default_factory=list)
    stale: list[tuple[Given, Stale]] = field(default_factory=list)


@dataclass(frozen=True)
class State:
    """The check of a whole draft: every finding, and the progress counted by the same code."""

    findings: list[Finding]
    progress: Progress

    @property
    def blockers(self) -> int:
        return sum(1 for finding in self.findings if finding.severity == "blocker")


def start(act: Act, draft: Draft) -> Report:
    """Opens the report of an entity for a cycle. NotNow when there is one already, Invalid when a part of
    `draft` will not do.
    """
    act.demand("report:start", draft)
    cycle = act.session.get(Cycle, draft.cycle)
    if cycle is None or (cycle.practice_of is not None) != draft.practice:
        raise Invalid(N_("There is no such cycle."), [Problem("cycle", N_("There is no such cycle."))])
    if act.session.get(Entity, draft.entity) is None:
        raise Invalid(N_("There is no such entity."), [Problem("entity", N_("There is no such entity."))])
    asked = guideline(act.session, cycle.edition)
    problems = []
    if draft.modality not in asked.modalities:
        problems.append(
            Problem("modality", N_("Please choose one of the ways of reporting that the guidelines offer."))
        )
    if not draft.languages or any(code not in LANGUAGES for code in draft.languages):
        problems.append(Problem("languages", N_("Please choose one or more of ar, zh, en, fr, ru, es.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    if act.session.scalar(select(Report.id).where(Report.entity == draft.entity, Report.cycle == draft.cycle)):
        raise NotNow(N_("There is a report of this state for this cycle already; please go on with that one."))
    report = Report(
        entity=draft.entity,
        cycle=cycle.key,
        edition=cycle.edition,
        modality=draft.modality,
        languages=list(dict.fromkeys(draft.languages)),
        practice=draft.practice,
        state="preparing",
        state_since=act.at,
        created_at=act.at,
        created_by=act.actor.id,
    )
    act.session.add(report)
    act.session.flush()
    act.record("report.start", {"modality": draft.modality, "languages": list(report.languages)}, report=report)
    act.notify("report.start", act.holders("focal_point", "certifier", entity=draft.entity), {}, report=report)
    return report


def announce(act: Act, report: Report, announced: bool) -> None:
    """The state says, or takes back, that it is preparing a report: the only thing of a draft that others ever see."""
    act.demand("report:announce", report)
    if report.practice:
        raise NotNow(N_("A practice report is never spoken of outside your state."))
    report.announced = announced
    act.record("report.announce", {"announced": announced}, report=report)


def asked_question(asked: Guideline, report: Report, key: str) -> Question:
    """The question with this key when this report's modality counts it; Missing otherwise."""
    question = asked.questions.get(key)
    if question is None or question not in asked.counted(report.modality):
        raise Missing(NO_QUESTION)
    return question


def asked_section(asked: Guideline, report: Report, key: str) -> Section:
    """The section with this key when this report's modality asks anything there; Missing otherwise."""
    section = asked.sections.get(key)
    if section is None or not asked.counted(report.modality, key):
        raise Missing(NO_SECTION)
    return section


def readable(act: Act, piece: AnyPiece) -> AnyPiece:
    """The piece, where this person may read it; Missing, as for one that is not asked, where not."""
    if not may(act.person, "section:read", piece):
        raise Missing(NO_SECTION if piece.question is None else NO_QUESTION)
    return piece


def language_of(report: Report, question: Question, language: str | None) -> str:
    """The language an answer is kept under: translatable kinds by language, all others once, under the
    report's first.
    """
    first = str(report.languages[0])
    if not KINDS[question.kind].translatable:
        return first
    chosen = language or first
    if chosen not in report.languages:
        raise Invalid(
            N_("The report is not written in this language."),
            [Problem("language", N_("Please choose one of the languages of the report."))],
        )
    return chosen


def save(act: Act, report: Report, given: Given) -> Saved:
    """Saves one answer of a report whose row is locked. Stale when somebody saved meanwhile and the texts
    cannot be joined; NotNow when the draft is closed; nothing else holds a save back.
    """
    asked = guideline(act.session, report.edition)
    question = asked_question(asked, report, given.question)
    demand_writable(act, report, question)
    language = language_of(report, question, given.language)
    rows = reports.answers(act.session, report.id, plausible.with_period(asked, [question]))
    beside = judging.beside(act.session, report, asked, [question], _values(rows))
    return _keep(act, report, question, language, given, rows.get((question.key, language)), beside)


def save_section(act: Act, report: Report, all_given: Sequence[Given]) -> SectionSaved:
    """Saves the answers of one page of a report whose row is locked; those that somebody else changed
    meanwhile come back as `stale` and hold up no other.
    """
    asked = guideline(act.session, report.edition)
    questions = [asked_question(asked, report, given.question) for given in all_given]
    rows = reports.answers(act.session, report.id, plausible.with_period(asked, questions))
    changed = []
    for question, given in zip(questions, all_given, strict=True):
        _demand_in_hands(act, report, question)
        language = language_of(report, question, given.language)
        row = rows.get((question.key, language))
        if given.decision or not _same(_clean(question, given.value, row), row.value if row else None, question):
            changed.append((question, language, given, row))
    demand_questioned([question.key for question, *_ in changed], remarks.questioned(act.session, report))
    beside = judging.beside(act.session, report, asked, [question for question, *_ in changed], _values(rows))
    outcome = SectionSaved()
    for question, language, given, row in changed:
        try:
            outcome.saved.append(_keep(act, report, question, language, given, row, beside))
        except Stale as stale:
            outcome.stale.append((given, stale))
    return outcome


def demand_open(act: Act, report: Report) -> None:
    """Forbidden unless this person may write the whole report, NotNow unless its draft is open."""
    act.demand("report:write", report)
    demand_drafting(report)


def demand_writable(act: Act, report: Report, question: Question) -> None:
    """As `demand_open` for one question: the focal point writes all, a contributor what was handed to them; to one who
    may not read it the question is Missing. NotNow where a clarification does not ask about it.
    """
    _demand_in_hands(act, report, question)
    demand_questioned([question.key], remarks.questioned(act.session, report))


def demand_questioned(questions: Iterable[str], opened: Collection[str] | None) -> None:
    """NotNow unless a clarification opens all of these; `opened` as `queries.remarks.questioned` gives it."""
    if not all(opens(question, opened) for question in questions):
        raise NotNow(NOT_QUESTIONED)


def _demand_in_hands(act: Act, report: Report, question: Question) -> None:
    piece = readable(act, Asking(report, question.section, question))
    act.demand("section:write", piece)
    demand_drafting(report)


def demand_drafting(report: Report) -> None:
    """NotNow unless the draft of the report is open."""
    if report.state not in DRAFTING:
        raise NotNow(N_("The report is not open for writing."), [WRONG_STATE[report.state]])


def _same(value: Any, saved: Any, question: Question) -> bool:
    return bool(value == saved) or (saved is None and KINDS[question.kind].empty(value))


def _values(rows: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    return {key: row.value for key, row in rows.items()}


def _clean(question: Question, value: Any, row: Any) -> Any:
    """A value sent, in order; what only the portal writes in it is as the answer has it."""
    return offers.carried(KINDS[question.kind].clean(question, value), row.value if row else None)


def _keep(
    act: Act, report: Report, question: Question, language: str, given: Given, row: Any, beside: judging.Beside
) -> Saved:
    value = _clean(question, given.value, row)
    current = row.revision if row else 0
    merged = False
    if given.base_revision not in range(current + 1):
        raise Invalid(
            N_("This answer has no such revision."),
            [Problem("base_revision", N_("Please send the revision that the answer was read with, or 0."))],
        )
    base = _base(act, report, question, language, given, value, current)
    if base.again:
        return Saved(question.key, language, value, base.revision, False, beside.findings(question, value))
    if row is not None and (base.revision != current or base.joined):
        value, merged = _joined(act, question, base.value, value, row)
    value = offers.decided(value, row.value if row else None, beside.of(question), given.decision)
    if row is not None and value == row.value and not merged:
        return Saved(question.key, language, value, current, merged, beside.findings(question, value))
    _write(act, report, question.key, language, value, current, base.revision, merged)
    return Saved(question.key, language, value, current + 1, merged, beside.findings(question, value))


def _base(act: Act, report: Report, question: Question, language: str, given: Given, value: Any, current: int) -> Base:
    """What a value sent was written upon (`portal.rules.bases`)."""
    seen = given.base_revision
    if seen == current:
        return Base(current)
    since = None if given.since is None else offers.carried(KINDS[question.kind].clean(question, given.since), value)
    mine = reports.own_revisions(act.session, report.id, question.key, language, act.actor.id, seen + 1)
    base = reports.revision(act.session, report.id, question.key, language, seen)
    return begun_from(seen, base, mine, value, since)


def _joined(act: Act, question: Question, base: Any, value: Any, row: Any) -> tuple[Any, bool]:
    """Joins what was sent with what was saved meanwhile; Stale with the three sides when a person must choose."""
    if value == row.value:
        return value, False
    outcome = merge(base, row.value, value)
    if outcome.conflicts:
        who = act.session.scalar(select(User.name).where(User.id == row.changed_by)) or ""
        when = instant(row.changed_at)
        raise Stale(SOMEBODY_SAVED_FIRST, Texts(base, row.value, value, row.revision, who, when))
    return KINDS[question.kind].clean(question, outcome.value), True


def _write(
    act: Act, report: Report, question: str, language: str, value: Any, current: int, base: int, merged: bool
) -> None:
    """One answer and its history row. The report is locked, and the revision is compared once more where it
    is written.
    """
    key = {"report_id": report.id, "question": question, "language": language}
    change = {"value": value, "revision": current + 1, "changed_at": act.at, "changed_by": act.actor.id}
    if current:
        same = (Answer.report_id == report.id) & (Answer.question == question) & (Answer.language == language)
        done = act.session.execute(
            update(Answer)
            .where(same, Answer.revision == current)
            .values(**change)
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise RuntimeError("an answer changed under the lock of its report")
    else:
        act.session.execute(insert(Answer), [key | change])
    act.session.execute(insert(AnswerRevision), [key | change | {"base_revision": base, "merged": merged}])


def check(
    act_session: Any,
    report: Report,
    values: Mapping[tuple[str, str], Any] | None = None,
    only: Collection[str] | None = None,
) -> State:
    """Judges the whole draft: the one check behind the page, the progress, the API and the submission; with `only`,
    what it says of these questions alone.
    """
    asked = guideline(act_session, report.edition)
    held = reports.values(act_session, report.id) if values is None else values
    found = judging.of_report(act_session, report, asked, held)
    if only is not None:
        found = [finding for finding in found if finding.question in only]
    return State(found, progress(asked, report.modality, report.languages, held, found, only))
