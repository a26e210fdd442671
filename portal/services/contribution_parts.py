"""The parts of a draft of a contribution as its form saves them: each upon the revision that its writer saw, and the
texts that stand beside a part until a person chooses.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms import build
from forms.outline import Guideline
from forms.words import N_
from portal.models.contributions import Contribution, ContributionAside
from portal.queries import contribution_drafts as drafts
from portal.queries.guidelines import guideline
from portal.rules.bases import begun_from
from portal.rules.contributions import CREDIT, HEAD, MODALITY, TITLE, Filing, join_part, part_of, with_part
from portal.rules.refusals import Invalid, Missing, NotNow, Problem, Stale
from portal.services.act import Act
from portal.services.asides import JOINED, LEFT, TAKEN
from portal.services.contributions import (
    NO_QUESTION,
    Draft,
    demand_writable,
    saved_draft,
    stale,
    told,
    with_given,
    write_draft,
)

IN_WORDS = ("narrative", "text")
SOMEBODY_SAVED_FIRST = N_(
    "Somebody else saved this contribution while you were writing, and both of you changed the same words. "
    "Both texts are kept; please choose."
)
CHOSEN_ALREADY = N_("Somebody has chosen between these texts already; the page shows what stands now.")
NOTHING_JOINED = N_("Please write the text that joins both, or choose one of the two.")


@dataclass(frozen=True)
class Part:
    """One part of a draft sent: title, areas (lines), licence, credit, or the key of a question; the revision of the
    draft that the writer saw. `since` is what the writer had sent before without hearing the outcome, None for nothing.
    """

    name: str
    value: Any
    base_revision: int
    since: Any = None


@dataclass(frozen=True)
class PartSaved:
    """The outcome for one part: its value as it now stands, the revision of the draft, and whether two were joined."""

    name: str
    value: Any
    revision: int
    merged: bool


@dataclass
class PartsSaved:
    """The outcome of a save: what was saved, and what somebody else had changed meanwhile."""

    saved: list[PartSaved] = field(default_factory=list)
    stale: list[tuple[Part, Stale]] = field(default_factory=list)


def demand_part(asked: Guideline, name: str) -> None:
    """Missing unless a draft on this edition has such a part."""
    if name not in HEAD and name not in {question.key for question in asked.counted(MODALITY)}:
        raise Missing(NO_QUESTION)


def save_parts(act: Act, filing: Filing, parts: Sequence[Part]) -> PartsSaved:
    """Saves these parts of a draft whose row is held, as one revision; those that somebody else changed meanwhile and
    that cannot be joined come back as `stale` and hold up no other. Invalid names each that cannot be kept at all;
    NotNow when the draft is closed.
    """
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    demand_writable(found)
    now = saved_draft(found)
    draft, problems, outcome = now, list[Problem](), PartsSaved()
    behind = any(part.base_revision != found.revision for part in parts)
    last = drafts.last_changes(act.session, found.id) if behind else {}
    for part in parts:
        try:
            saved = _saved(act, found, now, part, last)
        except Invalid as refusal:
            problems += refusal.problems
        except Stale as refusal:
            outcome.stale.append((part, refusal))
        else:
            outcome.saved.append(saved)
            draft = draft if saved.revision else with_part(draft, part.name, saved.value)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    if draft != now:
        write_draft(act, found, draft, found.revision + 1)
    outcome.saved = [
        PartSaved(one.name, one.value, one.revision or found.revision, one.merged) for one in outcome.saved
    ]
    return outcome


def _saved(
    act: Act, found: Contribution, now: dict[str, Any], part: Part, last: Mapping[str, drafts.LastChange]
) -> PartSaved:
    """What becomes of one part upon the draft as it stands; its revision is 0 where it is still to be written."""
    if not 1 <= part.base_revision <= found.revision:
        sentence = N_("This contribution has no such revision.")
        raise Invalid(sentence, [Problem("base_revision", sentence)])
    yours, theirs = _in_order(act, found, now, part.name, part.value), part_of(now, part.name)
    if yours == theirs or part.name not in last or last[part.name].revision <= part.base_revision:
        return PartSaved(part.name, yours, 0, False)
    saved = drafts.saves(act.session, found.id, part.base_revision, [part.name])
    base = drafts.stood_at(saved, part.name, part.base_revision)
    if part.since is None and base == theirs:
        return PartSaved(part.name, yours, 0, False)
    mine = [one for one in drafts.changes_of(saved, part.name, part.base_revision) if one.changed_by == act.actor.id]
    since = None if part.since is None else _in_order(act, found, now, part.name, part.since)
    begun = begun_from(part.base_revision, base, mine, yours, since)
    if begun.again:
        return PartSaved(part.name, yours, begun.revision, False)
    joined = join_part(part.name, begun.value, theirs, yours)
    if joined.conflicts:
        raise stale(act, found, begun.value, theirs, yours)
    return PartSaved(part.name, joined.value, 0, joined.value != yours)


def _in_order(act: Act, found: Contribution, now: dict[str, Any], name: str, value: Any) -> Any:
    """The value of a part as a draft keeps it."""
    draft = Draft(**{name: value}) if name in HEAD else Draft(values={name: value})
    return part_of(with_given(act, found, draft, now), name)


def keep(act: Act, filing: Filing, part: Part, *, instead_of: uuid.UUID | None = None) -> ContributionAside:
    """Keeps a text beside the part that it did not become. `instead_of` names an open text of the same writer which
    this one continues. The same text waits once.
    """
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    demand_writable(found)
    question = guideline(act.session, found.edition).questions.get(part.name)
    value = part.value if question is None else build.clean(question, part.value)
    mine = [
        row.ContributionAside
        for row in drafts.asides(act.session, found.id)
        if row.ContributionAside.written_by == act.actor.id
        and row.ContributionAside.part == part.name
        and row.ContributionAside.settled_at is None
    ]
    same = next((row for row in mine if (row.value, row.base_revision) == (value, part.base_revision)), None)
    kept = next((row for row in mine if row.id == instead_of), None) or same
    if kept is None:
        kept = ContributionAside(contribution_id=found.id, part=part.name, written_by=act.actor.id)
        act.session.add(kept)
    kept.value, kept.base_revision, kept.kept_at = value, part.base_revision, act.at
    act.session.flush()
    return kept


def take(act: Act, filing: Filing, aside: ContributionAside, revision: int, text: str | None = None) -> None:
    """Makes the text that stood beside the part of the draft, or `text` that joins both, upon the revision that the
    person who chooses has seen. Stale, with both still kept, when somebody has saved the part since.
    """
    _demand_open(act, filing, aside)
    chosen = aside.value if text is None else text
    outcome = save_parts(act, filing, [Part(aside.part, chosen, revision)])
    for _part, refusal in outcome.stale:
        raise refusal
    _settle(act, filing, aside, TAKEN if text is None else JOINED)


def leave(act: Act, filing: Filing, aside: ContributionAside) -> None:
    """Lets the part stand as it is; the page of the draft goes on showing the text that was not chosen."""
    _demand_open(act, filing, aside)
    _settle(act, filing, aside, LEFT)


def continued(act: Act, filing: Filing, aside_id: uuid.UUID, saved: PartSaved) -> None:
    """Settles a text beside a part whose writer went on writing until it could be saved after all."""
    aside = drafts.aside(act.session, filing.contribution.id, aside_id)
    if (aside.written_by, aside.part, aside.settled_at) == (act.actor.id, saved.name, None):
        _settle(act, filing, aside, JOINED if saved.merged else TAKEN)


def joined_text(asked: Guideline, aside: ContributionAside, text: str | None) -> str:
    """The text that a person wrote to join both; Invalid where the part is no text, or nothing was written."""
    question = asked.questions.get(aside.part)
    in_words = aside.part in (TITLE, CREDIT) if question is None else question.kind in IN_WORDS
    if not text or not text.strip() or not in_words:
        raise Invalid(NOTHING_JOINED, [Problem("text", NOTHING_JOINED)])
    return text


def _demand_open(act: Act, filing: Filing, aside: ContributionAside) -> None:
    act.demand("contribution:write", filing)
    demand_writable(filing.contribution)
    if aside.settled_at is not None:
        raise NotNow(CHOSEN_ALREADY)


def _settle(act: Act, filing: Filing, aside: ContributionAside, outcome: str) -> None:
    aside.settled_at, aside.settled_by, aside.outcome = act.at, act.actor.id, outcome
    act.session.flush()
    act.record("contribution.choose", told(filing.contribution) | {"part": aside.part, "outcome": outcome})
