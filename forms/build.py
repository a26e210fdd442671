"""What is built from an edition: the form of a section, the schema of an answer, the check of a report, progress."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import marshmallow
from wtforms import Form

from forms.findings import BLOCKER, NOTE, Finding, Rule
from forms.kinds import KINDS
from forms.kinds.base import UNANSWERED
from forms.kinds.controls import CellsField
from forms.outline import Guideline, Question, Section, text
from forms.words import N_

Answers = Mapping[tuple[str, str], Any]
"""Clean values by question key and language; what is not translatable stands under the first language of the report."""

NOT_STARTED, IN_PROGRESS, COMPLETE, BLOCKED = "not_started", "in_progress", "complete", "blocked"

TRANSLATION = Rule(
    "translation",
    NOTE,
    N_("A text written in one language of the report is there in its other languages too."),
    N_("“%(title)s” is not there yet in this language of the report."),
)


class SectionForm(Form):
    """The form of one section; `asked` holds its questions by key, which are the names of its fields."""

    asked: ClassVar[Mapping[str, Question]]


@lru_cache(maxsize=4096)
def section_form(
    guideline: Guideline, section: Section, modality: str, language: str, only: str | None = None
) -> type[SectionForm]:
    """The form of the questions of a section that count, fields named by question key, labels in a language; of one
    question alone with `only`.

    A plain WTForms class without CSRF; give it `data={question key: clean value}` and, for a POST, `formdata`.
    """
    counted = [q for q in guideline.counted(modality, section.key) if only in (None, q.key)]
    fields = {question.key: KINDS[question.kind].field(question, language) for question in counted}
    return type("BuiltSectionForm", (SectionForm,), {"asked": {q.key: q for q in counted}, **fields})


def values(form: SectionForm) -> dict[str, Any]:
    """The clean value of every question whose controls the form sent; a question that was not sent is left out."""
    return {
        key: clean(form.asked[key], field.data)
        for key, field in form._fields.items()
        if (field.sent if isinstance(field, CellsField) else field.raw_data)
    }


@lru_cache(maxsize=4096)
def answer_schema(question: Question) -> marshmallow.Schema:
    """The schema of `{"value": ...}` for a question: it reads the JSON shape and refuses every other."""
    shape = marshmallow.Schema.from_dict({"value": KINDS[question.kind].schema(question)}, name="Answer")
    return shape()


def clean(question: Question, raw: Any) -> Any:
    """The value in order, whatever is odd in it kept."""
    return KINDS[question.kind].clean(question, raw)


def empty(question: Question, value: Any) -> bool:
    """Whether a clean value, or None, answers nothing."""
    return KINDS[question.kind].empty(value)


def findings(guideline: Guideline, modality: str, languages: Sequence[str], answers: Answers) -> list[Finding]:
    """All findings about the questions that count, in the order of the report. Deterministic; reads nothing else."""
    return [
        finding
        for question in guideline.counted(modality)
        for finding in question_findings(question, languages, answers)
    ]


def question_findings(question: Question, languages: Sequence[str], answers: Answers) -> Iterator[Finding]:
    """The findings about one question in all languages of the report; a text counts as answered in any of them."""
    kind = KINDS[question.kind]
    if not kind.translatable:
        yield from kind.findings(question, answers.get((question.key, languages[0])))
        return
    written = [lang for lang in languages if not kind.empty(answers.get((question.key, lang)))]
    if not written:
        yield from kind.unanswered(question)
        return
    for language in languages:
        if language not in written:
            params = {"title": text(question.title, "en")}
            yield Finding(NOTE, question.key, TRANSLATION.key, TRANSLATION.message, params, language)
            continue
        for found in kind.findings(question, answers[question.key, language]):
            yield Finding(found.severity, found.question, found.rule, found.message, found.params, language)


def answered(question: Question, languages: Sequence[str], answers: Answers) -> bool:
    """Whether a question has an answer: for a text, in any language of the report."""
    kind = KINDS[question.kind]
    asked = languages if kind.translatable else languages[:1]
    return any(not kind.empty(answers.get((question.key, language))) for language in asked)


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far a section is: not_started, in_progress, complete (all asked for is answered), blocked (has a blocker)."""

    answered: int
    of: int
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a report is. Counted are the questions whose answer is asked for; those left free count once answered."""

    answered: int
    of: int
    sections: Mapping[str, SectionProgress]


def progress(
    guideline: Guideline,
    modality: str,
    languages: Sequence[str],
    answers: Answers,
    found: Sequence[Finding],
    only: Collection[str] | None = None,
) -> Progress:
    """Progress by the check's own findings: `found` is what `findings` gave for the same arguments. With `only`, of
    these questions alone; a section with none of them is left out.
    """
    open_questions = {finding.question for finding in found if finding.rule in _UNANSWERED}
    blocked = {guideline.questions[finding.question].section for finding in found if finding.severity == BLOCKER}
    sections: dict[str, SectionProgress] = {}
    for section in guideline.counted_sections(modality):
        done = of = begun = 0
        counted = [q for q in guideline.counted(modality, section.key) if only is None or q.key in only]
        if not counted:
            continue
        for question in counted:
            written = answered(question, languages, answers)
            has = written and question.key not in open_questions
            begun += written
            done += has
            of += has or bool(question.required)
        state = _state(begun, done, of, section.key in blocked)
        sections[section.key] = SectionProgress(done, of, state)
    counts = sections.values()
    return Progress(sum(each.answered for each in counts), sum(each.of for each in counts), sections)


_UNANSWERED = frozenset({UNANSWERED.key, "indicator", "contact"})


def _state(begun: int, done: int, of: int, blocked: bool) -> str:
    if not begun:
        return NOT_STARTED
    if blocked:
        return BLOCKED
    return COMPLETE if done == of else IN_PROGRESS


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """One check for the readable list: its key and weight, the sentence, and the questions it applies to."""

    key: str
    severity: str
    says: str
    questions: tuple[str, ...]


def rules(guideline: Guideline) -> list[RuleInWords]:
    """Every check that an edition brings: first what must or should be answered, then the checks of each kind."""
    questions = guideline.questions.values()
    listed = [
        RuleInWords(UNANSWERED.key, severity, says, asked)
        for severity, says in _WEIGHTS
        if (asked := tuple(q.key for q in questions if q.required == severity))
    ]
    by_rule: dict[Rule, list[str]] = {}
    for question in questions:
        kind = KINDS[question.kind]
        for rule in (*kind.checks, *((TRANSLATION,) if kind.translatable else ())):
            by_rule.setdefault(rule, []).append(question.key)
    return listed + [RuleInWords(r.key, r.severity, r.says, tuple(asked)) for r, asked in by_rule.items()]


_WEIGHTS = (
    ("blocker", N_("These questions must be answered before the report can be submitted.")),
    ("error", N_("These questions ask for an answer; leaving one out is an error, which can be explained.")),
    ("warning", N_("These questions ask for an answer; leaving one out gives a warning.")),
    ("note", N_("These questions ask for an answer; leaving one out gives a note.")),
)
