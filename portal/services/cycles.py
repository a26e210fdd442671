"""Opens reporting cycles, and brings in the entities that report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from forms.words import N_
from portal.models.cycles import Cycle, Edition, Phase
from portal.models.entities import Entity
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.timeline import PhaseDates
from portal.services.act import Act

NEEDED = ("feedback", "synthesis")


def open_cycle(act: Act, key: str, label: str, edition: str, phases: Sequence[PhaseDates]) -> Cycle:
    """Opens a cycle asked by a published edition. NotNow when the key is taken, Invalid when phases or
    edition will not do.
    """
    if act.session.get(Cycle, key) is not None:
        raise NotNow(N_("A cycle with this key is open already."))
    problems = []
    if act.session.get(Edition, edition) is None:
        problems.append(Problem("edition", N_("Please publish the edition first.")))
    there = {phase.key for phase in phases}
    problems += [Problem("phases", f"The phase {name} is missing.") for name in NEEDED if name not in there]
    problems += [
        Problem(f"phases.{phase.key}", N_("A phase opens before it closes."))
        for phase in phases
        if phase.closes < phase.opens
    ]
    if problems:
        raise Invalid(problems[0].sentence, problems)
    cycle = Cycle(key=key, label=label, edition=edition, opened_at=act.at)
    act.session.add(cycle)
    act.session.flush()
    rows = [
        {
            "cycle": key,
            "key": phase.key,
            "position": position,
            "title": phase.title,
            "delivers": phase.delivers,
            "opens": phase.opens,
            "closes": phase.closes,
        }
        for position, phase in enumerate(phases)
    ]
    act.session.execute(insert(Phase), rows)
    told = {phase.key: [phase.opens.isoformat(), phase.closes.isoformat()] for phase in phases}
    act.record("cycle.open", {"cycle": key, "edition": edition, "phases": told})
    return cycle


def bring_in(act: Act, entities: Sequence[dict[str, Any]]) -> int:
    """Adds the entities that are not there yet, as rows of the table; returns how many were new."""
    there = set(act.session.scalars(select(Entity.iso3)))
    rows = [row for row in entities if row["iso3"] not in there]
    if rows:
        act.session.execute(insert(Entity), rows)
        act.record("entities.add", {"entities": [row["iso3"] for row in rows]})
    return len(rows)
