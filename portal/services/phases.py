"""Phases of a cycle: writing what a phase delivers, signing a version of it, closing the phase with its record."""

from __future__ import annotations

from dataclasses import dataclass

from forms.answers import digest
from forms.words import N_
from portal.models.cycles import Phase
from portal.models.phases import Deliverable, PhaseClosing, SignOff
from portal.queries import phases
from portal.rules import phases as rules
from portal.rules.policy import Person
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.timeline import PhaseDates
from portal.services.act import Act

UNCHANGED = N_("Nothing has changed: the newest version has this title and this text, and its sign-offs stand.")


@dataclass(frozen=True)
class Draft:
    """A text as it was sent. `began` is the number of the version that its writer saw, 0 for none."""

    title: str
    text: str
    note: str
    began: int


def case_of(act: Act, phase: Phase, person: Person | None, reason: str = "") -> rules.PhaseCase:
    """Counts what the rules look at, at the moment of the act; four statements."""
    texts = phases.texts(act.session, phase.cycle, phase.key)
    closed = phases.closings(act.session, phase.cycle)
    before = phases.before(act.session, phase)
    signed = [row.SignOff.user_id for row in texts[0].signatures] if texts else []
    days = PhaseDates(phase.key, phase.title, phase.opens, phase.closes)
    return rules.PhaseCase(
        key=phase.key,
        days=days.state(act.at),
        newest=texts[0].text.number if texts else 0,
        held=(texts[0].text.title, texts[0].text.digest) if texts else ("", ""),
        signatures=len(signed),
        signed_by_actor=person is not None and person.id in signed,
        closed=phase.key in closed,
        closed_before=before is None or before in closed,
        reason=reason,
    )


def write(act: Act, phase: Phase, draft: Draft) -> Deliverable:
    """Keeps a new version of the text; the versions before it stay. The row of the phase is to be held.

    NotNow once the phase is closed; Invalid for an empty title or text, for those of the newest version again, or when
    somebody wrote meanwhile.
    """
    person = act.demand("phase:write")
    case = case_of(act, phase, person)
    _demand_open(rules.hindrances(rules.WRITING, case))
    title, text = _clean(draft.title), _clean(draft.text)
    problems = _problems(title, text, draft, case)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    made = Deliverable(
        cycle=phase.cycle,
        phase=phase.key,
        number=case.newest + 1,
        title=title,
        text=text,
        digest=digest(text.encode()),
        note=_clean(draft.note),
        written_at=act.at,
        written_by=person.id,
    )
    act.session.add(made)
    act.session.flush()
    act.record("phase.write", _told(phase) | {"number": made.number, "sha256": made.digest})
    return made


def sign(act: Act, phase: Phase, number: int, post: str) -> SignOff:
    """Signs off the newest version of the text under the person's name and post.

    NotNow when there is no text, when it is signed by this person or closed, or when `number` is no longer the newest.
    """
    person = act.demand("phase:sign")
    case = case_of(act, phase, person)
    hindering = rules.hindrances(rules.SIGNING, case)
    if case.newest and number != case.newest:
        hindering.append(N_("A newer version has been written since; please read that one and sign it."))
    _demand_open(hindering)
    if len(post) > 200:
        raise _invalid("post", N_("Please use at most 200 characters."))
    made = SignOff(
        cycle=phase.cycle,
        phase=phase.key,
        number=number,
        user_id=person.id,
        post=_clean(post),
        signed_at=act.at,
    )
    act.session.add(made)
    act.session.flush()
    act.record("phase.sign", _told(phase) | {"number": number, "post": made.post})
    return made


def close(act: Act, phase: Phase, reason: str) -> PhaseClosing:
    """Closes the phase for good, with the version it delivers and the reason given.

    NotNow with what stands against it.
    """
    person = act.demand("phase:close")
    words = _clean(reason)
    case = case_of(act, phase, person, words)
    _demand_open(rules.hindrances(rules.closing(phase.key), case))
    made = PhaseClosing(
        cycle=phase.cycle,
        phase=phase.key,
        deliverable=case.newest or None,
        reason=words,
        closed_at=act.at,
        closed_by=person.id,
    )
    act.session.add(made)
    act.session.flush()
    act.record("phase.close", _told(phase) | {"number": made.deliverable, "reason": words})
    act.notify("phase.close", act.holders("lead", "reviewer"), {"phase": phase.key, "title": phase.title})
    return made


def _told(phase: Phase) -> dict[str, object]:
    return {"cycle": phase.cycle, "phase": phase.key}


def _clean(words: str) -> str:
    return words.replace("\0", "").replace("\r\n", "\n").strip()


def _demand_open(hindering: list[str]) -> None:
    if hindering:
        raise NotNow(hindering[0], hindering)


def _invalid(where: str, sentence: str) -> Invalid:
    return Invalid(sentence, [Problem(where, sentence)])


def _problems(title: str, text: str, draft: Draft, case: rules.PhaseCase) -> list[Problem]:
    found = []
    if not title or len(title) > 300:
        found.append(Problem("title", N_("Please give a title of at most 300 characters.")))
    if not text or len(text) > rules.TEXT_LIMIT:
        found.append(Problem("text", N_("Please write the text, of at most 200000 characters.")))
    if case.newest and (title, digest(text.encode())) == case.held:
        found.append(Problem("text", UNCHANGED))
    elif draft.began != case.newest:
        sentence = N_("Somebody has written a newer version meanwhile; please bring your text and theirs together.")
        found.append(Problem("text", sentence))
    return found
