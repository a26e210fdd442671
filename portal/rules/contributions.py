"""Channels c to f: what each takes and from whom, the life of a contribution, its licences, and what a call hinders."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.answers import Merged, merge
from forms.words import N_

MODALITY = "contribution"
"""The one way to fill in an edition of a channel: every question of it counts."""

AGENCY, COMMISSION, COUNTRY_OFFICE = "agency", "commission", "country_office"
STAKEHOLDER, CITY, ACADEMIA, PRIVATE = "stakeholder", "city", "academia", "private"
PARTNER_KINDS = {
    AGENCY: N_("United Nations agency or multilateral body"),
    COMMISSION: N_("Regional commission"),
    COUNTRY_OFFICE: N_("Resident coordinator, regional or country office"),
    STAKEHOLDER: N_("Stakeholder organisation"),
    CITY: N_("City or local government"),
    ACADEMIA: N_("University or research institute"),
    PRIVATE: N_("Private sector"),
}


@dataclass(frozen=True)
class Channel:
    """A door of the evidence base: its title, what it asks for, which kinds of partner come in by it, its edition."""

    key: str
    title: str
    asks: str
    kinds: frozenset[str]
    edition: str


_LOCAL = frozenset({STAKEHOLDER, CITY, ACADEMIA, PRIVATE})
CHANNELS = {
    channel.key: channel
    for channel in (
        Channel(
            "c",
            N_("Trends and data of the United Nations and multilateral bodies"),
            N_("A trend, a dataset or a text of an agency, with the period and the areas that it covers."),
            frozenset({AGENCY, COMMISSION}),
            "channel-c-r1",
        ),
        Channel(
            "d",
            N_("Expertise on the ground"),
            N_("Answers of regional commissions, resident coordinators and country offices about a region or country."),
            frozenset({AGENCY, COMMISSION, COUNTRY_OFFICE}),
            "channel-d-r1",
        ),
        Channel(
            "e",
            N_("Practices of stakeholders"),
            N_("A practice with its place, period, results, evidence and pictures."),
            frozenset(PARTNER_KINDS),
            "channel-e-r1",
        ),
        Channel(
            "f",
            N_("Non-state and local actors"),
            N_("A note of a consultation, a statement, a voluntary local review or a record of a city."),
            _LOCAL,
            "channel-f-r1",
        ),
    )
}

NAMED, OPEN = "named", "open"
REGISTRATIONS = {
    NAMED: N_("Partners named on its list"),
    OPEN: N_("Open: others may register, and the lead confirms them"),
}

LICENCES = {
    "cc-by-4.0": N_("Creative Commons Attribution 4.0"),
    "cc-by-3.0-igo": N_("Creative Commons Attribution 3.0 IGO"),
    "cc-by-nc-4.0": N_("Creative Commons Attribution-NonCommercial 4.0"),
    "cc0-1.0": N_("Creative Commons Zero: no rights reserved"),
    "quote": N_("It may be quoted with its credit, and not be published whole"),
}
NO_SUCH_LICENCE = N_(
    "This is none of the licences that are offered. Please write cc-by-4.0, cc-by-3.0-igo, cc-by-nc-4.0, cc0-1.0 or "
    "quote."
)
NOT_WHOLE = frozenset({"quote"})
"""Licences under which the public page gives title, credit and areas, and not the text."""

DRAFT, SENT, RETURNED, ACCEPTED, SET_ASIDE, WITHDRAWN = (
    "draft", "sent", "returned", "accepted", "set_aside", "withdrawn",
)  # fmt: skip
STATES = {
    DRAFT: N_("Draft"),
    SENT: N_("Sent"),
    RETURNED: N_("Returned"),
    ACCEPTED: N_("Accepted"),
    SET_ASIDE: N_("Set aside"),
    WITHDRAWN: N_("Withdrawn"),
}
WRITABLE = frozenset({DRAFT, SENT, RETURNED, ACCEPTED})
"""A draft beside what was sent stays open for writing; what was sent never changes."""

OUTCOMES = {
    ACCEPTED: N_("Accepted into the evidence base"),
    RETURNED: N_("Returned with a reason"),
    SET_ASIDE: N_("Set aside with a reason"),
}
_FROM = {
    ACCEPTED: frozenset({SENT, SET_ASIDE}),
    RETURNED: frozenset({SENT}),
    SET_ASIDE: frozenset({SENT, ACCEPTED}),
}

CLOSED = {
    SET_ASIDE: N_("The reporting team has set this contribution aside; its reason stands on this page."),
    WITHDRAWN: N_("This contribution was withdrawn."),
}
CALL_COMES = N_("The call for input is not open yet; its page says from when it takes contributions.")
CALL_OVER = N_("The call for input is closed; a contribution that was sent before can still be corrected.")
UNCHANGED = N_("Nothing has changed since the last version was sent.")
NOT_SENT = N_("Nothing has been sent yet.")
REASON_NEEDED = N_("Please give a reason: the partner reads it.")
OUT_OF_TURN = {
    DRAFT: N_("The contribution has not been sent yet."),
    RETURNED: N_("The contribution was returned; it can be looked at once a new version is sent."),
    ACCEPTED: N_("This version is accepted already."),
    SET_ASIDE: N_("This version is set aside already."),
    WITHDRAWN: N_("The partner has withdrawn the contribution."),
    SENT: N_("The contribution waits to be looked at."),
}


@dataclass(frozen=True)
class Filing:
    """What the policy looks at in a contribution: the people who file for its partner, the states named in it, and how
    far it has come. `accepted` is the version that stands accepted, 0 for none.
    """

    partner_id: uuid.UUID
    members: frozenset[uuid.UUID]
    named: frozenset[str] = frozenset()
    state: str = DRAFT
    sent: bool = False
    accepted: int = 0
    contribution: Any = None

    @property
    def public(self) -> bool:
        """Whether everybody may know of it: a version of it stands accepted."""
        return bool(self.accepted) and self.state not in (SET_ASIDE, WITHDRAWN)


@dataclass(frozen=True)
class Window:
    """When a call takes contributions."""

    opens_at: dt.datetime
    closes_at: dt.datetime
    closed_at: dt.datetime | None = None

    def open(self, at: dt.datetime) -> bool:
        """Whether the call takes contributions at this moment."""
        return self.closed_at is None and self.opens_at <= at < self.closes_at

    def state(self, at: dt.datetime) -> str:
        """The call at this moment: coming, open or closed."""
        if self.closed_at is not None or at >= self.closes_at:
            return "closed"
        return "open" if at >= self.opens_at else "coming"


CALL_STATES = {"coming": N_("Opens later"), "open": N_("Open"), "closed": N_("Closed")}


def hindrances_of_sending(state: str, *, call_open: bool, sent_before: bool, changed: bool) -> Iterator[str]:
    """Why a draft cannot be sent now; nothing where it can."""
    if state in CLOSED:
        yield CLOSED[state]
    elif sent_before and not changed:
        yield UNCHANGED
    elif not sent_before and not call_open:
        yield CALL_OVER


def hindrances_of_moderating(state: str, outcome: str, reason: str) -> Iterator[str]:
    """Why the team cannot decide so now; nothing where it can."""
    if state not in _FROM[outcome]:
        yield OUT_OF_TURN[state]
    elif outcome != ACCEPTED and not reason.strip():
        yield REASON_NEEDED


def moderations_open(state: str) -> list[str]:
    """The outcomes that the team can choose from in this state."""
    return [outcome for outcome, states in _FROM.items() if state in states]


@dataclass(frozen=True)
class Head:
    """What every contribution says of itself beside the answers of its edition."""

    title: str
    licence: str
    credit: str
    areas: tuple[str, ...]


def head_problems(head: Head) -> Iterator[tuple[str, str]]:
    """What of the head is missing before a contribution can be sent: the field, and a sentence."""
    if not head.title:
        yield "title", N_("Please give the contribution a title.")
    if not head.areas:
        yield "areas", N_("Please name the areas that the contribution speaks of, or the world.")
    if head.licence not in LICENCES:
        yield "licence", N_("Please choose the licence under which the contribution may be used.")
    if not head.credit:
        yield "credit", N_("Please say how the contribution is credited.")


def comes_in_by(channel: str, kind: str) -> bool:
    """Whether partners of this kind come in by this channel."""
    return kind in CHANNELS[channel].kinds


def draft_of(head: Head, values: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as one value that two people's changes can be joined in."""
    return {
        "title": head.title,
        "licence": head.licence,
        "credit": head.credit,
        "areas": list(head.areas),
        "values": dict(values),
    }


TITLE, AREAS, LICENCE, CREDIT = "title", "areas", "licence", "credit"
HEAD = (TITLE, AREAS, LICENCE, CREDIT)
"""The parts of a draft beside its answers, which are named by the keys of their questions."""


def draft_with(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The draft that has these parts; None is no answer."""
    values = {name: value for name, value in parts.items() if name not in HEAD and value is not None}
    return draft_of(Head(parts[TITLE], parts[LICENCE], parts[CREDIT], tuple(parts[AREAS])), values)


def parts_changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a draft that are other than they were, as they are now; all of them where there was no draft."""
    if before is None:
        return {name: part_of(after, name) for name in (*HEAD, *after["values"])}
    names = dict.fromkeys([*HEAD, *before["values"], *after["values"]])
    return {name: now for name in names if (now := part_of(after, name)) != part_of(before, name)}


def part_of(draft: Mapping[str, Any], name: str) -> Any:
    """One part of a draft; None for a question without an answer."""
    return draft[name] if name in HEAD else draft["values"].get(name)


def with_part(draft: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The draft with another value of one part; None takes an answer out."""
    if name in HEAD:
        return {**draft, name: value}
    values = {**draft["values"], name: value}
    return {**draft, "values": {key: kept for key, kept in values.items() if kept is not None}}


def join_part(name: str, base: Any, theirs: Any, yours: Any) -> Merged:
    """Joins two people's changes of one part; areas always can be: each keeps what it added and took out."""
    if name != AREAS:
        return merge(base, theirs, yours)
    dropped = set(base) - set(yours)
    areas = [area for area in theirs if area not in dropped]
    return Merged([*areas, *(area for area in yours if area not in areas and area not in base)])


def join_drafts(base: Mapping[str, Any], theirs: Mapping[str, Any], yours: Mapping[str, Any]) -> dict[str, Any] | None:
    """Joins two people's changes of one draft, part by part; None where both changed the same words differently."""
    joined = dict(theirs)
    for name in dict.fromkeys([*HEAD, *theirs["values"], *yours["values"]]):
        outcome = join_part(name, *(part_of(side, name) for side in (base, theirs, yours)))
        if outcome.conflicts:
            return None
        joined = with_part(joined, name, outcome.value)
    return joined
