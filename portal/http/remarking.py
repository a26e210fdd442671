"""Remarks as each side may see them: the case with its answer, what stood before, what stands now, and the talk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import request

from forms.answers import difference
from forms.outline import Question, Text
from portal.http.comparing import word_steps
from portal.http.plain import in_words
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.queries import remarks
from portal.queries.guidelines import guideline
from portal.queries.remarks import NOTHING, Written
from portal.rules.policy import granted, may
from portal.rules.remarks import ANSWERS, KINDS, STANDINGS, opens, standing, takes_wording
from portal.services.act import Act
from portal.services.remarks import MOST, mark

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
class Marking:
    """The form for a remark on a question: `language` is that of the answer which the remark is about, `others` those
    in which it could be instead. `sent` is what the form begins with. `remark` is the gathered one that it changes,
    `seen` the mark of how that stands.
    """

    key: str
    title: Text
    prose: bool
    language: str
    others: Sequence[str]
    sent: Mapping[str, Any]
    remark: UUID | None = None
    seen: str = ""


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
    told = in_words(question, before)
    return Case(
        remark=remark,
        question=question,
        written_by=row.written_by_name,
        answered_by=(row.answered_by_name or "") if known else "",
        standing=stands,
        before=told,
        now=in_words(question, now) if known else None,
        steps=tuple(difference(told, in_words(question, now))) if known and before != now else (),
        files_changed=known and old.files != new.files,
        proposed=word_steps(question, stands_now, remark.wording) if remark.wording not in ("", stands_now) else (),
        section=section,
        talk=talk,
    )


def by_question(found: Iterable[Case]) -> dict[str, list[Case]]:
    """The cases of each question."""
    held: dict[str, list[Case]] = {}
    for case in found:
        held.setdefault(case.question.key, []).append(case)
    return held


def marking(
    act: Act, report: Report, question: Question, sent: Mapping[str, Any], remark: Remark | None = None
) -> Marking:
    """The form for a remark on this question, with what was `sent`; for a new one, words to propose begin with those
    of the answer, unless they are longer than a proposal can be.
    """
    prose = takes_wording(question)
    language = str(remark.language if remark else sent.get("language") or report.languages[0])
    if prose and "wording" not in sent:
        held = remarks.frozen(act.session, report.id, [report.versions])[report.versions]
        text = held.get(question.key, NOTHING).answers.get(language) or ""
        sent = {**sent, "wording": text if len(text) <= MOST else ""}
    others = [one for one in report.languages if one != language] if prose and remark is None else []
    which = (remark.id, mark(remark)) if remark else (None, "")
    return Marking(question.key, question.title, prose, language, others, sent, *which)


def _marking(act: Act, report: Report, found: Iterable[Case]) -> Marking | None:
    """The form that the address opens: for a new remark on a question, or for one that is gathered."""
    asked, changing = request.args.get("remark", ""), request.args.get("change", "")
    for case in found:
        if case.standing == GATHERED and str(case.remark.id) == changing:
            return marking(act, report, case.question, as_sent(case.remark), case.remark)
    question = guideline(act.session, report.edition).questions.get(asked)
    if question is None:
        return None
    language = request.args.get("in")
    return marking(act, report, question, {"language": language if language in report.languages else None})


def as_sent(remark: Remark) -> dict[str, Any]:
    """A gathered remark as its form sends it; without words of its own, those of the answer are offered."""
    told = {"kind": remark.kind, "words": remark.words, "words_language": remark.words_language}
    told["due"] = remark.due.isoformat() if remark.due else ""
    return {**told, "wording": remark.wording} if remark.wording else told


def review(act: Act, report: Report) -> dict[str, Any]:
    """What the page of a report in review shows of remarks and notes. A member of the team who reports for the state
    sees what the state sees. `marking` is the form that the address opens; `all_changes` tells that every
    difference to the version before stands open.
    """
    of_the_team = may(act.person, "review:remark", report)
    found = cases(act, report, gathered=of_the_team)
    writing = of_the_team and report.state == "in_review" and report.assigned_to == act.actor.id
    return {
        "cases": found,
        "cases_of": by_question(found),
        "notes": remarks.notes(act.session, report.id) if of_the_team else None,
        "may_remark": writing,
        "may_say": of_the_team,
        "marking": _marking(act, report, found) if writing else None,
        "kinds": KINDS,
        "standings": STANDINGS,
        "all_changes": request.args.get("changes") == "1",
    }
