"""Sections in the hands of contributors: handed out, handed back, and taken into the report or kept beside it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.kinds import KINDS
from forms.outline import Question
from forms.words import N_
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import handing
from portal.queries.guidelines import guideline
from portal.rules.handing import PARTS, Holding, covers, overlap, without
from portal.rules.policy import granted, may
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.services import asides, drafting
from portal.services.act import Act
from portal.services.drafting import Given, State

ACCEPTED, BESIDE, WITHDRAWN = "accepted", "beside", "withdrawn"
LONGEST_NOTE = 10_000
SETTLED = N_("This hand-out was settled before; the page shows what stands now.")
CHANGED_SINCE = N_("Somebody changed this answer while you were looking; please look at it again.")


@dataclass(frozen=True)
class Order:
    """What is handed out in one act: the same part of each of these sections, to each of these people."""

    sections: Sequence[str]
    people: Sequence[uuid.UUID]
    part: str = "all"
    due: dt.date | None = None
    shared: bool = False
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """What the focal point decides of one answer that they have seen at this revision."""

    question: str
    language: str
    revision: int
    beside: bool


@dataclass(frozen=True)
class Change:
    """An answer that is not what it was when its hand-out began. `rest` is what stays where the text is kept beside: as
    it began, with what `others` wrote since; `entangled` where some of theirs would go beside too. `own` is False where
    only others changed it: then there is nothing to decide.
    """

    question: Question
    language: str
    began: int
    revision: int
    before: Any
    now: Any
    rest: Any
    entangled: bool
    others: tuple[str, ...]

    @property
    def own(self) -> bool:
        return bool(self.rest != self.now)


def check(act: Act, report: Report, values: Mapping[tuple[str, str], Any] | None = None) -> State:
    """The check of a draft as far as the person who acts may read it: no count tells of what they may not."""
    if may(act.person, "report:draft", report):
        return drafting.check(act.session, report, values)
    counted = guideline(act.session, report.edition).counted(report.modality)
    readable = {question.key for question in granted(act.person, "section:read", report, counted)}
    return drafting.check(act.session, report, values, readable)


def in_own_hands(act: Act, report: Report, section: str) -> list[Handout]:
    """What of a section is in the hands of the person who acts, or was handed back by them and is not settled."""
    if not any(grant.role == "contributor" and grant.entity == report.entity for grant in act.actor.grants):
        return []
    return [one for one in report.handouts if one.user_id == act.actor.id and one.section == section]


def hand_out(act: Act, report: Report, order: Order) -> list[Handout]:
    """Hands sections to contributors, each to each. Invalid names every section, person or day that will not do, and
    then nothing is handed out.
    """
    act.demand("handout:give", report)
    drafting.demand_drafting(report)
    problems = [*_wrong_sections(act, report, order), *_wrong_people(act, report, order), *_wrong_terms(act, order)]
    if problems:
        raise Invalid(problems[0].sentence, problems)
    standing = handing.revisions(act.session, report.id)
    pairs = dict.fromkeys((section, person) for section in order.sections for person in order.people)
    made = [_begun(act, report, section, order, person, standing) for section, person in pairs]
    act.session.add_all(made)
    act.session.flush()
    act.session.expire(report, ["handouts"])
    told = {"sections": list(order.sections), "part": order.part, "due": order.due.isoformat() if order.due else None}
    act.record("handout.give", told | {"handouts": [str(one.id) for one in made]}, report=report)
    for section in dict.fromkeys(order.sections):
        one = {"section": section, "part": order.part, "due": told["due"], "reason": _words(order.note)}
        act.notify("handout.give", order.people, one, report=report)
    return made


def _wrong_sections(act: Act, report: Report, order: Order) -> list[Problem]:
    if not order.sections:
        return [Problem("sections", N_("Please choose at least one section."))]
    if order.part not in PARTS:
        return [Problem("part", N_("Please choose the whole section, its figures or its narrative."))]
    asked = guideline(act.session, report.edition)
    wrong = []
    for key in order.sections:
        drafting.asked_section(asked, report, key)
        if not any(covers(order.part, question) for question in asked.counted(report.modality, key)):
            wrong.append(Problem(f"sections.{key}", N_("The section asks for nothing of this part.")))
    return wrong


def _wrong_people(act: Act, report: Report, order: Order) -> list[Problem]:
    if not order.people:
        return [Problem("people", N_("Please choose at least one contributor."))]
    contribute = {row.id for row in handing.contributors(act.session, report.entity)}
    if not contribute.issuperset(order.people):
        return [Problem("people", N_("Sections are handed to contributors of the state whose role is in force."))]
    for row in handing.in_hands(act.session, report.id):
        held = row.Handout
        if held.user_id in order.people and held.section in order.sections and overlap(held.part, order.part):
            sentence = N_("One of these contributors holds some of this already; settle or withdraw that first.")
            return [Problem(f"sections.{held.section}", sentence)]
    return []


def _wrong_terms(act: Act, order: Order) -> list[Problem]:
    wrong = []
    if order.due is not None and order.due < act.at.date():
        wrong.append(Problem("due", N_("The day lies before today; please choose today or a later day.")))
    if len(order.note) > LONGEST_NOTE:
        wrong.append(Problem("note", N_("Please keep the note under 10,000 characters.")))
    return wrong


def _begun(
    act: Act, report: Report, section: str, order: Order, person: uuid.UUID, standing: Mapping[tuple[str, str], int]
) -> Handout:
    within = {question.key for question in covered(act, report, section, order.part)}
    return Handout(
        report_id=report.id,
        section=section,
        part=order.part,
        user_id=person,
        due=order.due,
        shared=order.shared,
        note=_words(order.note),
        began=[[*key, revision] for key, revision in sorted(standing.items()) if key[0] in within],
        handed_out_at=act.at,
        handed_out_by=act.actor.id,
        returned_note="",
    )


def covered(act: Act, report: Report, section: str, part: str) -> list[Question]:
    """The questions of a section that a hand-out of this part covers, in their order."""
    asked = guideline(act.session, report.edition)
    return [question for question in asked.counted(report.modality, section) if covers(part, question)]


def _words(note: str) -> str:
    return note.replace("\0", "").strip()


def give_back(act: Act, report: Report, handout_id: uuid.UUID, note: str = "") -> Handout:
    """The contributor hands back what was handed to them: from here on they read it and write in it no more."""
    handout = _open(act, report, handout_id, "handout:return")
    if handout.returned_at is not None:
        raise NotNow(N_("You have handed this back already; the focal point has been told."))
    _demand_short(note)
    handout.returned_at, handout.returned_note = act.at, _words(note)
    told = _told(handout)
    act.record("handout.return", told, report=report)
    focal_points = act.holders("focal_point", entity=report.entity)
    act.notify("handout.return", focal_points, told | {"reason": handout.returned_note}, report=report)
    return handout


def open_again(act: Act, report: Report, handout_id: uuid.UUID, note: str, due: dt.date | None) -> Handout:
    """The focal point gives back what was handed back, with a note: the contributor writes on."""
    handout = _open(act, report, handout_id, "handout:give")
    drafting.demand_drafting(report)
    if handout.returned_at is None:
        raise NotNow(N_("This is in the hands of the contributor already."))
    wrong = _wrong_terms(act, Order((), (), due=due, note=note))
    if wrong:
        raise Invalid(wrong[0].sentence, wrong)
    handout.returned_at, handout.note, handout.due = None, _words(note), due
    told = _told(handout)
    act.record("handout.again", told, report=report)
    act.notify("handout.again", [handout.user_id], told | {"reason": handout.note}, report=report)
    return handout


def withdraw(act: Act, report: Report, handout_id: uuid.UUID) -> Handout:
    """The focal point takes a hand-out back; what was written stays in the report and in its history."""
    handout = _open(act, report, handout_id, "handout:give")
    _close(act, report, handout, WITHDRAWN)
    act.record("handout.withdraw", _told(handout), report=report)
    act.notify("handout.withdraw", [handout.user_id], _told(handout), report=report)
    return handout


def pass_on(act: Act, report: Report, handout_id: uuid.UUID, person: uuid.UUID) -> Handout:
    """Hands to another contributor what is in somebody's hands, whose hand-out ends with it: for one whose role has
    ended. A due day that has passed is left out.
    """
    before = withdraw(act, report, handout_id)
    due = before.due if before.due and before.due >= act.at.date() else None
    return hand_out(act, report, Order([before.section], [person], before.part, due, before.shared, before.note))[0]


def changes(act: Act, report: Report, handout: Handout) -> list[Change]:
    """The answers that are not what they were when the hand-out began, in the order of the section."""
    act.demand("handout:give", report)
    questions = {question.key: question for question in covered(act, report, handout.section, handout.part)}
    began = {(question, language): revision for question, language, revision in handout.began}
    saved: dict[tuple[str, str], list[Any]] = {}
    for row in handing.saves(act.session, report.id, list(questions)):
        saved.setdefault((row.question, row.language), []).append(row)
    found = (_change(handout, questions[key[0]], began.get(key, 0), rows) for key, rows in saved.items())
    places = {key: place for place, key in enumerate(questions)}
    return sorted(
        (change for change in found if change.now != change.before),
        key=lambda change: (places[change.question.key], report.languages.index(change.language)),
    )


def _change(handout: Handout, question: Question, began: int, rows: Sequence[Any]) -> Change:
    """`rows` are all saved values of one answer, oldest first: revision n stands at n - 1."""
    kind = KINDS[question.kind]
    before = rows[began - 1].value if began else kind.clean(question, None)
    since = rows[began:]
    rest, entangled = without(handout.user_id, before, since)
    return Change(
        question=question,
        language=rows[-1].language,
        began=began,
        revision=rows[-1].revision,
        before=before,
        now=rows[-1].value,
        rest=kind.clean(question, rest),
        entangled=entangled,
        others=tuple(dict.fromkeys(row.name for row in since if row.changed_by != handout.user_id)),
    )


def settle(act: Act, report: Report, handout_id: uuid.UUID, choices: Sequence[Choice], note: str = "") -> Handout:
    """The focal point decides of each answer that the contributor changed. Accepted: it stays as it is. Kept beside:
    the whole text waits beside the answer, which goes back to what it was without this contributor's words.

    Invalid names an answer without a choice; NotNow where somebody saved since the focal point looked.
    """
    handout = _open(act, report, handout_id, "handout:give")
    _demand_short(note)
    chosen = {(choice.question, choice.language): choice for choice in choices}
    own = [change for change in changes(act, report, handout) if change.own]
    _demand_seen(own, chosen)
    beside = [change for change in own if chosen[change.question.key, change.language].beside]
    if beside:
        _lay_beside(act, report, handout, beside)
    _close(act, report, handout, BESIDE if beside else ACCEPTED)
    kept = [[change.question.key, change.language] for change in beside]
    told = _told(handout) | {"outcome": handout.outcome}
    act.record("handout.settle", told | {"beside": kept}, report=report)
    act.notify(f"handout.{handout.outcome}", [handout.user_id], told | {"reason": _words(note)}, report=report)
    return handout


def _demand_seen(own: Sequence[Change], chosen: Mapping[tuple[str, str], Choice]) -> None:
    missing = [c for c in own if (c.question.key, c.language) not in chosen]
    if missing:
        sentence = N_("Please choose for each answer: accept it, or keep the text beside.")
        raise Invalid(sentence, [Problem(c.question.key, sentence) for c in missing])
    if any(chosen[c.question.key, c.language].revision != c.revision for c in own):
        raise NotNow(CHANGED_SINCE)


def _lay_beside(act: Act, report: Report, handout: Handout, beside: Sequence[Change]) -> None:
    """The text of each answer waits beside it; the answer goes back as a new revision, so the history holds both."""
    drafting.demand_drafting(report)
    for change in beside:
        text = Given(change.question.key, change.language, change.now, change.began)
        asides.keep(act, report, text, asides.HANDOUT, written_by=handout.user_id)
    back = [Given(c.question.key, c.language, c.rest, c.revision) for c in beside]
    drafting.save_section(act, report, back)


def _open(act: Act, report: Report, handout_id: uuid.UUID, permission: str) -> Handout:
    """A hand-out of a report whose row is locked, still to be settled; to one who may not know of it it is Missing."""
    if permission == "handout:give":
        act.demand(permission, report)
    handout = handing.handout(act.session, report.id, handout_id)
    if not may(act.person, permission, Holding(report, handout)):
        raise Missing(handing.NO_HANDOUT)
    if handout.settled_at is not None:
        raise NotNow(SETTLED)
    return handout


def _close(act: Act, report: Report, handout: Handout, outcome: str) -> None:
    handout.settled_at, handout.settled_by, handout.outcome = act.at, act.actor.id, outcome
    act.session.flush()
    act.session.expire(report, ["handouts"])


def _demand_short(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        sentence = N_("Please keep the note under 10,000 characters.")
        raise Invalid(sentence, [Problem("note", sentence)])


def _told(handout: Handout) -> dict[str, Any]:
    return {"handout": str(handout.id), "section": handout.section, "part": handout.part}
