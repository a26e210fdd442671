"""Desk profiles at the edge: loaded with the facts the policy looks at, and the parts that each reader may know."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import request

from portal.db import AnyRow
from portal.http.guard import SAFE
from portal.queries import contributions, profiles
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
        list(dict.fromkeys(closed.values())),
        hindering,
    )
