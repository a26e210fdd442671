"""Desk profiles at the edge: loaded with the facts the policy looks at, and the parts that each reader may know."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import request

from forms.outline import Question
from portal.db import AnyRow
from portal.http.guard import SAFE
from portal.queries import contributions, cycles, profiles
from portal.queries.guidelines import guideline
from portal.queries.profile_figures import Behind, behind
from portal.queries.profiles import Desk, Origin
from portal.rules.contributions import NOT_WHOLE
from portal.rules.policy import may
from portal.rules.profiles import hindrances_of_release, shown_to_others
from portal.services.act import Act


def desk(act: Act, iso3: str) -> Desk:
    """Loads a state with its profile; a request that writes holds the row of the profile until the commit."""
    return profiles.desk(act.session, iso3, lock=request.method not in SAFE)


@dataclass(frozen=True)
class Parts:
    """The parts of a profile for a reader: of `count` that stand, `waiting` have no answer yet. `newest` is the highest
    id of all, 0 without any. `inside` is the state or the team, who see them all among `shown`, also those that are
    `gone`: withdrawn by their source since. `withheld` are the contributions that are not to be published whole, and
    whose words are therefore not among `shown`. `origins` are the contributions of those shown, by reference.
    `replies` are what named states said to these. `hindering` is why the profile cannot be shown to others now.
    """

    shown: Sequence[AnyRow]
    gone: Collection[int]
    count: int
    waiting: int
    newest: int
    inside: bool
    origins: Mapping[str, Origin]
    replies: Mapping[uuid.UUID, Sequence[AnyRow]]
    withheld: Sequence[Origin]
    hindering: Sequence[str]


def parts(act: Act, found: Desk) -> Parts:
    """The parts of a profile as this person may know them; none before it is compiled."""
    inside = found.entity in act.actor.entities or may(act.person, "synthesis:read")
    rows = profiles.items(act.session, found.profile.id) if found.profile else []
    gone = profiles.gone(act.session, found.cycle, [found.entity]) if rows else set()
    answers = [row.answer for row in rows if row.ProfileItem.id not in gone]
    hindering = hindrances_of_release(answers, released=found.released_at is not None, reported=found.reported)
    shown = [row for row in rows if inside or (row.ProfileItem.id not in gone and shown_to_others(row.answer))]
    origins = profiles.origins(act.session, [row.ProfileItem.reference for row in shown])
    team_or_leads = may(act.person, "synthesis:read") or may(act.person, "profile:answer", found)
    closed = {} if team_or_leads else {key: one for key, one in origins.items() if one.licence in NOT_WHOLE}
    shown = [row for row in shown if row.ProfileItem.reference not in closed]
    replies = contributions.replies(act.session, {one.contribution for one in origins.values()})
    newest = max((row.ProfileItem.id for row in rows), default=0)
    return Parts(
        shown,
        gone,
        len(answers),
        answers.count(None),
        newest,
        inside,
        origins,
        replies,
        list({one.contribution: one for one in closed.values()}.values()),
        hindering,
    )


@dataclass(frozen=True)
class Around:
    """What is known of the parts shown: the questions that passages answer and what stands behind figures by id of the
    part, and the questions that ask for indicators by indicator. `rows` are the parts in their order: under a
    commitment by channel, the passages of a contribution as its edition asks them.
    """

    rows: Sequence[AnyRow]
    questions: Mapping[int, Question]
    figures: Mapping[int, Behind]
    indicators: Mapping[str, Question]


def around(act: Act, desk: Desk, held: Parts) -> Around:
    """What is known of the parts of a profile that a reader sees; a fixed number of statements."""
    rows, origins = held.shown, held.origins
    items = [row.ProfileItem for row in rows]
    asked = {edition: guideline(act.session, edition) for edition in {one.edition for one in origins.values()}}
    places = {edition: {key: at for at, key in enumerate(one.questions)} for edition, one in asked.items()}
    first: dict[object, int] = {}
    order: dict[int, tuple[int, int]] = {}
    questions = {}
    for one in items:
        origin = origins.get(one.reference)
        place = 0
        if origin is not None and origin.question in places[origin.edition]:
            place = places[origin.edition][origin.question]
            questions[one.id] = asked[origin.edition].questions[origin.question]
        order[one.id] = (first.setdefault(origin.contribution if origin else one.id, one.id), place)

    def at(row: AnyRow) -> tuple[object, ...]:
        one = row.ProfileItem
        return (one.commitment == "", one.commitment, one.channel, *order[one.id], one.id)

    edition = guideline(act.session, cycles.cycle(act.session, desk.cycle).edition)
    indicators = {one.indicator: one for one in edition.questions.values() if one.kind == "series" and one.indicator}
    figures = behind(act.session, [one.id for one in items])
    return Around(sorted(rows, key=at), questions, figures, indicators)
