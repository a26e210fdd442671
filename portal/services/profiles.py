"""Desk profiles of states that have not reported: compiled from the other channels, answered by the state, shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.kinds.base import tidy
from forms.outline import LANGUAGES
from forms.words import N_
from portal.db import AnyRow
from portal.models.profiles import Profile, ProfileAnswer, ProfileItem
from portal.queries import profiles
from portal.queries.profiles import Desk
from portal.rules import crosswalk
from portal.rules.datasets import source_fact
from portal.rules.offers import Held
from portal.rules.profiles import (
    ANSWERS,
    CONFIRMED,
    CORRECTED,
    FIGURE,
    HAS_REPORTED,
    NOTHING_TO_TELL,
    PASSAGE,
    REFUSED,
    figure_reference,
    hindrances_of_release,
)
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act

MOST = 4_000
FOR_ALL = (CONFIRMED, REFUSED)


ANSWERED_MEANWHILE = N_(
    "Somebody of your state has answered this part since you opened the page; it stands above. If your answer is to "
    "stand instead, please keep it once more."
)


@dataclass(frozen=True)
class Said:
    """What a state says to one part of its profile. `seen` is the id of the answer that the person saw stand there, 0
    for none; None where nobody asks what was seen.
    """

    answer: str
    words: str = ""
    language: str = "en"
    seen: int | None = None


def compile_profile(act: Act, desk: Desk) -> Profile:
    """Compiles the profile of a state without a report from channels b to f, or adds what has come since; what is in it
    stays as it was. The state is told at once. NotNow where the state has reported, and where there is nothing to add.
    """
    act.demand("profile:compile", desk)
    if desk.reported:
        raise NotNow(HAS_REPORTED)
    known = profiles.references(act.session, desk.profile.id) if desk.profile else set()
    found = [
        *(_figure(one) for one in profiles.figures(act.session, desk.entity)),
        *(_passage(row) for row in profiles.passages(act.session, desk.cycle, desk.entity)),
    ]
    new = [item for item in found if item.reference not in known]
    if not new:
        raise NotNow(NOTHING_TO_TELL)
    profile = desk.profile or Profile(cycle=desk.cycle, entity=desk.entity)
    profile.compiled_at, profile.compiled_by = act.at, act.actor.id
    act.session.add(profile)
    act.session.flush()
    for item in new:
        item.profile_id, item.added_at = profile.id, act.at
    act.session.add_all(new)
    act.session.flush()
    told = {"entity": desk.entity, "cycle": desk.cycle, "parts": len(new)}
    act.record("profile.compile", told, entity=desk.entity)
    act.notify("profile.compile", act.holders("focal_point", "certifier", entity=desk.entity), told)
    return profile


def _figure(one: Held) -> ProfileItem:
    edition = f", {one.edition}" if one.edition else ""
    return ProfileItem(
        reference=figure_reference(one.source, one.series, one.dimensions, one.unit, one.year, one.value),
        kind=FIGURE,
        channel="b",
        commitment=crosswalk.commitment_of_indicator(one.indicator) or "",
        text=one.title,
        value=one.value,
        unit=one.unit,
        year=one.last,
        source=(source_fact(one.source).title + edition)[:300],
    )


def _passage(row: AnyRow) -> ProfileItem:
    passage = row.Passage
    return ProfileItem(
        reference=f"{PASSAGE}:{passage.key}",
        kind=PASSAGE,
        channel=passage.channel,
        commitment=passage.commitment or row.coded or "",
        language=passage.language,
        text=passage.text,
        source=f"{row.credit or row.partner}: {row.title}"[:300],
    )


def answer(act: Act, desk: Desk, given: Mapping[int, Said]) -> int:
    """The state answers parts of its profile, by their ids: confirmed, corrected with words beside, or refused. Returns
    how many answers are new; one that says what stands already is none, nor one that only repeats what an older page
    showed. Invalid names each that will not do, or that goes against an answer the person did not see, and then none is
    kept.
    """
    act.demand("profile:answer", desk)
    rows = {row.ProfileItem.id: row for row in profiles.items(act.session, desk.held.id)}
    moved = {key for key, said in given.items() if key in rows and said.seen not in (None, rows[key].answer_id or 0)}
    then = profiles.answers(act.session, {given[key].seen or 0 for key in moved})
    given = {key: said for key, said in given.items() if key not in moved or _says_more(key, said, then)}
    problems = [problem for key, said in given.items() for problem in _problems(key, said, rows)]
    given = {key: said for key, said in given.items() if key not in rows or _differs(rows[key], said)}
    problems += [Problem(f"answer-{key}", ANSWERED_MEANWHILE) for key in given if key in moved]
    if problems:
        raise Invalid(problems[0].sentence, problems)
    return _keep(act, desk, given)


def _says_more(key: int, said: Said, then: Mapping[int, ProfileAnswer]) -> bool:
    """Whether an answer is another than the one that the person's page showed at this part."""
    shown = then.get(said.seen or 0)
    return shown is None or shown.item_id != key or _differs(shown, said)


def answer_all(act: Act, desk: Desk, answer: str, upto: int | None = None) -> int:
    """The state confirms every part that it has not answered yet, or refuses the whole profile. Of parts added behind
    the one with the id `upto`, the newest that the person saw, none is confirmed, and what its source withdrew since is
    left out. Returns how many parts this answers.
    """
    act.demand("profile:answer", desk)
    if answer not in FOR_ALL:
        sentence = N_("All parts can be confirmed or refused together.")
        raise Invalid(sentence, [Problem("all", sentence)])
    rows = profiles.standing(act.session, desk)
    if answer == CONFIRMED:
        open_now = [row for row in rows if row.answer is None and (upto is None or row.ProfileItem.id <= upto)]
    else:
        open_now = [row for row in rows if row.answer != REFUSED]
    return _keep(act, desk, {row.ProfileItem.id: Said(answer) for row in open_now})


def _problems(key: int, said: Said, rows: Mapping[int, AnyRow]) -> Iterable[Problem]:
    if key not in rows:
        yield Problem(f"answer-{key}", N_("There is no such part of the profile."))
    if said.answer not in ANSWERS:
        yield Problem(f"answer-{key}", N_("Please choose confirmed, corrected or refused."))
    if said.answer == CORRECTED and not _kept(said):
        yield Problem(f"words-{key}", N_("Please write what is right: it stands beside what was compiled."))
    if len(said.words) > MOST:
        yield Problem(f"words-{key}", N_("A correction has at most 4,000 characters; please shorten it."))
    if said.language not in LANGUAGES:
        yield Problem(f"words-{key}", N_("Please choose one of ar, zh, en, fr, ru, es."))


def _differs(row: AnyRow | ProfileAnswer, said: Said) -> bool:
    return (row.answer, row.words or "") != (said.answer, _kept(said))


def _kept(said: Said) -> str:
    return tidy(said.words).strip()


def _keep(act: Act, desk: Desk, answers: Mapping[int, Said]) -> int:
    if not answers:
        return 0
    act.session.add_all(
        ProfileAnswer(
            item_id=key,
            answer=said.answer,
            words=_kept(said),
            language=said.language,
            answered_at=act.at,
            answered_by=act.actor.id,
        )
        for key, said in answers.items()
    )
    act.session.flush()
    told = {"entity": desk.entity, "cycle": desk.cycle, "parts": len(answers)}
    act.record("profile.answer", told, entity=desk.entity)
    act.notify("profile.answer", [desk.held.compiled_by], told)
    return len(answers)


def release(act: Act, desk: Desk) -> Profile:
    """Shows a profile to others, once the state has answered every part that stands: without what it refused, and with
    its words beside what it corrected. NotNow names what hinders it.
    """
    act.demand("profile:release", desk)
    profile = desk.held
    answers = [row.answer for row in profiles.standing(act.session, desk)]
    hindering = hindrances_of_release(answers, released=profile.released_at is not None, reported=desk.reported)
    if hindering:
        raise NotNow(hindering[0], hindering)
    profile.released_at, profile.released_by = act.at, act.actor.id
    told = {"entity": desk.entity, "cycle": desk.cycle}
    act.record("profile.release", told, entity=desk.entity)
    act.notify("profile.release", act.holders("focal_point", "certifier", entity=desk.entity), told)
    return profile
