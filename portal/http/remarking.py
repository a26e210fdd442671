"""Remarks as each side may see them: the case with its answer, what stood before, what stands now, and the talk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from forms.build import empty
from forms.kinds import KINDS as KINDS_OF_QUESTION
from forms.outline import Question, Text
from portal.http.comparing import word_steps
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.queries import remarks
from portal.queries.guidelines import guideline
from portal.queries.remarks import NOTHING, Written
from portal.rules.policy import granted, may
from portal.rules.remarks import ANSWERS, KINDS, STANDINGS, opens, standing, takes_wording
from portal.services.act import Act

Steps = tuple[tuple[str, str], ...]
WITH_THE_STATE = "with_the_state"
GATHERED = "gathered"


@dataclass(frozen=True)
class Case:
    """One remark as a person sees it. `standing` is one of STANDINGS, or `gathered` before it is sent, or
    `with_the_state` while the team does not know the answer yet; `before` and `now` are the words of the answer in the
    version that the remark is about and after it, None where this person does not know them. `proposed` is the way to
    the words that the team proposed, nothing once the answer has them; `section` is the title of that section.
    """

    remark: Remark
    question: Question
    written_by: str
    answered_by: str
    standing: str
    before: str
    now: str | None
    steps: Steps
    files_changed: bool
    proposed: Steps
    section: Text
    talk: Sequence[Any]

    @property
    def answered(self) -> bool:
        """Whether this person sees an answer that holds."""
        return self.standing in ANSWERS


@dataclass(frozen=True)
class Clarified:
    """What a clarification asks on the page of a section: remarks by question, and the questions that it opens."""

    by_question: Mapping[str, Sequence[Remark]] = field(default_factory=dict)

    def opens(self, question: str) -> bool:
        """Whether the question is open for writing."""
        return opens(question, self.by_question or None)


def of_questions(act: Act, report: Report) -> Clarified:
    """The remarks of this round; none in any other state, which costs no statement."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks.of_round(act.session, report):
        found.setdefault(remark.question, []).append(remark)
    return Clarified(found)


def inside(act: Act, report: Report) -> bool:
    """Whether the person looks from the side of the state."""
    return report.entity in act.actor.entities


def cases(act: Act, report: Report, *, gathered: bool = False) -> list[Case]:
    """The remarks that this person may read, in the order of versions. The state never gets what is not sent; the team
    gets answers, and what stands now, once they are submitted.
    """
    asked = guideline(act.session, report.edition)
    at_home = inside(act, report)
    counted = asked.counted(report.modality)
    readable = granted(act.person, "section:read", report, counted) if at_home else counted
    known = {question.key: question for question in readable}
    rows = remarks.of_report(act.session, report.id, gathered=gathered and not at_home)
    rows = [row for row in rows if row.Remark.question in known]
    if not rows:
        return []
    states = _states(act, report, [row.Remark for row in rows], at_home)
    talk = remarks.talk(act.session, [row.Remark.id for row in rows])
    found = []
    for row in rows:
        question = known[row.Remark.question]
        title = asked.sections[question.section].title
        found.append(_case(row, question, title, states, talk.get(row.Remark.id, ())))
    return found


def _states(act: Act, report: Report, found: Sequence[Remark], at_home: bool) -> dict[int, Mapping[str, Written]]:
    """What stands in each version that a remark is about and in the one after it; the draft comes after the newest, for
    the state alone.
    """
    numbers = {number for one in found for number in (one.version, one.version + 1) if number <= report.versions}
    states: dict[int, Mapping[str, Written]] = dict(remarks.frozen(act.session, report.id, numbers))
    newest = {one.question for one in found if one.version == report.versions}
    if newest and at_home:
        states[report.versions + 1] = remarks.drafted(act.session, report.id, newest)
    return states


def _case(
    row: Any, question: Question, section: Text, states: Mapping[int, Mapping[str, Written]], talk: Sequence[Any]
) -> Case:
    remark = row.Remark
    old = states[remark.version].get(question.key, NOTHING)
    known = remark.version + 1 in states
    new = states[remark.version + 1].get(question.key, NOTHING) if known else old
    before, now = old.answers.get(remark.language), new.answers.get(remark.language)
    stands_now = now if known else before
    if remark.sent_at is None:
        stands = GATHERED
    elif not known:
        stands = WITH_THE_STATE
    else:
        stands = standing(remark.answer, remarks.differ(question, old, new))
    return Case(
        remark=remark,
        question=question,
        written_by=row.written_by_name,
        answered_by=(row.answered_by_name or "") if known else "",
        standing=stands,
        before=_text(question, before),
        now=_text(question, now) if known else None,
        steps=word_steps(question, before, now) if known and before != now else (),
        files_changed=known and old.files != new.files,
        proposed=word_steps(question, stands_now, remark.wording) if remark.wording not in ("", stands_now) else (),
        section=section,
        talk=talk,
    )


def _text(question: Question, value: Any) -> str:
    return "" if empty(question, value) else KINDS_OF_QUESTION[question.kind].text(question, value)


def by_question(found: Iterable[Case]) -> dict[str, list[Case]]:
    """The cases of each question."""
    held: dict[str, list[Case]] = {}
    for case in found:
        held.setdefault(case.question.key, []).append(case)
    return held


def review(act: Act, report: Report) -> dict[str, Any]:
    """What the page of a report in review shows of remarks and notes. A member of the team who reports for the state
    sees what the state sees. `marking` is the question whose form the address opens; `all_changes` tells that every
    difference to the version before stands open.
    """
    of_the_team = may(act.person, "review:remark", report)
    found = cases(act, report, gathered=of_the_team)
    writing = of_the_team and report.state == "in_review" and report.assigned_to == act.actor.id
    marked = guideline(act.session, report.edition).questions.get(request.args.get("remark", "")) if writing else None
    return {
        "cases": found,
        "cases_of": by_question(found),
        "notes": remarks.notes(act.session, report.id) if of_the_team else None,
        "may_remark": writing,
        "marking": {"key": marked.key, "prose": takes_wording(marked)} if marked else None,
        "kinds": KINDS,
        "standings": STANDINGS,
        "all_changes": request.args.get("changes") == "1",
    }
