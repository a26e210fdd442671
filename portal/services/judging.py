"""What stands beside answers when they are judged: the figures that channel b holds, and the period of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from forms import build
from forms.findings import Finding
from forms.kinds import KINDS
from forms.outline import Guideline, Question
from portal.models.reports import Report
from portal.queries import observations
from portal.rules import plausible
from portal.rules.offers import Held


@dataclass(frozen=True)
class Beside:
    """What answers are judged against: figures of channel b by indicator, and the last year of the report's period."""

    held: Mapping[str, Sequence[Held]]
    end: int | None = None

    def of(self, question: Question) -> Sequence[Held]:
        """What channel b holds for the indicator of a question."""
        return self.held.get(question.indicator or "", ())

    def findings(self, question: Question, value: Any) -> list[Finding]:
        """Everything there is to say about one clean value."""
        plain = KINDS[question.kind].findings(question, value)
        return [*plain, *plausible.findings(question, value, self.of(question), self.end)]

    def question_findings(
        self, question: Question, languages: Sequence[str], answers: build.Answers
    ) -> Iterable[Finding]:
        """Everything there is to say about one question in all languages of the report."""
        value = answers.get((question.key, languages[0]))
        figures = plausible.findings(question, value, self.of(question), self.end)
        return chain(build.question_findings(question, languages, answers), figures)


def beside(
    session: Session, report: Report, asked: Guideline, questions: Iterable[Question], answers: build.Answers
) -> Beside:
    """What stands beside these questions; one query where an indicator is among them, else none. `answers` holds the
    period of the report where the caller has it.
    """
    wanted = [question.indicator for question in questions if question.kind == "series" and question.indicator]
    held = observations.for_section(session, report.entity, wanted) if wanted else {}
    return Beside(held, plausible.end_of_period(asked, report.languages, answers))


def of_report(session: Session, report: Report, asked: Guideline, answers: build.Answers) -> list[Finding]:
    """All findings about a draft, in the order of the report; one query where any figures are given, else none."""
    first = report.languages[0]
    counted = asked.counted(report.modality)
    given = [q for q in counted if q.kind == "series" and (answers.get((q.key, first)) or {}).get("rows")]
    about = beside(session, report, asked, given, answers)
    return [found for question in counted for found in about.question_findings(question, report.languages, answers)]
