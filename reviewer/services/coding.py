"""Coding: a member of the team says which codes a passage carries; what another said is never touched."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from forms.words import N_
from portal.models.passages import Coded, Coding, Passage
from portal.queries.passages import Subject
from portal.rules.crosswalk import codes
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act

NOT_CURRENT = N_("This passage stands in an earlier version or a withdrawn source; it can be read and not coded.")
UNKNOWN = N_("One of the codes is none of the code book.")


def code(act: Act, subject: Subject, chosen: Collection[str], began: Collection[str] | None = None) -> list[str]:
    """Gives a passage these codes as the coder, and notes that the coder has gone through it. Codes that were there
    when the coder `began` and are not chosen are taken back; without `began` all others of the coder are. Returns the
    codes that the coder gives now.
    """
    act.demand("evidence:code", subject)
    passage = subject.passage
    if not passage.current:
        raise NotNow(NOT_CURRENT)
    unknown = sorted(set(chosen) - set(codes()))
    if unknown:
        raise Invalid(UNKNOWN, [Problem("codes", UNKNOWN)])
    act.session.execute(select(Passage.id).where(Passage.id == passage.id).with_for_update())
    held = {one.code: one for one in _mine(act, passage)}
    started = held.keys() if began is None else set(began)
    removed = sorted((started - set(chosen)) & held.keys())
    for name in removed:
        held.pop(name).removed_at = act.at
    added = sorted(set(chosen) - started - held.keys())
    act.session.add_all([Coding(passage_id=passage.id, coder=act.actor.id, code=name, at=act.at) for name in added])
    if act.session.get(Coded, (passage.id, act.actor.id)) is None:
        act.session.add(Coded(passage_id=passage.id, coder=act.actor.id, at=act.at))
    act.session.flush()
    act.record("evidence.code", {"passage": passage.key, "added": added, "removed": removed})
    return sorted({*held, *added})


def _mine(act: Act, passage: Passage) -> list[Coding]:
    query = select(Coding).where(
        Coding.passage_id == passage.id, Coding.coder == act.actor.id, Coding.removed_at.is_(None)
    )
    return list(act.session.scalars(query))
